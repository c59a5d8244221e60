"""House rules, checked by reading the code: imports, access, templates."""

import ast
import builtins
import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import CharField, DateField, F, UniqueConstraint

from assessments.restricted import RestrictedEvent
from councils.models import Office

ROOT = Path(__file__).parent.parent
ROOMS = ("noc_transition", "operate", "assessments", "councils", "frameworks", "elections", "govuk")

# Each room, and the rooms it may know.
MAY_IMPORT = {
    "noc_transition": {"operate", "assessments", "councils", "frameworks", "elections", "govuk"},
    "operate": {"assessments", "councils", "frameworks", "elections", "govuk"},
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


# --- Subjects of assessments ----------------------------------------------------------------------

# Each subject may import those before it. `access` is who may do what; the names before it know no
# user, and those from `pages` on bring several subjects together.
SUBJECTS = (
    *(
        "words",
        "demo_story",
        "fields",
        "versions",
        "addresses",
        "converters",
        "restricted",
        "printing",
        "ical",
    ),
    "plans",
    "access",
    "notices",
    *(
        "seats",
        "navigation",
        "appointments",
        "election_night",
        "advisers",
        "advice",
        "restricted_notes",
        "links",
        "register",
        "parity",
        "ways_of_working",
        "history",
        "development",
        "comments",
    ),
    *("presence", "rounds", "comparisons", "next_cycle", "timetable", "vacancies"),
    *(
        "annual_council",
        "budget",
        "packs",
        "exports",
        "action_log",
        "reviews",
        "editions",
        "portfolio",
    ),
    *("data_protection", "for_you", "digests", "pages", "demo"),
)
# They import every subject, and no subject imports them.
ON_TOP = {"models", "urls", "apps", "management", "migrations", "tasks", "templatetags"}


def test_the_document_has_the_subjects_in_this_order():
    document = (ROOT / "docs" / "architecture.md").read_text()
    picture = document.partition("one folder a subject")[2].partition("├──")[0]
    shown = re.findall(r"[a-z_]+", re.sub(r"\(.*?\)", "", picture))
    assert shown == list(reversed(SUBJECTS))


def subject_of(path):
    parts = path.relative_to(ROOT / "assessments").with_suffix("").parts
    return parts[0]


def subjects_imported_by(path):
    """Yield (subject, module) for every import of another subject in a file of `assessments`."""
    package = ".".join(path.relative_to(ROOT).parent.parts)
    tree = ast.parse(path.read_text())
    names = [
        f"{module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for module in imported_by(ast.unparse(node), package)
        for alias in node.names
    ]
    names += [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    for name in names:
        first, _, rest = name.partition(".")
        subject = rest.partition(".")[0]
        if first == "assessments" and subject and subject != subject_of(path):
            yield subject, name


def code_of_assessments():
    return [
        path for path in code_of("assessments") if path.parent != ROOT / "assessments/migrations"
    ]


def test_every_subject_is_in_the_order():
    found = {subject_of(path) for path in code_of_assessments()} - {"__init__"}
    assert found - ON_TOP == set(SUBJECTS)


def test_subjects_import_only_those_before_them():
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in code_of_assessments()
        if subject_of(path) in SUBJECTS
        for subject, name in subjects_imported_by(path)
        if subject not in SUBJECTS[: SUBJECTS.index(subject_of(path))]
    ]
    assert wrong == []


def test_an_import_of_a_later_subject_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    path = tmp_path / "assessments/plans/models.py"
    path.parent.mkdir(parents=True)
    path.write_text("from assessments.rounds.models import Round\nfrom .. import reviews\n")
    assert [subject for subject, _ in subjects_imported_by(path)] == ["rounds", "reviews"]


# --- Views fetch through access -------------------------------------------------------------------

# What limits a queryset to what an access function has returned, or to the signed-in person.
SCOPES = {"on", "of", "readable_by", "visible_to", "held_by", "in_bulk"}
SCOPE_KEYWORDS = {
    *("plan", "council", "framework", "round", "review", "grant__plan", "item", "event__item"),
    *("thread", "thread__in", "following", "previous", "round__plan", "asked_by", "pk", "pk__in"),
}
# Reference data, the same for every council.
OPEN_TO_ALL = {"Framework", "Stage", "Step", "RoleArea", "CoalitionComponent", "OfficerRole"}


def view_modules():
    return [
        path
        for path in code_of_assessments()
        if path.name == "views.py" or path.parent.name == "views"
    ]


def is_scoped(chain):
    """Return whether a queryset expression is limited by a scope or by an object already fetched.

    A key alone does not limit it, unless it is that of an object: `pk=plan.pk`, not `pk=plan_id`.
    """
    for call in (node for node in ast.walk(chain) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr in SCOPES:
            return True
        for keyword in call.keywords:
            is_key = keyword.arg in {"pk", "pk__in"}
            if keyword.arg in SCOPE_KEYWORDS and not (
                is_key and isinstance(keyword.value, ast.Name)
            ):
                return True
    return False


def unscoped_queries(source):
    """Yield each queryset of a view that is neither scoped nor of reference data.

    A view may narrow what an access function returned, `PlanItem.objects.on(plan)`, but not start
    from all rows or fetch a row by a number from the address.
    """
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "objects":
            chain = node
            while isinstance(parents.get(chain), ast.Attribute) or (
                isinstance(parents.get(chain), ast.Call) and parents[chain].func is chain
            ):
                chain = parents[chain]
            if ast.unparse(node.value) not in OPEN_TO_ALL and not is_scoped(chain):
                yield ast.unparse(chain)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "get_object_or_404":
            model = ast.unparse(node.args[0]).partition(".")[0]
            if model[0].isupper() and model not in OPEN_TO_ALL and not is_scoped(node):
                yield ast.unparse(node)


def test_views_fetch_only_through_access():
    assert len(view_modules()) > 25
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in view_modules()
        for text in unscoped_queries(path.read_text())
    ]
    assert found == []


def test_a_view_that_fetches_by_itself_is_found():
    assert list(unscoped_queries("row = get_object_or_404(Plan, pk=plan_id)"))
    assert list(unscoped_queries("rows = Plan.objects.all()"))
    assert list(unscoped_queries("row = Plan.objects.get(pk=plan_id)"))
    assert not list(unscoped_queries("rows = PlanItem.objects.live().on(plan)"))
    assert not list(unscoped_queries("row = Plan.objects.get(pk=plan.pk)"))


# --- Access ---------------------------------------------------------------------------------------

MAY_NAME_ACCESS = re.compile(
    r"councils/(models|actions)/\w+\.py|councils/permissions\.py|operate/actions/councils\.py|.*/management/commands/.*|assessments/demo/seed\.py"
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
    # Nothing is inherited: each control says what it does.
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


# --- Names and docstrings -------------------------------------------------------------------------


def our_code():
    return [
        path
        for room in ROOMS
        for path in code_of(room)
        if "migrations" not in path.parts and "management" not in path.parts
    ]


def test_no_two_classes_have_the_same_name():
    """A class can then be found by its name alone, in a traceback or a search."""
    places = {}
    for path in our_code():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


# Names in backticks that are not of Python code of ours.
NOT_PYTHON = re.compile(r"[a-z-]+|.*[^\w.()].*|\d.*|.*\.(py|json|html|css|csv|scss|txt|ics|md)")


def names_defined():
    """Return every name that our code defines or uses: functions, classes, fields, arguments."""
    found = set(dir(builtins))
    for path in (path for room in ROOMS for path in code_of(room)):
        found |= {*path.parts, path.stem}
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.FunctionDef() | ast.ClassDef():
                    found.add(node.name)
                case ast.arg():
                    found.add(node.arg)
                case ast.Name():
                    found.add(node.id)
                case ast.Attribute():
                    found.add(node.attr)
                case ast.alias():
                    found |= set((node.asname or node.name).split("."))
                case ast.keyword():
                    found.add(node.arg)
                case ast.Constant() if isinstance(node.value, str) and node.value.isidentifier():
                    found.add(node.value)
    return found


def docstrings_of(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""


def test_names_in_docstrings_exist():
    known = names_defined()
    missing = sorted(
        f"{path.relative_to(ROOT)}: {name}"
        for path in our_code()
        for text in docstrings_of(path)
        for name in re.findall(r"`([^`\n]+)`", text)
        if not NOT_PYTHON.fullmatch(name)
        and not set(re.sub(r"\(.*\)", "", name).split(".")) <= known
    )
    assert missing == []


def test_no_text_has_the_marks_of_a_merge():
    paths = [
        path
        for pattern in ("*.md", "docs/**/*.md", "templates/**/*.*", "fixtures/**/*.json")
        for path in ROOT.glob(pattern)
    ]
    marks = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    assert not [path.name for path in paths if marks.search(path.read_text())]


# Where rows are locked that are deleted next, or that no row of another table refers to.
MAY_LOCK_KEYS = {
    "assessments/comparisons/actions.py",
    "assessments/data_protection/actions/confirmations.py",
    "assessments/data_protection/actions/merging.py",
    "assessments/data_protection/actions/retention.py",
    "councils/models/chain.py",
    "operate/actions/resets.py",
}


def test_a_lock_does_not_stop_others_from_saving_rows_that_refer_to_it():
    """They hold the record of the council by then, for which the lock's own action waits."""
    found = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in code_of(room)
        if re.search(r"select_for_update\((?!no_key=True)", path.read_text())
    }
    assert found == MAY_LOCK_KEYS


LOCKS = {"hold", "hold_all", "hold_for", "hold_open", "lock_for_purge"}
# It makes the plan, so there is nothing to lock yet.
NEEDS_NO_LOCK = {"create_plan"}


def called_in(function):
    """Return the names that a function calls."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {func.id for func in calls if isinstance(func, ast.Name)}


def event_of_a_restricted_text(function):
    """Return whether a function makes the event of a text that only some can read."""
    made = {
        ast.unparse(node.func).removesuffix(".objects.create")
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".objects.create")
    }
    return bool(made & {model.__name__ for model in RestrictedEvent.__subclasses__()})


def reached_from(name, calls):
    """Return what a function calls, itself or through others of its module."""
    reached, waiting = set(), [name]
    while waiting:
        for called in calls[waiting.pop()] - reached:
            reached.add(called)
            if called in calls:
                waiting.append(called)
    return reached


def test_every_action_that_leaves_an_event_in_a_plan_locks_the_plan():
    """Else a plan deleted in the same moment makes it fail, or each waits for the other."""
    without, found = set(), set()
    for path in code_of("assessments"):
        if not (path.stem == "actions" or path.parent.name == "actions"):
            continue
        tree = ast.parse(path.read_text())
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        calls = {function.name: called_in(function) for function in functions}
        restricted = {each.name for each in functions if event_of_a_restricted_text(each)}
        for name in calls:
            reached = reached_from(name, calls)
            leaves_an_event = "record" in reached or ({name, *reached} & restricted)
            if not name.startswith("_") and leaves_an_event and not reached & LOCKS:
                without.add(name)
        found |= restricted
    assert without == NEEDS_NO_LOCK
    assert len(found) >= len(RestrictedEvent.__subclasses__())


def test_nothing_is_ordered_the_other_way_round_by_a_relation():
    """`-event` reverses the order of events, which begins with the newest: by columns instead."""
    ordered = {
        field.name
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model._meta.ordering
    }
    found = []
    for room in ROOMS:
        for path in code_of(room):
            if "migrations" in path.parts:
                continue
            text = path.read_text()
            for names in re.findall(r"(?:order_by\(|ordering = \[)([^])]*)[])]", text):
                ends = [name.rpartition("__")[2] for name in re.findall(r'"-(\w+)"', names)]
                found += [(path.name, end) for end in ends if end in ordered]
    assert found == []


def _columns(each):
    """Return the columns of an ordering, or of a constraint: of a text or an expression."""
    if isinstance(each, str):
        return [each]
    parts = [each] if isinstance(each, F) else each.flatten()
    return [part.name for part in parts if isinstance(part, F)]


def _may_be_shared(model, name):
    """Return whether two rows of `model` can have the same `name` (a lookup): a text or a day."""
    *path, last = name.lstrip("-").split("__")
    for part in path:
        model = model._meta.get_field(part).related_model
    field = model._meta.pk if last == "pk" else model._meta.get_field(last)
    return not field.unique and isinstance(field, CharField | DateField)


def _is_unique_within_a_row(model, names):
    """Return whether `names` and one relation, as that to the plan, are unique together."""
    for each in model._meta.constraints:
        if isinstance(each, UniqueConstraint) and not each.condition:
            columns = {
                *each.fields,
                *(name for part in each.expressions for name in _columns(part)),
            }
            others = [model._meta.get_field(name) for name in columns - names]
            if len(others) < 2 and all(field.is_relation for field in others):
                return True
    return False


def test_no_order_ends_with_what_two_rows_can_share():
    """Two people of one name, or two rows of one day, would change places from page to page."""
    found = []
    for model in apps.get_models():
        if not model.__module__.startswith(("assessments.", "councils.")):
            continue
        names = [name for each in model._meta.ordering for name in _columns(each)]
        within = {name.lstrip("-") for name in names}
        if (
            names
            and _may_be_shared(model, names[-1])
            and not _is_unique_within_a_row(model, within)
        ):
            found.append(model.__name__)
    assert found == []


# Names that no two rows share in these queries, and queries for nothing but the name or the time.
ENDS_WITH_A_NAME_OR_TIME = {
    ("erase_person.py", "name"),
    ("expiry.py", "name"),
    ("names.py", "name"),
    ("verify_events.py", "name"),
    ("account.py", "council__name"),
    ("home.py", "council__name"),
    ("access.py", "name"),
    ("access.py", "council__name"),
    ("news.py", "person__name"),
    ("second_operator.py", "at"),
    ("metrics.py", "enqueued_at"),
    ("plans.py", "election_day"),
    ("dates.py", "day"),  # of a union, which can be ordered by its columns only
}


def test_no_order_of_one_query_ends_with_what_two_rows_can_share():
    ends = re.compile(
        r'order_by\([^()]*"-?((?:\w+__)?(?:name|day|date|at|\w+_(?:day|at|on)))",?\s*\)'
    )
    found = {
        (path.name, name)
        for room in ROOMS
        for path in code_of(room)
        if "migrations" not in path.parts
        for name in ends.findall(path.read_text())
    }
    assert found == ENDS_WITH_A_NAME_OR_TIME


def test_text_reaches_a_word_document_only_through_the_functions_that_make_it_printable():
    adds = re.compile(r"\.add_(?:run|heading|paragraph)\(")
    found = {
        str(path.relative_to(ROOT))
        for path in code_of("assessments")
        if adds.search(path.read_text())
    }
    assert found == {"assessments/printing/word.py"}
