"""Addresses outside any one agreement: sign-in, a person's own pages, health."""

from django.urls import path

from agreement.views import health, notices

urlpatterns = [
    # Health, for machines
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # What a person has been told
    path("me/notices/", notices.notices, name="notices"),
    path("me/notices/read-all/", notices.notices_read_all, name="notices-read-all"),
    path("me/notices/<int:pk>/read/", notices.notice_read, name="notice-read"),
    path("me/outbox/", notices.outbox, name="outbox"),
]
