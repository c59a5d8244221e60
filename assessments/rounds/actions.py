"""Review rounds: add, open and close them, invite people, save their answers.

Answers, and when they were submitted, are not part of the history. Events say that a round was
added, opened or closed and that someone of a group was invited, never who answered what.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import chain, count
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.addresses import address
from assessments.notices.actions import tell
from assessments.notices.models import Notice
from assessments.plans.actions import add_item, hold, hold_all, record
from assessments.plans.models import Event, Plan, PlanItem
from assessments.versions import StaleVersion, changes_between, first_values, update_at
from assessments.words import day_in_words, within_sentence
from councils.mail import count_email, send_to
from councils.models import Council, Membership, User
from councils.tokens import new_token
from frameworks.models import CoalitionComponent, Step

from .marks import signs_of
from .models import (
    DELETED_ROUNDS_KEPT,
    RESPONDENTS_MAX,
    ROUNDS_MAX,
    DeletedRound,
    Respondent,
    Round,
    RoundAnswer,
    RoundItem,
    RoundState,
    Way,
)
from .people import signs_of_accounts, signs_of_respondent
from .results import RoundResult, result_of, results_of

Kind = Event.Kind


class RoundRefused(Exception):
    """The state of the round does not allow this; the message says why."""


class TooManyRounds(Exception):
    """The plan has ROUNDS_MAX rounds."""

    def __str__(self) -> str:
        return f"A plan can have up to {ROUNDS_MAX} review rounds. Change one that has not closed"


class TooManyRespondents(Exception):
    """No one else can be invited: the round would have more than RESPONDENTS_MAX people."""

    def __str__(self) -> str:
        return f"A round can have up to {RESPONDENTS_MAX} people, removed ones included"


class AlreadyAdded(Exception):
    """An action was added to the plan from the answer before; `item` is the action."""

    def __init__(self, item: PlanItem) -> None:
        super().__init__(f"“{item.title}” has already been added from this answer.")
        self.item = item


def make_round(plan: Plan, *, name: str, opens: dt.date, closes: dt.date, by: User) -> Round:
    """Add a round to a plan.

    Raises TooManyRounds, and IntegrityError if the plan has one of that name.
    """
    with transaction.atomic():
        hold(plan)
        if Round.objects.filter(plan=plan).count() >= ROUNDS_MAX:
            raise TooManyRounds
        made = Round.objects.create(plan=plan, name=name, opens=opens, closes=closes, made_by=by)
        changes = first_values(Round, {"opens": opens, "closes": closes})
        record(plan, Kind.ROUND_MADE, by=by, detail=name, changes=changes)
    return made


def change_round(round_: Round, *, version: int, by: User, **fields: object) -> None:
    """Change the name or dates of a round that has not closed.

    Raises StaleVersion, RoundRefused, and IntegrityError if the plan has another of that name.
    """
    changes = changes_between(round_, fields)
    if not changes:
        return
    with transaction.atomic():
        _hold(round_, RoundState.TO_COME, RoundState.OPEN)
        update_at(Round, round_, version, {change.name: change.value for change in changes})
        record(round_.plan, Kind.ROUND_CHANGED, by=by, detail=round_.name, changes=changes)


def open_round(round_: Round, *, by: User) -> None:
    """Open a round today. Do nothing if it is open. Raises RoundRefused if it has closed."""
    with transaction.atomic():
        stored = _hold(round_, RoundState.TO_COME, RoundState.OPEN)
        if stored.is_open:
            return
        changes = changes_between(stored, {"opens": timezone.localdate()})
        update_at(Round, stored, stored.version, {"opens": timezone.localdate()})
        record(round_.plan, Kind.ROUND_OPENED, by=by, detail=stored.name, changes=changes)


def close_round(round_: Round, *, by: User) -> None:
    """Close an open round; it cannot be reopened. Do nothing if it has closed.

    Raises RoundRefused if it has not opened yet.
    """
    keep_results_of(round_.plan.council)  # of earlier rounds, so that this has only its own to do
    with transaction.atomic():
        # What one round shows depends on the others, in all plans.
        _hold_plans(round_.plan.council)
        stored = _hold(round_, RoundState.OPEN, RoundState.CLOSED)
        if stored.is_closed:
            return
        values = {"closed_at": timezone.now(), "closed_by": by}
        update_at(Round, stored, stored.version, values)
        keep_results_of(round_.plan.council)
        record(round_.plan, Kind.ROUND_CLOSED, by=by, detail=stored.name)


def keep_results_of(council: Council) -> None:
    """Keep what the results of a council's closed rounds show, where that has not been kept.

    Call it before a result is shown: a round closes without an action when its last day has passed,
    and is kept by the worker in the night after it. One query if there is nothing to keep. It
    leaves no event. What is kept of one round stays so if working out the next one fails. Who is
    someone of an earlier round is kept as their number.
    """
    while round_ := _first_unkept(council):
        with transaction.atomic():
            # What one round shows depends on the others: no other can close or be kept meanwhile.
            _hold_plans(council)
            if round_ == _first_unkept(council):
                unkept = Round.objects.filter(pk=round_.pk, disclosure__isnull=True)
                result = result_of(round_)
                _keep_numbers(round_, result.numbers)
                unkept.update(disclosure=result.disclosure)


def _keep_numbers(round_: Round, numbers: Mapping[int, int]) -> None:
    """Give those who answered a round the numbers by which its result knows them.

    `numbers` has the present number of each by the new one. Someone who did not answer gives theirs
    up if another gets it, which can be so where people had one number from the start. The number
    of queries does not depend on how many people there are.
    """
    present = {each.person: each for each in Respondent.objects.current().filter(round=round_)}
    moved = {present[now]: number for number, now in numbers.items() if number != now}
    if not moved:
        return
    free = count(max(_next_number(round_.plan.council), *numbers, 0) + 1)
    for each in present.values():
        if each not in moved and each.person in moved.values():
            moved[each] = next(free)
    # By way of numbers that no one has: two people of a round cannot have one number meanwhile.
    for each in moved:
        each.person = next(free)
    Respondent.objects.bulk_update(moved, ["person"])
    for each, number in moved.items():
        each.person = number
    Respondent.objects.bulk_update(moved, ["person"])


def councils_with_results_to_keep() -> QuerySet[Council]:
    """Return the councils of which a round has closed whose results have not been kept."""
    return Council.objects.filter(plans__rounds__in=_unkept()).distinct().order_by("slug")


def _first_unkept(council: Council) -> Round | None:
    """Return the round that closed first of those whose results have not been kept."""
    unkept = _unkept().filter(plan__council=council).select_related("plan__council")
    return min(unkept, key=lambda each: each.closing_order, default=None)


def keep_sets_of(plan: Plan) -> None:
    """Keep what later results of the council must take into account once the plan is deleted.

    What its other closed rounds show is kept first, so that nothing kept back is shown afterwards.
    Callers hold all plans of the council.
    """
    keep_results_of(plan.council)
    since = timezone.localdate() - DELETED_ROUNDS_KEPT
    results = results_of(plan)
    closed = {each.round.pk for each in results}
    # What was entered from paper is known to who did so, also if the round is still open.
    results += [
        RoundResult(round=each, asked=0, finished=0, components=(), numbers={})
        for each in Round.objects.filter(plan=plan).exclude(pk__in=closed)
    ]
    for result in results:
        if result.round.closed_on >= since:
            _keep_sets(result, plan.council)


def may_keep_sets_of(plan: Plan) -> bool:
    """Return whether a list may be kept of a round if `plan` were deleted now. One query."""
    since = timezone.localdate() - DELETED_ROUNDS_KEPT
    return any(each.closed_on >= since for each in plan.rounds.all())


def _keep_sets(result: RoundResult, council: Council) -> None:
    found = Respondent.objects.filter(round=result.round).select_related(
        "membership__user__merged_into", "invited_by"
    )
    users = [each.membership.user for each in found if each.membership]
    accounts = signs_of_accounts(users, council.pk, keeps=True)
    asked = [each for each in found if each.removed_at is None or each.is_uncounted_sheet]
    asked.sort(key=lambda each: each.removed_at is None)  # what was removed tells less of a person
    sets = {
        str(each.number): sorted(map(sorted, set(each.shown.sets.each)))
        for each in result.components
        if each.shown.sets.each
    }
    entered: dict[str, list[int]] = {}
    for each in asked:
        if each.way == Way.PAPER:
            entered.setdefault(str(each.invited_by_id), []).append(each.person)
    if sets or entered:
        needed = {*chain.from_iterable(chain.from_iterable(sets.values()))}
        needed.update(chain.from_iterable(entered.values()))
        marks: dict[str, list[str]] = {}
        for each in asked:
            enters = each.membership is not None and str(each.membership.user_id) in entered
            if each.person in needed or enters:
                marks[str(each.person)] = signs_of_respondent(each, accounts, keeps=True).kept()
        DeletedRound.objects.create(
            council=council,
            closed_on=result.round.closed_on,
            sets=sets,
            entered=entered,
            marks=marks,
        )


def clear_deleted_rounds() -> int:
    """Delete what was kept of deleted rounds that closed too long ago; return the number."""
    number, _ = DeletedRound.objects.expired().delete()
    return number


def _unkept() -> QuerySet[Round]:
    return Round.objects.closed().filter(disclosure__isnull=True)


# --- Inviting people ------------------------------------------------------------------------------


def ask_members(
    round_: Round, *, memberships: Iterable[Membership], group: str, by: User, tells: bool = False
) -> list[Respondent]:
    """Invite members of the council, all or none; return those who had not been invited yet.

    With `tells` they get a notice. Raises RoundRefused, TooManyRespondents and TooManyEmails.
    """
    memberships = list(memberships)
    with transaction.atomic():
        _hold_plans(round_.plan.council)
        asked = Respondent.objects.current().filter(round=round_, membership__in=memberships)
        known = set(asked.values_list("membership", flat=True))
        return [
            ask_member(round_, membership=each, group=group, by=by, tells=tells)
            for each in memberships
            if each.pk not in known
        ]


def ask_member(
    round_: Round, *, membership: Membership, group: str, by: User, tells: bool = False
) -> Respondent:
    """Invite a member of the council; with `tells`, by a notice as often as they want email.

    Raises ValidationError if they have been invited already, RoundRefused, TooManyRespondents and
    TooManyEmails.
    """
    with transaction.atomic():
        asked = _ask(
            round_,
            by=by,
            group=group,
            way=Way.MEMBER,
            membership=membership,
            known_as=(membership.user.email, membership.user.name),
        )
        if tells:
            count_email(sender=by, recipient=membership.user.email, council=round_.plan.council)
            tell(
                [membership.user],
                Notice.Kind.ROUND,
                plan=round_.plan,
                by=by,
                due=round_.closes,
                key=f"round:{asked.pk}",
                path=address("round_mine", round_.plan_id, round_.pk),
            )
    return asked


def ask_by_link(
    round_: Round,
    *,
    name: str,
    email: str,
    group: str,
    by: User,
    link_for: Callable[[str], str] | None = None,
) -> Respondent:
    """Invite someone by a personal link that needs no account.

    `link_for(token)` returns the full address of the link; without it no email is sent. Raises
    ValidationError if they have been invited already, RoundRefused, TooManyRespondents and
    TooManyEmails.
    """
    email, token = email.strip().lower(), new_token()
    with transaction.atomic():
        asked = _ask(
            round_,
            by=by,
            group=group,
            way=Way.LINK,
            name=name,
            email=email,
            token_digest=Respondent.digest_of(token),
            known_as=(email, name),
        )
        if link_for:
            _write_to(asked, email, link_for(token), by=by)
    return asked


def ask_several_by_link(
    round_: Round,
    *,
    people: Iterable[tuple[str, str]],
    group: str,
    by: User,
    link_for: Callable[[str], str],
) -> int:
    """Invite several people by personal links, all or none; return how many were new.

    `people` are names with addresses. Those who were invited already are left out. Raises
    ValidationError, RoundRefused, TooManyRespondents and TooManyEmails.
    """
    with transaction.atomic():
        _hold_plans(round_.plan.council)
        asked = Respondent.objects.current().filter(round=round_, way=Way.LINK)
        known = set(asked.values_list("email", flat=True))
        new = [(name, email) for name, email in people if email not in known]
        for name, email in new:
            ask_by_link(round_, name=name, email=email, group=group, by=by, link_for=link_for)
    return len(new)


def add_on_paper(round_: Round, *, name: str, group: str, by: User) -> Respondent:
    """Add someone whose answers `by` enters from paper.

    Raises ValidationError if they have been invited already, RoundRefused and TooManyRespondents.
    """
    return _ask(round_, by=by, group=group, way=Way.PAPER, name=name, known_as=("", name))


def resend_link(respondent: Respondent, *, by: User, link_for: Callable[[str], str]) -> None:
    """Send a new personal link; the previous one stops working straight away.

    Raises RoundRefused and TooManyEmails.
    """
    token = new_token()
    with transaction.atomic():
        _hold(respondent.round, RoundState.TO_COME, RoundState.OPEN)
        links = Respondent.objects.current().filter(pk=respondent.pk, way=Way.LINK)
        if links.update(token_digest=Respondent.digest_of(token)):
            _write_to(respondent, respondent.email, link_for(token), by=by, replaces=True)
            _record_respondent(respondent, Kind.RESPONDENT_RESENT, by)


def remove_respondent(respondent: Respondent, *, by: User) -> None:
    """Remove someone from a round: their link stops working and their answers are deleted.

    Raises RoundRefused once the round has closed, since the change in its result would show what
    they answered.
    """
    with transaction.atomic():
        _hold(respondent.round, RoundState.TO_COME, RoundState.OPEN)
        current = Respondent.objects.current().filter(pk=respondent.pk)
        values = {"removed_at": timezone.now(), "token_digest": None, "finished_at": None}
        if current.update(**values):
            RoundAnswer.objects.filter(respondent=respondent).delete()
            _record_respondent(respondent, Kind.RESPONDENT_REMOVED, by)


def remove_name(respondent: Respondent, *, by: User) -> None:
    """Remove the name of a respondent of a round that has closed; the result stays as it is.

    Raises RoundRefused if it has not closed. Does nothing the second time.
    """
    with transaction.atomic():
        _hold(respondent.round, RoundState.CLOSED)
        if Respondent.objects.filter(pk=respondent.pk, name_mark="").exists():
            forget_respondent(respondent)
            _record_respondent(respondent, Kind.RESPONDENT_UNNAMED, by)


def forget_respondent(respondent: Respondent, *, other_marks: Iterable[str] = ()) -> None:
    """Delete the name and email address of a respondent; keep their answers, and marks of both.

    The name of a member is that of their account, which is erased separately. `other_marks` are of
    what else they can be recognised by if they are asked again: see `marks.Signs.kept`.
    """
    own = {"name": f"Removed respondent {respondent.pk}", "email": ""}
    is_member = respondent.way == Way.MEMBER
    signs = signs_of(names=[respondent.label], emails=[respondent.address], keeps=True)
    Respondent.objects.filter(pk=respondent.pk, name_mark="").update(
        email_mark=min(signs.emails, default=""),
        name_mark=min(signs.names),
        other_marks="\n".join(sorted({*signs.kept(), *other_marks})),
    )
    Respondent.objects.filter(pk=respondent.pk).update(
        token_digest=None, may_be_named=False, **({} if is_member else own)
    )


# --- Answers --------------------------------------------------------------------------------------


def save_round_answer(
    respondent: Respondent, component: CoalitionComponent, *, version: int, **fields: object
) -> RoundAnswer:
    """Save a respondent's answer on a component; `version` is 0 for the first save.

    A stale save that only fills empty fields is accepted: one page can send two saves at once.
    Raises StaleVersion if it would replace something saved since `version`, and RoundRefused.
    """
    with transaction.atomic():
        _hold_for_answers(respondent)
        answers = RoundAnswer.objects.filter(respondent=respondent, component=component)
        found = answers.first()
        if found is None and version == 0:
            return answers.create(respondent=respondent, component=component, **fields)
        if found is None:
            raise StaleVersion
        changes = changes_between(found, fields)
        replaces = any(getattr(found, change.name) for change in changes)
        if replaces and version != found.version:
            raise StaleVersion
        if changes:
            update_at(answers, found, found.version, fields | {"saved_at": timezone.now()})
    return found


def save_scores(
    respondent: Respondent,
    scores: Iterable[tuple[CoalitionComponent, int, dict[str, object]]],
) -> list[CoalitionComponent]:
    """Save scores of several components and return those that were changed in another window.

    Those are not saved. Raises RoundRefused.
    """
    stale = []
    with transaction.atomic():
        for component, version, fields in scores:
            try:
                save_round_answer(respondent, component, version=version, **fields)
            except StaleVersion:
                stale.append(component)
    return stale


def finish_answers(respondent: Respondent, *, may_be_named: bool) -> None:
    """Submit a respondent's answers; only submitted answers count. Raises RoundRefused."""
    with transaction.atomic():
        _hold_for_answers(respondent)
        _update(respondent, may_be_named=may_be_named, finished_at=timezone.now())


