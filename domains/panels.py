"""What the dashboard, the agreement's text and an organization's page show of the work; joint facts only."""

from collections import Counter, defaultdict
from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Subquery

from agreement.models import Organization, Role
from agreement.models.bilingual import localized
from agreement.workdays import calendar
from domains.health import Light, Terms, explained
from domains.models import Domain, Issue, Milestone, Report, Task, TaskOwner

LATE_SHOWN, WANTED_SHOWN, TASKS_ON_PAGE = 6, 5, 20
# The facts a light is explained by, and what stands beside it.
FACTS = (
    "id", "number", "position", "light", "outcome", "end_reason", "progress_kind", "due_on", "late_on", "late_title",
    "near_on", "near_title", "lag_gap", "lag_planned", "lag_percent", "lag_title", "last_on", "last_month",
    "report_missing", "issue_raised", "move", "move_side", "light_note",
)  # fmt: skip


def tasks_in_words(tasks, terms: Terms) -> list[dict]:
    """The rows of `tasks` (a Task queryset), most urgent first: light, word, reasons, title, domain; one query."""
    shown = {"title": localized("title"), "domain": F("domain__number")}
    return explained(tasks.with_health(terms).most_urgent_first().values(*FACTS).annotate(**_renamed(shown)), terms)


def _renamed(shown):
    # "title" itself is the Chinese column: the reader's language goes under another name.
    return {f"shown_{name}": expression for name, expression in shown.items()}


def tally(rows) -> list[dict]:
    """How many rows have each light, in the order of the lights, none left out but those of what has ended."""
    found = Counter(row["light"] for row in rows)
    always = (Light.RED, Light.AMBER, Light.GREEN, Light.GREY)
    return [
        {"light": light.value, "word": light.label, "count": found[light.value]}
        for light in Light
        if light in always or found[light.value]
    ]


class Overview:
    """The whole agreement on one day, as both sides may see it; asked for once a page, whatever shows it."""

    def __init__(self, agreement, today):
        self.agreement, self.today = agreement, today

    @cached_property
    def terms(self) -> Terms:
        return Terms.of(self.agreement, self.today, calendar())

    @cached_property
    def parties(self) -> list:
        """In the order of the signing text, which gives no precedence."""
        return list(self.agreement.parties.all())

    @cached_property
    def rows(self) -> list[dict]:
        """Every task with its light, most urgent first, and its lead on each side (None: a gap)."""
        rows = tasks_in_words(Task.objects.filter(agreement=self.agreement), self.terms)
        for row in rows:
            leads = self._leads.get(row["id"], {})
            row["leads"] = [{"party": party, "lead": leads.get(party.pk)} for party in self.parties]
            row["days"] = (self.today - row["late_on"]).days if row["late_on"] else None
        return rows

    @cached_property
    def _leads(self) -> dict:
        found: dict = defaultdict(dict)
        leads = TaskOwner.objects.leads().filter(task__agreement=self.agreement)
        names = {"name": localized("organization__short_name")}
        for lead in leads.values("task_id", "party_id", "organization_id", **names):
            found[lead["task_id"]][lead["party_id"]] = lead
        return found

    @cached_property
    def tally(self) -> list[dict]:
        return tally(self.rows)

    @cached_property
    def domains(self) -> list[dict]:
        """Each domain with its tasks in the order of the text, and their tally; number 0 is the strategic mechanism."""
        by_domain = defaultdict(list)
        for row in sorted(self.rows, key=lambda row: row["position"]):
            by_domain[row["shown_domain"]].append(row)
        return [
            {"domain": domain, "tasks": by_domain[domain.number], "tally": tally(by_domain[domain.number])}
            for domain in Domain.objects.filter(agreement=self.agreement).order_by("number")
        ]

    @property
    def strategic(self) -> list[dict]:
        return [each for each in self.domains if each["domain"].number == 0]

    @property
    def six(self) -> list[dict]:
        return [each for each in self.domains if each["domain"].number]

    @cached_property
    def sides(self) -> list[dict]:
        """Both parties by the same measures: the tasks they lead by light, late milestones, whose move it is."""
        late = Milestone.objects.overdue(self.today).filter(
            task__agreement=self.agreement, task__ended_on=None, task__cancelled_on=None
        )
        counts = late.order_by().values("organization__party").annotate(number=Count("pk"))
        found = {each["organization__party"]: each["number"] for each in counts}
        return [
            {
                "party": party,
                "tally": tally(led),
                "led": len(led),
                "late": found.get(party.pk, 0),
                "late_together": found.get(None, 0),
                "to_move": sum(row["move_side"] == party.pk and row["move"] == "party" for row in self.rows),
                "gaps": len(self.rows) - len(led),
            }
            for place, party in enumerate(self.parties)
            for led in [[row for row in self.rows if row["leads"][place]["lead"]]]
        ]

    @cached_property
    def late(self) -> list[dict]:
        """The red ones, the longest overdue first."""
        return [row for row in self.rows if row["light"] == Light.RED]

    @property
    def late_shown(self) -> list[dict]:
        return self.late[:LATE_SHOWN]

    @property
    def at_risk(self) -> int:
        return sum(row["light"] == Light.AMBER for row in self.rows)


