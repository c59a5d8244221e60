"""Review, sign off and reopen a stage."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.plans.models import (
    PlanItem,
    Review,
    ReviewMark,
    SignOff,
    SignOffStatement,
    Verdict,
)
from assessments.plans.progress import Tally
from assessments.plans.stages import MoveRefused, StageMove, State
from assessments.versions import StaleVersion
from assessments.words import moment_in_words
from councils.models import Membership, Office
from councils.once import once
from councils.permissions import Right
from frameworks.models import Step
from govuk.fields import fields_sent

from .. import actions
from ..access import mark_for, sign_off_for, stage_for, statement_posts
from ..forms import (
    ConcernAnswerForm,
    MarkForm,
    ReopenForm,
    ReviewForm,
    SignOffForm,
    StatementForm,
)

# --- Review ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def review(request, plan_id, number):
    """Show the review. POST: ask for a review, or change the reviewers and the date."""
    if request.method != "POST":
        return _review_page(request, stage_for(request.user, plan_id, number))
    here = stage_for(request.user, plan_id, number, move=StageMove.ASK)
    current = here.standing.review
    form = ReviewForm(
        request.POST, council=here.plan.council_id, due=current.due if current else None
    )
    if not form.is_valid():
        return _review_page(request, here, form=form, status=422)
    version = form.cleaned_data.pop("version")
    try:
        # The version tells whether the page showed the form to ask or the form to change.
        if version and current:
            actions.change_review(current, version=version, by=request.user, **form.cleaned_data)
            messages.success(request, "The review has been changed.")
        else:
            actions.ask_for_review(here.plan, here.stage, by=request.user, **form.cleaned_data)
            messages.success(request, "The review has been requested.")
    except MoveRefused as error:
        return _refused(request, here, error)
    except StaleVersion:
        here = stage_for(request.user, plan_id, number)
        return _review_page(request, here, form=form, is_stale=True, status=409)
    return redirect("stage_review", plan_id, number)


@require_POST
def call_off(request, plan_id, number):
    """Cancel the review: end it without a sign-off."""
    here = stage_for(request.user, plan_id, number, move=StageMove.CALL_OFF)
    if here.standing.review is None:
        return _refused(request, here, "There is no review to cancel.")
    try:
        actions.call_off_review(here.standing.review, by=request.user)
    except (MoveRefused, StaleVersion):
        return _refused(
            request,
            here,
            "The review has changed since you opened the page. Check it, then decide.",
        )
    messages.success(request, "The review has been cancelled.")
    return redirect("stage_review", plan_id, number)


@require_POST
def marks(request, plan_id, number):
    """Save a reviewer's views of all 10 steps in one form, so that no text is lost."""
    here = stage_for(request.user, plan_id, number, move=StageMove.MARK)
    if not here.may.can_mark:
        if here.standing.allows(StageMove.MARK):
            raise PermissionDenied("You were not asked to review this stage.")
        return _refused(request, here, "This stage is not in review, so nothing has been saved.")
    forms = _mark_forms(here, request.POST)
    if not all(form.is_valid() for form in forms):
        return _review_page(request, here, marks=forms, status=422)
    reviewer = Membership.objects.get(pk=here.plan.membership_id)
    try:
        with transaction.atomic():
            saved = [
                actions.mark_step(
                    here.standing.review,
                    form.step,
                    reviewer=reviewer,
                    by=request.user,
                    **form.cleaned_data,
                )
                for form in forms
                if form.is_marked
            ]
    except MoveRefused as error:
        return _refused(request, here, error)
    except StaleVersion:
        return _review_page(
            request, here, marks=_with_saved_versions(forms), is_late=True, status=409
        )
    messages.success(
        request,
        f"Your review has been saved. You have reviewed {len(saved)} of {len(forms)} steps.",
    )
    return redirect(reverse("stage_review", args=[plan_id, number]))


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, plan_id, number, mark_id):
    """Answer a reviewer's concern."""
    mark, here = mark_for(request.user, plan_id, number, mark_id, move=StageMove.ANSWER)
    is_stale = False
    if request.method == "POST":
        form = ConcernAnswerForm(request.POST)
        if form.is_valid():
            try:
                actions.answer_concern(mark, by=request.user, **form.cleaned_data)
            except MoveRefused as error:
                return _refused(request, here, error)
            except StaleVersion:
                is_stale = True
            else:
                messages.success(request, "Your answer has been saved.")
                return redirect("stage_review", plan_id, number)
    else:
        form = ConcernAnswerForm(initial={"version": mark.version, "answer": mark.answer})
    return _page(
        request,
        here,
        "answer",
        status=409 if is_stale else 422 if form.is_bound else 200,
        mark=mark,
        form=form,
        is_stale=is_stale,
    )


@dataclass(frozen=True)
class ReviewerMark:
    """One reviewer's view of one step. Without a mark, they have not reviewed it."""

    step: int
    mark: ReviewMark | None


@dataclass(frozen=True)
class ReviewerRow:
    name: str
    post: str
    cells: list[ReviewerMark]

    @property
    def reviewed(self):
        return sum(cell.mark is not None for cell in self.cells)


