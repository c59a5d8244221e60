"""Files that people take away, and the pages that stand in for a PDF that could not be made."""

from django.http import HttpResponse
from django.shortcuts import render

from .pdf import INSTALL_COMMAND, PdfBusy, PdfTooLarge, PdfUnavailable

PAGES = {PdfBusy: "busy", PdfTooLarge: "too_large", PdfUnavailable: "unavailable"}
RETRY_AFTER = 10  # seconds; most PDFs take two or three


def file_response(content, content_type, name):
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def no_pdf(request, error, context, *, pages="assessments/exports"):
    """The page that says why there is no PDF; `error` is a PdfNotMade. What was asked for stands
    in it, to be sent again. `pages` is the folder of its templates.
    """
    answers = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    context = context | {"command": INSTALL_COMMAND, "again": request.path, "answers": answers}
    template = f"{pages}/{PAGES[type(error)]}.html"
    response = render(request, template, context, status=503)
    if isinstance(error, PdfBusy):
        response.headers["Retry-After"] = RETRY_AFTER
    return response
