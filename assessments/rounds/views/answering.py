"""Answering in a round: as a member, by a personal link without an account, or typed in from paper.

The pages are the same; a Place knows their addresses and their frame. Those of a personal link name
nothing of the council but what the e-mail did, and lead nowhere else. The link's secret is in one
address alone, where it is exchanged for a mark in the session that is good for these pages only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from assessments.versions import StaleVersion, differences
from assessments.words import moment_in_words, saved_words
from frameworks.models import CoalitionComponent, ReflectiveQuestion
from frameworks.wording import put_term

from .. import actions
from ..access import paper_for, respondent_for
from ..forms import AnswerForm
from ..models import Respondent, RoundAnswer

HELD = "review_link"  # in the session: the digest of the link that its person came by


@dataclass(frozen=True)
class Place:
    """Where a respondent answers. `address(number)` is a component's page, without one the list."""

    respondent: Respondent
    base: str
    address: Callable
    frame: dict

    @property
    def round(self):
        return self.respondent.round

    @property
    def plan(self):
        return self.round.plan


# --- As a member, and from paper ------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request, plan_id, round_id):
    return _list(request, _member(request, plan_id, round_id))


@require_http_methods(["GET", "HEAD", "POST"])
def mine_answer(request, plan_id, round_id, number):
    return _answer(request, _member(request, plan_id, round_id), number)


@require_http_methods(["GET", "HEAD", "POST"])
def paper(request, plan_id, round_id, respondent_id):
    return _list(request, _paper(request, plan_id, round_id, respondent_id))


@require_http_methods(["GET", "HEAD", "POST"])
def paper_answer(request, plan_id, round_id, respondent_id, number):
    return _answer(request, _paper(request, plan_id, round_id, respondent_id), number)


def _member(request, plan_id, round_id):
    return _in_plan("round_mine", *respondent_for(request.user, plan_id, round_id))


def _paper(request, plan_id, round_id, respondent_id):
    found = paper_for(request.user, plan_id, round_id, respondent_id)
    return _in_plan("round_paper", *found, respondent_id)


def _in_plan(name, respondent, rights, *more):
    plan = respondent.round.plan
    args = (plan.pk, respondent.round_id, *more)
    frame = {"council": plan.council, "marking": plan.get_marking_display(), "rights": rights}

    def address(number=None):
        if number:
            return reverse(f"{name}_answer", args=[*args, number])
        return reverse(name, args=args)

    return Place(respondent, "assessments/plans/base.html", address, frame)


# --- By a personal link ---------------------------------------------------------------------------


def for_anyone(view):
    """A page of a personal link: open without signing in, and not for search engines.

    The referrer keeps no path, so that the link's own address goes nowhere. `no-referrer` would
    make browsers hide where a form comes from, without which it is not taken.
    """

    @login_not_required
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return wrapper


@for_anyone
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request, token):
    """Where a personal link leads. Looking uses nothing up: mail scanners look at links."""
    found = _respondents().for_token(token).first()
    if found is None:
        return render(request, "assessments/rounds/link_gone.html", status=404)
    if request.method != "POST" or not found.round.is_open:
        context = {"respondent": found, "round": found.round, "council": found.round.plan.council}
        return render(request, "assessments/rounds/link_begin.html", context)
    if not request.user.is_authenticated:
        request.session.cycle_key()
    request.session[HELD] = found.token_digest
    return redirect("review")


@for_anyone
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request):
    place = _held(request)
    return _list(request, place) if place else _link_needed(request)


@for_anyone
@require_http_methods(["GET", "HEAD", "POST"])
def by_link_answer(request, number):
    place = _held(request)
    return _answer(request, place, number) if place else _link_needed(request)


@for_anyone
@require_POST
def leave(request):
    """Go away from this device; the link leads back."""
    request.session.pop(HELD, None)
    return redirect("review")


def _respondents():
    people = Respondent.objects.current()
    return people.select_related("round__plan__council", "membership__user", "invited_by")


def _held(request):
    """The Place of whoever came by a link that still works; None for anyone else."""
    digest = request.session.get(HELD)
    found = _respondents().filter(token_digest=digest).first() if digest else None
    if found is None:
        return None
    request.session.modified = True  # half an hour from the last page, as for people who sign in

    def address(number=None):
        return reverse("review_answer", args=[number]) if number else reverse("review")

    frame = {"council": found.round.plan.council, "is_by_link": True}
    return Place(found, "assessments/rounds/link_base.html", address, frame)


def _link_needed(request):
    """What was typed is not lost: it stands on the page, to be sent again."""
    if request.htmx:
        response = render(request, "assessments/rounds/_link_needed.html", status=401)
        response.headers["HX-Retarget"] = "#page-message"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    fields = [each for each in request.POST.items() if each[0] != "csrfmiddlewaretoken"]
    typed = [value for name, value in fields if name in RoundAnswer.WORDS and value.strip()]
    context = {"fields": fields, "typed": typed}
    return render(request, "assessments/rounds/link_needed.html", context, status=401)


