"""The service as a whole: the notice to everyone, the health of its parts, the log."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from councils.once import once

from .. import actions
from ..access import for_operators, latest_events
from ..forms import NoticeForm
from ..health import all_checks
from ..models import ServiceNotice
from ..navigation import page
from ..timetable import job_states


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
@once
def notice(request):
    form = NoticeForm(request.POST or None)
    if form.is_valid():
        actions.show_notice(text=form.cleaned_data["text"], by=request.user)
        messages.success(request, "The notice will be on every page within a minute.")
        return redirect("operate_notice")
    shown = ServiceNotice.objects.filter(ended_at=None).select_related("by").first()
    return page(request, "notice", {"form": form, "shown": shown})


@require_POST
@for_operators
def notice_end(request):
    if actions.end_notice(by=request.user):
        messages.success(request, "The notice has ended.")
    return redirect("operate_notice")


@require_safe
@for_operators
def health(request):
    checks = all_checks()
    database_works = checks[0].is_well and checks[1].is_well
    context = {
        "checks": checks,
        "all_well": all(each.is_well for each in checks),
        "jobs": job_states(timezone.now()) if database_works else [],
    }
    return page(request, "health", context)


@require_safe
@for_operators
def log(request):
    return page(request, "log", {"events": latest_events()})
