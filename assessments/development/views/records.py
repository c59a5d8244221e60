"""A person's development record: their ratings, and their answer to each standard."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.printing.names import document_name
from assessments.printing.pdf import PdfNotMade, print_pdf
from assessments.printing.responses import file_response
from assessments.printing.turns import in_turn
from assessments.versions import StaleVersion, differences
from assessments.words import saved_words

from .. import actions
from ..access import answer_for, own_record, record_for, shares_with
from ..calendar import next_steps_calendar
from ..document import DocumentChoices, render_html
from ..forms import AnswerForm, DocumentForm, RatingForm
from ..models import Rating
from ..ratings_over_time import histories_of
from ..theme_map import StandardRow, rows_of

NEXT_STEPS = 10
CHECK_INS = ("check_ins", "Check-ins")
SECTIONS = (
    ("development", "Standards"),
    ("development_ratings", "Over time"),
    ("development_journal", "Journal"),
    ("development_reflections", "Reflections"),
    CHECK_INS,
    ("development_readers", "Readers"),
)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request):
    """Show the themes by phase, or what a record is before there is one. POST starts one."""
    record = own_record(request.user)
    if request.method == "POST":
        actions.start_record(request.user)
        return redirect("development")
    shared = shares_with(request.user).select_related("record__person").order_by("until", "pk")
    if record is None:
        return development_page(request, "start", shared=shared)
    rows = rows_of(record)
    steps = record.answers.with_next_step().select_related("standard__theme", "standard__phase")
    return development_page(
        request,
        "record",
        record=record,
        rows=rows,
        phases=[cell.phase for cell in rows[0][1]] if rows else [],
        next_steps=steps[:NEXT_STEPS],
        today=timezone.localdate(),
        shared=shared,
    )


@require_safe
def cell(request, theme, phase):
    """Show the standards of one theme in one phase, with the person's answers."""
    record = record_for(request.user)
    themes = record.edition.developmentthemes.filter(number=theme)
    cells = [cell for _, row in rows_of(record, themes=themes) for cell in row]
    found = next((cell for cell in cells if cell.phase.number == phase), None)
    if found is None:
        raise Http404
    return development_page(
        request, "cell", record=record, cell=found, siblings=cells, ratings=Rating.choices
    )


@require_http_methods(["GET", "HEAD", "POST"])
def standard(request, standard_id):
    """Edit the answer to one standard. A stale save shows both texts."""
    answer = answer_for(request.user, standard_id)
    theirs, status = None, 200
    if request.method == "POST":
        form, status = AnswerForm(request.POST), 422
        if form.is_valid():
            fields = form.fields_to_save
            try:
                actions.save_answer(answer, version=form.cleaned_data["version"], **fields)
            except StaleVersion:
                answer = answer_for(request.user, standard_id)
                theirs, status = differences(answer, fields), 409
            else:
                messages.success(request, "Your answer has been saved.")
                return redirect(_place_of(answer.standard))
    else:
        form = AnswerForm(initial=AnswerForm.initial_of(answer))
    return development_page(
        request,
        "standard",
        status=status,
        standard=answer.standard,
        form=form,
        version=answer.version if theirs is not None else form["version"].value(),
        theirs=theirs,
        marks=answer.marks.all() if answer.pk else [],
        back=_place_of(answer.standard),
    )


@require_POST
def rate(request, standard_id):
    """Save a rating from the list and answer with its line, or return to the list.

    A stale save shows the rating that was saved in another window, and saves nothing.
    """
    answer = answer_for(request.user, standard_id)
    form = RatingForm(request.POST)
    is_fragment = request.headers.get("HX-Request") == "true"
    words, status = "", 200
    if not form.is_valid():
        words, status = "Select a rating", 422
    else:
        try:
            actions.save_answer(answer, **form.cleaned_data)
            answer = answer_for(request.user, standard_id)
        except StaleVersion:
            answer = answer_for(request.user, standard_id)
            words, status = "Changed in another window. This is the rating saved there.", 409
    if is_fragment:
        line = StandardRow(answer.standard, answer if answer.pk else None)
        context = {
            "line": line,
            "own": True,
            "ratings": Rating.choices,
            "saved": words or saved_words(),
            "is_refused": bool(words),
        }
        return render(request, "assessments/development/_line.html", context, status=status)
    notice = messages.error if words else messages.success
    notice(request, words or "Your rating has been saved.")
    return redirect(_place_of(answer.standard))


@require_safe
def ratings(request):
    """Show how the ratings of each theme have changed."""
    histories = histories_of(record_for(request.user), today=timezone.localdate())
    return development_page(
        request,
        "ratings",
        section="development_ratings",
        histories=histories,
        is_rated=any(history.is_rated for history in histories),
    )


@require_safe
def next_steps(request):
    """Download the dated next steps as a calendar file. There is no feed of them."""
    record = record_for(request.user)
    content = next_steps_calendar(
        record,
        host=request.get_host(),
        link=lambda pk: request.build_absolute_uri(reverse("development_standard", args=[pk])),
    )
    day = timezone.localdate()
    name = document_name("development next steps", marking="PRIVATE", day=day)
    return file_response(content, "text/calendar; charset=utf-8", f"{name}.ics")


@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def pdf(request):
    """Ask what to include, then make the PDF. Nothing is stored or recorded."""
    record = record_for(request.user)
    form = DocumentForm(request.POST if request.method == "POST" else None, record=record)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        today = timezone.localdate()
        try:
            content = print_pdf(
                render_html(record, DocumentChoices(**form.cleaned_data), today=today)
            )
        except PdfNotMade as error:
            form.add_error(None, f"{error}. Try again later")
            status = 503
        else:
            name = document_name("development plan", marking="PRIVATE", day=today)
            return file_response(content, "application/pdf", f"{name}.pdf")
    return development_page(request, "pdf", form=form, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request):
    """Ask for confirmation, then delete the whole record."""
    record = record_for(request.user)
    if request.method != "POST":
        return development_page(request, "delete", record=record)
    actions.delete_records([request.user])
    messages.success(request, "Your development record has been permanently deleted.")
    return redirect("development")


def _place_of(standard):
    cell = reverse("development_cell", args=[standard.theme.number, standard.phase.number])
    return f"{cell}#standard-{standard.pk}"


def development_page(
    request, name, *, section="development", is_guest=False, status=200, **context
):
    """Render a page of a record, marked as private on the page and in print.

    `is_guest` leaves out links to pages for which a person needs a record.
    """
    sections = [("development", "Your development"), CHECK_INS] if is_guest else SECTIONS
    places = [
        {
            "url": reverse(each),
            "label": label,
            "current": "page" if reverse(each) == request.path else "true" * (each == section),
        }
        for each, label in sections
    ]
    context |= {"marking": "PRIVATE", "record_bar": {"place": "Development", "places": places}}
    return render(request, f"assessments/development/{name}.html", context, status=status)
