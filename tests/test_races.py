"""Two people at the same moment, on PostgreSQL: nothing is lost, nothing happens twice. Each with its negative control."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from agreement.workdays import office_today
from domains.models import Issue, Milestone
from tests.cast import make_agreement, make_milestone, make_task

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

HANDS = 8


def together(deed):
    """Runs `deed(n)` in eight threads let loose at once; their answers."""
    barrier = threading.Barrier(HANDS)

    def one(number):
        try:
            barrier.wait(timeout=10)
            return deed(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(one, range(HANDS)))


@pytest.fixture
def race_cast(transactional_db):
    return make_agreement()


def test_of_eight_who_move_a_milestone_from_the_same_version_one_succeeds(race_cast):
    milestone = make_milestone(make_task(race_cast), percent=0)
    won = together(
        lambda number: Milestone.objects.get(pk=milestone.pk).move_to(
            10 + number, by=race_cast.east.staff, on=office_today(), version=milestone.version
        )
    )
    assert sum(won) == 1
    milestone.refresh_from_db()
    assert (milestone.version, milestone.percent) == (2, 10 + won.index(True))


def test_without_the_version_seven_of_eight_would_be_lost_unnoticed(race_cast):
    """The negative control: read, wait for the others, write."""
    milestone = make_milestone(make_task(race_cast), percent=0)
    all_have_read = threading.Barrier(HANDS)

    def naive(number):
        seen = Milestone.objects.get(pk=milestone.pk)
        all_have_read.wait(timeout=10)
        seen.percent, seen.version = 10 + number, seen.version + 1
        seen.save()
        return True

    assert sum(together(naive)) == HANDS
    milestone.refresh_from_db()
    assert milestone.version == 2  # eight were told "saved", one was


def test_an_issue_pressed_up_by_eight_at_once_climbs_one_level(race_cast):
    task = make_task(race_cast)
    issue = Issue.put(
        task,
        organization=race_cast.east.transport,
        by=race_cast.east.staff,
        on=office_today(),
        title="t",
        facts="f",
        ask="a",
    )
    won = together(
        lambda number: Issue.objects.get(pk=issue.pk).escalate(
            by=race_cast.east.secretary, on=office_today(), version=issue.version
        )
    )
    assert sum(won) == 1
    issue.refresh_from_db()
    assert (issue.level, issue.version) == (1, 2)


def test_without_the_version_it_would_climb_as_often_as_it_was_pressed(race_cast):
    """The negative control: a lock alone keeps them in a row, and each climbs."""
    task = make_task(race_cast)
    issue = Issue.put(
        task,
        organization=race_cast.east.transport,
        by=race_cast.east.staff,
        on=office_today(),
        title="t",
        facts="f",
        ask="a",
    )

    def naive(number):
        with transaction.atomic():
            locked = Issue.objects.select_for_update().get(pk=issue.pk)
            return locked.escalate(by=race_cast.east.secretary, on=office_today(), version=locked.version)

    together(naive)
    issue.refresh_from_db()
    assert issue.level == Issue.Level.LEADERS


def test_a_task_begun_by_eight_at_once_begins_once(race_cast):
    task = make_task(race_cast, started_on=None)
    won = together(
        lambda number: task.__class__.objects.get(pk=task.pk).start(by=race_cast.east.staff, on=office_today())
    )
    assert sum(won) == 1


def test_two_secretaries_who_name_two_leads_end_with_one(race_cast):
    task = make_task(race_cast)
    owner = task.owners.get(party=race_cast.east.party)
    other = task.owners.create(organization=race_cast.east.town, party=race_cast.east.party, role="support", position=2)
    pair = [owner.pk, other.pk]
    together(lambda number: task.owners.get(pk=pair[number % 2]).take_lead(by=race_cast.east.secretary))
    assert task.owners.leads().filter(party=race_cast.east.party).count() == 1
