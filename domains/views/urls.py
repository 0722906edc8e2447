"""Addresses of floor 1, below /<agreement>/."""

urlpatterns: list = []
