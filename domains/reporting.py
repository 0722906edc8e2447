"""Who owes what to a reporting period, and what changed in a text since the last one."""

import difflib
import re
import uuid
from dataclasses import dataclass

from django.db.models import Case, F, OuterRef, Q, Subquery, TextChoices, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreement.models import Organization
from agreement.models.bilingual import localized
from agreement.permissions import acting_organizations, is_secretary, is_staff
from agreement.workdays import Period, neighbours, period_of
from domains.models import Report, Task, TaskOwner
from domains.progress import progress_share


class Standing(TextChoices):
    """How far a report owed is; in the order in which an office looks at them."""

    SUBMITTED = "submitted", _("waiting for the office")
    RETURNED = "returned", _("returned")
    MISSING = "missing", _("missing")
    DRAFT = "draft", _("draft")
    ACCEPTED = "accepted", _("accepted")


UNIT_TO_MOVE = (Standing.MISSING, Standing.DRAFT, Standing.RETURNED)
TEXTS = ("work_done", "difficulties", "next_steps")


@dataclass(frozen=True)
class Place:
    """What one report is about: a task, the organization that reports, and the period."""

    task: Task
    organization: Organization
    period: Period

    @property
    def address(self) -> str:
        """Where the report is read and written."""
        return reverse(
            "report", args=[self.task.agreement.slug, self.task.number, self.period.key, self.organization.pk]
        )

    def versions(self):
        """The versions of the report, the newest first."""
        return Report.objects.filter(task=self.task, organization=self.organization, period=self.period.key).order_by(
            "-version"
        )

    def last(self) -> Report | None:
        """The newest report sent for an earlier period."""
        pair = (self.task.pk, self.organization.pk)
        return last_texts([pair], self.period).get(pair)

    def progress(self, parties) -> dict:
        """What the task stands at now, to be kept with the report: {"percent": 60}, {"counted": 3} or the day it was last held."""
        row = Task.objects.filter(pk=self.task.pk).with_progress(parties).values().get()
        if row["progress_kind"] == Task.ProgressKind.COUNT:
            return {"counted": row["counted"]}
        if row["progress_kind"] == Task.ProgressKind.CADENCE:
            return {"last_held_on": row["last_held_on"].isoformat()} if row["last_held_on"] else {}
        return {"percent": progress_share(row)}


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


def with_texts(rows, period, *, own=True) -> list[dict]:
    """The rows with `report` (the newest version), `accepted`, and `last`, the text sent for an earlier period.

    `own=False`: rows of which the reader may know only what was accepted.
    """
    rows = list(rows)
    keys = ("report_id", "accepted_id") if own else ("accepted_id",)
    wanted = {row[key] for row in rows for key in keys} - {None}
    reports = Report.objects.filter(pk__in=wanted).select_related("author", "decided_by").in_bulk()
    last = last_texts([(row["task_id"], row["organization_id"]) for row in rows], period) if own else {}
    for row in rows:
        row["period"] = period
        row["report"] = reports.get(row["report_id"]) if own else None
        row["accepted"] = reports.get(row["accepted_id"])
        row["last"] = last.get((row["task_id"], row["organization_id"]))
    return rows


def with_rights(rows, membership, today) -> list[dict]:
    """The rows `with_texts` with what this person may do: `may_write`, `may_repeat` (no change), `may_decide`.

    `past_due`: nothing was handed in by the due date.
    """
    acting = acting_organizations(membership)
    for row in rows:
        row["may_write"] = row["organization_id"] in acting
        row["may_repeat"] = row["may_write"] and row["standing"] == Standing.MISSING and row["last"] is not None
        row["may_decide"] = (
            is_secretary(membership)
            and row["party_id"] == membership.party_id
            and row["standing"] == Standing.SUBMITTED
        )
        row["past_due"] = row["standing"] in UNIT_TO_MOVE and today > row["period"].due_on
        row["standing_words"] = Standing(row["standing"]).label
        row["once"] = uuid.uuid4()
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
