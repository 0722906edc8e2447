"""The agenda: composed from what is joint, and never losing what people did to it."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreement.models import Activity
from agreement.workdays import OFFICE_TIME, Calendar
from domains.models import Domain, Issue
from meetings import agenda, composition
from meetings.models import AgendaItem, Consent, Decision
from meetings.models.meeting import Refused
from tests.cast import TODAY, make_mechanism, make_milestone, make_task
from tests.test_mechanisms import DAY, meeting_of

NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=OFFICE_TIME)
Section = AgendaItem.Section


@pytest.fixture(autouse=True)
def fixed_day(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def meeting(cast):
    """The leading group's second meeting, in thirty days, hosted by west."""
    mechanism = make_mechanism(cast)
    held = TODAY - 100 * DAY
    cast.first = meeting_of(mechanism, 1, on=held, held_on=held, state="minuted")
    return meeting_of(mechanism, 2, on=TODAY + 30 * DAY, host=cast.west.party)


def generate(meeting, by=None):
    return agenda.generate(meeting, by=by, today=TODAY, calendar=Calendar())


def titles(meeting, section=None):
    items = meeting.items.standing().in_order()
    return [item.title for item in (items.filter(section=section) if section else items)]


def make_issue(cast, task, level, title="电价分摊未定", **facts):
    return Issue.objects.create(
        agreement=cast.agreement,
        task=task,
        organization=cast.east.transport,
        raised_by=cast.east.staff,
        raised_on=TODAY,
        level_since=TODAY,
        title=title,
        facts=f"{title}的情况",
        ask="请明确分摊比例",
        level=level,
        peak_level=max(level, facts.pop("peak_level", 0)),
        **facts,
    )


def make_decision(cast, meeting, number=1, **facts):
    values = {"text": f"议定第{number}项", "in_force_on": TODAY - 100 * DAY} | facts
    return Decision.objects.create(agreement=cast.agreement, meeting=meeting, number=number, **values)


def test_it_holds_every_section_from_live_data(cast, meeting):
    late = make_task(cast, "2.4")
    make_milestone(late, due_on=TODAY - DAY)
    make_milestone(make_task(cast, "2.3"), due_on=TODAY + 40 * DAY, title="桥梁合龙")
    make_issue(cast, late, 2)
    make_decision(cast, cast.first)
    assert generate(meeting)["added"] == len(titles(meeting))
    sources = [item.source.split(":")[0] for item in meeting.items.in_order()]
    assert sources == ["decision", "progress", "late", "issue", "ahead", "speech", "speech", "next"]
    assert "桥梁合龙" in meeting.items.get(source="ahead").text
    assert meeting.items.get(source__startswith="late").task == late
    # West hosts: in its meeting's papers its office presents and its statement comes first.
    assert meeting.items.get(source="progress:overview").presenter == cast.west.office
    assert meeting.items.filter(section=6).in_order()[0].source == f"speech:{cast.west.party.pk}"


def test_it_follows_earlier_decisions_until_they_were_told_as_done(cast, meeting):
    task = make_task(cast)
    done = make_milestone(task, percent=100, done_on=TODAY - DAY, title="已通车")
    late = make_decision(cast, cast.first, 1, due_on=TODAY - DAY)
    make_decision(cast, cast.first, 2, effect="milestone", task=task, milestone=done)
    make_decision(cast, cast.first, 3, concluded_on=cast.first.held_on - DAY, conclusion="早已办结")
    make_decision(cast, cast.first, 4, concluded_on=TODAY, conclusion="双方已发文")
    make_decision(cast, cast.first, 5, in_force_on=None)
    generate(meeting)
    assert titles(meeting, Section.FOLLOW_UP) == ["议定第1项", "议定第2项", "议定第4项"]
    items = {item.title: item for item in meeting.items.filter(section=1)}
    assert items["议定第1项"].decision == late
    assert "已通车" in items["议定第2项"].text
    assert "双方已发文" in items["议定第4项"].text


def test_it_never_shows_what_is_one_sides_own(cast, meeting):
    task = make_task(cast)
    make_issue(cast, task, 0, title="CANARY内部分歧")
    make_issue(cast, task, 0, title="CANARY已退回", peak_level=2)
    make_issue(cast, task, 1, title="CANARY部门层面")
    make_issue(cast, task, 2, title="CANARY已了结", outcome="decided", closed_on=TODAY)
    generate(meeting)
    assert titles(meeting, Section.ISSUES) == []
    assert "CANARY" not in "".join(item.text + item.title for item in meeting.items.all())


