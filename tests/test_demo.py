"""The demonstration: one believable story, the same for the same day, that says of itself that it is invented."""

import datetime
import hashlib
import json
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.test import override_settings

from agreement import demo_accounts
from agreement.models import Activity, Agreement, Membership, User
from agreement.workdays import OFFICE_TIME, calendar
from domains.health import Terms
from domains.models import Issue, Milestone, ProgressRecord, Report, Task
from meetings import agenda, reminders
from meetings.models import AgendaItem, Consent, Decision, Mechanism, Meeting

FIXTURES = Path(__file__).parents[1] / "fixtures" / "jiashan-xiuzhou"
TODAY = datetime.date(2026, 11, 23)  # a Monday, in the days in which November is reported


@contextmanager
def on_a_fresh_database():
    """The agreement and the demonstration of TODAY, taken away again afterwards."""
    with transaction.atomic(), override_settings(DEMO=True):
        call_command("load_agreement", FIXTURES, verbosity=0)
        call_command("load_demo", today=TODAY, verbosity=0)
        yield
        transaction.set_rollback(True)


def fingerprint() -> str:
    """A hash of what the story says; keys of rows, which differ from database to database, left out."""
    told = [
        User.objects.order_by("username").values_list("username", "name", "phone", "email", "password", "date_joined"),
        Membership.objects.order_by("user__username").values_list("user__username", "role", "title", "organization__slug"),
        Task.objects.order_by("agreement__slug", "number").values_list("number", "started_on", "ended_on", "outcome", "note", "version"),
        Milestone.objects.order_by("task__agreement__slug", "task__number", "position").values_list("title", "due_on", "baseline_due_on", "percent", "done_on", "version"),
        ProgressRecord.objects.order_by("id").values_list("task__number", "on", "amount", "words", "by__username", "at"),
        Report.objects.order_by("id").values_list("task__number", "organization__slug", "period", "state", "work_done", "next_steps", "progress", "submitted_at", "saved_at", "decided_at"),
        Issue.objects.order_by("id").values_list("title", "level", "peak_level", "outcome", "level_since", "closed_on", "version"),
        Meeting.objects.order_by("id").values_list("mechanism__number", "sequence", "starts_at", "state", "host__slug", "held_on"),
        AgendaItem.objects.order_by("id").values_list("meeting__sequence", "section", "position", "title", "text"),
        Decision.objects.order_by("id").values_list("text", "due_on", "in_force_on", "concluded_on", "conclusion"),
        Consent.objects.order_by("id").values_list("stage", "party__slug", "by__username", "at"),
        Activity.objects.order_by("id").values_list("verb", "by__username", "label", "changes", "at"),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps([list(rows) for rows in told], cls=DjangoJSONEncoder).encode()).hexdigest()


@pytest.fixture(scope="module")
def story(django_db_setup, django_db_blocker):
    """The demonstration's agreement, loaded once for all tests here; they see what they change, and nobody else does."""
    with django_db_blocker.unblock():
        with on_a_fresh_database():
            first = fingerprint()
        with on_a_fresh_database():
            agreement = Agreement.objects.get(slug="jiashan-xiuzhou")
            agreement.fingerprint_of_another_load = first
            yield agreement


@pytest.fixture
def agreement(story, db):
    return story


def lights(agreement):
    terms = Terms.of(agreement, TODAY, calendar())
    return dict(Task.objects.filter(agreement=agreement).with_health(terms).values_list("number", "light"))


def test_the_same_day_gives_the_same_data(agreement):
    assert fingerprint() == agreement.fingerprint_of_another_load


def test_loading_again_touches_nothing_whatever_the_day(agreement):
    before = fingerprint()
    with override_settings(DEMO=True):
        call_command("load_demo", today=TODAY, verbosity=0)
        call_command("load_demo", today=TODAY + datetime.timedelta(days=40), verbosity=0)
    assert fingerprint() == before


