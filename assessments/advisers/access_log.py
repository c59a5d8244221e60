"""Every look of an adviser at a plan is kept, for the council to see.

`permissions.plan_for` and `item_for`, the ways to a plan, leave on the signed-in person which grant
let them in; the middleware writes down what page they then saw. No view has to think of it.
"""

from councils.models import Office
from councils.sessions import is_in_background

from . import actions

# Names of addresses; one that is missing here is told by its own name.
PAGES = {
    "plan": "plan home",
    "plan_stage": "stage {number}",
    "plan_area": "role area {number}",
    "plan_officers": "items by officer",
    "plan_open": "open items",
    "plan_step": "step {number}",
    "plan_history": "the plan's history",
    "register": "the agreement and register",
    "plan_calendar_file": "the calendar file",
    "action_plan": "what the action plan can cover",
    "rounds": "rounds of the review",
    "round": "a round of the review",
    "rounds_compare": "the rounds compared",
    "action_plan_pdf": "what the action plan can cover",
}


def record_looks(get_response):
    """What is refused or leads elsewhere shows nothing; a file that a form asked for is an export,
    kept as such.

    A fragment is a look at its page, which counts once: asking for fragments alone hides nothing.
    """

    def middleware(request):
        response = get_response(request)
        status = response.status_code
        shows = status < 500 and not 300 <= status < 400 and status not in {403, 404, 405}
        is_file = request.method == "POST" and "Content-Disposition" in response.headers
        look = getattr(request.user, "look", None) if shows and not is_file else None
        if look and not is_in_background(request):
            what = f"step {look.step}" if look.step else page_in_words(request.resolver_match)
            actions.record_look(look.grant_id, what=what)
        return response

    return middleware


def page_in_words(match):
    """What a page is called, for the people of the council: "step 13"."""
    if match.url_name == "plan_officer":
        return f"items of the {Office(match.kwargs['office']).label}"
    words = PAGES.get(match.url_name, match.url_name.removeprefix("plan_").replace("_", " "))
    return words.format(**match.kwargs)
