"""Who reads a plan: its council's members, and advisers by a live grant. The one place that says.

What `for_reader` adds to a row comes from the same query, so that no page asks twice.
"""

from django.db.models import Case, F, FilteredRelation, Q, Value, When
from django.db.models.fields import BooleanField
from django.utils import timezone

from councils.models import AdviserAccess, has_second_factor, is_current_member

STAGES = (1, 2, 3)

# What a row that was fetched for a reader carries. A member's own place comes before a grant.
CARRIED = (
    "access",
    "has_second_factor",
    "membership_id",
    "office",
    "grant_id",
    *(f"sees_stage_{number}" for number in STAGES),
)


def for_reader(rows, user, *, plan=""):
    """The rows of the plans that `user` may see; `plan` is the path to the plan of a row."""
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
            output_field=BooleanField(),
        )
        for number in STAGES
    }
    # Aliases stand in the SQL as they are, where "grant" is a word of its own.
    return (
        rows.alias(
            member=FilteredRelation(members, condition=is_current_member(user, f"{members}__")),
            held_grant=FilteredRelation(grants, condition=is_live_grant(user, f"{grants}__")),
        )
        .filter(is_member | is_adviser)
        .annotate(**carried)
    )


def is_live_grant(user, path=""):
    """The condition that a grant, reached by `path` from what is queried, lets `user` in today."""
    return live_grant(path) & Q(**{f"{path}adviser": user})


def live_grant(path=""):
    """Neither revoked nor past its last day."""
    return Q(**{f"{path}revoked_at": None, f"{path}until__gte": timezone.localdate()})


def carry(source, target):
    """What `source` was fetched with for its reader goes for `target`, of the same plan, too."""
    for name in CARRIED:
        setattr(target, name, getattr(source, name))


def stages_seen(row):
    """The numbers of the stages that its reader may see: all, for a plan that nobody asked for."""
    return tuple(number for number in STAGES if getattr(row, f"sees_stage_{number}", True))


def stages_in_words(numbers):
    """ "the whole plan", "stage 2", "stages 1 and 3"."""
    numbers = tuple(numbers)
    if numbers == STAGES:
        return "the whole plan"
    return f"stage{'s' if len(numbers) > 1 else ''} {' and '.join(map(str, numbers))}"
