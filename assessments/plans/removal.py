"""Views that remove and restore an entry of a plan."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from assessments.fields import version_in
from assessments.versions import StaleVersion

from .models import RemovableEntry


def confirm_removal(
    request: HttpRequest,
    entry: RemovableEntry,
    template: str,
    context: dict[str, Any],
    *,
    remove: Callable[..., None],
    back: str,
) -> HttpResponse:
    """Ask whether to remove an entry; by POST, remove it and go `back`, the list it was on.

    Asks again, with 409, if someone saved the entry after it was opened. Raises Http404 if it has
    been removed.
    """
    if entry.removed_at:
        raise Http404
    if request.method != "POST":
        return render(request, template, context)
    try:
        remove(entry, version=version_in(request.POST), by=request.user)
    except StaleVersion:
        return render(request, template, context | {"is_stale": True}, status=409)
    restorable = "You can restore it from the bottom of this page."
    messages.success(request, f"“{entry}” has been removed. {restorable}")
    return redirect(back)


def restored(
    request: HttpRequest, entry: RemovableEntry, *, restore: Callable[..., None], place: str
) -> HttpResponse:
    """Restore a removed entry and go to its `place`."""
    with suppress(StaleVersion):  # someone else has just restored it
        restore(entry, by=request.user)
    messages.success(request, f"“{entry}” has been restored.")
    return redirect(place)
