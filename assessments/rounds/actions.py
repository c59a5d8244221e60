"""Rounds of the coalition review: who is asked, what they answer, and what comes of it.

What somebody answers is not on the council's record, nor is when they finish: an event says that a
round was made or closed and that somebody of a group was asked, and never who said what.
"""

from functools import partial

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.plans.actions import add_item, hold, record
from assessments.plans.models import Event
from assessments.versions import StaleVersion, changes_between, update_at
from councils.tokens import new_token

from .models import Respondent, Round, RoundAnswer, RoundItem, RoundState, Way

Kind = Event.Kind


class RoundRefused(Exception):
    """The round's state does not let this happen; the message says why."""


def make_round(plan, *, name, opens, closes, by):
    with transaction.atomic():
        made = Round.objects.create(plan=plan, name=name, opens=opens, closes=closes, made_by=by)
        changes = changes_between(Round(), {"opens": opens, "closes": closes})
        record(plan, Kind.ROUND_MADE, by=by, detail=name, changes=changes)
    return made


def change_round(round_, *, version, by, **fields):
    """Change a round's name or days until it has closed. Raises StaleVersion, RoundRefused."""
    changes = changes_between(round_, fields)
    if not changes:
        return
    with transaction.atomic():
        _hold(round_, RoundState.TO_COME, RoundState.OPEN)
        update_at(Round, round_, version, {change.name: change.value for change in changes})
        record(round_.plan, Kind.ROUND_CHANGED, by=by, detail=round_.name, changes=changes)


def open_round(round_, *, by):
    """Let a round open today. Does nothing if it is open. Raises RoundRefused."""
    if round_.is_open:
        return
    with transaction.atomic():
        _hold(round_, RoundState.TO_COME)
        changes = changes_between(round_, {"opens": timezone.localdate()})
        update_at(Round, round_, round_.version, {"opens": timezone.localdate()})
        record(round_.plan, Kind.ROUND_OPENED, by=by, detail=round_.name, changes=changes)


def close_round(round_, *, by):
    """Close an open round, for good. Does nothing if it has closed. Raises RoundRefused."""
    if round_.is_closed:
        return
    with transaction.atomic():
        _hold(round_, RoundState.OPEN)
        values = {"closed_at": timezone.now(), "closed_by": by}
        update_at(Round, round_, round_.version, values)
        record(round_.plan, Kind.ROUND_CLOSED, by=by, detail=round_.name)


# --- Who is asked ---------------------------------------------------------------------------------


def ask_member(round_, *, membership, group, by, link=""):
    """Ask a member of the council, by e-mail if there is a `link` to put in it.

    ValidationError if they are asked already; RoundRefused.
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
        if link:
            _write_to(asked, membership.user.email, link)
    return asked


def ask_by_link(round_, *, name, email, group, by, link_for=None):
    """Ask somebody by a link that needs no account; `link_for(token)` makes its whole address.

    Without it no e-mail is sent.
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
            _write_to(asked, email, link_for(token))
    return asked


def add_on_paper(round_, *, name, group, by):
    """Somebody whose answers `by` types in from paper."""
    return _ask(round_, by=by, group=group, way=Way.PAPER, name=name, known_as=("", name))


def resend_link(respondent, *, by, link_for):
    """Send a new link; the one before stops working at once, wherever it is open."""
    token = new_token()
    with transaction.atomic():
        _hold(respondent.round, RoundState.TO_COME, RoundState.OPEN)
        links = Respondent.objects.current().filter(pk=respondent.pk, way=Way.LINK)
        if links.update(token_digest=Respondent.digest_of(token)):
            _write_to(respondent, respondent.email, link_for(token))
            _record_respondent(respondent, Kind.RESPONDENT_RESENT, by)


def remove_respondent(respondent, *, by):
    """Ask somebody no more: their link ends at once, and what they answered is deleted.

    Not once the round has closed: what changes in its result would tell what they said.
    """
    with transaction.atomic():
        _hold(respondent.round, RoundState.TO_COME, RoundState.OPEN)
        current = Respondent.objects.current().filter(pk=respondent.pk)
        values = {"removed_at": timezone.now(), "token_digest": None, "finished_at": None}
        if current.update(**values):
            RoundAnswer.objects.filter(respondent=respondent).delete()
            _record_respondent(respondent, Kind.RESPONDENT_REMOVED, by)


