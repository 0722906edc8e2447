"""The board of a domain: what it shows to whom, what it costs, and how other screens learn of a change."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreement.workdays import office_today
from domains.models import Issue, Milestone
from tests.cast import make_milestone, make_task


@pytest.fixture
def address(cast):
    return reverse("domain-board", args=[cast.agreement.slug, cast.domain.number])


def poll(client, address, etag=""):
    return client.get(address, headers={"HX-Request": "true", "HX-Target": "board", "If-None-Match": etag})


def column_of(response, light):
    return next(column for column in response.context["columns"] if column["light"] == light)


def test_it_shows_each_task_in_the_column_of_its_light(cast, sign_in, address):
    late = make_task(cast, "2.1")
    make_milestone(late, due_on=office_today() - datetime.timedelta(days=3), starts_on=None, title="路基")
    make_task(cast, "2.2", started_on=None)
    make_task(cast, "2.3", cancelled_on=office_today())
    response = sign_in(cast.east.staff).get(address)
    assert [card["number"] for card in column_of(response, "red")["cards"]] == ["2.1"]
    assert [card["number"] for card in column_of(response, "grey")["cards"]] == ["2.2"]
    assert [card["number"] for card in column_of(response, "ended")["cards"]] == ["2.3"]
    assert "路基" in response.content.decode()


def test_it_puts_the_earliest_trouble_first(cast, sign_in, address):
    for number, days in (("2.1", 3), ("2.2", 30), ("2.3", 10)):
        make_milestone(make_task(cast, number), due_on=office_today() - datetime.timedelta(days=days), starts_on=None)
    response = sign_in(cast.east.staff).get(address)
    assert [card["number"] for card in column_of(response, "red")["cards"]] == ["2.2", "2.3", "2.1"]


def test_a_missing_lead_is_a_gap_unless_the_task_is_wholly_on_one_side(cast, sign_in, address):
    task = make_task(cast)
    task.owners.filter(party=cast.west.party).delete()
    card = sign_in(cast.east.staff).get(address).context["columns"]
    owners = next(card for column in card for card in column["cards"])["owners"]
    assert [owner["lead"] for owner in owners] == ["easttransport", None]
    assert 'class="gap"' in sign_in(cast.east.staff).get(address).content.decode()
    task.cooperation, task.doing_side = "one_side", cast.east.party
    task.save()
    assert 'class="gap"' not in sign_in(cast.east.staff).get(address).content.decode()


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", {"2.1", "2.2"}),
        ("?side=west", {"2.1"}),
        ("?q=事项2.2", {"2.2"}),
        ("?q=2.1", {"2.1"}),
        ("?light=grey", {"2.2"}),
        ("?light=red", set()),
        ("?side=nowhere&light=purple&organization=x", {"2.1", "2.2"}),
        ("?q=%00%E2%80%AE", {"2.1", "2.2"}),
    ],
)
def test_it_filters_by_side_light_and_text(cast, sign_in, address, query, numbers):
    make_task(cast, "2.1")
    make_task(cast, "2.2", started_on=None).owners.filter(party=cast.west.party).delete()
    response = sign_in(cast.east.staff).get(address + query)
    assert {card["number"] for column in response.context["columns"] for card in column["cards"]} == numbers


def test_it_filters_by_organization(cast, sign_in, address):
    make_task(cast, "2.1")
    make_task(cast, "2.2").owners.all().delete()
    response = sign_in(cast.east.staff).get(f"{address}?organization={cast.west.transport.pk}")
    assert [card["number"] for column in response.context["columns"] for card in column["cards"]] == ["2.1"]


def test_a_poll_is_answered_304_until_something_changes(cast, sign_in, address):
    task = make_task(cast)
    milestone = make_milestone(task)
    client = sign_in(cast.east.staff)
    etag = client.get(address)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        unchanged = poll(client, address, etag)
    assert unchanged.status_code == 304
    assert not unchanged.content
    assert len(queries) <= 4  # session, person, membership, stamp
    milestone.move_to(70, by=cast.west.staff, on=office_today(), version=milestone.version)
    changed = poll(client, address, etag)
    assert changed.status_code == 200
    assert "70%" in changed.content.decode()
    assert "<html" not in changed.content.decode()
    assert changed["ETag"] != etag
    assert poll(client, address, changed["ETag"]).status_code == 304


def test_the_etag_of_one_reader_filter_or_language_is_not_anothers(cast, sign_in, address):
    make_task(cast)
    mine = sign_in(cast.east.staff).get(address)["ETag"]
    assert sign_in(cast.east.staff).get(address + "?q=2")["ETag"] != mine
    assert sign_in(cast.east.staff).get(address, headers={"Accept-Language": "en"})["ETag"] != mine
    assert sign_in(cast.west.staff).get(address)["ETag"] != mine


def test_the_count_of_issues_is_of_those_the_reader_may_see(cast, sign_in, address):
    task = make_task(cast)
    task.owners.filter(party=cast.west.party).delete()
    Issue.put(
        task,
        organization=cast.east.transport,
        by=cast.east.staff,
        on=office_today(),
        title="金丝雀",
        facts="f",
        ask="a",
    )
    for person, number in (
        (cast.east.staff, 1),
        (cast.east.secretary, 1),
        (cast.east.other, 0),
        (cast.west.staff, 0),
        (cast.west.leader, 0),
    ):
        response = sign_in(person).get(address)
        card = next(card for column in response.context["columns"] for card in column["cards"])
        assert card["issues"] == number, person
        assert "金丝雀" not in response.content.decode()


def test_it_costs_the_same_with_one_task_and_with_thirty(cast, sign_in, address):
    client = sign_in(cast.east.staff)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    make_milestone(make_task(cast, "2.1"))
    one = cost()
    assert one <= 20
    for number in range(30):
        make_milestone(make_task(cast, f"2.1{number}"))
    assert cost() == one


def test_outsiders_find_no_board_and_administrators_may_not(cast, sign_in, address):
    assert sign_in(cast.outsider).get(address).status_code == 404
    assert sign_in(cast.admin).get(address).status_code == 403
    assert sign_in(cast.east.leader).get(address).status_code == 200
    assert sign_in(cast.east.leader).get(address.replace("/2/", "/5/")).status_code == 404
    assert sign_in(cast.east.leader).post(address).status_code == 405


def test_the_plan_of_works_stands_beside_their_percent(cast, sign_in, address):
    today = office_today()
    task = make_task(cast)
    task.milestones.all().delete()
    Milestone.objects.create(
        task=task,
        position=1,
        title="桥",
        percent=40,
        starts_on=today - datetime.timedelta(days=50),
        due_on=today + datetime.timedelta(days=50),
    )
    response = sign_in(cast.east.staff).get(address)
    card = next(card for column in response.context["columns"] for card in column["cards"])
    assert (card["planned"], card["next_on"]) == (50, today + datetime.timedelta(days=50))
