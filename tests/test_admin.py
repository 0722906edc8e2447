"""The administration: people and settings of one's own agreements, traced, and nothing else."""

import datetime

import pytest
from django.urls import reverse

from agreement.models import Activity, Membership, Organization, User
from tests.cast import PASSWORD, make_mechanism, make_milestone, make_task, person

PAGES = ["user", "membership", "organization", "agreement", "party", "section", "clause", "workdayexception"]
POSTS = {"memberships-INITIAL_FORMS": "0", "memberships-MIN_NUM_FORMS": "0", "memberships-MAX_NUM_FORMS": "1000"}


@pytest.fixture
def admin(cast, sign_in):
    return sign_in(cast.admin)


def listed(page):
    return reverse(f"admin:agreement_{page}_changelist")


def new_person(cast, **changes):
    post = {"agreement": cast.agreement.pk, "organization": cast.east.town.pk, "role": "staff", "rank": "10"}
    fields = {"username": "new.person", "name": "新同志", "email": "new@example.test", "phone": "84000000"}
    fields |= {"usable_password": "true", "password1": "a-long-one-2026", "password2": "a-long-one-2026"}
    return (
        fields | POSTS | {"memberships-TOTAL_FORMS": "1"} | {f"memberships-0-{k}": v for k, v in post.items()} | changes
    )


@pytest.mark.parametrize("page", PAGES)
def test_it_opens_every_list_and_its_search_to_an_administrator(cast, admin, page):
    assert admin.get(listed(page)).status_code == 200
    assert admin.get(listed(page), {"q": "east"}).status_code == 200


@pytest.mark.parametrize("who", ["east.staff", "east.secretary", "west.leader"])
def test_it_is_closed_to_those_who_do_the_work(cast, sign_in, who):
    side, role = who.split(".")
    client = sign_in(getattr(getattr(cast, side), role))
    assert client.get(listed("user")).status_code == 403
    assert client.post(reverse("admin:agreement_user_add"), new_person(cast)).status_code == 403
    assert not User.objects.filter(username="new.person").exists()