def test_a_departments_meeting_keeps_to_its_domain(cast):
    other = Domain.objects.create(agreement=cast.agreement, number=3, slug="ecology", name="生态")
    inside, outside = make_task(cast, "2.3"), make_task(cast, "3.1")
    outside.domain = other
    outside.save()
    for task in (inside, outside):
        make_milestone(task, due_on=TODAY - DAY)
        make_issue(cast, task, 1, title=f"问题{task.number}")
    meeting = meeting_of(make_mechanism(cast, "2.10", level=1, domain=cast.domain), on=TODAY + 30 * DAY)
    generate(meeting)
    assert titles(meeting, Section.ISSUES) == ["问题2.3"]
    assert set(meeting.items.filter(source__startswith="late").values_list("task__number", flat=True)) == {"2.3"}


def test_another_agreements_facts_stay_there(cast, meeting):
    theirs = make_task(cast.elsewhere, "2.3")
    make_milestone(theirs, due_on=TODAY - DAY)
    generate(meeting)
    assert not meeting.items.filter(source__startswith="late").exists()


def test_generating_again_changes_nothing_when_nothing_happened(cast, meeting):
    make_issue(cast, make_task(cast), 2)
    generate(meeting)
    meeting.refresh_from_db()
    before = list(meeting.items.order_by("pk").values())
    assert not any(generate(meeting).values())
    version = meeting.agenda_version
    meeting.refresh_from_db()
    assert meeting.agenda_version == version
    assert list(meeting.items.order_by("pk").values()) == before


def test_generating_again_keeps_everything_people_did(cast, meeting, sign_in):
    task = make_task(cast)
    for number in range(1, 4):
        make_issue(cast, task, 2, title=f"问题{number}")
    generate(meeting)
    first, second, third = meeting.items.filter(section=Section.ISSUES).in_order()
    meeting.refresh_from_db()
    third.move(-1, by=cast.east.secretary, version=meeting.agenda_version)
    second.remove(by=cast.west.secretary)
    client = sign_in(cast.east.secretary)
    edit(client, meeting, first, title="改过的标题")
    client.post(
        reverse("agenda-item-new", args=["delta", meeting.pk]), {"section": "3", "title": "手写议题", "minutes": "5"}
    )
    make_issue(cast, task, 2, title="问题4")
    Issue.objects.filter(title="问题1").update(title="来源改了", facts="新情况")
    generate(meeting)
    assert titles(meeting, Section.ISSUES) == ["改过的标题", "问题3", "手写议题", "问题4"]
    assert [item.title for item in meeting.items.removed()] == ["问题2"]


def edit(client, meeting, item, **changes):
    """Sends the item's own page back with `changes`; returns the answer."""
    url = reverse("agenda-item", args=["delta", meeting.pk, item.pk])
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return client.post(url, {name: value for name, value in data.items() if value is not None} | changes)


def test_untouched_items_get_todays_words(cast, meeting):
    issue = make_issue(cast, make_task(cast), 2)
    generate(meeting)
    Issue.objects.filter(pk=issue.pk).update(title="电价已谈到最后一步")
    assert generate(meeting)["renewed"] == 1
    assert titles(meeting, Section.ISSUES) == ["电价已谈到最后一步"]


def test_what_is_settled_goes_unless_somebody_worked_on_it(cast, meeting, sign_in):
    task = make_task(cast)
    issues = [make_issue(cast, task, 2, title=f"问题{number}") for number in range(3)]
    generate(meeting)
    edit(sign_in(cast.east.secretary), meeting, meeting.items.get(issue=issues[1]), text="已改")
    meeting.refresh_from_db()
    meeting.items.get(issue=issues[2]).remove(by=cast.east.secretary)
    Issue.objects.update(outcome="decided", closed_on=TODAY)
    done = generate(meeting)
    assert (done["gone"], done["vanished"]) == (1, 1)
    assert meeting.items.get(issue=issues[1]).vanished
    assert meeting.items.removed().get().issue == issues[2]
    assert not any(generate(meeting).values())
    # The issue is taken up again: the mark goes.
    Issue.objects.update(outcome="", closed_on=None)
    generate(meeting)
    assert not meeting.items.get(issue=issues[1]).vanished
    assert meeting.items.standing().filter(issue=issues[0]).exists()


def test_items_move_within_their_section_and_no_further(cast, meeting):
    task = make_task(cast)
    for number in range(3):
        make_issue(cast, task, 2, title=f"问题{number}")
    generate(meeting)
    items = meeting.items.filter(section=Section.ISSUES)

    def step(title, by):
        meeting.refresh_from_db()
        return items.get(title=title).move(by, by=cast.east.secretary, version=meeting.agenda_version)

    assert step("问题0", 1)
    assert titles(meeting, 3) == ["问题1", "问题0", "问题2"]
    assert not step("问题1", -1)
    assert not step("问题2", 1)
    assert sorted(items.values_list("position", flat=True)) == [1, 2, 3]


