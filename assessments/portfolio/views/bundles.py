"""Download several action plans as one zip file: request it, follow progress, download it."""

import io
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments.access import plans_for
from assessments.printing.turns import in_turn
from assessments.words import moment_in_words
from councils.once import once
from councils.permissions import Right

from .. import actions
from ..access import bundle_for, entries_for, places_of
from ..forms import BundleForm
from ..models import BUNDLES_KEPT, Bundle
from ..tasks import make_bundle
from ..zip import write_zip, zip_name
from .home import plans_page


@require_POST
@once
def ask(request):
    """Request a zip of the selected plans. The query is that of the list, to return to it."""
    places_of(request.user)
    form = BundleForm(request.POST)
    if not form.is_valid():
        return plans_page(request, bundle_form=form, status=422)
    wanted = form.cleaned_data["plans"]
    plans = plans_for(request.user, wanted, needs=Right.EXPORT)
    under_way = Bundle.objects.live().filter(asked_by=request.user, finished_at=None).first()
    if under_way and under_way.is_under_way:
        messages.info(
            request,
            "Your last download is still in progress. Request the next one when it has finished.",
        )
        return redirect(under_way)
    with transaction.atomic():
        bundle = actions.ask_for_bundle(
            sorted(plans, key=lambda plan: wanted.index(plan.pk)),
            by=request.user,
            contents=form.cleaned_data["contents"],
        )
        make_bundle.enqueue(bundle.pk)
    return redirect(bundle)


@require_safe
def bundle(request, bundle_id):
    """Show progress. The fragment refreshes itself until the zip is ready."""
    bundle = bundle_for(request.user, bundle_id)
    entries = entries_for(request.user, bundle)
    ready = sum(entry.is_ready for entry in entries)
    done = sum(not entry.is_waiting for entry in entries)
    template = "_bundle.html" if request.htmx else "bundle.html"
    return render(
        request,
        f"assessments/portfolio/{template}",
        {
            "bundle": bundle,
            "entries": entries,
            "ready": ready,
            "left_out": done - ready,
            "done": done,
            "total": len(entries),
            "kept_until": moment_in_words(bundle.kept_until),
            "kept_at_once": BUNDLES_KEPT,
        },
    )


@require_safe
@partial(in_turn, methods=("GET", "HEAD"))
def download(request, bundle_id):
    """Send the zip with the plans that the person can see now."""
    bundle = bundle_for(request.user, bundle_id)
    entries = entries_for(request.user, bundle)
    if bundle.is_under_way or not any(entry.is_ready for entry in entries):
        raise Http404
    file = io.BytesIO()  # a few megabytes: BUNDLE_LIMIT plans, one or two hundred kilobytes each
    write_zip(file, bundle, entries)
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=zip_name(bundle, entries),
        content_type="application/zip",
    )
