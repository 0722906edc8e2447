"""Requests no page sends, and people who are a moment too late: an answer, never an error page."""

import datetime
import json

import pytest
from axes.models import AccessAttempt
from django.urls import reverse

from agreement.models import Notice
from domains.models import Report
from meetings.views import meeting as views
from tests.cast import make_mechanism, make_task


def test_a_kept_form_that_is_no_form_is_left_out(client, db):
    answer = client.post("/accounts/resume/", {"username": "x", "password": "y", "kept": "[" * 100_000})
    assert answer.status_code == 422


def test_a_failed_sign_in_does_not_keep_what_had_been_typed(cast, client):
    kept = json.dumps([["work_done", "金丝雀"]])
    client.post("/accounts/resume/", {"username": "east.staff", "password": "wrong", "kept": kept, "resume_to": "/"})
    attempt = AccessAttempt.objects.get()
    assert "resume_to" in attempt.post_data
    assert "金丝雀" not in attempt.post_data and "\\u91d1" not in attempt.post_data


def test_an_address_with_a_nul_is_not_found(cast, client):
    client.force_login(cast.east.secretary)
    for page in ("tasks/%00/", "tasks/2.3%00/edit/", "tasks/%00/reports/2026-10/1/"):
        assert client.get(f"/{cast.agreement.slug}/{page}").status_code == 404, page


def test_a_key_no_row_can_have_is_not_found(cast, client):
    task = make_task(cast)
    client.force_login(cast.east.secretary)
    address = reverse("task-owners", args=[cast.agreement.slug, task.number])
    for key in ("9" * 5000, "9" * 30, "x", ""):
        assert client.post(address, {"owner": key, "act": "lead"}).status_code == 404, key[:9]


def test_who_was_taken_out_meanwhile_does_not_take_the_lead(cast, client):
    task = make_task(cast)
    gone = task.owners.create(organization=cast.east.town, role="support")
    task.owners.get(pk=gone.pk).leave(by=cast.east.secretary)
    assert gone.take_lead(by=cast.east.secretary) is False
    assert task.owners.get(party=cast.east.party).organization == cast.east.transport


def test_a_report_of_a_period_no_longer_used_cannot_be_decided(cast, client):
    task = make_task(cast)
    report = Report.objects.create(
        task=task, organization=cast.east.transport, period="2026-10", author=cast.east.staff, state="submitted"
    )
    cast.agreement.report_period = "quarter"
    cast.agreement.save()
    client.force_login(cast.east.secretary)
    address = reverse("report-decide", args=[cast.agreement.slug, report.pk])
    assert client.post(address, {"action": "accept"}).status_code == 404


@pytest.mark.parametrize("end", ["cancel", "hold"])
def test_a_meeting_that_ended_while_it_was_being_moved_stays_as_it_ended(cast, client, monkeypatch, end):
    meeting = make_mechanism(cast).meetings.create(
        agreement=cast.agreement,
        sequence=1,
        starts_at=datetime.datetime(2027, 1, 11, 6, tzinfo=datetime.UTC),
        host=cast.parties[0],
    )
    address = reverse("meeting-edit", args=[cast.agreement.slug, meeting.pk])
    client.force_login(cast.east.secretary)
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields} | {"starts_at": "2027-01-12T14:00"}

    class Slow(views.MeetingForm):
        def clean(self):
            on = datetime.date(2026, 11, 20)
            reason = {"reason": "台风"} if end == "cancel" else {}
            getattr(meeting, end)(by=cast.west.secretary, on=on, **reason)
            return super().clean()

    monkeypatch.setattr(views, "MeetingForm", Slow)
    client.post(address, data)
    meeting.refresh_from_db()
    assert meeting.starts_at.day == 11
    assert not Notice.objects.exists()


def test_words_sent_again_under_a_key_already_used_are_not_called_sent(cast, client):
    # The answer to "Save draft" was lost on the way; the writer went on writing and sent the page.
    task = make_task(cast, started_on=datetime.date(2026, 1, 5))
    address = reverse("report", args=[cast.agreement.slug, task.number, "2026-10", cast.east.transport.pk])
    client.force_login(cast.east.staff)
    form = client.get(address).context["form"]
    first = {name: form[name].value() or "" for name in form.fields} | {"work_done": "做了一半", "action": "save"}
    assert client.post(address, first).status_code == 302
    assert client.post(address, first).status_code == 302  # F5: once is enough
    assert Report.objects.get().lock == 1
    more = first | {"work_done": "全部做完", "approved_by_name": "张三", "action": "submit"}
    late = client.post(address, more)
    assert late.status_code == 409
    assert "全部做完" in late.content.decode()
    form = late.context["form"]
    again = more | {name: form[name].value() or "" for name in form.fields}
    assert client.post(address, again).status_code == 302
    report = Report.objects.get()
    assert (report.work_done, report.state) == ("全部做完", "submitted")
