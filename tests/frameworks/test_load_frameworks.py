"""Loading the guidance: all of it or none, safe to run again, faults named by file and entry."""

import io
import json
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from frameworks.loading import MODELS, FixtureError, load
from frameworks.models import (
    ChecklistItem,
    CoalitionComponent,
    Framework,
    OfficerRole,
    PointerPlacement,
    Step,
    StepThemeLink,
)

FIXTURES = Path(settings.FIXTURE_DIRS[0])
STAGE_2 = "noc_transition_stage2.json"
COMPONENTS = "coalition_components.json"
ENTRIES = sum(len(json.loads(path.read_bytes())) for path in FIXTURES.glob("*.json"))

WRITES = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')

pytestmark = pytest.mark.django_db


class Files:
    """A copy of the fixture files that a test can change."""

    def __init__(self, directory):
        self.directory = directory
        for path in FIXTURES.glob("*.json"):
            shutil.copy(path, directory)

    def read(self, name):
        return json.loads((self.directory / name).read_text(encoding="utf-8"))

    def write(self, name, entries):
        (self.directory / name).write_text(json.dumps(entries), encoding="utf-8")

    def change(self, name, code, **fields):
        entries = self.read(name)
        entry(entries, code)["fields"].update(fields)
        self.write(name, entries)

    def load(self):
        return load(self.directory)


def entry(entries, code):
    """Return the entry with this code, or the framework with this slug."""
    (found,) = (e for e in entries if code in (e["fields"].get("code"), e["fields"].get("slug")))
    return found


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


@pytest.fixture
def nothing_loaded(db):
    for model in reversed(MODELS):
        model.objects.all().delete()


def everything():
    """Return every row of the reference data."""
    rows = {model: list(model.objects.order_by("pk").values()) for model in MODELS}
    helpers = (Step.support_roles.through, ChecklistItem.support_roles.through)
    pairs = [sorted(m.objects.values_list()) for m in helpers]
    return rows, pairs


def assert_nothing_else(report, *expected):
    """The report has content only under the expected names."""
    assert {name for name, content in vars(report).items() if content} == set(expected)


# --- What a load does -----------------------------------------------------------------------------


@pytest.mark.usefixtures("nothing_loaded")
def test_an_empty_database_receives_every_entry(files):
    report = files.load()
    assert report.created.total() == ENTRIES
    assert sum(model.objects.count() for model in MODELS) == ENTRIES
    assert_nothing_else(report, "created")


@pytest.mark.usefixtures("nothing_loaded")
def test_the_order_of_the_files_does_not_matter(files):
    for number, path in enumerate(sorted(files.directory.glob("*.json"), reverse=True)):
        path.rename(files.directory / f"{number}.json")
    assert files.load().created.total() == ENTRIES


def test_a_second_run_changes_nothing(files):
    before = everything()
    report = files.load()
    assert everything() == before
    assert report.unchanged.total() == ENTRIES
    assert_nothing_else(report, "unchanged")


def test_a_second_run_needs_few_queries_and_writes_nothing(files):
    with CaptureQueriesContext(connection) as queries:
        files.load()
    assert len(queries) <= 30
    assert all(q["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE")) for q in queries)


def test_a_changed_entry_is_changed_and_reported(files):
    before = ChecklistItem.objects.get(code="NOC-13.1")
    files.change(STAGE_2, "NOC-13.1", text="Talk about governance early")
    report = files.load()
    after = ChecklistItem.objects.get(code="NOC-13.1")
    assert report.changed == ["checklist item NOC-13.1: text"]
    assert (after.pk, after.text) == (before.pk, "Talk about governance early")
    assert_nothing_else(report, "changed", "unchanged")


def test_changed_officers_are_changed_and_reported(files):
    files.change(
        STAGE_2, "NOC-13", lead_role=["section-151-officer"], support_roles=[["lga-adviser"]]
    )
    assert files.load().changed == ["step 13. Governance: lead_role, support_roles"]
    step = Step.objects.get(code="NOC-13")
    assert step.lead_role.code == "section-151-officer"
    assert [role.code for role in step.support_roles.all()] == ["lga-adviser"]


def test_officer_roles_can_change_places(files):
    roles = files.read("officer_roles.json")
    for role in roles:
        role["fields"]["position"] = len(roles) + 1 - role["fields"]["position"]
    files.write("officer_roles.json", roles)
    assert len(files.load().changed) == len(roles)
    assert OfficerRole.objects.first().code == "lga-adviser"


