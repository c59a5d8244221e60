"""What needs a person's answer: the one list for For you, its count and email updates.

Each source is a queryset limited to what the person can open and must answer. The count is one
query over all of them.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
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
from django.utils.text import Truncator, get_text_list

from assessments.addresses import address
from assessments.advice.models import AdviceQuestion, adviser_sees_step, can_answer
from assessments.comments.models import Comment, Mention, Thread
from assessments.comments.threads import place_of
from assessments.data_protection.models import ConfirmationRequest
from assessments.development.models import CheckInPart
from assessments.notices.models import Notice
from assessments.plans.models import OPEN_STATUSES, Plan, Review, ReviewMark, SignOff, Verdict
from assessments.reviews.models import ControlChange, StepReopening
from assessments.rounds.models import Respondent, Round
from assessments.words import counted, day_in_words
from councils.models import User, has_second_factor
from councils.permissions import Right
from councils.prepared import PreparedQuery
from frameworks.models import CoalitionComponent, Step
from govuk.fields import within_sentence

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
    ADVICE = "Questions to answer as an adviser"
    ADVICE_BACK = "Questions to advisers answered or returned"
    CONFIRMATION = "Requests for an owner to decide"


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
    told = Mention.objects.filter(comment=OuterRef("pk"), membership__user=user)
    theirs = Comment.objects.shown().filter(thread=OuterRef("thread"), author=user)
    concerns_them = Q(Exists(told)) | Q(Exists(theirs))
    unseen = Comment.objects.unseen_by(user).filter(concerns_them, thread=OuterRef("pk"))
    in_council = Q(plan__council__in=memberships_of(user).values("council"))
    return Thread.objects.unresolved().filter(
        Exists(unseen),
        in_council | in_granted_stage(user),
        plan__following=None,
    )


def updates_to_give(user: User) -> QuerySet[Notice]:
    """Return requests for an update on their open actions, until the action is saved.

    An action of a stage that is signed off cannot be saved, so none of its requests is returned.
    """
    signed_off = SignOff.objects.standing().filter(
        plan=OuterRef("plan"), stage=OuterRef("item__step__stage")
    )
    return Notice.objects.filter(
        ~Exists(signed_off),
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
    """Return the requests that they can decide: see `to_decide`."""
    councils = memberships_of(user, right=Right.MANAGE_DATA).values("council")
    requests = ConfirmationRequest.objects.to_decide(user, timezone.localdate())
    return requests.filter(council__in=councils)


def advice_to_decide(user: User) -> QuerySet[AdviceQuestion]:
    """Return the questions that they can answer as an adviser, and their own that came back."""
    return AdviceQuestion.objects.filter(can_answer(user) | _has_come_back(user))


def _has_come_back(user: User) -> Q:
    """Return the condition that their open question was answered, or its adviser lost access."""
    owned = memberships_of(user, right=Right.GRANT).values("council")
    return Q(
        Q(answered_at__isnull=False) | ~adviser_sees_step(),
        asked_by=user,
        ended_at=None,
        plan__council__in=owned,
        plan__following=None,
    )


def _led_by(user: User, *, council: str, step: str) -> Q:
    """Return the condition that the person owns the row's plan or has the step's lead role, or is a
    deputy for it.
    """
    role = OuterRef(f"{step}__lead_role__code")
    owners = memberships_of(user, right=Right.SIGN_OFF).values("council")
    leads = memberships_of(user, right=Right.EDIT_ITEMS).filter(
        Q(office=role) | Q(deputy_posts__office=role, deputy_posts__ended_at=None),
        council=OuterRef(council),
    )
    return Q(**{f"{council}__in": owners}) | Q(Exists(leads))


def count_waiting(user: User) -> int:
    """Return how many things need the person's answer. One query."""
    return len(_keys_of(user))


def _keys_of(user: User) -> list[tuple[int, int]]:
    """Return the number of the source and the key of each thing that needs the person's answer."""
    today = timezone.localdate()
    needs_second_factor = settings.SECOND_FACTOR_REQUIRED
    return _waiting.fetch(user.pk, today=today, needs_second_factor=needs_second_factor)


@PreparedQuery
def _waiting(user_id: int, *, today: dt.date, needs_second_factor: bool) -> QuerySet:
    """Return a row for each thing that needs the person's answer, by source and key."""
    person = User(pk=user_id)
    rows = [
        source(person).order_by().annotate(kind_of=Value(number)).values_list("kind_of", "pk")
        for number, source in enumerate(SOURCES)
    ]
    return rows[0].union(*rows[1:], all=True)


# --- As lines -------------------------------------------------------------------------------------


def waiting_for(user: User) -> list[WaitingItem]:
    """Return what needs the person's answer.

    One query finds what there is; each source that has something takes one or two more.
    """
    keys: dict[int, list[int]] = {}
    for number, key in _keys_of(user):
        keys.setdefault(number, []).append(key)
    return [
        item
        for number, as_items in enumerate(SOURCES.values())
        if number in keys
        for item in as_items(user, keys[number])
    ]


def of_kind(waiting: Iterable[WaitingItem], kind: WaitingKind, plan: Plan) -> list[WaitingItem]:
    return [item for item in waiting if item.kind is kind and item.plan_id == plan.pk]


def _rounds(user, keys):
    found = Respondent.objects.filter(pk__in=keys).select_related("round__plan", "invited_by")
    return map(_round, found.annotate(answered=Count("answers"), of=_number_of_components()))


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


def _reviews(user, keys):
    mine = Q(marks__reviewer__user=user)
    found = Review.objects.filter(pk__in=keys).select_related("stage", "plan", "asked_by")
    return map(_review, found.annotate(marked=Count("marks", filter=mine)).order_by("due", "pk"))


