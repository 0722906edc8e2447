"""Static files are collected when one has changed, and only then: compressing them is slow."""

import os
import shutil

import pytest
from django.contrib.staticfiles.finders import FileSystemFinder

from tools import prepare


@pytest.fixture
def static(tmp_path, settings, monkeypatch):
    """A folder with one static file, and what was asked of collectstatic since the last look."""
    source, settings.STATIC_ROOT = tmp_path / "source", tmp_path / "collected"
    settings.STATICFILES_DIRS = [source]
    source.mkdir()
    (source / "app.css").write_text("a {}")
    asked = []

    def collect(command, **options):
        assert (command, options["clear"]) == ("collectstatic", True)
        asked.append(command)
        shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
        settings.STATIC_ROOT.mkdir()

    monkeypatch.setattr(prepare, "get_finders", lambda: [FileSystemFinder()])
    monkeypatch.setattr(prepare, "step", collect)

    def collected():
        asked.clear()
        prepare.collect_static_files()
        return bool(asked)

    return source, collected


def test_it_collects_once(static):
    _, collected = static
    assert collected()
    assert not collected()


def test_it_collects_again_when_a_file_has_changed(static):
    source, collected = static
    collected()
    (source / "app.css").write_text("b {}")
    os.utime(source / "app.css", ns=(1, 1))
    assert collected()


def test_it_collects_again_when_a_file_came_or_went(static):
    source, collected = static
    collected()
    (source / "new.css").write_text("")
    assert collected()
    (source / "new.css").unlink()
    assert collected()


def test_it_collects_again_when_what_was_collected_is_gone(static, settings):
    _, collected = static
    collected()
    shutil.rmtree(settings.STATIC_ROOT)
    assert collected()
