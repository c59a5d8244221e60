"""Links with which a person accepts a check-in. They are signed, and stored nowhere."""

from django.core import signing

from councils.models import User

SALT = "assessments.development.check-in-offer"
OFFER_DAYS = 7


def token_for(person: User, email: str) -> str:
    """Return a token with which the account of `email` can accept a check-in with `person`."""
    return signing.dumps({"from": person.pk, "to": email}, salt=SALT)


def offered_by(token: str, user: User) -> User | None:
    """Return the person who offered `user` a check-in with this token.

    None if the token is not valid, is older than OFFER_DAYS, is for another address, or is from a
    person whose account is closed.
    """
    try:
        offer = signing.loads(token, salt=SALT, max_age=OFFER_DAYS * 24 * 60 * 60)
    except signing.BadSignature:
        return None
    if offer["to"] != user.email:
        return None
    return User.objects.filter(pk=offer["from"], is_active=True).exclude(pk=user.pk).first()
