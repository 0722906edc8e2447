"""Addresses of floor 2, below /<agreement>/."""

urlpatterns: list = []
