"""Who can read a plan: members of its council, and advisers with a live grant. Decided only here.

`for_reader` adds what the reader can see to each row in the same query, so that no page asks twice.
A row that was not fetched for a reader shows no stage at all: asking which it shows raises
NoReader. Commands and exports that act for the whole council say so with `with_all_stages`.
"""

from collections.abc import Iterable

from django.db import models
from django.db.models import Case, F, FilteredRelation, Q, QuerySet, Value, When
from django.utils import timezone

from councils.models import AdviserAccess, User, has_second_factor, is_current_member

STAGES = (1, 2, 3)

SIGHT = tuple(f"sees_stage_{number}" for number in STAGES)

# What a row that was fetched for a reader carries. For a member who also holds a grant, the
# membership counts.
CARRIED = ("access", "has_second_factor", "membership_id", "office", "grant_id", *SIGHT)


class NoReader(Exception):
    """A row was asked what its reader can see, but was not fetched for a reader."""

    def __init__(self, row: models.Model) -> None:
        super().__init__(f"{row!r} was not fetched with visible_to() or with_all_stages().")


def for_reader(rows: QuerySet, user: User, *, plan: str = "") -> QuerySet:
    """Return the rows of the plans that `user` can see, each with the attributes of CARRIED.

    No one sees the plans of a council whose access is stopped.

    `plan` is the lookup path from a row to its plan, with two underscores at the end.
    """
    members, grants = f"{plan}council__memberships", f"{plan}adviser_grants"
    is_member, is_adviser = Q(member__isnull=False), Q(held_grant__isnull=False)
    carried = {
        "access": Case(
            When(is_member, then=F("member__access")),
            When(held_grant__may_comment=True, then=Value(AdviserAccess.COMMENT)),
            default=Value(AdviserAccess.READ),
        ),
        "membership_id": F("member__id"),
        "office": F("member__office"),
        "grant_id": Case(When(is_member, then=None), default=F("held_grant__id")),
        "has_second_factor": has_second_factor(user),
    } | {
        f"sees_stage_{number}": Case(
            When(is_member, then=True),
            default=F(f"held_grant__stage_{number}"),
            output_field=models.BooleanField(),
        )
        for number in STAGES
    }
    # Not `grant`: an alias is not quoted in the SQL, where that word is reserved.
    return (
        rows.alias(
            member=FilteredRelation(members, condition=is_current_member(user, f"{members}__")),
            held_grant=FilteredRelation(grants, condition=is_live_grant(user, f"{grants}__")),
        )
        .filter(is_member | is_adviser, **{f"{plan}council__stopped_at": None})
        .annotate(**carried)
    )


def with_all_stages(rows: QuerySet) -> QuerySet:
    """Return plans with every stage in sight and no grant, for what acts for no single reader."""
    sight = dict.fromkeys(SIGHT, Value(True))
    return rows.annotate(grant_id=Value(None, output_field=models.BigIntegerField()), **sight)


def show_all_stages(plan: models.Model) -> None:
    """Do the same as `with_all_stages` for a plan that is in memory, such as one just made."""
    for name, value in (dict.fromkeys(SIGHT, True) | {"grant_id": None}).items():
        setattr(plan, name, value)


def is_live_grant(user: User, path: str = "") -> Q:
    """Return the condition that a grant, reached by the lookup `path`, gives `user` access now."""
    return live_grant(path) & Q(**{f"{path}adviser": user})


def live_grant(path: str = "") -> Q:
    """Return the condition that a grant is not revoked and its last day has not passed."""
    return Q(**{f"{path}revoked_at": None, f"{path}until__gte": timezone.localdate()})


def carry(source: models.Model, target: models.Model) -> None:
    """Give `target` what `source`, a row of the same plan, carries for its reader.

    Raises NoReader, and changes nothing, if `source` was not fetched for a reader.
    """
    if not all(hasattr(source, name) for name in CARRIED):
        raise NoReader(source)
    for name in CARRIED:
        setattr(target, name, getattr(source, name))


def stages_seen(row: models.Model) -> tuple[int, ...]:
    """Return the numbers of the stages that the row's reader can see.

    Raises NoReader if the row was fetched neither for a reader nor with all stages.
    """
    if not all(hasattr(row, name) for name in SIGHT):
        raise NoReader(row)
    return tuple(number for number, name in zip(STAGES, SIGHT, strict=True) if getattr(row, name))


def stages_in_words(numbers: Iterable[int]) -> str:
    """Write stage numbers as "the whole plan", "stage 2" or "stages 1 and 3"."""
    numbers = tuple(numbers)
    if numbers == STAGES:
        return "the whole plan"
    return f"stage{'s' if len(numbers) > 1 else ''} {' and '.join(map(str, numbers))}"
