"""Share a plan's counts or stop, and publish the comparison once a week."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold, record
from assessments.plans.models import STAGES, AdviserGrant, Event, Plan
from councils.models import Membership, User

from .disclosure import ComparisonCell, CouncilProgress, Councils, Spread, spreads_to_publish
from .figures import OLD_ENOUGH, SharedFigures, compared, figures_of, is_compared, week_of
from .models import ComparisonMember, ComparisonPublication, ComparisonShare, ComparisonSpread

KEPT = dt.timedelta(days=2 * 366)  # for longer than the plans of one poll are compared
NO_FIGURES = dict.fromkeys(("lower", "middle", "upper"))


class ShareRefused(Exception):
    """The counts of the plan cannot be shared; the message says why."""


def share_figures(plan: Plan, *, by: User) -> None:
    """Share the counts of a plan from the next publication. Does nothing if they are shared.

    Raises ShareRefused for a plan that is over.
    """
    with transaction.atomic():
        hold(plan)
        if not is_compared(plan, timezone.localdate()):
            raise ShareRefused("This plan is over, so its counts can no longer be compared.")
        if ComparisonShare.objects.live().filter(plan=plan).exists():
            return
        ComparisonShare.objects.create(plan=plan, given_by=by)
        record(plan, Event.Kind.COMPARISON_SHARED, by=by)


def stop_sharing(plan: Plan, *, by: User) -> None:
    """Withdraw consent and remove every figure that includes the plan. Does nothing if withdrawn.

    The figures are removed for the other councils as well: a figure calculated again without this
    council would reveal it.
    """
    with transaction.atomic():
        hold(plan)
        live = ComparisonShare.objects.live().filter(plan=plan)
        if not live.update(ended_at=timezone.now(), ended_by=by):
            return
        remove_figures(plan.pk)
        record(plan, Event.Kind.COMPARISON_ENDED, by=by)


def remove_figures(plan_number: int) -> None:
    """Remove all published figures in which the plan is counted, in the caller's transaction.

    Call it before the plan or its share is deleted. It locks the shares of the plan first, so it
    waits for figures that are being published, and takes its locks in the order in which
    `publish_comparisons` does.
    """
    shares = ComparisonShare.objects.select_for_update().filter(plan=plan_number)
    list(shares.order_by("pk").values("pk"))
    counted = ComparisonMember.objects.filter(plan_number=plan_number, is_counted=True)
    ComparisonSpread.objects.filter(pk__in=counted.values("spread")).update(**NO_FIGURES)


def publish_comparisons(*, today: dt.date | None = None) -> ComparisonPublication | None:
    """Publish the comparison of this week; return None if it has been published.

    Can be called at any time and as often as wanted. Figures change once a week only, so that no
    one can compare them just before and just after a change.
    """
    today = today or timezone.localdate()
    week = week_of(today)
    with transaction.atomic():
        publication, is_new = ComparisonPublication.objects.get_or_create(week=week)
        if not is_new:
            return None
        plans = _plans_to_compare(week, today)
        earlier = ComparisonSpread.objects.exclude(publication=publication)
        earlier.exclude(lower=None).update(**NO_FIGURES)
        # Counted from the one before, not from today: a clock that has just jumped deletes nothing.
        last = ComparisonPublication.objects.exclude(pk=publication.pk).first()
        if last is not None:
            ComparisonPublication.objects.filter(week__lt=min(week, last.week) - KEPT).delete()
        figures = figures_of(plans)
        known = _known_to_members(plans)
        cohorts = defaultdict(list)
        for number, each in figures.items():
            cohorts[each.poll_week].append((number, each))
        for poll_week, sharing in sorted(cohorts.items()):
            for stage in STAGES:
                _publish(publication, poll_week, stage, sharing, known)
    return publication


def _plans_to_compare(week: dt.date, today: dt.date) -> list[Plan]:
    """Return the plans whose counts are published in `week`, one of each council and poll.

    They were shared before the week began and are at least OLD_ENOUGH. Their council is in the
    public register, which a council made to try things out is not. The shares are locked, so that
    no consent is withdrawn, and no plan deleted, while its figures are being published.
    """
    begins = timezone.make_aware(dt.datetime.combine(week, dt.time.min))
    shares = ComparisonShare.objects.live().filter(
        given_at__lt=begins,
        plan__created_at__lt=begins - OLD_ENOUGH,
        plan__council__gss_code__isnull=False,
        plan__council__stopped_at=None,
    )
    shares = shares.exclude(plan__council__gss_code="").order_by("plan_id")
    locked = shares.select_for_update(of=("self",)).values_list("plan_id", flat=True)
    plans = Plan.objects.filter(pk__in=list(locked)).select_related("council").order_by("pk")
    found: dict[tuple[int, dt.date], Plan] = {}
    for plan in compared(plans, today):
        found.setdefault((plan.council_id, week_of(plan.election_day)), plan)
    return list(found.values())


def _known_to_members(plans: Collection[Plan]) -> list[Councils]:
    """Return, for each member of several of the councils or adviser of others, the plans they see.

    Advisers who are members nowhere are left out: they cannot open a comparison.
    """
    by_council = defaultdict(set)
    for plan in plans:
        by_council[plan.council_id].add(plan.pk)
    seen: dict[int, set[int]] = defaultdict(set)
    members = Membership.objects.current().filter(council__in=list(by_council))
    for user, council in members.order_by().values_list("user_id", "council_id"):
        seen[user] |= by_council[council]
    grants = AdviserGrant.objects.live().filter(plan__in=plans, adviser__in=list(seen))
    for user, plan_number in grants.order_by().values_list("adviser_id", "plan_id"):
        seen[user].add(plan_number)
    return list({frozenset(numbers) for numbers in seen.values() if len(numbers) > 1})


def _publish(
    publication: ComparisonPublication,
    poll_week: dt.date,
    stage: int,
    sharing: Iterable[tuple[int, SharedFigures]],
    known: Iterable[Councils],
) -> None:
    """Store what may be published of one stage for the councils of one poll."""
    rows = [
        CouncilProgress(number, each.type, each.control, each.stages[stage - 1].percentage)
        for number, each in sharing
    ]
    before, lot = _published_before(stage), poll_week.isoformat()
    for cell, spread in spreads_to_publish(rows, before, known, lot=lot):
        _store(publication, poll_week, stage, cell, spread)


def _published_before(stage: int) -> list[Councils]:
    """Return the sets of councils that figures of this stage were about, for all polls.

    A poll can be moved to another week, and its council is then compared with others.
    """
    counted = ComparisonMember.objects.filter(spread__stage=stage, is_counted=True)
    counted = counted.filter(spread__publication__is_example=False)
    sets = defaultdict(set)
    for spread, number in counted.order_by().values_list("spread_id", "plan_number"):
        sets[spread].add(number)
    return list({frozenset(numbers) for numbers in sets.values()})


def _store(
    publication: ComparisonPublication,
    poll_week: dt.date,
    stage: int,
    cell: ComparisonCell,
    spread: Spread,
) -> None:
    stored = ComparisonSpread.objects.create(
        publication=publication,
        poll_week=poll_week,
        stage=stage,
        type=cell.type,
        control=cell.control,
        councils=len(cell.counted),
        lower=spread.lower,
        middle=spread.middle,
        upper=spread.upper,
    )
    ComparisonMember.objects.bulk_create(
        ComparisonMember(spread=stored, plan_number=number, is_counted=number in cell.counted)
        for number in sorted(cell.councils)
    )
