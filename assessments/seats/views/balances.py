"""Political balance: list the committees, settle the ties, record departures and the vote."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import CouncilRights
from assessments.fields import version_in
from assessments.printing.pdf import PdfNotMade
from assessments.printing.responses import WORD_TYPE, file_response, no_pdf
from assessments.printing.turns import in_turn
from assessments.printing.workbook import EXCEL_TYPE
from assessments.versions import StaleVersion, differences
from councils.once import once
from councils.permissions import Right, membership_for
from elections.bodies import UNGROUPED, party_in_sentence, seats_of_party

from .. import actions
from ..access import balance_for
from ..balance_comparison import before_and_after, methods_for, sizes_for
from ..balance_documents import balance_pdf, balance_workbook
from ..balance_report import balance_report
from ..balance_word import balance_word
from ..composition_forms import (
    AdoptedForm,
    CommitteesForm,
    ReasonForm,
    TableForm,
    TieForm,
    VoteForm,
    initial_of_balance,
    joint_groups_lost,
    row_of_body,
)
from ..models import CouncilComposition, Kind, PoliticalBalance


@require_safe
def balances(request, slug):
    """What was worked out so far, the latest first, and what the composition is now."""
    me = membership_for(request.user, slug)
    found = list(
        PoliticalBalance.objects.filter(council=me.council).select_related(
            "composition", "made_by"
        )[:100]
    )
    current = CouncilComposition.objects.of(me.council).first()
    return render(
        request,
        "assessments/seats/balances/balances.html",
        {
            "council": me.council,
            "rights": CouncilRights.of(me),
            "balances": found,
            "current": current,
            "has_changed_since": bool(found) and current.pk != found[0].composition_id,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def balance_new(request, slug):
    """The committees and their sizes: typed, pasted or uploaded. It starts from the last ones."""
    me = membership_for(request.user, slug, needs=Right.RECORD_SEATS)
    composition = CouncilComposition.objects.of(me.council).select_related("council").first()
    if composition is None:
        messages.info(request, "Enter the council’s composition first.")
        return redirect("composition", slug)
    worked_out, status = composition.worked_out, 200
    if request.method != "POST":
        last = PoliticalBalance.objects.of(me.council).first()
        initial = initial_of_balance(last, worked_out) if last else {"rows": 8}
        form = CommitteesForm(initial=initial, composition=worked_out)
        if last:
            for sentence in joint_groups_lost(last, worked_out):
                messages.info(request, sentence)
    else:
        form = CommitteesForm(request.POST, request.FILES, composition=worked_out)
        if "add" in request.POST:
            form = form.with_more_rows()
        elif form.has_text_to_read or "read" in request.POST:
            if read := form.read():
                _tell_what_was_read(request, form.notices)
                form = form.again(rows=[row_of_body(each) for each in read])
            else:
                status = 422
        elif not form.is_valid():
            status = 422
        else:
            made = actions.create_balance(
                composition=composition,
                committees=form.cleaned_data["committees"],
                joint_groups=form.cleaned_data["joint_groups"],
                pool_sub_committees=form.cleaned_data["pool_sub_committees"],
                by=request.user,
            )
            return redirect("balance", slug, made.pk)
    return render(
        request,
        "assessments/seats/balances/balance_new.html",
        {
            "council": me.council,
            "rights": CouncilRights.of(me),
            "form": form,
            "composition": composition,
            "section": "balance",
        },
        status=status,
    )


def _tell_what_was_read(request, notices):
    for notice in notices:
        messages.info(request, notice)
    messages.info(request, "Check the table, then save. Nothing has been saved yet.")


@require_safe
def balance(request, slug, pk):
    """Show the seats as worked out and as adopted, the open ties and the working."""
    me, found = balance_for(request.user, slug, pk)
    return _page(request, me, found)


@require_safe
def balance_compare(request, slug, pk):
    """Compare with an earlier allocation, with other methods and with other sizes of body.

    Kept off the page of the allocation because each method is an allocation of its own.
    """
    me, found = balance_for(request.user, slug, pk)
    everything = PoliticalBalance.objects.of(me.council)
    earlier = list(
        PoliticalBalance.objects.filter(council=me.council, pk__lt=found.pk).select_related(
            "composition"
        )[:50]
    )
    chosen = next((e for e in earlier if str(e.pk) == request.GET.get("with")), None)
    chosen = chosen or next(iter(earlier), None)
    compared = everything.get(pk=chosen.pk) if chosen else None
    return render(
        request,
        "assessments/seats/balances/balance_compare.html",
        {
            "council": me.council,
            "section": "balance",
            "rights": CouncilRights.of(me),
            "balance": found,
            "report": _report(found),
            "earlier": earlier,
            "compared": compared,
            "changes": before_and_after(compared, found) if compared else None,
            "methods": methods_for(found, found.worked_out()),
            "sizes": sizes_for(found),
        },
    )


@require_POST
def balance_tie(request, slug, pk):
    """Settle the first open tie. Later ties depend on it."""
    me, found = balance_for(request.user, slug, pk, needs=Right.RECORD_SEATS)
    open_ties = found.worked_out().open_ties
    if not open_ties:
        return redirect("balance", slug, pk)
    form = TieForm(request.POST, tie=open_ties[0])
    if not form.is_valid():
        return _page(request, me, found, tie_form=form, status=422)
    answers = form.cleaned_data
    try:
        actions.settle_ties(
            found,
            [(open_ties[0], answers["party"])],
            reason=answers["reason"],
            version=answers["version"],
            by=request.user,
        )
    except StaleVersion:
        return _page(request, me, found, tie_form=form, status=409)
    who = party_in_sentence(answers["party"])
    have = "have" if answers["party"] == UNGROUPED else "has"
    messages.success(request, f"The tie has been settled: {who} {have} the seat.")
    return redirect("balance", slug, pk)


@require_POST
def balance_settle(request, slug, pk):
    """Settle all open ties as shown, with one reason."""
    me, found = balance_for(request.user, slug, pk, needs=Right.RECORD_SEATS)
    open_ties = found.worked_out().open_ties
    if not open_ties:
        return redirect("balance", slug, pk)
    form = ReasonForm(request.POST, prefix="all")
    if not form.is_valid():
        return _page(request, me, found, all_form=form, status=422)
    try:
        actions.settle_ties(
            found,
            [(tie, tie.shown) for tie in open_ties],
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
            by=request.user,
        )
    except StaleVersion:
        return _page(request, me, found, all_form=form, status=409)
    messages.success(request, "All ties have been settled as shown.")
    return redirect("balance", slug, pk)


@require_POST
def balance_reopen(request, slug, pk):
    """Reopen all ties: remove the choices that were made."""
    me, found = balance_for(request.user, slug, pk, needs=Right.RECORD_SEATS)
    try:
        actions.unsettle_ties(found, version=version_in(request.POST), by=request.user)
    except StaleVersion:
        return _page(request, me, found, status=409)
    messages.success(request, "All ties have been reopened.")
    return redirect("balance", slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def balance_committee(request, slug, pk, committee_id):
    """Record the seats proposed for one committee, to be adopted by the council."""
    me, found = balance_for(request.user, slug, pk, needs=Right.RECORD_SEATS)
    in_balance = found.committees.exclude(kind=Kind.NOT_BALANCED)
    committee = get_object_or_404(in_balance, pk=committee_id)
    place = [each.pk for each in found.balanced_committees].index(committee.pk)
    shares = found.worked_out().seats[place]
    strict = {share.party.name: share.seats for share in shares}
    adopted = committee.departure or strict
    is_stale, status = False, 200
    if found.has_accepted_table and request.method != "POST":
        return redirect("balance_table", slug, pk)
    if request.method != "POST":
        initial = {f"seats_{n}": adopted.get(name, 0) for n, name in enumerate(strict, start=1)}
        form = AdoptedForm(
            committee=committee, shares=shares, initial=initial | {"version": found.version}
        )
    else:
        form = AdoptedForm(request.POST, committee=committee, shares=shares)
        if found.has_accepted_table:
            is_stale, status = True, 409
        elif form.is_valid():
            seats = form.cleaned_data["seats"]
            try:
                actions.adopt_seats(
                    found,
                    committee,
                    seats if seats != strict else None,
                    version=form.cleaned_data["version"],
                    by=request.user,
                )
            except StaleVersion:
                is_stale, status = True, 409
            else:
                messages.success(request, f"The seats of {committee.name} have been saved.")
                return redirect("balance", slug, pk)
        else:
            status = 422
    return render(
        request,
        "assessments/seats/balances/balance_committee.html",
        {
            "council": me.council,
            "section": "balance",
            "balance": found,
            "committee": committee,
            "form": form,
            "is_stale": is_stale,
            "version": found.version if is_stale else form["version"].value() or found.version,
            "is_adopted": _report(found).is_adopted,
            "strict": [seats_of_party(*each) for each in strict.items()],
            "adopted": [seats_of_party(*each) for each in adopted.items()],
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def balance_table(request, slug, pk):
    """Change the seats of all bodies in one table, and accept it as one decision.

    The button “check” adds up what was typed and says what the table is. It saves nothing.
    """
    me, found = balance_for(request.user, slug, pk, needs=Right.RECORD_SEATS)
    allocation = found.worked_out()
    asked = {"committees": found.balanced_committees, "allocation": allocation}
    report = _report(found)
    is_stale, status = False, 200
    if request.method != "POST":
        form = TableForm(
            initial=TableForm.initial_of(
                [[cell.adopted for cell in row.cells] for row in report.rows]
            )
            | {"version": found.version, "reason": found.accepted_reason},
            **asked,
        )
    else:
        form = TableForm(request.POST, **asked)
        if "check" in request.POST:
            form.check_only()
            status = 422 if form.errors else 200
        elif not form.is_valid():
            status = 422
        else:
            answers = form.cleaned_data
            try:
                actions.accept_table(
                    found,
                    answers["table"],
                    reason=answers["reason"],
                    version=answers["version"],
                    by=request.user,
                )
            except StaleVersion:
                is_stale, status = True, 409
            else:
                messages.success(request, "The table has been accepted.")
                return redirect("balance", slug, pk)
    return render(
        request,
        "assessments/seats/balances/balance_table.html",
        {
            "council": me.council,
            "section": "balance",
            "balance": found,
            "report": report,
            "form": form,
            "is_stale": is_stale,
            "version": found.version if is_stale else form["version"].value() or found.version,
        },
        status=status,
    )


@require_POST
def balance_table_clear(request, slug, pk):
    """Return all bodies to the seats as worked out."""
    me, found = balance_for(request.user, slug, pk, needs=Right.RECORD_SEATS)
    try:
        actions.clear_table(found, version=version_in(request.POST), by=request.user)
    except StaleVersion:
        return _page(request, me, found, status=409)
    messages.success(request, "The table is back to the seats as worked out.")
    return redirect("balance", slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def balance_vote(request, slug, pk):
    """Record how the meeting voted on the allocation."""
    me, found = balance_for(request.user, slug, pk, needs=Right.RECORD_SEATS)
    theirs, is_stale, status = [], False, 200
    options = {"seats": found.composition.worked_out.seats, "since": _first_day_of_vote(found)}
    if request.method != "POST":
        initial = {name: getattr(found, name) for name in actions.VOTE_FIELDS}
        form = VoteForm(initial=initial | {"version": found.version}, **options)
    else:
        form = VoteForm(request.POST, **options)
        if form.is_valid():
            answers = form.cleaned_data
            try:
                actions.record_vote(found, by=request.user, **answers)
            except StaleVersion:
                vote = {name: answers[name] for name in actions.VOTE_FIELDS}
                theirs = differences(found, vote)
                is_stale, status = True, 409
            else:
                messages.success(request, "The vote has been recorded.")
                return redirect("balance", slug, pk)
        else:
            status = 422
    return render(
        request,
        "assessments/seats/balances/balance_vote.html",
        {
            "council": me.council,
            "section": "balance",
            "balance": found,
            "form": form,
            "is_stale": is_stale,
            "theirs": theirs,
            "version": found.version if is_stale else form["version"].value() or found.version,
        },
        status=status,
    )


def _first_day_of_vote(balance):
    """Return the first day of the composition, on which the council can vote on its seats.

    None for the first composition: the day on which it was entered says nothing about the vote.
    """
    as_at = balance.composition.as_at
    has_earlier = CouncilComposition.objects.filter(council=balance.council, as_at__lt=as_at)
    return as_at if has_earlier.exists() else None


@require_POST
@in_turn
def pdf(request, slug, pk):
    me, found = balance_for(request.user, slug, pk, needs=Right.EXPORT)
    report = _report(found)
    try:
        content = balance_pdf(report)
    except PdfNotMade as error:
        context = {"council": me.council, "section": "balance", "balance": found}
        return no_pdf(
            request,
            error,
            context,
            layout="assessments/seats/base.html",
            back=reverse("balance", args=[me.council.slug, found.pk]),
            instead="The Excel workbook has the same numbers.",
        )
    actions.record_balance_export(found, by=request.user, kind="PDF")
    return file_response(content, "application/pdf", f"{report.file_stem}.pdf")


@require_POST
@in_turn
def excel(request, slug, pk):
    _, found = balance_for(request.user, slug, pk, needs=Right.EXPORT)
    report = _report(found)
    content = balance_workbook(report)
    actions.record_balance_export(found, by=request.user, kind="Excel")
    return file_response(content, EXCEL_TYPE, f"{report.file_stem}.xlsx")


@require_POST
@in_turn
def word(request, slug, pk):
    """Send the draft report to full council."""
    _, found = balance_for(request.user, slug, pk, needs=Right.EXPORT)
    report = _report(found)
    content = balance_word(report)
    actions.record_balance_export(found, by=request.user, kind="Word")
    return file_response(content, WORD_TYPE, f"{report.file_stem}.docx")


def _report(found):
    current = CouncilComposition.objects.of(found.council).first()
    return balance_report(found, current=current)


def _page(request, me, found, *, tie_form=None, all_form=None, status=200):
    """Show an allocation; `tie_form` or `all_form` is a form with errors."""
    report = _report(found)
    rights = CouncilRights.of(me)
    if report.open_ties and rights.can_record:
        initial = {"version": found.version}
        tie_form = tie_form or TieForm(initial=initial, tie=report.open_ties[0])
        all_form = all_form or ReasonForm(prefix="all", initial=initial)
    return render(
        request,
        "assessments/seats/balances/balance.html",
        {
            "council": me.council,
            "section": "balance",
            "rights": rights,
            "balance": found,
            "report": report,
            "tie": report.open_ties[0] if report.open_ties else None,
            "tie_form": tie_form,
            "all_form": all_form,
            "faulty_form": next((f for f in (tie_form, all_form) if f and f.is_bound), None),
            "is_stale": status == 409,
        },
        status=status,
    )
