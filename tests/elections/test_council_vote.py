"""Elections at a council meeting, counted against cases worked by hand, and what always holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elections.council_vote import (
    CouncilVote,
    CouncilVoteError,
    Nominee,
    VoteOutcome,
    VotingRule,
    count_vote,
    count_votes,
)

ELIMINATE, REPEAT, PLURALITY = VotingRule

NOMINEES = (Nominee("Bell"), Nominee("Cole"), Nominee("Dunn"))


def vote(against=0, abstained=0, decision=None, **votes):
    return CouncilVote(
        tuple(votes.items()), against=against, abstained=abstained, decision=decision
    )


def test_one_vote_worked_by_hand(subtests):
    three = {"Bell": 18, "Cole": 14, "Dunn": 7}  # 39 vote, so 20 are needed
    cases = [
        ("no majority", ELIMINATE, vote(**three), "eliminated", ("Dunn",)),
        ("the same again", REPEAT, vote(**three), "repeated", ()),
        ("most votes", PLURALITY, vote(**three), "elected", ("Bell",)),
        ("half is not a majority", ELIMINATE, vote(Bell=20, Cole=13, Dunn=7), "eliminated", None),
        ("one more is", ELIMINATE, vote(Bell=21, Cole=12, Dunn=7), "elected", ("Bell",)),
        (
            "abstentions are not votes",
            ELIMINATE,
            vote(Bell=3, Cole=2, abstained=40),
            "elected",
            None,
        ),
        ("equal for first", ELIMINATE, vote(Bell=24, Cole=24), "tied-first", ("Bell", "Cole")),
        ("cast for one", ELIMINATE, vote(Bell=24, Cole=24, decision="Cole"), "elected", ("Cole",)),
        ("not cast", ELIMINATE, vote(Bell=24, Cole=24, decision=""), "not-elected", None),
        ("equal for last", ELIMINATE, vote(Bell=8, Cole=6, Dunn=6), "tied-last", ("Cole", "Dunn")),
        (
            "last decided",
            ELIMINATE,
            vote(Bell=8, Cole=6, Dunn=6, decision="Cole"),
            "eliminated",
            ("Cole",),
        ),
        ("all equal", ELIMINATE, vote(Bell=6, Cole=6, Dunn=6), "tied-last", None),
        ("all equal, most votes", PLURALITY, vote(Bell=6, Cole=6, Dunn=6), "tied-first", None),
        ("repeat with two", REPEAT, vote(Bell=6, Cole=6), "tied-first", None),
        ("for", PLURALITY, vote(Bell=21, against=20), "elected", ("Bell",)),
        ("against", ELIMINATE, vote(Bell=20, against=21), "not-elected", ("Bell",)),
        ("for and against", ELIMINATE, vote(Bell=20, against=20), "tied-first", ("Bell",)),
        ("no vote for zero", ELIMINATE, vote(Bell=9, Cole=9, Dunn=0), "eliminated", ("Dunn",)),
    ]
    for words, rule, given_vote, expected, names in cases:
        with subtests.test(words):
            result = count_vote(given_vote, rule)
            assert result.outcome.value == expected
            assert names is None or result.names == names


def test_an_election_in_two_votes_with_abstentions_in_the_second():
    """39 vote and 20 are needed; then 32 vote, 7 abstain, and 17 are needed."""
    votes = [vote(Bell=18, Cole=14, Dunn=7), vote(Bell=18, Cole=14, abstained=7)]
    first = count_votes(NOMINEES, votes[:1], ELIMINATE)
    assert (first.elected, first.remaining, first.results[0].vote.needed) == (
        "",
        ("Bell", "Cole"),
        20,
    )
    both = count_votes(NOMINEES, votes, ELIMINATE)
    assert (both.elected, both.results[1].vote.needed, both.remaining) == ("Bell", 17, ())


def test_a_tie_waits_for_its_decision_and_a_failed_vote_for_nominations():
    tied = count_votes(NOMINEES[:2], [vote(Bell=24, Cole=24)], ELIMINATE)
    assert (tied.tie.needs_decision, tied.remaining, tied.is_unfilled) == (True, (), False)
    failed = count_votes(NOMINEES[:1], [vote(Bell=3, against=9)], ELIMINATE)
    assert (failed.elected, failed.is_unfilled) == ("", True)


def test_a_nominee_who_withdraws_is_left_out_of_later_votes():
    nominees = (*NOMINEES[:2], Nominee("Dunn", withdrew_before=2))
    first = vote(Bell=10, Cole=10, Dunn=10)
    count = count_votes(nominees, [first], REPEAT)
    assert count.remaining == ("Bell", "Cole")
    assert count_votes(nominees, [first, vote(Bell=16, Cole=14)], REPEAT).elected == "Bell"
    gone = [Nominee(each.name, 2) for each in NOMINEES]
    assert count_votes(gone, [first], REPEAT).is_unfilled


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        ([vote()], "not between"),
        ([vote(Bell=1, Cole=1)], "not between"),
        ([vote(Bell=0, Cole=0, Dunn=0, abstained=4)], "at least one vote"),
        ([vote(Bell=-1, Cole=1, Dunn=1)], "whole numbers"),
        ([vote(Bell=1, Cole=1, Dunn=1, against=1)], "single nominee"),
        ([vote(Bell=9, Cole=1, Dunn=1), vote(Bell=9)], "not led to another"),
        ([vote(Bell=3, Cole=2, Dunn=2), vote(Bell=9, Cole=1)], "not led to another"),
        ([vote(Bell=3, Cole=2, Dunn=2, decision="Bell")], "equal votes"),
    ],
)
def test_votes_that_cannot_be_are_refused(votes, message):
    with pytest.raises(CouncilVoteError, match=message):
        count_votes(NOMINEES, votes, ELIMINATE)


NAMES = ("Bell", "Cole", "Dunn", "Eden", "Ford")
one_vote = st.lists(st.integers(0, 60), min_size=1, max_size=5).filter(any)


@given(one_vote, st.sampled_from(VotingRule), st.integers(0, 60), st.randoms())
def test_who_is_elected_does_not_depend_on_the_order_or_on_abstentions(
    numbers, rule, abstained, rng
):
    votes = list(zip(NAMES, numbers, strict=False))
    result = count_vote(CouncilVote(tuple(votes)), rule)
    rng.shuffle(votes)
    again = count_vote(CouncilVote(tuple(votes), abstained=abstained), rule)
    assert (again.outcome, set(again.names)) == (result.outcome, set(result.names))
    assert set(again.remaining) == set(result.remaining)
    if result.outcome is VoteOutcome.ELECTED and rule is not PLURALITY:
        assert dict(votes)[result.names[0]] * 2 > sum(numbers)


@given(st.integers(2, 5), st.data())
def test_elimination_ends_after_at_most_as_many_votes_as_nominees(size, data):
    nominees = [Nominee(name) for name in NAMES[:size]]
    votes: list[CouncilVote] = []
    count = count_votes(nominees, votes, ELIMINATE)
    while count.remaining:
        numbers = data.draw(
            st.lists(
                st.integers(0, 9), min_size=len(count.remaining), max_size=len(count.remaining)
            ).filter(any)
        )
        plain = CouncilVote(tuple(zip(count.remaining, numbers, strict=True)))
        tied = count_vote(plain, ELIMINATE)
        decision = data.draw(st.sampled_from(tied.names)) if tied.needs_decision else None
        votes.append(CouncilVote(plain.votes, decision=decision))
        before = set(count.remaining)
        count = count_votes(nominees, votes, ELIMINATE)
        assert set(count.remaining) < before
    assert count.elected
    assert len(votes) <= size
