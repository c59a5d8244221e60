"""What needs a person's answer: the one list for For you, its count and email updates.

Each source is a queryset limited to what the person can open and must answer. The count is one
query over all of them.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from assessments.addresses import address
from assessments.comments.models import Comment, Mention, Thread
from assessments.comments.threads import address_of
from assessments.data_protection.models import ConfirmationRequest
from assessments.development.models import CheckInPart
from assessments.notices.models import Notice
from assessments.plans.models import OPEN_STATUSES, Plan, Review, ReviewMark, Verdict
from assessments.reviews.models import ControlChange, StepReopening
from assessments.rounds.models import Respondent, Round
from assessments.words import counted, day_in_words
from councils.models import User, has_second_factor
from councils.permissions import Right
from frameworks.models import CoalitionComponent, Step

from .access import in_granted_stage, memberships_of

QUOTED = 120  # characters of a comment that the page shows


class WaitingKind(Enum):
    """What kind of answer is needed; the value is the heading in an email update."""

    ROUND = "Review rounds to answer"
    REVIEW = "Stage reviews awaiting your response"
    CONCERN = "Concerns to answer"
    CHECK_IN = "Check-ins to answer"
    COMMENT = "Comments to answer"
    UPDATE = "Updates you are asked for"
    REOPENING = "Steps to review again"
    CONFIRMATION = "Requests that need a second owner"


@dataclass(frozen=True)
class WaitingItem:
    """One thing that needs an answer. `line` is how an email says it: no text that people wrote.

    `plan_id` is None for what belongs to no plan.
    """

    kind: WaitingKind
    title: str
    detail: str
    url: str
    verb: str
    line: str
    plan_id: int | None = None
    council_id: int | None = None
    day: dt.date | None = None


# --- Sources --------------------------------------------------------------------------------------


def rounds_to_answer(user: User) -> QuerySet[Respondent]:
    """Return the person's places in open rounds in which they have not submitted answers."""
    return Respondent.objects.current().filter(
        membership__in=memberships_of(user),
        finished_at=None,
        round__in=Round.objects.open(),
        round__plan__following=None,
    )


def reviews_to_answer(user: User) -> QuerySet[Review]:
    """Return the open stage reviews in which they have not marked every step."""
    mine = memberships_of(user, right=Right.REVIEW)
    marked = ReviewMark.objects.filter(
        review=OuterRef(OuterRef("pk")), reviewer__in=mine, step=OuterRef("pk")
    )
    unmarked = Step.objects.filter(~Exists(marked), stage=OuterRef("stage"))
    asked = Review.reviewers.through.objects.filter(review=OuterRef("pk"), membership__in=mine)
    return Review.objects.open().filter(Exists(asked), Exists(unmarked), plan__following=None)


def concerns_to_answer(user: User) -> QuerySet[ReviewMark]:
    """Return others' unanswered concerns in open reviews, for plan owners and the step's lead."""
    return ReviewMark.objects.filter(
        _led_by(user, council="review__plan__council", step="step"),
        verdict=Verdict.CONCERN,
        answer="",
        review__ended_at=None,
        review__plan__following=None,
    ).exclude(reviewer__user=user)


def check_ins_to_answer(user: User) -> QuerySet[CheckInPart]:
    """Return their parts of check-ins that they have not shared and no one has left."""
    parts = CheckInPart.objects.of(user).filter(shown_at=None, partner__isnull=False)
    return parts.filter(has_second_factor(user)) if settings.SECOND_FACTOR_REQUIRED else parts


def threads_to_answer(user: User) -> QuerySet[Thread]:
    """Return open threads with unread comments that mention them or follow one of theirs."""
    unseen = Comment.objects.filter(thread=OuterRef("pk")).unseen_by(user)
    told = Mention.objects.filter(comment=OuterRef("pk"), membership__user=user)
    theirs = Comment.objects.shown().filter(thread=OuterRef("pk"), author=user)
    in_council = Q(plan__council__in=memberships_of(user).values("council"))
    return Thread.objects.unresolved().filter(
        Q(Exists(unseen.filter(Exists(told)))) | Q(Exists(unseen), Exists(theirs)),
        in_council | in_granted_stage(user),
        plan__following=None,
    )


def updates_to_give(user: User) -> QuerySet[Notice]:
    """Return requests for an update on their open actions, until the action is saved."""
    return Notice.objects.filter(
        user=user,
        kind=Notice.Kind.UPDATE,
        item__owner__in=memberships_of(user),
        item__removed_at=None,
        item__status__in=OPEN_STATUSES,
        item__saved_at__lt=F("at"),
        plan__following=None,
    )


