"""Let a form that creates something take effect once, however often it is sent.

People press a button twice, and browsers send a form again. Every page that Django renders has a
CSRF token of its own, so the same fields with the same token are the same form. Nothing else is
taken for a repeat: the same words sent from a new page are meant.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from functools import wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from .models import SubmittedForm

KEPT = dt.timedelta(days=1)
LONGEST_LOCATION = 500


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a view whose POST creates something.

    The same form sent again leads where the first one led and changes nothing, also if the first
    is still being answered: the second waits for it. A form that was refused, by any status of 400
    or more, can be sent again, and so can one that was answered with a page: it created nothing, as
    a button that adds rows to the form, and the page has what was typed.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        fingerprint = _fingerprint(request)
        if not fingerprint or not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        mine = SubmittedForm.objects.filter(user=request.user)
        with transaction.atomic():
            sent, is_new = mine.get_or_create(
                fingerprint=fingerprint, defaults={"user": request.user}
            )
            if not is_new:
                return _again(request, sent)
            response = view(request, *args, **kwargs)
            if response.status_code >= 400 or not _has_created(request, response):
                sent.delete()
            else:
                sent.location = response.headers.get("Location", "")[:LONGEST_LOCATION]
                sent.save(update_fields=["location"])
                mine.filter(at__lt=timezone.now() - KEPT).delete()
            return response

    return answer


def _has_created(request: HttpRequest, response: HttpResponse) -> bool:
    """Return whether the response is one to a form that created something.

    It is a redirect then, or a fragment.
    """
    return response.status_code != 200 or "HX-Request" in request.headers


def _fingerprint(request: HttpRequest) -> str:
    """Return a SHA-256 of the address and fields, or "" if nothing identifies the form."""
    if request.method != "POST" or not request.POST.get("csrfmiddlewaretoken"):
        return ""
    files = [
        (name, file.name, file.size)
        for name, sent in sorted(request.FILES.lists())
        for file in sent
    ]
    text = json.dumps([request.path, sorted(request.POST.lists()), files])
    return hashlib.sha256(text.encode()).hexdigest()


def _again(request: HttpRequest, sent: SubmittedForm) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponseClientRefresh()
    return redirect(sent.location or request.path)
