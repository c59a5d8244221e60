"""Requests of owners about a person, for pages that know no requests."""

from django import template

from assessments.data_protection.access import request_to_reset
from assessments.data_protection.access import requests_about as pending_requests_about
from assessments.data_protection.models import ConfirmationRequest
from councils.models import User

register = template.Library()


@register.simple_tag
def requests_about(user: User) -> list[ConfirmationRequest]:
    """Return the pending requests to erase a person, or to reset their two-step sign-in."""
    return list(pending_requests_about(user))


register.simple_tag(request_to_reset)
