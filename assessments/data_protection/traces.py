"""Where a person is named in a council's plans and records: what erasing them would change."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

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

    `mentions` are actions with their title; `in_register` are entries of registers. Those texts
    stay unless someone edits them.
    """

    new_name: str
    entries: int
    items: int
    early_wins: int
    invitations: int
    respondents: int
    restricted_notes: int
    scenarios: int
    confidential_requests: int
    actions_kept: int
    mentions: list[tuple[PlanItem, str]]
    in_register: list[RegisterEntry]
    in_parity_log: list[ParityEntry]


def traces_of(user: User, councils: Iterable[Council]) -> PersonTraces:
    """Return what erasing `user` would change in these councils."""
    councils = list(councils)
    ids = [council.pk for council in councils]
    return PersonTraces(
        new_name=name_after_erasure(user),
        entries=sum(len(rewordings_for(user, council)) for council in councils),
        items=owned_by(user).count(),
        early_wins=EarlyWin.objects.filter(owner__user=user).count(),
        invitations=Invitation.objects.filter(email=user.email, council__in=ids).count(),
        respondents=respondents_who_are(user).count(),
        restricted_notes=RestrictedNote.objects.filter(readers__user=user).distinct().count(),
        scenarios=Scenario.objects.filter(readers__user=user).distinct().count(),
        confidential_requests=ConfidentialRequest.objects.filter(readers__user=user)
        .distinct()
        .count(),
        actions_kept=Event.objects.filter(by=user, plan__council__in=ids).count()
        + CouncilEvent.objects.filter(by=user, council__in=ids).count(),
        mentions=[(item, item.words(item.plan.term)) for item in mentions_of(user, ids)],
        in_register=register_mentions_of(user, ids),
        in_parity_log=list(parity_mentions_of(user, ids)),
    )


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
    invited = Invitation.objects.filter(email=user.email).values_list("name", flat=True)
    asked = Respondent.objects.filter(email=user.email).values_list("name", flat=True)
    return sorted({*invited, *asked} - {user.name, name_after_erasure(user), ""})


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


def parity_mentions_of(user: User, councils: Iterable[int]) -> QuerySet[ParityEntry]:
    """Return entries of parity logs whose text contains the person's full name."""
    named = Q()
    for field in ("words", "offered_by", "reason"):
        named |= Q(**{f"{field}__icontains": user.name})
    return ParityEntry.objects.live().filter(named, plan__council__in=councils)
