"""Milestones: moved in place by who carries them, planned by the offices, never moved in time by a form."""

import datetime

import pytest
from django.urls import reverse

from agreement.models import Activity, Notice
from agreement.workdays import office_today
from domains.models import Milestone
from tests.cast import TODAY, make_milestone, make_task

DRAWER = {"HX-Request": "true", "HX-Target": "drawer-body"}


def address_of(milestone, name="milestone"):
    return reverse(name, args=[milestone.task.agreement.slug, milestone.pk])


def typed(client, milestone, **words):
    """What a person sends who saw the form as it is now and typed `words`."""
    page = client.get(milestone.task.get_absolute_url())
    form = next(each["form"] for each in page.context["milestones"] if each["row"].pk == milestone.pk)
    shown = {"version": form["version"].value(), "original": form["original"].value()}
    return (
        shown | {"percent": milestone.percent, "evidence": milestone.evidence, "on": office_today().isoformat()} | words
    )


def test_percent_and_evidence_are_put_in_on_the_spot(cast, sign_in):
    milestone = make_milestone(make_task(cast, started_on=None), percent=10)
    client = sign_in(cast.east.staff)
    response = client.post(
        address_of(milestone), typed(client, milestone, percent=60, evidence="路基完成\u202e"), headers=DRAWER
    )
    assert response.status_code == 200
    assert "task-changed" in response["HX-Trigger"]
    assert "60%" in response.content.decode()
    milestone.refresh_from_db()
    assert (milestone.percent, milestone.evidence, milestone.done_on) == (60, "路基完成", None)
    assert milestone.task.started_on == office_today()


def test_without_javascript_it_leads_back_to_the_page(cast, sign_in):
    milestone = make_milestone(make_task(cast))
    client = sign_in(cast.east.staff)
    response = client.post(address_of(milestone), typed(client, milestone, percent=70))
    assert response.status_code == 302
    assert response["Location"].endswith(f"#milestone-{milestone.pk}")
    back = client.post(address_of(milestone), typed(client, milestone, percent=71, next="/me/"))
    assert back["Location"] == "/me/"
    stray = client.post(address_of(milestone), typed(client, milestone, percent=72, next="https://example.test/"))
    assert "example" not in stray["Location"]


def test_in_a_row_of_another_page_only_the_row_comes_back(cast, sign_in):
    milestone = make_milestone(make_task(cast))
    client = sign_in(cast.east.staff)
    row = {"HX-Request": "true", "HX-Target": "row-1"}
    response = client.post(address_of(milestone), typed(client, milestone, percent=70), headers=row)
    assert response.status_code == 200
    assert response.content.decode().lstrip().startswith("<details")
    assert client.post(address_of(milestone), {"percent": "x"}, headers=row).status_code == 422


def test_a_step_is_done_on_a_day_and_can_be_taken_back(cast, sign_in):
    milestone = make_milestone(make_task(cast, progress_kind="steps"), percent=0)
    client = sign_in(cast.west.staff)
    client.post(address_of(milestone), typed(client, milestone, percent=100, on="2026年3月2日"))
    milestone.refresh_from_db()
    assert milestone.done_on == datetime.date(2026, 3, 2)
    client.post(address_of(milestone), typed(client, milestone, percent=0))
    milestone.refresh_from_db()
    assert (milestone.percent, milestone.done_on) == (0, None)


@pytest.mark.parametrize("percent", ["101", "-1", "", "sixty", "6" * 40, "1e3"])
def test_nonsense_is_refused_at_the_field_and_the_words_stay(cast, sign_in, percent):
    milestone = make_milestone(make_task(cast))
    client = sign_in(cast.east.staff)
    for headers in (DRAWER, {}):
        response = client.post(
            address_of(milestone), typed(client, milestone, percent=percent, evidence="留住这句话"), headers=headers
        )
        assert response.status_code == 422
        page = response.content.decode()
        assert "留住这句话" in page
        assert 'aria-invalid="true"' in page
    milestone.refresh_from_db()
    assert milestone.percent == 60


def test_the_second_of_two_is_told_what_changed_and_keeps_every_word(cast, sign_in):
    milestone = make_milestone(make_task(cast), percent=10)
    client = sign_in(cast.east.staff)
    mine = typed(client, milestone, percent=30, evidence="我方的话")
    milestone.move_to(50, by=cast.west.staff, on=office_today(), version=milestone.version, evidence="对方的话")
    response = client.post(address_of(milestone), mine, headers=DRAWER)
    assert response.status_code == 409
    page = response.content.decode()
    for words in ("我方的话", "对方的话", "west.staff"):
        assert words in page
    milestone.refresh_from_db()
    assert milestone.percent == 50
    form = next(each["form"] for each in response.context["milestones"] if each["form"].is_bound)
    again = mine | {"version": form["version"].value(), "original": form["original"].value()}
    assert client.post(address_of(milestone), again, headers=DRAWER).status_code == 200
    milestone.refresh_from_db()
    assert (milestone.percent, milestone.evidence) == (30, "我方的话")


def test_what_only_one_of_two_changed_is_merged(cast, sign_in):
    milestone = make_milestone(make_task(cast), percent=10)
    client = sign_in(cast.east.staff)
    mine = typed(client, milestone, evidence="只改佐证", percent=10)
    milestone.move_to(50, by=cast.west.staff, on=office_today(), version=milestone.version)
    assert client.post(address_of(milestone), mine, headers=DRAWER).status_code == 200
    milestone.refresh_from_db()
    assert (milestone.percent, milestone.evidence) == (50, "只改佐证")


