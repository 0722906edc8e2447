"""Decisions: written down, confirmed by both sides, and then they become work, exactly once."""

import datetime

import pytest
from django.urls import reverse

from agreement.models import Activity
from agreement.workdays import OFFICE_TIME, Calendar
from domains.models import Milestone, Task
from meetings.followup import followed_up
from meetings.models import Decision
from tests.cast import TODAY, make_mechanism, make_milestone, make_task
from tests.test_agenda import consent
from tests.test_mechanisms import DAY, meeting_of


@pytest.fixture(autouse=True)
def fixed_day(time_machine):
    time_machine.move_to(datetime.datetime(2026, 11, 23, 9, 0, tzinfo=OFFICE_TIME), tick=False)


@pytest.fixture
def meeting(cast):
    """Held yesterday; nothing written down yet."""
    return meeting_of(make_mechanism(cast), on=TODAY - DAY, held_on=TODAY - DAY, state="held")


def write(client, meeting, **values):
    """Writes a decision down by the form; returns the answer."""
    data = {"verb": "decides", "text": "开通跨省公交", "effect": "none"} | values
    return client.post(reverse("decision-new", args=["delta", meeting.pk]), data)


def confirm(meeting, cast):
    assert consent(meeting, cast, cast.east, "decisions") == "waiting"
    return consent(meeting, cast, cast.west, "decisions")


def test_it_is_numbered_and_names_who_carries_it_out_on_each_side(cast, meeting, sign_in):
    client = sign_in(cast.east.secretary)
    leads = {f"lead-{side.party.pk}": side.transport.pk for side in (cast.east, cast.west)}
    assert write(client, meeting, **leads).status_code == 302
    write(client, meeting, text="第二项", verb="requires")
    first, second = meeting.decisions.order_by("number")
    assert [lead.organization for lead in first.leads.all()] == [cast.east.transport, cast.west.transport]
    assert (second.number, second.verb, second.in_force_on) == (2, "requires", None)


def test_a_form_sent_twice_writes_once(cast, meeting, sign_in):
    client = sign_in(cast.east.secretary)
    once = client.get(reverse("decision-new", args=["delta", meeting.pk])).context["form"]["once"].value()
    for _ in range(3):
        write(client, meeting, once=str(once))
    assert meeting.decisions.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"verb": "heard"},
        {"effect": "milestone"},
        {"effect": "new_task"},
        {"effect": "reschedule", "task": "own"},
        {"effect": "reschedule", "task": "own", "milestone": "own"},
        {"effect": "reschedule", "task": "own", "milestone": "own", "due_on": "2020-01-01"},
        {"effect": "reschedule", "task": "other", "milestone": "own", "due_on": "2027-06-30"},
        {"effect": "reschedule", "task": "own", "milestone": "done", "due_on": "2027-06-30"},
    ],
)
def test_what_could_not_take_effect_is_refused_at_once(cast, meeting, sign_in, wrong):
    task = make_task(cast)
    keys = {
        ("task", "own"): task.pk,
        ("task", "other"): make_task(cast, "2.4").pk,
        ("milestone", "own"): make_milestone(task).pk,
        ("milestone", "done"): make_milestone(task, percent=100, done_on=TODAY).pk,
    }
    values = {name: keys.get((name, value), value) for name, value in wrong.items()}
    response = write(sign_in(cast.east.secretary), meeting, **values)
    assert response.status_code == 422
    assert response.context["form"].errors
    assert not meeting.decisions.exists()


@pytest.mark.parametrize("field", ["item", "task", "milestone", "domain", "lead"])
def test_what_belongs_to_another_agreement_is_refused(cast, meeting, sign_in, field):
    theirs = make_task(cast.elsewhere)
    other = meeting_of(make_mechanism(cast.elsewhere))
    values = {
        "item": {"item": other.items.create(section=4, title="x").pk},
        "task": {"task": theirs.pk, "effect": "milestone"},
        "milestone": {"milestone": make_milestone(theirs).pk, "effect": "reschedule", "due_on": "2027-06-30"},
        "domain": {"domain": cast.elsewhere.domain.pk, "effect": "new_task"},
        "lead": {f"lead-{cast.east.party.pk}": cast.elsewhere.north.office.pk},
    }
    assert write(sign_in(cast.east.secretary), meeting, **values[field]).status_code == 422
    # One's own agreement, the other side: not under this side's name either.
    wrong_side = {f"lead-{cast.east.party.pk}": cast.west.office.pk}
    assert write(sign_in(cast.east.secretary), meeting, **wrong_side).status_code == 422


