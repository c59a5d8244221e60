"""Where a person is named in a council's plans and records: what erasing them would change."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower

from assessments.annual_council.models import OfficeNominee
from assessments.appointments.names import count_named
from assessments.parity.models import ConfidentialRequest, ParityEntry
from assessments.plans.item_fields import RESTORABLE_FIELDS
from assessments.plans.models import AdviserGrant, Event, PlanItem
from assessments.register.kinds import KINDS
from assessments.register.models import EarlyWin, RegisterEntry
from assessments.restricted_notes.models import RestrictedNote
from assessments.rounds.models import Respondent
from assessments.seats.models import Scenario
from councils.actions import name_after_erasure, rewordings_for
from councils.models import Council, CouncilEvent, Invitation, User


@dataclass(frozen=True)
class PersonTraces:
    """Counts of what erasing a person removes and keeps, and texts that contain their full name.

    `mentions` are actions with their title, `in_register` entries of registers, and `nominated`
    nominations at annual council. Those texts stay unless someone edits them.
    """

    new_name: str
    entries: int
    items: int
    early_wins: int
    invitations: int
    respondents: int
    restricted_notes: int
    scenarios: int
    appointments: int
    confidential_requests: int
    actions_kept: int
    mentions: list[tuple[PlanItem, str]]
    in_register: list[RegisterEntry]
    nominated: list[OfficeNominee]
    in_parity_log: list[ParityEntry]


def traces_of(user: User, councils: Iterable[Council]) -> PersonTraces:
    """Return what erasing `user` would change in these councils."""
    councils = list(councils)
    ids = [council.pk for council in councils]
    counts = _counts(
        items=owned_by(user),
        early_wins=EarlyWin.objects.filter(owner__user=user),
        invitations=Invitation.objects.filter(email=user.email, council__in=ids),
        respondents=respondents_who_are(user),
        restricted_notes=RestrictedNote.objects.filter(readers__user=user).distinct(),
        scenarios=Scenario.objects.filter(readers__user=user).distinct(),
        confidential_requests=ConfidentialRequest.objects.filter(readers__user=user).distinct(),
    )
    return PersonTraces(
        new_name=name_after_erasure(user),
        entries=sum(len(rewordings_for(user, council)) for council in councils),
        items=counts["items"],
        early_wins=counts["early_wins"],
        invitations=counts["invitations"],
        respondents=counts["respondents"],
        restricted_notes=counts["restricted_notes"],
        scenarios=counts["scenarios"],
        appointments=count_named([user.name, *other_names_of(user)], councils),
        confidential_requests=counts["confidential_requests"],
        actions_kept=Event.objects.filter(by=user, plan__council__in=ids).count()
        + CouncilEvent.objects.filter(by=user, council__in=ids).count(),
        mentions=[(item, item.words(item.plan.term)) for item in mentions_of(user, ids)],
        in_register=register_mentions_of(user, ids),
        nominated=list(nominations_of(user, ids)),
        in_parity_log=list(parity_mentions_of(user, ids)),
    )


def _counts(**querysets: QuerySet[Any]) -> Counter[str]:
    """Return how many rows each queryset has, in one query."""
    kinds = [
        rows.order_by().annotate(kind_of_row=Value(name)).values_list("kind_of_row", "pk")
        for name, rows in querysets.items()
    ]
    return Counter(name for name, _ in kinds[0].union(*kinds[1:], all=True))


def councils_of(user: User) -> QuerySet[Council]:
    """Return the councils that a person belongs or belonged to, advises, or was invited by."""
    advises = AdviserGrant.objects.filter(adviser=user).values("plan__council")
    invited = Invitation.objects.filter(email=user.email).values("council")
    answered = Respondent.objects.filter(email=user.email).values("round__plan__council")
    return Council.objects.filter(
        Q(memberships__user=user) | Q(pk__in=advises) | Q(pk__in=invited) | Q(pk__in=answered)
    ).distinct()


def other_names_of(user: User) -> list[str]:
    """Return names that others typed for a person's address, if they differ from the account's."""
    invited = Invitation.objects.filter(email=user.email).order_by().values_list("name", flat=True)
    asked = Respondent.objects.filter(email=user.email).order_by().values_list("name", flat=True)
    return sorted(set(invited.union(asked)) - {user.name, name_after_erasure(user), ""})


def owned_by(user: User) -> QuerySet[PlanItem]:
    """Return actions assigned to a person, or to their name typed by someone at their council."""
    councils = Council.objects.filter(memberships__user=user)
    typed = Q(owner_name__iexact=user.name, plan__council__in=councils)
    return PlanItem.objects.filter(Q(owner__user=user) | typed).order_by("pk")


def respondents_who_are(user: User) -> QuerySet[Respondent]:
    """Return respondents without an account who are the person, by address or by full name.

    Only at councils that the person belongs or belonged to is a name enough.
    """
    councils = Council.objects.filter(memberships__user=user)
    named = Q(lower_name=user.name.lower(), round__plan__council__in=councils)
    respondents = Respondent.objects.filter(membership=None).annotate(lower_name=Lower("name"))
    return respondents.filter(Q(email=user.email) | named).order_by("pk")


def mentions_of(user: User, councils: Iterable[int]) -> QuerySet[PlanItem]:
    """Return actions whose own text contains the person's full name."""
    named = Q()
    for name in RESTORABLE_FIELDS:
        named |= Q(**{f"{name}__icontains": user.name})
    items = PlanItem.objects.live().filter(named, plan__council__in=councils)
    return items.select_related("plan", "step", "source")


def register_mentions_of(user: User, councils: Iterable[int]) -> list[RegisterEntry]:
    """Return entries of registers whose text contains the person's full name."""
    found: list[RegisterEntry] = []
    for kind in KINDS:
        named = Q()
        for field in kind.written:
            named |= Q(**{f"{field}__icontains": user.name})
        found += kind.model._default_manager.filter(
            named, plan__council__in=councils, removed_at=None
        )
    return found


def nominations_of(user: User, councils: Iterable[int]) -> QuerySet[OfficeNominee]:
    """Return nominations at annual council that contain the person's full name."""
    named = OfficeNominee.objects.filter(name__icontains=user.name)
    found = named.filter(election__plan__council__in=councils)
    return found.select_related("election")


def parity_mentions_of(user: User, councils: Iterable[int]) -> QuerySet[ParityEntry]:
    """Return entries of parity logs whose text contains the person's full name."""
    named = Q()
    for field in ("words", "offered_by", "reason"):
        named |= Q(**{f"{field}__icontains": user.name})
    return ParityEntry.objects.live().filter(named, plan__council__in=councils)
