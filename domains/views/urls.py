"""Addresses of floor 1, below /<agreement>/."""

from django.urls import path

from domains.views import board, ledger, office, reporting, task

urlpatterns = [
    # the work
    path("domains/<int:number>/", board.board, name="domain-board"),
    path("tasks/<str:number>/", task.task, name="task"),
    path("tasks/<str:number>/start/", task.start, name="task-start"),
    path("tasks/<str:number>/edit/", task.task, name="task-edit"),
    path("tasks/<str:number>/owners/", task.task, name="task-owners"),
    path("tasks/<str:number>/progress/", task.task, name="progress-new"),
    path("tasks/<str:number>/milestones/new/", task.task, name="milestone-new"),
    path("milestones/<int:id>/", task.task, name="milestone"),
    path("milestones/<int:id>/edit/", task.task, name="milestone-edit"),
    # what stands in the way
    path("issues/", board.board, {"number": 0}, name="issue-list"),
    path("issues/<int:id>/", board.board, name="issue"),
    path("issues/<int:id>/escalate/", board.board, name="issue-escalate"),
    path("issues/<int:id>/send-down/", board.board, name="issue-send-down"),
    path("issues/<int:id>/close/", board.board, name="issue-close"),
    path("tasks/<str:number>/issues/new/", task.task, name="issue-new"),
    # the table, the office, the reports
    path("ledger/", ledger.ledger, name="ledger"),
    path("office/", office.office, name="office"),
    path("reporting/", reporting.reporting_current, name="reporting-current"),
    path("reporting/<str:period>/", reporting.reporting, name="reporting"),
    path("tasks/<str:number>/reports/<str:period>/<int:organization>/", reporting.report, name="report"),
    path("reports/<int:id>/decide/", reporting.report_decide, name="report-decide"),
]