def test_one_side_alone_puts_nothing_in_force(cast, meeting, sign_in):
    write(sign_in(cast.east.secretary), meeting, effect="new_task", domain=cast.domain.pk)
    assert consent(meeting, cast, cast.east, "decisions") == "waiting"
    assert not Decision.objects.in_force().exists()
    assert not Task.objects.exists()


def test_a_new_task_comes_with_owners_milestone_clause_and_links_both_ways(cast, meeting, sign_in):
    origin = make_task(cast, "2.3")
    item = meeting.items.create(section=4, title="公交", task=origin)
    leads = {f"lead-{side.party.pk}": side.transport.pk for side in (cast.east, cast.west)}
    write(
        sign_in(cast.east.secretary),
        meeting,
        effect="new_task",
        domain=cast.domain.pk,
        due_on="2027-06-30",
        item=item.pk,
        title="跨省公交",
        **leads,
    )
    assert confirm(meeting, cast) == "agreed"
    decision = meeting.decisions.get()
    task = decision.task
    assert (task.number, task.title, task.due_on) == ("2.4", "跨省公交", datetime.date(2027, 6, 30))
    assert {owner.organization for owner in task.owners.leads()} == {cast.east.transport, cast.west.transport}
    assert list(task.clauses.all()) == [cast.clause]
    assert list(task.decisions.all()) == [decision]
    assert decision.milestone == task.milestones.get()
    assert decision.milestone.baseline_due_on == datetime.date(2027, 6, 30)
    assert decision.in_force_on == TODAY
    meeting.refresh_from_db()
    assert meeting.state == "minuted"
    assert Activity.objects.filter(subject=f"task:{task.pk}", verb="created").exists()


def test_a_task_of_one_side_is_that_sides(cast, meeting, sign_in):
    lead = {f"lead-{cast.west.party.pk}": cast.west.transport.pk}
    write(sign_in(cast.east.secretary), meeting, effect="new_task", domain=cast.domain.pk, **lead)
    confirm(meeting, cast)
    task = Task.objects.get()
    assert (task.cooperation, task.doing_side) == ("one_side", cast.west.party)
    assert task.milestones.get().organization == cast.west.transport


def test_a_new_milestone_follows_the_others(cast, meeting, sign_in):
    task = make_task(cast)
    make_milestone(task)
    write(
        sign_in(cast.east.secretary), meeting, effect="milestone", task=task.pk, due_on="2027-03-31", title="开通试运行"
    )
    confirm(meeting, cast)
    milestone = Milestone.objects.get(title="开通试运行")
    assert (milestone.position, milestone.task, milestone.due_on) == (2, task, datetime.date(2027, 3, 31))
    assert meeting.decisions.get().milestone == milestone
    assert list(milestone.decisions.all()) == [meeting.decisions.get()]


def test_a_new_date_keeps_the_first_one_visible(cast, meeting, sign_in):
    milestone = make_milestone(make_task(cast))
    first = milestone.due_on
    # The task need not be chosen as well: it is the milestone's.
    write(sign_in(cast.east.secretary), meeting, effect="reschedule", milestone=milestone.pk, due_on="2027-09-30")
    confirm(meeting, cast)
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.baseline_due_on) == (datetime.date(2027, 9, 30), first)
    assert Activity.objects.get(verb="rescheduled").changes["reason"][1]


def test_it_takes_effect_once_however_often_it_is_asked(cast, meeting, sign_in):
    write(sign_in(cast.east.secretary), meeting, effect="new_task", domain=cast.domain.pk)
    assert confirm(meeting, cast) == "agreed"
    assert consent(meeting, cast, cast.west, "decisions") == "closed"
    assert not meeting.decisions.get().take_effect(by=None, on=TODAY)
    assert Task.objects.count() == 1
    assert Activity.objects.filter(verb="in_force").count() == 1


def test_what_became_impossible_meanwhile_stops_the_last_consent(cast, meeting, sign_in):
    milestone = make_milestone(make_task(cast))
    client = sign_in(cast.east.secretary)
    write(client, meeting, effect="reschedule", milestone=milestone.pk, due_on="2027-09-30")
    consent(meeting, cast, cast.east, "decisions")
    Milestone.objects.update(percent=100, done_on=TODAY)
    assert consent(meeting, cast, cast.west, "decisions") == "obstacle"
    assert not Decision.objects.in_force().exists()
    assert client.get(meeting.get_absolute_url()).status_code == 200