def issues_wanting(agreement, membership, today) -> dict:
    """Open issues this person is asked to settle, the highest level first.

    Leaders: what came up to the leading group or higher. Secretaries: everything joint. Staff: what is asked of their
    organization. Nothing of a level the reader may not see.
    """
    issues = Issue.objects.open().filter(agreement=agreement).visible_to(membership)
    if membership.role == Role.LEADER:
        issues = issues.filter(level__gte=Issue.Level.LEADING_GROUP)
    elif membership.role == Role.SECRETARY:
        issues = issues.filter(level__gte=Issue.Level.DEPARTMENTS)
    else:
        issues = issues.filter(asked_of__in=Organization.objects.acting_for(membership.organization_id))
    rows = list(
        issues.order_by("-level", "level_since", "pk").values(
            "pk", "title", "ask", "level", "level_since", "task__number",
            raised_by_name=localized("organization__short_name"),
            asked_of_name=localized("asked_of__short_name"),
        )
    )  # fmt: skip
    for row in rows:
        row["level_word"] = Issue.Level(row["level"]).label
        row["days"] = (today - row["level_since"]).days
    return {"issues": rows[:WANTED_SHOWN], "count": len(rows)}


def reports_waiting(agreement, membership) -> int:
    """How many reports wait for this person's decision: a secretary's own side's; none for everybody else."""
    if membership.role != Role.SECRETARY:
        return 0
    waiting = Report.objects.filter(task__agreement=agreement, state=Report.State.SUBMITTED)
    return waiting.filter(organization__party=membership.party_id).count()


def tasks_by_clause(agreement, today) -> dict[int, list[dict]]:
    """For each clause (by its key) the tasks made of it, with their lights, in the order of the text; three queries."""
    terms = Terms.of(agreement, today, calendar())
    rows = {row["id"]: row for row in tasks_in_words(Task.objects.filter(agreement=agreement), terms)}
    found = defaultdict(list)
    links = Task.clauses.through.objects.filter(task__agreement=agreement).order_by("task__position", "task_id")
    for task, clause in links.values_list("task_id", "clause_id"):
        found[clause].append(rows[task])
    return found


def tasks_of_organization(unit, today, page):
    """A page of the tasks this organization leads, supports or answers for in part, most urgent first, with its role.

    What is asked of a group it belongs to ("all towns") is asked of it.
    """
    agreement = unit.party.agreement
    acting = Organization.objects.acting_for(unit.pk)
    roles = TaskOwner.objects.filter(task=OuterRef("pk"), organization__in=acting).order_by("role")
    tasks = Task.objects.filter(agreement=agreement, pk__in=Task.objects.owned_by(acting).values("pk"))
    terms = Terms.of(agreement, today, calendar())
    rows = tasks.with_health(terms).most_urgent_first().values(*FACTS)
    named = _renamed({"title": localized("title"), "domain": F("domain__number")})
    found = Paginator(rows.annotate(**named, role=Subquery(roles.values("role")[:1])), TASKS_ON_PAGE).get_page(page)
    found.object_list = explained(found.object_list, terms)
    return found
