"""What a group without a majority needs to win a vote, in words."""

from django.utils.text import get_text_list

from assessments.words import counted
from elections.composition import Composition, GroupStanding


def needs_in_words(standing: GroupStanding, composition: Composition) -> str:
    """Say what the group would need, for each vote, as a minority administration.

    Members in no group are named where they would be enough, or would spare a group: one of them
    can decide a vote.
    """
    vacancies = composition.vacancies
    if not standing.short_by:
        return "Nothing: it has a majority"
    if not standing.votes_short:
        are = "is" if vacancies == 1 else "are"
        seats = counted(vacancies, "seat")
        return f"Nothing while {seats} {are} vacant: it has more than half of the votes"
    votes = counted(standing.votes_short, "more vote")
    abstentions = counted(standing.abstentions, "member")
    return f"{votes}: {_from_others(standing, composition)}; or {abstentions} abstaining or absent"


def _from_others(standing: GroupStanding, composition: Composition) -> str:
    ungrouped = _ungrouped_in_words(standing.ungrouped_enough, composition.ungrouped)
    if standing.partners:
        groups = get_text_list(list(standing.partners), "or")
        words = f"{groups} would be enough without any other group"
        return f"{words}, and so would {ungrouped}" if ungrouped else words
    if standing.fewest_partners is None:
        words = "more than all other groups have"
        if ungrouped:
            return f"{words}, but {ungrouped} would be enough"
        return f"{words}, so members in no group are needed too"
    words = f"at least {standing.fewest_partners} other groups"
    if ungrouped:
        return f"{words}, or {ungrouped}"
    with_ungrouped = standing.fewest_with_ungrouped
    if with_ungrouped is not None and with_ungrouped < standing.fewest_partners:
        return f"{words}, or fewer with members in no group"
    return words


def _ungrouped_in_words(needed: int, ungrouped: int) -> str:
    if not needed:
        return ""
    if needed < ungrouped:
        return f"{needed} of the {ungrouped} members in no group"
    return "the member in no group" if needed == 1 else f"the {needed} members in no group"
