"""Emails about what people share privately. They say who, where and until when, and no more."""

import datetime as dt
from functools import partial

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django_tasks import task

from assessments.words import day_in_words
from councils.mail import send_to
from councils.models import DigestFrequency, User

SUBJECTS = {
    "email": "{person} has shared a private document with you",
    "check_in_email": "{person} has invited you to a check-in in the transition planner",
    "check_in_accepted_email": "{person} has accepted your check-in in the transition planner",
    "check_in_seen_email": "You and {person} can now read your check-in",
}


def tell(
    other: User, letter: str, *, person: User, link: str, until: dt.date | None = None
) -> None:
    """Email `other` about `person` after the commit, if they want to be told at once.

    `letter` names the template and the subject. Others find it in For you and in their update.
    """
    if other.digest_frequency == DigestFrequency.AT_ONCE:
        words = day_in_words(until) if until else ""
        transaction.on_commit(partial(_queue, other.pk, letter, person.pk, link, words))


def send_letter(other: User, letter: str, *, person: User, link: str, until: str = "") -> None:
    """Send the email now, whatever `other` has chosen: for an invitation with a personal link."""
    context = {"person": person, "reader": other, "link": link, "until": until}
    body = render_to_string(f"assessments/development/{letter}.txt", context)
    send_to(other.email, subject=SUBJECTS[letter].format(person=person.name), body=body)


@task()
def send_private_letter(other_id: int, letter: str, person_id: int, link: str, until: str) -> None:
    """Send the email after the response, by `manage.py worker`, if it is still wanted."""
    other = User.objects.get(pk=other_id)
    if other.is_active and other.digest_frequency == DigestFrequency.AT_ONCE:
        person = User.objects.get(pk=person_id)
        send_letter(other, letter, person=person, link=link, until=until)


def _queue(other_id: int, letter: str, person_id: int, link: str, until: str) -> None:
    """Queue the email, or send it at once where no worker runs (EMAIL_IN_BACKGROUND)."""
    if settings.EMAIL_IN_BACKGROUND:
        send_private_letter.enqueue(other_id, letter, person_id, link, until)
    else:
        send_private_letter.call(other_id, letter, person_id, link, until)