def take_back_answers(respondent: Respondent) -> None:
    """Reopen submitted answers so that they can be changed. Raises RoundRefused."""
    with transaction.atomic():
        _hold(respondent.round, RoundState.OPEN)
        _update(respondent, finished_at=None)


def make_item_of(answer: RoundAnswer, step: Step, *, title: str, by: User) -> PlanItem:
    """Add an item to the plan from an answer.

    Raises AlreadyAdded, StageSignedOff and TooManyActions.
    """
    plan = answer.respondent.round.plan
    with transaction.atomic():
        hold(plan)
        if made := RoundItem.objects.filter(answer=answer).select_related("item__step").first():
            raise AlreadyAdded(made.item)
        item = add_item(plan, step, title=title, by=by)
        RoundItem.objects.create(answer=answer, item=item)
    return item


def _ask(
    round_: Round, *, by: User, known_as: tuple[str, str], way: Way, group: str, **fields: Any
) -> Respondent:
    with transaction.atomic():
        _hold_plans(round_.plan.council)
        _hold(round_, RoundState.TO_COME, RoundState.OPEN)
        if Respondent.objects.filter(round=round_).count() >= RESPONDENTS_MAX:
            raise TooManyRespondents
        if _is_asked(round_, *known_as, fields.get("membership")):
            raise ValidationError(f"{known_as[1]} has already been invited to this round")
        asked = Respondent.objects.create(
            round=round_,
            person=_next_number(round_.plan.council),
            invited_by=by,
            way=way,
            group=group,
            **fields,
        )
        _record_respondent(asked, Kind.RESPONDENT_INVITED, by)
    return asked


