"""Emails about what people share privately. They say who, where and until when, and no more."""

from functools import partial
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string

from councils.mail import send_to
from councils.models import User


def tell(other: User, subject: str, letter: str, *, person: User, link: str, **facts: Any) -> None:
    """Email `other` about `person` once the transaction commits; `letter` names the template."""
    context = {"person": person, "reader": other, "link": link} | facts
    body = render_to_string(f"assessments/development/{letter}.txt", context)
    transaction.on_commit(partial(send_to, other.email, subject=subject, body=body))
