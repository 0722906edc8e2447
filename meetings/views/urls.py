"""Addresses of floor 2, below /<agreement>/."""

from django.urls import path

from meetings.views import agenda, calendar, consent, decision, mechanism, meeting

urlpatterns = [
    # Joint mechanisms
    path("meetings/", calendar.meeting_list, name="meeting-list"),
    path("mechanisms/<int:pk>/", mechanism.mechanism, name="mechanism"),
    path("mechanisms/<int:pk>/edit/", mechanism.mechanism_edit, name="mechanism-edit"),
    path("mechanisms/<int:pk>/meetings/new/", mechanism.meeting_new, name="meeting-new"),
    # A meeting
    path("meetings/<int:pk>/", meeting.meeting, name="meeting"),
    path("meetings/<int:pk>/edit/", meeting.meeting_edit, name="meeting-edit"),
    path("meetings/<int:pk>/cancel/", meeting.meeting_cancel, name="meeting-cancel"),
    path("meetings/<int:pk>/hold/", meeting.meeting_hold, name="meeting-hold"),
    path("meetings/<int:pk>/consent/<str:stage>/", consent.consent, name="consent"),
    # Its agenda
    path("meetings/<int:pk>/agenda/", agenda.agenda, name="agenda"),
    path("meetings/<int:pk>/agenda/generate/", agenda.generate, name="agenda-generate"),
    path("meetings/<int:pk>/agenda/new/", agenda.item_new, name="agenda-item-new"),
    path("meetings/<int:pk>/agenda/<int:item>/", agenda.item_edit, name="agenda-item"),
    path("meetings/<int:pk>/agenda/<int:item>/move/", agenda.item_move, name="agenda-item-move"),
    path("meetings/<int:pk>/agenda/<int:item>/remove/", agenda.item_remove, name="agenda-item-remove"),
    path("meetings/<int:pk>/agenda/<int:item>/restore/", agenda.item_restore, name="agenda-item-restore"),
    # Its decisions
    path("meetings/<int:pk>/decisions/new/", decision.decision_new, name="decision-new"),
    path("meetings/<int:pk>/decisions/<int:decision>/", decision.decision, name="decision"),
    path("meetings/<int:pk>/decisions/<int:decision>/drop/", decision.decision_drop, name="decision-drop"),
    path("meetings/<int:pk>/decisions/<int:decision>/conclude/", decision.decision_conclude, name="decision-conclude"),
]
