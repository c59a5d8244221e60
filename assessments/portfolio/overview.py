"""The list of a person's plans: which to list, then the figures of each.

Only the plans of the current page are counted. Everything is read through `visible_to`, so nothing
is counted that the reader cannot see.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce

from assessments.access import Rights
from assessments.addresses import address
from assessments.comments.models import Comment
from assessments.plans.models import OPEN_STATUSES, STAGES, AdviserLook, Event, Plan, PlanItem
from assessments.plans.progress import Tally, standing_of

PAGE_SIZE = 25


@dataclass(frozen=True)
class PlanListRow:
    """One plan in the list. `stages` has a tally for each stage, None if it is not shared.

    `new_comments` are those that the reader has not seen. `until` is the last day of an adviser's
    access, None for a member. If the plan `is_unopened` by an adviser, its figures are not shown.
    """

    plan: Plan
    url: str
    pdf_url: str
    stage: int
    standing: str
    stages: tuple[tuple[int, Tally | None], ...]
    tally: Tally
    next_date: dt.date | None
    next_words: str
    changed_at: dt.datetime | None
    can_export: bool
    new_comments: int
    comments_url: str
    until: dt.date | None
    is_unopened: bool


def plans_listed(user, *, text="", stage=None, overdue=False, sort="council", today):
    """Return the queryset of matching plans, ordered, unpaginated.

    A plan that an adviser has not opened counts as having no overdue action and no change, because
    the list must not show figures of it.
    """
    plans = Plan.objects.visible_to(user)
    late = PlanItem.objects.visible_to(user).live().overdue(today).filter(plan=OuterRef("pk"))
    looks = AdviserLook.objects.filter(grant=OuterRef("grant_id"))
    has_figures = Q(grant_id=None) | Q(Exists(looks))
    if text:
        plans = plans.filter(council__name__icontains=text)
    if stage:
        plans = plans.in_stage(stage, today)
    if overdue:
        plans = plans.filter(has_figures, Exists(late))
    match sort:
        case "election":
            plans = plans.order_by("election_day", "council__name", "pk")
        case "changed":
            latest = _changes().filter(plan=OuterRef("pk")).order_by("-at", "-pk").values("at")[:1]
            plans = plans.alias(latest=Case(When(has_figures, then=Subquery(latest))))
            plans = plans.order_by(F("latest").desc(nulls_last=True), "pk")
        case "overdue":
            number = _number_of(late, by="plan")
            plans = plans.alias(late=Case(When(has_figures, then=number), default=0))
            plans = plans.order_by("-late", "council__name", "-election_day", "pk")
        case _:
            plans = plans.order_by("council__name", "-election_day", "pk")
    plans = plans.annotate(
        new_comments=_number_of(_new_comments(user), by="thread__plan"),
        until=Case(When(grant_id__isnull=False, then=F("held_grant__until"))),
    )
    return plans.select_related("council").with_dates()


def _new_comments(user):
    """Return the comments of the outer plan that the reader has not seen, of stages they can see.

    The outer query must carry what its reader can see.
    """
    is_seen = Case(
        *(
            When(thread__step__stage__number=number, then=OuterRef(f"sees_stage_{number}"))
            for number in STAGES
        ),
        output_field=BooleanField(),
    )
    return Comment.objects.unseen_by(user).filter(is_seen, thread__plan=OuterRef("pk"))


def _number_of(rows, *, by):
    """Return an annotation: the number of `rows`, a subquery of one plan; `by` is their plan."""
    counts = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def lines_for(user, plans, *, opened, today):
    """Return the rows of the plans of one page, in 2 queries.

    `opened` are the keys of the adviser's grants under which they have opened the plan: of others,
    nothing is shown that the adviser access log would have to list.
    """
    ids = [plan.pk for plan in plans]
    is_coming = Q(status__in=OPEN_STATUSES, due__gte=today)
    rows = (
        PlanItem.objects.visible_to(user)
        .live()
        .filter(plan__in=ids)
        .tally_by("plan", "step__stage__number", today=today)
        .annotate(next_due=Min("due", filter=is_coming))
    )
    tallies, next_due = {}, {}
    for row in rows:
        tallies[row["plan"], row["step__stage__number"]] = Tally.of(row)
        if row["next_due"]:
            known = next_due.get(row["plan"], row["next_due"])
            next_due[row["plan"]] = min(known, row["next_due"])
    changes = _changes().filter(plan__in=ids).order_by().values("plan").annotate(last=Max("at"))
    changed = {row["plan"]: row["last"] for row in changes}
    return [
        _line(
            plan,
            tallies,
            next_due.get(plan.pk),
            changed,
            today,
            is_unopened=plan.grant_id is not None and plan.grant_id not in opened,
        )
        for plan in plans
    ]


def _changes():
    return Event.objects.exclude(kind__in=Event.LEAVE_THE_PLAN_AS_IT_IS)


def _line(plan, tallies, next_due, changed, today, *, is_unopened):
    stages = tuple((number, tallies.get((plan.pk, number))) for number in (1, 2, 3))
    day, words = _next(plan, next_due, today)
    return PlanListRow(
        plan=plan,
        url=address("plan", plan.pk),
        pdf_url=address("action_plan", plan.pk),
        stage=plan.boundaries.stage_on(today),
        standing=standing_of(plan, today=today),
        stages=stages,
        tally=sum((tally for _, tally in stages if tally), Tally()),
        next_date=day,
        next_words=words,
        changed_at=changed.get(plan.pk),
        can_export=Rights.of(plan).can_export,
        new_comments=plan.new_comments,
        comments_url=f"{address('plan_comments', plan.pk)}?show=unseen",
        until=plan.until,
        is_unopened=is_unopened,
    )


def _next(plan, next_due, today):
    """Return the next key date, or the day an action is due if that comes first."""
    coming = [date for date in plan.timetable.to_come(today) if date.date >= today]
    if next_due and (not coming or next_due < coming[0].date):
        return next_due, "Next due date of an action"
    return (coming[0].date, coming[0].short_label) if coming else (None, "")
