"""The page For you: what needs an answer, the person's actions, and what others have done."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from django.conf import settings
from django.db.models import Count, Min, Prefetch, Q, QuerySet, Subquery, Window
from django.utils import timezone
from django.utils.http import urlencode

from assessments.access import Rights
from assessments.addresses import address
from assessments.development.access import shares_with
from assessments.development.models import DevelopmentShare
from assessments.history.entries import entry_of
from assessments.history.subjects import events_condition
from assessments.notices.models import Notice
from assessments.plans.by_date import (
    Dated,
    DateGroup,
    DateGroupRows,
    counts_by_date,
    in_order_of_dates,
)
from assessments.plans.models import (
    DUE_SOON_DAYS,
    AdviserLook,
    Event,
    EventChange,
    Plan,
    PlanItem,
    SignOff,
    Status,
    carry,
)
from assessments.plans.rows import ItemRow
from assessments.words import counted, day_in_words, short_weekday
from councils.models import Deputy, Membership, User, has_second_factor
from councils.prepared import PreparedQuery

from .waiting import WaitingItem

SHOWN = 5  # rows of a group, unless all of it is asked for
NO_KEY = 0  # no row has it
CHANGES = 6
LATEST = 60  # how many changes are looked through for lines that say different things
OTHERS = 5
# What a person is told of under other headings, or that changed nothing.
NOT_NEWS = (Event.Kind.PLAN_EXPORTED, Event.Kind.FEED_MADE, Event.Kind.FEED_ENDED)
VERBS = {
    Status.COMPLETED.label: "completed",
    Status.IN_PROGRESS.label: "started",
    Status.NOT_STARTED.label: "reopened",
    Status.NOT_NEEDED.label: "marked as not needed:",
}
FIRST_VISIT = dt.timedelta(days=14)


@dataclass
class ForYouGroup(DateGroupRows):
    """A group of the person's actions. `dates` are key dates in the same days."""

    dates: list["ComingDate"] = field(default_factory=list)
    is_folded: bool = False

    @property
    def more(self) -> int:
        return self.count - len(self.rows)

    @property
    def lines(self) -> list[tuple["ComingDate | None", ItemRow | None]]:
        """Return the dates and the rows as one list by day, each with None in place of the other.

        A date after the last row that is shown comes after the link to the rows that are not.
        """
        dates = list(self.dates)
        lines: list[tuple[ComingDate | None, ItemRow | None]] = []
        for row in self.rows:
            while dates and row.item.due and dates[0].day <= row.item.due:
                lines.append((dates.pop(0), None))
            lines.append((None, row))
        lines.extend((date, None) for date in dates)
        return lines

    @property
    def words(self) -> str:
        actions, dates = counted(self.count, "action"), counted(len(self.dates), "date")
        if not self.dates:
            return actions
        return f"{actions} and {dates}" if self.count else dates


@dataclass(frozen=True)
class ComingDate:
    day: dt.date
    due: str
    label: str
    note: str
    url: str
    plan_name: str


@dataclass(frozen=True)
class ChangeByOther:
    """What someone else did, as For you shows it."""

    who: str
    verb: str
    subject: str
    url: str
    more: str
    plan_name: str


@dataclass(frozen=True)
class WithSomeoneElse:
    """Actions of a plan that someone else has overdue, or that have no owner."""

    number: int
    words: str
    url: str
    link: str
    plan_name: str


def shown_on_page(plans: Sequence[Plan], plan_id: int | None) -> list[Plan]:
    """Return the plans of which the page shows content: `plan_id`, and those of a membership.

    The adviser access log records a look at the plan in the address, and at no other.
    """
    return [plan for plan in plans if not plan.grant_id or plan.pk == plan_id]


