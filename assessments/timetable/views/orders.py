"""The dates of the order that an election follows, entered as a set."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assessments.access import plan_for
from assessments.plans.models import Election, PlanDate
from assessments.versions import StaleVersion
from councils.permissions import Right

from .. import actions
from ..forms import OrderForm
from ..models import StructuralOrder


@require_http_methods(["GET", "HEAD", "POST"])
def order(request, plan_id):
    """Enter the order’s title and its dates, each with its article; POST saves them as one set."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    if plan.occasion != Election.ORDER:
        return redirect("plan_dates", plan.pk)
    is_stale, status = False, 200
    if request.method != "POST":
        saved = StructuralOrder.objects.filter(plan=plan).prefetch_related("dates").first()
        given = PlanDate.objects.filter(plan=plan)
        form = OrderForm(plan=plan, initial=OrderForm.initial_of(saved, given))
    else:
        form = OrderForm(request.POST, plan=plan)
        if not form.is_valid():
            status = 422
        else:
            names = ("title", "dates", "others", "state")
            answers = {name: form.cleaned_data[name] for name in names}
            try:
                actions.save_order(plan, by=request.user, **answers)
            except StaleVersion:
                is_stale, status = True, 409
            else:
                messages.success(request, "The dates of the order have been saved.")
                return redirect("plan_dates", plan.pk)
    state = actions.state_of_order(plan)
    return render(
        request,
        "assessments/timetable/order.html",
        {
            "plan": plan,
            "council": plan.council,
            "marking": plan.get_marking_display(),
            "rights": rights,
            "form": form,
            "is_stale": is_stale,
            "state": state if is_stale else form["state"].value() or state,
        },
        status=status,
    )
