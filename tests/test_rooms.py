"""House rules, held by reading the code: who imports whom, who compares access, clean templates."""

import ast
import json
import re
from pathlib import Path

import pytest

from councils.models import Office

ROOT = Path(__file__).parent.parent
ROOMS = ("noc_transition", "assessments", "councils", "frameworks", "elections", "govuk")

# Each room, and the rooms it may know.
MAY_IMPORT = {
    "noc_transition": {"assessments", "councils", "frameworks", "elections", "govuk"},
    "assessments": {"councils", "frameworks", "elections", "govuk"},
    "councils": {"govuk"},
    "frameworks": {"govuk"},
    "elections": set(),
    "govuk": set(),
}


def code_of(room):
    return sorted((ROOT / room).rglob("*.py"))


def imported_by(source, package):
    """Every module that a file imports, at its top or inside a function, by its full name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = package.split(".")[: len(package.split(".")) - node.level + 1]
                assert base, f"{package} imports from above its room"
                yield ".".join([*base, *filter(None, [node.module])])
            else:
                yield node.module
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            assert name not in {"import_module", "__import__"}, f"{package} hides an import"


def rooms_known_by(room):
    for path in code_of(room):
        package = ".".join(path.relative_to(ROOT).parent.parts)
        for module in imported_by(path.read_text(), package):
            first = module.split(".")[0]
            if first in ROOMS and first != room:
                yield first, path.relative_to(ROOT)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room):
    assert len(code_of(room)) > 3
    wrong = [
        (other, str(path)) for other, path in rooms_known_by(room) if other not in MAY_IMPORT[room]
    ]
    assert wrong == []


def test_imports_inside_functions_and_relative_ones_are_seen():
    source = "def f():\n    from ..other import x\n    import councils.models\nfrom . import y\n"
    assert list(imported_by(source, "assessments.views")) == [
        "assessments.views",
        "assessments.other",
        "councils.models",
    ]
    assert "frameworks" in {room for room, _ in rooms_known_by("assessments")}


def test_every_room_is_known_here():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages == set(ROOMS)


# --- Access ---------------------------------------------------------------------------------------

MAY_NAME_ACCESS = re.compile(
    r"councils/(models|actions)/\w+\.py|councils/permissions\.py|.*/management/commands/.*|assessments/demo/seed\.py"
    r"|.*/migrations/.*"
)
NAMES_ACCESS = re.compile(
    r"\bAccess\.|\.access\s*(==|!=|in\b|not in\b)|[\"'](owner|editor|reviewer)[\"']\s*(==|!=)"
    r"|(==|!=)\s*[\"'](owner|editor|reviewer)[\"']|\baccess="
)


def test_only_the_permissions_compare_access():
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for room in ROOMS
        for path in code_of(room)
        if not MAY_NAME_ACCESS.fullmatch(str(path.relative_to(ROOT)))
        for line in path.read_text().splitlines()
        if NAMES_ACCESS.search(line) and "memberships__access" not in line
    ]
    assert found == []


def test_templates_never_see_access_or_roles():
    for path in TEMPLATES:
        names = re.findall(r"\w*\.access\b|is_staff|is_superuser|perms\.", path.read_text())
        assert names == [], path


def test_the_officer_roles_are_those_of_the_guidance():
    fixture = json.loads((ROOT / "fixtures/officer_roles.json").read_text())
    roles = [entry["fields"] for entry in fixture]
    assert {role["code"] for role in roles} == set(Office.values)
    assert {role["code"]: role["name"].lower() for role in roles} == {
        office.value: office.label.lower() for office in Office
    }


# --- Templates ------------------------------------------------------------------------------------

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Printed, never served: WeasyPrint reads them from memory, and no script runs there.
ON_PAPER = ROOT / "templates/assessments/exports/print"


def tags(html):
    return re.findall(r"<[a-zA-Z][^<>]*(?:<[^<>]*>[^<>]*)*>", html)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_holds_nothing_that_the_content_policy_refuses(path):
    html = path.read_text()
    without_comments = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", "", html, flags=re.DOTALL)
    # The one drawing that a library makes: the QR code of a secret of our own, an SVG of squares.
    without_comments = without_comments.replace("{{ totp_svg|safe }}", "")
    assert not re.search(r"<style\b", without_comments)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", without_comments)
    if ON_PAPER not in path.parents:
        assert not re.search(r"\sstyle\s*=", without_comments)
    assert not re.search(r"\son[a-z]+\s*=", without_comments)
    assert not re.search(r"javascript:", without_comments, re.IGNORECASE)
    assert not re.search(r"(?:src|href|action)\s*=\s*[\"']\s*(?:https?:)?//", without_comments)
    assert not re.search(r"\|\s*safe\b|autoescape\s+off|mark_safe", without_comments)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_htmx_attributes_are_data_attributes_and_none_is_code(path):
    html = path.read_text()
    assert not re.search(r"(?<!data-)\bhx-[a-z]", html)
    assert "hx-on" not in html
    assert "hx-vals" not in html or "js:" not in html
    # Nothing is inherited: what a control does stands on the control.
    for attribute in ("boost", "inherit", "disinherit", "include", "vars"):
        assert f"hx-{attribute}" not in html


def test_every_control_of_htmx_is_a_form_or_a_link_first():
    for path in TEMPLATES:
        html = path.read_text()
        for tag in tags(html):
            if "data-hx-post" in tag:
                assert tag.startswith("<form"), (path, tag)
                assert 'method="post"' in tag, (path, tag)
                assert "action=" in tag, (path, tag)
            if re.search(r"data-hx-get", tag) and not tag.startswith(("<form", "<input")):
                assert tag.startswith("<a"), (path, tag)
                assert "href=" in tag, (path, tag)


def test_every_form_that_changes_something_carries_the_token():
    for path in TEMPLATES:
        for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL):
            if 'method="post"' in form:
                assert "csrf_token" in form or "crispy" in form, path


# Numbers alone, which have nothing to escape.
MAY_MARK_SAFE = {"assessments/addresses.py", "assessments/plans/rows.py"}


def test_nothing_else_is_marked_safe_and_no_sql_is_written_by_hand():
    found = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in code_of(room)
        if re.search(r"\bmark_safe\b|\bSafeString\b|\.raw\(|\.extra\(|RawSQL", path.read_text())
    }
    assert found == MAY_MARK_SAFE
