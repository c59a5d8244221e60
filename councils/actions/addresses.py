"""Changing one's own email address: confirmed from the address before and from the new one."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from ..mail import count_email, send_letter
from ..models import (
    AddressChange,
    CouncilEvent,
    EarlierAddress,
    Invitation,
    Membership,
    User,
)
from ..sessions import end_access_of, hold_session, lock_access_of
from ..tokens import digest_of, new_token
from .data import DETAIL_LENGTH
from .domain_moves import finish_move_of
from .events import record_member
from .people import lock_open_account, lock_person
from .withdrawals import withdraw

LinkFor = Callable[[str], str]


class AddressStep(Enum):
    """What confirming a change of address has led to."""

    WAITING = "waiting"  # for the other address, or for a second person in its place
    WAITING_FOR_NEW = "waiting-for-new"  # only for the new address: two people have confirmed it
    DONE = "done"
    TAKEN = "taken"  # someone else has an account with the new address by now


class StandInRefused(Exception):
    """This person cannot confirm in place of the lost mailbox; the text says why."""


def ask_to_change_address(
    user: User,
    *,
    email: str,
    has_lost_old: bool = False,
    link_for: LinkFor,
    session_key: str | None = None,
) -> AddressChange:
    """Send a link to the person's address and one to the new one; both have to be used.

    An earlier change of theirs that is still open ends. If the new address belongs to another
    account, the email to it says so in place of the link, and nothing else differs: what is shown
    here tells no one who has an account. Each of the person's councils gets an event, without the
    new address, which may never become theirs. `session_key` is that of the request: raises
    PermissionDenied if the session has been ended meanwhile, with which a change that waits ends.
    Raises ValidationError by field, and TooManyEmails.
    """
    email = email.strip().lower()
    if email == user.email:
        raise ValidationError({"email": "This is already your email address"})
    with transaction.atomic():
        # Two requests at once wait for each other: the later one counts.
        lock_open_account(user)
        if session_key is not None:
            hold_session(session_key)
        for recipient in (user.email, email):
            count_email(sender=user, recipient=recipient)
        AddressChange.objects.filter(user=user).delete()
        AddressChange.objects.closed().delete()
        tokens = new_token(), new_token()
        change = AddressChange.objects.create(
            user=user,
            new_email=email,
            old_digest=digest_of(tokens[0]),
            new_digest=digest_of(tokens[1]),
            has_lost_old=has_lost_old,
        )
        is_taken = User.objects.filter(email=email).exists()
        context = {"user": user, "change": change, "old": user.email}
        subject = "Confirm the change of your email address"
        send_letter(user.email, subject, "address_old", context | {"link": link_for(tokens[0])})
        if is_taken:
            subject = "This email address already has an account"
            send_letter(email, subject, "address_taken", context)
        else:
            send_letter(email, subject, "address_new", context | {"link": link_for(tokens[1])})
        after = "They can no longer read email at the current one" if has_lost_old else ""
        _record(user, CouncilEvent.Kind.ADDRESS_ASKED, by=user, after=after)
    return change


def confirm_address(
    token: str, *, but: str | None = None, by: User | None = None
) -> AddressStep | None:
    """Confirm a change from one of its two addresses; None if the link cannot be used.

    Once both are confirmed the address changes. Sessions end, except the one with the key `but`.
    `by` is who is signed in: the new address of a move to another domain is confirmed only by the
    person themselves, because its operators could have mistyped the domain.
    """
    with transaction.atomic():
        change = _held(AddressChange.objects.for_token(token))
        if change is None:
            return None
        if change.move_id and not change.is_from_old(token) and by != change.user:
            return None
        field = "old_confirmed_at" if change.is_from_old(token) else "new_confirmed_at"
        if getattr(change, field) is None:
            setattr(change, field, timezone.now())
            change.save(update_fields=[field])
        return _complete(change, but=but)


def cancel_address_change(change: AddressChange, *, how: str = "") -> None:
    """End a change of address; each of the person's councils gets an event, which says `how`.

    Does nothing if it was done or cancelled before.
    """
    with transaction.atomic():
        deleted, _ = AddressChange.objects.filter(pk=change.pk).delete()
        if deleted:
            record_cancelled(change.user, by=change.user, how=how)


def record_cancelled(user: User, *, by: User | None, how: str) -> None:
    """Record that a change of the person's address, which was waiting, has ended."""
    _record(user, CouncilEvent.Kind.ADDRESS_CANCELLED, by=by, after=how)


