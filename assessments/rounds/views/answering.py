"""Answer a round as a member, by a personal link without an account, or from paper.

The pages are the same; a RespondentPages has their addresses and layout. The pages of a personal
link show no more of the council than the email did and link nowhere else. The token is part of one
address only, where it is exchanged for a key in the session that opens these pages and no others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import get_text_list
from django.views.decorators.http import require_http_methods, require_POST

from assessments.versions import Difference, StaleVersion, changes_between
from assessments.words import moment_in_words, saved_words
from frameworks.models import CoalitionComponent, ReflectiveQuestion
from frameworks.wording import put_term

from .. import actions
from ..access import paper_for, respondent_by_digest, respondent_by_token, respondent_for
from ..forms import RoundAnswerForm, ScoresForm
from ..models import Respondent, RoundAnswer, Way

HELD = "review_link"  # session key for the digest of the personal link that was used
OPENED_BY = "review_link_opened_by"  # for the account that was signed in then, or None


@dataclass(frozen=True)
class RespondentPages:
    """The pages where a respondent answers.

    `address(number)` returns the address of a component's page, and without a number that of the
    list. `frame` is the context that the layout needs.
    """

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

    return RespondentPages(respondent, "assessments/plans/base.html", address, frame)


# --- By a personal link ---------------------------------------------------------------------------


def for_anyone(view):
    """Decorate a page of a personal link: no sign-in needed, not indexed by search engines.

    The referrer has no path, so that the address of the link is sent nowhere. `no-referrer` would
    make browsers omit the Origin of a form, and Django would refuse it.
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
    """Show what a personal link is for; POST opens it.

    GET changes nothing, because mail scanners follow links.
    """
    found = respondent_by_token(token)
    if found is None:
        return render(request, "assessments/rounds/link_gone.html", status=404)
    if request.method != "POST" or not found.round.is_open:
        context = {"respondent": found, "round": found.round, "council": found.round.plan.council}
        return render(request, "assessments/rounds/link_begin.html", context)
    if not request.user.is_authenticated:
        request.session.cycle_key()
    request.session[HELD] = found.token_digest
    request.session[OPENED_BY] = request.user.pk
    return redirect("review")


@for_anyone
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request):
    pages = _held(request)
    return _list(request, pages) if pages else _link_needed(request)


@for_anyone
@require_http_methods(["GET", "HEAD", "POST"])
def by_link_answer(request, number):
    pages = _held(request)
    return _answer(request, pages, number) if pages else _link_needed(request)


@for_anyone
@require_POST
def leave(request):
    """Close the pages of a personal link in this browser; the link opens them again."""
    request.session.pop(HELD, None)
    return redirect("review")


def _held(request):
    """Return the RespondentPages of the personal link in the session; None if it does not work."""
    digest = request.session.get(HELD)
    found = respondent_by_digest(digest) if digest else None
    if found is None or _is_of_another_link(request, found) or _has_signed_in_since(request):
        return None
    request.session.modified = True  # 30 minutes from the last page, as for people who sign in

    def address(number=None):
        return reverse("review_answer", args=[number]) if number else reverse("review")

    frame = {"council": found.round.plan.council, "is_by_link": True}
    return RespondentPages(found, "assessments/rounds/link_base.html", address, frame)


def _is_of_another_link(request, respondent):
    """Return whether a form was sent from the pages of another link than the session has.

    Some people have several links, for example of two councils, or help someone else with theirs.
    With two of them open in one browser, what is typed for one must not be saved for the other.
    """
    return request.POST.get("respondent", str(respondent.pk)) != str(respondent.pk)


def _has_signed_in_since(request):
    """Return whether someone has signed in after the link was opened: it may not be theirs."""
    return request.session.get(OPENED_BY) != request.user.pk