def test_who_does_not_carry_it_may_not_move_it(cast, sign_in):
    theirs = make_milestone(make_task(cast), organization=cast.west.transport)
    for person, status in (
        (cast.east.staff, 403),
        (cast.east.secretary, 403),
        (cast.west.other, 403),
        (cast.west.leader, 403),
        (cast.admin, 403),
        (cast.outsider, 404),
        (cast.west.staff, 422),
        (cast.west.secretary, 422),
    ):
        assert sign_in(person).post(address_of(theirs), {}).status_code == status, person


def test_a_town_in_the_group_moves_its_own_milestone_and_the_lead_may_too(cast, sign_in):
    milestone = make_milestone(make_task(cast), organization=cast.east.towns)
    for person, status in ((cast.east.other, 422), (cast.east.staff, 422), (cast.west.other, 403)):
        assert sign_in(person).post(address_of(milestone), {}).status_code == status, person


def test_a_secretarys_entry_is_marked_on_behalf(cast, sign_in):
    milestone = make_milestone(make_task(cast), organization=cast.west.transport)
    client = sign_in(cast.west.secretary)
    client.post(address_of(milestone), typed(client, milestone, percent=80))
    assert Activity.objects.get(verb="moved").on_behalf


def plan(form, **words):
    return {name: form[name].value() or "" for name in form.fields} | words


def test_a_secretary_adds_a_milestone_once_and_the_other_office_is_told(
    cast, sign_in, django_capture_on_commit_callbacks
):
    task = make_task(cast)
    client = sign_in(cast.east.secretary)
    address = reverse("milestone-new", args=[cast.agreement.slug, task.number])
    data = plan(client.get(address).context["form"], title="新节点", due_on="2027.6.30", due_text="年中前")
    assert client.post(address, data).status_code == 302
    assert client.post(address, data).status_code == 302
    milestone = Milestone.objects.get()
    assert milestone.baseline_due_on == milestone.due_on == datetime.date(2027, 6, 30)
    notice = Notice.objects.get(subject=f"milestone:{milestone.pk}")
    assert [delivery.recipient for delivery in notice.deliveries.filter(channel="inapp")] == [cast.west.secretary]


def test_an_agreed_date_is_not_moved_by_a_form(cast, sign_in):
    milestone = make_milestone(make_task(cast), due_on=datetime.date(2027, 6, 30))
    client = sign_in(cast.east.secretary)
    address = address_of(milestone, "milestone-edit")
    for moved in ("2027-12-31", ""):
        response = client.post(address, plan(client.get(address).context["form"], due_on=moved))
        assert response.status_code == 422
        assert "due_on" in response.context["form"].errors
    milestone.refresh_from_db()
    assert milestone.due_on == datetime.date(2027, 6, 30)


def test_a_decision_moves_the_date_with_its_words_and_the_first_date_stays(cast):
    milestone = make_milestone(make_task(cast), due_on=TODAY, due_text="年底前")
    later = TODAY + datetime.timedelta(days=90)
    milestone.reschedule(later, by=cast.east.secretary, reason="第三次联席会议", due_text="一季度末")
    assert (milestone.due_on, milestone.due_text, milestone.baseline_due_on) == (later, "一季度末", TODAY)
    milestone.reschedule(TODAY, by=cast.east.secretary, reason="第四次联席会议")
    assert milestone.due_text == ""


def test_a_date_may_be_set_where_there_is_none_and_other_words_changed(cast, sign_in):
    milestone = make_milestone(make_task(cast), due_on=None, due_text="长期", starts_on=None)
    client = sign_in(cast.east.secretary)
    address = address_of(milestone, "milestone-edit")
    data = plan(client.get(address).context["form"], due_on="2027年1月31日", title="改了名字")
    assert client.post(address, data).status_code == 302
    milestone.refresh_from_db()
    assert (milestone.title, milestone.baseline_due_on) == ("改了名字", datetime.date(2027, 1, 31))
    assert Notice.objects.filter(subject=f"milestone:{milestone.pk}").count() == 1
    client.post(address, plan(client.get(address).context["form"]))
    assert Notice.objects.filter(subject=f"milestone:{milestone.pk}").count() == 1  # nothing changed, nothing told


def test_dates_in_the_wrong_order_are_refused_in_words(cast, sign_in):
    milestone = make_milestone(make_task(cast), due_on=None, starts_on=None)
    client = sign_in(cast.east.secretary)
    address = address_of(milestone, "milestone-edit")
    data = plan(client.get(address).context["form"], starts_on="2027-02-01", due_on="2027-01-01")
    assert client.post(address, data).status_code == 422


def test_planning_is_the_offices_alone(cast, sign_in):
    milestone = make_milestone(make_task(cast))
    new = reverse("milestone-new", args=[cast.agreement.slug, milestone.task.number])
    for address in (new, address_of(milestone, "milestone-edit")):
        for person, status in (
            (cast.east.staff, 403),
            (cast.east.leader, 403),
            (cast.admin, 403),
            (cast.outsider, 404),
        ):
            assert sign_in(person).get(address).status_code == status
            assert sign_in(person).post(address, {}).status_code == status
