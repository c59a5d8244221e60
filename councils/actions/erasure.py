"""Erasing a person: their account, and their name wherever the record has it."""

import datetime as dt
import re
from collections.abc import Iterable

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ..models import (
    AppendOnlyModel,
    Council,
    CouncilEvent,
    Invitation,
    Membership,
    Office,
    User,
)
from ..models.chain import is_words
from ..sessions import end_access_of
from .amendments import Rewording, reword
from .members import end_membership
from .withdrawals import withdraw

# What signing in stores about a person: second factors, sessions, addresses, accounts elsewhere.
APPS_OF_SIGN_IN = {"account", "mfa", "socialaccount", "usersessions"}

# Events that store a member's or an invited person's post, as "Post (access)".
KINDS_WITH_A_POST = {
    CouncilEvent.Kind.INVITED,
    CouncilEvent.Kind.INVITATION_RESENT,
    CouncilEvent.Kind.INVITATION_WITHDRAWN,
    CouncilEvent.Kind.JOINED,
    CouncilEvent.Kind.MEMBER_ADDED,
    CouncilEvent.Kind.MEMBER_CHANGED,
    CouncilEvent.Kind.MEMBER_REMOVED,
}
JOB_TITLE_REMOVED = "Job title removed"


def name_after_erasure(user: User) -> str:
    return f"Removed person {user.pk}"


def erase_account(user: User, *, by: User | None, named_in: Iterable[Council] = ()) -> None:
    """Replace a person's name with a number everywhere; what was done stays, without their name.

    Ends their memberships, sessions and ways to sign in, withdraws invitations to their address,
    and puts `name_after_erasure` into the records of their councils and those in `named_in`.
    Raises LastOwner if a council would have no owner. Cannot be undone.
    """
    with transaction.atomic():
        memberships = Membership.objects.filter(user=user).select_related("user", "council")
        for membership in memberships.order_by("council_id"):
            end_membership(membership, by=by)
        invitations = Invitation.objects.filter(email=user.email)
        for invitation in invitations.select_related("council"):
            withdraw(invitation, by=by)
        councils = Council.objects.filter(
            Q(memberships__user=user)
            | Q(pk__in=invitations.values("council"))
            | Q(pk__in=[council.pk for council in named_in])
        )
        for council in councils.distinct().order_by("pk"):
            reword(council, rewordings_for(user, council), by=by)
            CouncilEvent.objects.create(
                council=council,
                kind=CouncilEvent.Kind.PERSON_ERASED,
                by=by if by != user else None,
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
    expired before `closed_before`; with `email`, at any time. An address with an account is left
    out: it is erased with its person.
    """
    if email:
        closed = Invitation.objects.filter(email=email.strip().lower(), accepted_at=None)
        closed = closed.filter(erased_at=None)
    else:
        closed = Invitation.objects.closed_before(closed_before)
        others = Invitation.objects.filter(council=OuterRef("council"), email=OuterRef("email"))
        recent = others.exclude(pk__in=Invitation.objects.closed_before(closed_before))
        closed = closed.exclude(Exists(recent.filter(erased_at=None)))
    has_account = User.objects.filter(email=OuterRef("email"))
    closed = closed.exclude(Exists(has_account))
    return closed.select_related("council").order_by("council_id", "pk")


def forget_invitation(invitation: Invitation, *, by: User | None) -> None:
    """Erase the name and address of a person who was invited and never joined.

    Withdraws the invitation if it is still open, and rewords the entries of the council's record
    that name the person. Cannot be undone.
    """
    new = f"Removed invitation {invitation.pk}"
    with transaction.atomic():
        withdraw(invitation, by=by)
        rewordings = _rewordings(invitation.council, [invitation.name], invitation.email, new)
        reword(invitation.council, rewordings, by=by)
        CouncilEvent.objects.create(
            council=invitation.council, kind=CouncilEvent.Kind.PERSON_ERASED, by=by, person=new
        )
        Invitation.objects.filter(pk=invitation.pk).update(
            name=new,
            email=f"removed-invitation-{invitation.pk}@removed.invalid",
            job_title="",
            erased_at=timezone.now(),
        )


def rewordings_for(user: User, council: Council) -> list[Rewording]:
    """Return the entries of a council's record that name a person, with their new texts.

    The names are that of the account and those typed on invitations to its address.
    """
    typed = Invitation.objects.filter(email=user.email).values_list("name", flat=True)
    return _rewordings(council, [user.name, *typed], user.email, name_after_erasure(user))


def _rewordings(council: Council, names: Iterable[str], email: str, new: str) -> list[Rewording]:
    names = sorted(set(names), key=len, reverse=True)
    found: list[Rewording] = []
    for model in apps.get_models():
        if not issubclass(model, AppendOnlyModel):
            continue
        fields = [field.name for field in model._meta.concrete_fields if is_words(field)]
        mentioned = Q()
        for field in fields:
            mentioned |= Q(**{f"{field}__icontains": email})
            for name in names:
                mentioned |= Q(**{f"{field}__contains": name})
        for row in model.objects.of_council(council.pk).filter(mentioned) if fields else ():
            words = {}
            for field in fields:
                text = without_names(getattr(row, field), names, email, new)
                words[field] = text[: row._meta.get_field(field).max_length]
            if isinstance(row, CouncilEvent) and words["person"] != row.person:
                words |= _without_job_title(row, words)
            words = {field: text for field, text in words.items() if text != getattr(row, field)}
            if words:
                found.append((row, words))
    return found


def _without_job_title(event: CouncilEvent, words: dict[str, str]) -> dict[str, str]:
    """Return the texts of an event about the person with an officer role in place of a job title.

    A job title was typed by hand, and may contain the name.
    """
    if event.kind not in KINDS_WITH_A_POST:
        return {}
    changed = {}
    for field in ("before", "after"):
        post, bracket, access = words[field].rpartition(" (")
        if bracket and post not in Office.labels:
            changed[field] = f"{JOB_TITLE_REMOVED} ({access}"
    return changed


def without_names(text: str, names: Iterable[str], email: str, new: str) -> str:
    """Return `text` with a person's names and address replaced by `new`.

    A name of one word, such as Mark or Grace, can also be an ordinary word. It is replaced only
    where entries put names: at the start of a line, before a comma, a bracket or the end.
    """
    text = re.sub(re.escape(email), new, text, flags=re.IGNORECASE)
    for name in names:
        if " " in name:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", new, text)
        else:
            text = re.sub(rf"^{re.escape(name)}(?=,| \(|$)", new, text, flags=re.MULTILINE)
    return text


def _close(user: User, address: str) -> None:
    """Delete what signs the person in, replace their name and address, and close the account."""
    end_access_of(user, but=None)
    for relation in User._meta.related_objects:
        model = relation.related_model
        assert not isinstance(model, str)  # noqa: S101 - relations are resolved by now
        if model._meta.app_label in APPS_OF_SIGN_IN:
            model._base_manager.filter(**{relation.field.name: user}).delete()
    user.name, user.email = name_after_erasure(user), address
    user.set_unusable_password()
    user.is_active, user.is_operator, user.last_login = False, False, None
    user.erased_at = timezone.now()
    user.save()
