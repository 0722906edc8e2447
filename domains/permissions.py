"""Who may do what to a task (DESIGN section 5). Seeing is the querysets' `visible_to`; these are for acting."""

from agreement.permissions import acting_organizations, is_secretary, is_staff
from domains.models import TaskOwner


def owned_parts(membership, task) -> set[int]:
    """The ids of the organizations in `task` this person may act for; empty: they may only read it."""
    mine = acting_organizations(membership)
    owners = {owner.organization_id for owner in task.owners.all()}
    owners |= {milestone.organization_id for milestone in task.milestones.all() if milestone.organization_id}
    return mine & owners


def may_update(membership, task) -> bool:
    """Whether this person may start the task, count for it or raise an issue: its owners' staff, their own secretary."""
    return task.is_open and bool(owned_parts(membership, task))


def may_move(membership, milestone) -> bool:
    """Whether this person may move the milestone: who carries it, its side's lead, or any owner of a joint one."""
    task = milestone.task
    if not may_update(membership, task):
        return False
    if milestone.organization_id is None or is_secretary(membership):
        return milestone.organization_id is None or milestone.organization.party_id == membership.party_id
    if milestone.organization_id in acting_organizations(membership):
        return True
    leads = task.owners.filter(role=TaskOwner.OwnerRole.LEAD, organization=membership.organization_id)
    return milestone.organization.party_id == membership.party_id and leads.exists()


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


def may_edit_tasks(membership) -> bool:
    """Tasks, owners and milestones are the secretaries' to edit; each change is told to the other office."""
    return is_secretary(membership)


def acts_on_behalf(membership) -> bool:
    """A secretary's entry for a unit is marked so (代填)."""
    return is_secretary(membership)
