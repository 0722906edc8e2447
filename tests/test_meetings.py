"""A meeting: its page, its date, calling it off, holding it, and what others show of it."""

import datetime

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreement.models import Activity, Notice
from agreement.workdays import OFFICE_TIME, Calendar
from domains.health import Terms
from domains.models import Issue, ProgressRecord, Task
from meetings import agenda, panels
from meetings.models import Decision
from tests.cast import TODAY, make_mechanism, make_task
from tests.test_agenda import make_issue
from tests.test_mechanisms import DAY, meeting_of


@pytest.fixture(autouse=True)
def fixed_day(time_machine):
    time_machine.move_to(datetime.datetime(2026, 11, 23, 9, 0, tzinfo=OFFICE_TIME), tick=False)


@pytest.fixture
def meeting(cast):
    return meeting_of(make_mechanism(cast), on=TODAY + 30 * DAY)


def page_of(client, url):
    """What the form of `url` would send unchanged."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    if "starts_at" in values:
        values["starts_at"] = values["starts_at"].astimezone(OFFICE_TIME).strftime("%Y-%m-%dT%H:%M")
    return {name: value for name, value in values.items() if value is not None}


def test_everybody_who_sees_the_work_reads_it(cast, meeting, client):
    url = meeting.get_absolute_url()
    users = [
        (cast.east.staff, 200),
        (cast.west.leader, 200),
        (cast.west.secretary, 200),
        (cast.admin, 403),
        (cast.outsider, 404),
    ]
    for user, status in users:
        client.force_login(user)
        assert client.get(url).status_code == status


@pytest.mark.parametrize("name", ["meeting-edit", "meeting-cancel", "meeting-hold", "decision-new"])
def test_only_secretaries_write(cast, meeting, client, name):
    url = reverse(name, args=["delta", meeting.pk])
    for user, status in [(cast.east.staff, 403), (cast.west.leader, 403), (cast.admin, 403), (cast.outsider, 404)]:
        client.force_login(user)
        assert client.post(url, {"words": "x", "on": "2026-11-23"}).status_code == status
    meeting.refresh_from_db()
    assert meeting.is_open


def test_another_agreements_meeting_is_not_here(cast, sign_in):
    theirs = meeting_of(make_mechanism(cast.elsewhere))
    client = sign_in(cast.east.secretary)
    for name in ("meeting", "meeting-edit", "meeting-cancel", "meeting-hold", "agenda"):
        assert client.get(reverse(name, args=["delta", theirs.pk])).status_code == 404


def test_a_new_time_is_saved_and_told_to_all_members(cast, meeting, sign_in):
    client, url = sign_in(cast.east.secretary), reverse("meeting-edit", args=["delta", meeting.pk])
    assert (
        client.post(url, page_of(client, url) | {"starts_at": "2027-01-13T09:30", "place": "一号楼"}).status_code == 302
    )
    meeting.refresh_from_db()
    assert (meeting.day, meeting.place) == (datetime.date(2027, 1, 13), "一号楼")
    told = set(Notice.objects.get().deliveries.values_list("recipient__username", flat=True))
    assert {"west.secretary", "east.staff", "west.staff"} <= told
    assert "east.secretary" not in told


def test_saving_without_a_change_leaves_no_trace(cast, meeting, sign_in):
    client, url = sign_in(cast.east.secretary), reverse("meeting-edit", args=["delta", meeting.pk])
    client.post(url, page_of(client, url))
    assert not Activity.objects.filter(verb="changed").exists()
    assert not Notice.objects.exists()


def test_two_offices_changing_different_things_are_merged(cast, meeting, client):
    url = reverse("meeting-edit", args=["delta", meeting.pk])
    client.force_login(cast.east.secretary)
    old_page = page_of(client, url)
    client.post(url, old_page | {"starts_at": "2027-01-13T09:30"})
    client.force_login(cast.west.secretary)
    assert client.post(url, old_page | {"chair": "王县长"}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.day, meeting.chair) == (datetime.date(2027, 1, 13), "王县长")


def test_two_offices_changing_the_time_the_second_is_told(cast, meeting, client):
    url = reverse("meeting-edit", args=["delta", meeting.pk])
    client.force_login(cast.east.secretary)
    old_page = page_of(client, url)
    client.post(url, old_page | {"starts_at": "2027-01-13T09:30"})
    client.force_login(cast.west.secretary)
    response = client.post(url, old_page | {"starts_at": "2027-01-14T09:30"})
    assert response.status_code == 409
    assert "2027-01-14T09:30" in response.text
    meeting.refresh_from_db()
    assert meeting.day == datetime.date(2027, 1, 13)


@pytest.mark.parametrize(
    "wrong",
    [{"starts_at": "2020-01-01T09:00"}, {"starts_at": "soon"}, {"minutes": "0"}, {"host": "theirs"}, {"kind": "party"}],
)
def test_what_makes_no_sense_is_refused(cast, meeting, sign_in, wrong):
    if "host" in wrong:
        wrong = {"host": cast.elsewhere.north.party.pk}
    client, url = sign_in(cast.east.secretary), reverse("meeting-edit", args=["delta", meeting.pk])
    assert client.post(url, page_of(client, url) | wrong).status_code == 422


def test_it_is_cancelled_with_a_reason_and_everybody_hears(cast, meeting, sign_in):
    client, url = sign_in(cast.east.secretary), reverse("meeting-cancel", args=["delta", meeting.pk])
    assert client.post(url, {"words": " "}).status_code == 422
    for _ in range(2):
        client.post(url, {"words": "台风"})
    meeting.refresh_from_db()
    assert (meeting.state, meeting.cancelled_on, meeting.cancel_reason) == ("cancelled", TODAY, "台风")
    assert Activity.objects.filter(verb="cancelled").count() == 1
    assert Notice.objects.count() == 1
    assert not type(meeting).objects.to_come(meeting.starts_at - DAY).exists()


@pytest.mark.parametrize(("on", "status"), [("2026-11-23", 302), ("2026-11-24", 422), ("2019-01-01", 422), ("", 422)])
def test_it_is_held_on_a_day_that_has_come(cast, meeting, sign_in, on, status):
    url = reverse("meeting-hold", args=["delta", meeting.pk])
    assert sign_in(cast.east.secretary).post(url, {"on": on}).status_code == status


def test_holding_it_keeps_the_cadence_of_its_commitment_exactly_once(cast, meeting):
    task = make_task(cast, "x.2", progress_kind="cadence", started_on=TODAY - 400 * DAY)
    meeting.mechanism.task = task
    meeting.mechanism.save()
    terms = Terms.of(cast.agreement, TODAY, Calendar())

    def light():
        return Task.objects.with_health(terms).get(pk=task.pk).light

    assert light() == "red"
    assert meeting.hold(by=cast.east.secretary, on=TODAY)
    assert not meeting.hold(by=cast.west.secretary, on=TODAY)
    assert not meeting.cancel(by=cast.west.secretary, on=TODAY, reason="x")
    record = ProgressRecord.objects.get()
    assert (record.task, record.on) == (task, TODAY)
    assert light() != "red"
    assert meeting.state == "held"


def test_a_commitment_that_is_no_cadence_gets_no_record(cast, meeting):
    meeting.mechanism.task = make_task(cast, "2.9", progress_kind="count")
    meeting.mechanism.save()
    meeting.hold(by=cast.east.secretary, on=TODAY)
    assert not ProgressRecord.objects.exists()


def test_what_is_over_is_no_longer_edited(cast, meeting, sign_in):
    meeting.hold(by=cast.east.secretary, on=TODAY)
    client = sign_in(cast.west.secretary)
    for name in ("meeting-edit", "meeting-cancel", "meeting-hold"):
        assert client.post(reverse(name, args=["delta", meeting.pk]), {"words": "x"}).url == meeting.get_absolute_url()
    meeting.refresh_from_db()
    assert meeting.cancelled_on is None


# --- What other pages show


def shown(tag, **names):
    return Template("{% load meetings_panels %}{% " + tag + " %}").render(Context(names))


def test_the_dashboard_shows_each_mechanism_with_its_next_meeting(cast, meeting):
    words = "mechanisms_with_next agreement membership today"
    text = shown(words, agreement=cast.agreement, membership=cast.east.staff.post, today=TODAY)
    assert meeting.get_absolute_url() in text
    meeting.cancel(by=None, on=TODAY, reason="x")
    new = reverse("meeting-new", args=["delta", meeting.mechanism_id])
    assert new not in shown(words, agreement=cast.agreement, membership=cast.east.staff.post, today=TODAY)
    assert new in shown(words, agreement=cast.agreement, membership=cast.east.secretary.post, today=TODAY)


def test_what_must_be_decided_is_joint_and_says_where(cast, meeting):
    task = make_task(cast)
    issue = make_issue(cast, task, 2)
    make_issue(cast, task, 0, title="CANARY")
    words = "decisions_wanted agreement today"
    before = shown(words, agreement=cast.agreement, today=TODAY)
    agenda.generate(meeting, by=None, today=TODAY, calendar=Calendar())
    after = shown(words, agreement=cast.agreement, today=TODAY)
    link = reverse("agenda", args=["delta", meeting.pk])
    assert link not in before
    assert link in after
    assert issue.title in after
    assert "CANARY" not in after


def test_a_task_and_an_issue_lead_to_the_meetings_that_dealt_with_them(cast, meeting):
    task = make_task(cast)
    issue = make_issue(cast, task, 2)
    agenda.generate(meeting, by=None, today=TODAY, calendar=Calendar())
    item = meeting.items.get(issue=issue)
    Decision.objects.create(agreement=cast.agreement, meeting=meeting, number=1, text="按用电量分摊", item=item)
    for tag, noun in [("task_meetings task", {"task": task}), ("issue_meetings issue", {"issue": issue})]:
        text = shown(tag, **noun)
        assert f"#item-{item.pk}" in text
        assert "按用电量分摊" in text


def test_my_meetings_are_those_of_my_organization_and_its_groups(cast, meeting):
    assert list(panels.my_meetings(cast.east.staff.post, TODAY)) == [meeting]
    assert list(panels.my_meetings(cast.east.other.post, TODAY)) == []
    meeting.mechanism.members.create(organization=cast.east.towns)
    assert list(panels.my_meetings(cast.east.other.post, TODAY)) == [meeting]
    assert meeting.get_absolute_url() in shown(
        "my_meetings membership today", membership=cast.east.other.post, today=TODAY
    )
    assert list(panels.my_meetings(cast.outsider.post, TODAY)) == []


def test_recent_decisions_show_the_late_first_and_only_what_is_in_force(cast, meeting):
    for number, facts in enumerate(
        [{"due_on": TODAY + 90 * DAY}, {"due_on": TODAY - DAY}, {"in_force_on": None, "text": "CANARY未确认"}], 1
    ):
        values = {"text": f"议定{number}", "in_force_on": TODAY - 9 * DAY} | facts
        Decision.objects.create(agreement=cast.agreement, meeting=meeting, number=number, **values)
    rows = panels.recent_decisions(cast.agreement, TODAY)
    assert [(row["decision"].number, row["light"]) for row in rows] == [(2, "red"), (1, "green")]
    assert "CANARY" not in shown("recent_decisions agreement today", agreement=cast.agreement, today=TODAY)


def test_panels_cost_the_same_for_one_and_for_many(cast, meeting):
    task = make_task(cast)

    def fill(number):
        decision = Decision.objects.create(
            agreement=cast.agreement,
            meeting=meeting,
            number=number,
            text="议定",
            in_force_on=TODAY,
            task=task,
            effect="new_task",
        )
        decision.leads.create(organization=cast.east.office)
        issue = make_issue(cast, task, 2)
        meeting.items.create(section=3, title="x", source=f"issue:{issue.pk}", issue=issue, task=task)

    def costs():
        tags = [
            "mechanisms_with_next agreement membership today",
            "recent_decisions agreement today 50",
            "decisions_wanted agreement today 50",
            "task_meetings task",
            "my_meetings membership today",
        ]
        names = {"agreement": cast.agreement, "membership": cast.east.secretary.post, "today": TODAY, "task": task}
        found = []
        for tag in tags:
            with CaptureQueriesContext(connection) as queries:
                shown(tag, **names)
            found.append(len(queries))
        return found

    fill(1)
    one = costs()
    for number in range(2, 31):
        fill(number)
    for number in range(2, 5):
        meeting_of(meeting.mechanism, number, on=TODAY + number * 40 * DAY)
    assert costs() == one


def test_its_page_costs_the_same_for_one_and_for_many_decisions(cast, meeting, sign_in):
    task = make_task(cast)
    meeting.hold(by=None, on=TODAY)
    client = sign_in(cast.east.secretary)

    def fill(number):
        decision = meeting.decisions.create(
            agreement=cast.agreement, number=number, text="议定", effect="milestone", task=task
        )
        decision.leads.create(organization=cast.east.office)
        meeting.items.create(section=4, title="x", task=task)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(meeting.get_absolute_url()).status_code == 200
        return len(queries)

    fill(1)
    cost()
    one = cost()
    for number in range(2, 31):
        fill(number)
    assert cost() == one
    assert Issue.objects.count() == 0
