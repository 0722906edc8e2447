"""What is one side's own leaves no trace the other could read: no number, no changed mark of a page."""

import datetime
import re

import pytest
from django.urls import reverse

from agreement.models import Delivery
from agreement.models.activity import record
from agreement.workdays import calendar, office_today, period_of
from domains.models import Issue, Report
from tests.addresses import TABLE, address_of
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


SECRET = "金丝雀"
TOKENS = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|csrf-token" content="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|data-etag="[^"]*"'
)


def pages_of(client, person, things, agreement):
    """Every page this person may read, by address, without what differs each time."""
    client.force_login(person)
    addresses = [address_of(name, things, agreement) for name, row in TABLE.items() if row.get]
    addresses += ["/", "/me/", "/me/notices/", "/me/outbox/"]
    asked = ["", f"?q={SECRET}", "?state=all&level=0", "?state=submitted", "?contacts=yes&light=amber"]
    return {
        address + query: TOKENS.sub("", answer.content.decode())
        for address in addresses
        for query in (asked if address.endswith(("/issues/", "/ledger/", "/2026-11/", "/2/")) else asked[:1])
        if (answer := client.get(address + query)).status_code == 200
    }


def test_whatever_one_side_does_for_itself_every_page_of_the_other_stays_the_same(cast, client, things):
    lonely = make_task(cast, "2.9")
    lonely.owners.filter(party=cast.west.party).delete()
    people = (cast.west.secretary, cast.west.other)
    generate = reverse("agenda-generate", args=[cast.agreement.slug, things["meeting"]])
    client.force_login(cast.west.secretary)
    client.post(generate, follow=True)  # and reads what it says
    before = {person: pages_of(client, person, things, cast.agreement) for person in people}

    client.force_login(cast.east.staff)
    words = {"title": SECRET, "facts": SECRET, "ask": SECRET, "options": SECRET}
    assert client.post(reverse("issue-new", args=[cast.agreement.slug, "2.9"]), words).status_code == 302
    own = {"work_done": SECRET, "difficulties": SECRET, "next_steps": SECRET, "approved_by_name": SECRET}
    for number, period in (("2.9", "2026-11"), ("2.9", "2026-10"), ("2.4", "2026-11")):
        place = reverse("report", args=[cast.agreement.slug, number, period, cast.east.transport.pk])
        for action in ("save", "submit") if number == "2.9" else ("save",):
            form = client.get(place).context["form"]
            data = {name: form[name].value() or "" for name in form.fields} | own | {"action": action}
            assert client.post(place, data).status_code == 302
    client.force_login(cast.east.secretary)
    returned = Report.objects.get(task=lonely, period="2026-10")
    decide = reverse("report-decide", args=[cast.agreement.slug, returned.pk])
    assert client.post(decide, {"action": "return", "reason": SECRET}).status_code == 302
    client.force_login(cast.west.secretary)
    client.post(generate, follow=True)  # and reads what it says

    for person in people:
        after = pages_of(client, person, things, cast.agreement)
        assert after.keys() == before[person].keys()
        changed = [
            address
            for address in after
            if after[address].replace(SECRET, "") != before[person][address].replace(SECRET, "")
        ]
        assert changed == [], person
    assert not Delivery.objects.filter(organization__party=cast.west.party).exists()
    client.force_login(cast.east.secretary)
    own = client.get(reverse("task", args=[cast.agreement.slug, "2.9"])).content.decode()
    assert own.count(SECRET) > 3  # it is there, for whom it concerns
