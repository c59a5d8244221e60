"""Erasing a person: their account, and their name wherever the record has it."""

import re

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..models import AppendOnlyModel, Council, CouncilEvent, Invitation, Membership, User
from ..models.chain import is_words
from ..sessions import end_sessions_of
from .amendments import reword
from .invitations import withdraw
from .members import end_membership

# What signing in keeps about a person: second factors, sessions, addresses, accounts elsewhere.
APPS_OF_SIGN_IN = {"account", "mfa", "socialaccount", "usersessions"}


def name_after_erasure(user):
    return f"Removed person {user.pk}"


def erase_account(user, *, by, named_in=()):
    """Leave of a person no more than a number: who did what stays, and nobody can tell who it was.

    Ends their memberships, sessions and ways to sign in, withdraws what invites them, and puts
    `name_after_erasure` where the records of their councils, and of those that they are `named_in`
    otherwise, name them or give their address.
    Raises LastOwner rather than leave a council without one. Cannot be undone.
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
        invitations.update(name=name_after_erasure(user), email=address, job_title="")
        memberships.update(job_title="")
        _close(user, address)


def rewordings_for(user, council):
    """The entries of a council's record that name a person, with what they will say instead."""
    found = []
    for model in apps.get_models():
        if not issubclass(model, AppendOnlyModel):
            continue
        fields = [field.name for field in model._meta.concrete_fields if is_words(field)]
        names = Q()
        for field in fields:
            names |= Q(**{f"{field}__contains": user.name})
            names |= Q(**{f"{field}__icontains": user.email})
        for row in model.objects.of_council(council.pk).filter(names) if fields else ():
            words = {
                name: without_name(getattr(row, name), user)[: row._meta.get_field(name).max_length]
                for name in fields
            }
            words = {name: text for name, text in words.items() if text != getattr(row, name)}
            if words:
                found.append((row, words))
    return found


def without_name(text, user):
    """`text` with a person's name and address put out of it.

    A name of one word is taken for theirs only where entries put names, at the start of a line and
    before a comma or a bracket: Mark and Grace are words as well.
    """
    new = name_after_erasure(user)
    text = re.sub(re.escape(user.email), new, text, flags=re.IGNORECASE)
    if " " in user.name:
        return re.sub(rf"(?<!\w){re.escape(user.name)}(?!\w)", new, text)
    return re.sub(rf"^{re.escape(user.name)}(?=,| \(|$)", new, text, flags=re.MULTILINE)


def _close(user, address):
    end_sessions_of(user, but=None)
    for relation in User._meta.related_objects:
        model = relation.related_model
        if model._meta.app_label in APPS_OF_SIGN_IN:
            model._base_manager.filter(**{relation.field.name: user}).delete()
    user.name, user.email = name_after_erasure(user), address
    user.set_unusable_password()
    user.is_active, user.last_login = False, None
    user.erased_at = timezone.now()
    user.save()