def _link_needed(request):
    """Return 401 with what was entered, so that it can be saved again."""
    held = request.session.get(HELD)
    works = bool(held) and respondent_by_digest(held) is not None
    has_signed_in = works and _has_signed_in_since(request)
    is_other = works and not has_signed_in
    if request.htmx:
        context = {"is_other": is_other, "has_signed_in": has_signed_in}
        response = render(request, "assessments/rounds/_link_needed.html", context, status=401)
        response.headers["HX-Retarget"] = "#page-message"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    fields = [each for each in request.POST.items() if each[0] != "csrfmiddlewaretoken"]
    typed = [value for name, value in fields if name in RoundAnswer.WORDS and value.strip()]
    is_entered = bool(typed) or any(name.startswith("strength-") for name, _ in fields)
    context = {
        "fields": fields,
        "typed": typed,
        "is_entered": is_entered,
        "is_other": is_other,
        "has_signed_in": has_signed_in,
    }
    return render(request, "assessments/rounds/link_needed.html", context, status=401)


# --- The pages ------------------------------------------------------------------------------------


def _list(request, pages):
    """List the components with the state of each answer; POST submits or reopens the answers.

    With `strengths` in the query or the form, it is the page with the scores alone.
    """
    can_answer = pages.round.is_open and not pages.respondent.has_finished
    if "strengths" in request.POST or ("strengths" in request.GET and can_answer):
        return _scores(request, pages)
    if request.method == "POST":
        return _hand_in(request, pages)
    answers = {each.component_id: each for each in pages.respondent.answers.all()}
    rows = [
        (component, answers.get(component.pk), pages.address(component.number))
        for component in _components(pages)
    ]
    states = [answer.state_in_words if answer else "" for _, answer, _ in rows]
    next_url = next((url for (_, _, url), state in zip(rows, states, strict=True) if not state), "")
    return _page(
        request,
        pages,
        "list",
        rows=[(*row, state) for row, state in zip(rows, states, strict=True)],
        done=sum(map(bool, states)),
        not_done=len(states) - sum(map(bool, states)),
        go_on=next_url,
    )


def _scores(request, pages):
    """Ask for the scores of all components on one page, or save them."""
    answers = {each.component_id: each for each in pages.respondent.answers.all()}
    data = request.POST if request.method == "POST" else None
    form = ScoresForm(data, components=_components(pages), answers=answers)
    if data is None or not form.is_valid():
        status = 200 if data is None else 422
        return _page(request, pages, "strengths", status=status, form=form, rows=form.rows)
    try:
        stale = actions.save_scores(pages.respondent, form.scores)
    except actions.RoundRefused as error:
        messages.info(request, str(error))
        return redirect(pages.address())
    if not stale:
        theirs = _whose(pages.respondent)
        messages.success(request, f"Scores saved. Submit {theirs} answers when you are ready.")
        return redirect(pages.address())
    answers = {each.component_id: each for each in pages.respondent.answers.all()}
    data = data.copy()
    for each in form.components:
        data[f"version-{each.number}"] = answers[each.pk].version if each.pk in answers else 0
    again = ScoresForm(data, components=form.components, answers=answers)
    names = get_text_list([each.title for each in stale], "and")
    return _page(
        request, pages, "strengths", status=409, form=again, rows=again.rows, is_stale=names
    )


def _whose(respondent):
    """Return the word before “answers” for the person who gives them, or enters them from paper."""
    return "these" if respondent.way == Way.PAPER else "your"


def _hand_in(request, pages):
    try:
        if "take_back" in request.POST:
            actions.take_back_answers(pages.respondent)
            theirs = _whose(pages.respondent)
            messages.success(
                request, f"You can now change {theirs} answers. Submit them again afterwards."
            )
        else:
            may_be_named = "may_be_named" in request.POST
            actions.finish_answers(pages.respondent, may_be_named=may_be_named)
            theirs = _whose(pages.respondent).capitalize()
            messages.success(request, f"Thank you. {theirs} answers have been submitted.")
    except actions.RoundRefused as error:
        messages.info(request, str(error))
    return redirect(pages.address())


