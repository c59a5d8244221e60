"""Votes and their results in words, as the page and the script say them."""

from assessments.words import counted
from elections.council_vote import CouncilVote, TieRule, VoteOutcome, VoteResult, VotingRule

TIE_RULES = {
    TieRule.CASTING: "the casting vote of the person presiding",
    TieRule.LOT: "drawing lots",
}


def votes_in_words(vote: CouncilVote) -> str:
    """Write the votes, for example “Bell 18, Cole 14, 7 abstained”."""
    if len(vote.votes) == 1:
        name, number = vote.votes[0]
        parts = [f"{name} {number} for", f"{vote.against} against"]
    else:
        parts = [f"{name} {number}" for name, number in vote.votes]
    if vote.abstained:
        parts.append(f"{vote.abstained} abstained")
    return ", ".join(parts)


def names_in_words(names: tuple[str, ...]) -> str:
    """Write “Bell”, “Bell and Cole” or “Bell, Cole and Dunn”."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def result_in_words(result: VoteResult, rule: VotingRule, tie: TieRule) -> str:
    """Say what a vote leads to; `tie` is how a tie of this kind is decided."""
    names = names_in_words(result.names) if result.names else ""
    needed = f"{_needed(result, rule)}No one had that many. "
    by = f" by {TIE_RULES[tie]}" if result.by_tie else ""
    match result.outcome:
        case VoteOutcome.ELECTED if result.by_tie:
            return f"Votes were equal. {names} is elected{by}."
        case VoteOutcome.ELECTED:
            return f"{_needed(result, rule)}{names} is elected."
        case VoteOutcome.NOT_ELECTED if len(result.names) == 1 and result.by_tie:
            return (
                f"Votes were equal. {names} is not elected: the casting vote was against, or none "
                "was given."
            )
        case VoteOutcome.NOT_ELECTED if result.by_tie:
            return "Votes were equal and no casting vote was given. No one is elected."
        case VoteOutcome.NOT_ELECTED:
            return f"More voted against than for. {names} is not elected."
        case VoteOutcome.ELIMINATED if result.by_tie:
            how = f"It was decided{by} that {names} drops out."
            return f"{needed}There was a tie for the fewest votes. {how}"
        case VoteOutcome.ELIMINATED:
            return f"{needed}{names} had the fewest votes and drops out."
        case VoteOutcome.REPEATED:
            return f"{needed}The council votes again."
        case VoteOutcome.TIED_FIRST if len(result.names) == 1:
            return f"Votes for and against {names} are equal. To be decided by {TIE_RULES[tie]}."
        case VoteOutcome.TIED_FIRST:
            return f"{names} have equal votes. To be decided by {TIE_RULES[tie]}."
        case VoteOutcome.TIED_LAST:
            return (
                f"{needed}{names} tie for the fewest votes. "
                f"Who drops out is to be decided by {TIE_RULES[tie]}."
            )
    raise AssertionError(result.outcome)  # pragma: no cover - every outcome has a case


def _needed(result: VoteResult, rule: VotingRule) -> str:
    if rule is VotingRule.PLURALITY and len(result.vote.votes) > 1:
        return ""
    voted = counted(result.vote.voting, "member")
    votes = counted(result.vote.needed, "vote")
    was = "was" if result.vote.needed == 1 else "were"
    return f"{voted} voted, so {votes} {was} needed. "
