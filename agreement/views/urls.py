"""Addresses outside any one agreement: sign-in, a person's own pages, health."""

from django.urls import path

from agreement.views import accounts, home

urlpatterns: list = [
    path("", home.home, name="home"),
    path("accounts/login/", accounts.SignIn.as_view(), name="login"),
    path("accounts/resume/", accounts.SignInAndResume.as_view(), name="resume"),
    path("accounts/logout/", accounts.SignOut.as_view(), name="logout"),
    path("accounts/password/", accounts.ChangePassword.as_view(), name="password_change"),
    path("accounts/password/changed/", accounts.PasswordChanged.as_view(), name="password_change_done"),
]
