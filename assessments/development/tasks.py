"""Work done after the response, by `manage.py worker`."""

from django.conf import settings
from django.urls import reverse
from django_tasks import task

from councils.encryption import SecretUnreadable, decrypt, encrypt
from councils.mail import try_later
from councils.models import User

from .actions.others import send_letter
from .offers import token_for


@task()
def send_check_in_offer(person_id: int, sealed_email: str, site: str, attempt: int = 1) -> None:
    """Email the account with an address, if there is one, a link to accept a check-in.

    It runs in the background for every address, so that the time of the response does not reveal
    whether an account exists. The address waits encrypted.
    """
    try:
        email = decrypt(sealed_email)
    except SecretUnreadable:
        if not try_later(send_check_in_offer, person_id, sealed_email, site, attempt=attempt):
            raise
        return
    person = User.objects.get(pk=person_id)
    other = User.objects.filter(email=email, is_active=True).exclude(pk=person_id).first()
    if other is None:
        return
    link = site + reverse("check_in_accept", args=[token_for(person, email)])
    send_letter(other, "check_in_email", person=person, link=link)


def offer_check_in(person: User, email: str, site: str) -> None:
    """Queue the offer, or send it at once where no worker runs (EMAIL_IN_BACKGROUND)."""
    if settings.EMAIL_IN_BACKGROUND:
        send_check_in_offer.enqueue(person.pk, encrypt(email), site)
    else:
        send_check_in_offer.call(person.pk, encrypt(email), site)
