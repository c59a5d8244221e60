from django.core.exceptions import ValidationError

from ..models import User


def find_or_add_person(*, email, name):
    """The person with that address; somebody new gets an account without a password.

    The name of someone who has an account already is theirs, and stays. ValidationError, by field,
    says what is wrong. Callers have begun a transaction.
    """
    email, name = email.strip().lower(), name.strip()
    user = User.objects.filter(email=email).first()
    if user is None:
        if not name:
            raise ValidationError({"name": f"Nobody has the address {email} yet: name them."})
        User(email=email, name=name).clean_fields(exclude=["password"])
        user = User.objects.create_user(email=email, name=name)
    elif not user.is_active:
        raise ValidationError({"email": f"The account of {user.email} is closed."})
    return user
