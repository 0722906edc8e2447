"""The administration's pages, found here by Django."""

from agreement.admin import house, people

__all__ = ["house", "people"]
