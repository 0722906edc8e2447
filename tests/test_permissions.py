"""Who may do what, over the whole URLconf: one row an address. An address without a row fails the last test.

Insiders without the right get 403 (404 where the object itself is hidden from them), outsiders 404, administrators 403
on content, a visitor who is not signed in the sign-in page - or 401 where a script asks or a form was sent.
"""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.addresses import TABLE, address_of
from tests.cast import TODAY

# Pages of a person, of nobody in particular, or of the site: no agreement stands in the address.
PERSONAL = {"home", "my-work", "notices", "outbox", "password_change"}
OPEN = {"login", "logout", "resume", "healthz", "readyz", "set_language"}
TESTED_ELSEWHERE = {"notice-read", "notices-read-all", "password_change_done"}
REFUSED = {401, 403, 404}
# Periods and domain numbers are the same words in every agreement; all else belongs to one.
ABOUT_A_THING = [name for name, row in TABLE.items() if set(row.needs.values()) - {"period", "domain", "panel"}]


@pytest.fixture
def people(cast):
    """Everybody, by the names used in the table."""
    named = {"outsider": cast.outsider, "administrator": cast.admin}
    for prefix, side in (("", cast.east), ("west ", cast.west)):
        named |= {
            f"{prefix}staff": side.staff,
            f"{prefix}town": side.other,
            f"{prefix}secretary": side.secretary,
            f"{prefix}leader": side.leader,
        }
    return named


@pytest.fixture
def ask(db):
    """`ask(person, "get", address)`: the status of one request of a person (None: not signed in), whose effects are undone."""
    clients = {}

    def asked(person, method, address, **headers):
        if person not in clients:
            clients[person] = Client()
            if person:
                clients[person].force_login(person)
        with transaction.atomic():
            status = getattr(clients[person], method)(address, headers=headers).status_code
            transaction.set_rollback(True)
        return status

    return asked


def wrong(row, name, method, status):
    """What is wrong with this answer to the person `name`; None when it is as the table says."""
    allowed = row.get if method == "get" else row.post
    offered = bool(allowed)
    if name == "outsider":
        return None if status == 404 else "an outsider gets 404"
    if name == "administrator":
        return None if status in (403, 405) else "an administrator gets 403"
    if name in row.hidden_from:
        return None if status in (404, 405) else "hidden things are not found"
    if name in allowed:
        return None if status not in REFUSED | {405} and status < 500 else "may, but was refused"
    if not offered:
        return None if status in (403, 404, 405) else "not offered"
    return None if status in (403, 404, 405) else "may not, but was let in"


@pytest.mark.parametrize("url_name", TABLE)
def test_each_role_of_each_side_gets_what_the_table_says(cast, people, things, ask, url_name):
    row = TABLE[url_name]
    address = address_of(url_name, things, cast.agreement)
    mismatches = [
        (name, method, status, why)
        for name, person in people.items()
        for method in ("get", "post")
        if (why := wrong(row, name, method, status := ask(person, method, address)))
    ]
    assert mismatches == []


@pytest.mark.parametrize("url_name", TABLE)
def test_who_is_not_signed_in_is_asked_to(cast, things, ask, url_name):
    address = address_of(url_name, things, cast.agreement)
    assert ask(None, "get", address) == 302
    assert ask(None, "post", address) == 401
    assert ask(None, "get", address, HX_Request="true") == 401


@pytest.mark.parametrize("url_name", ABOUT_A_THING)
def test_the_same_things_are_not_found_under_another_agreements_address(cast, things, ask, url_name):
    address = address_of(url_name, things, cast.elsewhere.agreement)
    for method in ("get", "post"):
        assert ask(cast.outsider, method, address) in (404, 405), method


@pytest.mark.parametrize("url_name", sorted(PERSONAL))
def test_a_persons_own_pages_are_open_to_everybody_signed_in(people, ask, url_name):
    for name, person in people.items():
        assert ask(person, "get", reverse(url_name)) in (200, 302, 404), name
    assert ask(None, "get", reverse(url_name)) == 302


def test_the_administration_is_the_administrators_alone(people, ask):
    answers = {name: ask(person, "get", reverse("admin:index")) for name, person in people.items()}
    assert answers == dict.fromkeys(people, 403) | {"administrator": 200}


def test_a_person_whose_post_ended_is_an_outsider_at_once(cast, people, ask):
    cast.east.staff.post.ended_on = TODAY
    cast.east.staff.post.save()
    assert ask(cast.east.staff, "get", reverse("dashboard", args=[cast.agreement.slug])) == 404


def names(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        elif getattr(pattern, "app_name", None) != "admin":
            yield from names(pattern.url_patterns)


def test_every_address_has_its_row():
    known = set(TABLE) | PERSONAL | OPEN | TESTED_ELSEWHERE
    assert {name for name in names(get_resolver().url_patterns) if name} - known == set()
    assert known - {name for name in names(get_resolver().url_patterns) if name} == set()
