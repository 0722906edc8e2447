"""Joint mechanisms: their cadence, their seats, and the next meeting in one click."""

import datetime

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreement.models import Activity, Notice
from agreement.workdays import OFFICE_TIME, Calendar
from meetings.models import Meeting
from meetings.models.mechanism import months_later
from meetings.panels import cadence_light, mechanisms_with_next
from tests.cast import TODAY, make_agreement, make_mechanism, make_task

DAY = datetime.timedelta(days=1)
CALENDAR = Calendar()


@pytest.fixture
def mechanism(cast):
    return make_mechanism(cast)


@pytest.fixture(autouse=True)
def fixed_day(time_machine):
    time_machine.move_to(datetime.datetime(2026, 11, 23, 9, 0, tzinfo=OFFICE_TIME), tick=False)


def meeting_of(mechanism, sequence=1, on=TODAY, host=None, **facts):
    """A meeting at 14:30 of the day `on`."""
    starts_at = datetime.datetime.combine(on, datetime.time(14, 30), OFFICE_TIME)
    return Meeting.objects.create(
        agreement=mechanism.agreement,
        mechanism=mechanism,
        sequence=sequence,
        starts_at=starts_at,
        host=host or mechanism.first_host,
        **facts,
    )


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-15", 12, "2027-12-15"),
    ],
)
def test_it_counts_months_to_the_same_day_or_the_months_last(day, months, later):
    assert months_later(datetime.date.fromisoformat(day), months) == datetime.date.fromisoformat(later)


def test_the_next_meeting_is_one_interval_after_the_last(cast, mechanism):
    meeting_of(mechanism, on=datetime.date(2026, 9, 9), held_on=datetime.date(2026, 9, 9), state="held")
    meeting, created = mechanism.plan_next(by=cast.east.secretary, today=TODAY, calendar=CALENDAR)
    assert created
    assert (meeting.sequence, meeting.day) == (2, datetime.date(2027, 3, 9))
    assert meeting.starts_at.astimezone(OFFICE_TIME).time() == datetime.time(14, 30)


def test_it_is_on_a_working_day_and_in_the_month_the_cadence_asks_for(mechanism):
    # 31 January 2027 is a Sunday: the Monday after lies in February, so the Friday before it is.
    assert mechanism.date_after(datetime.date(2026, 7, 31), TODAY, CALENDAR) == datetime.date(2027, 1, 29)
    # 2 May 2027 is a Sunday; the Monday is in the same month.
    assert mechanism.date_after(datetime.date(2026, 11, 2), TODAY, CALENDAR) == datetime.date(2027, 5, 3)
    holiday = Calendar({datetime.date(2027, 5, 3): False})
    assert mechanism.date_after(datetime.date(2026, 11, 2), TODAY, holiday) == datetime.date(2027, 5, 4)


def test_an_overdue_one_leaves_twenty_working_days_to_prepare(mechanism):
    earliest = CALENDAR.add_workdays(TODAY, 20)
    assert mechanism.date_after(datetime.date(2025, 1, 6), TODAY, CALENDAR) == earliest
    assert mechanism.date_after(None, TODAY, CALENDAR) == earliest


def test_the_host_alternates_and_a_cancelled_meeting_does_not_count(cast, mechanism):
    first, _ = mechanism.plan_next(by=cast.east.secretary, today=TODAY, calendar=CALENDAR)
    assert first.host == cast.east.party
    second, _ = mechanism.plan_next(by=cast.east.secretary, today=TODAY, calendar=CALENDAR, number=2)
    assert second.host == cast.west.party
    second.cancel(by=cast.east.secretary, on=TODAY, reason="x")
    third, _ = mechanism.plan_next(by=cast.east.secretary, today=TODAY, calendar=CALENDAR, number=3)
    assert (third.sequence, third.host) == (3, cast.west.party)


def test_the_host_stays_where_it_does_not_alternate(cast, mechanism):
    mechanism.host_alternates = False
    mechanism.save()
    mechanism.plan_next(by=None, today=TODAY, calendar=CALENDAR)
    second, _ = mechanism.plan_next(by=None, today=TODAY, calendar=CALENDAR, number=2)
    assert second.host == cast.east.party


