"""docs/settings.md lists every setting that is read from the environment, and no other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.pure


def test_every_setting_is_in_the_table():
    files = ("settings.py", "serving.py", "environment.py")
    source = "".join((ROOT / "noc_transition" / name).read_text() for name in files)
    read = set(re.findall(r'(?:env|self)\.\w+\(\s*"([A-Z_]+)"', source)) | {
        "DATABASE_URL",
        "EMAIL_URL",
    }
    table = [
        line.split("|")[1]
        for line in (ROOT / "docs/settings.md").read_text().splitlines()
        if line.startswith("| `")
    ]
    assert set(re.findall(r"`([A-Z_]+)", " ".join(table))) == read
