"""Erasing a person from plans and from what they keep for themselves."""

from collections.abc import Callable, Collection, Iterable
from functools import cache, partial

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string

from assessments.advisers.actions import revoke_grant
from assessments.budget.models import ConfidentialAmendment
from assessments.development.actions import delete_records, leave_check_in
from assessments.development.models import CheckInPart, DevelopmentShare
from assessments.notices.models import Notice
from assessments.parity.models import ConfidentialRequest
from assessments.plans.actions import hand_over_item, hold_all
from assessments.plans.models import AdviserGrant, BulkChange, BulkChangeRow, Plan, PlanItem
from assessments.register.actions import hand_over_win
from assessments.register.models import EarlyWin
from assessments.restricted_notes.models import RestrictedNote
from assessments.rounds.actions import forget_respondent
from assessments.rounds.marks import signs_of
from assessments.rounds.models import Respondent
from assessments.rounds.people import signs_of_accounts
from assessments.seats.models import Scenario
from councils.actions import (
    erase_account,
    forget_invitation,
    invitations_never_accepted,
    lock_person,
    name_after_erasure,
    named_author,
    names_of_members,
    rewordings_for,
)
from councils.actions.amendments import reword
from councils.mail import send_to
from councils.models import Council, Invitation, User, sent_to

from ..models import ConfirmationRequest
from ..names import replace_names
from ..traces import (
    councils_of,
    councils_that_know,
    other_names_of,
    own_names_in,
    owned_by,
    plans_of_accounts,
    respondents_who_are,
)
from .outcomes import PERSON_ERASED, cancel_requests, close_requests, forget_copies

# What comes before the name in the words of a change that gave many actions an owner.
NEW_OWNER = ": owner "


def erase_person(user: User, *, by: User | None, check: Callable[[], None] = lambda: None) -> None:
    """Erase a person from their councils, past and present, and close their account.

    Actions assigned to them are assigned to "Removed person 12" instead, also if a change to many
    actions is undone, and their early wins to no one. The text that people wrote in plans stays:
    see `traces.mentions_of`. Access as an adviser ends. Their development record, their part of
    every check-in and what others shared with them are deleted. Their answers in review rounds
    stay, without a name, and so do the notices and appointments that name them. The person is
    emailed. Raises LastOwner, and what `check` raises, which is called once nothing that it reads
    can change. Cannot be undone.
    """
    new = name_after_erasure(user)
    with transaction.atomic():
        theirs = list(councils_of(user).values_list("pk", flat=True))
        councils = Council.objects.select_for_update(no_key=True).filter(pk__in=theirs)
        list(councils.order_by("pk"))
        items = owned_by(user).select_related("plan", "owner__user", "source")
        wins = EarlyWin.objects.filter(owner__user=user).select_related("plan", "owner__user")
        # Plans are locked before anything is read or written, as in every action that saves one.
        hold_all(plans_of_accounts([user.pk]) | Plan.objects.filter(pk__in=items.values("plan")))
        lock_person(user.pk)
        check()
        for item in list(items):
            if item.removed_at:
                PlanItem.objects.filter(pk=item.pk).update(owner=None, owner_name=new)
            else:
                hand_over_item(item, owner_name=new, by=by)
        for win in list(wins):
            hand_over_win(win, by=by)
        for model in (RestrictedNote, Scenario, ConfidentialRequest, ConfidentialAmendment):
            model.readers.through.objects.filter(membership__user=user).delete()
        grants = AdviserGrant.objects.filter(adviser=user)
        for grant in grants.select_related("plan__council", "adviser"):
            revoke_grant(grant, by=named_author(by, grant.plan.council))
        known = list(councils_that_know(user))
        for council in known:
            own = own_names_in(council, user)
            replace_names(own, new, [council])
            _forget_in_bulk_changes(own, new, [council], owner=user)
        _erase_other_names(user, known, by=by)
        by_account = Q(membership__user=user) | Q(membership__user__merged_into=user)

        @cache
        def marks(council_id: int) -> list[str]:
            return signs_of_accounts([user], council_id, keeps=True)[user.pk].kept()

        for respondent in Respondent.objects.filter(by_account).select_related("membership__user"):
            forget_respondent(respondent, other_marks=marks(respondent.membership.council_id))
        accounts = [user, *user.merged_accounts.all()]
        own_marks = signs_of(accounts=[each.pk for each in accounts], keeps=True).accounts
        # Without the kind of the mark, so that it only says who they may be: a name is enough for
        # `respondents_who_are`, and can be another person's.
        for respondent in respondents_who_are(user):
            forget_respondent(respondent, other_marks=own_marks)
        for part in CheckInPart.objects.filter(person__in=accounts):
            leave_check_in(part)
        delete_records(accounts)
        DevelopmentShare.objects.filter(reader__in=accounts).delete()
        Notice.objects.filter(Q(user=user) | Q(by=user)).delete()
        requests, erasure = (
            ConfirmationRequest.objects.filter(person=user),
            Q(kind=ConfirmationRequest.Kind.ERASE_PERSON),
        )
        close_requests(requests.filter(erasure), by=by, is_carried_out=True)
        cancel_requests(requests.exclude(erasure), by=by, because=PERSON_ERASED, but=user)
        forget_copies(Plan.objects.filter(council__in=councils_of(user)))
        _tell(user, by=by)
        erase_account(user, by=by, named_in=known, addressed_in=councils_of(user))