def changes_to_review(user: User) -> QuerySet[ControlChange]:
    """Return changes of control with steps to review again, for plan owners and steps' leads."""
    pending = StepReopening.objects.pending().filter(
        _led_by(user, council="change__plan__council", step="step"), change=OuterRef("pk")
    )
    return ControlChange.objects.filter(Exists(pending), plan__following=None)


def requests_to_confirm(user: User) -> QuerySet[ConfirmationRequest]:
    """Return other owners' requests that need a second owner, unless they are about the person."""
    councils = memberships_of(user, right=Right.MANAGE_DATA).values("council")
    requests = ConfirmationRequest.objects.filter(outcome=None, council__in=councils)
    return requests.exclude(by=user).filter(Q(person=None) | ~Q(person=user))


def _led_by(user: User, *, council: str, step: str) -> Q:
    """Return the condition that the person owns the row's plan or has the step's lead role."""
    owners = memberships_of(user, right=Right.SIGN_OFF).values("council")
    leads = memberships_of(user, right=Right.EDIT_ITEMS).filter(
        council=OuterRef(council), office=OuterRef(f"{step}__lead_role__code")
    )
    return Q(**{f"{council}__in": owners}) | Q(Exists(leads))


SOURCES: tuple[Callable[[User], QuerySet], ...] = (
    rounds_to_answer,
    reviews_to_answer,
    concerns_to_answer,
    check_ins_to_answer,
    threads_to_answer,
    updates_to_give,
    changes_to_review,
    requests_to_confirm,
)


ANYONE = -1  # the key of no account: where the prepared query expects that of the person


def count_waiting(user: User) -> int:
    """Return how many things need the person's answer. One query.

    Every page shows the count, and making the SQL from the sources takes a hundred times as long as
    running it. So the SQL is made once a day in each process.
    """
    sql, parameters = _counting_query(
        today=timezone.localdate(), second_factor_required=settings.SECOND_FACTOR_REQUIRED
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [user.pk if value == ANYONE else value for value in parameters])
        return cursor.fetchone()[0]


@lru_cache(maxsize=2)
def _counting_query(
    *, today: dt.date, second_factor_required: bool
) -> tuple[str, tuple[int | str | dt.date, ...]]:
    """Return the SQL and its parameters, with ANYONE for the person.

    The arguments are all that the sources depend on besides the person.
    """
    anyone = User(pk=ANYONE)
    rows = [
        source(anyone).order_by().annotate(kind_of=Value(number)).values_list("kind_of", "pk")
        for number, source in enumerate(SOURCES)
    ]
    sql, parameters = rows[0].union(*rows[1:], all=True).query.sql_with_params()
    return f"SELECT COUNT(*) FROM ({sql}) AS waiting", parameters  # noqa: S608, made by the ORM


# --- As lines -------------------------------------------------------------------------------------


def waiting_for(user: User) -> list[WaitingItem]:
    """Return what needs the person's answer. The number of queries is constant."""
    return [
        *map(_round, _rounds_with_progress(user)),
        *map(_review, _reviews_with_progress(user)),
        *map(_check_in, check_ins_to_answer(user).select_related("check_in")),
        *_concerns(user),
        *_comments(user),
        *map(
            _update,
            updates_to_give(user).select_related("plan", "by", "item__step", "item__source"),
        ),
        *_reopenings(user),
        *map(_confirmation, requests_to_confirm(user).select_related("by", "council", "person")),
    ]


def of_kind(waiting: Iterable[WaitingItem], kind: WaitingKind, plan: Plan) -> list[WaitingItem]:
    return [item for item in waiting if item.kind is kind and item.plan_id == plan.pk]


def _rounds_with_progress(user):
    found = rounds_to_answer(user).select_related("round__plan", "invited_by")
    return found.annotate(answered=Count("answers"), of=_number_of_components())


