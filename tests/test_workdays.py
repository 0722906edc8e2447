"""Working days with the shifted ones, and the periods people report on."""

import datetime
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from hypothesis import example, given
from hypothesis import strategies as st

from agreement.models import Agreement, WorkdayException
from agreement.workdays import (
    Calendar,
    calendar,
    last_closed_period,
    neighbours,
    office_today,
    parse_period,
    period_of,
    seed_workdays,
)

# The State Council's notice for 2026, written down by hand: what the table seeded from the library must say.
OFF = [("01-01", 3), ("02-15", 9), ("04-04", 3), ("05-01", 5), ("06-19", 3), ("09-25", 3), ("10-01", 7)]
WORKED = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
DAYS_OFF = {date.fromisoformat(f"2026-{first}") + timedelta(days=n) for first, count in OFF for n in range(count)}
DAYS_WORKED = {date.fromisoformat(f"2026-{day}") for day in WORKED}
# 2027 and 2028 as they may be decreed, so that the shifted days of three years are tried; 2028 is left provisional.
MADE_UP = {date(2027, 2, 8) + timedelta(days=n): False for n in range(5)} | {
    date(2027, 2, 14): True,
    date(2027, 10, 1): False,
    date(2027, 10, 4): False,
    date(2027, 10, 5): False,
    date(2027, 10, 9): True,
}
OFFICE = Calendar(dict.fromkeys(DAYS_OFF, False) | dict.fromkeys(DAYS_WORKED, True) | MADE_UP)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
counts = st.integers(0, 40)


@pytest.mark.django_db
def test_the_seeded_days_are_those_of_the_notice():
    seed_workdays()
    seeded = calendar()
    for n in range(365):
        day = date(2026, 1, 1) + timedelta(days=n)
        assert seeded.is_workday(day) == (day in DAYS_WORKED or (day.weekday() < 5 and day not in DAYS_OFF)), day
    assert not seeded.is_provisional(2026)


@pytest.mark.django_db
def test_a_year_without_notice_is_monday_to_friday_and_says_so():
    seed_workdays()
    seeded = calendar()
    assert seeded.is_provisional(2031)
    assert [seeded.is_workday(date(2031, 1, day)) for day in range(1, 6)] == [True, True, True, False, False]
    assert seeded.is_workday(date(2031, 10, 1))


@pytest.mark.django_db
def test_seeding_again_keeps_what_an_administrator_entered():
    WorkdayException.objects.create(day=date(2026, 10, 1), is_workday=True, name="抗台")
    assert seed_workdays() > 100
    assert seed_workdays() == 0
    assert WorkdayException.objects.get(day=date(2026, 10, 1)).name == "抗台"


@pytest.mark.django_db
def test_the_calendar_costs_one_query(django_assert_num_queries):
    seed_workdays()
    with django_assert_num_queries(1):
        loaded = calendar()
        loaded.workdays_before(date(2026, 10, 9), 30)


@pytest.mark.django_db
def test_a_year_can_be_loaded_from_a_file_and_a_bad_line_changes_nothing(tmp_path):
    good = tmp_path / "2031.csv"
    good.write_text("\ufeff2031-10-01,off,国庆节\n2031-09-28,班,\n\n", encoding="utf-8")
    call_command("load_holidays", str(good))
    assert not calendar().is_provisional(2031)
    assert calendar().is_workday(date(2031, 9, 28))
    bad = tmp_path / "bad.csv"
    bad.write_text("2031-10-02,off\n2031-13-01,off\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Line 2"):
        call_command("load_holidays", str(bad))
    assert calendar().is_workday(date(2031, 10, 2))


def test_the_office_day_begins_at_midnight_in_shanghai():
    assert office_today(datetime.datetime(2026, 11, 22, 15, 59, tzinfo=datetime.UTC)) == date(2026, 11, 22)
    assert office_today(datetime.datetime(2026, 11, 22, 16, 0, tzinfo=datetime.UTC)) == date(2026, 11, 23)


@given(days, counts)
@example(date(2026, 10, 9), 1)  # the day before is 8 October, then the long holiday
@example(date(2026, 2, 24), 1)
def test_steps_land_on_working_days_and_undo_each_other(day, n):
    before, after = OFFICE.workdays_before(day, n), OFFICE.add_workdays(day, n)
    if n:
        assert OFFICE.is_workday(before)
        assert OFFICE.is_workday(after)
        assert before < day < after
    assert OFFICE.workdays_between(day, after) == n
    assert OFFICE.workdays_between(after, day) == -n
    if OFFICE.is_workday(day):
        assert OFFICE.add_workdays(before, n) == day == OFFICE.workdays_before(after, n)


