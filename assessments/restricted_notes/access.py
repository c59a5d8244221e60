"""Who may reach a restricted note."""

from django.http import Http404

from assessments.access import item_for

from .models import RestrictedNote


def restricted_note_for(user, plan_id, item_id):
    """The item, its restricted note (None before there is one) and the Rights; else 404.

    Not 403: that a note exists is itself for its readers alone.
    """
    item, rights = item_for(user, plan_id, item_id)
    note = RestrictedNote.objects.readable_by(user).filter(item=item).first()
    if item.removed_at or (note is None and not rights.can_restrict):
        raise Http404
    return item, note, rights