def test_a_field_that_an_entry_omits_gets_its_default(files):
    entries = files.read(STAGE_2)
    for name in ("support_roles", "prompts"):
        del entry(entries, "NOC-13.1")["fields"][name]
    files.write(STAGE_2, entries)
    assert files.load().changed == ["checklist item NOC-13.1: prompts, support_roles"]
    item = ChecklistItem.objects.get(code="NOC-13.1")
    assert item.prompts == ""
    assert not item.support_roles.exists()


def test_a_link_no_longer_in_the_files_is_removed(files):
    links = files.read("links_themes.json")
    gone = links.pop()["fields"]
    files.write("links_themes.json", links)
    number = StepThemeLink.objects.count()
    report = files.load()
    assert report.removed == [f"step theme link {gone['step'][2]} to {gone['theme'][2]}"]
    assert StepThemeLink.objects.count() == number - 1


def test_an_entry_no_longer_in_the_files_is_kept_and_reported(files):
    entries = files.read(STAGE_2)
    entries.remove(entry(entries, "NOC-13.2"))
    files.write(STAGE_2, entries)
    report = files.load()
    assert report.unknown == ["checklist item NOC-13.2"]
    assert_nothing_else(report, "unknown", "unchanged")
    assert ChecklistItem.objects.filter(code="NOC-13.2").exists()


def test_answers_do_not_change(files, plan):
    answers = list(plan.items.order_by("pk").values())
    files.change(STAGE_2, "NOC-13.1", text="Talk about governance early")
    files.write("links_components.json", [])
    with CaptureQueriesContext(connection) as queries:
        files.load()
    assert not PointerPlacement.objects.exists()
    assert list(plan.items.order_by("pk").values()) == answers
    written = {table for q in queries for table in WRITES.findall(q["sql"])}
    assert written == {
        "frameworks_checklistitem",
        "frameworks_pointerplacement",
        "frameworks_stepcomponentlink",
    }


# --- Editions -------------------------------------------------------------------------------------


def second_edition(files, name):
    """Add a small second edition of the components, in a file of its own."""
    framework = json.loads(json.dumps(entry(files.read(COMPONENTS), "coalition-components")))
    framework["fields"]["edition"] = "2"
    component = json.loads(json.dumps(entry(files.read(COMPONENTS), "COMP-01")))
    component["fields"].update(framework=["coalition-components", "2"], title="Begin well")
    files.write(name, [component, framework])
    files.change(COMPONENTS, "coalition-components", is_current=False)


@pytest.mark.parametrize("name", ["aaa_edition_2.json", "zzz_edition_2.json"])
def test_a_new_edition_is_added_and_the_old_one_kept(files, name):
    second_edition(files, name)
    report = files.load()
    assert report.created == {"framework": 1, "coalition component": 1}
    assert [label.partition(":")[2] for label in report.changed] == [" is_current"]
    assert Framework.objects.current("coalition-components").edition == "2"
    assert [c.title for c in CoalitionComponent.objects.current()] == ["Begin well"]
    assert CoalitionComponent.objects.filter(framework__edition="1").count() == 12
    assert_nothing_else(files.load(), "unchanged")


def test_a_new_edition_can_be_withdrawn(files):
    second_edition(files, "zzz_edition_2.json")
    files.load()
    files.change("zzz_edition_2.json", "coalition-components", is_current=False)
    files.change(COMPONENTS, "coalition-components", is_current=True)
    files.load()
    assert Framework.objects.current("coalition-components").edition == "1"


# --- Faults ---------------------------------------------------------------------------------------


def spoil_json(files):
    path = files.directory / STAGE_2
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")


def spoil_encoding(files):
    (files.directory / STAGE_2).write_bytes(b'["\xff"]')


def not_a_list(files):
    files.write(STAGE_2, {"model": "frameworks.step"})


def not_an_entry(files):
    files.write(STAGE_2, ["NOC-13"])


def unknown_model(files):
    entries = files.read(STAGE_2)
    entry(entries, "NOC-13")["model"] = "councils.user"
    files.write(STAGE_2, entries)


def primary_key(files):
    entries = files.read(STAGE_2)
    entry(entries, "NOC-13")["pk"] = 1
    files.write(STAGE_2, entries)


