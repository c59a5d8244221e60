"""Comparisons of two snapshots, or of a snapshot with the plan, action by action."""

import datetime as dt
import time
from types import SimpleNamespace

import pytest
from django.urls import reverse

from assessments.exports.report import report_for
from assessments.plans.actions import remove_item
from assessments.plans.differences import MANY_WORDS, ChangeKind, Piece, compare, pieces_of
from assessments.reviews.actions import take_snapshot
from assessments.reviews.frozen import Frozen, report_of
from councils.models import Membership
from tests.acting import answer, error_links, fresh, own_item, signed_in, text_of, tree_of, words


def both(pieces):
    """Return the two texts that the pieces were made from."""
    before = "".join(piece.text for piece in pieces if not piece.is_added)
    after = "".join(piece.text for piece in pieces if not piece.is_removed)
    return before, after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "Something"),
        ("Something", ""),
        ("One seat is open", "Every seat is settled"),
        ("First line\n\n  indented", "First line\n  indented\n"),
        ("a " * 50, "b " * 50),
        ("word " * MANY_WORDS + "\nlast", "word " * MANY_WORDS + "\nlast line"),
        ("Same", "Same"),
        ("One\ntwo", "One  two "),
        ("Two", " One, two"),
        (" one ", "\n"),
    ],
)
def test_both_texts_can_be_rebuilt_from_the_pieces(before, after):
    assert both(pieces_of(before, after)) == (before, after)


def test_neighbouring_changed_words_are_one_change():
    assert pieces_of("Keep one two three here", "Keep four five here") == [
        Piece("Keep "),
        Piece("one two three", is_removed=True),
        Piece("four five", is_added=True),
        Piece(" here"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        (
            "The seats are settled",
            "The open seats are settled",
            ["The", "+ open", " seats are settled"],
        ),
        ("Very late", "Late, or very late", ["-Very", "+Late, or very", " late"]),
        ("One seat", "One\n\nseat", ["One", "- ", "+\n\n", "seat"]),
        ("to be agreed", "to be agreed.", ["to be agreed", "+."]),
        ("Two seats, one open", "Two open", ["Two", "- seats, one", " open"]),
    ],
)
def test_only_the_words_that_differ_are_marked(before, after, marked):
    signs = {(True, False): "+", (False, True): "-", (False, False): ""}
    found = [signs[each.is_added, each.is_removed] + each.text for each in pieces_of(before, after)]
    assert found == marked


def test_a_small_change_of_a_long_text_is_shown_by_words():
    before, after = ("word " * MANY_WORDS + f"{each} and more" for each in ("one", "two"))
    assert pieces_of(before, after)[1:3] == [
        Piece("one", is_removed=True),
        Piece("two", is_added=True),
    ]


@pytest.mark.parametrize(("joined", "number"), [(" ", 990), ("\n", 990), ("\n", 3500)])
def test_texts_that_are_made_to_be_slow_are_compared_in_a_moment(joined, number):
    """One person could keep the server busy for minutes with a few notes."""
    one = joined.join(f"k{n}" if n % 2 else f"a{n}" for n in range(number))
    other = joined.join(f"k{n}" if n % 2 else f"b{n}" for n in range(number))
    before = report_with(dict.fromkeys(range(300), one))
    after = report_with(dict.fromkeys(range(300), other))
    started = time.process_time()
    (step,) = compare(before, after, stages={1})
    assert time.process_time() - started < 8
    assert [both(item.fields[0].pieces) for item in step.items] == [(one, other)] * 300


def report_with(notes):
    """Return what `compare` reads of a report with these notes, by the key of the action."""
    items = [SimpleNamespace(pk=pk, step=1, words="A", note=note) for pk, note in notes.items()]
    steps = [SimpleNamespace(number=1, area="Area", items=items)]
    return SimpleNamespace(stages=[SimpleNamespace(number=1, steps=steps)], steps=steps)


@pytest.fixture
def first(plan, item, chief):
    answer(item, chief, note="One seat on Licensing is open")
    return take_snapshot(plan, [2], by=chief, reason="First")


def changed_since(plan, snapshot, **kwargs):
    now = report_for(plan, today=dt.date(2027, 5, 18))
    return compare(report_of(Frozen.of(snapshot)), now, stages={2}, **kwargs)


