"""Signing in and out, the lock after failures, the password, demo mode's accounts."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from agreement import demo_accounts
from agreement.client_address import client_address
from agreement.models import Activity, Membership, Role
from tests.cast import PASSWORD, person

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "//evil.example/%2e%2e",
    "/%0d%0aLocation:https://evil.example",
    "/\r\nLocation: https://evil.example",
    "https://127.0.0.1:8000@evil.example",
    "//testserver@evil.example",
    "/\t/evil.example",
    " //evil.example",
    "／／evil.example",
    "ftp://evil.example/x",
    "https://testserver.evil.example/",
    "\x00//evil.example",
]


def sign_in_with(client, username, password=PASSWORD, **extra):
    return client.post(
        reverse("login"), {"username": username, "password": password, **extra.pop("fields", {})}, **extra
    )


def test_it_signs_in_and_leads_to_the_one_agreement(cast, client):
    answer = sign_in_with(client, "east.staff")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("home")
    assert client.get(reverse("home"))["Location"] == reverse("dashboard", args=["delta"])


def test_it_gives_a_new_session_at_sign_in(cast, client):
    client.get(reverse("login"))
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies[site.SESSION_COOKIE_NAME] = planted = session.session_key
    sign_in_with(client, "east.staff")
    assert client.cookies[site.SESSION_COOKIE_NAME].value != planted


def test_it_leads_on_to_the_page_that_was_asked_for(cast, client):
    asked = reverse("agreement-text", args=["delta"])
    answer = client.get(asked)
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('login')}?next={asked}"
    assert sign_in_with(client, "east.staff", fields={"next": asked})["Location"] == asked


@pytest.mark.parametrize("target", ELSEWHERE)
def test_it_never_leads_off_the_site(cast, client, target):
    answer = sign_in_with(client, "east.staff", fields={"next": target})
    assert answer.status_code == 302
    # As a browser reads it: backslashes are slashes, tabs and line breaks are nothing.
    read = re.sub(r"[\t\r\n]", "", answer["Location"].replace("\\", "/")).strip()
    landed = urlsplit(urljoin("http://testserver/accounts/login/", read))
    assert (landed.scheme, landed.netloc) == ("http", "testserver")


def test_it_says_the_same_of_an_unknown_name_a_wrong_password_and_a_closed_account(cast, client):
    cast.west.staff.is_active = False
    cast.west.staff.save()
    texts = []
    for username, password in (("nobody", "x"), ("east.staff", "x"), ("west.staff", PASSWORD)):
        answer = sign_in_with(client, username, password)
        assert answer.status_code == 422
        texts.append([str(error) for error in answer.context["form"].non_field_errors()])
    assert texts[0] == texts[1] == texts[2] != []


def fail(client, times, username="east.staff", **extra):
    return [sign_in_with(client, username, "wrong", **extra).status_code for _ in range(times)]


def test_it_locks_a_name_at_an_address_after_five_failures(cast, client):
    assert fail(client, 5) == [422] * 4 + [429]
    answer = sign_in_with(client, "east.staff")  # the right password now
    assert answer.status_code == 429
    assert "15" in answer.content.decode()
    assert not Session.objects.exists()


def test_its_lock_touches_neither_other_people_nor_other_addresses(cast, client):
    fail(client, 6)
    assert sign_in_with(Client(), "east.leader").status_code == 302
    assert sign_in_with(Client(), "east.staff", REMOTE_ADDR="10.1.2.3").status_code == 302


def test_its_lock_is_not_slipped_by_a_forged_address(cast, client):
    for place in range(6):
        fail(client, 1, HTTP_X_FORWARDED_FOR=f"10.9.9.{place}")
    assert sign_in_with(client, "east.staff", HTTP_X_FORWARDED_FOR="10.9.9.99").status_code == 429


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "10.0.0.1"),  # nobody is trusted: the header is the client's own claim
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),  # the first is forged
        (2, "198.51.100.7, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_behind_proxies_it_takes_the_address_they_saw(rf, settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == expected


def test_behind_a_proxy_its_lock_is_for_one_address(cast, client, settings):
    settings.TRUSTED_PROXIES = 1
    assert fail(client, 5, HTTP_X_FORWARDED_FOR="203.0.113.9")[-1] == 429
    assert sign_in_with(client, "east.staff", HTTP_X_FORWARDED_FOR="203.0.113.10").status_code == 302


def test_it_locks_names_that_do_not_exist_alike(cast, client):
    assert fail(client, 6, username="nobody") == [422] * 4 + [429] * 2


def test_it_forgets_failures_after_a_success(cast, client):
    fail(client, 4)
    assert sign_in_with(client, "east.staff").status_code == 302
    client.post(reverse("logout"))
    assert fail(client, 4) == [422] * 4


def test_it_signs_out_by_post_only_and_deletes_the_session(cast, sign_in):
    client = sign_in(cast.east.staff)
    assert client.get(reverse("logout")).status_code == 405
    assert Session.objects.count() == 1
    answer = client.post(reverse("logout"))
    assert answer.status_code == 302
    assert "storage" in answer["Clear-Site-Data"]
    assert not Session.objects.exists()
    assert client.get(reverse("home"))["Location"].startswith(reverse("login"))


def test_it_changes_the_password_and_ends_every_other_session(cast, client):
    other = Client()
    sign_in_with(other, "east.staff")
    sign_in_with(client, "east.staff")
    fields = {"old_password": PASSWORD, "new_password1": "quite-another-26", "new_password2": "quite-another-26"}
    assert client.post(reverse("password_change"), fields)["Location"] == reverse("password_change_done")
    assert client.get(reverse("password_change_done")).status_code == 200
    assert other.get(reverse("password_change")).status_code == 302
    row = Activity.objects.get(verb="password_changed")
    assert row.by == cast.east.staff and row.side == cast.east.party and row.changes == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [("wrong", "quite-another-26"), (PASSWORD, "short-1"), (PASSWORD, "12345678901234"), (PASSWORD, "east.staff1")],
)
def test_it_refuses_a_poor_password_at_the_field(cast, sign_in, old, new):
    client = sign_in(cast.east.staff)
    answer = client.post(reverse("password_change"), {"old_password": old, "new_password1": new, "new_password2": new})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    cast.east.staff.refresh_from_db()
    assert cast.east.staff.check_password(PASSWORD)


# --- the dialog over a page whose session ended


def test_its_dialog_gives_a_token_then_a_session_and_a_new_token(cast):
    client = Client(enforce_csrf_checks=True)
    url, json = reverse("login"), {"HTTP_ACCEPT": "application/json"}
    first = client.get(url, {"dialog": 1}, **json).json()["csrfToken"]
    wrong = client.post(
        url, {"username": "east.staff", "password": "x", "csrfmiddlewaretoken": first}, HTTP_X_CSRFTOKEN=first, **json
    )
    assert wrong.status_code == 422 and wrong.json()["error"]
    right = client.post(
        url,
        {"username": "east.staff", "password": PASSWORD, "csrfmiddlewaretoken": first},
        HTTP_X_CSRFTOKEN=first,
        **json,
    )
    assert right.status_code == 200
    assert right.json()["user"] == str(cast.east.staff.pk)
    fresh = right.json()["csrfToken"]
    assert client.post(reverse("logout"), HTTP_X_CSRFTOKEN=fresh).status_code == 302


def test_its_dialog_is_told_of_the_lock(cast, client):
    answers = [sign_in_with(client, "east.staff", "x", HTTP_ACCEPT="application/json") for _ in range(5)]
    assert answers[-1].status_code == 429
    assert answers[-1].json()["error"]


def test_it_answers_a_fragment_without_a_session_so_that_the_page_can_ask(cast, client):
    answer = client.get(reverse("dashboard-panel", args=["delta", "late"]), HTTP_HX_REQUEST="true")
    assert answer.status_code == 401
    assert answer["HX-Trigger"] == "session-expired"
    assert answer.content == b""


# --- the way in


def test_it_lists_the_agreements_of_somebody_with_several(cast, sign_in):
    Membership.objects.create(
        agreement=cast.elsewhere.agreement, user=cast.east.staff, organization=cast.elsewhere.north.town, role="staff"
    )
    text = sign_in(cast.east.staff).get(reverse("home")).content.decode()
    assert reverse("dashboard", args=["delta"]) in text
    assert reverse("dashboard", args=["harbour"]) in text


def test_it_is_kind_to_somebody_without_an_agreement(cast, sign_in):
    cast.east.staff.post.ended_on = "2026-01-01"
    cast.east.staff.post.save()
    answer = sign_in(cast.east.staff).get(reverse("home"))
    assert answer.status_code == 200
    assert "delta" not in answer.content.decode()


def test_it_leads_an_administrator_to_the_administration(cast, sign_in):
    assert sign_in(cast.admin).get(reverse("home"))["Location"] == reverse("admin:index")


def test_it_turns_somebody_out_at_the_next_request_once_they_are_deactivated(cast, sign_in):
    client = sign_in(cast.east.staff)
    assert client.get(reverse("dashboard", args=["delta"])).status_code == 200
    type(cast.east.staff).objects.filter(pk=cast.east.staff.pk).update(is_active=False)
    assert client.get(reverse("dashboard", args=["delta"])).status_code == 302


def test_it_changes_the_language_and_keeps_to_the_site(cast, sign_in):
    client = sign_in(cast.east.staff)
    here = reverse("dashboard", args=["delta"])
    assert client.post(reverse("set_language"), {"language": "en", "next": here})["Location"] == here
    assert 'lang="en"' in client.get(here).content.decode()
    client.post(reverse("set_language"), {"language": "zh-hans", "next": here})
    assert 'lang="zh-Hans"' in client.get(here).content.decode()
    away = client.post(reverse("set_language"), {"language": "en", "next": "//evil.example"})
    assert "evil" not in away["Location"]


# --- demo mode


def test_it_offers_no_account_and_no_password_unless_demo_mode_is_on(db, client, settings):
    settings.DEMO = False
    text = client.get(reverse("login")).content.decode()
    assert demo_accounts.PASSWORD not in text
    assert not any(account.username in text for account in demo_accounts.ACCOUNTS if account.username != "admin")


def test_its_demo_accounts_are_one_click_away(cast, client, settings):
    settings.DEMO = True
    person("jiashan.transport", cast.elsewhere.agreement, cast.elsewhere.north.transport, Role.STAFF)
    user = person("xiuzhou.leader", cast.agreement, cast.west.office, Role.LEADER)
    user.set_password(demo_accounts.PASSWORD)
    user.save()
    text = client.get(reverse("login")).content.decode()
    assert len(demo_accounts.ACCOUNTS) == 10
    assert all(f'name="username" value="{account.username}"' in text for account in demo_accounts.ACCOUNTS)
    # What the card's form sends is enough.
    assert sign_in_with(client, "xiuzhou.leader", demo_accounts.PASSWORD, fields={"next": ""}).status_code == 302
