"""Styles of printed documents: what a document adds to the shared sheet."""

import re
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.pure

SHEETS = Path(settings.BASE_DIR, "static", "print")
SHARED = "action-plan.css"


def rules_of(name):
    """Return the properties that a sheet gives to each class alone."""
    text = re.sub(r"/\*.*?\*/", "", (SHEETS / name).read_text(), flags=re.DOTALL)
    found = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        properties = re.findall(r"([\w-]+)\s*:", body)
        for each in re.findall(r"(?:^|,)\s*\.([\w-]+)\s*(?=,|$)", selectors):
            found.setdefault(each, set()).update(properties)
    return found


@pytest.mark.parametrize("name", sorted({p.name for p in SHEETS.glob("*.css")} - {SHARED}))
def test_a_class_of_two_sheets_keeps_no_white_space_by_accident(name):
    """Text between elements would become empty lines, which part a heading from what follows."""
    shared = {key for key, names in rules_of(SHARED).items() if "white-space" in names}
    assert shared >= {"note", "said"}
    own = rules_of(name)
    assert [key for key in shared & own.keys() if "white-space" not in own[key]] == []
