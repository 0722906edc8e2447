"""Addresses of an agreement that belong to no upper floor: dashboard, text, organizations."""

from django.urls import path

from agreement.views import dashboard, organization, text

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("panels/<slug:name>/", dashboard.panel, name="dashboard-panel"),
    path("text/", text.text, name="agreement-text"),
    path("organizations/<int:id>/", organization.organization, name="organization"),
]
