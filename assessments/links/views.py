"""The links of one thing, as a page and as a fragment.

The subjects that links can be on have the addresses: their views check the right and call this.
"""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from assessments.access import Rights, plan_context
from assessments.fields import id_in
from assessments.plans.stages import StageSignedOff

from .actions import LIMIT, TooManyLinks, add_link, remove_link
from .forms import DocumentLinkForm
from .models import DocumentLink
from .places import LinkPlace, ShownLink

FULL = f"There can be up to {LIMIT} links here. Remove one to add another."


def links_page(request, place: LinkPlace, rights: Rights) -> HttpResponse:
    """Show the links of `place`. POST adds one, or with `remove` removes one and keeps the text.

    The caller has checked that the person can edit, for a POST.
    """
    if request.method != "POST":
        return _page(request, place, rights, DocumentLinkForm(place=place))
    if "remove" in request.POST:
        return _remove(request, place, rights)
    form = DocumentLinkForm(request.POST, place=place)
    if not form.is_valid():
        return _page(request, place, rights, form, status=422)
    try:
        link = add_link(place, by=request.user, **form.cleaned_data)
    except TooManyLinks:
        form.add_error(None, FULL)
        return _page(request, place, rights, form, status=422)
    except StageSignedOff as error:
        form.add_error(None, str(error))
        return _page(request, place, rights, form, status=409)
    said = f"The link to “{link.title}” has been added."
    if not request.htmx:
        messages.success(request, said)
        return redirect(place.url)
    return _page(request, _now(place), rights, DocumentLinkForm(place=place), said=said)


def _remove(request, place, rights):
    """Remove a link; what was typed for another stays in the boxes."""
    try:
        link = remove_link(place, id_in(request.POST, "remove"), by=request.user)
    except StageSignedOff as error:
        raise PermissionDenied(str(error)) from error
    said = f"The link to “{link.title}” has been removed." if link else "It was removed before."
    typed = {name: request.POST.get(name, "") for name in DocumentLinkForm.base_fields}
    if not request.htmx and not any(typed.values()):
        messages.success(request, said)
        return redirect(place.url)
    place = _now(place)
    return _page(request, place, rights, DocumentLinkForm(initial=typed, place=place), said=said)


def _now(place: LinkPlace) -> LinkPlace:
    links = DocumentLink.objects.filter(plan=place.plan, **place.target)
    return replace(place, links=tuple(map(ShownLink.of, links)))


def _page(request, place, rights, form, *, said="", status=200):
    context = plan_context(place.plan, rights) | {
        "place": place,
        "form": form if place.can_edit else None,
        "can_add": place.can_edit and (len(place.links) < LIMIT or form.is_bound),
        "full": FULL,
        "said": said,
        "is_fragment": bool(request.htmx),
    }
    name = "_box" if request.htmx else "links"
    return render(request, f"assessments/links/{name}.html", context, status=status)
