"""A form sent after the session ended is offered again with every word; nobody is talked into sending another's."""

import html
import json
import re

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD
from tests.test_accounts import ELSEWHERE

TYPED = {
    "work_done": "推进" * 1000,
    "difficulties": '引号"与<标签>&\n第二行\r\n第三行',
    "owners": ["3", "1", "2", "1"],
    "empty": "",
    "once": "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
}
WANTED = [
    [name, value] for name, values in TYPED.items() for value in (values if isinstance(values, list) else [values])
]


def target():
    return reverse("dashboard", args=["delta"]) + "?from=card"


def kept_in(page: str):
    return json.loads(html.unescape(re.search(r'name="kept" value="([^"]*)"', page)[1]))


def offered(page: str):
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    pairs = [[html.unescape(name), html.unescape(value)] for name, value in fields]
    return [pair for pair in pairs if pair[0] not in ("csrfmiddlewaretoken", "next")]


def test_it_offers_the_sign_in_with_everything_typed(cast, client):
    answer = client.post(target(), TYPED | {"password": "secret-word", "csrfmiddlewaretoken": "x"})
    assert answer.status_code == 401
    page = answer.content.decode()
    assert kept_in(page) == WANTED
    assert "secret-word" not in page
    assert f'name="resume_to" value="{target()}"' in page


def resume(client, password=PASSWORD, **changes):
    page = client.post(target(), TYPED).content.decode()
    fields = {"kept": json.dumps(kept_in(page)), "resume_to": target(), "username": "east.staff", "password": password}
    return client.post(reverse("resume"), fields | changes)


def test_it_offers_the_form_again_after_the_sign_in_complete_and_in_order(cast, client):
    answer = resume(client)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert f'action="{target()}"' in page
    assert offered(page) == WANTED
    assert "autofocus" in page
    assert client.get(reverse("home")).status_code == 302  # signed in


def test_it_sends_with_a_token_that_is_good(cast):
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("login"))
    token = client.cookies["csrftoken"].value
    page = client.post(target(), TYPED, HTTP_X_CSRFTOKEN=token)
    assert page.status_code == 401
    fields = {"kept": json.dumps(WANTED), "resume_to": reverse("set_language"), "username": "east.staff"}
    page = client.post(reverse("resume"), fields | {"password": PASSWORD}, HTTP_X_CSRFTOKEN=token).content.decode()
    fresh = re.search(
        r'<form method="post" class="card form".*?name="csrfmiddlewaretoken" value="([^"]+)"', page, re.S
    )[1]
    assert client.post(reverse("set_language"), {"language": "en", "csrfmiddlewaretoken": fresh}).status_code == 302


def test_it_keeps_the_words_through_a_wrong_password_and_through_the_lock(cast, client):
    for status in (422, 422, 422, 422, 429):
        answer = resume(client, password="wrong")
        assert answer.status_code == status
        assert kept_in(answer.content.decode()) == WANTED


@pytest.mark.parametrize("away", [*ELSEWHERE, "", "/no/such/address/of/ours", "relative"])
def test_it_sends_what_was_typed_to_this_site_only(cast, client, away):
    page = resume(client, resume_to=away).content.decode()
    action = html.unescape(re.search(r'<form method="post" class="card form" action="([^"]*)"', page)[1])
    assert action == reverse("home")


@pytest.mark.parametrize("kept", ["", "{}", "[1]", "not json", '[["a"]]', "null", "[[]]", '{"a": 1}', '["ab"]'])
def test_it_stands_a_forged_field(cast, client, kept):
    assert resume(client, kept=kept).status_code == 200


def test_it_shows_a_form_with_a_stale_token_again(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.east.staff)
    answer = client.post(target(), TYPED | {"csrfmiddlewaretoken": "of-an-earlier-sign-in"})
    assert answer.status_code == 403
    assert offered(answer.content.decode()) == WANTED


def test_it_asks_for_the_sign_in_when_token_and_session_are_both_gone(cast):
    answer = Client(enforce_csrf_checks=True).post(target(), TYPED)
    assert answer.status_code == 403
    assert kept_in(answer.content.decode()) == WANTED


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_REFERER": "https://evil.example/page"},
    ],
)
def test_it_offers_nothing_that_another_site_sent(cast, headers):
    client = Client(enforce_csrf_checks=True)
    for person in (None, cast.east.staff):
        if person:
            client.force_login(person)
        answer = client.post(target(), TYPED, **headers)
        assert answer.status_code == 403
        assert "推进推进" not in answer.content.decode()
    assert "推进推进" not in Client().post(target(), TYPED, **headers).content.decode()


def test_it_answers_a_fragment_with_a_stale_token_in_words(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.east.staff)
    answer = client.post(target(), TYPED, HTTP_HX_REQUEST="true")
    assert answer.status_code == 403
    assert "推进推进" not in answer.content.decode()


def test_it_keeps_what_a_browser_would_send_with_names_repeated(cast, client):
    body = QueryDict(mutable=True)
    body.setlist("a", ["一", "二"])
    body.setlist("b", ["三"])
    page = client.post(target(), body.urlencode(), content_type="application/x-www-form-urlencoded").content.decode()
    assert kept_in(page) == [["a", "一"], ["a", "二"], ["b", "三"]]
