"""Merging two accounts of one person: what they have in plans, and what is private to them."""

import datetime as dt
from collections.abc import Collection

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
    Reflection,
    StandardAnswer,
)
from assessments.notices.models import Notice
from assessments.plans.actions import hold_all
from assessments.plans.models import AdviserGrant, Plan, Review
from assessments.rounds.models import Respondent, Way
from councils.actions import carry_rows, held_merge, merge_accounts
from councils.merging import MergedMembership
from councils.models import AccountMerge, Council, Membership, User
from councils.names import councils_naming

from ..access import ends_with_merge
from ..models import ConfirmationRequest
from ..traces import plans_of_accounts
from .outcomes import ACCOUNTS_MERGED, cancel_requests, forget_copies


def confirm_merge(token: str, *, by: User) -> list[MergedMembership] | None:
    """Merge accounts from the link to the other one; None if it cannot be used.

    `by` must be signed in to the account that asked. Callers have checked the second factor of the
    other account. Raises MergeRefused.
    """
    with transaction.atomic():
        merge = held_merge(
            AccountMerge.objects.for_token(token).filter(asked_by=by), lock_first=lock_places_of
        )
        if merge is None:
            return None
        return merge_people(merge, by=merge.kept, is_proven=True)


def lock_places_of(accounts: Collection[int]) -> None:
    """Lock the councils and then the plans that merging these accounts changes.

    In the order in which every action takes such locks, so that none waits for another. The record
    of each council that names one of them can get an entry.
    """
    grants = AdviserGrant.objects.filter(adviser__in=accounts)
    belongs = Membership.objects.filter(user__in=accounts)
    naming = {
        council
        for account in accounts
        for council in councils_naming(User(pk=account)).values_list("pk", flat=True)
    }
    councils = Council.objects.filter(
        Q(pk__in=belongs.values("council"))
        | Q(pk__in=grants.values("plan__council"))
        | Q(pk__in=naming)
    )
    list(councils.order_by("pk").select_for_update(no_key=True).values("pk"))
    hold_all(plans_of_accounts(accounts))


def merge_people(merge: AccountMerge, *, by: User, is_proven: bool) -> list[MergedMembership]:
    """Carry out a request; return the councils of the account that ended.

    Callers hold the request and both accounts, and have called `lock_places_of` before that.
    Carried over: memberships with what names the person by them, grants as an adviser and questions
    to them, comments, notices, and if the person proved that both accounts are theirs, their
    development record, check-ins and records shared with them. Everything else in plans and in the
    record keeps the account that did it, whose name stays. Raises MergeRefused.
    """
    kept, ended = merge.kept, merge.ended
    with transaction.atomic():
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
        # Ended and not delayed: the person was told what would be erased with one account, and the
        # owners did not ask for what came from the other one.
        cancel_requests(
            ConfirmationRequest.objects.filter(ends_with_merge(kept, ended)),
            by=by,
            because=ACCOUNTS_MERGED,
        )
        if is_proven:
            # No one else can read or finish answers that someone enters from paper.
            is_theirs = Q(way=Way.PAPER)
            carry_rows(Respondent, "invited_by", ended, kept, but=~is_theirs)
            _carry_private(kept, ended)
        forget_copies(Plan.objects.filter(council__in=[each.council for each in merged]))
        AccountMerge.objects.filter(pk=merge.pk).delete()
    return merged


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

    What both have written about one subject becomes a journal entry. Shares of both end, unless
    nothing was written in the emptied one: their readers were shown less than the joined record
    has, and the person shares it again if they want to.
    """
    _end_shares_if_joined(record, other)
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
            entry = _to_journal(record, answer.saved_at, words)
            if is_same_edition:
                entry.standards.add(answer.standard)
    noted = set(record.reflections.values_list("principle", "attribute"))
    for reflection in other.reflections.select_related("principle", "attribute"):
        if (reflection.principle_id, reflection.attribute_id) not in noted:
            Reflection.objects.filter(pk=reflection.pk).update(record=record)
        elif reflection.note:
            head = f"From your other account, note on {reflection.subject.title}"
            _to_journal(record, reflection.saved_at, f"{head}\n\n{reflection.note}")
    other.delete()


def _end_shares_if_joined(record: DevelopmentRecord, other: DevelopmentRecord) -> None:
    written = (other.answers, other.journal, other.reflections)
    if any(rows.exists() for rows in written):
        record.shares.filter(ended_at=None).update(ended_at=timezone.now())


def _to_journal(record: DevelopmentRecord, saved_at: dt.datetime, words: str) -> JournalEntry:
    day = timezone.localdate(saved_at)
    return JournalEntry.objects.create(record=record, day=day, words=words)


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
