"""Erasing a person from plans: what they own passes to a name that says nothing."""

from django.db import transaction
from django.db.models import Q

from assessments.advisers.actions import revoke_grant
from assessments.development.actions import leave_check_in
from assessments.development.models import CheckInPart, DevelopmentRecord, DevelopmentShare
from assessments.plans.actions import hand_over_item, hold
from assessments.plans.models import AdviserGrant, Plan, PlanItem
from assessments.register.actions import hand_over_win
from assessments.register.models import EarlyWin
from assessments.restricted_notes.models import RestrictedNote
from assessments.rounds.actions import forget_respondent
from assessments.rounds.models import Respondent
from assessments.seats.models import Scenario
from councils.actions import erase_account, name_after_erasure

from ..traces import councils_of, owned_by


def erase_person(user, *, by):
    """Erase a person from the councils they belong or belonged to, and close their account.

    Items that they own, or that somebody typed their name as the owner of, are owned by "Removed
    person 12" instead, and their early wins by nobody. Texts that people wrote in plans stay as
    they are: see `traces.mentions_of`. What they were granted as an adviser ends. Their own
    development record and their part of every check-in go, unread, and what others let them read.
    What they answered in rounds stays, as nobody's. Raises LastOwner. Cannot be undone.
    """
    new = name_after_erasure(user)
    with transaction.atomic():
        items = owned_by(user).select_related("plan", "owner__user", "source")
        wins = EarlyWin.objects.filter(owner__user=user).select_related("plan", "owner__user")
        # Held before anything is read or written, as by everyone who saves one of these.
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
        for model in (RestrictedNote, Scenario):
            model.readers.through.objects.filter(membership__user=user).delete()
        for grant in AdviserGrant.objects.filter(adviser=user).select_related("plan", "adviser"):
            revoke_grant(grant, by=by)
        Respondent.objects.filter(membership__user=user).update(may_be_named=False)
        for respondent in Respondent.objects.filter(email=user.email):
            forget_respondent(respondent)
        for part in CheckInPart.objects.filter(person=user):
            leave_check_in(part)
        DevelopmentRecord.objects.filter(person=user).delete()
        DevelopmentShare.objects.filter(reader=user).delete()
        erase_account(user, by=by, named_in=councils_of(user))
