"""Two people at the same moment, on a database with row locks. Each with its negative control: without the lock it fails."""

import threading

import pytest
from django.db import IntegrityError, connection, connections

from agreement.workdays import Calendar
from domains.models import Milestone, Task
from meetings import agenda
from meetings.models import AgendaItem, Consent, Decision, Mechanism, Meeting
from meetings.models.meeting import MeetingQuerySet, Refused
from tests.cast import TODAY, make_agreement, make_mechanism
from tests.test_mechanisms import DAY, meeting_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 50


@pytest.fixture
def cast():
    return make_agreement()


def at_once(*acts):
    """Runs the acts in a thread each, started together; returns their results, an exception being one."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            barrier.wait()
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def unlocked(monkeypatch):
    """The same code without its row lock, both writers having read before either writes."""
    both = threading.Barrier(2)

    def read(self, pk):
        found = self.select_related("agreement", "mechanism").get(pk=pk)
        both.wait(timeout=10)
        return found

    monkeypatch.setattr(MeetingQuerySet, "locked", read)


def rounds_of_consent(cast, count):
    """Both secretaries confirm at the same moment, `count` times; how many rounds took effect exactly once."""
    mechanism = make_mechanism(cast)
    right = 0
    for number in range(1, count + 1):
        meeting = meeting_of(mechanism, number, on=TODAY - DAY, held_on=TODAY - DAY, state="held")
        Decision.objects.create(
            agreement=cast.agreement,
            meeting=meeting,
            number=1,
            text=f"议定{number}",
            effect="new_task",
            domain=cast.domain,
        )
        at_once(
            *[
                lambda side=side, meeting=meeting: Consent.give(
                    meeting, "decisions", party=side.party, by=side.secretary, on=TODAY, version=1
                )
                for side in (cast.east, cast.west)
            ]
        )
        meeting.refresh_from_db()
        made = Task.objects.filter(title=f"议定{number}").count()
        right += meeting.state == "minuted" and made == 1 and meeting.consents.count() == 2
    return right


def test_decisions_take_effect_exactly_once_when_both_sides_confirm_together(cast):
    assert rounds_of_consent(cast, ROUNDS) == ROUNDS
    assert Task.objects.count() == Milestone.objects.count() == ROUNDS
    assert len(set(Task.objects.values_list("number", flat=True))) == ROUNDS


def test_without_the_lock_consents_are_lost(cast, monkeypatch):
    unlocked(monkeypatch)
    assert rounds_of_consent(cast, 10) < 10


def plan(mechanism, number):
    return lambda: Mechanism.objects.get(pk=mechanism.pk).plan_next(
        by=None, today=TODAY, calendar=Calendar(), number=number
    )


def test_two_secretaries_clicking_together_make_one_meeting(cast):
    mechanism = make_mechanism(cast)
    for number in range(1, 21):
        (first, new), (second, also_new) = at_once(plan(mechanism, number), plan(mechanism, number))
        assert first == second
        assert new != also_new
    assert list(mechanism.meetings.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 21))


def test_without_the_lock_one_of_them_fails(cast, monkeypatch):
    mechanism = make_mechanism(cast)
    both = threading.Barrier(2)
    ask = Mechanism.date_after
    monkeypatch.setattr(Mechanism.objects._queryset_class, "select_for_update", lambda self, **_: self.all())

    def wait_and_ask(self, *args):
        both.wait(timeout=10)
        return ask(self, *args)

    monkeypatch.setattr(Mechanism, "date_after", wait_and_ask)
    results = at_once(plan(mechanism, 1), plan(mechanism, 1))
    assert any(isinstance(result, IntegrityError) for result in results)


def generate(meeting):
    return lambda: agenda.generate(Meeting.objects.get(pk=meeting.pk), by=None, today=TODAY, calendar=Calendar())


def test_the_agenda_generated_by_many_at_once_has_each_item_once(cast):
    meeting = meeting_of(make_mechanism(cast), on=TODAY + 30 * DAY)
    results = at_once(*[generate(meeting) for _ in range(16)])
    assert sorted(result["added"] for result in results)[-2:] == [0, meeting.items.count()]
    assert meeting.items.values("source").distinct().count() == meeting.items.count()


def shuffle(cast, meeting, title, step):
    """Moves an item as a person would: told that the order has changed, looks again and presses again."""

    def act():
        for _ in range(40):
            fresh = Meeting.objects.get(pk=meeting.pk)
            item = AgendaItem.objects.get(meeting=meeting, title=title)
            try:
                return item.move(step, by=cast.east.secretary, version=fresh.agenda_version)
            except Refused:
                continue
        return False

    return act


def add(meeting, title):
    def act():
        with meeting.writing_agenda() as locked:
            AgendaItem.objects.create(meeting=locked, title=title, position=locked.items.next_position(4))
            locked.agenda_changed(by=None)
        return True

    return act


def positions(meeting):
    return sorted(meeting.items.standing().filter(section=4).values_list("position", flat=True))


def test_reordering_while_others_add_keeps_every_item_in_one_place_each(cast):
    meeting = meeting_of(make_mechanism(cast), on=TODAY + 30 * DAY)
    for number in range(4):
        add(meeting, f"旧{number}")()
    moves = adds = 0
    for round_number in range(8):
        acts = [shuffle(cast, meeting, f"旧{number}", 1 if number % 2 else -1) for number in range(4)]
        acts += [add(meeting, f"新{round_number}-{number}") for number in range(4)]
        results = at_once(*acts)
        assert all(isinstance(result, bool) for result in results)
        moves += sum(result is True for result in results[:4])
        adds += sum(result is True for result in results[4:])
    assert adds == 32
    assert moves
    assert positions(meeting) == list(range(1, 37))


def test_without_the_lock_two_items_get_one_place(cast, monkeypatch):
    meeting = meeting_of(make_mechanism(cast), on=TODAY + 30 * DAY)
    unlocked(monkeypatch)
    for number in range(5):
        at_once(add(meeting, f"甲{number}"), add(meeting, f"乙{number}"))
    assert positions(meeting) != list(range(1, 11))


def test_a_change_and_the_last_consent_never_both_count(cast):
    mechanism = make_mechanism(cast)
    for number in range(1, 21):
        meeting = meeting_of(mechanism, number, on=TODAY + 30 * DAY)
        add(meeting, "议题")()
        meeting.refresh_from_db()
        seen = meeting.agenda_version
        Consent.give(meeting, "agenda", party=cast.east.party, by=cast.east.secretary, on=TODAY, version=seen)
        at_once(
            lambda meeting=meeting, seen=seen: Consent.give(
                meeting, "agenda", party=cast.west.party, by=cast.west.secretary, on=TODAY, version=seen
            ),
            add(meeting, "后加的"),
        )
        meeting.refresh_from_db()
        agreed = meeting.state == "agreed"
        assert agreed == (meeting.agenda_version == seen)
        assert meeting.consents.count() == (2 if agreed else 0)


def test_these_ran_where_rows_are_locked():
    assert connection.features.has_select_for_update
