"""Addresses with the host, for emails."""

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.simple_tag
def site_url(name: str) -> str:
    """Return the whole address of the page called `name` in the address map."""
    return f"{settings.SITE_URL}{reverse(name)}"
