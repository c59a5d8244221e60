from dataclasses import dataclass

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from ..models import Access, Council, CouncilEvent, Membership, ReaderLink, User
from .people import find_or_add_person

POST_FIELDS = ("office", "job_title", "access")


class LastOwner(Exception):
    """A council must keep an owner: somebody has to be able to let people in."""

    def __str__(self):
        return "A council must keep at least one owner. Make somebody else an owner first."


@dataclass(frozen=True)
class MemberAdded:
    membership: Membership
    is_new_person: bool
    is_new_member: bool


def add_member(*, council, email, name, office, access, job_title="", by=None, joined=False):
    """Make a person a member of a council, or change the post and access of one who is.

    Someone new gets an account without a password, which they set from the sign-in page. The name
    of someone who has an account already is theirs, and stays. ValidationError says what is wrong;
    LastOwner is raised rather than leave the council without one. `joined`: they took up an
    invitation of `by`.
    """
    email = email.strip().lower()
    with transaction.atomic():
        _lock(council)
        is_new_person = not User.objects.filter(email=email).exists()
        user = find_or_add_person(email=email, name=name)
        post = {"office": office, "access": access, "job_title": job_title.strip()}
        Membership(user=user, council=council, **post).clean_fields()
        membership = Membership.objects.filter(user=user, council=council).first()
        is_new_member = membership is None or membership.ended_at is not None
        if not is_new_member:
            change_member(membership, by=by, **post)
        else:
            membership = membership or Membership(user=user, council=council)
            for field, value in post.items():
                setattr(membership, field, value)
            membership.ended_at = None
            membership.save()
            kind = CouncilEvent.Kind.JOINED if joined else CouncilEvent.Kind.MEMBER_ADDED
            record(membership, kind, by=user if joined else by, after=in_words(membership))
    return MemberAdded(membership, is_new_person, is_new_member)


def change_member(membership, *, by, **fields):
    """Change a member's post or access. Raises LastOwner if nobody could let people in after it."""
    before = in_words(membership)
    with transaction.atomic():
        _lock(membership.council)
        if fields.get("access", membership.access) != Access.OWNER:
            _keep_an_owner(membership)
        for field in POST_FIELDS:
            setattr(membership, field, fields.get(field, getattr(membership, field)))
        after = in_words(membership)
        if before == after:
            return
        membership.save(update_fields=POST_FIELDS)
        record(membership, CouncilEvent.Kind.MEMBER_CHANGED, by=by, before=before, after=after)


def end_membership(membership, *, by):
    """Take a person's access away, from their next request on. What they did and own stays theirs.

    They stop being a named reader of anything restricted, and stay so if they are invited again.
    Raises LastOwner if no owner would be left. Do nothing if it has ended already.
    """
    with transaction.atomic():
        _lock(membership.council)
        _keep_an_owner(membership)
        ended = (
            Membership.objects.current().filter(pk=membership.pk).update(ended_at=timezone.now())
        )
        if ended:
            before = in_words(membership)
            for model in reader_links():
                model.objects.filter(membership=membership).delete()
            record(membership, CouncilEvent.Kind.MEMBER_REMOVED, by=by, before=before)


def reader_links():
    """Return every model of links that name members as readers of something restricted."""
    return [model for model in apps.get_models() if issubclass(model, ReaderLink)]


def in_words(place):
    """The post and access of a membership or an invitation, as an event keeps them."""
    return f"{place.post} ({place.get_access_display().lower()})"


def record(membership, kind, *, by, before="", after=""):
    CouncilEvent.objects.create(
        council=membership.council,
        kind=kind,
        by=by,
        person=f"{membership.user.name} ({membership.user.email})",
        before=before,
        after=after,
    )


def _lock(council):
    """Changes to a council's people happen one after another, so that its last owner is counted.

    The key stays free for rows that refer to the council: their writers may hold the chain's head.
    """
    Council.objects.select_for_update(no_key=True).get(pk=council.pk)


def _keep_an_owner(membership):
    owners = Membership.objects.current().filter(
        council=membership.council_id, access=Access.OWNER, user__is_active=True
    )
    if not owners.exclude(pk=membership.pk).exists() and owners.filter(pk=membership.pk).exists():
        raise LastOwner
