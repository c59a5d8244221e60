"""Merging two accounts of one person: what they have in plans, and what is private to them."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.advice.models import AdviceQuestion
from assessments.advisers.actions import revoke_grant
from assessments.comments.models import Comment, ThreadMark
from assessments.development.models import (
    CheckInPart,
    DevelopmentRecord,
    DevelopmentShare,
    JournalEntry,
    StandardAnswer,
)
from assessments.exports.kept import forget_pdfs
from assessments.notices.models import Notice
from assessments.plans.actions import hold
from assessments.plans.models import AdviserGrant, Plan, PlanItem, Review
from assessments.portfolio.actions import forget_bundled
from assessments.register.models import EarlyWin
from assessments.rounds.models import Respondent
from councils.actions import carry_rows, held_merge, merge_accounts
from councils.merging import MergedMembership
from councils.models import AccountMerge, Membership, User

from ..models import ConfirmationRequest
from .outcomes import close_requests


def confirm_merge(token: str, *, by: User) -> list[MergedMembership] | None:
    """Merge two accounts from the link to the other one; None if it cannot be used.

    `by` must be signed in to the account that asked. Callers have checked the second factor of the
    other account. Raises MergeRefused.
    """
    with transaction.atomic():
        merge = held_merge(AccountMerge.objects.for_token(token).filter(asked_by=by))
        if merge is None:
            return None
        return merge_people(merge, by=merge.kept, is_proven=True)


def merge_people(merge: AccountMerge, *, by: User, is_proven: bool) -> list[MergedMembership]:
    """Carry out a request that the caller holds; return the councils of the account that ended.

    Carried over: memberships with what names the person by them, grants as an adviser and questions
    to them, comments, notices, and if the person proved that both accounts are theirs, their
    development record, check-ins and records shared with them. Everything else in plans and in the
    record keeps the account that did it, whose name stays. Raises MergeRefused.
    """
    kept, ended = merge.kept, merge.ended
    with transaction.atomic():
        # Plans are locked before anything is written, as in every action that saves one.
        grants = AdviserGrant.objects.filter(adviser__in=[kept, ended])
        for plan in Plan.objects.filter(_touches(ended) | Q(pk__in=grants.values("plan"))).order_by(
            "pk"
        ):
            hold(plan)
        live = AdviserGrant.objects.live().filter(adviser=ended)
        merged = merge_accounts(
            kept,
            ended,
            by=by,
            is_proven=is_proven,
            advises=set(live.values_list("plan__council", flat=True)),
            stays={Respondent: Q(round__in=_rounds_of(kept))},
        )
        _carry_grants(kept, ended, by=by)
        carry_rows(AdviceQuestion, "adviser", ended, kept)
        carry_rows(AdviceQuestion, "asked_by", ended, kept)
        carry_rows(Review, "asked_by", ended, kept)
        carry_rows(Comment, "author", ended, kept)
        carry_rows(ThreadMark, "user", ended, kept)
        carry_rows(Notice, "user", ended, kept)
        carry_rows(Notice, "by", ended, kept)
        for model in (ThreadMark, Notice):
            model._default_manager.filter(user=ended).delete()
        requests = ConfirmationRequest.objects.filter(Q(by=ended) | Q(person=ended))
        close_requests(requests, by=by, is_carried_out=False)
        if is_proven:
            _carry_private(kept, ended)
        plans = Plan.objects.filter(council__in=[each.council for each in merged])
        forget_pdfs(plans)
        forget_bundled(plans)
        AccountMerge.objects.filter(pk=merge.pk).delete()
    return merged


def _touches(user: User) -> Q:
    """Return the condition on plans in which something is assigned to a person."""
    items = PlanItem.objects.filter(owner__user=user)
    wins = EarlyWin.objects.filter(owner__user=user)
    return Q(pk__in=items.values("plan")) | Q(pk__in=wins.values("plan"))


def _rounds_of(user: User) -> list[int]:
    """Return the rounds that a person answers as a member: each person answers once."""
    asked = Respondent.objects.current().filter(membership__user=user)
    return list(asked.values_list("round", flat=True))


def _carry_grants(kept: User, ended: User, *, by: User) -> None:
    """Make grants to the account that ended grants to the other; one for each plan stays live.

    That is the wider one. At a council of which the person is a member, none does.
    """
    own = Membership.objects.current().filter(user=kept).values("council")
    grants = AdviserGrant.objects.filter(adviser__in=[kept, ended], revoked_at=None)
    by_plan: dict[int, list[AdviserGrant]] = {}
    for grant in grants.select_related("plan", "adviser").order_by("pk"):
        by_plan.setdefault(grant.plan_id, []).append(grant)
    members_at = set(own.values_list("council", flat=True))
    for found in by_plan.values():
        widest = max(found, key=_width)
        for grant in found:
            if grant is not widest or grant.plan.council_id in members_at:
                revoke_grant(grant, by=by)
                # An expired grant is closed without an event.
                AdviserGrant.objects.filter(pk=grant.pk, revoked_at=None).update(
                    revoked_at=timezone.now()
                )
    AdviserGrant.objects.filter(adviser=ended).update(adviser=kept)


def _width(grant: AdviserGrant) -> tuple[object, ...]:
    """Sort key: of two grants, the later one gives more."""
    return grant.is_live, len(grant.stages), grant.may_comment, grant.until


def _carry_private(kept: User, ended: User) -> None:
    """Carry over a development record, check-ins, and what others shared with the person."""
    between = CheckInPart.objects.filter(person=kept).values("check_in")
    CheckInPart.objects.filter(person=ended).exclude(check_in__in=between).update(person=kept)
    own = DevelopmentShare.objects.filter(reader=ended, record__person=kept)
    own.filter(ended_at=None).update(ended_at=timezone.now())
    carry_rows(DevelopmentShare, "reader", ended, kept)
    DevelopmentShare.objects.filter(reader=ended, ended_at=None).update(ended_at=timezone.now())
    records = {
        each.person_id: each
        for each in DevelopmentRecord.objects.select_for_update()
        .filter(person__in=[kept, ended])
        .order_by("pk")
    }
    other = records.get(ended.pk)
    if other is None:
        return
    if kept.pk not in records:
        DevelopmentRecord.objects.filter(pk=other.pk).update(person=kept)
        DevelopmentShare.objects.filter(record=other, reader=kept, ended_at=None).update(
            ended_at=timezone.now()
        )
        return
    _join_records(records[kept.pk], other)


def _join_records(record: DevelopmentRecord, other: DevelopmentRecord) -> None:
    """Move everything written in one record to another of the same person; no text is lost.

    An answer to a standard that both have answered becomes a journal entry. Shares of the emptied
    record end: its readers were shown less than the joined record has.
    """
    is_same_edition = record.edition_id == other.edition_id
    for entry in other.journal.all():
        if not is_same_edition:
            entry.standards.clear()
    other.journal.update(record=record)
    answered = set(record.answers.values_list("standard", flat=True))
    for answer in other.answers.select_related("standard"):
        if is_same_edition and answer.standard_id not in answered:
            StandardAnswer.objects.filter(pk=answer.pk).update(record=record)
        elif words := _answer_in_words(answer):
            entry = JournalEntry.objects.create(
                record=record, day=timezone.localdate(answer.saved_at), words=words
            )
            if is_same_edition:
                entry.standards.add(answer.standard)
    other.delete()


def _answer_in_words(answer: StandardAnswer) -> str:
    """Return an answer as the text of a journal entry; "" if nothing was written in it."""
    step = answer.next_step
    if step and answer.next_step_on:
        step += f" (by {answer.next_step_on:%-d %B %Y})"
    parts = [
        answer.evidence,
        f"Next step: {step}" if step else "",
        f"Rating: {answer.get_rating_display()}" if answer.rating else "",
    ]
    written = [part for part in parts if part]
    if not written:
        return ""
    head = f"From your other account, standard {answer.standard.code}"
    return "\n\n".join([head, *written])
