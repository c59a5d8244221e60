from django.core.exceptions import ValidationError
from django.db import transaction

from ..models import CouncilEvent, EarlierName, Membership, User
from .events import record_member


def lock_person(person_id: int) -> User:
    """Return a person, locked until the transaction ends. Take councils' locks before it.

    Whatever depends on where else they can sign in is checked after this, and whatever lets them
    sign in to more takes it too: a membership, access as an adviser, the operator role.
    """
    return User.objects.select_for_update(no_key=True).get(pk=person_id)


def find_or_add_person(*, email: str, name: str) -> User:
    """Return the person with that address; a new person gets an account without a password.

    An existing account keeps its name, and is locked. Raises ValidationError by field. Run within a
    transaction.
    """
    email, name = email.strip().lower(), name.strip()
    user = User.objects.select_for_update(no_key=True).filter(email=email).first()
    if user is None:
        if not name:
            raise ValidationError(
                {"name": f"No one with the address {email} has an account yet, so enter a name"}
            )
        User(email=email, name=name).clean_fields(exclude=["password"])
        user = User.objects.create_user(email=email, name=name)
    elif not user.is_active:
        raise ValidationError({"email": f"The account of {user.email} is closed"})
    return user


def change_name(user: User, *, name: str) -> bool:
    """Change a person's own name; return whether it changed. Each of their councils gets an event.

    What the record says already keeps the earlier name. It is kept with the account too, so that
    erasing the person reaches it.
    """
    with transaction.atomic():
        stored = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        before, user.name = stored.name, name
        if name == before:
            return False
        user.save(update_fields=["name"])
        EarlierName.objects.create(user=user, name=before)
        memberships = Membership.objects.current().filter(user=user).select_related("council")
        # Writing an event locks its council's chain: always in the same order.
        for membership in memberships.order_by("council_id"):
            membership.user = user
            kind = CouncilEvent.Kind.NAME_CHANGED
            record_member(membership, kind, by=user, before=before, after=name)
    return True
