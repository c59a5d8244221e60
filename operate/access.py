"""Who can open the operators' pages, and what these pages fetch.

Nothing here reads an answer, a note, a comment or a rating: only counts, dates, and the names of
councils and of their owners.
"""

from collections.abc import Callable, Iterable
from functools import wraps

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from assessments.data_protection.models import PurgeCertificate
from assessments.plans.models import Plan
from councils.models import (
    AccountMerge,
    AddressChange,
    Council,
    CouncilEvent,
    DomainMove,
    Invitation,
    Membership,
    User,
    signs_in_twice,
)
from councils.permissions import Right, SecondFactorNeeded, accesses_with

from .models import OperatorEvent, SecondFactorReset

EVENTS_SHOWN = 100
MANAGES_PEOPLE = accesses_with(Right.MANAGE_PEOPLE)


def for_operators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a view that only operators can open; for everyone else it does not exist.

    An operator must have turned on two-step sign-in, whatever SECOND_FACTOR_REQUIRED says.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or not user.is_operator:
            raise Http404
        if not signs_in_twice(user):
            raise SecondFactorNeeded
        return view(request, *args, **kwargs)

    return answer


def councils_listed(*, text: str = "", only_in_use: bool = True) -> QuerySet[Council]:
    """Return councils with what an operator sees of each, in one query.

    Annotates `plan_count`, `member_count`, `owner_count`, `last_sign_in`, `last_people_change` and
    `last_plan_change`, which is the deletion of a plan if that is later. A council is in use if it
    has a member or an open invitation.
    """
    members = Membership.objects.current().filter(council=OuterRef("pk"), user__is_active=True)
    owners = members.filter(access__in=MANAGES_PEOPLE)
    plans = Plan.objects.filter(council=OuterRef("pk"))
    invited = Invitation.objects.open().filter(council=OuterRef("pk"))
    sign_ins = members.order_by().values("council").annotate(last=Max("user__last_login"))
    changes = CouncilEvent.objects.filter(council=OuterRef("pk")).order_by().values("council")
    plan_changes = plans.order_by().values("council").annotate(last=Max("events__at"))
    last_event = Subquery(plan_changes.values("last"), output_field=DateTimeField())
    deleted = PurgeCertificate.objects.filter(council=OuterRef("pk")).order_by().values("council")
    last_deletion = Subquery(
        deleted.annotate(last=Max("at")).values("last"), output_field=DateTimeField()
    )
    listed = Council.objects.annotate(
        plan_count=_count(plans),
        member_count=_count(members),
        owner_count=_count(owners),
        last_sign_in=Subquery(sign_ins.values("last"), output_field=DateTimeField()),
        last_people_change=Subquery(
            changes.annotate(last=Max("at")).values("last"), output_field=DateTimeField()
        ),
        last_plan_change=Greatest(
            Coalesce(last_event, last_deletion), Coalesce(last_deletion, last_event)
        ),
        is_invited=Exists(invited),
    )
    if only_in_use:
        listed = listed.filter(Q(member_count__gt=0) | Q(is_invited=True))
    if text:
        listed = listed.filter(Q(name__icontains=text) | Q(gss_code__iexact=text))
    return listed.order_by("name")


def council_for(slug: str) -> Council:
    """Return one council with the annotations of `councils_listed`; else 404."""
    return get_object_or_404(councils_listed(only_in_use=False), slug=slug)


def plans_of(council: Council) -> QuerySet[Plan]:
    """Return the council's plans, of which an operator sees election day and stage."""
    return Plan.objects.filter(council=council).order_by("-election_day", "-pk")


def owners_of(council: Council) -> QuerySet[Membership]:
    """Return the council's owners: those an operator can write to."""
    owners = Membership.objects.current().filter(council=council, access__in=MANAGES_PEOPLE)
    return owners.select_related("user")


def open_invitations_of(council: Council) -> QuerySet[Invitation]:
    return Invitation.objects.open().filter(council=council, access__in=MANAGES_PEOPLE)


def operators() -> QuerySet[User]:
    return User.objects.filter(is_operator=True, is_active=True).order_by("name", "pk")


def operator_for(pk: int) -> User:
    return get_object_or_404(operators(), pk=pk)


def open_resets() -> QuerySet[SecondFactorReset]:
    resets = SecondFactorReset.objects.open()
    return resets.select_related("person", "asked_by")


def reset_for(pk: int) -> SecondFactorReset:
    """Return a request for a reset, whether or not it is still open; else 404."""
    return get_object_or_404(SecondFactorReset.objects.select_related("person", "asked_by"), pk=pk)


def address_changes() -> QuerySet[AddressChange]:
    """Return changes of address that two people have to confirm in place of a lost mailbox."""
    return AddressChange.objects.to_stand_in_for().order_by("asked_at", "pk")


def address_change_for(pk: int) -> AddressChange:
    return get_object_or_404(address_changes(), pk=pk)


def merges() -> QuerySet[AccountMerge]:
    """Return requests to merge accounts that two operators have to confirm."""
    return AccountMerge.objects.to_stand_in_for().order_by("asked_at", "pk")


def merge_for(pk: int) -> AccountMerge:
    return get_object_or_404(merges(), pk=pk)


def councils_of_accounts(accounts: Iterable[User]) -> dict[int, list[str]]:
    """Return the names of the councils of which each account is a member, by its id. One query."""
    members = Membership.objects.current().filter(user__in=accounts)
    found: dict[int, list[str]] = {}
    for user, council in members.order_by("council__name").values_list("user", "council__name"):
        found.setdefault(user, []).append(council)
    return found


def open_move_of(council: Council) -> DomainMove | None:
    """Return the move of a council's addresses that is going on or waits for consent.

    Annotates `person_count` and `moved_count`.
    """
    moved = Count("people", filter=Q(people__moved_at__isnull=False))
    moves = DomainMove.objects.open().filter(council=council).select_related("asked_by")
    return moves.annotate(person_count=Count("people"), moved_count=moved).first()


def open_move_for(council_slug: str) -> DomainMove:
    moves = DomainMove.objects.open().select_related("council", "asked_by")
    return get_object_or_404(moves, council__slug=council_slug)


def latest_events() -> QuerySet[OperatorEvent]:
    return OperatorEvent.objects.select_related("by", "council", "person")[:EVENTS_SHOWN]


def _count(rows: QuerySet) -> Coalesce:
    by_council = rows.order_by().values("council").annotate(number=Count("pk"))
    return Coalesce(Subquery(by_council.values("number"), output_field=IntegerField()), 0)
