"""What a signed-in person can see and download across plans."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404

from assessments.access import would_pass
from assessments.plans.models import AdviserGrant, Plan
from councils.models import Membership, User
from councils.permissions import Right, require

from .models import Bundle, BundlePdf, BundlePlan


def advises_where_stopped(user: User) -> bool:
    """Return whether the user advises on a plan of a council whose access is stopped. One query."""
    grants = AdviserGrant.objects.live().filter(adviser=user)
    return grants.filter(plan__council__stopped_at__isnull=False).exists()


def places_of(user: User) -> tuple[QuerySet[Membership], QuerySet[Plan]]:
    """Return the memberships and plans of the user. Raises 403 if one needs a second factor.

    Every page that lists plans must start with this, since a list shows something of each plan.
    """
    memberships = Membership.objects.held_by(user)
    plans = Plan.objects.visible_to(user)
    # There may be many, so check one of each kind. Both querysets annotate these 3 columns.
    columns: tuple[str, ...] = ("access", "office", "has_second_factor")
    for places in (memberships, plans):
        kinds = places.order_by().values_list(*columns, named=True)
        for kind in kinds.distinct():
            require(kind, Right.VIEW)
    return memberships, plans


def plans_open_to(user: User, plan_ids: Iterable[int]) -> dict[int, Plan]:
    """Return, by id, those of the plans that the user can download as PDF now."""
    plans = Plan.objects.visible_to(user).select_related("council").filter(pk__in=plan_ids)
    return {plan.pk: plan for plan in plans if user.is_active and would_pass(plan, Right.EXPORT)}


def bundle_for(user: User, bundle_id: int) -> Bundle:
    """Return the zip that the user requested, while it is kept. Raises 404."""
    return get_object_or_404(Bundle.objects.live(), asked_by=user, pk=bundle_id)


@dataclass(frozen=True)
class BundleEntry:
    """One plan of a zip, as the person who requested it can see it now."""

    pk: int
    plan: Plan
    state: BundlePlan.State
    file_name: str
    marking: str

    @property
    def is_ready(self) -> bool:
        """Whether its PDF can be downloaded."""
        return self.state == BundlePlan.State.MADE

    @property
    def is_waiting(self) -> bool:
        return self.state == BundlePlan.State.WAITING

    @property
    def words(self) -> str:
        return self.state.label


def entries_for(user: User, bundle: Bundle) -> list[BundleEntry]:
    """Return the plans of a zip, by what the user can see now, not when the PDF was made."""
    has_pdf = Exists(BundlePdf.objects.filter(entry=OuterRef("pk")))
    found = list(bundle.entries.select_related("plan__council").annotate(has_pdf=has_pdf))
    open_now = plans_open_to(user, [entry.plan_id for entry in found])
    return [
        BundleEntry(
            entry.pk,
            entry.plan,
            _state_now(entry, open_now.get(entry.plan_id), has_pdf=entry.has_pdf),
            entry.file_name,
            entry.marking,
        )
        for entry in found
    ]


def pdfs_of(entries: Iterable[BundleEntry]) -> Iterator[tuple[BundleEntry, bytes]]:
    """Yield each entry that is ready with its PDF, in order. One query, one PDF at a time."""
    ready = {entry.pk: entry for entry in entries if entry.is_ready}
    pdfs = BundlePdf.objects.filter(entry__in=ready).order_by("entry__position")
    for pdf in pdfs.iterator(chunk_size=1):
        yield ready[pdf.pk], bytes(pdf.content)


def _state_now(entry: BundlePlan, plan: Plan | None, *, has_pdf: bool) -> BundlePlan.State:
    if plan is None or not set(entry.stages) <= set(map(str, plan.stages)):
        return BundlePlan.State.REFUSED
    if entry.state == BundlePlan.State.MADE and not has_pdf:
        return BundlePlan.State.FAILED
    return BundlePlan.State(entry.state)
