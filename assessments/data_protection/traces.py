"""What a person leaves in a council's plans and records: what erasing them would change."""

from dataclasses import dataclass

from django.db.models import Q

from assessments.plans.models import AdviserGrant, Event, PlanItem
from assessments.register.kinds import KINDS
from assessments.register.models import EarlyWin
from assessments.restricted_notes.models import RestrictedNote
from assessments.seats.models import Scenario
from councils.actions import name_after_erasure, rewordings_for
from councils.models import Council, CouncilEvent, Invitation


@dataclass(frozen=True)
class Traces:
    """Counts of what goes and what stays; `mentions` are items to look at, with words, and
    `in_register` entries of registers."""

    new_name: str
    entries: int
    items: int
    early_wins: int
    invitations: int
    restricted_notes: int
    scenarios: int
    actions_kept: int
    mentions: list
    in_register: list


def traces_of(user, councils):
    """What erasing `user` does in these councils."""
    ids = [council.pk for council in councils]
    return Traces(
        new_name=name_after_erasure(user),
        entries=sum(len(rewordings_for(user, council)) for council in councils),
        items=owned_by(user).count(),
        early_wins=EarlyWin.objects.filter(owner__user=user).count(),
        invitations=Invitation.objects.filter(email=user.email, council__in=ids).count(),
        restricted_notes=RestrictedNote.objects.filter(readers__user=user).distinct().count(),
        scenarios=Scenario.objects.filter(readers__user=user).distinct().count(),
        actions_kept=Event.objects.filter(by=user, plan__council__in=ids).count()
        + CouncilEvent.objects.filter(by=user, council__in=ids).count(),
        mentions=[(item, item.words(item.plan.term)) for item in mentions_of(user, ids)],
        in_register=register_mentions_of(user, ids),
    )


def councils_of(user):
    """The councils that a person belongs or belonged to, and those whose plans they advise on."""
    advises = AdviserGrant.objects.filter(adviser=user).values("plan__council")
    return Council.objects.filter(Q(memberships__user=user) | Q(pk__in=advises)).distinct()


def owned_by(user):
    """The items that a person owns, in whatever plan, or that were given to their name."""
    councils = Council.objects.filter(memberships__user=user)
    typed = Q(owner_name__iexact=user.name, plan__council__in=councils)
    return PlanItem.objects.filter(Q(owner__user=user) | typed).order_by("pk")


def mentions_of(user, councils):
    """Items whose own words have the person's full name in them."""
    named = Q(title__icontains=user.name) | Q(note__icontains=user.name)
    named |= Q(reason__icontains=user.name)
    items = PlanItem.objects.live().filter(named, plan__council__in=councils)
    return items.select_related("plan", "step", "source")


def register_mentions_of(user, councils):
    """Entries of registers whose own words have the person's full name in them."""
    found = []
    for kind in KINDS:
        named = Q()
        for field in kind.written:
            named |= Q(**{f"{field}__icontains": user.name})
        found += kind.model.objects.live().filter(named, plan__council__in=councils)
    return found
