"""Addresses outside any one agreement: sign-in, a person's own pages, health."""

from django.urls import path

from agreement.views import accounts, health, home, notices

urlpatterns: list = [
    path("", home.home, name="home"),
    path("accounts/login/", accounts.SignIn.as_view(), name="login"),
    path("accounts/resume/", accounts.SignInAndResume.as_view(), name="resume"),
    path("accounts/logout/", accounts.SignOut.as_view(), name="logout"),
    path("accounts/password/", accounts.ChangePassword.as_view(), name="password_change"),
    path("accounts/password/changed/", accounts.PasswordChanged.as_view(), name="password_change_done"),
    # What a person has been told
    path("me/notices/", notices.notices, name="notices"),
    path("me/notices/read-all/", notices.notices_read_all, name="notices-read-all"),
    path("me/notices/<int:pk>/read/", notices.notice_read, name="notice-read"),
    path("me/outbox/", notices.outbox, name="outbox"),
    # Health, for machines
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
