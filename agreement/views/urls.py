"""Addresses outside any one agreement: sign-in, a person's own pages, health."""

urlpatterns: list = []