def stand_in_for_address(
    change: AddressChange, *, by: User, why_not: Callable[[AddressChange], str]
) -> AddressStep | None:
    """Confirm a change in place of its lost mailbox; None if it is not waiting for that any more.

    Two people do so, neither of them the person whose address it is. `why_not` returns why `by` may
    not, or "": it is asked once the person is locked, so that what it says cannot change. The first
    of the two does not count if they have lost that right since. The person is told at both
    addresses, and each of their councils gets an event. Raises StandInRefused.
    """
    with transaction.atomic():
        stored = _held(AddressChange.objects.to_stand_in_for().filter(pk=change.pk))
        if stored is None:
            return None
        if by.pk in {stored.user_id, stored.first_stand_in_id}:
            raise StandInRefused("Someone else has to confirm this.")
        if problem := why_not(stored):
            raise StandInRefused(problem)
        first = stored.first_stand_in
        is_second = first is not None and _can_stand_in(first, stored)
        if is_second:
            stored.old_confirmed_at = timezone.now()
        else:
            stored.first_stand_in, stored.first_stood_in_at = by, timezone.now()
        stored.save()
        _record(stored.user, CouncilEvent.Kind.ADDRESS_STOOD_IN, by=by)
        context = {"user": stored.user, "change": stored, "by": by, "is_second": is_second}
        subject = "Another person has confirmed the change of your email address"
        for recipient in (stored.user.email, stored.new_email):
            send_letter(recipient, subject, "address_stood_in", context)
        step = _complete(stored, but=None)
        return AddressStep.WAITING_FOR_NEW if is_second and step is AddressStep.WAITING else step


def _can_stand_in(person: User, change: AddressChange) -> bool:
    """Return whether a person who confirmed the change is still an operator or a settled owner."""
    if not person.is_active or person.is_operator:
        return person.is_active
    councils = Membership.objects.current().filter(user=change.user_id).values("council")
    owned = Membership.objects.settled_owners(change.asked_at).filter(user=person)
    return owned.filter(council__in=councils).exists()


def _held(changes: Any) -> AddressChange | None:
    """Return the change of a queryset, locked until the transaction ends, with its person."""
    for person_id in changes.values_list("user", flat=True)[:1]:
        lock_access_of(person_id)
    rows = changes.select_related(None).select_for_update(no_key=True, of=("self",))
    change: AddressChange | None = rows.first()
    if change is not None:
        change.user = lock_person(change.user_id)
    return change if change is not None and change.user.is_active else None


def _complete(change: AddressChange, *, but: str | None) -> AddressStep:
    """Change the address if both have confirmed it, and say so at both."""
    if change.old_confirmed_at is None or change.new_confirmed_at is None:
        return AddressStep.WAITING
    user, old, new = change.user, change.user.email, change.new_email
    move = change.move
    change.delete()
    try:
        with transaction.atomic():
            # First, since it locks plans and the other locks the record, for which plans wait.
            end_access_of(user, but=but, by=user)
            set_address(user, new, by=user)
    except IntegrityError:
        how = "The new address has an account of its own by now"
        record_cancelled(User.objects.get(pk=user.pk), by=user, how=how)
        return AddressStep.TAKEN
    if move is not None:
        finish_move_of(move)
    context = {"user": user, "old": old, "new": new}
    for recipient in (old, new):
        send_letter(recipient, "Your email address has been changed", "address_done", context)
    return AddressStep.DONE


def set_address(user: User, new: str, *, by: User) -> None:
    """Change a person's address. Each of their councils gets an event.

    What the record says already keeps the earlier address, and so does the account, so that erasing
    the person reaches it. Open invitations to it become invitations to the person. Raises
    IntegrityError if someone else has an account with the new address.
    """
    old, user.email = user.email, new
    EarlierAddress.objects.create(user=user, email=old)
    readdress_invitations(user, old, new, by=by)
    fits = len(old) <= DETAIL_LENGTH  # a part of an address would not be found to erase it
    kind = CouncilEvent.Kind.ADDRESS_CHANGED
    _record(user, kind, by=by, before=old if fits else "", after=new)
    # Last: until the end of the transaction nothing that refers to the person can be saved, and
    # what is being saved may hold the record of a council.
    user.save(update_fields=["email"])


def readdress_invitations(user: User, old: str, new: str, *, by: User) -> None:
    """Make open invitations to one address of a person invitations to another.

    Only those of councils that they belong to. Others, which must not learn the new address or that
    the old one has an account, find it as it was: see `invited_person`.
    """
    belongs = Membership.objects.current().filter(user=user).values("council")
    opened = Invitation.objects.open().filter(council__in=belongs)
    for invitation in opened.filter(email=old).select_related("council"):
        if opened.filter(council=invitation.council_id, email=new).exists():
            withdraw(invitation, by=by)
        else:
            Invitation.objects.filter(pk=invitation.pk).update(email=new)


def _record(
    user: User, kind: CouncilEvent.Kind, *, by: User | None, before: str = "", after: str = ""
) -> None:
    """Record an event about a person in each of their councils."""
    memberships = Membership.objects.current().filter(user=user).select_related("council")
    # Writing an event locks its council's chain: always in the same order.
    for membership in memberships.order_by("council_id"):
        membership.user = user
        record_member(membership, kind, by=by, before=before, after=after)
