"""Save the rules of the votes at annual council, nominations, and each vote.

Every change locks the plan, and counts the election again before it is kept, so that what is stored
can always be counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from assessments.plans.actions import hold, record, record_export
from assessments.plans.models import Event, Plan
from assessments.timetable.governance import governance_of
from assessments.versions import FieldValueChange, StaleVersion, changes_between, update_at
from councils.models import User
from elections.annual_council import CouncilOffice, may_leave_tied, words_for
from elections.council_vote import (
    CouncilVoteCount,
    CouncilVoteError,
    TieRule,
    VoteOutcome,
    VoteResult,
)

from .models import AnnualMeeting, OfficeElection, OfficeNominee, OfficeRound, OfficeVotes
from .words import votes_in_words


def save_rules(plan: Plan, *, version: int, by: User, **fields: Any) -> AnnualMeeting:
    """Save who presides and how votes are counted; `version` is 0 where nothing is saved yet.

    Raises StaleVersion, and CouncilVoteError if votes that were entered cannot be counted so.
    """
    with transaction.atomic():
        hold(plan)
        found = AnnualMeeting.objects.filter(plan=plan).first()
        if (found.version if found else 0) != version:
            raise StaleVersion
        changes = changes_between(found or AnnualMeeting(), fields)
        if found is None:
            found = AnnualMeeting.objects.create(plan=plan, saved_by=by, **fields)
        elif not changes:
            return found
        else:
            values = {change.name: change.value for change in changes}
            stamp = {"saved_at": timezone.now(), "saved_by": by}
            update_at(AnnualMeeting, found, version, values | stamp)
        try:
            for election in OfficeElection.objects.filter(plan=plan).with_votes():
                election.counted(found.rule)
        except CouncilVoteError as error:
            raise CouncilVoteError(
                "Votes were entered that do not fit this rule. Remove them before you change it."
            ) from error
        shown = [
            replace(
                change,
                before=_in_words(plan, change.before),
                after=_in_words(plan, change.after),
            )
            for change in changes
        ]
        record(plan, Event.Kind.MEETING_CHANGED, by=by, changes=shown)
    return found


def save_nominees(
    plan: Plan,
    office: str,
    *,
    version: int,
    names: Mapping[int, str],
    new: Iterable[str] = (),
    withdrawn: Iterable[int] = (),
    by: User,
) -> OfficeElection:
    """Save who is nominated for `office`; `version` is 0 for the first nominations.

    `names` has the name of each nominee by primary key; one that is missing is removed. `withdrawn`
    are the keys of those who have withdrawn: from the next vote on, unless it was earlier. Raises
    StaleVersion, and CouncilVoteError if the votes that were entered would not fit.
    """
    with transaction.atomic():
        hold(plan)
        election = _current(plan, office)
        if (election.version if election else 0) != version:
            raise StaleVersion
        if election is None:
            election = OfficeElection.objects.create(plan=plan, office=office)
            before = ""
        else:
            before = _nominees_in_words(election)
            update_at(OfficeElection, election, version, {})
        new = list(new)
        if new and OfficeRound.objects.filter(election=election).exists():
            raise CouncilVoteError(
                "A vote has been entered, so no one can be added. Remove the vote first."
            )
        _change_nominees(election, names, set(withdrawn))
        OfficeNominee.objects.bulk_create(
            OfficeNominee(election=election, name=name) for name in new
        )
        _counted(election)
        after = _nominees_in_words(election)
        if before != after:
            change = FieldValueChange("nominees", None, before, after)
            _record(election, Event.Kind.NOMINEES_CHANGED, by=by, changes=[change])
    return election


def save_vote(
    election: OfficeElection,
    *,
    votes: Mapping[int, int],
    against: int = 0,
    abstained: int = 0,
    version: int,
    by: User,
) -> CouncilVoteCount:
    """Enter the next vote: `votes` by primary key of nominee. Returns the election so far.

    Raises StaleVersion, and CouncilVoteError, with nothing saved.
    """
    with transaction.atomic():
        hold(election.plan)
        update_at(OfficeElection, election, version, {})
        last = OfficeRound.objects.filter(election=election).aggregate(last=Max("number"))["last"]
        made = OfficeRound.objects.create(
            election=election,
            number=(last or 0) + 1,
            against=against,
            abstained=abstained,
            by=by,
        )
        OfficeVotes.objects.bulk_create(
            OfficeVotes(round=made, nominee_id=pk, votes=number) for pk, number in votes.items()
        )
        count = _counted(election)
        change = FieldValueChange("vote", None, "", votes_in_words(count.results[-1].vote))
        _record(election, Event.Kind.VOTE_SAVED, by=by, vote=made.number, changes=[change])
    return count


def decide_tie(
    election: OfficeElection, *, decided_for: int | None, version: int, by: User
) -> CouncilVoteCount:
    """Enter how the last vote, which was tied, was decided: the nominee, or None for no one.

    Raises StaleVersion, also if the last vote is not tied, and CouncilVoteError for a decision that
    the rules do not allow.
    """
    with transaction.atomic():
        hold(election.plan)
        update_at(OfficeElection, election, version, {})
        tied = _counted(election).tie
        if tied is None:
            raise StaleVersion
        rules = AnnualMeeting.objects.filter(plan=election.plan_id).first() or AnnualMeeting()
        if decided_for is None and not can_end_without(rules, election, tied):
            raise CouncilVoteError("Select one of those with equal votes.")
        rounds = OfficeRound.objects.filter(election=election, number=tied.number)
        rounds.update(is_decided=True, decided_for=decided_for)
        result = _counted(election).results[-1]
        words = "no one elected" if result.outcome is VoteOutcome.NOT_ELECTED else result.names[0]
        change = FieldValueChange("decision", None, "", words)
        _record(election, Event.Kind.TIE_DECIDED, by=by, vote=tied.number, changes=[change])
    return _counted(election)


def can_end_without(rules: AnnualMeeting, election: OfficeElection, tied: VoteResult) -> bool:
    """Return whether a tie can be entered as ending with no one elected.

    For a single nominee that is the casting vote against. Otherwise it means that no casting vote
    was given, which the law does not allow in the chair's election.
    """
    if tied.outcome is not VoteOutcome.TIED_FIRST:
        return False
    if len(tied.names) == 1:
        return True
    is_casting = rules.tie_rule(election.office, tied) is TieRule.CASTING
    return is_casting and may_leave_tied(CouncilOffice(election.office))


def remove_last_vote(election: OfficeElection, *, version: int, by: User) -> None:
    """Remove the last vote so that it can be entered again. Raises StaleVersion."""
    with transaction.atomic():
        hold(election.plan)
        update_at(OfficeElection, election, version, {})
        last = OfficeRound.objects.filter(election=election).order_by("number").last()
        if last is None:
            raise StaleVersion
        before = votes_in_words(_counted(election).results[-1].vote)
        OfficeVotes.objects.filter(round=last).delete()
        last.delete()
        change = FieldValueChange("vote", None, before, "")
        _record(election, Event.Kind.VOTE_REMOVED, by=by, vote=last.number, changes=[change])


def nominate_again(election: OfficeElection, *, version: int, by: User) -> OfficeElection:
    """Open new nominations for an office after a vote that elected no one. Raises StaleVersion."""
    with transaction.atomic():
        hold(election.plan)
        update_at(OfficeElection, election, version, {})
        count = _counted(election)
        current = _current(election.plan, election.office)
        if not count.is_unfilled or current is None or current.pk != election.pk:
            raise StaleVersion
        again = OfficeElection.objects.create(
            plan=election.plan, office=election.office, attempt=election.attempt + 1
        )
        _record(again, Event.Kind.NOMINEES_CHANGED, by=by)
    return again


def record_script(plan: Plan, *, by: User) -> None:
    """Record that the script was downloaded."""
    record_export(plan, by=by, detail="Script of annual council (Word)")


def _current(plan: Plan, office: str) -> OfficeElection | None:
    elections = OfficeElection.objects.filter(plan=plan, office=office)
    return elections.order_by("-attempt").first()


def _change_nominees(election: OfficeElection, names: Mapping[int, str], out: set[int]) -> None:
    """Rename, remove and withdraw nominees. Raises CouncilVoteError for one who has votes."""
    next_vote = OfficeRound.objects.filter(election=election).count() + 1
    kept = []
    for nominee in OfficeNominee.objects.filter(election=election):
        if nominee.pk not in names:
            if OfficeVotes.objects.filter(nominee=nominee).exists():
                raise CouncilVoteError(
                    f"Votes for {nominee.name} have been entered, so this name cannot be removed. "
                    "Mark the nominee as withdrawn."
                )
            nominee.delete()
            continue
        if 0 < nominee.withdrew_before < next_vote and nominee.pk not in out:
            raise CouncilVoteError(
                f"{nominee.name} withdrew before a vote that has been entered. "
                "Remove the vote first."
            )
        nominee.name = names[nominee.pk]
        if nominee.pk in out:
            nominee.withdrew_before = nominee.withdrew_before or next_vote
        else:
            nominee.withdrew_before = 0
        kept.append(nominee)
    # Names that are exchanged would break the constraint half way.
    for nominee in kept:
        OfficeNominee.objects.filter(pk=nominee.pk).update(name=f"#{nominee.pk}")
    OfficeNominee.objects.bulk_update(kept, ["name", "withdrew_before"])


def _counted(election: OfficeElection) -> CouncilVoteCount:
    """Count the election as stored. Raises CouncilVoteError, which undoes the change."""
    rules = AnnualMeeting.objects.filter(plan=election.plan_id).first() or AnnualMeeting()
    stored = OfficeElection.objects.with_votes().get(pk=election.pk)
    return stored.counted(rules.rule)


def _nominees_in_words(election: OfficeElection) -> str:
    return ", ".join(
        f"{nominee.name} (withdrew)" if nominee.withdrew_before else nominee.name
        for nominee in OfficeNominee.objects.filter(election=election)
    )


def _in_words(plan: Plan, words: str) -> str:
    """Return words about the chair as they apply to the council now."""
    return words_for(words, governance_of(plan), plan.timetable.council_type)


def _record(
    election: OfficeElection,
    kind: Event.Kind,
    *,
    by: User,
    vote: int = 0,
    changes: Iterable[FieldValueChange] = (),
) -> None:
    office = _in_words(election.plan, str(election))
    detail = f"{office}, vote {vote}" if vote else office
    if election.attempt > 1:
        detail += f", nominations {election.attempt}"
    record(election.plan, kind, by=by, detail=detail, changes=changes)
