import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from ..models import Council, CouncilEvent, EarlierName, Invitation, Membership, User
from ..names import council_with_name, councils_naming, is_much_like, is_taken, refuse_name
from .events import person_in_words

# Erasing a person looks for each of their earlier names in everything that was written.
NAMES_IN_A_MONTH = 5


def lock_person(person_id: int) -> User:
    """Return a person, locked until the transaction ends. Take councils' locks before it.

    Whatever depends on where else they can sign in is checked after this, and whatever lets them
    sign in to more takes it too: a membership, access as an adviser, the operator role.
    """
    return User.objects.select_for_update(no_key=True).get(pk=person_id)


def lock_open_account(user: User) -> User:
    """As `lock_person`, for what is kept about someone because they, or another person, act now.

    Raises PermissionDenied if the account has been closed since the request began: it can have
    waited for the person to be erased, and would bring back what was erased.
    """
    stored = lock_person(user.pk)
    if not stored.is_active:
        raise PermissionDenied("This account has been closed.")
    return stored


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
        try:
            refuse_name(name)
        except ValidationError as error:
            raise ValidationError({"name": error.messages}) from error
        try:
            with transaction.atomic():
                user = User.objects.create_user(email=email, name=name)
        except IntegrityError:
            # Someone else has just added the same person.
            user = User.objects.select_for_update(no_key=True).get(email=email)
    elif not user.is_active:
        raise ValidationError({"email": f"The account of {user.email} is closed"})
    return user


def name_on_joining(user: User | None, invitation: Invitation) -> None:
    """Give an account that was never used the name on the invitation that is being accepted.

    Another council may have made the account, under a name that it typed. An account that was used
    keeps its name. Raises ValidationError if someone else at the council has the name that the
    person would have there: a colleague can have taken it since they were invited. Callers hold the
    council, and the person signs in with the address of the invitation. `user` is None if they have
    no account yet.
    """
    is_new = user is None or user.last_login is None
    name = invitation.name
    if user is not None:
        members = Membership.objects.filter(user=user)
        if is_new and user.name != name and not user.is_operator and not members.exists():
            User.objects.filter(pk=user.pk).update(name=name)
        else:
            name = user.name
        if members.current().filter(council=invitation.council_id).exists():
            return
    if is_taken(name, invitation.council, but=[user] if user else []):
        if is_new:
            how = "Ask the person who invited you for an invitation with another name"
        else:
            how = "Change your name on your account page first"
        raise ValidationError(
            f"Someone else at {invitation.council} is called {name}. {how}, for example with an "
            "initial"
        )


def change_name(user: User, *, name: str) -> bool:
    """Change a person's own name; return whether it changed.

    Each council whose record names them gets an event, also one that they left: its pages show the
    new name beside what they did. What the record says in words keeps the earlier name. It is kept
    with the account too, so that erasing the person reaches it. Raises ValidationError by field if
    someone there has the name, or after NAMES_IN_A_MONTH.
    """
    with transaction.atomic():
        # Two people cannot take one name at the same moment.
        naming = list(councils_naming(user).order_by("pk").values_list("pk", flat=True))
        councils = Council.objects.filter(pk__in=naming).order_by("pk")
        named_in = list(councils.select_for_update(no_key=True))
        stored = lock_open_account(user)
        before = stored.name
        if name == before:
            return False
        if problem := _why_not_change_name(stored, name):
            raise ValidationError({"name": problem})
        EarlierName.objects.create(user=user, name=before, chosen_at=stored.name_chosen_at)
        had = user.earlier_names.filter(chosen_at=None, brought_by=None)
        given = had.order_by("changed_at", "pk").first()
        is_correction = given is not None and is_much_like(name, given.name)
        user.name, user.name_chosen_at = name, None if is_correction else timezone.now()
        user.save(update_fields=["name", "name_chosen_at"])
        current = Membership.objects.current().filter(user=user)
        belongs_to = set(current.values_list("council", flat=True))
        # Writing an event locks its council's chain: always in the same order.
        for council in named_in:
            # The others have no business with the address that the person has now.
            email = user.email if council.pk in belongs_to else ""
            CouncilEvent.objects.create(
                council=council,
                kind=CouncilEvent.Kind.NAME_CHANGED,
                by=user,
                person=person_in_words(name, email),
                before=before,
                after=name,
            )
    return True


def _why_not_change_name(person: User, name: str) -> str:
    """Return why a person cannot take a name, or ""."""
    if council := council_with_name(name, person):
        return (
            f"Someone else at {council} has this name. Add an initial or your job title, so that "
            "the record shows who did what"
        )
    month = timezone.now() - dt.timedelta(days=30)
    changed = person.earlier_names.filter(changed_at__gt=month, brought_by=None)
    if changed.count() >= NAMES_IN_A_MONTH:
        return (
            f"You have changed your name {NAMES_IN_A_MONTH} times in the last 30 days. Try again "
            "later"
        )
    return ""