@given(days, counts, counts)
def test_earlier_stages_come_earlier(day, n, m):
    assert (OFFICE.workdays_before(day, n) < OFFICE.workdays_before(day, m)) == (n > m)


@given(days)
def test_moving_to_a_working_day_moves_as_little_as_possible(day):
    before, after = OFFICE.on_or_before(day), OFFICE.on_or_after(day)
    assert before <= day <= after
    assert OFFICE.is_workday(before)
    assert OFFICE.is_workday(after)
    assert not any(OFFICE.is_workday(before + timedelta(days=n)) for n in range(1, (day - before).days + 1))
    assert not any(OFFICE.is_workday(after - timedelta(days=n)) for n in range(1, (after - day).days + 1))


def test_a_step_below_zero_is_refused():
    with pytest.raises(ValueError, match="below zero"):
        OFFICE.add_workdays(date(2026, 1, 5), -1)


# Periods

agreements = st.builds(
    lambda kind, opens, due: Agreement(report_period=kind, report_opens_day=opens, report_due_day=due),
    st.sampled_from(["month", "quarter"]),
    st.integers(1, 28),
    st.integers(1, 28),
)
MONTHLY, QUARTERLY = Agreement(), Agreement(report_period="quarter")


@pytest.mark.parametrize(
    ("month", "due"),
    [("01", "01-23"), ("04", "04-24"), ("07", "07-24"), ("09", "09-24"), ("10", "10-23"), ("11", "11-25")],
)
def test_a_due_day_that_is_off_moves_earlier(month, due):
    assert parse_period(MONTHLY, f"2026-{month}", OFFICE).due_on == date.fromisoformat(f"2026-{due}")


def test_a_period_closes_four_working_days_after_it_was_due():
    october = parse_period(MONTHLY, "2026-10", OFFICE)
    assert (october.opens_on, october.due_on, october.closes_on) == (
        date(2026, 10, 20),
        date(2026, 10, 23),
        date(2026, 10, 29),
    )


def test_on_a_day_one_period_is_reported_and_the_one_before_is_closed():
    keys = {
        day: (period_of(MONTHLY, day, OFFICE).key, last_closed_period(MONTHLY, day, OFFICE).key)
        for day in (date(2026, 10, 29), date(2026, 10, 30), date(2026, 11, 23))
    }
    assert keys == {
        date(2026, 10, 29): ("2026-10", "2026-09"),
        date(2026, 10, 30): ("2026-11", "2026-10"),
        date(2026, 11, 23): ("2026-11", "2026-10"),
    }
    assert period_of(QUARTERLY, date(2026, 11, 23), OFFICE).key == "2026Q4"


@given(agreements, days)
def test_every_day_of_a_period_is_worked_and_in_order(agreement, day):
    period = period_of(agreement, day, OFFICE)
    assert all(OFFICE.is_workday(each) for each in (period.opens_on, period.due_on, period.closes_on))
    assert period.starts_on <= period.ends_on
    assert period.opens_on <= period.due_on < period.closes_on
    assert last_closed_period(agreement, day, OFFICE).closes_on < day <= period.closes_on
    assert parse_period(agreement, period.key, OFFICE) == period


@given(agreements, days)
def test_periods_follow_one_another_without_gap(agreement, day):
    period = period_of(agreement, day, OFFICE)
    before, after = neighbours(agreement, period, OFFICE)
    assert before.ends_on + timedelta(days=1) == period.starts_on
    assert period.ends_on + timedelta(days=1) == after.starts_on
    assert before.closes_on < period.closes_on < after.closes_on
    assert neighbours(agreement, after, OFFICE)[0] == period


@pytest.mark.parametrize(
    "key", ["", "2026", "2026-13", "2026-00", "2026-1", "2026Q4", "1999-01", "２０２６-11", "2026-11 ", "a"]
)
def test_nonsense_is_no_month(key):
    with pytest.raises(ValueError, match="Not a period"):
        parse_period(MONTHLY, key, OFFICE)


@pytest.mark.parametrize("key", ["2026Q0", "2026Q5", "2026-11", "2026q1"])
def test_nonsense_is_no_quarter(key):
    with pytest.raises(ValueError, match="Not a period"):
        parse_period(QUARTERLY, key, OFFICE)


def test_a_report_is_late_only_after_the_period_closed():
    october = parse_period(MONTHLY, "2026-10", OFFICE)
    assert [october.is_late_on(date(2026, 10, day)) for day in (23, 29, 30)] == [False, False, True]
    assert [october.is_open_on(date(2026, 10, day)) for day in (19, 20, 29, 30)] == [False, True, True, False]
