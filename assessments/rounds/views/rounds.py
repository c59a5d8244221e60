"""Review rounds: an owner adds and closes them, then everyone with access reads the result."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, get_text_list
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.plans.actions import TooManyActions, record_export
from assessments.plans.stages import StageSignedOff, current_sign_offs
from assessments.printing.names import document_name
from assessments.printing.pdf import PdfNotMade
from assessments.printing.responses import file_response, no_pdf
from assessments.printing.turns import in_turn
from assessments.versions import StaleVersion, differences
from assessments.words import counted
from councils.mail import TooManyEmails
from councils.once import once
from councils.permissions import Right
from frameworks.models import CoalitionComponent, ReflectiveQuestion

from .. import actions
from ..access import asked_for, result_round_for, round_answer_for, round_for, rounds_for
from ..documents import exercise_pdf, result_pdf
from ..forms import (
    NAME_TAKEN,
    TITLE_LENGTH,
    LinkForm,
    MembersForm,
    PaperForm,
    PastedForm,
    RoundForm,
    RoundItemForm,
)
from ..marks import is_personal
from ..models import Respondent, Round, Way, suggested_rounds
from ..picture import drawn
from ..results import result_of, results_of, weakest_of

CLOSED = "This round has closed and cannot be changed."
NAMED_BY_OFFICE = (
    "Your account has the name of an office or a team, so the planner cannot tell whose answers "
    "you know. Answers from paper can be entered from an account with the name of a person."
)


@require_safe
def rounds(request, plan_id):
    """List the rounds of the plan with links to answer them or read their results."""
    plan, rights = rounds_for(request.user, plan_id)
    found = list(Round.objects.filter(plan=plan))
    mine = Respondent.objects.current().filter(round__plan=plan, membership__user=request.user)
    asked = {each.round_id: each for each in mine}
    return _page(
        request,
        plan,
        rights,
        "rounds",
        rounds=[(each, asked.get(each.pk)) for each in found],
        closed=sum(each.is_closed for each in found),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request, plan_id):
    """Add a round; three are suggested, from the reviews of the timetable."""
    plan, rights = rounds_for(request.user, plan_id, needs=Right.MANAGE_PLAN)
    names = set(Round.objects.filter(plan=plan).values_list("name", flat=True))
    suggested = [
        (name, opens, closes)
        for name, opens, closes in suggested_rounds(plan.timetable)
        if name not in names and closes >= timezone.localdate()
    ]
    chosen = next((each for each in suggested if each[0] == request.GET.get("name")), None)
    if request.method == "POST":
        form = RoundForm(request.POST, plan=plan)
        if form.is_valid():
            try:
                made = actions.make_round(plan, by=request.user, **form.fields_to_save)
            except IntegrityError:
                form.add_error("name", NAME_TAKEN)
            except actions.TooManyRounds as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"“{made.name}” has been added. Now invite people.")
                return redirect("round", plan.pk, made.pk)
    else:
        initial = dict(zip(("name", "opens", "closes"), chosen, strict=True)) if chosen else {}
        form = RoundForm(plan=plan, initial=initial | {"version": 0})
    status = 422 if form.is_bound else 200
    return _page(request, plan, rights, "new", form=form, suggested=suggested, status=status)


@require_safe
def round_(request, plan_id, round_id):
    """Show a round: the people invited, to owners; once it has closed, the result."""
    found, plan, rights = round_for(request.user, plan_id, round_id)
    asked = Respondent.objects.current().filter(round=found).select_related("membership__user")
    context = {
        "round": found,
        "respondents": asked if rights.can_manage else [],
        "mine": asked.filter(membership__user=request.user).first(),
        "papers": asked.filter(way=Way.PAPER, invited_by=request.user) if rights.can_edit else [],
    }
    if not found.is_closed:
        context["finished"] = sum(each.has_finished for each in context["respondents"])
        return _page(request, plan, rights, "round", **context)
    actions.keep_results_of(plan.council)
    results = results_of(plan)
    result = next(each for each in results if each.round == found)
    context |= {"result": result, "weakest": weakest_of(result, plan), **drawn(result)}
    return _page(request, plan, rights, "result", has_others=len(results) > 1, **context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request, plan_id, round_id):
    found, plan, rights = round_for(request.user, plan_id, round_id, needs=Right.MANAGE_PLAN)
    if found.is_closed:
        return _refused(request, found, CLOSED)
    if request.method != "POST":
        initial = {name: getattr(found, name) for name in ("version", "name", "opens", "closes")}
        form = RoundForm(plan=plan, found=found, initial=initial)
        return _page(request, plan, rights, "change", form=form, round=found)
    form = RoundForm(request.POST, plan=plan, found=found)
    if form.is_valid():
        version = form.cleaned_data["version"]
        fields = form.fields_to_save
        try:
            actions.change_round(found, version=version, by=request.user, **fields)
        except actions.RoundRefused as error:
            return _refused(request, found, error)
        except StaleVersion:
            stored = Round.objects.get(pk=found.pk)
            theirs = differences(stored, fields)
            context = {"form": form, "round": stored, "theirs": theirs, "is_stale": True}
            return _page(request, plan, rights, "change", status=409, **context)
        except IntegrityError:  # another round has just been given the name
            form.add_error("name", NAME_TAKEN)
        else:
            messages.success(request, f"“{found.name}” has been saved.")
            return redirect("round", plan.pk, found.pk)
    return _page(request, plan, rights, "change", form=form, round=found, status=422)


@require_POST
def open_now(request, plan_id, round_id):
    found, _, _ = round_for(request.user, plan_id, round_id, needs=Right.MANAGE_PLAN)
    try:
        actions.open_round(found, by=request.user)
    except actions.RoundRefused as error:
        return _refused(request, found, error)
    messages.success(request, f"“{found.name}” is now open.")
    return redirect("round", plan_id, round_id)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request, plan_id, round_id):
    """Close a round before its last day, after confirmation."""
    found, plan, rights = round_for(request.user, plan_id, round_id, needs=Right.MANAGE_PLAN)
    if request.method != "POST":
        if not found.is_open:
            return redirect("round", plan_id, round_id)
        asked = list(Respondent.objects.current().filter(round=found))
        finished = sum(each.has_finished for each in asked)
        told = any(each.way != Way.PAPER for each in asked)
        return _page(
            request,
            plan,
            rights,
            "close",
            round=found,
            asked=len(asked),
            finished=finished,
            is_early=told and found.closes > timezone.localdate(),
        )
    try:
        actions.close_round(found, by=request.user)
    except actions.RoundRefused as error:
        return _refused(request, found, error)
    messages.success(request, f"“{found.name}” has been closed. This is its result.")
    return redirect("round", plan_id, round_id)


# --- Inviting people ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@once
def ask(request, plan_id, round_id):
    """Invite members of the council, or someone else by a personal link."""
    found, plan, rights = round_for(request.user, plan_id, round_id, needs=Right.MANAGE_PLAN)
    if found.is_closed:
        return _refused(request, found, CLOSED)
    is_link = "by_link" in request.POST
    members = MembersForm(request.POST if "by_members" in request.POST else None, round_=found)
    link = LinkForm(request.POST if is_link else None)
    is_pasted = "by_pasted" in request.POST
    pasted = PastedForm(request.POST if is_pasted else None)
    form, field = members, "members"
    if is_link or is_pasted:
        form, field = (link, "email") if is_link else (pasted, "people")
    if form.is_valid():
        try:
            if is_pasted:
                told = _ask_pasted(request, pasted, found)
            elif is_link:
                told = _ask_by_link(request, link, found)
            else:
                told = _ask_members(request, members, found)
        except ValidationError as error:
            form.add_error(field, error)
        except (actions.TooManyRespondents, TooManyEmails) as error:
            form.add_error(field, str(error))
        except actions.RoundRefused as error:
            return _refused(request, found, error)
        else:
            messages.success(request, told)
            return redirect("round", plan.pk, found.pk)
    context = {
        "members_form": members,
        "link_form": link,
        "pasted_form": pasted,
        "form": form,
        "round": found,
    }
    return _page(request, plan, rights, "ask", status=422 if form.is_bound else 200, **context)


def _ask_members(request, form, found):
    members, group = form.cleaned_data["members"], form.cleaned_data["group"]
    actions.ask_members(found, memberships=members, group=group, by=request.user, tells=True)
    names = [member.user.name for member in members]
    return f"{get_text_list(names, 'and')} {'has' if len(names) == 1 else 'have'} been invited."


def _ask_pasted(request, form, found):
    number = actions.ask_several_by_link(
        found, by=request.user, link_for=_link_for(request), **form.cleaned_data
    )
    left = len(form.cleaned_data["people"]) - number
    words = f"Personal links have been emailed to {counted(number, 'person', 'people')}."
    return words + (f" {left} had already been invited." if left else "")


def _ask_by_link(request, form, found):
    answers = form.cleaned_data
    actions.ask_by_link(found, by=request.user, link_for=_link_for(request), **answers)
    return f"A personal link has been emailed to {answers['name']}."


@require_POST
def resend(request, plan_id, round_id, respondent_id):
    respondent, found, _ = asked_for(request.user, plan_id, round_id, respondent_id)
    try:
        actions.resend_link(respondent, by=request.user, link_for=_link_for(request))
    except (actions.RoundRefused, TooManyEmails) as error:
        return _refused(request, found, error)
    messages.success(request, f"A new link has been emailed to {respondent.label}.")
    return redirect("round", plan_id, round_id)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, plan_id, round_id, respondent_id):
    """Remove someone from a round, or only their name once it has closed, after confirmation."""
    respondent, found, rights = asked_for(request.user, plan_id, round_id, respondent_id)
    if request.method != "POST":
        context = {"round": found, "respondent": respondent}
        return _page(request, found.plan, rights, "remove", **context)
    if found.is_closed and respondent.membership_id:
        return _refused(
            request,
            found,
            "The name of someone with access is removed only if an owner erases them.",
        )
    if found.is_closed:
        actions.remove_name(respondent, by=request.user)
        messages.success(
            request,
            "Their name has been removed from this round. Their answers are still in the result.",
        )
    else:
        try:
            actions.remove_respondent(respondent, by=request.user)
        except actions.RoundRefused as error:  # it has closed since the page was sent
            return _refused(request, found, error)
        messages.success(request, f"{respondent.label} has been removed from the round.")
    return redirect("round", plan_id, round_id)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def paper(request, plan_id, round_id):
    """Add someone whose answers are entered from paper."""
    found, plan, rights = round_for(request.user, plan_id, round_id, needs=Right.EDIT_ITEMS)
    if not found.is_open:
        return _refused(request, found, "You can enter answers only while the round is open.")
    is_office = not is_personal(request.user.name)
    if is_office and request.method == "POST":
        return _refused(request, found, NAMED_BY_OFFICE)
    form = PaperForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            added = actions.add_on_paper(found, by=request.user, **form.cleaned_data)
        except ValidationError:
            form.add_error("name", "Someone with this name is already in this round")
        except actions.TooManyRespondents as error:
            form.add_error("name", str(error))
        except actions.RoundRefused as error:
            return _refused(request, found, error)
        else:
            return redirect("round_paper", plan.pk, found.pk, added.pk)
    return _page(
        request,
        plan,
        rights,
        "paper",
        form=form,
        round=found,
        is_office=is_office,
        named_by_office=NAMED_BY_OFFICE,
        status=422 if form.is_bound else 200,
    )


# --- The result -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@once
def make_item(request, plan_id, round_id, reference):
    """Add an item to the plan from an answer, in a step that the person chooses."""
    answer, found, rights = round_answer_for(request.user, plan_id, round_id, reference)
    plan = found.plan
    links = answer.component.step_links.filter(step__framework=plan.transition_id)
    form = RoundItemForm(
        request.POST if request.method == "POST" else None,
        initial={"title": Truncator(" ".join(answer.to_do.split())).chars(TITLE_LENGTH)},
        plan=plan,
        linked=[link.step for link in links.select_related("step__stage")],
        signed_off=current_sign_offs(plan),
    )
    refused, added, status = "", None, 422 if form.is_bound else 200
    if form.is_valid():
        try:
            item = actions.make_item_of(answer, by=request.user, **form.cleaned_data)
        except StageSignedOff as error:
            refused, status = f"{error} Choose a step in another stage.", 409
        except TooManyActions as error:
            refused, status = str(error), 409
        except actions.AlreadyAdded as error:
            refused, added, status = str(error), error.item, 409
        else:
            messages.success(request, f"“{item.title}” has been added.")
            step = reverse("plan_step", args=[plan.pk, item.step.number])
            return redirect(f"{step}#item-{item.pk}")
    context = {"form": form, "round": found, "answer": answer, "refused": refused, "added": added}
    return _page(request, plan, rights, "make_item", status=status, **context)


@require_safe
def compare(request, plan_id):
    """Show the results of the closed rounds side by side."""
    plan, rights = rounds_for(request.user, plan_id)
    actions.keep_results_of(plan.council)
    results = results_of(plan)
    by_component = list(zip(*(each.components for each in results), strict=True))
    return _page(request, plan, rights, "compare", results=results, rows=by_component)


@require_POST
@in_turn
def pdf(request, plan_id, round_id):
    """Send the result as a tagged PDF."""
    found, plan, rights = result_round_for(request.user, plan_id, round_id, needs=Right.EXPORT)
    actions.keep_results_of(plan.council)
    result = result_of(found)
    return _file(
        request,
        plan,
        rights,
        lambda: result_pdf(result, plan=plan, weakest=weakest_of(result, plan)),
        what=f"review round {found.name}",
        back=reverse("round", args=[plan.pk, found.pk]),
    )


@require_POST
@in_turn
def exercise(request, plan_id):
    """Send blank sheets for a workshop as a PDF, one component on each page."""
    plan, rights = rounds_for(request.user, plan_id, needs=Right.EXPORT)
    components = CoalitionComponent.objects.filter(framework=plan.components_id)
    questions = ReflectiveQuestion.objects.filter(framework=plan.components_id)
    return _file(
        request,
        plan,
        rights,
        lambda: exercise_pdf(plan, list(components), list(questions)),
        what="blank sheets for a review round",
        back=reverse("rounds", args=[plan.pk]),
    )


def _file(request, plan, rights, make, *, what, back):
    try:
        content = make()
    except PdfNotMade as error:
        layout = "assessments/plans/base.html"
        return no_pdf(request, error, _context(plan, rights), layout=layout, back=back)
    record_export(plan, by=request.user, detail=what)
    marking, today = plan.get_marking_display(), timezone.localdate()
    name = document_name(str(plan.council), what, marking=marking, day=today)
    return file_response(content, "application/pdf", f"{name}.pdf")


def _link_for(request):
    return lambda token: request.build_absolute_uri(reverse("review_begin", args=[token]))


def _refused(request, found, why):
    messages.info(request, str(why))
    return redirect("round", found.plan_id, found.pk)


def _context(plan, rights):
    marking = plan.get_marking_display()
    return {"plan": plan, "council": plan.council, "marking": marking, "rights": rights}


def _page(request, plan, rights, name, *, status=200, **context):
    context |= _context(plan, rights)
    return render(request, f"assessments/rounds/{name}.html", context, status=status)
