"""The house: imports and foreign keys point downward, meetings -> domains -> agreement, and inside an app to the nouns."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parent.parent
FLOORS = {"agreement": 0, "domains": 1, "meetings": 2}
# Inside an app, from the outside in. A module named here may import those of its own or a higher number.
OUTER = {
    "views": 0,
    "urls": 0,
    "jobs": 0,
    "admin": 0,
    "management": 0,
    "templatetags": 0,
    "context": 0,
    "middleware": 0,
}
ROOF = {
    "agreement/celery.py",
    "agreement/__init__.py",
    "agreement/settings.py",
    "agreement/urls.py",
    "agreement/wsgi.py",
}


def modules():
    for app in FLOORS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT)


def imported(source: str):
    """The dotted names a module's source imports, wherever in it they stand."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def upward(app: str, names) -> list[str]:
    """Those of `names` that lie on a floor above `app`."""
    return [name for name in names if FLOORS.get(name.split(".")[0], -1) > FLOORS[app]]


@pytest.mark.parametrize("path", list(modules()), ids=str)
def test_it_imports_nothing_from_a_floor_above(path):
    assert upward(path.parts[0], imported((ROOT / path).read_text())) == []


@pytest.mark.parametrize("path", list(modules()), ids=str)
def test_inside_an_app_nothing_imports_views_and_models_import_no_outer_part(path):
    if str(path) in ROOF:
        return
    own = path.parts[1].removesuffix(".py")
    for name in imported((ROOT / path).read_text()):
        parts = name.split(".")
        if parts[0] in FLOORS and len(parts) > 1 and parts[1] in OUTER and own not in OUTER:
            pytest.fail(f"{path} imports {name}")


def test_an_upward_import_would_be_seen():
    assert upward("agreement", imported("def f():\n    from meetings.models import Meeting")) != []


def test_foreign_keys_point_downward():
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if model._meta.app_label in FLOORS
        if FLOORS.get(field.related_model._meta.app_label, -1) > FLOORS[model._meta.app_label]
    ]
    assert wrong == []


def test_no_import_hides_in_a_function():
    hidden = [
        f"{path}:{node.lineno}"
        for path in modules()
        for outer in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(outer)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert hidden == []


def test_every_file_stays_small():
    long = {str(path): n for path in modules() if (n := len((ROOT / path).read_text().splitlines())) > 300}
    assert long == {}