def test_it_asks_for_a_sign_in_on_the_one_page_for_it(client, db):
    answer = client.get(listed("user"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


def test_it_shows_nothing_of_another_agreement(cast, admin):
    for page in PAGES:
        text = admin.get(listed(page)).content.decode()
        for foreign in ("harbour", "north", "south"):
            assert foreign not in text, (page, foreign)
    other = reverse("admin:agreement_organization_change", args=[cast.elsewhere.north.office.pk])
    assert admin.get(other).status_code == 302  # Django: there is no such thing, back to the index
    assert admin.post(other, {"name": "taken"}).status_code == 302
    assert not Organization.objects.filter(name="taken").exists()


def test_it_offers_only_ones_own_in_a_choice_typed(cast, admin):
    url = reverse("admin:autocomplete")
    asked = {"app_label": "agreement", "model_name": "membership", "field_name": "organization", "term": "o"}
    names = [row["text"] for row in admin.get(url, asked).json()["results"]]
    assert any("east" in name for name in names)
    assert not any("north" in name or "south" in name for name in names)


def test_it_adds_a_person_with_a_post_and_leaves_the_trace(cast, admin):
    answer = admin.post(reverse("admin:agreement_user_add"), new_person(cast))
    assert answer.status_code == 302, answer.context["errors"]
    added = User.objects.get(username="new.person")
    assert added.check_password("a-long-one-2026")
    assert added.memberships.get().organization == cast.east.town
    verbs = list(Activity.objects.filter(by=cast.admin).values_list("subject", "verb"))
    assert (f"user:{added.pk}", "added") in verbs
    assert (f"membership:{added.memberships.get().pk}", "added") in verbs
    assert "a-long-one-2026" not in str(list(Activity.objects.values()))


def test_it_adds_no_person_without_a_post(cast, admin):
    fields = new_person(cast) | {"memberships-TOTAL_FORMS": "0"}
    assert admin.post(reverse("admin:agreement_user_add"), fields).status_code == 200
    assert not User.objects.filter(username="new.person").exists()


def test_it_refuses_a_post_in_another_agreement(cast, admin):
    fields = new_person(cast) | {"memberships-0-agreement": cast.elsewhere.agreement.pk}
    assert admin.post(reverse("admin:agreement_user_add"), fields).status_code == 200
    assert not User.objects.filter(username="new.person").exists()


def test_it_notes_what_a_change_was_from_and_to(cast, admin):
    town = cast.east.town
    url = reverse("admin:agreement_organization_change", args=[town.pk])
    form = admin.get(url).context["adminform"].form
    fields = {name: value for name in form.fields if (value := form[name].value())}
    fields |= {"name": "改名后的镇", "aliases": "老镇、 古镇，"}
    answer = admin.post(url, fields)
    assert answer.status_code == 302, answer.context["errors"]
    row = Activity.objects.get(subject=f"organization:{town.pk}")
    assert row.changes["name"] == [town.name, "改名后的镇"]
    assert row.changes["aliases"] == [[], ["老镇", "古镇"]]
    assert row.agreement == cast.agreement


def test_it_sets_a_password_and_notes_that_but_not_which(cast, admin):
    url = reverse("admin:auth_user_password_change", args=[cast.east.staff.pk])
    fields = {"usable_password": "true", "password1": "another-one-2026", "password2": "another-one-2026"}
    assert admin.post(url, fields).status_code == 302
    cast.east.staff.refresh_from_db()
    assert cast.east.staff.check_password("another-one-2026")
    assert Activity.objects.get(verb="password_set").changes == {}


def test_it_sets_no_password_of_somebody_who_also_works_elsewhere(cast, admin):
    Membership.objects.create(
        agreement=cast.elsewhere.agreement, user=cast.east.staff, organization=cast.elsewhere.north.town, role="staff"
    )
    url = reverse("admin:auth_user_password_change", args=[cast.east.staff.pk])
    fields = {"usable_password": "true", "password1": "another-one-2026", "password2": "another-one-2026"}
    assert admin.post(url, fields).status_code == 403
    cast.east.staff.refresh_from_db()
    assert cast.east.staff.check_password(PASSWORD)


def test_it_makes_nobody_a_superuser(cast, admin):
    url = reverse("admin:agreement_user_change", args=[cast.admin.pk])
    assert "is_superuser" not in admin.get(url).context["adminform"].form.fields


def test_it_keeps_a_person_with_a_history_and_says_why(cast, admin):
    url = reverse("admin:agreement_user_delete", args=[cast.east.staff.pk])
    assert admin.get(url).status_code == 200
    admin.post(url, {"post": "yes"})
    assert User.objects.filter(pk=cast.east.staff.pk).exists()


def test_it_deactivates_instead_and_the_person_is_out_at_the_next_request(cast, admin, client):
    fields = {"action": "deactivate", "_selected_action": [cast.east.staff.pk, cast.admin.pk]}
    admin.post(listed("user"), fields)
    cast.east.staff.refresh_from_db()
    cast.admin.refresh_from_db()
    assert not cast.east.staff.is_active
    assert cast.admin.is_active  # not oneself
    assert Activity.objects.filter(verb="deactivated", subject=f"user:{cast.east.staff.pk}").exists()


def test_it_has_no_page_for_the_work(cast, admin):
    make_milestone(make_task(cast))
    make_mechanism(cast)
    index = admin.get(reverse("admin:index")).content.decode()
    for content in ("task", "issue", "report", "milestone", "meeting", "decision", "activity", "notice"):
        assert f"/{content}/" not in index
    for name in ("dashboard", "agreement-text"):
        assert admin.get(reverse(name, args=[cast.agreement.slug])).status_code == 403


@pytest.mark.parametrize("page", ["user", "membership", "organization", "clause"])
def test_its_lists_cost_the_same_however_many_rows(cast, admin, page, django_assert_max_num_queries):
    with django_assert_max_num_queries(25) as few:
        admin.get(listed(page))
    for place in range(12):
        unit = Organization.objects.create(
            party=cast.east.party, slug=f"unit-{place}", name=f"单位{place}", short_name=f"单{place}", kind="town"
        )
        person(f"extra.{place}", cast.agreement, unit, "staff")
    with django_assert_max_num_queries(len(few)):
        admin.get(listed(page))


def test_it_lets_an_administrator_add_a_local_holiday(cast, admin):
    fields = {"day": "2026-09-09", "name": "台风停工"}
    assert admin.post(reverse("admin:agreement_workdayexception_add"), fields).status_code == 302
    row = Activity.objects.get(verb="added")
    assert row.changes["day"] == [None, str(datetime.date(2026, 9, 9))]
