"""What needs two operators: who counts as the second, and who is told.

One person could make a second account of their own an operator and agree with it to what they asked
for, or ask with it and agree themselves. So both operators must have had the role for some days,
the one who agrees must have used two-step sign-in since before the request, and every operator is
told by email about each new operator, each request and each agreement, with the addresses of those
who did it.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from councils.mail import send_to
from councils.models import User, uses_two_steps_since

from ..models import OperatorEvent

DAYS_BEFORE_AGREEING = 7


class NeedsSecondOperator(Exception):
    """This operator cannot agree to a request; the text says why."""


def require_second_operator(
    operator: User, *, person: User, asked_by: User, asked_at: datetime
) -> None:
    """Raise NeedsSecondOperator unless `operator` can agree to what `asked_by` asked for `person`.

    It must be another person than both, an operator since DAYS_BEFORE_AGREEING before `asked_at`,
    who used two-step sign-in by then.
    """
    if operator.pk in {asked_by.pk, person.pk}:
        raise NeedsSecondOperator("Another operator has to agree to this.")
    if not is_settled(operator, asked_at):
        raise NeedsSecondOperator(
            f"You can agree only to requests made {DAYS_BEFORE_AGREEING} days or more after you "
            "became an operator. Another operator has to agree to this."
        )
    two_steps = uses_two_steps_since(operator)
    if two_steps is None or two_steps > asked_at:
        raise NeedsSecondOperator(
            "You turned on two-step sign-in after this request was made. Another operator has to "
            "agree to this."
        )


def require_settled_asker(asker: User, asked_at: datetime) -> None:
    """Raise NeedsSecondOperator unless the operator who asked was settled then, and is one now."""
    if not is_settled(asker, asked_at):
        raise NeedsSecondOperator(
            f"{asker.name} had been an operator for less than {DAYS_BEFORE_AGREEING} days when "
            "they asked for this, or is not one any more. Cancel it and ask for it yourself."
        )


def why_not_ask(operator: User) -> str:
    """Return why an operator cannot ask for what needs a second one, or ""."""
    if is_settled(operator, timezone.now()):
        return ""
    return (
        f"You have been an operator for less than {DAYS_BEFORE_AGREEING} days. Ask another "
        "operator to request this."
    )


def is_settled(operator: User, at: datetime) -> bool:
    """Return whether someone is an operator and has been one since DAYS_BEFORE_AGREEING before."""
    added = OperatorEvent.objects.filter(kind=OperatorEvent.Kind.OPERATOR_ADDED, person=operator)
    since = added.order_by("-at").values_list("at", flat=True).first()
    if since is None or not (operator.is_operator and operator.is_active):
        return False
    return bool(since <= at - timedelta(days=DAYS_BEFORE_AGREEING))


def with_addresses(*people: User) -> str:
    return " and ".join(f"{person.name} ({person.email})" for person in people)


def tell_operators(
    subject: str,
    template: str,
    context: dict[str, Any],
    *,
    own_subject: str = "",
    but: User | None = None,
    also: User | None = None,
) -> None:
    """Email every operator except `but`, and the person `also`, once the transaction is over.

    `own_subject` is the subject for the person that the email is about, if they are among them.
    """
    told = set(User.objects.filter(is_operator=True, is_active=True)) | ({also} if also else set())
    for person in sorted(told - {but}, key=lambda each: each.pk):
        body = render_to_string(template, context | {"to": person})
        is_own = own_subject and person == context["person"]
        heading = own_subject if is_own else subject
        transaction.on_commit(partial(send_to, person.email, subject=heading, body=body))
