"""The built front-end files are small, self-contained, and what they are said to be."""

import gzip
import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"
STYLES = STATIC / "css" / "app.css"
VENDOR = STATIC / "vendor"


def test_styles_and_vendored_scripts_fit_the_budget():
    files = [STYLES, *VENDOR.glob("*.js")]
    assert len(files) == 3
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 48 * 1024


def test_fonts_fit_the_budget():
    assert 0 < sum(file.stat().st_size for file in STATIC.glob("fonts/*.woff2")) <= 40 * 1024


def test_styles_refer_to_our_own_fonts_alone():
    urls = re.findall(r"url\(\"?([^\")]*)", STYLES.read_text())
    assert urls
    for url in urls:
        if url.startswith("#"):  # a pattern in the page's own picture
            continue
        assert (STYLES.parent / url).resolve().is_relative_to(STATIC / "fonts")
        assert (STYLES.parent / url).exists()
    assert "@import" not in STYLES.read_text()


def test_nothing_reserved_to_govuk_is_used():
    assert not re.search("GDS Transport|#1d70b8|#0f7a52|#ffdd00|#54319f|crown-", STYLES.read_text())


def test_vendored_files_are_those_noted():
    noted = re.findall(r"\| `(.+?)` \|.*\| `([0-9a-f]{64})` \|", (VENDOR / "README.md").read_text())
    assert {name for name, _ in noted} >= {file.name for file in VENDOR.glob("*.js")}
    for name, digest in noted:
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest
