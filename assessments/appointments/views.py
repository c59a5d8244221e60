"""Pages of group notices: current position, log, and the form for the next notice."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import CouncilRights
from assessments.seats.models import CouncilComposition
from assessments.versions import StaleVersion
from councils.once import once
from councils.permissions import Right

from . import actions
from .access import group_notices_for
from .forms import GroupNoticeForm
from .models import current_groups, member_differences

NOTICES_A_PAGE = 50


@require_safe
def group_notices(request, slug):
    """Show the political groups as last notified, and every notice, newest first."""
    me, notices = group_notices_for(request.user, slug)
    groups = current_groups(notices)
    composition = CouncilComposition.objects.of(me.council).first()
    return render(
        request,
        "assessments/appointments/group_notices.html",
        {
            "council": me.council,
            "rights": CouncilRights.of(me),
            "groups": groups,
            "differences": member_differences(groups, composition),
            "composition": composition,
            "page": Paginator(notices, NOTICES_A_PAGE).get_page(request.GET.get("page")),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def group_notice_new(request, slug):
    """Record a notice; a stale save returns 409 with the notice that was recorded meanwhile."""
    me, notices = group_notices_for(request.user, slug, needs=Right.RECORD_SEATS)
    groups, theirs, status = current_groups(notices), None, 200
    latest = notices[0].pk if notices else 0
    if request.method != "POST":
        form = GroupNoticeForm(initial={"latest": latest}, groups=groups)
    else:
        form = GroupNoticeForm(request.POST, groups=groups)
        if not form.is_valid():
            status = 422
        else:
            try:
                notice = actions.record_group_notice(
                    council=me.council, by=request.user, **form.cleaned_data
                )
            except StaleVersion:
                theirs, status = notices[0] if notices else None, 409
            else:
                messages.success(request, f"The notice of {notice.group} has been recorded.")
                return redirect("group_notices", slug)
    return render(
        request,
        "assessments/appointments/group_notice_new.html",
        {
            "council": me.council,
            "form": form,
            "theirs": theirs,
            "is_stale": status == 409,
            "latest": latest if status == 409 else form["latest"].value(),
        },
        status=status,
    )