def test_every_light_is_there_in_believable_numbers(agreement):
    shown = Counter(lights(agreement).values())
    assert shown == {"green": 42, "amber": 11, "grey": 8, "red": 6, "ended": 5, "cancelled": 1}
    ended = Task.objects.filter(agreement=agreement, ended_on__isnull=False)
    assert set(ended.values_list("outcome", flat=True)) == set(Task.Outcome.values)
    assert 60 <= Task.objects.filter(agreement=agreement, started_on__isnull=False).count() <= 65


def test_both_sides_are_late_and_both_are_ahead(agreement):
    overdue = Milestone.objects.filter(task__agreement=agreement).overdue(TODAY)
    sides = set(overdue.values_list("organization__party__slug", flat=True))
    assert {"jiashan", "xiuzhou"} <= sides
    done = Milestone.objects.filter(task__agreement=agreement, done_on__isnull=False, organization__isnull=False)
    assert set(done.values_list("organization__party__slug", flat=True)) == {"jiashan", "xiuzhou"}
    waiting = set(Issue.objects.open().filter(agreement=agreement).values_list("level", "organization__party__slug"))
    assert {level for level, _ in waiting} == {0, 1, 2, 3}
    assert {(level, side) for level in (0, 1, 2) for side in ("jiashan", "xiuzhou")} <= waiting


def test_every_kind_of_progress_is_under_way(agreement):
    tasks = Task.objects.filter(agreement=agreement).with_progress(agreement.parties.all()).values()
    under_way = [task for task in tasks if task["started_on"] and not task["ended_on"] and not task["cancelled_on"]]
    assert any(0 < task["percent"] < 100 for task in under_way if task["progress_kind"] == "works")
    assert any(0 < task["steps_done"] < task["steps_total"] for task in under_way if task["progress_kind"] == "steps")
    assert any(0 < task["counted"] < task["target"] for task in under_way if task["progress_kind"] == "count")
    assert all(task["last_held_on"] for task in under_way if task["progress_kind"] == "cadence")


def test_moving_jiashans_milestone_of_2_3_to_60_percent_can_be_seen(agreement):
    assert lights(agreement)["2.3"] == "amber"
    task = Task.objects.get(agreement=agreement, number="2.3")
    milestone = task.milestones.open().get(organization__party__slug="jiashan")
    assert milestone.percent < 60
    assert task.milestones.filter(organization__party__slug="xiuzhou").exists()
    milestone.move_to(60, by=User.objects.get(username="jiashan.transport"), on=TODAY, version=milestone.version)
    assert lights(agreement)["2.3"] == "green"


def test_reports_are_in_every_state_on_both_sides(agreement):
    states = set(Report.objects.filter(period="2026-11").values_list("organization__party__slug", "state"))
    assert states == {(side, state) for side in ("jiashan", "xiuzhou") for state in Report.State.values}
    assert not Report.objects.filter(period="2026-11", task__number="2.3").exists()  # left to who tries it
    assert Report.objects.filter(period="2026-10", task__number="2.3", state="accepted").count() == 2


def test_the_leading_group_waits_for_its_next_meeting_with_something_to_discuss(agreement):
    group = Mechanism.objects.get(agreement=agreement, number="x.2c")
    assert not group.meetings.open().exists()
    last = group.meetings.held().first()
    decisions = list(last.decisions.all())
    assert len(decisions) == 5
    done = [d for d in decisions if d.concluded_on or (d.milestone and d.milestone.done_on)]
    late = [d for d in decisions if d not in done and d.due_on < TODAY]
    assert (len(done), len(late)) == (2, 1)

    secretary = User.objects.get(username="jiashan.secretary")
    meeting, new = group.plan_next(by=secretary, today=TODAY, calendar=calendar())
    assert new
    assert meeting.host.slug == "jiashan"
    agenda.generate(meeting, by=secretary, today=TODAY, calendar=calendar())
    sources = Counter(source.partition(":")[0] for source in meeting.items.values_list("source", flat=True))
    assert sources["late"] == 6
    assert sources["issue"] == 2
    assert sources["decision"] == 5


