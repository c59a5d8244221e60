"""Compositions suggested from a file of open data, which an officer records or dismisses."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from assessments.seats.models import CompositionSuggestion, CouncilComposition
from councils.models import CouncilEvent
from elections.open_council_data import council_key, read_councillors
from tests.acting import form_on, signed_in, text_of

from .test_balance_pages import recorded

pytestmark = pytest.mark.django_db

HEADER = (
    "Council,Ward Name,Councillor Name,Next Election,Party Name,Electoral Commission Party Code"
)


def rows(council="Riverdale", **parties):
    named = {
        "Lab": "Labour Party",
        "Con": "Conservative and Unionist",
        "Ind": "Independent / Other",
        "Vac": "Vacant",
        "Res": '"Riverdale Residents, The"',
    }
    return [
        f"{council},Castle,Member {n},2027-05-06,{named[party]},"
        for party, seats in parties.items()
        for n in range(seats)
    ]


@pytest.fixture
def run(tmp_path, capsys):
    def run(*lines, header=HEADER, **options):
        path = tmp_path / "councillors.csv"
        path.write_bytes("\r\n".join([header, *lines, ""]).encode("utf-8-sig"))
        call_command("suggest_compositions", path, **options)
        return capsys.readouterr().out

    return run


def test_a_suggestion_is_checked_and_recorded(run, riverdale, officer):
    lines = [*rows(Lab=9, Con=8, Res=3, Ind=2, Vac=1), *rows("Atlantis", Lab=3), ",Nowhere,,,,"]
    assert "This was a dry run" in run(*lines, dry_run=True)
    assert not CompositionSuggestion.objects.exists()
    out = run(*lines)
    for words in (
        "Riverdale Borough Council: 23 seats suggested",
        "Riverdale Residents, The is not a party that the planner knows",
        "2 are listed as independent",
        "Unknown council: Atlantis",
        "Row 28 has no council",
        "1 suggested, 0 as recorded, 0 suggested before, 1 unknown",
    ):
        assert words in out
    assert "1 suggested before" in run(*lines)
    assert "Riverdale Borough Council: 1 seat suggested" in run(*rows(Lab=1), dry_run=True)
    client = signed_in(officer)
    page = client.get(reverse("composition", args=[riverdale.slug]))
    assert "Conservative 8, Labour 9, Riverdale Residents, The 3, in no group 2" in text_of(page)
    suggestion = CompositionSuggestion.objects.get()
    address = reverse("composition_new", args=[riverdale.slug]) + f"?suggestion={suggestion.pk}"
    data = form_on(client.get(address))
    assert (data["name_1"], data["number_1"], data["ungrouped"], data["vacancies"]) == (
        "Conservative",
        "8",
        "2",
        "1",
    )
    day = {"as_at-day": 5, "as_at-month": 5, "as_at-year": 2026}
    assert client.post(address, data | day).status_code == 302
    suggestion.refresh_from_db()
    assert suggestion.composition == CouncilComposition.objects.get()
    assert suggestion.settled_by == officer
    assert "1 as recorded" in run(*lines)
    assert "Suggested from open data" not in text_of(
        client.get(reverse("composition", args=[riverdale.slug]))
    )


def test_a_dismissed_suggestion_comes_back_only_with_other_figures(run, riverdale, chief, reviewer):
    recorded(riverdale, chief, Labour=9, Conservative=8)
    assert "1 as recorded" in run(*rows(Lab=9, Con=8))
    run(*rows(Lab=10, Con=7))
    page = reverse("composition", args=[riverdale.slug])
    assert "Suggested from open data" not in text_of(signed_in(reviewer).get(page))
    made = CompositionSuggestion.objects.get()
    address = reverse("suggestion_dismiss", args=[riverdale.slug, made.pk])
    client = signed_in(chief)
    for _ in range(2):
        assert client.post(address).status_code == 302
    kinds = CouncilEvent.Kind
    assert CouncilEvent.objects.filter(kind=kinds.SUGGESTION_DISMISSED).count() == 1
    assert "0 suggested" in run(*rows(Lab=10, Con=7))
    assert "1 suggested" in run(*rows(Lab=11, Con=6), council=riverdale.slug)
    assert "1 suggested" in run(*rows(Lab=12, Con=5))
    assert CompositionSuggestion.objects.filter(settled_at=None).count() == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"header": "Name,Party"}, "needs a heading row with the columns Council and Party Name"),
        ({"council": "nowhere"}, "no council with the slug 'nowhere'"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(run, options, words):
    with pytest.raises(CommandError, match=words):
        run(*rows(Lab=2), **options)


def test_names_of_councils_are_compared_whatever_their_style():
    for short, official in (
        ("Basingstoke & Deane", "Basingstoke and Deane Borough Council"),
        ("Hackney (M)", "London Borough of Hackney"),
        ("County Durham", "Durham County Council"),
        ("Bristol", "Bristol City Council"),
        ("City of London", "City of London"),
    ):
        assert council_key(short) == council_key(official)
    assert read_councillors(HEADER).suggestions == ()
