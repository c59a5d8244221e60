"""The adviser access log: every page of a plan that an adviser opens, for the council to see.

`access.plan_for` and `item_for`, through which every view reaches a plan, note on the signed-in
user the grant that they used. The middleware here then records the page, so no view has to.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from assessments.words import within_sentence
from councils.models import Office

from . import actions

# What the log calls each page, by the name of its URL. A page without words here is refused to
# advisers; a test checks that.
PAGES = {
    "plan": "the plan’s home page",
    "plan_stage": "stage {number}",
    "plan_area": "role area {number}",
    "plan_officers": "actions by officer",
    "plan_open": "all actions",
    "plan_for_you": "For you",
    "plan_step": "step {number}",
    "plan_history": "the plan’s history",
    "plan_comments": "the plan’s comments",
    "plan_dates": "key dates",
    "plan_timeline": "the timeline",
    "interim": "the page “Before annual council”",
    "plan_calendar": "the calendar page",
    "plan_calendar_file": "the calendar file",
    "register": "the joint working register",
    "register_links": "the joint working register",
    "plan_date_links": "key dates",
    "item_links": "links on an action",
    "advice": "questions to advisers",
    "advice_question": "a question to advisers",
    "action_plan": "the download options",
    "action_plan_pdf": "the download options",
    "rounds": "review rounds",
    "round": "a review round",
    "round_pdf": "the result of a review round",
    "rounds_compare": "review rounds compared",
    "rounds_exercise": "the review questions",
    "step_news": "step {number}",
    "step_comments": "comments on step {number}",
    "item_comments": "comments on an action",
    "thread": "a comment thread",
    "comment_edit": "a comment",
    "comment_remove": "a comment",
}

# Statuses of responses that show nothing of a plan.
SHOWS_NOTHING = {204, 403, 404, 405}


def record_looks(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Record what an adviser views, including fragments and requests that a page makes itself.

    A fragment is recorded as its page, which counts once in SAME_LOOK. A file that a form asked
    for is a download, which its own action records.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        status = response.status_code
        shows = status < 500 and not 300 <= status < 400 and status not in SHOWS_NOTHING
        is_file = request.method == "POST" and "Content-Disposition" in response.headers
        if not shows or is_file:
            return response  # without asking a database that has just not answered who it is
        view = getattr(request.user, "granted_view", None)
        if view and request.resolver_match:
            what = f"step {view.step}" if view.step else page_in_words(request.resolver_match)
            actions.record_look(view.grant_id, what=what)
        return response

    return middleware


def page_in_words(match: ResolverMatch) -> str:
    """Return what the log calls a page, such as "step 13"."""
    if match.url_name == "plan_officer":
        return f"actions of the {within_sentence(Office(match.kwargs['office']).label)}"
    name = match.url_name or ""
    words = PAGES.get(name, name.removeprefix("plan_").replace("_", " "))
    return words.format(**match.kwargs)