def _review_page(
    request, here, *, form=None, marks=None, is_stale=False, is_late=False, status=200
):
    """Render the review. `form` and `marks` are forms that were sent and could not be saved."""
    review = here.standing.review or _ended_by_sign_off(here)
    steps = list(Step.objects.filter(stage=here.stage).select_related("role_area"))
    given = _marks(review)
    if form is None and (here.may.can_ask or here.may.can_change_review):
        form = ReviewForm(initial=_initial(review), council=here.plan.council_id)
    return _page(
        request,
        here,
        "review",
        status=status,
        review=review,
        is_overdue=here.standing.review is not None and review.due < timezone.localdate(),
        steps=steps,
        reviewers=_reviewers(review, steps, given),
        concerns=[mark for mark in given if mark.is_concern],
        form=form,
        review_version=review.version if review else 0,
        is_stale=is_stale,
        is_late=is_late,
        marks=_mark_sections(here, steps, marks),
        problems=[problem for each in marks or [] for problem in each.problems],
        sign_offs=[
            (each, moment_in_words(each.signed_at))
            for each in SignOff.objects.filter(plan=here.plan, stage=here.stage).select_related(
                "signed_by"
            )
        ],
    )


def _ended_by_sign_off(here):
    """Return the review that the current sign-off ended, if there was one."""
    if here.standing.state is not State.SIGNED_OFF:
        return None
    reviews = Review.objects.filter(plan=here.plan, stage=here.stage).select_related("asked_by")
    return reviews.filter(ended_at=here.standing.sign_off.signed_at).first()


def _initial(review):
    if review is None:
        return {"version": 0}
    return {
        "version": review.version,
        "reviewers": list(review.reviewers.values_list("pk", flat=True)),
        "due": review.due,
        "words": review.words,
    }


def _marks(review):
    marks = ReviewMark.objects.filter(review=review).select_related(
        "step__role_area", "reviewer__user", "answered_by"
    )
    return list(marks) if review else []


def _reviewers(review, steps, marks):
    """Return a row for each person asked, and for those no longer asked who had saved a mark."""
    if review is None:
        return []
    people = {person.pk: person for person in review.reviewers.select_related("user")}
    people |= {mark.reviewer_id: mark.reviewer for mark in marks}
    found = {(mark.reviewer_id, mark.step_id): mark for mark in marks}
    return [
        ReviewerRow(
            person.user.name,
            person.post,
            [ReviewerMark(step.number, found.get((person.pk, step.pk))) for step in steps],
        )
        for person in sorted(people.values(), key=lambda person: person.user.name)
    ]


def _mark_forms(here, data=None, steps=None):
    steps = steps or Step.objects.filter(stage=here.stage).select_related("role_area")
    mine = {
        mark.step_id: mark
        for mark in ReviewMark.objects.filter(
            review=here.standing.review, reviewer=here.plan.membership_id
        )
    }
    return [MarkForm(data, step=step, mark=mine.get(step.pk)) for step in steps]


def _with_saved_versions(forms):
    """Return the forms with the versions now saved, so that sending them again replaces those."""
    for form in forms:
        form.data = form.data.copy()
        form.data[form.add_prefix("version")] = form.mark.version if form.mark else 0
    return forms


def _mark_sections(here, steps, forms):
    """Return each step with its progress and the person's form, if they were asked."""
    if not here.may.can_mark:
        return []
    rows = PlanItem.objects.live().filter(plan=here.plan, step__stage=here.stage)
    tallies = {
        row["step"]: Tally.of(row) for row in rows.tally_by("step", today=timezone.localdate())
    }
    forms = forms or _mark_forms(here, steps=steps)
    return [(form, form.step, tallies.get(form.step.pk, Tally())) for form in forms]


# --- Sign-off -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def sign_off(request, plan_id, number):
    """Show what will be signed off and what is left open, then sign it off."""
    here = stage_for(request.user, plan_id, number, move=StageMove.SIGN_OFF)
    if request.method != "POST":
        if not here.may.can_sign_off:
            return redirect("stage_review", plan_id, number)
        return _sign_off_page(request, here)
    form = SignOffForm(request.POST, needed=_needs_reason(here))
    if not form.is_valid():
        # Otherwise the page would show a newer state than the one they checked, without saying so.
        seen = form.cleaned_data.get("seen")
        is_stale = seen != actions.latest_change(here.plan, here.stage)
        return _sign_off_page(request, here, form=form, is_stale=is_stale, status=422)
    try:
        signed = actions.sign_off_stage(here.plan, here.stage, by=request.user, **form.cleaned_data)
    except MoveRefused as error:
        return _refused(request, here, error)
    except (StaleVersion, actions.ReasonNeeded):
        return _sign_off_page(request, here, form=form, is_stale=True, status=409)
    messages.success(request, f"Stage {number} has been signed off.")
    return redirect("sign_off", plan_id, signed.pk)


def _needs_reason(here):
    return (
        actions.steps_not_reviewed(here.plan, here.stage).exists()
        or actions.statutory_concerns(here.plan, here.stage).exists()
        or any(each.is_statutory for each in actions.reviewers_not_finished(here.plan, here.stage))
    )


