"""Every address, grouped by resource. Words before the agreement's slug are reserved (agreement/models/agreement.py)."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("agreement.views.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("me/", include("domains.views.me_urls")),
    path("<slug:agreement>/", include("domains.views.urls")),
    path("<slug:agreement>/", include("meetings.views.urls")),
    path("<slug:agreement>/", include("agreement.views.agreement_urls")),
]