def test_one_click_makes_one_meeting_however_often_it_comes(cast, mechanism, sign_in):
    client = sign_in(cast.east.secretary)
    url = reverse("meeting-new", args=["delta", mechanism.pk])
    first = client.post(url, {"number": "1"})
    again = client.post(url, {"number": "1"})
    assert first.url == again.url == mechanism.meetings.get().get_absolute_url()
    client.post(url)  # without a number: the one still to be held
    assert mechanism.meetings.count() == 1
    assert Activity.objects.filter(verb="planned").count() == 1
    assert Notice.objects.count() == 1


def test_everybody_concerned_is_told_once_but_not_who_did_it(cast, mechanism, sign_in):
    sign_in(cast.east.secretary).post(reverse("meeting-new", args=["delta", mechanism.pk]), {"number": "1"})
    told = set(Notice.objects.get().deliveries.values_list("recipient__username", flat=True))
    assert {"west.secretary", "east.staff", "west.staff"} <= told
    assert not {"east.secretary", "north.secretary", "delta.admin", "east.town"} & told


def test_the_database_refuses_a_second_meeting_of_a_number(mechanism):
    meeting_of(mechanism)
    with pytest.raises(IntegrityError):
        meeting_of(mechanism)


@pytest.mark.parametrize("value", ["abc", "-1", "99999999999999999999", "0"])
def test_a_strange_number_does_no_harm(cast, mechanism, sign_in, value):
    response = sign_in(cast.east.secretary).post(
        reverse("meeting-new", args=["delta", mechanism.pk]), {"number": value}
    )
    assert response.status_code == 302
    assert mechanism.meetings.get().sequence == 1


@pytest.mark.parametrize(
    ("name", "method"), [("meeting-new", "post"), ("mechanism-edit", "get"), ("mechanism-edit", "post")]
)
def test_only_secretaries_write(cast, mechanism, client, name, method):
    url = reverse(name, args=["delta", mechanism.pk])
    for user, status in [(cast.east.staff, 403), (cast.west.leader, 403), (cast.admin, 403), (cast.outsider, 404)]:
        client.force_login(user)
        assert getattr(client, method)(url).status_code == status
    assert not Meeting.objects.exists()


def test_another_agreements_mechanism_is_not_here(cast, sign_in):
    theirs = make_mechanism(cast.elsewhere)
    client = sign_in(cast.east.secretary)
    for name in ("mechanism", "mechanism-edit"):
        assert client.get(reverse(name, args=["delta", theirs.pk])).status_code == 404
    assert client.post(reverse("meeting-new", args=["delta", theirs.pk])).status_code == 404


@pytest.mark.parametrize(
    ("today", "light"),
    [("2026-11-15", "green"), ("2026-11-16", "amber"), ("2026-11-30", "amber"), ("2026-12-01", "red")],
)
def test_its_light_says_whether_it_keeps_its_interval(mechanism, today, light):
    # Half-yearly, last held in May: to be held by the end of November.
    meeting_of(mechanism, on=datetime.date(2026, 5, 20), held_on=datetime.date(2026, 5, 20), state="held")
    day = datetime.date.fromisoformat(today)
    (row,) = mechanisms_with_next(mechanism.agreement, day)
    assert row["light"] == light
    assert row["last_on"] == datetime.date(2026, 5, 20)


def test_one_never_held_is_not_called_late(mechanism):
    (row,) = mechanisms_with_next(mechanism.agreement, TODAY)
    assert row["light"] == "grey"
    assert cadence_light(row["mechanism"], TODAY)["reasons"] == []


def test_the_list_costs_the_same_for_one_and_for_many(cast, mechanism, sign_in):
    client = sign_in(cast.east.staff)
    url = reverse("meeting-list", args=["delta"])

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    meeting_of(mechanism)
    meeting_of(mechanism, 2, on=TODAY - 9 * DAY, held_on=TODAY - 9 * DAY, state="held")
    one = cost()
    for number in range(29):
        more = make_mechanism(cast, number=f"y.{number}", level=1 + number % 3)
        meeting_of(more)
        meeting_of(more, 2, on=TODAY - 9 * DAY, held_on=TODAY - 9 * DAY, state="held")
    assert cost() == one


def test_the_list_is_paged(cast, mechanism, sign_in):
    for number in range(1, 26):
        day = TODAY - number * 30 * DAY
        meeting_of(mechanism, number, on=day, held_on=day, state="held")
    response = sign_in(cast.east.staff).get(reverse("meeting-list", args=["delta"]), {"page": "2"})
    assert len(response.context["past"]) == 5


