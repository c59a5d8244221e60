"""The navigation of the page that is being rendered."""

from django import template

from assessments.navigation import access

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation(context):
    """Return the Navigation of a page inside a council, or None for any other page."""
    council, request = context.get("council"), context.get("request")
    if council is None or request is None:
        return None
    plan = context.get("plan")
    # A plan that was not fetched for its reader, such as one that is being made, has no navigation.
    is_readers = getattr(plan, "access", None) is not None
    return access.navigation_for(request, council, plan if is_readers else None)


@register.simple_tag(takes_context=True)
def plan_to_return_to(context):
    """Return the plan last opened, for a page outside a council; None for an error page."""
    request = context.get("request")
    return access.last_plan(request) if request else None


@register.simple_tag(takes_context=True)
def current_in(context, *beginnings):
    """Return the value of aria-current for a link to what begins with one of the addresses."""
    path = context["request"].path if "request" in context else ""
    if path == beginnings[0]:
        return "page"
    return "true" if path.startswith(beginnings) else ""
