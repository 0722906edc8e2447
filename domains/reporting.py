"""Who owes what to a reporting period, and what changed in a text since the last one."""

import difflib
import re

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from agreement.models.bilingual import localized
from agreement.permissions import acting_organizations, is_staff
from agreement.workdays import neighbours, period_of
from domains.models import Report, TaskOwner


class Standing(TextChoices):
    """How far a report owed is; in the order in which an office looks at them."""

    SUBMITTED = "submitted", _("waiting for the office")
    RETURNED = "returned", _("returned")
    MISSING = "missing", _("missing")
    DRAFT = "draft", _("draft")
    ACCEPTED = "accepted", _("accepted")


UNIT_TO_MOVE = (Standing.MISSING, Standing.DRAFT, Standing.RETURNED)
TEXTS = ("work_done", "difficulties", "next_steps")


def owed_reports(agreement, period):
    """The leads that owe a report of `period` (DESIGN section 3): of tasks begun by then and not over by then.

    Each row of TaskOwner carries `standing`, `report_id` (the newest version) and `accepted_id` (the newest accepted).
    """
    versions = Report.objects.filter(
        task=OuterRef("task"), organization=OuterRef("organization"), period=period.key
    ).order_by("-version")
    alive = Q(task__started_on__lte=period.ends_on) & ~Q(task__cancelled_on__lte=period.ends_on)
    return (
        TaskOwner.objects.owing_reports()
        .filter(alive, task__agreement=agreement)
        .exclude(task__ended_on__lte=period.ends_on)
        .annotate(
            report_id=Subquery(versions.values("pk")[:1]),
            accepted_id=Subquery(versions.accepted().values("pk")[:1]),
            newest_state=Subquery(versions.values("state")[:1]),
        )
        .annotate(
            standing=Case(
                When(newest_state=Report.State.SUBMITTED, then=Value(Standing.SUBMITTED)),
                When(accepted_id__isnull=False, then=Value(Standing.ACCEPTED)),
                When(newest_state__isnull=True, then=Value(Standing.MISSING)),
                default=F("newest_state"),
            )
        )
        .order_by(
            "organization__party__position",
            "organization__position",
            "organization",
            "task__domain__number",
            "task__position",
        )
    )


def own_part(owed, membership):
    """Of `owed_reports`, those whose state this person may know: staff their own organizations', others their side's."""
    if is_staff(membership):
        return owed.filter(organization__in=acting_organizations(membership))
    return owed.filter(party=membership.party_id)


def rows_of(owed):
    """The rows as dicts, with the words a page shows, in one query."""
    return owed.annotate(
        number=F("task__number"),
        title=localized("task__title"),
        domain_number=F("task__domain__number"),
        organization_name=localized("organization__short_name"),
        side=localized("party__short_name"),
    ).values(
        "task_id", "organization_id", "party_id", "number", "title", "domain_number", "organization_name", "side",
        "standing", "report_id", "accepted_id",
    )  # fmt: skip


def with_texts(rows, period) -> list[dict]:
    """The rows with `report` (the newest version's row), `accepted` and `last`, the text sent before; two queries.

    Of rows the reader may not know more of than what was accepted, hand in only such with `report_id` cleared.
    """
    rows = list(rows)
    wanted = {row[key] for row in rows for key in ("report_id", "accepted_id")} - {None}
    reports = Report.objects.filter(pk__in=wanted).select_related("author", "decided_by").in_bulk()
    last = last_texts([(row["task_id"], row["organization_id"]) for row in rows], period)
    for row in rows:
        row["report"] = reports.get(row["report_id"])
        row["accepted"] = reports.get(row["accepted_id"])
        row["last"] = last.get((row["task_id"], row["organization_id"]))
    return rows


def last_texts(pairs, period) -> dict:
    """For each (task id, organization id): the newest report sent or accepted for an earlier period."""
    sent = Report.objects.filter(period__lt=period.key, state__in=(Report.State.ACCEPTED, Report.State.SUBMITTED))
    newest = sent.filter(task=OuterRef("task"), organization=OuterRef("organization")).newest_first().values("pk")[:1]
    tasks = {task for task, organization in pairs}
    found = sent.filter(task__in=tasks, pk=Subquery(newest))
    return {(report.task_id, report.organization_id): report for report in found}


def asked_periods(agreement, today, calendar) -> list:
    """The periods for which a report is asked on `today`, the older first: the last closed one (late by now) and the current one once it is open."""
    current = period_of(agreement, today, calendar)
    closed = neighbours(agreement, current, calendar)[0]
    return [closed, current] if current.opens_on <= today else [closed]


def counts(rows) -> list[tuple]:
    """How many of the rows stand where: (Standing, number), in the order of Standing."""
    standing = [row["standing"] for row in rows]
    return [(state, standing.count(state)) for state in Standing]


def changes(old: str, new: str) -> list[tuple[str, str]]:
    """`new` in pieces, ("same" | "new" | "gone", text), compared with `old` clause by clause as Chinese is written."""
    before, after = _clauses(old), _clauses(new)
    pieces = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("same", "".join(after[c:d])))
            continue
        if b > a:
            pieces.append(("gone", "".join(before[a:b])))
        if d > c:
            pieces.append(("new", "".join(after[c:d])))
    return pieces


def _clauses(text):
    return [piece for piece in re.split(r"(?<=[，。；：、！？,;!?\n])", text.replace("\r\n", "\n")) if piece]
