from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..models import (
    STATUTORY_OFFICES,
    Access,
    Council,
    CouncilEvent,
    Deputy,
    Invitation,
    Membership,
    ReaderLink,
    StandingHasEnded,
    User,
)
from ..permissions import Right, may
from .events import place_in_words, record_member
from .people import find_or_add_person
from .withdrawals import withdraw_sent_by

POST_FIELDS = ("office", "job_title", "access")

# What else ends with a membership; other apps add to it. Each is called with the membership and
# `by`, in the transaction in which it ends and before anything is recorded.
ALSO_ENDED: list[Callable[[Membership, User | None], None]] = []


class LastOwner(Exception):
    """The change would leave a council without an owner, so no one could invite people."""

    def __str__(self) -> str:
        return "A council must keep at least one owner. Make someone else an owner first."


class MemberChanged(Exception):
    """The role or access has changed since the form was opened. `membership` is as stored."""

    def __init__(self, membership: Membership):
        super().__init__(place_in_words(membership))
        self.membership = membership


@dataclass(frozen=True)
class MemberAdded:
    membership: Membership
    is_new_person: bool
    is_new_member: bool


def add_member(
    *,
    council: Council,
    email: str,
    name: str,
    office: str,
    access: str,
    job_title: str = "",
    by: User | None = None,
    joined: bool = False,
) -> MemberAdded:
    """Make a person a member of a council, or change the role and access of a member.

    A new person gets an account without a password, which they set from the sign-in page. An
    existing account keeps its name. `joined` is True if the person accepted an invitation of
    `by`. Raises ValidationError, and LastOwner if the council would have no owner.
    """
    email = email.strip().lower()
    with transaction.atomic():
        lock_council(council)
        is_new_person = not User.objects.filter(email=email).exists()
        user = find_or_add_person(email=email, name=name)
        post = {"office": office, "access": access, "job_title": job_title.strip()}
        Membership(user=user, council=council, **post).clean_fields()
        known = Membership.objects.select_related("user", "council")
        membership = known.filter(user=user, council=council).first()
        if membership is not None and membership.ended_at is None:
            _change(membership, by=by, fields=post)
            return MemberAdded(membership, is_new_person, is_new_member=False)
        membership = membership or Membership(user=user, council=council)
        for field, value in post.items():
            setattr(membership, field, value)
        membership.ended_at, membership.access_since = None, timezone.now()
        membership.is_office_self_set = False
        membership.save()
        kind = CouncilEvent.Kind.JOINED if joined else CouncilEvent.Kind.MEMBER_ADDED
        author = user if joined else by
        record_member(membership, kind, by=author, after=place_in_words(membership))
    return MemberAdded(membership, is_new_person, is_new_member=True)


def change_member(
    membership: Membership, *, by: User | None, seen: str | None = None, **fields: Any
) -> list[Invitation]:
    """Change a member's role or access; return the invitations that were withdrawn with it.

    `seen` is the `state` that a form showed: MemberChanged is raised if the stored one differs.
    StandingHasEnded is raised if `by` is no longer an owner: it is asked here, because what they do
    to their own access ends it. A member who is no longer an owner loses the invitations they sent.
    Raises LastOwner if the council would have no owner, and ValidationError by field if an owner
    gives themselves a statutory officer role: another owner has to. An only owner can, and the
    record says so until another owner saves the role.
    """
    with transaction.atomic():
        lock_council(membership.council)
        _require_still_owner(by, membership.council_id)
        stored = Membership.objects.select_related("user", "council").get(pk=membership.pk)
        if seen is not None and stored.state != seen:
            raise MemberChanged(stored)
        withdrawn = _change(stored, by=by, fields=fields)
        for field in (*POST_FIELDS, "access_since"):
            setattr(membership, field, getattr(stored, field))
        return withdrawn


