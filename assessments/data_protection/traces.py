"""Where a person is named in a council's plans and records: what erasing them would change."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower

from assessments.advice.models import AdviceQuestion
from assessments.annual_council.models import OfficeNominee
from assessments.budget.models import BudgetAmendment, ConfidentialAmendment
from assessments.links.models import DocumentLink
from assessments.links.places import address_of
from assessments.packs.models import FinanceNote, LeadersMeeting
from assessments.parity.models import ConfidentialRequest, ParityEntry
from assessments.plans.item_fields import RESTORABLE_FIELDS
from assessments.plans.models import (
    AdviserGrant,
    AdviserLook,
    Event,
    EventChange,
    Plan,
    PlanItem,
)
from assessments.register.kinds import KINDS
from assessments.register.models import EarlyWin, RegisterEntry
from assessments.restricted_notes.models import RestrictedNote
from assessments.rounds.models import Respondent
from assessments.seats.models import Scenario
from assessments.timetable.models import CalendarFeed
from assessments.vacancies.models import Vacancy
from assessments.ways_of_working.models import ProtocolAnswer
from councils.actions import name_after_erasure, names_of_members, rewordings_for
from councils.belongings import belongings_of
from councils.models import Council, CouncilEvent, EarlierName, Invitation, User, counts_in, sent_to

from .names import count_named


@dataclass(frozen=True)
class PersonTraces:
    """Counts of what erasing a person removes and keeps, and texts that contain one of their names.

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
    confidential_amendments: int
    actions_kept: int
    mentions: list[tuple[PlanItem, str]]
    in_register: list[RegisterEntry]
    nominated: list[OfficeNominee]
    in_parity_log: list[ParityEntry]
    in_amendments: list[BudgetAmendment]
    in_advice: list[AdviceQuestion]
    in_links: list[tuple[str, DocumentLink]]
    in_protocols: list[ProtocolAnswer]
    in_vacancies: list[Vacancy]
    in_meetings: list[LeadersMeeting]
    in_finance_notes: list[FinanceNote]


def traces_of(user: User, councils: Iterable[Council]) -> PersonTraces:
    """Return what erasing `user` would change in these councils."""
    councils = list(councils)
    known = [council for council in councils_that_know(user) if council in councils]
    ids = [council.pk for council in councils]
    names = [user.name, *other_names_of(user, ids)]
    counts = _counts_in(
        ids,
        items=owned_by(user),
        early_wins=EarlyWin.objects.filter(owner__user=user),
        invitations=sent_to(user, Invitation.objects.all()),
        respondents=respondents_who_are(user),
        restricted_notes=RestrictedNote.objects.filter(readers__user=user).distinct(),
        scenarios=Scenario.objects.filter(readers__user=user).distinct(),
        confidential_requests=ConfidentialRequest.objects.filter(readers__user=user).distinct(),
        confidential_amendments=ConfidentialAmendment.objects.filter(readers__user=user).distinct(),
    )
    named = _found(
        nominated=nominations_of(names, ids),
        in_parity_log=parity_mentions_of(names, ids),
        in_amendments=amendment_mentions_of(names, ids),
        in_links=link_mentions_of(names, ids),
        in_protocols=protocol_mentions_of(names, ids),
        in_vacancies=vacancy_mentions_of(names, ids),
        in_advice=advice_mentions_of(names, ids),
        in_meetings=meeting_mentions_of(names, ids),
        in_finance_notes=finance_note_mentions_of(names, ids),
    )
    return PersonTraces(
        new_name=name_after_erasure(user),
        entries=sum(
            len(rewordings_for(user, council, is_known=council in known)) for council in councils
        ),
        items=counts["items"],
        early_wins=counts["early_wins"],
        invitations=counts["invitations"],
        respondents=counts["respondents"],
        restricted_notes=counts["restricted_notes"],
        scenarios=counts["scenarios"],
        appointments=sum(count_named(own_names_in(council, user), [council]) for council in known),
        confidential_requests=counts["confidential_requests"],
        confidential_amendments=counts["confidential_amendments"],
        actions_kept=_entries_by(user, ids),
        mentions=[(item, item.words(item.plan.term)) for item in mentions_of(names, ids)],
        in_register=register_mentions_of(names, ids),
        nominated=named["nominated"],
        in_parity_log=named["in_parity_log"],
        in_amendments=named["in_amendments"],
        in_links=[(address_of(link), link) for link in named["in_links"]],
        in_protocols=named["in_protocols"],
        in_vacancies=named["in_vacancies"],
        in_advice=named["in_advice"],
        in_meetings=named["in_meetings"],
        in_finance_notes=named["in_finance_notes"],
    )


