"""The demo's links to documents: one on an action, one on an agreement and one on a key date."""

from .actions import add_link
from .places import place_of_date, place_of_entry, place_of_item

SITE = "https://riverdale.sharepoint.example/sites/transition"


def seed_links(plan, item, agreement, *, by):
    """Add the links."""
    about = place_of_item(item, plan, item.words(plan.term), item.step.number, {}, can_edit=True)
    add_link(about, title="Briefing for group leaders", address=f"{SITE}/briefing.docx", by=by)
    date = place_of_date("annual_meeting", plan, "Annual council meeting", {}, can_edit=True)
    add_link(date, title="Agenda of annual council", address=f"{SITE}/agenda.docx", by=by)
    entry = place_of_entry("agreement", agreement.pk, plan, str(agreement), {}, can_edit=True)
    add_link(entry, title="Draft of the written agreement", address=f"{SITE}/agreement.docx", by=by)
