"""The filters that turn reference text into what a page says."""

import pytest
from django.template import Context, Template

from frameworks.templatetags.guidance import in_sentence, paragraphs, term


def rendered(source, **context):
    return Template("{% load guidance %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("text", "own", "expected"),
    [
        ("Help the {coalition} settle", "coalition", "Help the coalition settle"),
        (
            "Help the {coalition} settle",
            "joint administration",
            "Help the joint administration settle",
        ),
        ("{A coalition} needs time", "partnership", "A partnership needs time"),
        ("{A coalition} needs time", "alliance", "An alliance needs time"),
        ("within {a coalition}", "alliance", "within an alliance"),
        ("{Coalition} councils", "rainbow alliance", "Rainbow alliance councils"),
        ("most {coalitions}", "joint party", "most joint parties"),
        ("a {brace} stays", "alliance", "a {brace} stays"),
        ("", "alliance", ""),
    ],
)
def test_the_council_s_own_term(text, own, expected):
    assert term(text, own) == expected
    assert rendered("{{ text|term:own }}", text=text, own=own) == expected


@pytest.mark.parametrize("own", ["", None])
def test_without_a_term_the_source_s_word_stays(own):
    assert term("the {coalition}", own) == "the coalition"
    assert rendered("{{ text|term }}", text="the {coalition}") == "the coalition"


def test_text_and_term_are_escaped():
    page = rendered("{{ text|term:own }}", text="<i>{coalition}</i>", own="<b>&")
    assert page == "&lt;i&gt;&lt;b&gt;&amp;&lt;/i&gt;"


def test_paragraphs_are_what_blank_lines_part():
    assert paragraphs("One\ntwo\n\n \nthree\n") == ["One two", "three"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Monitoring officer", "monitoring officer"),
        ("LGA adviser", "LGA adviser"),
        ("SLT member", "SLT member"),
        ("", ""),
    ],
)
def test_a_name_inside_a_sentence(name, expected):
    assert in_sentence(name) == expected
