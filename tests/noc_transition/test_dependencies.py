"""Everything that the code imports is declared in pyproject.toml, with a reason."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = (
    "noc_transition",
    "operate",
    "assessments",
    "councils",
    "frameworks",
    "elections",
    "govuk",
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
DEV = [each for each in GROUPS["dev"] if isinstance(each, str)] + GROUPS["demo"]


def declared(requirements):
    return {normalised(re.match(r"[\w.-]+", requirement)[0]) for requirement in requirements}


def normalised(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def packages_imported_by(*folders):
    """The top-level names that files import, and a file that does, without our own and Python's."""
    found = {}
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    modules = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    modules = [node.module]
                else:
                    continue
                for module in modules:
                    found.setdefault(module.split(".")[0], str(path.relative_to(ROOT)))
    ours = {*PRODUCT, "tests", "bench"}
    return {
        name: path
        for name, path in found.items()
        if name not in ours and name not in sys.stdlib_module_names
    }


@pytest.mark.parametrize(
    ("folders", "requirements"),
    [
        (PRODUCT, PROJECT["project"]["dependencies"] + GROUPS["demo"]),
        (("tests", "bench"), PROJECT["project"]["dependencies"] + DEV),
    ],
    ids=["product", "tests"],
)
def test_every_import_is_declared(folders, requirements):
    distributions = packages_distributions()
    missing = {
        package: path
        for package, path in packages_imported_by(*folders).items()
        if not {normalised(each) for each in distributions.get(package, [package])}
        & declared(requirements)
    }
    assert missing == {}


def test_only_the_demo_needs_the_packages_of_its_group():
    """A server is installed without them."""
    assert {"include-group": "demo"} in GROUPS["dev"]
    packages = {re.match(r"[\w-]+", each)[0].replace("-", "_") for each in GROUPS["demo"]}
    importing = {
        str(path.relative_to(ROOT))
        for folder in PRODUCT
        for path in (ROOT / folder).rglob("*.py")
        for package in packages
        if re.search(rf"^\s*(?:import|from) {package}\b", path.read_text(), re.MULTILINE)
    }
    assert importing == {"assessments/demo_story.py"}


def test_every_dependency_has_a_reason():
    text = (ROOT / "pyproject.toml").read_text()
    lines = re.findall(r'^  "[\w-]+(?:\[[\w,]+\])?[<>=].*$', text, re.MULTILINE)
    assert len(lines) > 20
    assert [line for line in lines if not re.search(r'",\s+# \w', line)] == []
