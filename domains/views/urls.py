"""Addresses of floor 1, below /<agreement>/."""

from django.urls import path

from domains.views import ledger, office, reporting

urlpatterns = [
    path("ledger/", ledger.ledger, name="ledger"),
    path("office/", office.office, name="office"),
    path("reporting/", reporting.reporting_current, name="reporting-current"),
    path("reporting/<str:period>/", reporting.reporting, name="reporting"),
    path("tasks/<str:number>/reports/<str:period>/<int:organization>/", reporting.report, name="report"),
    path("reports/<int:id>/decide/", reporting.report_decide, name="report-decide"),
]
