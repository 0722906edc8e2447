"""Who may do what to a task (DESIGN section 5). Seeing is the querysets' `visible_to`; these are for acting."""

from agreement.models import Organization
from agreement.permissions import acting_organizations, is_secretary, is_staff
from domains.models import Issue, TaskOwner


def owned_parts(membership, task) -> set[int]:
    """The ids of the organizations in `task` this person may act for; empty: they may only read it."""
    mine = acting_organizations(membership)
    owners = {owner.organization_id for owner in task.owners.all()}
    owners |= {milestone.organization_id for milestone in task.milestones.all() if milestone.organization_id}
    return mine & owners


def may_update(membership, task) -> bool:
    """Whether this person may start the task, count for it or raise an issue: its owners' staff, their own secretary."""
    return task.is_open and bool(owned_parts(membership, task))


def part_in(membership, task) -> int | None:
    """The id of the organization this person acts as in `task`: staff their own, a secretary their side's lead."""
    if is_staff(membership):
        return membership.organization_id
    parts = owned_parts(membership, task)
    named = sorted(task.owners.all(), key=lambda owner: (owner.role != TaskOwner.OwnerRole.LEAD, owner.position))
    return next((owner.organization_id for owner in named if owner.organization_id in parts), min(parts, default=None))


def movable_milestones(membership, task) -> set[int]:
    """The ids of the milestones this person may move: who carries one, its side's lead, any owner of a joint one.

    A fixed number of queries, however many milestones there are.
    """
    acting = acting_organizations(membership)
    owners, milestones = list(task.owners.all()), list(task.milestones.all())
    named = {owner.organization_id for owner in owners} | {each.organization_id for each in milestones}
    if not (task.is_open and acting & named):
        return set()
    sides = dict(Organization.objects.filter(pk__in=named - {None}).values_list("pk", "party_id"))
    whole_side = is_secretary(membership) or any(
        owner.role == TaskOwner.OwnerRole.LEAD and owner.organization_id == membership.organization_id
        for owner in owners
    )
    return {
        each.pk
        for each in milestones
        if each.organization_id is None
        or each.organization_id in acting
        or (whole_side and sides[each.organization_id] == membership.party_id)
    }


def may_move(membership, milestone) -> bool:
    """Whether this person may move this milestone; for many of a task at once see `movable_milestones`."""
    return milestone.pk in movable_milestones(membership, milestone.task)


def may_report_for(membership, organization_id) -> bool:
    """Whether this person may write this organization's report: its staff, or its side's secretary on its behalf."""
    return organization_id in acting_organizations(membership)


def may_decide_report(membership, report) -> bool:
    """Whether this person may accept or return the report: the secretary of its own side."""
    return is_secretary(membership) and report.organization.party_id == membership.party_id


def may_handle_issue(membership, issue) -> bool:
    """Whether this person may move or close the issue: who raised it (unit or its secretary); a secretary once it is joint."""
    if is_staff(membership):
        return issue.organization_id == membership.organization_id
    return is_secretary(membership) and (issue.peak_level >= 1 or issue.organization.party_id == membership.party_id)


def may_escalate(membership, issue) -> bool:
    """Whether this person may put the issue one level up: units to their departments' meeting, from there on secretaries."""
    return (
        issue.is_open
        and issue.level < Issue.Level.LEADERS
        and may_handle_issue(membership, issue)
        and (is_secretary(membership) or issue.level == Issue.Level.LEADS)
    )


def may_send_down(membership, issue) -> bool:
    """Whether this person may give the issue back to the level below: a secretary, once it is above the two leads."""
    return (
        issue.is_open
        and issue.level > Issue.Level.LEADS
        and is_secretary(membership)
        and may_handle_issue(membership, issue)
    )


def outcomes_open_to(membership, issue) -> list[str]:
    """How this person may end the issue: who raised it drops it or calls it resolved; secretaries end what is joint."""
    if not (issue.is_open and may_handle_issue(membership, issue)):
        return []
    outcomes = []
    if issue.organization.party_id == membership.party_id:
        outcomes += [Issue.Outcome.RESOLVED, Issue.Outcome.DROPPED]
    if is_secretary(membership) and issue.peak_level >= Issue.Level.DEPARTMENTS:
        outcomes += [Issue.Outcome.DECIDED, Issue.Outcome.MUNICIPAL]
    return [str(outcome) for outcome in outcomes]


def may_edit_tasks(membership) -> bool:
    """Tasks, owners and milestones are the secretaries' to edit; each change is told to the other office."""
    return is_secretary(membership)


def acts_on_behalf(membership) -> bool:
    """A secretary's entry for a unit is marked so (代填)."""
    return is_secretary(membership)
