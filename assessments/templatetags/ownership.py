"""What a member owns, for pages of the council."""

from django import template

from assessments.pages import ownership

register = template.Library()


@register.simple_tag
def actions_owned_by(membership):
    """Return the open actions of a member as OwnedInPlan."""
    return ownership.owned_by(membership)
