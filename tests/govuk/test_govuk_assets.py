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


def test_styles_refer_only_to_our_own_fonts():
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


# Classes in the markup that only tests read.
FOR_TESTS = {"app-news"}


def test_every_class_of_ours_has_a_rule_and_every_rule_a_use():
    """A class that a template completes, such as "app-tag--{{ kind }}", counts as any ending."""
    root = STATIC.parent
    ruled = set(re.findall(r"\.(app-[\w-]+)", STYLES.read_text()))
    sources = [
        path.read_text()
        for folder in ("templates", "assessments", "councils", "frameworks", "govuk", "static/js")
        for path in (root / folder).rglob("*")
        if path.suffix in {".html", ".py", ".js"}
    ]
    used = {name for text in sources for name in re.findall(r"(?<![\w-])app-[a-z][\w-]*", text)}
    open_ended = tuple(name for name in used if name.endswith("-"))
    markup = [path.read_text() for path in (root / "templates").rglob("*.html")]
    in_class = {
        name
        for text in markup
        for value in re.findall(r'class="([^"]*)"', text)
        for name in re.findall(
            r"(?<![\w-])app-[a-z][\w-]*[a-z]", re.sub(r"{%.*?%}|{{.*?}}", " ", value)
        )
    }
    unruled = in_class - ruled - FOR_TESTS
    assert sorted(name for name in unruled if not name.startswith(open_ended)) == []
    assert sorted(name for name in ruled - used if not name.startswith(open_ended)) == []
