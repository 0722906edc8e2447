"""Addresses of an agreement that belong to no upper floor: dashboard, text, organizations."""

urlpatterns: list = []
