"""Erasing a person from plans: what they own passes to a name that says nothing."""

from django.db import transaction

from councils.actions import erase_account, name_after_erasure

from ..models import AdviserGrant, PlanItem, Respondent, RestrictedNote, Scenario
from ..traces import councils_of, owned_by
from .grants import revoke_grant
from .items import hand_over_item
from .rounds import forget_respondent


def erase_person(user, *, by):
    """Erase a person from the councils they belong or belonged to, and close their account.

    Items that they own, or that somebody typed their name as the owner of, are owned by "Removed
    person 12" instead. Texts that people wrote in plans stay as they are: see `traces.mentions_of`.
    What they were granted as an adviser ends. What they answered in rounds stays, as nobody's.
    Raises LastOwner. Cannot be undone.
    """
    new = name_after_erasure(user)
    with transaction.atomic():
        # Locked before the first entry of the record is written, as everyone does who saves them.
        items = owned_by(user).select_related("plan", "owner__user", "source")
        for item in list(items.select_for_update(of=("self",), no_key=True)):
            if item.removed_at:
                PlanItem.objects.filter(pk=item.pk).update(owner=None, owner_name=new)
            else:
                hand_over_item(item, owner_name=new, by=by)
        for model in (RestrictedNote, Scenario):
            model.readers.through.objects.filter(membership__user=user).delete()
        for grant in AdviserGrant.objects.filter(adviser=user).select_related("plan", "adviser"):
            revoke_grant(grant, by=by)
        Respondent.objects.filter(membership__user=user).update(may_be_named=False)
        for respondent in Respondent.objects.filter(email=user.email):
            forget_respondent(respondent)
        erase_account(user, by=by, named_in=councils_of(user))
