"""What documents do to text: control characters, characters without a glyph, unbroken runs."""

import io
import re
import time
from html import unescape
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

from assessments.printing.responses import safe_file_name
from assessments.printing.text import (
    DRAWN,
    LONGEST_RUN,
    breakable,
    drawable,
    missing_characters,
    printable,
)
from assessments.printing.typesetting import typeset
from councils.validators import NO_CHARACTERS, TURNS

FONTS = sorted(Path(settings.BASE_DIR, "static/fonts").glob("*.woff2"))
PAGE = "<html lang=en><title>Note</title><body><p>{}</p></body></html>"


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_the_list_of_drawn_characters_is_that_of_the_fonts(path):
    assert {ord(character) for character in DRAWN} == set(TTFont(path).getBestCmap())


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Zoë Łukasz Ŵyn – “½” €5 → ✓", "Zoë Łukasz Ŵyn – “½” €5 → ✓"),
        ("e\u0301te\u0301", "été"),
        ("Ștefan Ẁ", "Stefan W"),
        ("ok ✅ ✔", "ok ✓ ✓"),
        ("Vote 🗳️", "Vote [ballot box with ballot]"),
        ("Thanks 👍🏽", "Thanks [thumbs up sign]"),
        ("議員 Lee", "[2 characters missing] Lee"),
        ("ﬁve ① at\u2009noon", "five 1 at noon"),
        ("a\u200bb\nc\td", "a\u200bb\nc\td"),
    ],
)
def test_a_character_without_a_glyph_becomes_words_or_a_near_equivalent(typed, shown):
    assert drawable(typed) == shown
    assert drawable(shown) == shown


def test_only_characters_that_lose_their_meaning_are_reported():
    assert missing_characters(["Ștefan ✅ 🗳️", "議員 議"]) == "🗳議員"
    assert missing_characters(["Plain", ""]) == ""


def test_control_characters_and_direction_marks_are_removed():
    assert printable("a\0\x07\x1b\x7f\x9f\ufffe\U0001ffff\u202e\u2066b") == "ab"
    assert printable("a\x0bb\u2028c\x85d") == "a\nb\nc\nd"


def test_what_a_name_may_not_contain_is_removed():
    assert printable("".join(sorted(TURNS | NO_CHARACTERS))) == ""


def test_a_long_run_gets_places_to_break_and_markup_does_not():
    run = "x" * 1000
    html = breakable(f'<p class="{run}">{run} {"&amp;" * 200}</p>')
    assert f'<p class="{run}">' in html
    text = unescape(html.split(">", 1)[1].removesuffix("</p>"))
    assert max(map(len, re.split("[\u200b ]", text))) == LONGEST_RUN
    assert html.replace("\u200b", "") == f'<p class="{run}">{run} {"&amp;" * 200}</p>'
    assert "&\u200b" not in html
    assert "\u200b" in breakable("a\u00a0" * 50)  # no line breaks at a no-break space
    assert breakable("<p>" + "word " * 100 + "</p>") == "<p>" + "word " * 100 + "</p>"


def test_long_unbroken_text_is_set_in_little_time():
    began = time.monotonic()
    content = typeset(PAGE.format("</p><p>".join(["x" * 19_000] * 3 + ["e" + "\u0301" * 19_000])))
    assert time.monotonic() - began < 12
    with pikepdf.open(io.BytesIO(content)) as document:
        assert len(document.pages) < 30


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Six weeks – summer.pdf", "Six weeks - summer.pdf"),
        ("Zoë.pdf", "Zoe.pdf"),
        ('a"; filename*=evil.html', "a- filename-evil.html"),
        ("a\r\nSet-Cookie: x", "a-Set-Cookie- x"),
    ],
)
def test_a_file_name_is_one_every_system_accepts(name, safe):
    assert safe_file_name(name) == safe


def test_a_letter_with_thousands_of_accents_is_composed_soon():
    """Sorting accents takes the square of their number, and each text of a plan can have them."""
    text = "a" + "\u0301" * 10_000 + "\u0316" * 9_990
    began = time.process_time()
    for _ in range(20):
        assert drawable(text) == "á"
        assert missing_characters([text]) == ""
    assert time.process_time() - began < 1
    assert drawable("e\u0301t" + "\u0301" * 40) == "ét"
