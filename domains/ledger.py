"""The ledger's rows: one task each, with everything an office's table says of it, in a constant number of queries."""

from collections import defaultdict

from django.db.models import Exists, F, OuterRef, Q, Subquery

from agreement.models import Membership, Organization
from agreement.models.bilingual import localized
from domains.health import Terms, explained
from domains.models import Issue, Milestone, Report, Task, TaskOwner
from domains.progress import progress_share, progress_words

# Words a header's link may carry; with a minus in front the other way round.
SORTS = {
    "number": ("domain__number", "position"),
    "title": ("shown_title",),
    "due": ("due_on",),
    "next": ("next_due_on",),
    "light": ("urgency", "next_on"),
}


def asked_tasks(agreement, wishes: dict, order: str, terms: Terms, organizations):
    """The tasks of `agreement` that answer `wishes` (LedgerForm), with health, in `order`."""
    milestones = Milestone.objects.open().filter(task=OuterRef("pk")).order_by(F("due_on").asc(nulls_last=True), "id")
    tasks = (
        Task.objects.filter(agreement=agreement)
        .with_health(terms)
        .most_urgent_first()
        .annotate(
            shown_title=localized("title"),
            shown_goal=localized("goal"),
            domain_number=F("domain__number"),
            domain_name=localized("domain__name"),
            next_due_on=Subquery(milestones.values("due_on")[:1]),
            next_due_text=Subquery(milestones.values("due_text")[:1]),
            next_title=Subquery(milestones.values(words=localized("title"))[:1]),
        )
    )
    return _ordered(_narrowed(tasks, wishes, organizations), order)


def _narrowed(tasks, wishes, organizations):
    owners = TaskOwner.objects.filter(task=OuterRef("pk"))
    if number := wishes.get("domain"):
        tasks = tasks.filter(domain__number=number)
    if side := wishes.get("side"):
        tasks = tasks.filter(Exists(owners.leads().filter(party__slug=side)))
    if organization := wishes.get("organization"):
        acting = Organization.objects.acting_for(organization).values("pk")
        tasks = tasks.filter(
            Exists(owners.filter(organization__in=acting))
            | Exists(Milestone.objects.filter(task=OuterRef("pk"), organization__in=acting))
        )
    if light := wishes.get("light"):
        tasks = tasks.of_light(light)
    if kind := wishes.get("kind"):
        tasks = tasks.filter(kind=kind)
    if wishes.get("confirm"):
        tasks = tasks.filter(Q(to_confirm=True) | Exists(owners.filter(to_confirm=True)))
    if words := wishes.get("q"):
        named = [each.pk for each in organizations if _goes_by(each, words)]
        text = Q()
        for field in ("number", "title", "title_en", "goal", "goal_en"):
            text |= Q(**{f"{field}__icontains": words})
        tasks = tasks.filter(text | Exists(owners.filter(organization__in=named)))
    return tasks


def _goes_by(organization, words) -> bool:
    names = [
        organization.name,
        organization.short_name,
        organization.name_en,
        organization.short_name_en,
        *organization.aliases,
    ]
    return any(words.casefold() in str(name).casefold() for name in names)


def _ordered(tasks, order):
    fields = SORTS[order.removeprefix("-")]
    turned = order.startswith("-")
    sorts = [F(name).desc(nulls_last=True) if turned else F(name).asc(nulls_last=True) for name in fields]
    return tasks.order_by(*sorts, "domain__number", "position", "pk")


def ledger_rows(tasks: list[dict], terms: Terms, parties, membership, *, contacts=False) -> list[dict]:
    """The rows of `asked_tasks().with_progress().values()` with words, owners, reports and issues for the reader.

    What `membership` may not see is not fetched. `contacts`: with the liaison officers of the leads.
    """
    ids = [task["id"] for task in tasks]
    clauses, owners = _clauses(ids), _owners(ids)
    reports, issues = _reports(ids, membership), _issues(ids, membership)
    people = _contacts([lead["organization"] for each in owners.values() for lead in each["leads"]]) if contacts else {}
    rows = []
    for task in explained(tasks, terms):
        leads = {lead["party"]: lead for lead in owners[task["id"]]["leads"]}
        rows.append(
            {
                **task,
                "clauses": clauses[task["id"]],
                "leads": [leads.get(party.pk) for party in parties],
                "supports": owners[task["id"]]["supports"],
                "progress": progress_words(task),
                "share": progress_share(task),
                "reports": reports[task["id"]],
                "issues": issues[task["id"]],
                "contacts": [person for lead in leads.values() for person in people.get(lead["organization"], [])[:1]],
            }
        )
    return rows


def _clauses(ids):
    found = defaultdict(list)
    links = Task.clauses.through.objects.filter(task__in=ids).order_by("clause__position")
    for task, number in links.values_list("task", "clause__number"):
        found[task].append(number)
    return found


def _owners(ids):
    found: dict = defaultdict(lambda: {"leads": [], "supports": []})
    owners = TaskOwner.objects.filter(task__in=ids).order_by("party__position", "position", "pk")
    for owner in owners.values(
        "task", "role", "organization", "party", "to_confirm", name=localized("organization__short_name")
    ):
        found[owner["task"]]["leads" if owner["role"] == TaskOwner.OwnerRole.LEAD else "supports"].append(owner)
    return found


def _reports(ids, membership):
    """The newest report of each organization that was sent; the reader's own side's also while its office has it."""
    sent = Report.objects.visible_to(membership).filter(state__in=(Report.State.ACCEPTED, Report.State.SUBMITTED))
    newest = sent.filter(task=OuterRef("task"), organization=OuterRef("organization")).newest_first().values("pk")[:1]
    found = defaultdict(list)
    reports = sent.filter(task__in=ids, pk=Subquery(newest)).order_by("organization__party__position", "pk")
    for report in reports.values(
        "task", "period", "state", "work_done", "difficulties", "next_steps",
        side=localized("organization__party__short_name"),
    ):  # fmt: skip
        found[report["task"]].append(report)
    return found


def _issues(ids, membership):
    found = defaultdict(list)
    issues = Issue.objects.open().visible_to(membership).filter(task__in=ids).order_by("-level", "raised_on", "pk")
    for issue in issues.values("pk", "task", "title", "ask", "level"):
        found[issue["task"]].append(issue | {"level": Issue.Level(issue["level"]).label})
    return found


def _contacts(organizations):
    found = defaultdict(list)
    posts = Membership.objects.current().filter(organization__in=organizations).in_contact_order()
    for post in posts.values("organization", name=F("user__name"), phone=F("user__phone")):
        found[post["organization"]].append(post)
    return found