@pytest.mark.django_db
def test_changes_are_listed_action_by_action(plan, item, chief, officer, first):
    gone, stays = list(plan.items.filter(step__number=14))[:2]
    mine = Membership.objects.get(user=officer)
    answer(item, chief, note="One seat on Audit is open", owner=mine, due=dt.date(2027, 6, 1))
    answer(stays, chief, status="completed")
    own_item(plan, 14, by=chief, title="Write to every group leader")
    answer(plan.items.select_related("plan", "step").filter(step__number=1)[0], chief, note="x")
    steps = changed_since(plan, first)
    assert [step.number for step in steps] == [13, 14]
    (change,) = steps[0].items
    assert change.kind is ChangeKind.CHANGED
    assert [field.label for field in change.fields] == ["Owner", "Due", "Note"]
    assert change.fields[2].pieces == [
        Piece("One seat on "),
        Piece("Licensing", is_removed=True),
        Piece("Audit", is_added=True),
        Piece(" is open"),
    ]
    kinds = {change.words: change.kind for change in steps[1].items}
    assert kinds["Write to every group leader"] is ChangeKind.ADDED
    assert str(gone.words("coalition")) not in kinds
    everything = changed_since(plan, first, unchanged=True)
    assert len(everything) == 10
    assert {change.kind for step in everything for change in step.items} == {
        ChangeKind.SAME,
        ChangeKind.CHANGED,
        ChangeKind.ADDED,
    }


@pytest.mark.django_db
def test_a_removed_action_is_listed_with_its_text(plan, chief):
    own = own_item(plan, 13, by=chief, title="Brief the chairs", note="On Monday")
    snapshot = take_snapshot(plan, [2], by=chief, reason="x")
    remove_item(fresh(own), version=1, by=chief)
    ((change,),) = [step.items for step in changed_since(plan, snapshot)]
    assert (change.words, change.kind) == ("Brief the chairs", ChangeKind.REMOVED)
    assert all(piece.is_removed for field in change.fields for piece in field.pieces)


@pytest.mark.django_db
def test_reworded_guidance_is_a_change_but_omitted_guidance_is_not(plan, first, item):
    assert changed_since(plan, first) == []
    source = item.source
    type(source).objects.filter(pk=source.pk).update(text="Other words")
    ((change,),) = [step.items for step in changed_since(plan, first)]
    assert [field.label for field in change.fields] == ["Action"]


@pytest.fixture
def url(plan):
    return reverse("snapshot_compare", args=[plan.pk])


@pytest.mark.django_db
def test_added_and_removed_words_are_marked_for_screen_readers_too(
    url, plan, item, chief, reviewer, first
):
    answer(item, chief, note="One seat on <b>Audit</b> is open")
    page = signed_in(reviewer).get(url, {"before": first.pk, "after": "now"})
    tree = tree_of(page)
    gone = [words(e) for e in tree.iter("del")]
    come = [words(e) for e in tree.iter("ins")]
    assert "removed: Licensing end of removed." in gone
    assert "added: <b>Audit</b> end of added." in come
    assert "Include what has not changed" in text_of(page)
    other = next(i for i in plan.items.filter(step__number=20))
    assert other.words("coalition") not in text_of(page)
    everything = signed_in(reviewer).get(url, {"before": first.pk, "after": "now", "unchanged": 1})
    assert other.words("coalition") in text_of(everything)


@pytest.mark.django_db
def test_two_snapshots_are_compared_as_they_were(url, plan, item, chief, first):
    answer(item, chief, note="Two seats are open")
    second = take_snapshot(plan, [1, 2], by=chief, reason="Second")
    answer(item, chief, note="Written afterwards")
    page = text_of(signed_in(chief).get(url, {"before": first.pk, "after": second.pk}))
    assert "Two seats" in page
    assert "Written afterwards" not in page
    assert "Stage 2." in page
    same = text_of(signed_in(chief).get(url, {"before": first.pk, "after": first.pk}))
    assert "Nothing has changed." in same
    third = take_snapshot(plan, [3], by=chief, reason="Third")
    apart = text_of(signed_in(chief).get(url, {"before": first.pk, "after": third.pk}))
    assert "no stage in common" in apart


@pytest.mark.django_db
def test_snapshots_that_cannot_be_compared_give_an_error(
    url, plan, their_plan, chief, stranger, first
):
    client = signed_in(chief)
    assert client.get(url).status_code == 200
    theirs = take_snapshot(their_plan, [1], by=stranger, reason="Theirs")
    for before in ("", "x", "0", "9" * 30, str(theirs.pk), "now", "a\0b"):
        response = client.get(url, {"before": before, "after": "now"})
        assert response.status_code == 422, before
        assert error_links(response)
    assert client.get(url, {"before": first.pk}).status_code == 422


@pytest.mark.django_db
def test_a_plan_without_snapshots_says_how_to_get_one(url, chief, plan):
    client = signed_in(chief)
    for query in ({}, {"before": "1", "after": "now"}):
        assert "There are no snapshots yet" in text_of(client.get(url, query))
