"""Sharing a development record, and what a reader sees."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from assessments.versions import StaleVersion
from councils.mail import TooManyEmails
from councils.once import once

from .. import actions
from ..access import contact_of, record_for, share_for, shared_for
from ..forms import ShareForm
from ..theme_map import rows_of
from .records import development_page

ENDED_SHOWN = 50
NOT_A_CONTACT = (
    "We cannot share with this address. You can share with someone with access to your council’s "
    "plans, an adviser who has opened one, or someone you have a check-in with. Check the address, "
    "or invite them to a check-in first"
)
readers_page = partial(development_page, section="development_readers")


@require_safe
def readers(request):
    shares = record_for(request.user).shares.select_related("reader").prefetch_related("themes")
    live = shares.live()
    ended = shares.exclude(pk__in=live.values("pk")).order_by("-shared_at", "-pk")[:ENDED_SHOWN]
    return readers_page(request, "readers", live=live, ended=ended)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request):
    record = record_for(request.user)
    form = ShareForm(request.POST if request.method == "POST" else None, record=record)
    if form.is_valid():
        scope = form.cleaned_data
        reader = contact_of(request.user, scope.pop("email"))
        try:
            if reader is None:
                raise ValidationError({"email": NOT_A_CONTACT})
            actions.share_record(record, reader=reader, link_for=_link_for(request), **scope)
        except ValidationError as error:
            form.add_error(None, error)
        except TooManyEmails as error:
            form.add_error("email", str(error))
        except StaleVersion:  # they have just deleted the record
            return redirect("development")
        else:
            messages.success(
                request,
                f"{reader.name} can now read what you selected. They will find it under “For you”.",
            )
            return redirect("development_readers")
    return readers_page(request, "share", form=form, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request, share_id):
    """Ask for confirmation, then end a reader's access."""
    share = share_for(request.user, share_id)
    if request.method != "POST":
        return readers_page(request, "share_end", share=share)
    actions.end_share(share)
    messages.success(request, f"{share.reader.name} can no longer read your record.")
    return redirect("development_readers")


@require_safe
def shared(request, share_id):
    """Show what someone else shares with this person, without links to anything else."""
    share = shared_for(request.user, share_id)
    themes = list(share.themes.all())
    rows = rows_of(share.record, themes=themes)
    return readers_page(
        request,
        "shared",
        share=share,
        rows=rows,
        phases=[cell.phase for cell in rows[0][1]] if rows else [],
        journal=share.record.journal_about(themes) if share.with_journal else [],
    )


def _link_for(request):
    return lambda share: request.build_absolute_uri(reverse("development_shared", args=[share.pk]))
