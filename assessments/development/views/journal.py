"""The journal of a person's development record."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assessments.versions import StaleVersion, differences
from councils.once import once

from .. import actions
from ..access import journal_entry_for, own_record, record_for
from ..forms import EntryForm, place_key, places_for
from .records import development_page

PAGE = 20
journal_page = partial(development_page, section="development_journal")


@require_safe
def journal(request):
    """Show the entries, latest first, each with its step if the person can see that plan."""
    record = record_for(request.user)
    entries = record.journal.select_related("plan__council", "step").prefetch_related("standards")
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    visible = {key for _, steps in places_for(request.user) for key in steps}
    rows = [(entry, _place_of(entry) in visible) for entry in page]
    return journal_page(request, "journal", page=page, rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request):
    """Write an entry. A link can preset its place and standards: ?place=12-13&standard=5.

    Values that do not fit are ignored. A person without a record is sent to the start page.
    """
    record = own_record(request.user)
    if record is None:
        return redirect("development")
    if request.method != "POST":
        initial = {
            "version": 0,
            "day": timezone.localdate(),
            "place": request.GET.get("place", ""),
            "standards": request.GET.getlist("standard"),
        }
        form = EntryForm(user=request.user, record=record, initial=initial)
        return _page(request, form)
    form = EntryForm(request.POST, user=request.user, record=record)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        actions.write_entry(record, **form.fields_to_save)
    except StaleVersion:  # they have just deleted the record
        return redirect("development")
    messages.success(request, "Added to your journal.")
    return redirect("development_journal")


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request, entry_id):
    """Edit an entry. A stale save shows both texts."""
    entry = journal_entry_for(request.user, entry_id)
    if request.method != "POST":
        initial = {
            "version": entry.version,
            "day": entry.day,
            "words": entry.words,
            "place": _place_of(entry),
            "standards": list(entry.standards.values_list("pk", flat=True)),
        }
        form = EntryForm(user=request.user, record=entry.record, initial=initial)
        return _page(request, form, entry=entry)
    form = EntryForm(request.POST, user=request.user, record=entry.record)
    if not form.is_valid():
        return _page(request, form, entry=entry, status=422)
    fields = form.fields_to_save
    if fields["plan"] is None and not form.can_see(_place_of(entry)):
        # The list does not offer a plan that the person can no longer see, so keep its link.
        del fields["plan"], fields["step"]
    try:
        actions.save_entry(entry, version=form.cleaned_data["version"], **fields)
    except StaleVersion:
        entry = journal_entry_for(request.user, entry_id)
        texts = {name: fields[name] for name in ("day", "words")}
        theirs = differences(entry, texts)
        return _page(request, form, entry=entry, theirs=theirs, version=entry.version, status=409)
    messages.success(request, "The entry has been saved.")
    return redirect("development_journal")


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, entry_id):
    """Ask for confirmation, then delete an entry."""
    entry = journal_entry_for(request.user, entry_id)
    if request.method != "POST":
        return journal_page(request, "entry_remove", entry=entry)
    actions.remove_entry(entry)
    messages.success(request, "The entry has been permanently deleted.")
    return redirect("development_journal")


def _place_of(entry):
    return place_key(entry.plan_id, entry.step.number) if entry.plan_id and entry.step_id else ""


def _page(request, form, *, entry=None, theirs=None, version=None, status=200):
    if version is None:
        version = form["version"].value()
    return journal_page(
        request, "entry", form=form, entry=entry, theirs=theirs, version=version, status=status
    )