def names_in_lists(plans: Sequence[Plan]) -> dict[int, str]:
    """Return what a list of several plans calls each of them; nothing if there is only one.

    The name of its council, and the day of its election if the council has another of the plans.
    """
    if len(plans) < 2:
        return {}
    of_council = Counter(plan.council_id for plan in plans)
    return {
        plan.pk: plan.council.name
        if of_council[plan.council_id] == 1
        else f"{plan.council.name}, election on {day_in_words(plan.election_day)}"
        for plan in plans
    }


# --- What needs an answer -------------------------------------------------------------------------


def waiting_on_page(
    waiting: Sequence[WaitingItem], plans: Sequence[Plan], shown: Sequence[Plan]
) -> list[tuple[WaitingItem, str]]:
    """Return each item with the name of its plan, or of its council if it is of no plan.

    Only if there are several plans.

    What people wrote is left out of plans that are not among `shown`.
    """
    names = names_in_lists(plans)
    councils = {plan.council_id: plan.council.name for plan in plans}
    open_ones = {None, *(plan.pk for plan in shown)}
    return [
        (
            item if item.plan_id in open_ones else replace(item, detail=""),
            names.get(item.plan_id or 0)
            or (names and councils.get(item.council_id or 0, ""))
            or "",
        )
        for item in waiting
    ]


# --- The person's actions -------------------------------------------------------------------------


class DatedAction(Dated, Protocol):
    plan_id: int


def actions_of(user: User, plans: Sequence[Plan]) -> list[DatedAction]:
    """Return what decides the groups of the live actions of `user` in these plans.

    They are assigned to the person or led by a role of theirs. One query.
    """
    keys = [key for plan in plans if plan.membership_id for key in (plan.pk, plan.membership_id)]
    return _dated_actions.fetch(*keys) if keys else []


@PreparedQuery
def _dated_actions(*keys: int) -> QuerySet[PlanItem, DatedAction]:
    """Return rows of the live actions of a person.

    `keys` are those of a plan, their membership, and so on. Their actions are those that they own,
    and those without an owner that their role leads, or a role that they are a deputy for.
    """
    theirs = Q()
    for plan_id, membership_id in zip(keys[::2], keys[1::2], strict=True):
        office = Membership.objects.filter(pk=membership_id).values("office")
        deputises = Deputy.objects.current().filter(membership=membership_id).values("office")
        led = Q(falls_to=Subquery(office)) | Q(falls_to__in=deputises)
        theirs |= Q(plan=plan_id) & (Q(owner=membership_id) | (Q(owner=None) & led))
    return PlanItem.objects.live().with_office().filter(theirs).to_date()


def _whole(actions: Collection[DatedAction], plans: Sequence[Plan]) -> dict[int, PlanItem]:
    """Return the whole of each of these actions by its primary key, with its plan. One query."""
    if not actions:
        return {}
    by_pk = {plan.pk: plan for plan in plans}
    keys = [action.pk for action in actions]
    found = _actions_with_keys.fetch(*keys, *[NO_KEY] * (-len(keys) % SHOWN))
    for item in found:
        item.plan = by_pk[item.plan_id]
        carry(item.plan, item)
    return {item.pk: item for item in found}


@PreparedQuery
def _actions_with_keys(*keys: int) -> QuerySet[PlanItem]:
    items = PlanItem.objects.live().filter(pk__in=keys).with_everything()
    return items.select_related("step__role_area")


def newly_assigned(user: User, *, since: dt.datetime) -> set[int]:
    """Return the primary keys of actions that someone assigned to `user` since then."""
    told = Notice.objects.filter(user=user, kind=Notice.Kind.ASSIGNED, at__gt=since)
    return set(told.order_by().values_list("item", flat=True))