# --- The pages ------------------------------------------------------------------------------------


def _list(request, place):
    """The twelve components with what is answered; answers are handed in and taken back here."""
    if request.method == "POST":
        return _hand_in(request, place)
    answers = {each.component_id: each for each in place.respondent.answers.all()}
    rows = [
        (component, answers.get(component.pk), place.address(component.number))
        for component in _components(place)
    ]
    states = [answer.state_in_words if answer else "" for _, answer, _ in rows]
    to_go_on = next((url for (_, _, url), state in zip(rows, states, strict=True) if not state), "")
    return _page(
        request,
        place,
        "list",
        rows=[(*row, state) for row, state in zip(rows, states, strict=True)],
        done=sum(map(bool, states)),
        go_on=to_go_on,
    )


def _hand_in(request, place):
    try:
        if "take_back" in request.POST:
            actions.take_back_answers(place.respondent)
            messages.success(request, "You can change your answers again. Then finish.")
        else:
            may_be_named = "may_be_named" in request.POST
            actions.finish_answers(place.respondent, may_be_named=may_be_named)
            messages.success(request, "Thank you. Your answers are handed in.")
    except actions.RoundRefused as error:
        messages.info(request, str(error))
    return redirect(place.address())


def _answer(request, place, number):
    components = {each.number: each for each in _components(place)}
    if number not in components:
        raise Http404
    component = components[number]
    questions = _questions(place)
    stored = place.respondent.answers.filter(component=component).first()
    if request.method != "POST":
        form = AnswerForm(initial=AnswerForm.initial_of(stored), questions=questions)
        return _form_page(request, place, components, component, form)
    form = AnswerForm(request.POST, questions=questions)
    if not form.is_valid():
        return _not_saved(request, place, components, component, form, status=422)
    fields, version = form.fields_to_save, form.cleaned_data["version"]
    if stored and request.POST.get("overwrite") == str(stored.version):
        version = stored.version
    try:
        saved = actions.save_round_answer(place.respondent, component, version=version, **fields)
    except StaleVersion:
        stored = place.respondent.answers.filter(component=component).first()
        theirs = {"answer": stored, "when": moment_in_words(stored.saved_at)} if stored else {}
        theirs["differences"] = differences(stored or RoundAnswer(), fields)
        return _not_saved(request, place, components, component, form, status=409, theirs=theirs)
    except actions.RoundRefused as error:
        return _not_saved(
            request, place, components, component, form, status=409, refused=str(error)
        )
    if request.htmx:
        context = {"version": saved.version, "saved": saved_words(), "errors": _slots(form)}
        return render(request, "assessments/rounds/_answer_saved.html", context)
    messages.success(request, f"{component.title}: {saved_words().lower()}.")
    goes_on = "next" in request.POST and number + 1 in components
    return redirect(place.address(number + 1) if goes_on else place.address())


def _not_saved(request, place, components, component, form, *, status, **context):
    """Why it was not saved; what was typed stays where it is."""
    if request.htmx:
        context |= {"errors": _slots(form), "not_saved": True}
        return render(request, "assessments/rounds/_answer_saved.html", context, status=status)
    return _form_page(request, place, components, component, form, status=status, **context)


def _slots(form):
    """Each box's error, empty or not, so that a mended one is taken away."""
    names = ("strength", *RoundAnswer.WORDS)
    return [(name, " ".join(form.errors.get(name, []))) for name in names]


def _form_page(request, place, components, component, form, *, status=200, **context):
    term = place.plan.term
    numbers = sorted(components)
    return _page(
        request,
        place,
        "answer",
        status=status,
        form=form,
        component=component,
        summary=put_term(component.summary, term),
        guidance=[put_term(text, term) for text in component.guidance_paragraphs],
        questions=[form[name] for name in RoundAnswer.WORDS],
        count=len(components),
        is_last=component.number == numbers[-1],
        url=place.address(component.number),
        before=place.address(component.number - 1) if component.number > numbers[0] else "",
        can_answer=place.round.is_open and not place.respondent.has_finished,
        **context,
    )


def _components(place):
    return CoalitionComponent.objects.filter(framework=place.plan.components_id)


def _questions(place):
    """The four, with the council's own term."""
    found = ReflectiveQuestion.objects.filter(framework=place.plan.components_id)
    return [put_term(question.text, place.plan.term) for question in found]


def _page(request, place, name, *, status=200, **context):
    context |= place.frame | {
        "base": place.base,
        "plan": place.plan,
        "round": place.round,
        "respondent": place.respondent,
        "list_url": place.address(),
    }
    return render(request, f"assessments/rounds/{name}.html", context, status=status)