def _answer(request, pages, number):
    components = {each.number: each for each in _components(pages)}
    if number not in components:
        raise Http404
    component = components[number]
    questions = _questions(pages)
    stored = pages.respondent.answers.filter(component=component).first()
    if request.method != "POST":
        form = RoundAnswerForm(initial=RoundAnswerForm.initial_of(stored), questions=questions)
        return _form_page(request, pages, components, component, form)
    form = RoundAnswerForm(request.POST, questions=questions)
    if not form.is_valid():
        return _not_saved(request, pages, components, component, form, status=422)
    fields, version = form.fields_to_save, form.cleaned_data["version"]
    if stored and request.POST.get("overwrite") == str(stored.version):
        version = stored.version
    try:
        saved = actions.save_round_answer(pages.respondent, component, version=version, **fields)
    except StaleVersion:
        stored = pages.respondent.answers.filter(component=component).first()
        theirs = {"answer": stored, "when": moment_in_words(stored.saved_at)} if stored else {}
        theirs["differences"] = _differences(stored or RoundAnswer(), fields, form)
        return _not_saved(request, pages, components, component, form, status=409, theirs=theirs)
    except actions.RoundRefused as error:
        return _not_saved(
            request, pages, components, component, form, status=409, refused=str(error)
        )
    if request.htmx:
        context = {"version": saved.version, "saved": saved_words(), "errors": _slots(form)}
        return render(request, "assessments/rounds/_answer_saved.html", context)
    messages.success(request, f"{component.title}: {saved_words().lower()}.")
    goes_on = "next" in request.POST and number + 1 in components
    return redirect(pages.address(number + 1) if goes_on else pages.address())


def _differences(stored, fields, form):
    """Return where an answer differs from the one stored, named by the questions."""
    labels = {name: form[name].label for name in ("strength", *RoundAnswer.WORDS)}
    labels["passed"] = "Prefer not to answer"
    return [
        Difference(labels[change.name], theirs=change.before, mine=change.after)
        for change in changes_between(stored, fields)
    ]


def _not_saved(request, pages, components, component, form, *, status, **context):
    """Return the reason an answer was not saved; what was typed stays in the boxes."""
    if request.htmx:
        context |= {"errors": _slots(form), "not_saved": True}
        return render(request, "assessments/rounds/_answer_saved.html", context, status=status)
    return _form_page(request, pages, components, component, form, status=status, **context)


def _slots(form):
    """Return the error of each box, empty ones too, so that a corrected error disappears."""
    names = ("strength", *RoundAnswer.WORDS)
    return [(name, " ".join(form.errors.get(name, []))) for name in names]


def _form_page(request, pages, components, component, form, *, status=200, **context):
    term = pages.plan.term
    numbers = sorted(components)
    return _page(
        request,
        pages,
        "answer",
        status=status,
        form=form,
        component=component,
        summary=put_term(component.summary, term),
        guidance=[put_term(text, term) for text in component.guidance_paragraphs],
        questions=[form[name] for name in RoundAnswer.WORDS],
        count=len(components),
        is_last=component.number == numbers[-1],
        url=pages.address(component.number),
        before=pages.address(component.number - 1) if component.number > numbers[0] else "",
        can_answer=pages.round.is_open and not pages.respondent.has_finished,
        **context,
    )


def _components(pages):
    return CoalitionComponent.objects.filter(framework=pages.plan.components_id)


def _questions(pages):
    """Return the 4 questions with the council's own term."""
    found = ReflectiveQuestion.objects.filter(framework=pages.plan.components_id)
    return [put_term(question.text, pages.plan.term) for question in found]


def _page(request, pages, name, *, status=200, **context):
    context |= pages.frame | {
        "base": pages.base,
        "plan": pages.plan,
        "round": pages.round,
        "respondent": pages.respondent,
        "list_url": pages.address(),
    }
    return render(request, f"assessments/rounds/{name}.html", context, status=status)
