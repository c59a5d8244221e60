"""The links that every operators' page has, and how such a page is rendered."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

# Each link with the pages below it.
LINKS: tuple[tuple[str, str, set[str]], ...] = (
    ("operate", "Councils", {"council_new", "register", "council", "invite", "stop", "domain"}),
    ("operate_notice", "Notice", set()),
    ("operate_health", "Health", set()),
    ("operate_resets", "Two-step sign-in", set()),
    ("operate_addresses", "Email addresses", set()),
    ("operate_operators", "Operators", {"operator_remove"}),
    ("operate_log", "Log", set()),
)


def page(
    request: HttpRequest, name: str, context: dict[str, object], *, status: int = 0
) -> HttpResponse:
    """Return an operators' page with its links; 422 if it shows a form with errors."""
    form = context.get("form")
    if not status:
        status = 422 if getattr(form, "is_bound", False) else 200
    context["sections"] = [
        {"url": reverse(view), "label": label, "current": _current(name, view, below)}
        for view, label, below in LINKS
    ]
    return render(request, f"operate/{name}.html", context, status=status)


def _current(name: str, view: str, below: set[str]) -> str:
    """Return the value of aria-current for a link on the page `name`."""
    own = "councils" if view == "operate" else view.removeprefix("operate_")
    return "page" if name == own else "true" if name in below else ""
