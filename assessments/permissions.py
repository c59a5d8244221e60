"""What a signed-in person may do to a plan: the one place views ask.

`plan_for` and `item_for` are how every view begins. Another council's object is not found (404),
nor is what an adviser's grant leaves out; one's own council's without the right is refused (403).
"""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from councils.permissions import Right, may, require, require_second_factor

from .looks import note_look
from .models import (
    AdviserGrant,
    DevelopmentRecord,
    DevelopmentShare,
    JournalEntry,
    Plan,
    PlanItem,
    RestrictedNote,
    StandardAnswer,
    carry,
)

SHOWN = (
    "plan__council",
    "step",
    "source__component",
    "source__lead_role",
    "owner__user",
    "saved_by",
)


@dataclass(frozen=True)
class Rights:
    """What the person may do here, as the booleans that templates receive."""

    can_edit: bool
    can_manage: bool
    can_export: bool
    can_restrict: bool
    can_take_part: bool
    can_grant: bool

    @classmethod
    def of(cls, holder):
        """`holder` is anything with `access`: a membership, or a plan or item from visible_to."""
        return cls(
            can_edit=may(holder, Right.EDIT_ITEMS),
            can_manage=may(holder, Right.MANAGE_PLAN),
            can_export=may(holder, Right.EXPORT),
            can_restrict=may(holder, Right.RESTRICTED),
            can_take_part=may(holder, Right.TAKE_PART),
            can_grant=may(holder, Right.GRANT),
        )


def plan_for(user, plan_id, *, needs=Right.VIEW):
    """The plan if `user` may see it, and their Rights; else 404, or 403 without `needs`."""
    plan = get_object_or_404(Plan.objects.visible_to(user).select_related("council"), pk=plan_id)
    require(plan, needs)
    note_look(user, plan)
    return plan, Rights.of(plan)


def item_for(user, plan_id, item_id, *, needs=Right.VIEW, related=SHOWN):
    """The item, removed ones included; else 404 or 403.

    With it comes what is `related`: all that a page shows of it, or less for a save that answers
    with the little that changed.
    """
    items = PlanItem.objects.visible_to(user).select_related(*related)
    item = get_object_or_404(items, plan_id=plan_id, pk=item_id)
    require(item, needs)
    carry(item, item.plan)
    note_look(user, item, step=item.step)
    return item, Rights.of(item)


def grant_for(user, plan_id, grant_id):
    """An adviser's live grant, its plan and the Rights of who may change it; else 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=Right.GRANT)
    grants = AdviserGrant.objects.live().select_related("adviser", "plan")
    return get_object_or_404(grants, plan=plan, pk=grant_id), plan, rights


def restricted_note_for(user, plan_id, item_id):
    """The item, its restricted note (None before there is one) and the Rights; else 404.

    Not 403: that a note exists is itself for its readers alone.
    """
    item, rights = item_for(user, plan_id, item_id)
    note = RestrictedNote.objects.readable_by(user).filter(item=item).first()
    if item.removed_at or (note is None and not rights.can_restrict):
        raise Http404
    return item, note, rights


# --- A person's own development record ------------------------------------------------------------


def own_record(user):
    """The person's record, None before they begin one."""
    require_second_factor(user)
    return DevelopmentRecord.objects.filter(person=user).select_related("edition", "person").first()


def record_for(user):
    """The person's own record, else 404. No address names one, so nobody can ask for another's."""
    record = own_record(user)
    if record is None:
        raise Http404
    return record


def answer_for(user, standard_id):
    """The person's answer to a standard of their record's edition, a new one if there is none."""
    record = record_for(user)
    standard = get_object_or_404(record.standards, pk=standard_id)
    answer = StandardAnswer.objects.filter(record=record, standard=standard).first()
    answer = answer or StandardAnswer(version=0)
    answer.record, answer.standard = record, standard
    return answer


def journal_entry_for(user, entry_id):
    entries = JournalEntry.objects.select_related("plan__council", "step")
    return get_object_or_404(entries, record=record_for(user), pk=entry_id)


def share_for(user, share_id):
    """A live share of the person's own record, else 404."""
    shares = DevelopmentShare.objects.live().select_related("reader")
    return get_object_or_404(shares, record=record_for(user), pk=share_id)


def shares_with(user):
    """What others let `user` read today."""
    return DevelopmentShare.objects.live().filter(reader=user, record__person__is_active=True)


def shared_for(user, share_id):
    """What somebody else let `user` read, while they do; else 404."""
    require_second_factor(user)
    shares = shares_with(user).select_related("record__person", "record__edition")
    return get_object_or_404(shares, pk=share_id)