def _counts_in(councils: Collection[int], **querysets: QuerySet[Any]) -> Counter[str]:
    """Return how many rows of these councils each queryset has, in one query.

    A count that included rows of other councils would tell an owner what those have to do with the
    person.
    """
    ways = belongings_of(Council)
    return _counts(
        **{
            name: rows.filter(**{f"{ways[rows.model]}__in": councils})
            for name, rows in querysets.items()
        }
    )


def _counts(**querysets: QuerySet[Any]) -> Counter[str]:
    """Return how many rows each queryset has, in one query."""
    kinds = [
        rows.order_by().annotate(kind_of_row=Value(name)).values_list("kind_of_row", "pk")
        for name, rows in querysets.items()
    ]
    return Counter(name for name, _ in kinds[0].union(*kinds[1:], all=True))


def _entries_by(user: User, councils: Collection[int]) -> int:
    """Return how many entries of these councils' records are of what a person did, in one query."""
    entries: list[QuerySet[Any]] = [
        Event.objects.filter(by=user, plan__council__in=councils),
        CouncilEvent.objects.filter(by=user, council__in=councils),
    ]
    numbers = [
        rows.order_by().values("by").annotate(number=Count("pk")).values_list("number", flat=True)
        for rows in entries
    ]
    return sum(numbers[0].union(numbers[1], all=True))


def _found(**querysets: QuerySet[Any]) -> dict[str, list[Any]]:
    """Return the rows of each queryset: one query for all, and one for each that has rows."""
    numbers = _counts(**querysets)
    return {name: list(rows) if numbers[name] else [] for name, rows in querysets.items()}


def councils_of(user: User) -> QuerySet[Council]:
    """Return the councils that a person belongs or belonged to, advises, or was invited by."""
    advises = AdviserGrant.objects.filter(adviser=user).values("plan__council")
    invited = sent_to(user, Invitation.objects.all()).values("council")
    answered = _asked_by_email(user).values("round__plan__council")
    return Council.objects.filter(
        Q(memberships__user=user) | Q(pk__in=advises) | Q(pk__in=invited) | Q(pk__in=answered)
    ).distinct()


def councils_that_know(user: User) -> QuerySet[Council]:
    """Return the councils that a person belongs or belonged to, or whose plans they have opened as
    an adviser.

    Only in these is a name enough to find them by. Others wrote to an address, under a name that
    someone typed, and the holder of the address may call themselves anything.
    """
    opened = AdviserLook.objects.filter(grant__adviser=user).values("grant__plan__council")
    return Council.objects.filter(Q(memberships__user=user) | Q(pk__in=opened)).distinct()


def own_names_in(council: Council, user: User) -> list[str]:
    """Return the names that a person's account has and had, without those that another member of
    the council has or had.

    By these they are found where nothing but a name says who is meant. A name that they chose and
    gave up again is left out: it can be that of anyone.
    """
    others = names_of_members(council, but=user)
    given = user.earlier_names.filter(counts_in(council), chosen_at=None)
    own = [user.name, *given.values_list("name", flat=True)]
    return [name for name in own if name.casefold() not in others]


