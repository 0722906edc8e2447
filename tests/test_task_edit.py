"""The offices' edits of a task and its owners, each told to the other office."""

import datetime

import pytest
from django.urls import reverse

from agreement.models import Activity, Notice
from agreement.workdays import office_today
from domains.models import TaskOwner
from tests.cast import make_task

OWNERS = {"HX-Request": "true", "HX-Target": "owners"}


def address(task, name="task-edit"):
    return reverse(name, args=[task.agreement.slug, task.number])


def filled(client, task, **words):
    form = client.get(address(task)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)} | words


def test_a_secretary_edits_a_task_and_the_other_office_is_told(cast, sign_in):
    task = make_task(cast)
    client = sign_in(cast.east.secretary)
    data = filled(
        client, task, title="改后的事项", light_note="已协调，预计下月完成", due_on="2027年12月31日", due_text="年底前"
    )
    assert client.post(address(task), data).status_code == 302
    task.refresh_from_db()
    assert (task.title, task.due_on, task.due_text) == ("改后的事项", datetime.date(2027, 12, 31), "年底前")
    notice = Notice.objects.get(subject=f"task:{task.pk}")
    assert [each.recipient for each in notice.deliveries.filter(channel="inapp")] == [cast.west.secretary]
    assert "改后的事项" in notice.payload["text"]


def test_a_confirmed_task_is_no_longer_marked(cast, sign_in):
    task = make_task(cast, to_confirm=True)
    client = sign_in(cast.east.secretary)
    data = filled(client, task)
    data.pop("to_confirm")
    client.post(address(task), data)
    task.refresh_from_db()
    assert not task.to_confirm


def test_whose_move_it_is_waits_from_today_unless_a_day_is_given(cast, sign_in):
    task = make_task(cast)
    client = sign_in(cast.east.secretary)
    assert client.post(address(task), filled(client, task, move="party")).status_code == 422
    client.post(address(task), filled(client, task, move="party", move_side=cast.west.party.pk))
    task.refresh_from_db()
    assert (task.move_side, task.move_since) == (cast.west.party, office_today())
    client.post(address(task), filled(client, task, move=""))
    task.refresh_from_db()
    assert (task.move_side, task.move_since) == (None, None)


def test_an_agreed_date_is_not_moved_by_a_form(cast, sign_in):
    task = make_task(cast, due_on=datetime.date(2027, 6, 30))
    client = sign_in(cast.east.secretary)
    response = client.post(address(task), filled(client, task, due_on="2028-06-30", title="留住"))
    assert response.status_code == 422
    assert "due_on" in response.context["form"].errors
    assert "留住" in response.content.decode()
    task.refresh_from_db()
    assert task.due_on == datetime.date(2027, 6, 30)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", ""),
        ("title", "长" * 81),
        ("kind", "nonsense"),
        ("target", "-5"),
        ("target", "99999999999"),
        ("move_since", "2026-02-31"),
        ("doing_side", "999999"),
        ("version", ""),
    ],
)
def test_nonsense_is_refused_at_its_field(cast, sign_in, field, typed):
    task = make_task(cast)
    client = sign_in(cast.east.secretary)
    response = client.post(address(task), filled(client, task, **{"move": "joint", field: typed}))
    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_a_mechanism_needs_its_interval(cast, sign_in):
    task = make_task(cast)
    client = sign_in(cast.east.secretary)
    response = client.post(address(task), filled(client, task, progress_kind="cadence"))
    assert response.status_code == 422
    assert "interval_months" in response.context["form"].errors


def test_of_two_secretaries_the_second_is_told_and_keeps_every_word(cast, sign_in, client):
    task = make_task(cast)
    mine = filled(sign_in(cast.east.secretary), task, title="我方标题", goal="只有我改")
    other = sign_in(cast.west.secretary)
    assert other.post(address(task), filled(other, task, title="对方标题")).status_code == 302
    response = sign_in(cast.east.secretary).post(address(task), mine)
    assert response.status_code == 409
    page = response.content.decode()
    for words in ("我方标题", "对方标题", "只有我改"):
        assert words in page
    task.refresh_from_db()
    assert task.title == "对方标题"


def test_owners_join_take_the_lead_and_leave(cast, sign_in):
    task = make_task(cast)
    client = sign_in(cast.east.secretary)
    names = address(task, "task-owners")
    assert client.post(names, {"organization": cast.east.town.pk, "role": "support"}).status_code == 302
    town = TaskOwner.objects.get(organization=cast.east.town)
    response = client.post(names, {"owner": town.pk, "act": "lead"}, headers=OWNERS)
    assert response.status_code == 200
    assert list(task.owners.leads().filter(party=cast.east.party).values_list("organization", flat=True)) == [
        cast.east.town.pk
    ]
    client.post(names, {"owner": town.pk, "act": "leave"})
    assert not TaskOwner.objects.filter(pk=town.pk).exists()
    assert [row.verb for row in Activity.objects.about(f"taskowner:{town.pk}")] == ["left", "took_lead", "joined"]
    assert Notice.objects.filter(subject=f"taskowner:{town.pk}").count() == 3


@pytest.mark.parametrize(
    ("organization", "role", "field"),
    [
        ("transport", "support", "organization"),
        ("town", "lead", "role"),
        ("town", "owner", "role"),
        (None, "lead", "organization"),
    ],
)
def test_an_owner_is_refused_at_its_field(cast, sign_in, organization, role, field):
    task = make_task(cast)
    pk = getattr(cast.east, organization).pk if organization else ""
    response = sign_in(cast.east.secretary).post(
        address(task, "task-owners"), {"organization": pk, "role": role}, headers=OWNERS
    )
    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_each_side_names_its_own(cast, sign_in):
    task = make_task(cast)
    theirs = task.owners.get(party=cast.west.party)
    client = sign_in(cast.east.secretary)
    for act in ("leave", "lead"):
        assert client.post(address(task, "task-owners"), {"owner": theirs.pk, "act": act}).status_code == 404
    response = client.post(address(task, "task-owners"), {"organization": cast.west.town.pk, "role": "support"})
    assert response.status_code == 422
    assert client.post(address(task, "task-owners"), {"owner": "x'1", "act": "leave"}).status_code == 404
    assert task.owners.count() == 2


def test_only_secretaries_edit(cast, sign_in):
    task = make_task(cast)
    for name in ("task-edit", "task-owners"):
        for person, status in (
            (cast.east.staff, 403),
            (cast.east.leader, 403),
            (cast.admin, 403),
            (cast.outsider, 404),
            (cast.west.secretary, 200),
        ):
            assert sign_in(person).get(address(task, name)).status_code == status
            if status != 200:
                assert sign_in(person).post(address(task, name), {}).status_code == status
