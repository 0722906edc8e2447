"""What is one side's own leaves no trace the other could read: no number, no changed mark of a page."""

import datetime

import pytest
from django.urls import reverse

from agreement.models.activity import record
from agreement.workdays import calendar, office_today, period_of
from domains.models import Issue, Report
from tests.cast import make_task

HTMX = {"HX-Request": "true"}


@pytest.fixture
def places(cast):
    """The addresses that tell by a mark whether anything has changed, each with the element that asks."""
    board = reverse("domain-board", args=[cast.agreement.slug, cast.domain.number])
    panel = reverse("dashboard-panel", args=[cast.agreement.slug, "late"])
    return [(board, HTMX | {"HX-Target": "board"}), (panel, HTMX)]


def marks(client, person, places):
    client.force_login(person)
    return [client.get(address, headers=headers)["ETag"] for address, headers in places]


def test_one_sides_own_affair_does_not_move_the_other_sides_pages(cast, client, places):
    task = make_task(cast)
    before = {person: marks(client, person, places) for person in (cast.west.staff, cast.east.secretary)}
    record(task, "drafted", by=cast.east.staff, agreement=cast.agreement, side=cast.east.party)
    assert marks(client, cast.west.staff, places) == before[cast.west.staff]
    assert all(
        a != b for a, b in zip(marks(client, cast.east.secretary, places), before[cast.east.secretary], strict=True)
    )


def test_what_stands_between_the_two_leads_moves_the_board_of_the_other_lead_only(cast, client, places):
    task = make_task(cast)
    people = (cast.west.staff, cast.west.other, cast.west.secretary)
    before = {person: marks(client, person, places[:1]) for person in people}
    facts = {"title": "金丝雀", "facts": "f", "ask": "a"}
    Issue.put(task, organization=cast.east.transport, by=cast.east.staff, on=office_today(), **facts)
    assert marks(client, cast.west.staff, places[:1]) != before[cast.west.staff]
    for person in people[1:]:
        assert marks(client, person, places[:1]) == before[person], person


def test_the_other_side_cannot_count_how_often_a_report_was_returned(cast, client):
    task = make_task(cast, started_on=datetime.date(2026, 1, 5))
    period = period_of(cast.agreement, office_today(), calendar())
    facts = {"task": task, "organization": cast.east.transport, "period": period.key, "author": cast.east.staff}
    Report.objects.create(**facts, version=1, state="returned", return_reason="金丝雀")
    Report.objects.create(**facts, version=2, state="accepted", work_done="做了")
    address = reverse("report", args=[cast.agreement.slug, task.number, period.key, cast.east.transport.pk])
    for language, words in (("en", "version 2"), ("zh-hans", "第2版")):
        headers = {"Accept-Language": language}
        client.force_login(cast.west.secretary)
        seen = client.get(address, headers=headers).content.decode()
        assert "做了" in seen
        assert words not in seen and "金丝雀" not in seen
    client.force_login(cast.east.secretary)
    assert "version 2" in client.get(address, headers={"Accept-Language": "en"}).content.decode()