def other_names_of(user: User, councils: Iterable[int]) -> list[str]:
    """Return the account's earlier names that count in one of some councils, and those that others
    typed for one of its addresses.
    """
    invited = sent_to(user, Invitation.objects.order_by()).values_list("name", flat=True)
    asked = _asked_by_email(user).values_list("name", flat=True)
    counted = EarlierName.objects.filter(Q(brought_by=None) | Q(brought_by__in=list(councils)))
    had = counted.filter(user=user.pk).order_by().values_list("name", flat=True)
    return sorted(set(invited.union(asked, had)) - {user.name, name_after_erasure(user), ""})


def plans_of_accounts(accounts: Collection[int]) -> QuerySet[Plan]:
    """Return the plans in which something is assigned to one of the accounts, or with a grant or a
    calendar address of theirs: those that erasing or merging the accounts changes.
    """
    found = Q()
    for rows in (
        PlanItem.objects.filter(owner__user__in=accounts),
        EarlyWin.objects.filter(owner__user__in=accounts),
        AdviserGrant.objects.filter(adviser__in=accounts),
        CalendarFeed.objects.open().filter(user__in=accounts),
    ):
        found |= Q(pk__in=rows.values("plan"))
    return Plan.objects.filter(found)


def owned_by(user: User) -> QuerySet[PlanItem]:
    """Return actions assigned to a person, or to their name typed by someone at their council.

    A name that they chose and gave up counts if it was typed while they had it.
    """
    councils = Council.objects.filter(memberships__user=user)
    had = EarlierName.objects.filter(user=user.pk)
    had_then = had.filter(
        counts_in(OuterRef("event__plan__council")),
        name=OuterRef("after"),
        chosen_at__lte=OuterRef("event__at"),
        changed_at__gte=OuterRef("event__at"),
    )
    typed_then = EventChange.objects.filter(
        Exists(had_then),
        event__item=OuterRef("pk"),
        field="owner_name",
        after=OuterRef("owner_name"),
    )
    typed = Q(owner_name__iexact=user.name) | Q(Exists(typed_then))
    given = had.filter(counts_in(OuterRef("plan__council")), chosen_at=None)
    typed |= Q(Exists(given.filter(name=OuterRef("owner_name"))))
    typed &= Q(plan__council__in=councils)
    return PlanItem.objects.filter(Q(owner__user=user) | typed).order_by("pk")


def respondents_who_are(user: User) -> QuerySet[Respondent]:
    """Return respondents without an account who are the person, by address or by full name.

    Only at councils that the person belongs or belonged to is a name enough; one that they chose,
    only while they have or had it, and one that they were given before, only if no other member has
    it now. So is one that they had at a council before it was imported.
    """
    councils = Council.objects.filter(memberships__user=user)
    named = Q(lower_name=user.name.lower())
    if user.name_chosen_at is not None:
        named &= Q(invited_at__gte=user.name_chosen_at)
    council, invited = OuterRef("round__plan__council"), OuterRef("invited_at")
    had = EarlierName.objects.filter(counts_in(council), user=user.pk)
    had = had.annotate(lower_name=Lower("name")).filter(lower_name=OuterRef("lower_name"))
    is_brought = Q(brought_by__isnull=False)
    then = Q(chosen_at__lte=invited) & (Q(changed_at__gte=invited) | is_brought)
    others = User.objects.filter(memberships__council=council, erased_at=None)
    others = others.exclude(pk=user.pk).annotate(lower_name=Lower("name"))
    others = others.filter(lower_name=OuterRef("lower_name"))
    is_given = Q(chosen_at=None)
    named |= Q(Exists(had.filter(then | (is_given & is_brought))))
    named |= Q(Exists(had.filter(is_given)), ~Q(Exists(others)))
    named &= Q(round__plan__council__in=councils)
    respondents = Respondent.objects.filter(membership=None).annotate(lower_name=Lower("name"))
    return respondents.filter(Q(pk__in=_asked_by_email(user).values("pk")) | named).order_by("pk")


def _asked_by_email(user: User) -> QuerySet[Respondent]:
    asked = Respondent.objects.order_by()
    return sent_to(user, asked, at="invited_at", council="round__plan__council")


