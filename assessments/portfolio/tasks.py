"""Background work, done by `manage.py worker`."""

import logging

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from assessments.exports.formats import PDF
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope, ScopeKind
from assessments.printing.pdf import PdfNotMade, PdfTooLarge

from . import actions
from .access import plans_open_to
from .models import Bundle, BundlePlan

logger = logging.getLogger(__name__)

State = BundlePlan.State

EVERYTHING = ExportOptions(guidance=True, comments=True, register=True)

# What each PDF covers and contains.
CONTENTS = {
    Bundle.Contents.PLAN: (Scope(), ExportOptions()),
    Bundle.Contents.OPEN: (Scope(), ExportOptions(open_only=True)),
    Bundle.Contents.SUMMARY: (Scope(ScopeKind.SUMMARY), ExportOptions()),
    Bundle.Contents.EVERYTHING: (Scope(), EVERYTHING),
}


@task()
def make_bundle(bundle_id):
    """Make each plan's PDF in turn. Plans that the person can no longer see are left out."""
    actions.clear_bundles()
    bundle = Bundle.objects.select_related("asked_by").filter(pk=bundle_id).first()
    if bundle is None:
        return
    for entry in bundle.entries.filter(state=State.WAITING):
        if not BundlePlan.objects.filter(pk=entry.pk).exists():
            continue  # the plan was deleted meanwhile, or the bundle
        entry.bundle = bundle
        _make(entry, bundle.asked_by)
    actions.finish_bundle(bundle)


def _make(entry, person):
    plan = plans_open_to(person, [entry.plan_id]).get(entry.plan_id)
    if plan is None:
        actions.leave_out(entry, State.REFUSED)
        return
    scope, options = CONTENTS[Bundle.Contents(entry.bundle.contents)]
    erasures = actions.erasures_in(plan.council)
    report = report_for(plan, scope=scope, options=options, today=timezone.localdate())
    try:
        # Single PDFs go first: wait long enough for several of them.
        content = PDF.draw(report, wait=10 * settings.PDF_SECONDS)
    except PdfTooLarge:
        actions.leave_out(entry, State.TOO_LARGE)
    except (PdfNotMade, RuntimeError):
        logger.exception("No PDF of plan %s for bundle %s", plan.pk, entry.bundle_id)
        actions.leave_out(entry, State.FAILED)
    else:
        if not actions.keep_pdf(entry, plan, report, content, by=person, erasures=erasures):
            # Without the name of someone who was erased, or what the person no longer sees.
            _make(entry, person)
