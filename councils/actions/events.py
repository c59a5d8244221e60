from ..models import CouncilEvent, Invitation, Membership, User


def place_in_words(place: Membership | Invitation) -> str:
    """Return the post and access of a membership or invitation, as events store them."""
    return f"{place.post} ({place.get_access_display().lower()})"


def record_member(
    membership: Membership,
    kind: CouncilEvent.Kind,
    *,
    by: User | None,
    before: str = "",
    after: str = "",
) -> None:
    """Record an event about a member."""
    CouncilEvent.objects.create(
        council=membership.council,
        kind=kind,
        by=by,
        person=_person_in_words(membership.user.name, membership.user.email),
        before=before,
        after=after,
    )


def record_invitation(invitation: Invitation, kind: CouncilEvent.Kind, *, by: User | None) -> None:
    """Record an event about an invited person."""
    CouncilEvent.objects.create(
        council=invitation.council,
        kind=kind,
        by=by,
        person=_person_in_words(invitation.name, invitation.email),
        after=place_in_words(invitation),
    )


def _person_in_words(name: str, email: str) -> str:
    """Return a name and address, cut to the length of the column."""
    return f"{name} ({email})"[: CouncilEvent._meta.get_field("person").max_length]