def _change(stored: Membership, *, by: User | None, fields: dict[str, Any]) -> list[Invitation]:
    """Do what `change_member` does, of a row that was read once the council was locked."""
    before, state = place_in_words(stored), (stored.state, stored.is_office_self_set)
    stored.is_office_self_set = _is_self_set(stored, by=by, fields=fields)
    stays_owner = fields.get("access", stored.access) == Access.OWNER
    if not stays_owner:
        _keep_an_owner(stored)
    if fields.get("access", stored.access) != stored.access:
        stored.access_since = timezone.now()
    for field in POST_FIELDS:
        setattr(stored, field, fields.get(field, getattr(stored, field)))
    if state == (stored.state, stored.is_office_self_set):
        return []
    _forget_own_standing(stored, by)
    stored.save(update_fields=[*POST_FIELDS, "access_since", "is_office_self_set"])
    after = place_in_words(stored)
    record_member(stored, CouncilEvent.Kind.MEMBER_CHANGED, by=by, before=before, after=after)
    return [] if stays_owner else withdraw_sent_by(stored, by=by)


def end_membership(membership: Membership, *, by: User | None) -> list[Invitation]:
    """End a person's access from their next request; return the invitations withdrawn with it.

    What they wrote and the actions assigned to them stay. They stop being an adviser of the
    council, a named reader of anything restricted and a deputy for any role, also if they are
    invited again. The invitations they sent are withdrawn, because the right to let people in has
    ended. Raises LastOwner if the council would have no owner. Does nothing if the membership has
    ended already.
    """
    with transaction.atomic():
        lock_council(membership.council)
        _keep_an_owner(membership)
        current = Membership.objects.current().filter(pk=membership.pk)
        stored = current.select_related("user", "council").first()
        if stored is None:
            return []
        _forget_own_standing(membership, by)
        for end in ALSO_ENDED:
            end(membership, by)
        current.update(ended_at=timezone.now())
        for model in reader_links():
            model._default_manager.filter(membership=membership).delete()
        # The event that they were removed says enough of their roles as a deputy.
        deputies = Deputy.objects.current().filter(membership=membership)
        deputies.update(ended_at=timezone.now())
        before = place_in_words(stored)
        record_member(stored, CouncilEvent.Kind.MEMBER_REMOVED, by=by, before=before)
        return withdraw_sent_by(membership, by=by)


def _forget_own_standing(membership: Membership, by: User | None) -> None:
    if by is not None and by.pk == membership.user_id:
        by.forget_standing(membership.council_id)


def reader_links() -> list[type[ReaderLink]]:
    """Return every model of links that name members as readers of something restricted."""
    return [model for model in apps.get_models() if issubclass(model, ReaderLink)]


def lock_council(council: Council) -> None:
    """Make changes to a council's people wait for each other, so that owners are counted right.

    The lock does not block inserts of rows that refer to the council, whose writers may hold the
    head of the chain.
    """
    Council.objects.select_for_update(no_key=True).get(pk=council.pk)


def has_other_owner(membership: Membership) -> bool:
    """Return whether someone else is an owner of the member's council."""
    return _owners(membership).exclude(pk=membership.pk).exists()


def _require_still_owner(by: User | None, council_id: int) -> None:
    """Raise StandingHasEnded unless `by` still manages the council's people; None is a command."""
    held = Membership.objects.current().filter(council=council_id, user=by).first()
    if by is not None and not (held and may(held, Right.MANAGE_PEOPLE)):
        raise StandingHasEnded


def _is_self_set(stored: Membership, *, by: User | None, fields: dict[str, Any]) -> bool:
    """Return whether a statutory role is then one that the member gave themselves.

    Raises ValidationError.
    """
    office = fields.get("office", stored.office)
    if by is None or by.pk != stored.user_id:
        return stored.is_office_self_set and "office" not in fields
    if office == stored.office:
        return stored.is_office_self_set
    if office in STATUTORY_OFFICES and has_other_owner(stored):
        words = "Another owner has to give you the role of a statutory officer"
        raise ValidationError({"office": words})
    return office in STATUTORY_OFFICES


def _keep_an_owner(membership: Membership) -> None:
    if _owners(membership).filter(pk=membership.pk).exists() and not has_other_owner(membership):
        raise LastOwner


def _owners(membership: Membership) -> QuerySet[Membership]:
    return Membership.objects.active_owners().filter(council=membership.council_id)
