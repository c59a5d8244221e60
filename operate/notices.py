"""The notice at the top of every page.

Each process keeps the notice in memory and reads it again after `NOTICE_SECONDS`, so that pages do
not need a query of their own for it. A new notice is on every page after that time at the latest.
"""

import time

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from .models import ServiceNotice

_kept: dict[str, tuple[float, str]] = {}  # "notice": when it was read, and its text


def service_notice(request: HttpRequest) -> dict[str, str]:
    """Return `service_notice`, the text of the notice or an empty text, for every page."""
    read_at, text = _kept.get("notice", (float("-inf"), ""))
    if time.monotonic() - read_at > settings.NOTICE_SECONDS:
        text = _read_notice()
        keep_notice(text)
    return {"service_notice": text}


def _read_notice() -> str:
    """Return the text of the notice; empty if the database cannot say, since no page needs it."""
    try:
        shown = ServiceNotice.objects.filter(ended_at=None).first()
    except DatabaseError:
        return ""
    return shown.text if shown else ""


def keep_notice(text: str) -> None:
    """Keep the text in this process, as if it had just been read."""
    _kept["notice"] = (time.monotonic(), text)
