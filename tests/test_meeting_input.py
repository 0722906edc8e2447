"""What is typed into the forms of meetings: dates out of this world, and what pasted text brings along."""

import datetime

import pytest
from django.urls import reverse

from tests.cast import make_mechanism


@pytest.fixture
def meeting(cast):
    return make_mechanism(cast).meetings.create(
        agreement=cast.agreement,
        sequence=1,
        starts_at=datetime.datetime(2027, 1, 11, 6, tzinfo=datetime.UTC),
        host=cast.parties[0],
    )


def seen(client, address):
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    values = {name: value for name, value in values.items() if value not in (None, False)}
    return values | ({"starts_at": "2027-01-11T14:00"} if "starts_at" in values else {})


@pytest.mark.parametrize("moment", ["9999-12-31T10:00", "0001-01-01T00:00", "0206-06-30T09:00"])
def test_a_year_out_of_this_world_is_asked_for_again(cast, client, meeting, moment):
    client.force_login(cast.east.secretary)
    address = reverse("meeting-edit", args=[cast.agreement.slug, meeting.pk])
    refused = client.post(address, seen(client, address) | {"starts_at": moment, "place": "留住的地点"})
    assert refused.status_code == 422
    assert "留住的地点" in refused.content.decode()
    assert client.get(reverse("mechanism", args=[cast.agreement.slug, meeting.mechanism_id])).status_code == 200


def test_an_interval_is_no_longer_than_ten_years(cast, client, meeting):
    client.force_login(cast.east.secretary)
    address = reverse("mechanism-edit", args=[cast.agreement.slug, meeting.mechanism_id])
    assert client.post(address, seen(client, address) | {"interval_months": 10**6}).status_code == 422
    assert client.get(reverse("mechanism", args=[cast.agreement.slug, meeting.mechanism_id])).status_code == 200


def test_a_decisions_date_is_read_as_people_write_it_and_no_other(cast, client, meeting):
    meeting.hold(by=cast.east.secretary, on=datetime.date(2026, 11, 20))
    client.force_login(cast.east.secretary)
    address = reverse("decision-new", args=[cast.agreement.slug, meeting.pk])
    facts = {"verb": "decides", "text": "定了", "effect": "none"}
    assert client.post(address, facts | {"due_on": "0206-06-30"}).status_code == 422
    assert client.post(address, facts | {"due_on": "2027年6月30日"}).status_code == 302
    assert meeting.decisions.get().due_on == datetime.date(2027, 6, 30)


def test_marks_that_turn_text_around_do_not_get_in(cast, client, meeting):
    client.force_login(cast.east.secretary)
    address = reverse("meeting-edit", args=[cast.agreement.slug, meeting.pk])
    client.post(address, seen(client, address) | {"place": "县府\u202e大楼"})
    meeting.refresh_from_db()
    assert meeting.place == "县府大楼"