def forget_choices_of(invitation: Invitation, new: str, by: User | None) -> None:
    """Replace the name of an invited person who never joined where someone chose or typed it.

    Actions can be given to people who have been invited: they are assigned to `new` instead, unless
    a member of the council has the name. Notices, nominations and appointments stay: they are the
    council's record of its councillors, and one owner can invite anyone under any name.
    """
    council = invitation.council
    items = PlanItem.objects.filter(
        plan__council=council, owner=None, owner_name__iexact=invitation.name
    )
    items = items.select_related("plan", "owner__user", "source").order_by("pk")
    is_shared = invitation.name.casefold() in names_of_members(council)
    if is_shared:
        items = items.none()
    with transaction.atomic():
        hold_all(Plan.objects.filter(pk__in=items.values("plan")))
        for item in list(items):
            if item.removed_at:
                PlanItem.objects.filter(pk=item.pk).update(owner_name=new)
            else:
                hand_over_item(item, owner_name=new, by=by)
        if not is_shared:
            _forget_in_bulk_changes([invitation.name], new, [council])
        asked = Respondent.objects.filter(membership=None, email=invitation.email)
        for respondent in asked.filter(round__plan__council=council):
            forget_respondent(respondent)
        forget_copies(Plan.objects.filter(council=council))


def forget_invited(invitation: Invitation, *, by: User) -> None:
    """Erase a person who was invited to the council and never joined: all invitations to them."""
    with transaction.atomic():
        theirs = invitations_never_accepted().filter(council=invitation.council)
        for each in theirs.filter(email=invitation.email):
            forget_invitation(each, by=by)


def _forget_in_bulk_changes(
    names: Iterable[str], new: str, councils: Iterable[Council], *, owner: User | None = None
) -> None:
    """Replace a person by `new` in what changes to many actions say, and bring back if undone."""
    names = list(names)
    changes = BulkChange.objects.filter(plan__council__in=councils)
    rows = BulkChangeRow.objects.filter(change__in=changes)
    typed = _any(Q(owner_name__iexact=name) for name in names)
    owned = Q(owner__user=owner) if owner else Q(pk__in=())
    rows.filter(owned | typed).update(owner=None, owner_name=new)
    compared = [name.casefold() for name in names]
    for change in changes.filter(what__contains=NEW_OWNER):
        what, _, named = change.what.partition(NEW_OWNER)
        # A member's post follows the name.
        if any(f"{named.casefold()},".startswith(f"{name},") for name in compared):
            BulkChange.objects.filter(pk=change.pk).update(what=f"{what}{NEW_OWNER}{new}"[:200])


def _any(conditions: Iterable[Q]) -> Q:
    found = Q(pk__in=())
    for condition in conditions:
        found |= condition
    return found


def _erase_other_names(user: User, known: Collection[Council], *, by: User | None) -> None:
    """Reword entries that give a name which someone else typed for the person's address.

    `known` are the `councils_that_know` them.
    """
    for council in councils_of(user):
        typed = other_names_of(user, [council.pk])
        if not typed:
            continue
        found = rewordings_for(user, council, typed=typed, is_known=council in known)
        reword(council, found, by=named_author(by, council))
    sent_to(user, Invitation.objects.all()).update(name=name_after_erasure(user))


def _tell(user: User, *, by: User | None) -> None:
    context = {"name": user.name, "is_by_council": by is not None}
    body = render_to_string("assessments/data_protection/erased_email.txt", context)
    subject = "Your transition planner account has been erased"
    transaction.on_commit(partial(send_to, user.email, subject=subject, body=body))
