"""Work done after the response, by `manage.py worker`."""

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import timezone
from django_tasks import task

from .encryption import SecretUnreadable, decrypt, encrypt
from .mail import send_now, try_later
from .models import User
from .passwords import password_link
from .validators import on_one_line

LINKS_A_DAY = 20  # to choose a password, to one address


@task()
def send_password_reset(sealed_email: str, site: str, attempt: int = 1) -> None:
    """Send a password link to the active account with an address, if there is one.

    It runs in the background for every address, so that the time of the response does not reveal
    whether an account exists. The address waits encrypted, and the link is made here: the queue
    contains neither a secret nor a name.
    """
    try:
        _send_password_link(decrypt(sealed_email), site)
    except (OSError, SecretUnreadable):  # SMTPException is an OSError
        is_queued = settings.EMAIL_IN_BACKGROUND and try_later(
            send_password_reset, sealed_email, site, attempt=attempt
        )
        if not is_queued:
            raise


def _send_password_link(email: str, site: str) -> None:
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return
    context = {
        "user": user,
        "is_new": user.last_login is None and not user.has_usable_password(),
        "password_reset_url": password_link(user, site=site),
        "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
    }
    subject = render_to_string("account/email/password_reset_key_subject.txt", context)
    body = render_to_string("account/email/password_reset_key_message.txt", context)
    send_now(user.email, on_one_line(subject), body)


def request_password_reset(email: str, site: str) -> None:
    """Queue a password link, or send it at once where no worker runs (EMAIL_IN_BACKGROUND).

    Does nothing once an address has been asked for LINKS_A_DAY times: anyone can ask, and would
    fill someone's mailbox. It counts addresses without an account as well, so that nothing differs.
    """
    address = hashlib.sha256(email.strip().lower().encode()).hexdigest()
    key = f"password-links:{timezone.localdate()}:{address}"
    asked = cache.get(key, 0)
    if asked >= LINKS_A_DAY:
        return
    cache.set(key, asked + 1, timeout=24 * 60 * 60)
    if settings.EMAIL_IN_BACKGROUND:
        send_password_reset.enqueue(encrypt(email), site)
    else:
        send_password_reset.call(encrypt(email), site)
