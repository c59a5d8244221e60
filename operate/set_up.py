"""The one-time set-up address of a new service, written to the log when the server starts."""

import logging
from urllib.parse import urljoin

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.urls import reverse

from .actions import new_set_up_address

# Server processes start together, and only one of them writes the address.
ONE_START = 30  # seconds

logger = logging.getLogger(__name__)


def announce_set_up() -> None:
    """Log the address that makes the first operator, if the service has none.

    Does nothing while the database is missing or not migrated: the server starts without it.
    """
    try:
        if cache.add("set-up-announced", True, timeout=ONE_START) and (link := set_up_link()):
            logger.warning(
                "There is no operator yet. To make the first one, open %s (works once, for 24 "
                "hours; a restart writes a new one).",
                link,
            )
    except DatabaseError:
        logger.info("No set-up address was made, because the database is not ready.")


def set_up_link() -> str:
    """Return a new set-up address in full; empty if there is an operator."""
    token = new_set_up_address()
    if not token:
        return ""
    return urljoin(f"{settings.SITE_URL}/", reverse("operate_set_up", args=[token]))