def test_an_order_that_is_no_longer_the_one_seen_is_refused(cast, meeting, sign_in):
    generate(meeting)
    meeting.refresh_from_db()
    item = meeting.items.filter(section=6).in_order()[0]
    url, seen = reverse("agenda-item-move", args=["delta", meeting.pk, item.pk]), meeting.agenda_version
    client = sign_in(cast.east.secretary)
    assert client.post(url, {"move": "down", "version": seen}, headers={"HX-Request": "true"}).status_code == 200
    before = titles(meeting)
    response = client.post(url, {"move": "down", "version": seen}, headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert 'role="alert"' in response.text
    assert titles(meeting) == before
    assert client.post(url, {"move": "up", "version": "x"}).status_code == 302
    assert titles(meeting) == before


def test_both_offices_work_on_it_and_each_change_leaves_a_trace(cast, meeting, client):
    generate(meeting)
    item = meeting.items.in_order()[0]
    for user, name in [(cast.east.secretary, "agenda-item-remove"), (cast.west.secretary, "agenda-item-restore")]:
        client.force_login(user)
        assert client.post(reverse(name, args=["delta", meeting.pk, item.pk])).status_code == 302
    assert set(Activity.objects.filter(verb__in=["removed", "restored"]).values_list("by__username", flat=True)) == {
        "east.secretary",
        "west.secretary",
    }


def test_the_second_to_reword_an_item_is_told_and_keeps_the_words(cast, meeting, client):
    generate(meeting)
    item = meeting.items.in_order()[0]
    url = reverse("agenda-item", args=["delta", meeting.pk, item.pk])
    client.force_login(cast.east.secretary)
    form = client.get(url).context["form"]
    page = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert client.post(url, page | {"title": "东方的话"}).status_code == 302
    client.force_login(cast.west.secretary)
    response = client.post(url, page | {"title": "西方的话"})
    assert response.status_code == 409
    assert "东方的话" in response.text
    assert "西方的话" in response.text
    item.refresh_from_db()
    assert (item.title, item.edited) == ("东方的话", True)


def test_a_form_sent_twice_adds_once(cast, meeting, sign_in):
    client, url = sign_in(cast.east.secretary), reverse("agenda-item-new", args=["delta", meeting.pk])
    data = {
        "section": "4",
        "title": "手写议题",
        "minutes": "5",
        "once": str(client.get(url).context["form"]["once"].value()),
    }
    assert [client.post(url, data).status_code for _ in range(3)] == [302] * 3
    assert meeting.items.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"minutes": "999"}, {"minutes": "-1"}, {"section": "9"}, {"presenter": "theirs"}]
)
def test_what_makes_no_sense_is_refused(cast, meeting, sign_in, wrong):
    if "presenter" in wrong:
        wrong = {"presenter": str(cast.elsewhere.north.office.pk)}
    data = {"section": "4", "title": "手写议题", "minutes": "5"} | wrong
    response = sign_in(cast.east.secretary).post(reverse("agenda-item-new", args=["delta", meeting.pk]), data)
    assert response.status_code == 422
    assert not meeting.items.exists()


def test_an_item_belongs_to_its_meeting(cast, meeting, sign_in):
    other = meeting_of(make_mechanism(cast, "x.1"), on=TODAY + DAY)
    generate(other)
    item = other.items.first()
    client = sign_in(cast.east.secretary)
    for name in ("agenda-item", "agenda-item-move", "agenda-item-remove", "agenda-item-restore"):
        assert client.post(reverse(name, args=["delta", meeting.pk, item.pk])).status_code == 404


@pytest.mark.parametrize("name", ["agenda-generate", "agenda-item-new"])
def test_others_read_and_do_not_write(cast, meeting, client, name):
    for user, status in [(cast.east.staff, 403), (cast.west.leader, 403), (cast.admin, 403), (cast.outsider, 404)]:
        client.force_login(user)
        assert client.post(reverse(name, args=["delta", meeting.pk])).status_code == status
        assert client.get(reverse("agenda", args=["delta", meeting.pk])).status_code == (
            200 if user in (cast.east.staff, cast.west.leader) else status
        )
    assert not meeting.items.exists()


def consent(meeting, cast, side, stage="agenda"):
    meeting.refresh_from_db()
    version = meeting.agenda_version if stage == "agenda" else meeting.decisions_version
    return Consent.give(meeting, stage, party=side.party, by=side.secretary, on=TODAY, version=version)


def test_it_is_agreed_when_both_sides_say_so(cast, meeting):
    generate(meeting)
    assert consent(meeting, cast, cast.east) == "waiting"
    assert consent(meeting, cast, cast.east) == "waiting"
    assert consent(meeting, cast, cast.west) == "agreed"
    meeting.refresh_from_db()
    assert meeting.state == "agreed"
    with pytest.raises(Refused):
        generate(meeting)


