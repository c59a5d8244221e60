"""Somebody else whom a person lets into what is private: found by address, told by e-mail."""

from functools import partial

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from councils.models import User


def find_other(person, email):
    """Whoever has that address. ValidationError, by field, if nobody has, or `person` has."""
    other = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if other is None:
        raise ValidationError(
            {"email": "Nobody with this address has an account here. Check it with them."}
        )
    if other.pk == person.pk:
        raise ValidationError({"email": "Enter somebody else’s address: this is your own."})
    return other


def tell(other, subject, letter, *, person, link, **facts):
    """Nothing but who it is about, where it is and until when: e-mail is read by others."""
    context = {"person": person, "reader": other, "link": link} | facts
    transaction.on_commit(
        partial(
            send_mail,
            subject,
            render_to_string(f"assessments/development/{letter}.txt", context),
            None,
            [other.email],
        )
    )