def missing_field(files):
    entries = files.read(STAGE_2)
    del entry(entries, "NOC-13.1")["fields"]["text"]
    files.write(STAGE_2, entries)


def twice(files):
    files.write("zzz.json", [entry(files.read(STAGE_2), "NOC-13.1")])


def two_current(files):
    second_edition(files, "zzz.json")
    files.change(COMPONENTS, "coalition-components", is_current=True)


def old_edition_gone(files):
    second_edition(files, "zzz.json")
    (files.directory / COMPONENTS).unlink()
    (files.directory / "links_components.json").unlink()


def changed(name, code, **fields):
    return lambda files: files.change(name, code, **fields)


def keyed(files, was, *codes):
    """Give an entry another code, or none."""
    entries = files.read(STAGE_2)
    fields = entry(entries, was)["fields"]
    del fields["code"]
    fields.update(zip(["code"], codes, strict=False))
    files.write(STAGE_2, entries)


FAULTS = {
    "broken JSON": (spoil_json, [STAGE_2, "not readable as JSON", "line"]),
    "broken text": (spoil_encoding, [STAGE_2, "not readable as JSON", "utf-8"]),
    "not a list": (not_a_list, [STAGE_2, "must hold a list"]),
    "not an entry": (not_an_entry, [f"{STAGE_2}, entry 1:", "must have a model and fields"]),
    "unknown model": (unknown_model, [STAGE_2, "entry 3 (NOC-13)", "'councils.user'"]),
    "primary key": (primary_key, [STAGE_2, "(NOC-13)", "must not name a primary key"]),
    "missing field": (missing_field, [STAGE_2, "(NOC-13.1)", "lacks text"]),
    "surplus field": (
        changed(STAGE_2, "NOC-13.1", colour="red"),
        [STAGE_2, "(NOC-13.1)", "has no place for colour"],
    ),
    "reverse field": (
        changed(STAGE_2, "NOC-13", items=[]),
        [STAGE_2, "(NOC-13)", "has no place for items"],
    ),
    "null": (changed(STAGE_2, "NOC-13.1", text=None), ["(NOC-13.1)", "text may not be null"]),
    "framework in words": (
        changed(STAGE_2, "NOC-13", framework="noc-transition"),
        ["(NOC-13)", "framework must refer by natural key"],
    ),
    "no code": (lambda files: keyed(files, "NOC-13.1"), [STAGE_2, "lacks code"]),
    "code as a list": (
        lambda files: keyed(files, "NOC-13.1", ["a"]),
        [STAGE_2, "code must be text, not ['a']"],
    ),
    "half a character": (changed(STAGE_2, "NOC-13.1", text="\ud800"), ["not readable as JSON"]),
    "no framework": (
        changed(STAGE_2, "NOC-13", framework=None),
        ["(NOC-13)", "framework may not be null"],
    ),
    "empty text": (changed(STAGE_2, "NOC-13.1", text=""), ["(NOC-13.1)", "text:", "blank"]),
    "text as a list": (
        changed(STAGE_2, "NOC-13.1", text=["a"]),
        ["(NOC-13.1)", "text must be text, not ['a']"],
    ),
    "number as text": (
        changed(STAGE_2, "NOC-13", number="13"),
        ["(NOC-13)", "number must be a whole number"],
    ),
    "number as a truth": (
        changed(STAGE_2, "NOC-13", number=True),
        ["(NOC-13)", "number must be a whole number"],
    ),
    "truth as text": (
        changed(COMPONENTS, "coalition-components", is_current="yes"),
        ["(coalition-components)", "is_current must be true or false"],
    ),
    "too long": (
        changed(STAGE_2, "NOC-13.1", text="x" * 301),
        [STAGE_2, "(NOC-13.1)", "text:", "300"],
    ),
    "not a choice": (
        changed(COMPONENTS, "coalition-components", standing="gospel"),
        ["(coalition-components)", "standing:", "gospel"],
    ),
    "bad reference": (
        changed(STAGE_2, "NOC-13.1", lead_role=["mayor"]),
        [STAGE_2, "(NOC-13.1)", "lead_role refers to mayor, which does not exist"],
    ),
    "bad reference in a set": (
        changed(STAGE_2, "NOC-13.1", support_roles=[["mayor"]]),
        ["(NOC-13.1)", "support_roles refers to mayor, which does not exist"],
    ),
    "reference of the wrong length": (
        changed(STAGE_2, "NOC-13.1", step=["noc-transition", "NOC-13"]),
        ["(NOC-13.1)", "step refers to noc-transition NOC-13, which does not exist"],
    ),
    "reference by number": (
        changed(STAGE_2, "NOC-13.1", lead_role=1),
        ["(NOC-13.1)", "lead_role must refer by natural key, not 1"],
    ),
    "reference to nonsense": (
        changed(STAGE_2, "NOC-13.1", step=[["noc-transition"]]),
        ["(NOC-13.1)", "step must refer by natural key"],
    ),
    "set by number": (
        changed(STAGE_2, "NOC-13.1", support_roles=[1]),
        ["(NOC-13.1)", "support_roles must refer by natural key"],
    ),
    "set that is no list": (
        changed(STAGE_2, "NOC-13.1", support_roles="chief-executive"),
        ["(NOC-13.1)", "support_roles must be a list"],
    ),
    "the same entry twice": (
        twice,
        ["zzz.json, entry 1 (NOC-13.1)", f"is the same entry as {STAGE_2}, entry"],
    ),
    "two steps in a cell": (
        changed(STAGE_2, "NOC-13", role_area=["noc-transition", "1", "ROLE-01"]),
        ["(NOC-13)", "role_area"],
    ),
    "a step too many": (changed(STAGE_2, "NOC-13", number=31), ["(NOC-13)", "step_1_to_30"]),
    "an item of nothing": (
        changed(STAGE_2, "NOC-13.1", step=None),
        ["(NOC-13.1)", "checklistitem_step_or_component"],
    ),
    "two current editions": (two_current, ["(coalition-components)", "is current too"]),
    "the current edition not given up": (
        old_edition_gone,
        ["zzz.json", "edition 1 is current too"],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_and_nothing_changes(files, fault, tmp_path_factory):
    spoil, words = FAULTS[fault]
    # Sound entries that are written before the faulty one: they must not stay either.
    files.change("officer_roles.json", "chief-executive", part="Leads.")
    spoil(files)
    before = everything()
    with pytest.raises(FixtureError) as error:
        files.load()
    assert everything() == before
    for word in words:
        assert word in str(error.value)
    # An edition is made from the entries before they are checked.
    edition = tmp_path_factory.mktemp("edition") / "edition.json"
    based_on = Framework.objects.get(slug=Framework.TRANSITION).edition
    edition.write_text(
        json.dumps(
            {"edition": "2", "based_on": based_on, "frameworks": {Framework.TRANSITION: {}}}
            | {"changed": [{"code": "NOC-14.1", "text": "In other words"}]}
        )
    )
    with pytest.raises(FixtureError):
        load(files.directory, [edition])


def test_an_empty_folder_is_a_fault(tmp_path):
    with pytest.raises(FixtureError, match="no fixture files"):
        load(tmp_path)


# --- The command ----------------------------------------------------------------------------------


def run(directory):
    out = io.StringIO()
    call_command("load_frameworks", directory=directory, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_did(files):
    files.change(STAGE_2, "NOC-13.1", text="Talk about governance early")
    second_edition(files, "zzz.json")
    links = files.read("links_themes.json")
    links.pop()
    files.write("links_themes.json", links)
    entries = files.read(STAGE_2)
    entries.remove(entry(entries, "NOC-20.1"))
    files.write(STAGE_2, entries)
    out = run(files.directory)
    assert "created    1  coalition component\n" in out
    assert "changed: checklist item NOC-13.1: text\n" in out
    assert "removed: step theme link NOC-" in out
    assert "no longer in the files, kept: checklist item NOC-20.1\n" in out
    assert "2 created, 2 changed, 1 removed, " in out


def test_the_command_reads_the_project_s_own_files_by_default(db):
    out = io.StringIO()
    call_command("load_frameworks", stdout=out)
    assert out.getvalue() == f"0 created, 0 changed, 0 removed, {ENTRIES} unchanged.\n"


def test_the_command_names_the_fault(files):
    missing_field(files)
    with pytest.raises(CommandError, match=r"^Nothing was loaded\. .*stage2\.json, entry .*lacks"):
        run(files.directory)
    assert OfficerRole.objects.count() == 10