def test_secretaries_are_offered_to_create_others_are_not(cast, mechanism, client):
    url, action = reverse("meeting-list", args=["delta"]), reverse("meeting-new", args=["delta", mechanism.pk])
    for user, offered in [(cast.west.secretary, True), (cast.east.staff, False), (cast.east.leader, False)]:
        client.force_login(user)
        assert (action in client.get(url).text) is offered


def edit_form(client, url):
    """What the edit page would send unchanged."""
    page = client.get(url)
    form, seats = page.context["form"], page.context["seats"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    for name in seats.fields:
        data[name] = data[f"initial-{name}"] = seats[name].value() or ""
    return data


def test_a_secretary_changes_cadence_and_seats_and_the_other_office_is_told(cast, mechanism, sign_in):
    client, url = sign_in(cast.east.secretary), reverse("mechanism-edit", args=["delta", mechanism.pk])
    data = edit_form(client, url) | {
        "interval_months": "3",
        f"seat-{cast.west.town.pk}": "member",
        f"seat-{cast.east.transport.pk}": "",
    }
    assert client.post(url, data).status_code == 302
    mechanism.refresh_from_db()
    assert mechanism.interval_months == 3
    seated = set(mechanism.members.values_list("organization__short_name", flat=True))
    assert seated == {"eastoffice", "westoffice", "westtransport", "westtown"}
    told = Notice.objects.get().deliveries.values_list("recipient__username", flat=True)
    assert set(told) == {"west.secretary"}


def test_two_people_seating_different_organizations_both_succeed(cast, mechanism, client):
    url = reverse("mechanism-edit", args=["delta", mechanism.pk])
    client.force_login(cast.east.secretary)
    old_page = edit_form(client, url)
    client.post(url, old_page | {f"seat-{cast.west.town.pk}": "member"})
    client.force_login(cast.west.secretary)
    client.post(url, old_page | {f"seat-{cast.east.town.pk}": "member"})
    assert mechanism.members.filter(organization__slug="town").count() == 2


def test_the_second_to_change_the_cadence_is_told_and_keeps_the_words(cast, mechanism, client):
    url = reverse("mechanism-edit", args=["delta", mechanism.pk])
    client.force_login(cast.east.secretary)
    old_page = edit_form(client, url)
    client.post(url, old_page | {"interval_months": "3"})
    client.force_login(cast.west.secretary)
    response = client.post(url, old_page | {"interval_months": "12", "rules": "由双方商定"})
    assert response.status_code == 409
    assert "由双方商定" in response.text
    mechanism.refresh_from_db()
    assert (mechanism.interval_months, mechanism.rules) == (3, "")


def test_what_makes_no_sense_is_refused(cast, mechanism, sign_in):
    client, url = sign_in(cast.east.secretary), reverse("mechanism-edit", args=["delta", mechanism.pk])
    data = edit_form(client, url)
    assert client.post(url, data | {"interval_months": "0"}).status_code == 422
    assert client.post(url, data | {"first_host": cast.elsewhere.north.party.pk}).status_code == 422
    assert client.post(url, data | {f"seat-{cast.west.town.pk}": "emperor"}).status_code == 422
    client.post(url, data | {f"seat-{cast.elsewhere.north.town.pk}": "member"})
    assert not mechanism.members.filter(organization__party__agreement=cast.elsewhere.agreement).exists()


def test_its_page_shows_both_sides_and_its_history(cast, mechanism, sign_in):
    mechanism.task = make_task(cast, "x.1", progress_kind="cadence")
    mechanism.save()
    meeting_of(mechanism, on=TODAY - 20 * DAY, held_on=TODAY - 20 * DAY, state="held", place="一号会议室")
    text = sign_in(cast.west.staff).get(reverse("mechanism", args=["delta", mechanism.pk])).text
    for words in ("eastoffice", "westtransport", "一号会议室", reverse("task", args=["delta", "x.1"])):
        assert words in text


def test_agreements_do_not_mix(cast, mechanism, sign_in):
    other = make_agreement("third", ("left", "right"))
    make_mechanism(other, name="别人的会议")
    assert "别人的会议" not in sign_in(cast.east.staff).get(reverse("meeting-list", args=["delta"])).text