def _is_asked(round_: Round, email: str, name: str, membership: Membership | None) -> bool:
    """Return whether someone in a round has the account, email address or name.

    Not the name that a member chose themselves: they could keep someone else from being invited.
    """
    asked = Respondent.objects.current().filter(round=round_).select_related("membership__user")
    has_chosen = membership is not None and membership.user.name_chosen_at is not None
    return any(
        (membership is not None and each.membership_id == membership.pk)
        or (email and each.address.lower() == email.lower())
        or (each.label.casefold() == name.casefold() and not (has_chosen or each.has_chosen_name))
        for each in asked
    )


def _next_number(council: Council) -> int:
    """Return a number that no one in a council's rounds has, those of deleted plans included."""
    there = Respondent.objects.filter(round__plan__council=council)
    last: int = there.aggregate(last=Max("person"))["last"] or 0
    deleted = DeletedRound.objects.filter(council=council)
    return 1 + max([last, *(person for gone in deleted for person, _ in gone.people)])


def _hold_plans(council: Council) -> None:
    """Lock the plans of a council."""
    hold_all(Plan.objects.filter(council=council))


def _hold(round_: Round, *states: RoundState) -> Round:
    """Lock a round and its plan until the transaction ends; return the round as stored.

    Raises RoundRefused unless it is in one of `states`.
    """
    hold(round_.plan)
    stored = Round.objects.select_for_update(no_key=True).get(pk=round_.pk)
    if stored.state not in states:
        if stored.is_closed:
            raise RoundRefused("This round has closed and cannot be changed.")
        if stored.is_open:
            raise RoundRefused("This round is already open.")
        raise RoundRefused(f"This round opens on {day_in_words(stored.opens)}.")
    return stored