def test_a_reminder_is_due_for_the_transport_meeting_of_the_next_working_day(agreement):
    meeting = Meeting.objects.open().get(mechanism__number="2.10")
    assert meeting.day == datetime.date(2026, 11, 24)
    assert meeting.state == "agreed"
    assert meeting.items.filter(source__startswith="late:").exists()
    noon = datetime.datetime.combine(TODAY, datetime.time(12), OFFICE_TIME)
    (due,) = [each for each in reminders.occasions(noon) if each.occasion.startswith("T-1d")]
    told = User.objects.filter(pk__in=due.recipients).values_list("username", flat=True)
    assert {"jiashan.transport", "xiuzhou.transport", "jiashan.xitang"} <= set(told)
    assert "outsider" not in told


def test_decisions_are_in_force_only_with_both_sides_consent(agreement):
    for meeting in Meeting.objects.filter(agreement=agreement, held_on__isnull=False):
        assert meeting.state == "minuted"
        assert meeting.consents.filter(stage="decisions").count() == 2
        assert not meeting.decisions.filter(in_force_on=None).exists()


def test_one_meeting_moved_a_date_and_the_first_one_stays_visible(agreement):
    moved = Milestone.objects.get(decisions__effect="reschedule")
    assert moved.baseline_due_on < moved.due_on


def test_everything_invented_says_so(agreement):
    told = [
        *Report.objects.values_list("work_done", flat=True),
        *Issue.objects.values_list("title", flat=True),
        *Decision.objects.values_list("text", flat=True),
        *Meeting.objects.values_list("remark", flat=True),
        *Milestone.objects.filter(percent__gt=0).values_list("evidence", flat=True),
        *ProgressRecord.objects.exclude(task__mechanisms__isnull=False).values_list("words", flat=True),
        *Membership.objects.values_list("title", flat=True),
        *Task.objects.filter(ended_on__isnull=False).values_list("end_reason", flat=True),
    ]
    assert [text for text in told if "演示" not in text] == []


def test_nobody_real_can_be_reached(agreement):
    for user in User.objects.all():
        assert user.email.endswith(".invalid")
        assert user.phone.startswith("0573-8400-")


def test_every_account_of_the_sign_in_page_has_the_published_password_and_no_other_person_has_one(agreement):
    may_sign_in = User.objects.exclude(password__startswith="!")
    assert set(may_sign_in.values_list("username", flat=True)) == {each.username for each in demo_accounts.ACCOUNTS}
    assert may_sign_in.values("password").distinct().count() == 1  # hashed once: it is slow on purpose
    assert may_sign_in[0].check_password(demo_accounts.PASSWORD)
    assert not User.objects.get(username="jiashan.police").has_usable_password()


def test_the_outsider_belongs_to_the_second_agreement_only(agreement):
    posts = Membership.objects.filter(user__username="outsider")
    assert [post.agreement.slug for post in posts] == ["hubin-lingang"]
    assert Task.objects.filter(agreement__slug="hubin-lingang").count() == 3


def test_the_administrator_keeps_people_and_sees_no_work(agreement):
    admin = User.objects.get(username="admin")
    assert admin.is_staff
    assert not admin.is_superuser
    assert admin.has_perm("agreement.change_membership")
    assert admin.has_perm("agreement.add_workdayexception")
    assert not admin.has_perm("domains.view_task")
    assert not admin.has_perm("domains.view_report")


def test_every_lead_has_somebody_to_call(agreement):
    leads = set(
        Task.objects.filter(agreement=agreement, owners__role="lead").values_list("owners__organization", flat=True)
    )
    reachable = set(Membership.objects.current().filter(is_liaison=True).values_list("organization", flat=True))
    assert leads <= reachable


def test_the_trace_is_in_the_order_of_time_and_never_ahead_of_it(agreement):
    moments = list(Activity.objects.filter(agreement=agreement).order_by("id").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] < datetime.datetime.combine(TODAY, datetime.time(0), OFFICE_TIME)
    assert Activity.objects.filter(agreement=agreement, verb="escalated").exists()
