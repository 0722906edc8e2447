"""Issues: who sees them, who moves them up and down the ladder, and what happens when two do so at once."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreement.models import Activity, Notice
from agreement.workdays import office_today
from domains.models import Issue
from domains.permissions import may_escalate, may_send_down, outcomes_open_to
from tests.cast import make_task


def make_issue(cast, task=None, level=0, **facts):
    values = {"title": "红线未对接", "facts": "两侧红线相差三米", "ask": "请明确标准", "on": office_today()} | facts
    issue = Issue.put(task or make_task(cast), organization=cast.east.transport, by=cast.east.staff, **values)
    if level:
        Issue.objects.filter(pk=issue.pk).update(level=level, peak_level=level)
        issue.refresh_from_db()
    return issue


def address(issue, name="issue"):
    return reverse(name, args=[issue.agreement.slug, issue.pk])


def test_staff_raise_an_issue_in_the_drawer_once(cast, sign_in):
    task = make_task(cast)
    client = sign_in(cast.east.staff)
    new = reverse("issue-new", args=[cast.agreement.slug, task.number])
    slot = {"HX-Request": "true", "HX-Target": "issue-new"}
    form = client.get(f"{new}?place=drawer-body", headers=slot)
    assert "<html" not in form.content.decode()
    data = {
        "title": "红线未对接",
        "facts": "第一行\r\n第二行",
        "ask": "请明确标准",
        "asked_of": cast.west.transport.pk,
        "once": form.context["form"]["once"].value(),
    }
    for _ in range(2):
        response = client.post(f"{new}?place=drawer-body", data, headers=slot)
        assert response.status_code == 200
        assert response["HX-Retarget"] == "#drawer-body"
        assert "红线未对接" in response.content.decode()
    issue = Issue.objects.get()
    assert (issue.level, issue.organization, issue.facts) == (0, cast.east.transport, "第一行\n第二行")


def test_what_is_missing_is_said_at_the_field_and_the_rest_kept(cast, sign_in):
    new = reverse("issue-new", args=[cast.agreement.slug, make_task(cast).number])
    response = sign_in(cast.east.staff).post(new, {"title": "x" * 61, "facts": "写了很久的事实", "ask": ""})
    assert response.status_code == 422
    assert {"title", "ask"} <= set(response.context["form"].errors)
    assert "写了很久的事实" in response.content.decode()


def test_a_secretary_raises_it_on_behalf_of_the_sides_own_unit_only(cast, sign_in):
    task = make_task(cast)
    new = reverse("issue-new", args=[cast.agreement.slug, task.number])
    data = {"title": "t", "facts": "f", "ask": "a"}
    client = sign_in(cast.west.secretary)
    assert client.post(new, data | {"organization": cast.west.transport.pk}).status_code == 302
    issue = Issue.objects.get()
    assert issue.on_behalf
    assert issue.organization == cast.west.transport
    client.post(new, data | {"organization": cast.east.transport.pk})
    assert not Issue.objects.filter(organization=cast.east.transport).exists()


def test_who_has_no_part_in_the_task_raises_nothing(cast, sign_in):
    new = reverse("issue-new", args=[cast.agreement.slug, make_task(cast).number])
    for person, status in ((cast.east.other, 403), (cast.east.leader, 403), (cast.admin, 403), (cast.outsider, 404)):
        assert sign_in(person).post(new, {"title": "t", "facts": "f", "ask": "a"}).status_code == status


def test_at_level_0_only_its_own_side_and_the_two_leads_find_it(cast, sign_in):
    issue = make_issue(cast)
    listed = reverse("issue-list", args=[cast.agreement.slug])
    for person, seen in (
        (cast.east.staff, True),
        (cast.east.secretary, True),
        (cast.east.leader, True),
        (cast.west.staff, True),
        (cast.east.other, False),
        (cast.west.secretary, False),
        (cast.west.leader, False),
        (cast.west.other, False),
        (cast.outsider, False),
    ):
        client = sign_in(person)
        assert client.get(address(issue)).status_code == (200 if seen else 404), person
        page = client.get(listed + "?q=红线&state=all")
        assert (issue.title in page.content.decode()) == seen, person
        for name in ("issue-escalate", "issue-send-down", "issue-close"):
            if not seen:
                assert client.post(address(issue, name), {"version": 1}).status_code == 404
    assert sign_in(cast.admin).get(address(issue)).status_code == 403


def test_once_joint_everybody_of_both_sides_finds_it(cast, sign_in):
    issue = make_issue(cast)
    client = sign_in(cast.east.staff)
    assert client.post(address(issue, "issue-escalate"), {"version": issue.version}).status_code == 302
    for person in (cast.west.leader, cast.west.other, cast.east.other):
        assert sign_in(person).get(address(issue)).status_code == 200
    notice = Notice.objects.get(subject=f"issue:{issue.pk}")
    assert [each.recipient for each in notice.deliveries.filter(channel="inapp")] == [cast.west.secretary]


@pytest.mark.parametrize(
    ("who", "level", "up", "down", "outcomes"),
    [
        ("east.staff", 0, True, False, {"resolved", "dropped"}),
        ("east.staff", 1, False, False, {"resolved", "dropped"}),
        ("east.staff", 2, False, False, {"resolved", "dropped"}),
        ("west.staff", 0, False, False, set()),
        ("west.staff", 1, False, False, set()),
        ("east.secretary", 0, True, False, {"resolved", "dropped"}),
        ("east.secretary", 1, True, True, {"resolved", "dropped", "decided", "municipal"}),
        ("east.secretary", 3, False, True, {"resolved", "dropped", "decided", "municipal"}),
        ("west.secretary", 0, False, False, set()),
        ("west.secretary", 1, True, True, {"decided", "municipal"}),
        ("west.secretary", 2, True, True, {"decided", "municipal"}),
        ("east.leader", 1, False, False, set()),
        ("east.other", 1, False, False, set()),
    ],
)
def test_units_bring_it_to_their_departments_and_from_there_secretaries_move_it(cast, who, level, up, down, outcomes):
    issue = make_issue(cast, level=level)
    side, name = who.split(".")
    membership = getattr(getattr(cast, side), name).post
    assert may_escalate(membership, issue) == up
    assert may_send_down(membership, issue) == down
    assert set(outcomes_open_to(membership, issue)) == outcomes


def test_it_goes_down_with_words_and_the_highest_level_stays_visible(cast, sign_in):
    issue = make_issue(cast, level=2)
    client = sign_in(cast.west.secretary)
    missing = client.post(address(issue, "issue-send-down"), {"version": issue.version, "words": " "})
    assert missing.status_code == 422
    assert (
        client.post(address(issue, "issue-send-down"), {"version": issue.version, "words": "一月内再议"}).status_code
        == 302
    )
    issue.refresh_from_db()
    assert (issue.level, issue.peak_level) == (1, 2)
    assert "一月内再议" in client.get(address(issue)).content.decode()
    assert (
        sign_in(cast.east.staff)
        .post(address(issue, "issue-send-down"), {"version": issue.version, "words": "x"})
        .status_code
        == 403
    )


def test_it_is_closed_with_an_outcome_this_person_may_give(cast, sign_in):
    issue = make_issue(cast, level=1)
    data = {"version": issue.version, "outcome": "dropped", "words": "不再需要"}
    assert sign_in(cast.west.secretary).post(address(issue, "issue-close"), data).status_code == 422
    assert sign_in(cast.east.leader).post(address(issue, "issue-close"), data).status_code == 403
    assert sign_in(cast.east.staff).post(address(issue, "issue-close"), data).status_code == 302
    issue.refresh_from_db()
    assert (issue.outcome, issue.outcome_text, issue.closed_on) == ("dropped", "不再需要", office_today())


def test_who_comes_second_is_told_and_keeps_the_words(cast, sign_in):
    issue = make_issue(cast, level=1)
    stale = issue.version
    issue.escalate(by=cast.west.secretary, on=office_today(), version=stale)
    client = sign_in(cast.east.secretary)
    for name in ("issue-send-down", "issue-close"):
        data = {"version": stale, "words": "写好的理由", "outcome": "decided"}
        response = client.post(address(issue, name), data, headers={"HX-Request": "true", "HX-Target": "issue-body"})
        assert response.status_code == 409
        assert "写好的理由" in response.content.decode()
    assert client.post(address(issue, "issue-escalate"), {"version": stale}).status_code == 409
    issue.refresh_from_db()
    assert (issue.level, issue.outcome) == (2, "")
    issue.close("decided", by=cast.west.secretary, on=office_today(), version=issue.version)
    response = client.post(address(issue, "issue-close"), {"version": 1, "words": "写好的理由", "outcome": "decided"})
    assert response.status_code == 409
    assert "写好的理由" in response.content.decode()


def test_moving_an_issue_is_never_a_get(cast, sign_in):
    issue = make_issue(cast)
    for name in ("issue-escalate", "issue-send-down", "issue-close"):
        assert sign_in(cast.east.secretary).get(address(issue, name)).status_code == 405


def test_after_the_agreed_working_days_the_next_level_is_offered_not_taken(cast, sign_in):
    issue = make_issue(cast, on=office_today() - datetime.timedelta(days=60))
    response = sign_in(cast.east.staff).get(address(issue))
    assert response.context["issue"].offered
    assert response.context["issue"].waited > cast.agreement.issue_days
    issue.refresh_from_db()
    assert issue.level == 0
    assert not sign_in(cast.east.staff).get(address(make_issue(cast, issue.task))).context["issue"].offered


def test_the_list_filters_and_groups_by_level(cast, sign_in):
    task = make_task(cast)
    make_issue(cast, task, title="低层")
    make_issue(cast, task, level=2, title="高层")
    closed = make_issue(cast, task, level=1, title="已结")
    closed.close("decided", by=cast.east.secretary, on=office_today(), version=closed.version)
    client = sign_in(cast.east.secretary)

    def titles(query):
        page = client.get(reverse("issue-list", args=[cast.agreement.slug]) + query).context["page"]
        return [issue.title for issue in page]

    assert titles("") == ["高层", "低层"]
    assert titles("?level=2") == ["高层"]
    assert titles("?state=closed") == ["已结"]
    assert titles("?q=低") == ["低层"]
    assert titles("?side=west") == []
    assert titles("?level=99&state=odd&side=moon&page=77") == ["高层", "低层"]


def test_the_list_costs_the_same_with_one_issue_and_with_thirty(cast, sign_in):
    task = make_task(cast)
    client = sign_in(cast.east.secretary)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("issue-list", args=[cast.agreement.slug])).status_code == 200
        return len(queries)

    make_issue(cast, task, asked_of=cast.west.transport)
    cost()
    one = cost()
    for number in range(30):
        make_issue(cast, task, asked_of=cast.west.transport, level=number % 4)
    assert cost() == one


def test_each_step_leaves_its_trace(cast, sign_in):
    issue = make_issue(cast)
    issue.escalate(by=cast.east.staff, on=office_today(), version=issue.version)
    issue.close("resolved", by=cast.east.staff, on=office_today(), version=issue.version, words="已对接")
    rows = Activity.objects.about(f"issue:{issue.pk}")
    assert [row.verb for row in rows] == ["closed", "escalated", "raised"]
    assert [row.side for row in rows] == [None, None, cast.east.party]
