"""The state of a stage, and the table of what can be done to it in each state.

A state is not stored. It follows from the latest review and the latest sign-off of the stage.
"""

from dataclasses import dataclass
from enum import Enum

from django.db.models import QuerySet

from councils.permissions import Right, may
from councils.prepared import PreparedQuery

from .models import Review, SignOff


class State(Enum):
    DRAFT = "Draft"
    IN_REVIEW = "In review"
    SIGNED_OFF = "Signed off"
    REOPENED = "Reopened"


# Why a move is refused. Most often someone else has just made it.
STATE_IN_WORDS = {
    State.DRAFT: "the stage is neither in review nor signed off",
    State.IN_REVIEW: "the stage is in review",
    State.SIGNED_OFF: "the stage has been signed off",
    State.REOPENED: "the stage has been reopened",
}


class StageMove(Enum):
    EDIT = "change its actions"
    ASK = "ask for a review"
    CHANGE_REVIEW = "change the review"
    CALL_OFF = "cancel the review"
    MARK = "review its steps"
    ANSWER = "answer a concern"
    SIGN_OFF = "sign it off"
    REOPEN = "reopen it"


@dataclass(frozen=True)
class MoveRule:
    """Who can make a move, and the state it leads to from each state that allows it.

    `needs` says what else the move requires; the actions check it.
    """

    right: Right
    leads: dict[State, State]
    needs: str = ""


STAY_OPEN: dict[State, State] = {state: state for state in State if state is not State.SIGNED_OFF}
STAY_IN_REVIEW = {State.IN_REVIEW: State.IN_REVIEW}

MOVES = {
    StageMove.EDIT: MoveRule(Right.EDIT_ITEMS, STAY_OPEN),
    StageMove.ASK: MoveRule(
        Right.SIGN_OFF,
        {State.DRAFT: State.IN_REVIEW, State.REOPENED: State.IN_REVIEW},
        needs="at least one reviewer, and a day",
    ),
    StageMove.CHANGE_REVIEW: MoveRule(
        Right.SIGN_OFF, STAY_IN_REVIEW, needs="at least one reviewer, and a day"
    ),
    StageMove.CALL_OFF: MoveRule(Right.SIGN_OFF, {State.IN_REVIEW: State.DRAFT}),
    StageMove.MARK: MoveRule(
        Right.REVIEW, STAY_IN_REVIEW, needs="to have been asked; for a concern, words"
    ),
    StageMove.ANSWER: MoveRule(Right.EDIT_ITEMS, STAY_IN_REVIEW, needs="a concern"),
    StageMove.SIGN_OFF: MoveRule(
        Right.SIGN_OFF,
        dict.fromkeys(STAY_OPEN, State.SIGNED_OFF),
        needs="every step reviewed, or a reason",
    ),
    StageMove.REOPEN: MoveRule(
        Right.SIGN_OFF, {State.SIGNED_OFF: State.REOPENED}, needs="a reason"
    ),
}


class MoveRefused(Exception):
    """The state of the stage does not allow a move. The message can be shown to the user."""


class StageSignedOff(MoveRefused):
    """The stage is read-only, because of `sign_off`."""

    def __init__(self, sign_off):
        self.sign_off = sign_off
        super().__init__(
            f"Stage {sign_off.stage.number} was signed off by {sign_off.signed_by.name}, so it "
            "cannot be changed. A plan owner can reopen it."
        )


class EditionHasChanged(StageSignedOff):
    """The plan moved to another edition of the guidance while the change was being made."""

    def __init__(self):
        MoveRefused.__init__(
            self,
            "This plan has just moved to another edition of the guidance. Open the page again to "
            "make this change.",
        )


@dataclass(frozen=True)
class StageStanding:
    """The state of a stage, with the open review and the latest sign-off it follows from."""

    review: Review | None = None
    sign_off: SignOff | None = None
    reviewed_since: bool = False

    @property
    def state(self):
        if self.sign_off and self.sign_off.is_current:
            return State.SIGNED_OFF
        if self.review:
            return State.IN_REVIEW
        if self.sign_off and not self.reviewed_since:
            return State.REOPENED
        return State.DRAFT

    def allows(self, move):
        return self.state in MOVES[move].leads

    def require(self, move):
        """Raise MoveRefused unless the state of the stage allows the move."""
        if self.allows(move):
            return
        if self.state is State.SIGNED_OFF:
            raise StageSignedOff(self.sign_off)
        raise MoveRefused(f"You cannot {move.value} now: {STATE_IN_WORDS[self.state]}.")

    def may(self, holder, move):
        """Return whether `holder`, with an `access`, has the right and the state allows it."""
        return may(holder, MOVES[move].right) and self.allows(move)


@PreparedQuery
def _reviews(plan_id: int) -> QuerySet[Review]:
    return Review.objects.filter(plan=plan_id).select_related("stage", "asked_by")


@PreparedQuery
def _sign_offs(plan_id: int) -> QuerySet[SignOff]:
    sign_offs = SignOff.objects.filter(plan=plan_id)
    return sign_offs.select_related("stage", "signed_by", "reopened_by")


def standings_of(plan):
    """Return a StageStanding by primary key of each stage with a review or sign-off; 2 queries."""
    reviews, sign_offs = {}, {}
    for review in _reviews.fetch(plan.pk):
        reviews.setdefault(review.stage_id, review)
    for sign_off in _sign_offs.fetch(plan.pk):
        sign_offs.setdefault(sign_off.stage_id, sign_off)
    return {pk: _standing(reviews.get(pk), sign_offs.get(pk)) for pk in reviews.keys() | sign_offs}


def standing_of_stage(plan, stage):
    """Return the StageStanding of one stage; 2 queries."""
    return standings_of(plan).get(stage.pk, StageStanding())


def _standing(review, sign_off):
    """Return the StageStanding that follows from the latest review and the latest sign-off."""
    reopened_at = sign_off.reopened_at if sign_off else None
    return StageStanding(
        review=review if review and review.ended_at is None else None,
        sign_off=sign_off,
        reviewed_since=bool(review and reopened_at and review.asked_at > reopened_at),
    )


def current_sign_offs(plan):
    """Return the sign-offs that make stages read-only, by primary key of the stage; 1 query."""
    return {sign_off.stage_id: sign_off for sign_off in _current_sign_offs.fetch(plan.pk)}


@PreparedQuery
def _current_sign_offs(plan_id: int) -> QuerySet[SignOff]:
    standing = SignOff.objects.standing().filter(plan=plan_id)
    return standing.select_related("stage", "signed_by")