def _number_of_components():
    """Return an annotation: the number of components in the edition of the round's plan."""
    counts = (
        CoalitionComponent.objects.filter(framework=OuterRef("round__plan__components"))
        .order_by()
        .values("framework")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Subquery(counts, output_field=IntegerField())


def _round(place):
    round_ = place.round
    by = f"Asked by {place.invited_by.name}. " if place.invited_by else ""
    progress = f" You have answered {place.answered} of {place.of}." if place.answered else ""
    return WaitingItem(
        WaitingKind.ROUND,
        title=f"Review round “{round_.name}”",
        detail=f"{by}Closes on {day_in_words(round_.closes)}.{progress}",
        url=address("round_mine", round_.plan_id, round_.pk),
        verb="Continue" if place.answered else "Answer",
        line=f"{round_.name}: by {day_in_words(round_.closes)}",
        plan_id=round_.plan_id,
        council_id=round_.plan.council_id,
        day=round_.closes,
    )


def _reviews_with_progress(user):
    mine = Q(marks__reviewer__user=user)
    found = reviews_to_answer(user).select_related("stage", "plan", "asked_by")
    return found.annotate(marked=Count("marks", filter=mine)).order_by("due", "pk")


def _review(review):
    progress = f" You have reviewed {counted(review.marked, 'step')}." if review.marked else ""
    stage = review.stage
    return WaitingItem(
        WaitingKind.REVIEW,
        title=f"Review stage {stage.number}, {stage.title}",
        detail=f"Asked by {review.asked_by.name}. Due by {day_in_words(review.due)}.{progress}",
        url=address("stage_marks", review.plan_id, stage.number),
        verb="Continue" if review.marked else "Review",
        line=f"Stage {stage.number}, {stage.title}: by {day_in_words(review.due)}",
        plan_id=review.plan_id,
        council_id=review.plan.council_id,
        day=review.due,
    )


def _check_in(part):
    return WaitingItem(
        WaitingKind.CHECK_IN,
        title=f"Check-in with {part.partner}",
        detail="Neither of you sees the other’s answers until both choose to share.",
        url=address("check_in", part.check_in_id),
        verb="Answer",
        line=f"With {part.partner}",
    )


def _concerns(user):
    found = concerns_to_answer(user)
    for mark in found.select_related("step", "reviewer__user", "review__stage", "review__plan"):
        plan, step = mark.review.plan, mark.step
        yield WaitingItem(
            WaitingKind.CONCERN,
            title=f"{mark.reviewer.user.name} has a concern about step {step.number}",
            detail=_quoted(mark.words),
            url=address("stage_answer", plan.pk, mark.review.stage.number, mark.pk),
            verb="Answer",
            line=f"From {mark.reviewer.user.name}, about step {step.number}",
            plan_id=plan.pk,
            council_id=plan.council_id,
        )


def _comments(user):
    threads = list(threads_to_answer(user).select_related("plan", "step"))
    said = Comment.objects.filter(thread__in=threads).unseen_by(user).select_related("author")
    told = Mention.objects.filter(comment=OuterRef("pk"), membership__user=user)
    latest = {}
    for comment in said.annotate(mentions_them=Exists(told)).order_by("mentions_them", "pk"):
        latest[comment.thread_id] = comment
    for thread in threads:
        if comment := latest.get(thread.pk):
            did = "mentioned you" if comment.mentions_them else "replied"
            yield WaitingItem(
                WaitingKind.COMMENT,
                title=f"{comment.author.name} {did} on step {thread.step.number}",
                detail=_quoted(comment.text),
                url=address_of(thread),
                verb="Reply",
                line=f"From {comment.author.name}, on step {thread.step.number}",
                plan_id=thread.plan_id,
                council_id=thread.plan.council_id,
            )


def _update(notice):
    plan, item = notice.plan, notice.item
    return WaitingItem(
        WaitingKind.UPDATE,
        title=f"{notice.by.name} asked you for an update",
        detail=f"{item.words(plan.term)} (step {item.step.number})",
        url=notice.path,
        verb="Update",
        line=f"From {notice.by.name}, on step {item.step.number}",
        plan_id=plan.pk,
        council_id=plan.council_id,
    )


def _reopenings(user):
    pending = StepReopening.objects.pending().filter(
        _led_by(user, council="change__plan__council", step="step"),
        change__plan__following=None,
    )
    by_change = {}
    for each in pending.select_related("change__plan", "step"):
        by_change.setdefault(each.change, []).append(each)
    for change, reopenings in by_change.items():
        steps = [str(each.step.number) for each in reopenings]
        day = reopenings[0].by_when
        number = counted(len(steps), "step")
        yield WaitingItem(
            WaitingKind.REOPENING,
            title=f"Review {number} again: {change.get_kind_display()}",
            detail=f"{'Step' if len(steps) == 1 else 'Steps'} {', '.join(steps)}, "
            f"by {day_in_words(day)}.",
            url=address("plan_step", change.plan_id, reopenings[0].step.number),
            verb="Review again",
            line=f"{number}, by {day_in_words(day)}",
            plan_id=change.plan_id,
            council_id=change.plan.council_id,
            day=day,
        )


def _confirmation(request):
    return WaitingItem(
        WaitingKind.CONFIRMATION,
        title=f"{request.by.name} has asked to {request.what}",
        detail=f"{request.council.name}. A second owner must confirm this, or it can be carried "
        f"out from {day_in_words(request.from_day)}.",
        url=reverse("council_data", args=[request.council.slug]),
        verb="Decide",
        line=f"From {request.by.name}",
        council_id=request.council_id,
        day=request.from_day,
    )


def _quoted(text):
    return f"“{Truncator(' '.join(text.split())).chars(QUOTED)}”"
