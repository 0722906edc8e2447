"""The nouns of floor 1."""

from domains.models.domain import Domain
from domains.models.issue import Issue
from domains.models.milestone import Milestone
from domains.models.owner import TaskOwner
from domains.models.progress import ProgressRecord
from domains.models.report import Report
from domains.models.task import Task

__all__ = ["Domain", "Issue", "Milestone", "ProgressRecord", "Report", "Task", "TaskOwner"]
