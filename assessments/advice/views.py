"""Pages of questions to advisers."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_context
from assessments.advisers.access import grants_of
from assessments.fields import id_in
from assessments.plans.actions import TooManyEntries
from councils.once import once
from councils.permissions import Right
from frameworks.models import Step

from . import actions
from .access import advice_for, question_for, question_to_answer, questions_on, queue_of
from .forms import AdviceAnswerForm, AdviceQuestionForm


@require_safe
def queue(request):
    """Show what the person is asked for advice on, of all councils, soonest first."""
    today = timezone.localdate()
    rows = [(each, each.is_overdue(today)) for each in queue_of(request.user)]
    return render(request, "assessments/advice/queue.html", {"rows": rows})


@require_safe
def advice(request, plan_id):
    """List the questions on a plan: open ones first."""
    plan, rights = advice_for(request.user, plan_id)
    today = timezone.localdate()
    found = questions_on(request.user, plan)
    if step := id_in(request.GET, "step"):
        found = found.filter(step__number=min(step, 99))
    rows = [(each, each.is_overdue(today)) for each in found]
    context = plan_context(plan, rights) | {
        "open": [row for row in rows if row[0].is_open],
        "ended": [row for row in rows if not row[0].is_open],
        "step": step,
    }
    return render(request, "assessments/advice/advice.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def ask(request, plan_id):
    """Ask an adviser; `step` in the address selects the step."""
    plan, rights = advice_for(request.user, plan_id, needs=Right.GRANT)
    grants = list(grants_of(plan).live())
    steps = Step.objects.filter(framework=plan.transition_id).select_related("stage", "role_area")
    options = {
        "grants": grants,
        "steps": steps,
        "today": timezone.localdate(),
        "names": {str(each.pk): _name(each) for each in grants},
    }
    status = 200
    if request.method == "POST":
        form, status = AdviceQuestionForm(request.POST, **options), 422
        if form.is_valid():
            try:
                asked = actions.ask_for_advice(plan, by=request.user, **form.asked())
            except actions.AdviceRefused as error:
                form.add_error(None, str(error))
                status = 409
            except TooManyEntries as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Your question has been sent.")
                return redirect("advice_question", plan.pk, asked.pk)
    else:
        form = AdviceQuestionForm(**options, initial={"step": request.GET.get("step")})
    context = plan_context(plan, rights) | {"form": form, "grants": grants}
    return render(request, "assessments/advice/ask.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def question(request, plan_id, question_id):
    """Show a question; the adviser’s POST answers it."""
    if request.method != "POST":
        plan, found, rights = question_for(request.user, plan_id, question_id)
        form = AdviceAnswerForm() if _can_answer(request, found) else None
        return _question(request, plan, found, rights, form)
    question_to_answer(request.user, plan_id, question_id)
    plan, found, rights = question_for(request.user, plan_id, question_id)
    form = AdviceAnswerForm(request.POST)
    if not form.is_valid():
        return _question(request, plan, found, rights, form, status=422)
    try:
        actions.answer_question(found, answer=form.cleaned_data["answer"], by=request.user)
    except actions.AdviceRefused as error:
        form.add_error(None, str(error))
        return _question(request, plan, found, rights, form, status=409)
    messages.success(request, "Your answer has been sent.")
    return redirect("advice_question", plan.pk, found.pk)


@require_POST
def end(request, plan_id, question_id):
    """Withdraw a question, or close it after the answer."""
    plan, found, _ = question_for(request.user, plan_id, question_id, needs=Right.GRANT)
    actions.end_question(found, by=request.user)
    did = "closed" if found.answered_at else "withdrawn"
    messages.success(request, f"The question has been {did}.")
    return redirect("advice_question", plan.pk, found.pk)


@require_POST
def exports(request, plan_id, question_id):
    """Show an answered question in downloads, or with `hide` stop."""
    plan, found, _ = question_for(request.user, plan_id, question_id, needs=Right.GRANT)
    actions.show_in_exports(found, shown="hide" not in request.POST, by=request.user)
    return redirect("advice_question", plan.pk, found.pk)


def _can_answer(request, found):
    return found.adviser_id == request.user.pk and found.is_open and not found.answered_at


def _name(grant):
    """Return the name of an adviser; only the address until they have opened the plan."""
    return grant.adviser.name if grant.has_opened else grant.adviser.email


def _question(request, plan, found, rights, form, *, status=200):
    names = {each.adviser_id: _name(each) for each in grants_of(plan).order_by("granted_at", "pk")}
    context = plan_context(plan, rights) | {
        "found": found,
        "form": form,
        "adviser": names.get(found.adviser_id, found.adviser.name),
        "is_overdue": found.is_overdue(timezone.localdate()),
    }
    return render(request, "assessments/advice/question.html", context, status=status)
