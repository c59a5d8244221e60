from django.core.exceptions import ValidationError

from ..models import User


def find_or_add_person(*, email: str, name: str) -> User:
    """Return the person with that address; a new person gets an account without a password.

    An existing account keeps its name. Raises ValidationError by field. Run within a transaction.
    """
    email, name = email.strip().lower(), name.strip()
    user = User.objects.filter(email=email).first()
    if user is None:
        if not name:
            raise ValidationError(
                {"name": f"No one with the address {email} has an account yet, so enter a name."}
            )
        User(email=email, name=name).clean_fields(exclude=["password"])
        user = User.objects.create_user(email=email, name=name)
    elif not user.is_active:
        raise ValidationError({"email": f"The account of {user.email} is closed."})
    return user
