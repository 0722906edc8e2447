"""Addresses of floor 1, below /<agreement>/."""

from django.urls import path

from domains.views import board, issue, ledger, milestone, office, progress, reporting, task, task_edit

urlpatterns = [
    # the work
    path("domains/<int:number>/", board.board, name="domain-board"),
    path("tasks/<str:number>/", task.task, name="task"),
    path("tasks/<str:number>/start/", task.start, name="task-start"),
    path("tasks/<str:number>/edit/", task_edit.task_edit, name="task-edit"),
    path("tasks/<str:number>/owners/", task_edit.task_owners, name="task-owners"),
    path("tasks/<str:number>/progress/", progress.progress_new, name="progress-new"),
    path("tasks/<str:number>/milestones/new/", milestone.milestone_new, name="milestone-new"),
    path("milestones/<int:id>/", milestone.milestone, name="milestone"),
    path("milestones/<int:id>/edit/", milestone.milestone_edit, name="milestone-edit"),
    # what stands in the way
    path("issues/", issue.issue_list, name="issue-list"),
    path("issues/<int:id>/", issue.issue, name="issue"),
    path("issues/<int:id>/escalate/", issue.issue_escalate, name="issue-escalate"),
    path("issues/<int:id>/send-down/", issue.issue_send_down, name="issue-send-down"),
    path("issues/<int:id>/close/", issue.issue_close, name="issue-close"),
    path("tasks/<str:number>/issues/new/", issue.issue_new, name="issue-new"),
    # the table, the office, the reports
    path("ledger/", ledger.ledger, name="ledger"),
    path("office/", office.office, name="office"),
    path("reporting/", reporting.reporting_current, name="reporting-current"),
    path("reporting/<str:period>/", reporting.reporting, name="reporting"),
    path("tasks/<str:number>/reports/<str:period>/<int:organization>/", reporting.report, name="report"),
    path("reports/<int:id>/decide/", reporting.report_decide, name="report-decide"),
]
