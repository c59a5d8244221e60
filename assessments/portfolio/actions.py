import shutil
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from assessments.exports.formats import PDF
from assessments.exports.report import Report
from assessments.plans.actions import record_export
from assessments.plans.models import Plan
from councils.models import User

from .models import Bundle, BundlePlan


def ask_for_bundle(plans: Sequence[Plan], *, by: User) -> Bundle:
    """Record which plans a person wants in one zip, in this order. `tasks.make_bundle` makes it."""
    with transaction.atomic():
        bundle = Bundle.objects.create(asked_by=by)
        BundlePlan.objects.bulk_create(
            BundlePlan(bundle=bundle, plan=plan, position=position)
            for position, plan in enumerate(plans, start=1)
        )
    return bundle


def keep_pdf(entry: BundlePlan, plan: Plan, report: Report, content: bytes, *, by: User) -> None:
    """Save a plan's PDF for the download, and record it in the plan's history.

    `plan` must have been fetched for `by`: it carries how much of the plan they can see.
    """
    entry.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with transaction.atomic():
        entry.file_name = _file_name(entry, report)
        entry.marking = report.marking
        entry.stages = "".join(map(str, plan.stages))
        entry.state = BundlePlan.State.MADE
        entry.save(update_fields=["file_name", "marking", "stages", "state"])
        _move(entry.bundle)
        record_export(plan, by=by, detail=PDF.contents_in_words(report))
        entry.path.write_bytes(content)


def _file_name(entry: BundlePlan, report: Report) -> str:
    """Return the name of a single PDF, with the election day if the zip has that name already."""
    name = f"{report.file_stem}.pdf"
    if entry.bundle.entries.filter(file_name=name).exists():
        name = f"{report.file_stem}-election-{report.election_day}-{entry.position}.pdf"
    return name


def leave_out(entry: BundlePlan, state: BundlePlan.State) -> None:
    """Record that a plan is not in the zip, and why."""
    with transaction.atomic():
        entry.state = state
        entry.save(update_fields=["state"])
        _move(entry.bundle)


def finish_bundle(bundle: Bundle) -> None:
    bundle.finished_at = timezone.now()
    bundle.save(update_fields=["finished_at"])


def clear_bundles() -> int:
    """Delete what was requested more than a day ago, files first. Return the number of bundles."""
    bundles = list(Bundle.objects.expired())
    for bundle in bundles:
        shutil.rmtree(bundle.folder, ignore_errors=True)
        bundle.delete()
    return len(bundles)


def _move(bundle: Bundle) -> None:
    bundle.moved_at = timezone.now()
    bundle.save(update_fields=["moved_at"])
