import shutil
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assessments.exports.formats import PDF
from assessments.exports.report import Report
from assessments.plans.actions import PlanDeleted, hold_all, record_export
from assessments.plans.models import Plan
from councils.actions import lock_council
from councils.models import Council, CouncilEvent, Membership, User

from .access import plans_open_to
from .models import BUNDLES_KEPT, LARGEST_PDF, Bundle, BundlePdf, BundlePlan


def ask_for_bundle(
    plans: Sequence[Plan], *, by: User, contents: str = Bundle.Contents.PLAN
) -> Bundle:
    """Record which plans a person wants in one zip, in this order. `tasks.make_bundle` makes it.

    `contents` is what each PDF has. Deletes their oldest zips if they would have too many. Plans
    deleted since they were fetched are left out; raises PlanDeleted if all were.
    """
    with transaction.atomic():
        held = hold_all(Plan.objects.filter(pk__in=[plan.pk for plan in plans]))
        plans = [plan for plan in plans if plan.pk in held]
        if not plans:
            raise PlanDeleted
        kept = Bundle.objects.filter(asked_by=by).order_by("-asked_at", "-pk")
        too_many = list(kept.values_list("pk", flat=True)[BUNDLES_KEPT - 1 :])
        if too_many:
            Bundle.objects.filter(pk__in=too_many).delete()
        bundle = Bundle.objects.create(asked_by=by, contents=contents)
        BundlePlan.objects.bulk_create(
            BundlePlan(bundle=bundle, plan=plan, position=position)
            for position, plan in enumerate(plans, start=1)
        )
    return bundle


def erasures_in(council: Council) -> int:
    """Return how many people have been erased from the council's record."""
    erased = CouncilEvent.objects.filter(kind=CouncilEvent.Kind.PERSON_ERASED)
    return erased.filter(council=council).count()


def keep_pdf(
    entry: BundlePlan,
    plan: Plan,
    report: Report,
    content: bytes,
    *,
    by: User,
    erasures: int | None = None,
) -> bool:
    """Save a plan's PDF for the download, and record it in the plan's history.

    `plan` must have been fetched for `by`: it carries how much of the plan they can see. A PDF of
    more than LARGEST_PDF is left out. `erasures` is `erasures_in` its council before the report was
    made: if anyone has been erased since, nothing is saved and False is returned, because the PDF
    may name them. The same happens if what the person can see of the plan has changed since.
    """
    if len(content) > LARGEST_PDF:
        leave_out(entry, BundlePlan.State.TOO_LARGE)
        return True
    with transaction.atomic():
        lock_council(plan.council)  # as erasing a person and ending a membership do
        if erasures not in (None, erasures_in(plan.council)):
            return False
        now = plans_open_to(by, [plan.pk]).get(plan.pk)
        if now is None or (now.grant_id, now.stages) != (plan.grant_id, plan.stages):
            return False
        entry.file_name = _file_name(entry, report)
        entry.marking = report.marking
        entry.stages = "".join(map(str, plan.stages))
        entry.state = BundlePlan.State.MADE
        entry.save(update_fields=["file_name", "marking", "stages", "state"])
        _move(entry.bundle)
        record_export(plan, by=by, detail=PDF.contents_in_words(report))
        BundlePdf.objects.update_or_create(entry=entry, defaults={"content": content})
    return True


def _file_name(entry: BundlePlan, report: Report) -> str:
    """Return the name of a single PDF, with the election day if the zip has that name already."""
    name = f"{report.file_stem}.pdf"
    if entry.bundle.entries.filter(file_name=name).exists():
        name = f"{report.file_stem} election {report.election_day} {entry.position}.pdf"
    return name


def leave_out(entry: BundlePlan, state: BundlePlan.State) -> None:
    """Record that a plan is not in the zip, and why."""
    with transaction.atomic():
        entry.state = state
        entry.save(update_fields=["state"])
        _move(entry.bundle)


def finish_bundle(bundle: Bundle) -> None:
    Bundle.objects.filter(pk=bundle.pk).update(finished_at=timezone.now())


def forget_zips_of(membership: Membership, by: User | None) -> None:
    """Delete the PDFs that someone whose membership ends requested of the council's plans.

    As an adviser of the same council, they could otherwise still download what only members see.
    """
    pdfs = BundlePdf.objects.filter(entry__bundle__asked_by=membership.user_id)
    pdfs.filter(entry__plan__council=membership.council_id).delete()


def forget_pdfs_in_bundles(plans: QuerySet[Plan]) -> None:
    """Delete the PDFs of these plans from all zips; the zips then say that they could not be made.

    For what must no longer be in any copy.
    """
    BundlePdf.objects.filter(entry__plan__in=plans).delete()


def clear_bundles() -> int:
    """Delete what was requested more than a day ago. Return the number of bundles."""
    # Where versions before 0.2 kept the PDFs.
    shutil.rmtree(settings.PRIVATE_DIR / "bundles", ignore_errors=True)
    _, deleted = Bundle.objects.expired().delete()
    return deleted.get(Bundle._meta.label, 0)


def _move(bundle: Bundle) -> None:
    bundle.moved_at = timezone.now()
    bundle.save(update_fields=["moved_at"])
