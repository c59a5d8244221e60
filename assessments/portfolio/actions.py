import shutil

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import record_export

from .models import Bundle, BundlePlan


def ask_for_bundle(plans, *, by):
    """Note which plans a person wants in one zip, in this order. `tasks.make_bundle` makes it."""
    with transaction.atomic():
        bundle = Bundle.objects.create(asked_by=by)
        BundlePlan.objects.bulk_create(
            BundlePlan(bundle=bundle, plan=plan, position=position)
            for position, plan in enumerate(plans, start=1)
        )
    return bundle


def keep_pdf(entry, plan, report, content, *, by):
    """Put a plan's PDF where it waits to be fetched; the plan's history records the export.

    `plan` was fetched for `by`: with it comes how much of the plan they saw.
    """
    entry.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with transaction.atomic():
        entry.file_name = _file_name(entry, report)
        entry.marking = report.marking
        entry.stages = "".join(map(str, plan.stages))
        entry.state = BundlePlan.State.MADE
        entry.save(update_fields=["file_name", "marking", "stages", "state"])
        _move(entry.bundle)
        record_export(plan, by=by, detail=report.contents_in_words)
        entry.path.write_bytes(content)


def _file_name(entry, report):
    """As for a single PDF; two elections of one council are told apart by their days."""
    name = f"{report.file_stem}.pdf"
    if entry.bundle.entries.filter(file_name=name).exists():
        name = f"{report.file_stem}-election-{report.election_day}-{entry.position}.pdf"
    return name


def leave_out(entry, state):
    """Note that a plan is not in the zip, and why."""
    with transaction.atomic():
        entry.state = state
        entry.save(update_fields=["state"])
        _move(entry.bundle)


def finish_bundle(bundle):
    bundle.finished_at = timezone.now()
    bundle.save(update_fields=["finished_at"])


def clear_bundles():
    """Delete what was asked for more than a day ago, files first; the number of bundles."""
    bundles = list(Bundle.objects.expired())
    for bundle in bundles:
        shutil.rmtree(bundle.folder, ignore_errors=True)
        bundle.delete()
    return len(bundles)


def _move(bundle):
    bundle.moved_at = timezone.now()
    bundle.save(update_fields=["moved_at"])