def mentions_of(names: Iterable[str], councils: Iterable[int]) -> QuerySet[PlanItem]:
    """Return actions whose own text contains one of a person's names."""
    named = _is_named(names, RESTORABLE_FIELDS)
    items = PlanItem.objects.live().filter(named, plan__council__in=councils)
    return items.select_related("plan", "step", "source")


def register_mentions_of(names: Iterable[str], councils: Iterable[int]) -> list[RegisterEntry]:
    """Return entries of registers whose text contains one of a person's names."""
    found: list[RegisterEntry] = []
    for kind in KINDS:
        found += kind.model._default_manager.filter(
            _is_named(names, kind.written), plan__council__in=councils, removed_at=None
        )
    return found


def nominations_of(names: Iterable[str], councils: Iterable[int]) -> QuerySet[OfficeNominee]:
    """Return nominations at annual council that contain one of a person's names."""
    named = OfficeNominee.objects.filter(_is_named(names, ["name"]))
    found = named.filter(election__plan__council__in=councils)
    return found.select_related("election")


def parity_mentions_of(names: Iterable[str], councils: Iterable[int]) -> QuerySet[ParityEntry]:
    """Return entries of parity logs whose text contains one of a person's names."""
    named = _is_named(names, ("words", "offered_by", "reason"))
    return ParityEntry.objects.live().filter(named, plan__council__in=councils)


def amendment_mentions_of(
    names: Iterable[str], councils: Iterable[int]
) -> QuerySet[BudgetAmendment]:
    """Return open amendments to budgets whose text contains one of `names`."""
    named = _is_named(names, ("title", "statement", "lines__words"))
    return BudgetAmendment.objects.filter(named, plan__council__in=councils).distinct()


def _is_named(names: Iterable[str], fields: Iterable[str]) -> Q:
    """Return the condition that one of `fields` contains one of `names`."""
    named = Q()
    for field in fields:
        for name in names:
            named |= Q(**{f"{field}__icontains": name})
    return named


def link_mentions_of(names: Iterable[str], councils: Iterable[int]) -> QuerySet[DocumentLink]:
    """Return links to documents whose title or address contains one of `names`.

    In an address the words of a name can be joined by other characters than a space.
    """
    named = _is_named(names, ["title"])
    for name in names:
        for joint in (" ", "%20", "+", "-", "_", "."):
            named |= Q(address__icontains=joint.join(name.split()))
    return DocumentLink.objects.filter(named, plan__council__in=councils)


def protocol_mentions_of(names: Iterable[str], councils: Iterable[int]) -> QuerySet[ProtocolAnswer]:
    """Return points of protocols whose wording contains one of `names`."""
    named = _is_named(names, ["words"])
    found = ProtocolAnswer.objects.filter(named, protocol__plan__council__in=councils)
    return found.select_related("protocol")


def vacancy_mentions_of(names: Iterable[str], councils: Iterable[int]) -> QuerySet[Vacancy]:
    """Return vacancies whose ward contains one of `names`."""
    return Vacancy.objects.filter(_is_named(names, ["ward"]), plan__council__in=councils)


def advice_mentions_of(names: Iterable[str], councils: Iterable[int]) -> QuerySet[AdviceQuestion]:
    """Return questions to advisers with one of `names` in the question or the answer."""
    named = _is_named(names, ["question", "answer"])
    return AdviceQuestion.objects.filter(named, plan__council__in=councils).select_related("step")


def meeting_mentions_of(names: Iterable[str], councils: Iterable[int]) -> QuerySet[LeadersMeeting]:
    """Return leaders' meetings with one of `names` in the notes or in what is to be done."""
    named = _is_named(names, ["notes", "to_do"])
    return LeadersMeeting.objects.filter(named, plan__council__in=councils)


def finance_note_mentions_of(
    names: Iterable[str], councils: Iterable[int]
) -> QuerySet[FinanceNote]:
    """Return notes of section 151 officers that contain one of `names`."""
    return FinanceNote.objects.filter(_is_named(names, ["words"]), plan__council__in=councils)
