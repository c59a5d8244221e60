"""How reference text becomes the text of a page: the term, and the form of control."""

import pytest
from django.template import Context, Template

from frameworks.templatetags.guidance import in_sentence, paragraphs, term
from frameworks.wording import Administration, Term, put_term


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


# --- Two wordings ---------------------------------------------------------------------------------

LEADERS = "[the leaders of the groups in the {coalition}|the Leader of the {coalition}]"
MINORITY = Term("minority administration", Administration.MINORITY)
MAJORITY = Term(administration=Administration.MAJORITY)


@pytest.mark.parametrize(
    ("text", "own", "expected"),
    [
        (LEADERS, Term(), "the leaders of the groups in the coalition"),
        (LEADERS, Term("alliance"), "the leaders of the groups in the alliance"),
        (LEADERS, MINORITY, "the Leader of the administration"),
        (LEADERS, Term(administration=Administration.MINORITY), "the Leader of the administration"),
        (LEADERS, Term("pact", Administration.MINORITY), "the Leader of the pact"),
        ("Under {a coalition}", MINORITY, "Under a minority administration"),
        ("{A coalition} and {coalitions}", MINORITY, "A minority administration and minority"),
        ("{Coalition} councils", MINORITY, "Administration councils"),
        # Without the form of control, the term decides.
        (LEADERS, "Minority administration", "the Leader of the administration"),
        (LEADERS, "joint minority administration", "the leaders of the groups in the joint"),
        ("a [bracket] stays", "alliance", "a [bracket] stays"),
    ],
)
def test_a_single_party_minority_has_wording_of_its_own(text, own, expected):
    assert put_term(text, own).startswith(expected)


LEFT = Term("minority administration", Administration.MAJORITY)


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        (Term(), "coalition"),
        (MINORITY, "minority administration"),
        (MAJORITY, "majority administration"),
        (Term("minority administration", Administration.MAJORITY), "majority administration"),
        (Term("new cabinet", Administration.MAJORITY), "new cabinet"),
    ],
)
def test_the_term_in_use_is_that_of_the_texts(own, shown):
    assert own.in_use == shown
    assert put_term("{a coalition}", own) in {f"a {shown}", f"an {shown}"}


VOTES = "[partners|groups whose votes it needs|other groups]"


@pytest.mark.parametrize(
    ("text", "own", "expected"),
    [
        (VOTES, MAJORITY, "other groups"),
        (VOTES, MINORITY, "groups whose votes it needs"),
        (VOTES, Term("alliance"), "partners"),
        # A choice of two serves the administration of one group, with a majority or without.
        (LEADERS, MAJORITY, "the Leader of the administration"),
        ("Under {a coalition}", MAJORITY, "Under a majority administration"),
        # A term left from before the poll is not the council's term for a majority.
        ("Under {a coalition}", LEFT, "Under a majority administration"),
        (
            "Under {a coalition}",
            Term("new cabinet", Administration.MAJORITY),
            "Under a new cabinet",
        ),
        ("Under {a coalition}", "Majority administration", "Under a majority administration"),
    ],
)
def test_a_majority_has_wording_of_its_own(text, own, expected):
    assert put_term(text, own).startswith(expected)
