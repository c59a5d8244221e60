from ..models import CouncilEvent, Invitation, Membership, User

SET_BY_THEMSELVES = "set by themselves"


def place_in_words(place: Membership | Invitation) -> str:
    """Return the post and access of a membership or invitation, as events store them.

    The officer role is named after a job title, because rights and statements follow from it.
    """
    role = place.get_office_display()
    post = f"{place.job_title}, {role}" if place.job_title else role
    access = place.get_access_display().lower()
    if isinstance(place, Membership) and place.is_office_self_set:
        access += f", role {SET_BY_THEMSELVES}"
    return f"{post} ({access})"


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
        person=person_in_words(membership.user.name, membership.user.email),
        before=before,
        after=after,
    )


def record_invitation(invitation: Invitation, kind: CouncilEvent.Kind, *, by: User | None) -> None:
    """Record an event about an invited person."""
    CouncilEvent.objects.create(
        council=invitation.council,
        kind=kind,
        by=by,
        person=person_in_words(invitation.name, invitation.email),
        after=place_in_words(invitation),
    )


def person_in_words(name: str, email: str) -> str:
    """Return a name and address, or a name alone, cut to the length of the column."""
    words = f"{name} ({email})" if email else name
    return words[: CouncilEvent._meta.get_field("person").max_length]
