"""Reminders of reporting, each organization by itself and only to its own people: the period opens; reports are missing."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils.translation import override

from agreement.models import Agreement, Membership, Organization, Role
from agreement.notices.occasion import Occasion
from agreement.workdays import OFFICE_TIME, Period, calendar, office_today, period_of
from domains.models import Report, TaskOwner

SERIES = "report"
REMIND_AT = time(9, 0)
DUE_SOON_DAYS = 2  # working days before the due date
SHOWN = 8  # tasks named in a message


def occasions(now: datetime) -> Iterator[Occasion]:
    """What is to be reminded of at `now`, in a number of queries that grows only with the number of agreements."""
    office_days = calendar()
    for agreement in Agreement.objects.all():
        period = period_of(agreement, office_today(now), office_days)
        due_soon = _at(office_days.workdays_before(period.due_on, DUE_SOON_DAYS))
        windows = [
            ("opens", _at(period.opens_on), due_soon),
            ("due", due_soon, _at(period.closes_on + timedelta(days=1), time(0))),
        ]
        for stage, fire_at, valid_until in windows:
            if not fire_at <= now < valid_until:
                continue
            owed = owed_reports(agreement, period)
            people = _people(agreement, owed)
            for organization, tasks in owed.items():
                yield Occasion(
                    agreement_id=agreement.pk,
                    subject=f"reporting:{agreement.pk}:{organization.pk}",
                    series=SERIES,
                    occasion=f"{stage}:{period.key}:{period.due_on}",
                    fire_at=fire_at,
                    valid_until=valid_until,
                    recipients=frozenset(people[organization.pk]),
                    payload=_facts(stage, agreement, period, organization, tasks),
                )


def still_wanted(deliveries, now: datetime) -> dict[int, dict]:
    """{delivery id: the facts now} of those whose organization still owes reports, to people who still work there."""
    found = {(each.subject, each.occasion): each for each in occasions(now)}
    wanted = {}
    for delivery in deliveries:
        occasion = found.get((delivery.notice.subject, delivery.notice.occasion))
        if occasion and delivery.recipient_id in occasion.recipients:
            wanted[delivery.pk] = occasion.payload
    return wanted


def owed_reports(agreement: Agreement, period: Period) -> dict[Organization, list[TaskOwner]]:
    """Which leads have not handed in the report on which of their started, open tasks for `period`."""
    handed_in = set(
        Report.objects.filter(
            task__agreement=agreement, period=period.key, state__in=[Report.State.SUBMITTED, Report.State.ACCEPTED]
        ).values_list("task", "organization")
    )
    owing = TaskOwner.objects.owing_reports().filter(
        task__agreement=agreement, task__ended_on=None, task__cancelled_on=None, task__started_on__lte=period.ends_on
    )
    owed = defaultdict(list)
    in_order = owing.select_related("task", "organization").order_by(
        "task__domain__number", "task__position", "task_id"
    )
    for owner in in_order:
        if (owner.task_id, owner.organization_id) not in handed_in:
            owed[owner.organization].append(owner)
    return owed


def _people(agreement, owed) -> dict[int, set[int]]:
    """{organization: ids of those who write its reports}; of a group, those of its members."""
    groups = defaultdict(set)
    pairs = Organization.members.through.objects.filter(from_organization__in=[each.pk for each in owed])
    for group, member in pairs.values_list("from_organization", "to_organization"):
        groups[member].add(group)
    posts = Membership.objects.current().filter(agreement=agreement, role__in=[Role.STAFF, Role.SECRETARY])
    people: dict[int, set[int]] = defaultdict(set)
    for organization, user in posts.values_list("organization", "user"):
        for place in {organization} | groups[organization]:
            people[place].add(user)
    return people


def _at(day, hour=REMIND_AT) -> datetime:
    return datetime.combine(day, hour, OFFICE_TIME)


def _facts(stage, agreement, period, organization, tasks) -> dict:
    with override("en"):
        period_en = str(period)
    with override("zh-hans"):
        period_zh = str(period)
    return {
        "stage": stage,
        "on": period.due_on.isoformat(),
        "period": period_zh,
        "period_en": period_en,
        "organization": organization.short_name,
        "organization_en": organization.short_name_en,
        "count": len(tasks),
        "tasks": [f"{owner.task.number} {owner.task.title}" for owner in tasks[:SHOWN]],
        "more": max(0, len(tasks) - SHOWN),
        "path": reverse("my-work"),
    }
