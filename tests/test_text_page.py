"""The agreement's text with the lights of its tasks, and the page of an organization."""

import pytest
from django.urls import reverse

from agreement.models import Clause, Membership, Organization, Section
from domains.models import TaskOwner
from tests.cast import make_milestone, make_task, person


def text(cast):
    return reverse("agreement-text", args=[cast.agreement.slug])


def page_of(cast, unit):
    return reverse("organization", args=[cast.agreement.slug, unit.pk])


def test_it_shows_each_clause_with_the_lights_of_its_tasks(cast, sign_in):
    task = make_task(cast)
    page = sign_in(cast.west.leader).get(text(cast)).content.decode()
    assert 'id="c-2.3"' in page
    assert cast.clause.heading in page
    assert f'href="{reverse("task", args=["delta", task.number])}"' in page
    assert 'class="light light-' in page


def test_it_shows_the_gap_where_a_clause_has_no_task(cast, sign_in):
    client = sign_in(cast.east.staff)
    assert "clause-gap" in client.get(text(cast)).content.decode()
    make_task(cast)
    assert "clause-gap" not in client.get(text(cast)).content.decode()


def test_it_keeps_the_order_of_the_text_and_lists_its_contents(cast, sign_in):
    for number, part in ((0, "1"), (7, "x")):
        section = Section.objects.create(agreement=cast.agreement, number=number, part=part, title=f"第{number}章")
        Clause.objects.create(
            agreement=cast.agreement, section=section, number=f"{number}.1", position=number, heading=f"第{number}条"
        )
    page = sign_in(cast.east.staff).get(text(cast)).content.decode()
    places = [page.index(f'id="s-{number}"') for number in (0, 2, 7)]
    assert places == sorted(places)
    assert all(f'href="#s-{number}"' in page for number in (0, 2, 7))


def test_it_shows_a_task_under_every_clause_it_serves(cast, sign_in):
    other = Clause.objects.create(
        agreement=cast.agreement, section=cast.clause.section, number="2.4", position=2, heading="水运"
    )
    make_task(cast).clauses.add(other)
    page = sign_in(cast.east.staff).get(text(cast)).content.decode()
    assert page.count(f'href="{reverse("task", args=["delta", "2.3"])}"') == 2


def test_it_is_in_the_readers_language(cast, sign_in):
    client = sign_in(cast.east.staff)
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert "Road works" in client.get(text(cast)).content.decode()


@pytest.mark.parametrize("kind", ["text", "organization"])
def test_it_is_for_members_who_work(cast, sign_in, client, kind):
    url = text(cast) if kind == "text" else page_of(cast, cast.east.office)
    assert client.get(url).status_code == 302
    assert sign_in(cast.outsider).get(url).status_code == 404
    assert sign_in(cast.admin).get(url).status_code == 403
    for side in (cast.east, cast.west):
        for reader in (side.staff, side.secretary, side.leader):
            assert sign_in(reader).get(url).status_code == 200


def test_it_costs_the_same_for_one_clause_and_for_thirty(cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.east.staff)
    make_task(cast, "2.0")
    with django_assert_max_num_queries(14) as few:
        client.get(text(cast))
    for place in range(1, 31):
        clause = Clause.objects.create(
            agreement=cast.agreement, section=cast.clause.section, number=f"2.{place}x", position=place, heading="条"
        )
        make_task(cast, f"2.{place}").clauses.add(clause)
    with django_assert_max_num_queries(len(few)):
        client.get(text(cast))


# --- an organization


def test_it_shows_names_people_and_what_an_organization_carries(cast, sign_in):
    unit = cast.east.transport
    Organization.objects.filter(pk=unit.pk).update(aliases=["交通局", "交运局"])
    unit.counterparts.add(cast.west.transport)
    cast.east.staff.phone = "0573-84123456"
    cast.east.staff.save()
    make_task(cast)
    page = sign_in(cast.west.leader).get(page_of(cast, unit)).content.decode()
    for words in (unit.name, "交运局", cast.east.staff.name, "0573-84123456", "事项2.3"):
        assert words in page, words
    assert f'href="{page_of(cast, cast.west.transport)}"' in page
    assert "tag-unsure" in page


def test_it_tells_leading_from_supporting_and_from_a_milestone(cast, sign_in):
    unit = cast.east.town
    TaskOwner.objects.create(task=make_task(cast, "2.1"), organization=unit, role="support", position=2)
    make_milestone(make_task(cast, "2.2"), unit)
    make_task(cast, "2.9")
    page = sign_in(cast.east.staff).get(page_of(cast, unit)).content.decode()
    assert "事项2.1" in page and "事项2.2" in page and "事项2.9" not in page
    assert "事项2.9" in sign_in(cast.east.staff).get(page_of(cast, cast.east.transport)).content.decode()


def test_it_counts_what_is_asked_of_all_towns_as_asked_of_each(cast, sign_in):
    TaskOwner.objects.create(task=make_task(cast, "2.1"), organization=cast.east.towns, role="support", position=2)
    assert "事项2.1" in sign_in(cast.east.staff).get(page_of(cast, cast.east.town)).content.decode()


def test_it_names_no_one_of_another_agreement_nor_who_has_left(cast, sign_in):
    left = person("gone.person", cast.agreement, cast.east.transport, "staff")
    Membership.objects.filter(user=left).update(ended_on="2026-01-01")
    client = sign_in(cast.east.staff)
    assert "gone.person" not in client.get(page_of(cast, cast.east.transport)).content.decode()
    foreign = reverse("organization", args=["delta", cast.elsewhere.north.office.pk])
    assert client.get(foreign).status_code == 404


def test_its_tasks_come_in_pages_at_a_constant_cost(cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.east.staff)
    url = page_of(cast, cast.east.transport)
    make_task(cast, "2.0")
    with django_assert_max_num_queries(20) as few:
        client.get(url)
    for place in range(1, 31):
        make_task(cast, f"2.{place}")
        person(f"colleague.{place}", cast.agreement, cast.east.transport, "staff")
    with django_assert_max_num_queries(len(few)):
        page = client.get(url).content.decode()
    assert page.count("事项2.") == 20
    assert client.get(url, {"page": "2"}).content.decode().count("事项2.") == 11
    for odd in ("0", "-1", "abc", "999", "１"):
        assert client.get(url, {"page": odd}).status_code == 200