def test_a_change_withdraws_the_confirmation_already_given(cast, meeting, client):
    client.force_login(cast.west.secretary)
    write(client, meeting)
    decision = meeting.decisions.get()
    url = reverse("decision", args=["delta", meeting.pk, decision.pk])
    form = client.get(url).context["form"]
    page = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    consent(meeting, cast, cast.east, "decisions")
    assert client.post(url, page | {"text": "改"}).status_code == 302
    assert not meeting.consents.exists()
    consent(meeting, cast, cast.east, "decisions")
    lead = f"lead-{cast.east.party.pk}"
    client.post(url, page | {"text": "改", lead: cast.east.town.pk, f"initial-{lead}": ""})
    assert not meeting.consents.exists()
    assert decision.leads.get().organization == cast.east.town
    consent(meeting, cast, cast.east, "decisions")
    client.post(reverse("decision-drop", args=["delta", meeting.pk, decision.pk]))
    assert not meeting.decisions.exists()
    assert not meeting.consents.exists()


def test_the_second_to_change_it_is_told_and_keeps_the_words(cast, meeting, client):
    client.force_login(cast.east.secretary)
    write(client, meeting)
    url = reverse("decision", args=["delta", meeting.pk, meeting.decisions.get().pk])
    form = client.get(url).context["form"]
    page = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    client.post(url, page | {"text": "东方的话"})
    client.force_login(cast.west.secretary)
    response = client.post(url, page | {"text": "西方的话"})
    assert response.status_code == 409
    assert "西方的话" in response.text
    assert meeting.decisions.get().text == "东方的话"


def test_nothing_is_written_down_before_it_is_held_or_after_it_is_confirmed(cast, meeting, sign_in):
    client = sign_in(cast.east.secretary)
    ahead = meeting_of(meeting.mechanism, 2, on=TODAY + DAY)
    write(client, ahead)
    assert not ahead.decisions.exists()
    write(client, meeting)
    confirm(meeting, cast)
    write(client, meeting)
    decision = meeting.decisions.get()
    client.post(reverse("decision-drop", args=["delta", meeting.pk, decision.pk]))
    client.post(reverse("decision", args=["delta", meeting.pk, decision.pk]), {"text": "改"})
    assert meeting.decisions.get().text == "开通跨省公交"


def test_a_secretary_says_what_became_of_it(cast, meeting, sign_in):
    client = sign_in(cast.west.secretary)
    write(client, meeting)
    url = reverse("decision-conclude", args=["delta", meeting.pk, meeting.decisions.get().pk])
    client.post(url, {"words": "未生效"})
    assert meeting.decisions.get().concluded_on is None
    confirm(meeting, cast)
    assert client.post(url, {"words": ""}).status_code == 422
    for words in ("线路已开通", "第二次"):
        client.post(url, {"words": words})
    assert (meeting.decisions.get().concluded_on, meeting.decisions.get().conclusion) == (TODAY, "线路已开通")


@pytest.mark.parametrize("name", ["decision", "decision-drop", "decision-conclude"])
def test_others_do_not_write(cast, meeting, client, name):
    decision = meeting.decisions.create(agreement=cast.agreement, number=1, text="议定")
    url = reverse(name, args=["delta", meeting.pk, decision.pk])
    for user, status in [(cast.east.staff, 403), (cast.west.leader, 403), (cast.admin, 403), (cast.outsider, 404)]:
        client.force_login(user)
        assert client.post(url).status_code == status
    other = meeting_of(meeting.mechanism, 2)
    client.force_login(cast.east.secretary)
    assert client.post(reverse(name, args=["delta", other.pk, decision.pk])).status_code == 404


@pytest.mark.parametrize(
    ("facts", "light", "is_open"),
    [
        ({"in_force_on": None}, "grey", True),
        ({}, "green", True),
        ({"due_on": TODAY + 14 * DAY}, "amber", True),
        ({"due_on": TODAY}, "amber", True),
        ({"due_on": TODAY - DAY}, "red", True),
        ({"due_on": TODAY - DAY, "concluded_on": TODAY}, "ended", False),
    ],
)
def test_its_state_comes_from_its_date_or_its_conclusion(cast, meeting, facts, light, is_open):
    values = {"text": "议定", "number": 1, "in_force_on": TODAY - DAY} | facts
    meeting.decisions.create(agreement=cast.agreement, **values)
    (row,) = followed_up(meeting.decisions.all(), cast.agreement, TODAY, Calendar())
    assert (row["light"], row["is_open"]) == (light, is_open)
