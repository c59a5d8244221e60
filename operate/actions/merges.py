from enum import Enum
from functools import partial

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.data_protection.actions import lock_places_of, merge_people
from councils.actions import MergeRefused, held_merge
from councils.mail import send_to
from councils.merging import merged_memberships, why_not_merge
from councils.models import AccountMerge, User

from ..models import OperatorEvent, SecondFactorReset
from .second_operator import require_second_operator, tell_operators, with_addresses


class MergeStep(Enum):
    """What confirming a merge has led to."""

    WAITING = "waiting"  # for a second operator
    DONE = "done"


def confirm_merge_of(merge: AccountMerge, *, by: User) -> MergeStep | None:
    """Confirm a merge in place of a lost mailbox, as an operator; None if it is not waiting.

    Two operators do so, who can each agree to what someone else asked for: see
    `second_operator`. The first does not count if they have lost the role since. All operators are
    told. Raises NeedsSecondOperator and MergeRefused.
    """
    with transaction.atomic():
        stored = held_merge(
            AccountMerge.objects.to_stand_in_for().filter(pk=merge.pk), lock_first=lock_places_of
        )
        if stored is None:
            return None
        kept, ended = stored.kept, stored.ended
        first = stored.first_stand_in
        if first is not None and not (first.is_active and first.is_operator):
            first = None
        operator = User.objects.get(pk=by.pk)  # the role can have ended while this waited
        require_second_operator(
            operator, person=kept, asked_by=first or kept, asked_at=stored.asked_at
        )
        problems = why_not_merge(kept, ended, merged_memberships(kept, ended), is_proven=False)
        if problems:
            raise MergeRefused(problems)
        kind = OperatorEvent.Kind.MERGE_STOOD_IN if first is None else OperatorEvent.Kind.MERGE_DONE
        OperatorEvent.objects.create(kind=kind, person=kept, by=by)
        context = {
            "person": kept,
            "ended": ended.email,
            "who": with_addresses(by),
            "first": first,
            "is_done": first is not None,
        }
        many, has = ("Two", "s have") if first is not None else ("One", " has")
        subject = f"{many} operator{has} confirmed the merge of the accounts of {kept.name}"
        own = f"{many} system administrator{has} confirmed the merge of your accounts"
        template = "operate/email/merge_stood_in.txt"
        tell_operators(subject, template, context, own_subject=own, also=kept)
        if first is None:
            # If the merge is a mistake, the other account is someone else's, who could stop it.
            body = render_to_string("operate/email/merge_of_account.txt", context | {"to": ended})
            subject = (
                f"A system administrator has confirmed that your account {ended.email} can be "
                "merged into another"
            )
            transaction.on_commit(partial(send_to, ended.email, subject=subject, body=body))
            stored.first_stand_in, stored.first_stood_in_at = by, timezone.now()
            stored.save(update_fields=["first_stand_in", "first_stood_in_at"])
            return MergeStep.WAITING
        merge_people(stored, by=by, is_proven=False)
        SecondFactorReset.objects.filter(person=ended, closed_at=None).update(
            closed_at=timezone.now()
        )
    return MergeStep.DONE
