"""Erasing a person: their account, and their name wherever the record has it."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.utils import timezone

from ..models import (
    Council,
    CouncilEvent,
    EarlierName,
    Invitation,
    Membership,
    User,
    counts_in,
    sent_to,
)
from ..models.events import models_with_author
from ..names import is_of_a_role
from ..sessions import end_access_of
from .amendments import Rewording, reword
from .domain_moves import leave_moves
from .members import end_membership, lock_council
from .rewording import DatedName, Naming, job_titles_in
from .withdrawals import withdraw

# What signing in stores about a person: second factors, sessions, addresses, accounts elsewhere.
APPS_OF_SIGN_IN = {"account", "mfa", "socialaccount", "usersessions"}

_NEITHER = Value(None, output_field=BooleanField())
_NEVER = Value(None, output_field=DateTimeField())

# What else is done with the name of a person who never joined, before the council's record is
# reworded; other apps add to it. Each is called with the invitation, the new name and `by`.
ALSO_FORGOTTEN: list[Callable[[Invitation, str, User | None], None]] = []

# Since when a council also knows people; other apps add to it. Each is called with their accounts
# and the council, and returns a queryset of moments `first`.
ALSO_KNOWN_SINCE: list[Callable[[QuerySet[User], Council], QuerySet[Any]]] = []


def name_after_erasure(user: User) -> str:
    return f"Removed person {user.pk}"


def named_author(by: User | None, council: Council) -> User | None:
    """Return `by` if the record of `council` may name them; None if they never belonged to it.

    Erasing a person also reaches councils that invited them, asked them in a review round or gave
    them access as an adviser. These must not learn who erased them, nor from which council.
    """
    if by is None or not Membership.objects.filter(user=by, council=council).exists():
        return None
    return by


def erase_account(
    user: User,
    *,
    by: User | None,
    named_in: Iterable[Council] = (),
    addressed_in: Iterable[Council] = (),
) -> None:
    """Replace a person's name with a number everywhere; what was done stays, without their name.

    Ends their memberships, sessions and ways to sign in, withdraws invitations to their addresses,
    earlier ones too, and puts `name_after_erasure` into the records of their councils and those in
    `named_in`, and beside their addresses into those that only wrote to one: `addressed_in`, and
    councils that invited them. Raises LastOwner if a council would have no owner. Cannot be undone.
    """
    named, addressed = ([council.pk for council in some] for some in (named_in, addressed_in))
    with transaction.atomic():
        memberships = Membership.objects.filter(user=user).select_related("user", "council")
        for membership in memberships.order_by("council_id"):
            end_membership(membership, by=by)
        invitations = sent_to(user, Invitation.objects.all())
        for invitation in invitations.select_related("council"):
            withdraw(invitation, by=named_author(by, invitation.council))
        named += [membership.council_id for membership in memberships]
        councils = Council.objects.filter(
            Q(pk__in=[*named, *addressed]) | Q(pk__in=invitations.values("council"))
        )
        for council in councils.distinct().order_by("pk"):
            is_known, author = council.pk in named, named_author(by, council)
            reword(council, rewordings_for(user, council, is_known=is_known), by=author)
            CouncilEvent.objects.create(
                council=council,
                kind=CouncilEvent.Kind.PERSON_ERASED,
                by=author if author != user else None,
                person=name_after_erasure(user),
            )
        address = f"removed-{user.pk}@removed.invalid"
        invitations.update(
            name=name_after_erasure(user),
            email=address,
            job_title="",
            erased_at=timezone.now(),
        )
        memberships.update(job_title="")
        _close(user, address)


def forgettable_invitations(*, closed_before: dt.datetime, email: str = "") -> QuerySet[Invitation]:
    """Return invitations to people who never joined, whose names can be erased.

    All invitations of a council to one address are forgotten together, once each was withdrawn or
    expired before `closed_before`; with `email`, at any time. The address of someone who belongs or
    belonged to the council is left out: it is erased with its person.
    """
    if email:
        return invitations_never_accepted().filter(email=email.strip().lower())
    closed = Invitation.objects.closed_before(closed_before)
    others = Invitation.objects.filter(council=OuterRef("council"), email=OuterRef("email"))
    recent = others.exclude(pk__in=closed).filter(erased_at=None)
    return invitations_never_accepted().filter(pk__in=closed).exclude(Exists(recent))


def invitations_never_accepted() -> QuerySet[Invitation]:
    """Return invitations, open or closed, to addresses of no one who ever joined the council.

    Whether an address has an account makes no difference: owners read these, and could find out by
    inviting an address whether someone elsewhere has one.
    """
    joined = Membership.objects.filter(council=OuterRef("council"), user__email=OuterRef("email"))
    left = Invitation.objects.filter(accepted_at=None, erased_at=None)
    left = left.exclude(Exists(joined))
    return left.select_related("council").order_by("council_id", "pk")


def forget_invitation(invitation: Invitation, *, by: User | None) -> None:
    """Erase the name and address of a person who was invited and never joined.

    Withdraws the invitation if it is still open, replaces the name wherever it was chosen, and
    rewords the entries of the council's record that are about the invited person. Other text of the
    record stays, because one owner can do this with any name that they typed. Cannot be undone.
    Does nothing if they have joined, or been erased, since the invitation was fetched.
    """
    new = f"Removed invitation {invitation.pk}"
    with transaction.atomic():
        lock_council(invitation.council)
        if not invitations_never_accepted().filter(pk=invitation.pk).exists():
            return
        withdraw(invitation, by=by)
        for forget in ALSO_FORGOTTEN:
            forget(invitation, new, by)
        reword(invitation.council, _rewordings_for_invited(invitation, new), by=by)
        CouncilEvent.objects.create(
            council=invitation.council, kind=CouncilEvent.Kind.PERSON_ERASED, by=by, person=new
        )
        Invitation.objects.filter(pk=invitation.pk).update(
            name=new,
            email=f"removed-invitation-{invitation.pk}@removed.invalid",
            job_title="",
            erased_at=timezone.now(),
        )


def rewordings_for(
    user: User, council: Council, *, typed: Iterable[str] = (), is_known: bool
) -> list[Rewording]:
    """Return the entries of a council's record that name a person, with their new texts.

    The names are those that the account has and had. One that others gave it counts in what was
    written since the council can have known the person: an owner who invites someone chooses the
    name, which can be any words of earlier entries. Where it was entered as someone's name, it
    counts at any time. Names that others typed for one of the addresses, on invitations and in
    `typed`, are replaced only where an entry has them before the address. So is a name that another
    member of the council has or had, and so are all names if `is_known` is false. It must be, for a
    council that the person neither belonged to nor advised: people choose their own names, and have
    no say in what such a council wrote. The name of a role, such as a shared mailbox has, is
    replaced as well where it was entered as someone's name, but nowhere else.
    """
    addresses = user.addresses(council)
    about = list(_about(addresses, council))
    had = user.earlier_names.filter(counts_in(council)).order_by().annotate(is_own=Value(True))
    invited = sent_to(user, Invitation.objects.order_by()).annotate(is_own=Value(False))
    columns = ("name", "is_own", "chosen_at", "changed_at")
    others_typed = invited.annotate(chosen_at=F("erased_at"), changed_at=F("sent_at"))
    first_known = [
        rows.values_list(Value(""), _NEITHER, "first", _NEVER)
        for rows in _first_known(user, council)
    ]
    # One query for all but events.
    rows = had.values_list(*columns).union(others_typed.values_list(*columns), *first_known)
    every = list(rows)
    found = [row for row in every if row[1] is not None]
    known = (since for _, is_own, since, _ in every if is_own is None)
    known_since = min([*known, *(event.at for event in about)])
    given = {name for name, is_own, since, _ in found if is_own and since is None}
    chosen = [DatedName(name, since, until) for name, own, since, until in found if own and since]
    if user.name_chosen_at is None:
        given.add(user.name)
    else:
        chosen.append(DatedName(user.name, user.name_chosen_at, None))
    names = given | {each.name for each in chosen}
    dated = [*chosen, *(DatedName(name, known_since, None) for name in given)]
    others = names_of_members(council, but=user)
    shared = {name for name in names if not is_known or name.casefold() in others} | {
        *(name for name, *_ in found),
        *typed,
    } - names
    of_roles = {name for name in names if is_of_a_role(name, council)}
    new = name_after_erasure(user)
    named = Naming(
        new,
        emails=addresses,
        entered=given - shared,
        entered_then=[each for each in chosen if each.name in of_roles - shared],
        shared=(shared | of_roles) - {new},
        dated=[each for each in dated if each.name not in shared | of_roles],
        job_titles=job_titles_in(about),
    )
    return named.rewordings(council)


def _about(addresses: list[str], council: Council) -> QuerySet[CouncilEvent]:
    """Return the events of a council about a person with one of some addresses."""
    has_address = Q()
    for address in addresses:
        has_address |= Q(person__endswith=f"({address})")
    return CouncilEvent.objects.of_council(council.pk).filter(has_address).order_by()


def _first_known(user: User, council: Council) -> list[QuerySet[Any]]:
    """Return querysets of moments `first` since when a council can have known a person.

    As themselves or as an address; the account can be younger, if it was merged or the council was
    imported. The first queryset is never empty. Someone added by operators has done nothing and was
    not invited, but the council’s record is `_about` their address.
    """
    accounts = User.objects.filter(Q(pk=user.pk) | Q(merged_into=user)).order_by()
    invited = sent_to(user, Invitation.objects.filter(council=council).order_by())
    written = [
        model.objects.of_council(council.pk).filter(by__in=accounts.values("pk")).order_by()
        for model in models_with_author()
    ]
    return [
        accounts.values("merged_into").annotate(first=Min("joined_at")),
        invited.values("council").annotate(first=Min("sent_at")),
        *(known(accounts, council) for known in ALSO_KNOWN_SINCE),
        *(rows.values("by").annotate(first=Min("at")) for rows in written),
    ]


def _rewordings_for_invited(invitation: Invitation, new: str) -> list[Rewording]:
    """Return the entries about a person who never joined, with their new texts.

    They are those with the address, and those whose whole text is the name that someone typed in a
    field for the name of a person, unless a member of the council has or had that name.
    """
    council, name = invitation.council, invitation.name
    is_shared = name.casefold() in names_of_members(council)
    entered = [] if is_shared else [name]
    named = Naming(new, emails=[invitation.email], entered=entered, shared=[name])
    return named.rewordings(council)


def names_of_members(council: Council, *, but: User | None = None) -> set[str]:
    """Return the names that members of a council have or had, also those who left; casefolded."""
    members = User.objects.filter(memberships__council=council, erased_at=None)
    members = members.exclude(pk__in=[but.pk] if but else []).order_by()
    had = EarlierName.objects.filter(counts_in(council), user__in=members).order_by()
    found = members.values_list("name", flat=True).union(had.values_list("name", flat=True))
    return {name.casefold() for name in found}


def _close(user: User, address: str) -> None:
    """Delete what signs the person in, replace their name and address, and close the account.

    Accounts that were merged into it get its number as their name.
    """
    end_access_of(user, by=None)
    delete_sign_in_of(user)
    user.merged_accounts.update(name=name_after_erasure(user), erased_at=timezone.now())
    Membership.objects.filter(user__merged_into=user).update(job_title="")
    leave_moves(user)
    user.earlier_names.all().delete()
    user.earlier_addresses.all().delete()
    user.name, user.email = name_after_erasure(user), address
    user.set_unusable_password()
    user.is_active, user.is_operator, user.last_login = False, False, None
    user.erased_at = timezone.now()
    # All of them, whatever they were when `user` was fetched.
    closed = ("name", "email", "password", "is_active", "is_operator", "last_login", "erased_at")
    user.save(update_fields=closed)


def delete_sign_in_of(user: User) -> None:
    """Delete what signs a person in, apart from their password."""
    for relation in User._meta.related_objects:
        model = relation.related_model
        assert not isinstance(model, str)  # noqa: S101 - relations are resolved by now
        if model._meta.app_label in APPS_OF_SIGN_IN:
            model._base_manager.filter(**{relation.field.name: user}).delete()
