"""Merging two accounts of one person: asking for it, and the account and memberships of it.

What else a person has is carried over by `assessments.data_protection.actions.merge_people`.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from ..mail import count_email, send_letter
from ..merging import MergedMembership, merged_memberships, why_not_merge
from ..models import (
    Access,
    AccountMerge,
    Council,
    CouncilEvent,
    Deputy,
    EarlierAddress,
    EarlierName,
    Invitation,
    Membership,
    User,
    WriteOnceModel,
)
from ..names import councils_naming
from ..sessions import end_access_of, hold_session
from ..tokens import digest_of, new_token
from .addresses import LinkFor, readdress_invitations
from .data import DETAIL_LENGTH
from .domain_moves import leave_moves
from .erasure import delete_sign_in_of
from .events import person_in_words, place_in_words, record_member
from .members import POST_FIELDS, lock_council, reader_links
from .people import lock_open_account


class MergeRefused(Exception):
    """The two accounts cannot be merged. `problems` are sentences for the person."""

    def __init__(self, problems: list[str]):
        super().__init__(" ".join(problems))
        self.problems = problems


def ask_to_merge(
    user: User,
    *,
    email: str,
    keeps_other: bool = False,
    has_lost_other: bool = False,
    link_for: LinkFor,
    session_key: str | None = None,
) -> AccountMerge:
    """Send a link to the address of the person's other account; it has to be used to merge them.

    An earlier request of theirs ends. If the address has no account, the email to it says so in
    place of the link, and nothing else differs. `session_key` is that of the request, as for a
    change of address. Raises ValidationError by field, PermissionDenied and TooManyEmails.
    """
    email = email.strip().lower()
    if email == user.email:
        raise ValidationError({"email": "You are signed in to the account with this address"})
    if keeps_other and has_lost_other:
        words = "You cannot keep an account whose email you can no longer read"
        raise ValidationError({"keeps_other": words})
    with transaction.atomic():
        # Two requests at once wait for each other: the later one counts.
        lock_open_account(user)
        if session_key is not None:
            hold_session(session_key)
        for recipient in (user.email, email):
            count_email(sender=user, recipient=recipient)
        AccountMerge.objects.filter(asked_by=user).delete()
        AccountMerge.objects.closed().delete()
        token = new_token()
        other = User.objects.filter(email=email, is_active=True).first()
        merge = AccountMerge.objects.create(
            asked_by=user,
            email=email,
            other=other,
            keeps_other=keeps_other,
            digest=digest_of(token),
            has_lost_other=has_lost_other,
        )
        context = {"user": user, "merge": merge, "other": other, "link": link_for(token)}
        subject = "You asked to merge your accounts"
        send_letter(user.email, subject, "merge_asked", context)
        subject = "Merge your accounts in the transition planner"
        send_letter(email, subject, "merge_confirm" if other else "merge_no_account", context)
    return merge


def address_after_merge() -> str:
    """Return the address of an account that was merged: no one has it, or ever will.

    The key of the account is not in it, because imports find people by their addresses, and another
    installation has the same keys.
    """
    return f"merged-{uuid4()}@removed.invalid"


def cancel_merge(merge: AccountMerge) -> None:
    """End a request. Does nothing if it was carried out or cancelled before."""
    AccountMerge.objects.filter(pk=merge.pk).delete()


def held_merge(
    merges: Any, *, lock_first: Callable[[Collection[int]], None]
) -> AccountMerge | None:
    """Return the request of a queryset, locked until the transaction ends, with both accounts.

    `lock_first` locks the councils and plans of the accounts, by their keys: every action takes
    those locks before it locks a person. None if there is no request, or if one of the accounts has
    been closed since.
    """
    found_now: AccountMerge | None = merges.first()
    if found_now is None or found_now.other_id is None:
        return None
    lock_first([found_now.asked_by_id, found_now.other_id])
    # Two requests can be about the same two accounts: the accounts are locked before a request, and
    # always in the same order.
    accounts = User.objects.select_for_update(no_key=True).order_by("pk")
    ids = [found_now.asked_by_id, found_now.other_id]
    found = {each.pk: each for each in accounts.filter(pk__in=ids)}
    asked_by, other = found.get(ids[0]), found.get(ids[1])
    still_there = merges.select_related(None).filter(pk=found_now.pk)
    merge: AccountMerge | None = still_there.select_for_update(no_key=True, of=("self",)).first()
    if merge is None or asked_by is None or other is None:
        return None
    if not (asked_by.is_active and other.is_active):
        return None
    merge.asked_by, merge.other = asked_by, other
    return merge


def merge_accounts(
    kept: User,
    ended: User,
    *,
    by: User,
    is_proven: bool,
    advises: set[int],
    stays: Mapping[type[models.Model], Q],
) -> list[MergedMembership]:
    """Carry memberships over from an account to the one that stays, and close it.

    Callers hold both accounts (`held_merge`). What names people by their membership follows, except
    rows that match `stays` and those that the other membership has as well. Each council of which
    the account was a member, or that it `advises`, gets one event, and its owners an email. One
    that it left gets an event if its pages show another name from now on. The record keeps names
    and addresses as they were written; the account that stays keeps them too, so that erasing the
    person reaches them. Raises MergeRefused.
    """
    with transaction.atomic():
        naming = list(councils_naming(ended).values_list("pk", flat=True))
        councils = Council.objects.filter(
            Q(memberships__user=ended) | Q(pk__in=[*advises, *naming])
        )
        councils_in_order = list(councils.distinct().order_by("pk"))
        for council in councils_in_order:
            lock_council(council)
        merged = merged_memberships(kept, ended)
        if problems := why_not_merge(kept, ended, merged, is_proven=is_proven):
            raise MergeRefused(problems)
        for each in merged:
            if not is_proven:
                _delete_reader_links(each.ended)
            _carry_membership(each, kept, stays)
        _carry_invitations(kept, ended, by=by)
        old = ended.email
        _carry_identity(kept, ended, by=by)
        by_council = {each.council.pk: each for each in merged}
        changed = [
            council
            for council in councils_in_order
            if council.pk in advises
            or (council.pk in by_council and by_council[council.pk].is_current)
        ]
        for council in councils_in_order:
            if council in changed:
                _record(council, by_council.get(council.pk), kept, old=old, by=by)
            elif kept.name != ended.name:
                _record_name(council, kept, ended)
        context = {"user": kept, "old": old, "councils": changed, "by": by, "is_proven": is_proven}
        for recipient, name in ((old, ended.name), (kept.email, kept.name)):
            subject = "Your accounts have been merged"
            send_letter(recipient, subject, "merge_done", context | {"name": name})
        for council in changed:
            _tell_owners(council, by_council.get(council.pk), kept, context)
    return merged


def _carry_membership(
    each: MergedMembership, kept: User, stays: Mapping[type[models.Model], Q]
) -> None:
    """Make the membership one of the account that stays."""
    ended, own, taken = each.ended, each.kept, each.taken
    if own is None:
        Membership.objects.filter(pk=ended.pk).update(user=kept)
        ended.user = kept
        return
    if each.is_current:
        # Only the deputy roles of the membership that is taken go on.
        dropped = Deputy.objects.current().filter(membership=own if taken is ended else ended)
        dropped.update(ended_at=timezone.now())
        carried = (*POST_FIELDS, "access_since", "is_office_self_set")
        values = {field: getattr(taken, field) for field in carried}
        Membership.objects.filter(pk=ended.pk).update(ended_at=timezone.now())
        Membership.objects.filter(pk=own.pk).update(ended_at=None, **values)
        for field, value in values.items():
            setattr(own, field, value)
    relation: Any
    for relation in Membership._meta.get_fields(include_hidden=True):
        if relation.one_to_many and not relation.concrete:
            model = relation.related_model
            if not issubclass(model, WriteOnceModel):
                carry_rows(model, relation.field.name, ended, own, but=stays.get(model))
    _delete_reader_links(ended)


def carry_rows(
    model: type[models.Model],
    field: str,
    ended: models.Model,
    kept: models.Model,
    *,
    but: Q | None = None,
) -> None:
    """Let rows refer to `kept` in place of `ended`, each unless `kept` has one like it already.

    Rows that match `but` stay.
    """
    rows = model._base_manager.filter(**{field: ended})
    for key in list((rows.exclude(but) if but else rows).values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=key).update(**{field: kept})
        except IntegrityError:
            continue


def _delete_reader_links(membership: Membership) -> None:
    for model in reader_links():
        model._default_manager.filter(membership=membership).delete()


def _carry_invitations(kept: User, ended: User, *, by: User) -> None:
    """Let open invitations to the address, and those that the person sent, go on."""
    readdress_invitations(kept, ended.email, kept.email, by=by)
    owns = Membership.objects.current().filter(user=kept, access=Access.OWNER)
    sent = Invitation.objects.open().filter(invited_by=ended, council__in=owns.values("council"))
    Invitation.objects.filter(pk__in=list(sent.values_list("pk", flat=True))).update(
        invited_by=kept
    )


def _carry_identity(kept: User, ended: User, *, by: User) -> None:
    """Close an account; the one that stays keeps its names and addresses, and its settings."""
    ended.earlier_names.update(user=kept)
    ended.earlier_addresses.update(user=kept)
    if ended.name != kept.name:
        EarlierName.keep(kept.pk, ended.name, chosen_at=ended.name_chosen_at)
    EarlierAddress.objects.create(user=kept, email=ended.email)
    if kept.digest_chosen_at is None and ended.digest_chosen_at is not None:
        kept.digest_frequency = ended.digest_frequency
        kept.digest_chosen_at = ended.digest_chosen_at
        kept.save(update_fields=["digest_frequency", "digest_chosen_at"])
    dates = [each.disconnected_at for each in (kept, ended) if each.disconnected_at]
    if dates and kept.disconnected_at != max(dates):
        # Someone who can sign in at the provider as this person must not get in at that address.
        kept.disconnected_at = max(dates)
        kept.save(update_fields=["disconnected_at"])
    if kept.last_login is None:
        # The person has signed in, so one owner cannot erase them at once.
        kept.last_login = ended.last_login
        kept.save(update_fields=["last_login"])
    leave_moves(ended)
    end_access_of(ended, by=by)
    delete_sign_in_of(ended)
    ended.email = address_after_merge()
    ended.set_unusable_password()
    ended.is_active, ended.last_login, ended.merged_into = False, None, kept
    ended.save()
    ended.merged_accounts.update(merged_into=kept)


def _record(
    council: Council, each: MergedMembership | None, kept: User, *, old: str, by: User
) -> None:
    place = each.taken if each is not None and each.is_current else None
    member = Membership(user=kept, council=council)
    record_member(
        member,
        CouncilEvent.Kind.ACCOUNTS_MERGED,
        by=by,
        before=old if len(old) <= DETAIL_LENGTH else "",
        after=place_in_words(place) if place else "Adviser",
    )


def _record_name(council: Council, kept: User, ended: User) -> None:
    """Record the name under which the pages of a council that a person left show them now.

    It has no business with the address that they have now.
    """
    CouncilEvent.objects.create(
        council=council,
        kind=CouncilEvent.Kind.NAME_CHANGED,
        by=kept,
        person=person_in_words(kept.name, ""),
        before=ended.name,
        after=kept.name,
    )


def _tell_owners(
    council: Council, each: MergedMembership | None, kept: User, context: dict[str, Any]
) -> None:
    owners = Membership.objects.active_owners().filter(council=council)
    place = place_in_words(each.taken) if each is not None and each.is_current else ""
    context = context | {
        "council": council,
        "place": place,
        "had_both": bool(each and each.both_are_current),
    }
    for owner in owners.exclude(user=kept).select_related("user"):
        send_letter(
            owner.user.email,
            f"Two accounts of {kept.name} have been merged",
            "merge_owner",
            context | {"to": owner.user},
        )