def groups_of(
    actions: Sequence[DatedAction],
    plans: Sequence[Plan],
    shown: Sequence[Plan],
    *,
    today: dt.date,
    show: str = "",
    new: Collection[int] = (),
) -> list[ForYouGroup]:
    """Return the groups of the page; all rows of the group `show` are included.

    They have the key dates of the plans `shown`. `new` are the primary keys of actions that were
    assigned since the last visit. Two queries.
    """
    counts = counts_by_date(actions, today=today)
    groups = {
        group: ForYouGroup(group, counts[group], is_folded=group in FOLDED) for group in DateGroup
    }
    names = names_in_lists(plans)
    groups[DateGroup.SOON].dates = _coming_dates(shown, names, today=today)
    chosen: dict[DateGroup, list[DatedAction]] = {group: [] for group in DateGroup}
    for action in in_order_of_dates(actions, today=today):
        group = DateGroup.of(action.status, action.due, today=today)
        limit = None if group.value == show else 0 if group in FOLDED else SHOWN
        if limit is None or len(chosen[group]) < limit:
            chosen[group].append(action)
    items = _whole([action for each in chosen.values() for action in each], plans)
    read_only = _signed_off_stages(plans)
    for group, its in groups.items():
        # An action that was removed since the first query has no row.
        for item in [items[action.pk] for action in chosen[group] if action.pk in items]:
            is_read_only = (item.plan_id, item.step.stage_id) in read_only
            row = ItemRow(item, item.plan, today=today, is_read_only=is_read_only)
            row.plan_name = names.get(item.plan_id, "")
            row.rights = Rights.of(item.plan)
            row.is_new = item.pk in new
            its.rows.append(row)
    return [each for each in groups.values() if each.count or each.dates]


FOLDED = frozenset({DateGroup.LATER, DateGroup.UNDATED, DateGroup.CLOSED})


def count_words(
    user: User, plan_id: int | None, plans: Sequence[Plan], *, today: dt.date
) -> list[tuple[str, str]]:
    """Return the id and the text of each count, to update them after a save.

    `plans` are those of the user; `plan_id` is the one in the address of the page, if any. Of a
    plan that the user advises, dates are counted only if they have opened it: the address can be
    any text.
    """
    shown = [
        plan
        for plan in shown_on_page(plans, plan_id)
        if not plan.grant_id or AdviserLook.objects.filter(grant=plan.grant_id).exists()
    ]
    counts = counts_by_date(actions_of(user, plans), today=today)
    groups = [ForYouGroup(group, counts[group]) for group in DateGroup]
    groups[1].dates = _coming_dates(shown, names_in_lists(plans), today=today)
    return [(f"count-{group.key}", group.words) for group in groups]


def _signed_off_stages(plans):
    current = SignOff.objects.filter(plan__in=plans, reopened_at=None)
    return set(current.order_by().values_list("plan", "stage"))


def _coming_dates(plans, names, *, today):
    """Return the key dates of the next days, which need no query: the plans have their dates."""
    last = today + dt.timedelta(days=DUE_SOON_DAYS)
    found = [
        ComingDate(
            day=date.date,
            due=short_weekday(date.date, today),
            label=date.label,
            note="Key date",
            url=address("plan_dates", plan.pk),
            plan_name=names.get(plan.pk, ""),
        )
        for plan in plans
        for date in plan.timetable.key_dates
        if date.until is None and not date.detail and today <= date.date <= last
    ]
    return sorted(found, key=lambda each: each.day)


# --- What others did ------------------------------------------------------------------------------


def changes_by_others(
    user: User, plans: Sequence[Plan], *, since: dt.datetime
) -> tuple[list[ChangeByOther], int]:
    """Return the latest changes that others made since then, and how many there are in all."""
    if not plans:
        return [], 0
    readable = Q()
    for plan in plans:
        in_plan = Q(plan=plan)
        readable |= in_plan & events_condition(plan) if plan.grant_id else in_plan
    events = Event.objects.filter(readable, at__gt=since).exclude(by=user)
    events = events.exclude(kind__in=NOT_NEWS)
    status = EventChange.objects.filter(field="status")
    found = (
        events.select_related("by", "item__step", "item__source")
        .prefetch_related(Prefetch("changes", status))
        .annotate(in_all=Window(Count("pk")))[:LATEST]
    )
    by_pk = {plan.pk: plan for plan in plans}
    alike: dict[tuple, list[Event]] = {}
    for event in found:
        alike.setdefault((event.plan_id, event.by_id, event.kind), []).append(event)
    names = names_in_lists(plans)
    shown = [
        _as_change(events_alike, by_pk[plan_id], names.get(plan_id, ""))
        for (plan_id, *_), events_alike in list(alike.items())[:CHANGES]
    ]
    return shown, found[0].in_all if found else 0