def _review(review):
    progress = f" You have reviewed {counted(review.marked, 'step')}." if review.marked else ""
    stage = review.stage
    name = within_sentence(stage.short_title)
    return WaitingItem(
        WaitingKind.REVIEW,
        title=f"Review stage {stage.number}: {name}",
        detail=f"Asked by {review.asked_by.name}. Due by {day_in_words(review.due)}.{progress}",
        url=f"{address('stage_review', review.plan_id, stage.number)}#mine",
        verb="Continue" if review.marked else "Review",
        line=f"Stage {stage.number}, {name}: by {day_in_words(review.due)}",
        plan_id=review.plan_id,
        council_id=review.plan.council_id,
        day=review.due,
    )


def _check_ins(user, keys):
    found = CheckInPart.objects.of(user).filter(pk__in=keys)
    return map(_check_in, found.select_related("check_in"))


def _check_in(part):
    return WaitingItem(
        WaitingKind.CHECK_IN,
        title=f"Check-in with {part.partner}",
        detail="Neither of you can see the other’s answers until both of you choose to share.",
        url=address("check_in", part.check_in_id),
        verb="Answer",
        line=f"With {part.partner}",
    )


def _concerns(user, keys):
    found = ReviewMark.objects.filter(pk__in=keys)
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


def _comments(user, keys):
    threads = list(Thread.objects.filter(pk__in=keys).select_related("plan", "step"))
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
                url=place_of(thread),
                verb="Reply",
                line=f"From {comment.author.name}, on step {thread.step.number}",
                plan_id=thread.plan_id,
                council_id=thread.plan.council_id,
            )


def _updates(user, keys):
    found = Notice.objects.filter(pk__in=keys)
    return map(_update, found.select_related("plan", "by", "item__step", "item__source"))


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


def _reopenings(user, keys):
    pending = StepReopening.objects.pending().filter(
        _led_by(user, council="change__plan__council", step="step"), change__in=keys
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
            detail=f"{'Step' if len(steps) == 1 else 'Steps'} {get_text_list(steps, 'and')}, "
            f"by {day_in_words(day)}.",
            url=address("plan_step", change.plan_id, reopenings[0].step.number),
            verb="Review again",
            line=f"{number}, by {day_in_words(day)}",
            plan_id=change.plan_id,
            council_id=change.plan.council_id,
            day=day,
        )


def _questions(user, keys):
    found = AdviceQuestion.objects.filter(pk__in=keys).select_related("plan", "step", "asked_by")
    for question in found:
        yield _advice(question) if question.adviser_id == user.pk else _advice_back(question)


def _advice(question):
    step = question.step.number
    return WaitingItem(
        WaitingKind.ADVICE,
        title=f"{question.asked_by.name} asked for your advice on step {step}",
        detail=f"{_quoted(question.question)} Answer needed by {day_in_words(question.due)}.",
        url=address("advice_question", question.plan_id, question.pk),
        verb="Answer",
        line=f"From {question.asked_by.name}, on step {step}: by {day_in_words(question.due)}",
        plan_id=question.plan_id,
        council_id=question.plan.council_id,
        day=question.due,
    )


def _advice_back(question):
    step, is_answered = question.step.number, bool(question.answered_at)
    return WaitingItem(
        WaitingKind.ADVICE_BACK,
        title=f"Your question on step {step} "
        f"{'was answered' if is_answered else 'was returned without an answer'}",
        detail="Read the answer, then close the question."
        if is_answered
        else "The adviser can no longer see the step. Withdraw it, or ask someone else.",
        url=address("advice_question", question.plan_id, question.pk),
        verb="View",
        line=f"On step {step}: {'answered' if is_answered else 'returned without an answer'}",
        plan_id=question.plan_id,
        council_id=question.plan.council_id,
    )


def _confirmations(user, keys):
    found = ConfirmationRequest.objects.filter(pk__in=keys)
    found = found.select_related("by", "council", "person")
    return [_confirmation(request, is_own=request.by_id == user.pk) for request in found]


def _confirmation(request, *, is_own):
    day = day_in_words(request.from_day)
    if is_own:
        need = "You can carry this out now, or cancel it."
    elif request.always_waits:
        need = f"Any owner can cancel this before {day}, or carry it out from that day."
    elif request.waits:
        need = f"A second owner must confirm this, or it can be carried out from {day}."
    else:
        need = "A second owner must confirm this."
    need += f" It lapses on {day_in_words(request.lapses_on)}."
    return WaitingItem(
        WaitingKind.CONFIRMATION,
        title=f"{'You have' if is_own else f'{request.by.name} has'} asked to {request.what}",
        detail=f"{request.council.name}. {need}",
        url=reverse("council_data", args=[request.council.slug]),
        verb="Decide",
        line="Your own request" if is_own else f"From {request.by.name}",
        council_id=request.council_id,
        day=request.from_day if request.waits else None,
    )


# Each source, in the order of the page, with what makes items of the keys of its rows.
SOURCES: dict[Callable[[User], QuerySet], Callable[[User, list[int]], Iterable[WaitingItem]]] = {
    rounds_to_answer: _rounds,
    reviews_to_answer: _reviews,
    check_ins_to_answer: _check_ins,
    concerns_to_answer: _concerns,
    threads_to_answer: _comments,
    updates_to_give: _updates,
    changes_to_review: _reopenings,
    advice_to_decide: _questions,
    requests_to_confirm: _confirmations,
}


def _quoted(text):
    return f"“{Truncator(' '.join(text.split())).chars(QUOTED)}”"