@pytest.mark.parametrize("change", ["edit", "move", "remove", "add", "generate"])
def test_any_change_withdraws_the_consent_already_given(cast, meeting, sign_in, change):
    task = make_task(cast)
    make_issue(cast, task, 2, title="问题1")
    make_issue(cast, task, 2, title="问题2")
    generate(meeting)
    consent(meeting, cast, cast.east)
    item = meeting.items.get(title="问题1")
    client = sign_in(cast.west.secretary)
    meeting.refresh_from_db()
    if change == "edit":
        edit(client, meeting, item, text="改")
    elif change == "move":
        item.move(1, by=cast.west.secretary, version=meeting.agenda_version)
    elif change == "remove":
        item.remove(by=cast.west.secretary)
    elif change == "add":
        client.post(
            reverse("agenda-item-new", args=["delta", meeting.pk]), {"section": "4", "title": "新", "minutes": "5"}
        )
    else:
        make_issue(cast, task, 2, title="问题3")
        generate(meeting)
    assert not meeting.consents.exists()
    assert Activity.objects.filter(verb="agenda_withdrawn").count() == 1
    assert consent(meeting, cast, cast.west) == "waiting"


def test_nobody_agrees_to_what_they_have_not_read(cast, meeting, sign_in):
    generate(meeting)
    meeting.refresh_from_db()
    seen = meeting.agenda_version
    meeting.items.first().remove(by=cast.west.secretary)
    url = reverse("consent", args=["delta", meeting.pk, "agenda"])
    sign_in(cast.east.secretary).post(url, {"version": seen})
    assert not meeting.consents.exists()


def test_a_side_takes_its_word_back_and_the_agenda_is_open_again(cast, meeting, sign_in):
    generate(meeting)
    consent(meeting, cast, cast.east)
    consent(meeting, cast, cast.west)
    url = reverse("consent", args=["delta", meeting.pk, "agenda"])
    sign_in(cast.east.secretary).post(url, {"act": "withdraw"})
    meeting.refresh_from_db()
    assert meeting.state == "planned"
    assert meeting.consents.get().party == cast.west.party
    generate(meeting)


def test_nobody_agrees_to_an_empty_agenda(cast, meeting):
    assert consent(meeting, cast, cast.east) == "empty"


def test_a_consent_is_the_own_sides_and_of_a_known_stage(cast, meeting, client):
    generate(meeting)
    url = reverse("consent", args=["delta", meeting.pk, "agenda"])
    for user, status in [(cast.east.staff, 403), (cast.east.leader, 403), (cast.admin, 403), (cast.outsider, 404)]:
        client.force_login(user)
        assert client.post(url, {"version": "2"}).status_code == status
    client.force_login(cast.east.secretary)
    assert client.post(reverse("consent", args=["delta", meeting.pk, "lunch"])).status_code == 404
    meeting.refresh_from_db()
    client.post(url, {"version": meeting.agenda_version, "party": cast.west.party.pk})
    assert meeting.consents.get().party == cast.east.party


def test_minutes_add_up_and_too_many_are_said(cast, meeting, sign_in):
    generate(meeting)
    client, url = sign_in(cast.east.staff), reverse("agenda", args=["delta", meeting.pk])
    total = sum(meeting.items.standing().values_list("minutes", flat=True))
    assert client.get(url).context["total"] == total
    assert client.get(url).context["over"] < 0
    meeting.items.update(minutes=100)
    assert client.get(url).context["over"] > 0


def test_it_costs_the_same_for_one_and_for_thirty_items(cast, meeting, sign_in):
    task = make_task(cast)
    client = sign_in(cast.west.secretary)

    def cost(act):
        with CaptureQueriesContext(connection) as queries:
            act()
        return len(queries)

    def show():
        assert client.get(reverse("agenda", args=["delta", meeting.pk])).status_code == 200

    def compose():
        list(composition.compose(meeting, today=TODAY, calendar=Calendar()))

    make_issue(cast, task, 2)
    make_decision(cast, cast.first, 1, effect="new_task", task=task)
    make_milestone(task, due_on=TODAY + 40 * DAY, organization=cast.east.transport)
    make_milestone(task, due_on=TODAY - DAY)
    generate(meeting)
    one = cost(show), cost(compose)
    for number in range(29):
        late = make_task(cast, f"2.{number + 20}")
        make_milestone(late, due_on=TODAY - DAY)
        make_milestone(late, due_on=TODAY + 40 * DAY, organization=cast.west.transport)
        make_issue(cast, late, 2)
        make_decision(cast, cast.first, number + 2, effect="new_task", task=late)
    generate(meeting)
    assert meeting.items.count() > 80
    assert (cost(show), cost(compose)) == one