def _sign_off_page(request, here, *, form=None, is_stale=False, status=200):
    missing = list(actions.steps_not_reviewed(here.plan, here.stage).select_related("role_area"))
    statutory = list(actions.statutory_concerns(here.plan, here.stage))
    unfinished = actions.reviewers_not_finished(here.plan, here.stage)
    officers = [each for each in unfinished if each.is_statutory]
    seen = actions.latest_change(here.plan, here.stage)
    given = _marks(here.standing.review)
    rows = PlanItem.objects.live().filter(plan=here.plan, step__stage=here.stage)
    return _page(
        request,
        here,
        "sign_off",
        status=status,
        form=form or SignOffForm(needed=bool(missing or statutory or officers)),
        seen=seen,
        missing=missing,
        statutory=statutory,
        unfinished=unfinished,
        has_unfinished_officers=bool(officers),
        concerns=[mark for mark in given if mark.is_concern],
        agreed=len({mark.step_id for mark in given if mark.verdict == Verdict.AGREE}),
        reviewed=len({mark.step_id for mark in given}),
        tally=sum(
            (Tally.of(row) for row in rows.order_by().tally_by("plan", today=timezone.localdate())),
            Tally(),
        ),
        is_stale=is_stale,
    )


@require_safe
def receipt(request, plan_id, sign_off_id):
    """Show who signed what off, when, and the checksum of what was signed."""
    sign_off, plan, rights = sign_off_for(request.user, plan_id, sign_off_id)
    return render(
        request,
        "assessments/reviews/stages/receipt.html",
        {
            "plan": plan,
            "council": plan.council,
            "marking": plan.get_marking_display(),
            "rights": rights,
            "sign_off": sign_off,
            "snapshot": sign_off.snapshot,
            "signed": moment_in_words(sign_off.signed_at),
            "reopened": "" if sign_off.is_current else moment_in_words(sign_off.reopened_at),
            "statements": _statements(sign_off),
            "can_state": sign_off.is_current
            and bool(statement_posts(plan))
            and not sign_off.statements.filter(by=request.user).exists(),
        },
    )


def _statements(sign_off):
    """Return each office that can make a statement, with the statements made in it."""
    found = list(sign_off.statements.select_related("by"))
    return [
        (
            Office(office).label,
            [(each, moment_in_words(each.at)) for each in found if each.office == office],
        )
        for office in SignOffStatement.OFFICES
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@once
def statement(request, plan_id, sign_off_id):
    """Make one's own statement on a sign-off, as an officer of SignOffStatement.OFFICES or as
    their deputy.
    """
    sign_off, plan, rights = sign_off_for(request.user, plan_id, sign_off_id, needs=Right.REVIEW)
    posts = statement_posts(plan)
    if not posts:
        raise PermissionDenied(
            "Only the monitoring officer, the section 151 officer and their deputies can make a "
            "statement. An owner sets officer roles and deputies on the People page."
        )
    form = StatementForm(request.POST if request.method == "POST" else None, posts=posts)
    problem = ""
    if form.is_valid():
        try:
            actions.make_statement(sign_off, by=request.user, **form.cleaned_data)
        except MoveRefused as error:
            problem = str(error)
        else:
            messages.success(request, "Your statement has been added.")
            return redirect("sign_off", plan_id, sign_off_id)
    context = {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
        "sign_off": sign_off,
        "post": posts[0].label if len(posts) == 1 else "",
        "form": form,
        "problem": problem,
    }
    status = 409 if problem else 422 if form.is_bound else 200
    return render(request, "assessments/reviews/stages/statement.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request, plan_id, number):
    """Let a signed-off stage be changed again, for a reason."""
    here = stage_for(request.user, plan_id, number, move=StageMove.REOPEN)
    if request.method != "POST":
        if not here.may.can_reopen:
            return redirect("stage_review", plan_id, number)
        return _page(request, here, "reopen", form=ReopenForm())
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _page(request, here, "reopen", form=form, status=422)
    try:
        actions.reopen_stage(here.plan, here.stage, by=request.user, **form.cleaned_data)
    except MoveRefused as error:
        return _refused(request, here, error)
    messages.success(request, f"Stage {number} has been reopened.")
    return redirect("plan_stage", plan_id, number)


# --- All ------------------------------------------------------------------------------------------


def _refused(request, here, words):
    """Say that the stage's state had changed, and show the text that was sent."""
    typed = [value for _, value in fields_sent(request) if " " in value.strip()]
    return _page(request, here, "refused", status=409, words=words, typed=typed)


def _page(request, here, name, *, status=200, **context):
    context |= {
        "plan": here.plan,
        "council": here.plan.council,
        "marking": here.plan.get_marking_display(),
        "rights": here.rights,
        "stage": here.stage,
        "state": here.standing.state.value,
        "is_in_review": here.standing.state is State.IN_REVIEW,
        "is_signed_off": here.standing.state is State.SIGNED_OFF,
        "standing_sign_off": here.standing.sign_off,
        "may": here.may,
    }
    return render(request, f"assessments/reviews/stages/{name}.html", context, status=status)
