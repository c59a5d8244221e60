"""Work done after the response, by `manage.py db_worker`."""

from django.conf import settings
from django.template.loader import render_to_string
from django_tasks import task

from .mail import send_to
from .models import User
from .passwords import password_link


@task()
def send_password_reset(email: str, site: str) -> None:
    """Send a password link to the active account with the address `email`, if there is one.

    It runs in the background for every address, so that the time of the response does not reveal
    whether an account exists. The link is made here, so the queue contains no secret.
    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return
    context = {
        "user": user,
        "password_reset_url": password_link(user, site=site),
        "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
    }
    send_to(
        user.email,
        subject=render_to_string("account/email/password_reset_key_subject.txt", context),
        body=render_to_string("account/email/password_reset_key_message.txt", context),
    )


def request_password_reset(email: str, site: str) -> None:
    """Queue a password link, or send it at once where no worker runs (EMAIL_IN_BACKGROUND)."""
    if settings.EMAIL_IN_BACKGROUND:
        send_password_reset.enqueue(email, site)
    else:
        send_password_reset.call(email, site)
