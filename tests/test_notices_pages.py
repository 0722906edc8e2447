"""The pages of notices, of the local outbox, and the two questions machines ask."""

import datetime
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from agreement.models import Delivery, Heartbeat
from agreement.models.activity import record
from agreement.notices.outbox import drain
from agreement.notices.telling import tell
from agreement.views import health


def tell_of(cast, *users, side=None, **facts):
    activity = record(cast.clause, "changed", by=cast.east.secretary, agreement=cast.agreement, side=side)
    values = {"path": "/delta/issues/1/", "title": "新增问题：<b>用地</b>"} | facts
    return tell(activity, [user.pk for user in users], **values)


def test_a_person_finds_their_own_notices_and_nobody_else_s(cast, sign_in):
    tell_of(cast, cast.east.staff)
    tell_of(cast, cast.east.leader, title="内部-0815")
    page = sign_in(cast.east.staff).get(reverse("notices"))
    assert "新增问题：&lt;b&gt;用地&lt;/b&gt;" in page.content.decode()
    assert "内部-0815" not in page.content.decode()


def test_opening_a_notice_marks_it_read_and_leads_to_what_it_is_about(cast, sign_in):
    tell_of(cast, cast.east.staff)
    row = Delivery.objects.shown_to(cast.east.staff).get()
    client = sign_in(cast.east.staff)
    answer = client.post(reverse("notice-read", args=[row.pk]), {"open": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/delta/issues/1/")
    assert not Delivery.objects.shown_to(cast.east.staff).unread().exists()


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_a_notice_never_leads_out_of_the_site(cast, sign_in, path):
    tell_of(cast, cast.east.staff, path=path)
    row = Delivery.objects.shown_to(cast.east.staff).get()
    answer = sign_in(cast.east.staff).post(reverse("notice-read", args=[row.pk]), {"open": "1"})
    assert answer["Location"] == reverse("notices")


def test_another_person_s_notice_is_not_there(cast, sign_in):
    tell_of(cast, cast.east.staff)
    row = Delivery.objects.shown_to(cast.east.staff).get()
    assert sign_in(cast.west.staff).post(reverse("notice-read", args=[row.pk])).status_code == 404
    assert Delivery.objects.shown_to(cast.east.staff).unread().count() == 1


def test_all_can_be_marked_read_at_once_but_only_one_s_own(cast, sign_in):
    for _ in range(3):
        tell_of(cast, cast.east.staff, cast.west.staff)
    client = sign_in(cast.east.staff)
    assert client.get(reverse("notices"), {"unread": "1"}).context["unread"] == 3
    client.post(reverse("notices-read-all"))
    assert Delivery.objects.shown_to(cast.east.staff).unread().count() == 0
    assert Delivery.objects.shown_to(cast.west.staff).unread().count() == 3
    assert client.get(reverse("notices"), {"unread": "1"}).context["entries"] == []


@pytest.mark.parametrize("page", ["2", "0", "-1", "999", "x", "１"])
def test_odd_page_numbers_are_a_page(cast, sign_in, page):
    tell_of(cast, cast.east.staff)
    assert sign_in(cast.east.staff).get(reverse("notices"), {"page": page}).status_code == 200


def test_many_notices_cost_no_more_queries_than_one(cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.east.staff)
    tell_of(cast, cast.east.staff)
    client.get(reverse("notices"))
    for _ in range(40):
        tell_of(cast, cast.east.staff)
    with django_assert_max_num_queries(8):
        assert len(client.get(reverse("notices")).context["entries"]) == 30


# The local outbox


@pytest.fixture
def local(settings, tmp_path):
    settings.EMAIL_BACKEND = "agreement.notices.local_outbox.LocalOutboxBackend"
    settings.LOCAL_OUTBOX = tmp_path


def test_the_outbox_shows_the_mails_to_the_reader_only(cast, sign_in, local):
    tell_of(cast, cast.east.staff)
    tell_of(cast, cast.east.leader, title="内部-0815")
    assert drain() == 2
    page = sign_in(cast.east.staff).get(reverse("outbox")).content.decode()
    assert "新增问题：&lt;b&gt;用地&lt;/b&gt;" in page
    assert "east.staff@example.test" in page
    assert "内部-0815" not in page


def test_two_people_who_share_an_address_do_not_read_each_other_s_mail(cast, sign_in, local):
    cast.west.staff.email = cast.east.staff.email
    cast.west.staff.save()
    tell_of(cast, cast.east.staff, side=cast.east.party, title="内部-0815")
    assert drain() == 1
    assert "内部-0815" in sign_in(cast.east.staff).get(reverse("outbox")).content.decode()
    assert "内部-0815" not in sign_in(cast.west.staff).get(reverse("outbox")).content.decode()


def test_there_is_no_local_outbox_where_a_server_takes_the_mail(cast, sign_in, settings):
    settings.LOCAL_OUTBOX = None
    assert sign_in(cast.east.staff).get(reverse("outbox")).status_code == 404


def test_mails_not_sent_yet_are_announced(cast, sign_in, local):
    tell_of(cast, cast.east.staff)
    assert sign_in(cast.east.staff).get(reverse("outbox")).context["waiting"].count() == 1


# Health


def test_a_process_is_alive_without_any_database(client):
    # Without the "db" fixture any query fails.
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_it_is_ready_when_the_database_takes_writes_and_says_how_old_planning_is(client):
    Heartbeat.objects.create(name="plan", at=timezone.now() - timedelta(seconds=90))
    answer = client.get("/readyz").json()
    assert answer["status"] == "ok"
    assert 89 <= answer["planned_seconds_ago"] <= 95


@pytest.mark.django_db
def test_it_is_not_ready_without_its_database_or_a_migration(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError("read-only file system at /secret/place")

    with monkeypatch.context() as patched:
        patched.setattr(Heartbeat.objects, "update_or_create", refuse)
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "database: DatabaseError"})
    monkeypatch.setattr(health, "_is_migrated", lambda: False)
    assert client.get("/readyz").status_code == 503


def test_the_oldest_mail_due_is_told_to_watchers(cast, client):
    tell_of(cast, cast.east.staff, urgent=True)
    Delivery.objects.filter(channel="mail").update(next_at=timezone.now() - datetime.timedelta(seconds=300))
    assert 299 <= client.get("/readyz").json()["oldest_due_seconds"] <= 305
