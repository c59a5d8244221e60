"""Annual council: the order of business, and elections to office counted in the chamber."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import Rights, plan_context
from assessments.fields import version_in
from assessments.printing.names import document_name
from assessments.printing.responses import WORD_TYPE, file_response
from assessments.printing.turns import in_turn
from assessments.versions import StaleVersion, differences
from councils.permissions import Right
from elections.council_vote import CouncilVoteError, VoteOutcome

from . import actions
from .access import AnnualCouncil, annual_council_for, election_for, office_for
from .forms import NomineesForm, OfficeTieForm, OfficeVoteForm, RulesForm
from .models import OfficeElection, OfficeFilled
from .running_order import members_in_post, most_votes, running_order, state_of
from .script import script_of
from .words import names_in_words

RULES = ("presiding", "rule", "lowest_tie", "tie")


@require_safe
def annual_council(request, plan_id):
    """Show the order of business, with the elections as far as they have gone."""
    meeting, rights = annual_council_for(request.user, plan_id)
    return _page(request, meeting, rights, "annual_council", order=running_order(meeting))


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request, plan_id):
    """Change who presides at the start, and how votes are counted."""
    meeting, rights = annual_council_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    saved, status, theirs = meeting.rules, 200, []
    if request.method != "POST":
        initial = {name: getattr(saved, name) for name in RULES}
        form = RulesForm(initial=initial, in_words=meeting.in_words)
    else:
        form, status = RulesForm(request.POST, in_words=meeting.in_words), 422
        if form.is_valid():
            try:
                actions.save_rules(meeting.plan, by=request.user, **form.cleaned_data)
            except CouncilVoteError as error:
                form.add_error("rule", str(error))
            except StaleVersion:
                meeting, rights = annual_council_for(request.user, plan_id)
                answers = {name: form.cleaned_data[name] for name in RULES}
                saved, status = meeting.rules, 409
                theirs = [
                    {"label": meeting.in_words(each.label), "theirs": meeting.in_words(each.theirs)}
                    for each in differences(saved, answers)
                ]
            else:
                messages.success(request, "The rules have been saved.")
                return redirect("annual_council", plan_id)
    return _page(
        request,
        meeting,
        rights,
        "rules",
        status=status,
        form=form,
        is_stale=status == 409,
        theirs=theirs,
        version=_version(form, saved.version if saved.pk else 0, is_stale=status == 409),
    )


@require_POST
@in_turn
def script(request, plan_id):
    """Download the script in Word; the history says so."""
    meeting, _ = annual_council_for(request.user, plan_id, needs=Right.EXPORT)
    order, today = running_order(meeting), timezone.localdate()
    content = script_of(order, made_on=today)
    actions.record_script(meeting.plan, by=request.user)
    council = str(meeting.plan.council)
    name = document_name(council, "annual council script", day=today)
    return file_response(content, WORD_TYPE, f"{name}.docx")


# --- An election to an office ---------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def election(request, plan_id, office):
    """Show an election, and enter its next vote. A stale vote answers 409 and is not saved."""
    if request.method != "POST":
        meeting, found, rights = office_for(request.user, plan_id, office)
        return _election_page(request, meeting, found, rights, office)
    meeting, found, rights = election_for(request.user, plan_id, office)
    nominees = _remaining(meeting, found)
    if not nominees:
        messages.info(request, "No vote can be entered now. Nothing was saved.")
        return redirect("office_election", plan_id, office)
    form = OfficeVoteForm(request.POST, nominees=nominees, most=most_votes(meeting))
    if not form.is_valid():
        return _election_page(request, meeting, found, rights, office, vote=form, status=422)
    answers = form.cleaned_data
    try:
        count = actions.save_vote(
            found,
            votes=answers["votes"],
            against=answers["against"],
            abstained=answers["abstained"],
            version=answers["version"],
            by=request.user,
        )
    except CouncilVoteError as error:
        form.add_error(form.first_field, str(error))
        meeting, found, rights = election_for(request.user, plan_id, office)
        return _election_page(request, meeting, found, rights, office, vote=form, status=422)
    except StaleVersion:
        return _stale_election(request, plan_id, office)
    messages.success(request, f"Vote {len(count.results)} has been saved.")
    return redirect("office_election", plan_id, office)


@require_http_methods(["GET", "HEAD", "POST"])
def nominations(request, plan_id, office):
    """Enter who is nominated, correct a name, or mark someone as withdrawn."""
    meeting, found, rights = office_for(request.user, plan_id, office, needs=Right.EDIT_ITEMS)
    options, status = _nominees_of(found), 200
    if request.method != "POST":
        form = NomineesForm(initial=_initial_nominees(options["nominees"]), **options)
    else:
        form, status = NomineesForm(request.POST, **options), 422
        if form.is_valid():
            answers = form.cleaned_data
            try:
                actions.save_nominees(
                    meeting.plan,
                    office,
                    version=answers["version"],
                    names=answers["names"],
                    new=answers["new"],
                    withdrawn=answers["withdrawn"],
                    by=request.user,
                )
            except CouncilVoteError as error:
                form.add_error(None, str(error))
            except StaleVersion:
                meeting, found, rights = office_for(request.user, plan_id, office)
                status = 409
            else:
                messages.success(request, "The nominations have been saved.")
                return redirect("office_election", plan_id, office)
    return _page(
        request,
        meeting,
        rights,
        "nominations",
        status=status,
        form=form,
        office=office,
        title=meeting.in_words(OfficeFilled(office).label),
        is_stale=status == 409,
        theirs=state_of(meeting, found).nominees if found and status == 409 else [],
        version=_version(form, found.version if found else 0, is_stale=status == 409),
    )


@require_POST
def tie(request, plan_id, office):
    """Enter how equal votes were decided."""
    meeting, found, rights = election_for(request.user, plan_id, office)
    form = _tie_form(meeting, found, request.POST)
    if form is None:
        return _stale_election(request, plan_id, office)
    if not form.is_valid():
        return _election_page(request, meeting, found, rights, office, tie=form, status=422)
    try:
        actions.decide_tie(
            found,
            decided_for=form.decided_for,
            version=form.cleaned_data["version"],
            by=request.user,
        )
    except (StaleVersion, CouncilVoteError):  # the rules have changed since the form was made
        return _stale_election(request, plan_id, office)
    messages.success(request, "The decision has been saved.")
    return redirect("office_election", plan_id, office)


@require_POST
def remove_vote(request, plan_id, office):
    """Remove the last vote, so that it can be entered again."""
    _, found, _ = election_for(request.user, plan_id, office)
    try:
        actions.remove_last_vote(found, version=version_in(request.POST), by=request.user)
    except StaleVersion:
        return _stale_election(request, plan_id, office)
    messages.success(request, "The last vote has been removed. The history keeps it.")
    return redirect("office_election", plan_id, office)


@require_POST
def nominate_again(request, plan_id, office):
    """Open new nominations after a vote that elected no one."""
    _, found, _ = election_for(request.user, plan_id, office)
    try:
        actions.nominate_again(found, version=version_in(request.POST), by=request.user)
    except StaleVersion:
        return _stale_election(request, plan_id, office)
    return redirect("office_nominations", plan_id, office)


def _remaining(meeting: AnnualCouncil, election: OfficeElection) -> list:
    """Return the nominees of the next vote."""
    names = state_of(meeting, election).count.remaining
    return [nominee for nominee in election.nominees.all() if nominee.name in names]


def _nominees_of(election: OfficeElection | None) -> dict[str, Any]:
    """Return what NomineesForm needs to know of an election, which may have no nominees yet."""
    if election is None:
        return {"nominees": [], "can_add": True}
    return {
        "nominees": list(election.nominees.all()),
        "can_add": not election.rounds.all(),
    }


def _initial_nominees(nominees: list) -> dict[str, Any]:
    initial: dict[str, Any] = {f"name_{each.pk}": each.name for each in nominees}
    return initial | {"withdrawn": [str(each.pk) for each in nominees if each.withdrew_before]}


def _tie_form(
    meeting: AnnualCouncil, election: OfficeElection, data: Any = None
) -> OfficeTieForm | None:
    """Return the form to decide the tie of the last vote, None if it is not tied."""
    tied = state_of(meeting, election).count.tie
    if tied is None:
        return None
    is_single = len(tied.vote.votes) == 1
    choices = [
        (each.pk, f"For {each.name}, who is elected" if is_single else each.name)
        for each in election.nominees.all()
        if each.name in tied.names
    ]
    if tied.outcome is VoteOutcome.TIED_LAST:
        label = "Who drops out?"
    elif is_single:
        label = "How was the casting vote given?"
    else:
        label = "Who is elected?"
    no_one = ""
    if actions.can_end_without(meeting.rules, election, tied):
        no_one = "No casting vote was given: no one is elected"
        if is_single:
            no_one = f"Against {names_in_words(tied.names)}, or not given: no one is elected"
            if election.office == OfficeFilled.CHAIR:
                no_one = f"Against {names_in_words(tied.names)}: no one is elected"
    return OfficeTieForm(data, label=label, tied=choices, no_one=no_one)


def _stale_election(request, plan_id, office):
    """Answer 409 with the election as it is now, and what was typed if it still fits."""
    meeting, found, rights = election_for(request.user, plan_id, office)
    return _election_page(request, meeting, found, rights, office, is_stale=True, status=409)


def _election_page(
    request,
    meeting: AnnualCouncil,
    election: OfficeElection | None,
    rights: Rights,
    office: str,
    *,
    vote: OfficeVoteForm | None = None,
    tie: OfficeTieForm | None = None,
    is_stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    members = members_in_post(meeting)
    attempts = [state_of(meeting, each, members) for each in meeting.attempts(office)]
    state = attempts[-1] if attempts else None
    typed: list[str] = []
    if state and election and rights.can_edit:
        nominees = _remaining(meeting, election)
        if is_stale and request.method == "POST":
            typed = _typed(election, request.POST)
        if vote is None and nominees:
            vote = OfficeVoteForm(nominees=nominees)
        tie = tie or _tie_form(meeting, election)
    order = running_order(meeting)
    return _page(
        request,
        meeting,
        rights,
        "election",
        status=status,
        office=office,
        title=meeting.in_words(OfficeFilled(office).label),
        business=next(item.business for item in order.items if item.business.office == office),
        rule=order.rule,
        state=state,
        earlier=attempts[:-1],
        vote=vote,
        tie=tie,
        form=vote if vote and vote.is_bound else tie,
        is_stale=is_stale,
        typed=typed,
        version=election.version if election else 0,
    )


def _typed(election: OfficeElection, data: Any) -> list[str]:
    """Return the figures that were typed for a vote, in words, so that none is lost."""
    names = {f"votes_{each.pk}": each.name for each in election.nominees.all()}
    names |= {"against": "against", "abstained": "abstained"}
    return [f"{words} {data[name]}" for name, words in names.items() if data.get(name)]


def _version(form: Any, current: int, *, is_stale: bool) -> Any:
    """Return the version that the page sends back: what was sent, unless it was stale."""
    return current if is_stale or not form.is_bound else form["version"].value()


def _page(
    request,
    meeting: AnnualCouncil,
    rights: Rights,
    template: str,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    context = plan_context(meeting.plan, rights) | context
    return render(request, f"assessments/annual_council/{template}.html", context, status=status)
