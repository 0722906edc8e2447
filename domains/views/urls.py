"""Addresses of floor 1, below /<agreement>/."""

from django.urls import path

from domains.views import board, task

urlpatterns = [
    # the work
    path("domains/<int:number>/", board.board, name="domain-board"),
    path("tasks/<str:number>/", task.task, name="task"),
    path("tasks/<str:number>/start/", task.start, name="task-start"),
    path("tasks/<str:number>/edit/", task.task, name="task-edit"),
    path("tasks/<str:number>/owners/", task.task, name="task-owners"),
    path("tasks/<str:number>/progress/", task.task, name="progress-new"),
    path("tasks/<str:number>/milestones/new/", task.task, name="milestone-new"),
    path("milestones/<int:number>/", task.task, name="milestone"),
    path("milestones/<int:number>/edit/", task.task, name="milestone-edit"),
    # what stands in the way
    path("issues/", board.board, {"number": 0}, name="issue-list"),
    path("issues/<int:number>/", board.board, name="issue"),
    path("issues/<int:number>/escalate/", board.board, name="issue-escalate"),
    path("issues/<int:number>/send-down/", board.board, name="issue-send-down"),
    path("issues/<int:number>/close/", board.board, name="issue-close"),
    path("tasks/<str:number>/issues/new/", task.task, name="issue-new"),
]
