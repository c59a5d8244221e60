"""Ask the owner of an action for an update."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assessments.access import plan_context

from .access import item_to_ask_about
from .actions import UpdateRefused, ask_for_update, why_no_update


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, plan_id, item_id):
    """Say what happens, or why it cannot be asked, then ask. A refusal changes nothing."""
    item, rights = item_to_ask_about(request.user, plan_id, item_id)
    words = item.words(item.plan.term)
    context = {**plan_context(item.plan, rights), "item": item, "words": words}
    if request.method != "POST":
        context["why_not"] = why_no_update(item, by=request.user)
        return render(request, "assessments/notices/ask.html", context)
    try:
        ask_for_update(item, by=request.user)
    except UpdateRefused as error:
        context["refused"] = str(error)
        return render(request, "assessments/notices/ask.html", context, status=409)
    messages.success(request, f"{item.owner.user.name} has been asked for an update: {words}")
    return redirect("plan_for_you", item.plan_id)