def _as_change(events, plan, name):
    """Return the latest of the events, which are of one person and one kind, and how many more."""
    event = events[0]
    entry = entry_of(event, plan)
    after = [change.after for change in event.changes.all()]
    is_status = after and event.kind == Event.Kind.ITEM_CHANGED
    return ChangeByOther(
        who=entry.who,
        verb=VERBS.get(after[0], entry.verb) if is_status else entry.verb,
        subject=entry.subject,
        url=entry.url,
        more=f"and {len(events) - 1} more" if len(events) > 1 else "",
        plan_name=name,
    )


def with_someone_else(
    user: User, plans: Sequence[Plan], *, today: dt.date
) -> list[WithSomeoneElse]:
    """Return who else has overdue actions, most first, and the open actions without an owner.

    Of the plans in which the person is a member. Two queries.
    """
    members = {plan.pk: plan for plan in plans if plan.membership_id}
    if not members:
        return []
    items = PlanItem.objects.live().filter(plan__in=members)
    has_no_owner = Q(owner=None, owner_name="")
    own = [plan.membership_id for plan in members.values()]
    names = names_in_lists(plans)
    late = (
        items.overdue(today)
        .exclude(has_no_owner)
        .exclude(owner__in=own)
        .order_by()
        .values("plan", "owner", "owner__user__name", "owner_name")
        .annotate(number=Count("pk"), oldest=Min("due"))
        .order_by("-number", "oldest")[:OTHERS]
    )
    unowned = (
        items.open()
        .filter(has_no_owner)
        .order_by()
        .values("plan")
        .annotate(number=Count("pk"))
        .order_by("-number")[:OTHERS]
    )

    def entry(row, words, link, **query):
        plan = members[row["plan"]]
        url = f"{address('plan_open', plan.pk)}?{urlencode(query)}"
        return WithSomeoneElse(row["number"], words, url, link, names.get(plan.pk, ""))

    found = []
    for row in late:
        name = row["owner__user__name"] or row["owner_name"]
        noun = "overdue action" if row["number"] == 1 else "overdue actions"
        owner = row["owner"] or "typed"
        found.append(entry(row, f"{noun} assigned to {name}", "View", owner=owner, due="overdue"))
    for row in unowned:
        noun = "action has" if row["number"] == 1 else "actions have"
        found.append(entry(row, f"{noun} no owner", "View", owner="none"))
    return found


@dataclass(frozen=True)
class SharedWithYou:
    """A development record that someone shares with the person."""

    who: str
    until: str
    url: str


def shared_with(user: User) -> list[SharedWithYou]:
    """Return the records that `user` can open now: none without two-step sign-in, if required."""
    needs_second_factor = settings.SECOND_FACTOR_REQUIRED
    today = timezone.localdate()
    return [
        SharedWithYou(
            share.record.person.name,
            day_in_words(share.until),
            address("development_shared", share.pk),
        )
        for share in _shares.fetch(user.pk, today=today, needs_second_factor=needs_second_factor)
    ]


@PreparedQuery
def _shares(
    user_id: int, *, today: dt.date, needs_second_factor: bool
) -> QuerySet[DevelopmentShare]:
    """Return the records that someone shares with the person on this day."""
    shares = shares_with(User(pk=user_id))
    if needs_second_factor:
        shares = shares.filter(has_second_factor(User(pk=user_id)))
    return shares.select_related("record__person")