def forget_respondent(respondent):
    """Take a respondent's name and address away; what they answered stays, as nobody's.

    For whoever has no account: a member is erased as every member is.
    """
    Respondent.objects.filter(pk=respondent.pk).exclude(way=Way.MEMBER).update(
        name=f"Removed respondent {respondent.pk}",
        email="",
        token_digest=None,
        may_be_named=False,
    )


# --- What they answer -----------------------------------------------------------------------------


def save_round_answer(respondent, component, *, version, **fields):
    """Save what a respondent says of a component; `version` is 0 for the first time.

    A save that only adds to what was saved since `version` conflicts with nothing: it is the next
    of two that one page sent at once. Raises StaleVersion if it would replace something, as from
    another device, and RoundRefused.
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


def finish_answers(respondent, *, may_be_named):
    """Hand the answers in: only those that are handed in count. RoundRefused."""
    with transaction.atomic():
        _hold_for_answers(respondent)
        _update(respondent, may_be_named=may_be_named, finished_at=timezone.now())


def take_back_answers(respondent):
    """Go on answering after all. Does nothing if they are not handed in. RoundRefused."""
    with transaction.atomic():
        _hold(respondent.round, RoundState.OPEN)
        _update(respondent, finished_at=None)


def make_item_of(answer, step, *, title, by):
    """Make an item of the plan from what an answer says is to do; again it is the same item.

    Raises StageSignedOff.
    """
    plan = answer.respondent.round.plan
    with transaction.atomic():
        hold(plan)
        made = RoundItem.objects.filter(answer=answer).select_related("item").first()
        if made is None:
            item = add_item(plan, step, title=title, by=by)
            made = RoundItem.objects.create(answer=answer, item=item)
    return made.item


def _ask(round_, *, by, known_as, **fields):
    with transaction.atomic():
        hold(round_.plan)
        _hold(round_, RoundState.TO_COME, RoundState.OPEN)
        person = _number_of(round_.plan, *known_as)
        if Respondent.objects.current().filter(round=round_, person=person).exists():
            raise ValidationError("They are asked in this round already.")
        asked = Respondent.objects.create(round=round_, person=person, invited_by=by, **fields)
        _record_respondent(asked, Kind.RESPONDENT_INVITED, by)
    return asked


def _number_of(plan, email, name):
    """The number of a person in the rounds of a plan: by their address, else by their name."""
    known = Respondent.objects.filter(round__plan=plan).select_related("membership__user")
    by_email, by_name, last = {}, {}, 0
    for each in known:
        user = each.membership.user if each.membership else each
        by_email[user.email.lower()] = by_name[user.name.casefold()] = each.person
        last = max(last, each.person)
    by_email.pop("", None)
    return by_email.get(email.lower()) or by_name.get(name.casefold()) or last + 1


def _hold(round_, *states):
    """Nobody else answers in or changes the round until the transaction ends; RoundRefused."""
    stored = Round.objects.select_for_update(no_key=True).get(pk=round_.pk)
    if stored.state not in states:
        if stored.is_closed:
            raise RoundRefused("This round has closed. Nothing in it can be changed any more.")
        if stored.is_open:
            raise RoundRefused("This round is open already.")
        raise RoundRefused(f"This round opens on {stored.opens.day} {stored.opens:%B %Y}.")


def _hold_for_answers(respondent):
    _hold(respondent.round, RoundState.OPEN)
    stored = Respondent.objects.current().filter(pk=respondent.pk).first()
    if stored is None:
        raise RoundRefused("You are not asked in this round any more.")
    if stored.has_finished:
        raise RoundRefused("Your answers are handed in. Take them back to change them.")


def _update(respondent, **values):
    Respondent.objects.current().filter(pk=respondent.pk).update(**values)
    for name, value in values.items():
        setattr(respondent, name, value)


def _record_respondent(respondent, kind, by):
    """Of which group and by which way, but not who: nothing has to be taken out of the record."""
    parts = (respondent.round.name, respondent.get_group_display(), respondent.get_way_display())
    record(respondent.round.plan, kind, by=by, detail=", ".join(parts))


def _write_to(respondent, email, link):
    """Nothing but who asks, for which council and until when: e-mail is read by others."""
    round_ = respondent.round
    context = {"respondent": respondent, "round": round_, "link": link}
    transaction.on_commit(
        partial(
            send_mail,
            f"{round_.plan.council} asks for your view",
            render_to_string("assessments/rounds/email.txt", context),
            None,
            [email],
        )
    )
