"""Erasing a person from plans and from what they keep for themselves."""

from functools import partial

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string

from assessments.advisers.actions import revoke_grant
from assessments.appointments.names import replace_names
from assessments.development.actions import leave_check_in
from assessments.development.models import CheckInPart, DevelopmentRecord, DevelopmentShare
from assessments.notices.models import Notice
from assessments.parity.models import ConfidentialRequest
from assessments.plans.actions import hand_over_item, hold
from assessments.plans.models import AdviserGrant, Plan, PlanItem
from assessments.register.actions import hand_over_win
from assessments.register.models import EarlyWin
from assessments.restricted_notes.models import RestrictedNote
from assessments.rounds.actions import forget_respondent
from assessments.rounds.models import Respondent
from assessments.seats.models import Scenario
from councils.actions import erase_account, name_after_erasure, rewordings_for
from councils.actions.amendments import reword
from councils.mail import send_to
from councils.models import Invitation, User

from ..models import ConfirmationRequest
from ..traces import councils_of, other_names_of, owned_by, respondents_who_are
from .outcomes import close_requests


def erase_person(user: User, *, by: User | None) -> None:
    """Erase a person from their councils, past and present, and close their account.

    Actions assigned to them are assigned to "Removed person 12" instead, and their early wins to no
    one. The text that people wrote in plans stays: see `traces.mentions_of`. Access as an adviser
    ends. Their development record, their part of every check-in and what others shared with them
    are deleted. Their answers in review rounds stay, without a name, and so do the notices and
    appointments that name them. The person is emailed. Raises LastOwner. Cannot be undone.
    """
    new = name_after_erasure(user)
    with transaction.atomic():
        items = owned_by(user).select_related("plan", "owner__user", "source")
        wins = EarlyWin.objects.filter(owner__user=user).select_related("plan", "owner__user")
        # Plans are locked before anything is read or written, as in every action that saves one.
        touched = Q(pk__in=items.values("plan")) | Q(pk__in=wins.values("plan"))
        for plan in Plan.objects.filter(touched).order_by("pk"):
            hold(plan)
        for item in list(items):
            if item.removed_at:
                PlanItem.objects.filter(pk=item.pk).update(owner=None, owner_name=new)
            else:
                hand_over_item(item, owner_name=new, by=by)
        for win in list(wins):
            hand_over_win(win, by=by)
        for model in (RestrictedNote, Scenario, ConfidentialRequest):
            model.readers.through.objects.filter(membership__user=user).delete()
        for grant in AdviserGrant.objects.filter(adviser=user).select_related("plan", "adviser"):
            revoke_grant(grant, by=by)
        replace_names([user.name, *other_names_of(user)], new, list(councils_of(user)))
        _erase_other_names(user, by=by)
        Respondent.objects.filter(membership__user=user).update(may_be_named=False)
        for respondent in respondents_who_are(user):
            forget_respondent(respondent)
        for part in CheckInPart.objects.filter(person=user):
            leave_check_in(part)
        DevelopmentRecord.objects.filter(person=user).delete()
        DevelopmentShare.objects.filter(reader=user).delete()
        Notice.objects.filter(Q(user=user) | Q(by=user)).delete()
        close_requests(ConfirmationRequest.objects.filter(person=user), by=by, is_carried_out=True)
        _tell(user)
        erase_account(user, by=by, named_in=councils_of(user))


def _erase_other_names(user: User, *, by: User | None) -> None:
    """Reword entries that give a name which someone else typed for the person's address."""
    names = other_names_of(user)
    for council in councils_of(user) if names else ():
        for name in names:
            known_as = User(pk=user.pk, name=name, email=user.email)
            reword(council, rewordings_for(known_as, council), by=by)
    Invitation.objects.filter(email=user.email).update(name=name_after_erasure(user))


def _tell(user: User) -> None:
    body = render_to_string("assessments/data_protection/erased_email.txt", {"name": user.name})
    subject = "Your transition planner account has been erased"
    transaction.on_commit(partial(send_to, user.email, subject=subject, body=body))