def _hold_for_answers(respondent: Respondent) -> None:
    _hold(respondent.round, RoundState.OPEN)
    stored = Respondent.objects.current().filter(pk=respondent.pk).first()
    if stored is None:
        removed = "The person has" if respondent.way == Way.PAPER else "You have"
        raise RoundRefused(f"{removed} been removed from this round.")
    if stored.has_finished:
        theirs = "these" if stored.way == Way.PAPER else "your"
        raise RoundRefused(f"You have submitted {theirs} answers. Reopen them to change them.")


def _update(respondent: Respondent, **values: object) -> None:
    Respondent.objects.current().filter(pk=respondent.pk).update(**values)
    for name, value in values.items():
        setattr(respondent, name, value)


def _record_respondent(respondent: Respondent, kind: Event.Kind, by: User) -> None:
    """Record the group and the way but not the name, so that erasing a person changes no event."""
    group = within_sentence(respondent.get_group_display())
    way = Way(respondent.way).in_history
    detail = f"{respondent.round.name} ({group}, {way})"
    record(respondent.round.plan, kind, by=by, detail=detail)


def _write_to(
    respondent: Respondent, email: str, link: str, *, by: User, replaces: bool = False
) -> None:
    """Send the invitation after the commit. It says nothing about the plan: others may read it."""
    round_ = respondent.round
    count_email(sender=by, recipient=email, council=round_.plan.council)
    context = {"respondent": respondent, "round": round_, "link": link, "replaces": replaces}
    transaction.on_commit(
        partial(
            send_to,
            email,
            subject=f"{round_.plan.council} would like your views",
            body=render_to_string("assessments/rounds/email.txt", context),
        )
    )
