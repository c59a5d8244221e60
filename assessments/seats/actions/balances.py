from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.versions import update_at
from councils.models import CouncilEvent, User
from elections.bodies import BodyKind, Committee, JointGroup, Tie, seats_of_party

from ..models import (
    AdoptedSeats,
    BalanceCommittee,
    BalanceJointGroup,
    CouncilComposition,
    PoliticalBalance,
    TieChoice,
)
from .compositions import record_for_council

VOTE_FIELDS = ("meeting_on", "votes_for", "votes_against", "abstentions")


def create_balance(
    *,
    composition: CouncilComposition,
    committees: Sequence[Committee],
    by: User,
    joint_groups: Sequence[JointGroup] = (),
    pool_sub_committees: bool = False,
) -> PoliticalBalance:
    """Save the bodies to allocate among the groups of a composition."""
    with transaction.atomic():
        balance = PoliticalBalance.objects.create(
            council=composition.council,
            composition=composition,
            pool_sub_committees=pool_sub_committees,
            made_by=by,
        )
        BalanceCommittee.objects.bulk_create(
            BalanceCommittee(
                balance=balance,
                position=position,
                name=committee.name,
                size=committee.size,
                kind=committee.kind.value,
                reason=committee.reason,
                coopted_voting=committee.coopted_voting,
                coopted_non_voting=committee.coopted_non_voting,
                coopted_note=committee.coopted_note,
            )
            for position, committee in enumerate(committees, start=1)
        )
        BalanceJointGroup.objects.bulk_create(
            BalanceJointGroup(
                balance=balance, position=position, name=joint.name, groups="\n".join(joint.groups)
            )
            for position, joint in enumerate(joint_groups, start=1)
        )
        said = [_committee_in_words(committee) for committee in committees]
        said += [f"treated as one: {' + '.join(joint.groups)}" for joint in joint_groups]
        said += ["sub-committees added to the ordinary committees"] * pool_sub_committees
        _record(balance, CouncilEvent.Kind.BALANCE_CREATED, by=by, after=", ".join(said))
    return balance


def _committee_in_words(committee: Committee) -> str:
    is_ordinary = committee.kind is BodyKind.ORDINARY
    kind = "" if is_ordinary else f" ({committee.kind.in_words})"
    return f"{committee.name} {committee.size}{kind}"


def settle_ties(
    balance: PoliticalBalance,
    choices: Sequence[tuple[Tie, str]],
    *,
    reason: str,
    version: int,
    by: User,
) -> None:
    """Settle ties: `choices` has the group that gets the seat, in the order of the ties.

    Raises StaleVersion, with nothing saved, if something was decided since `version`.
    """
    committees = {committee.name: committee for committee in balance.committees.all()}
    with transaction.atomic():
        update_at(PoliticalBalance, balance, version, {})
        TieChoice.objects.bulk_create(
            TieChoice(
                balance=balance,
                committee=committees.get(tie.body),
                number=tie.number,
                party=party,
                reason=reason,
                chosen_by=by,
            )
            for tie, party in choices
        )
        seats = ", ".join(f"{tie.body or 'all together'}: {party}" for tie, party in choices)
        _record(balance, CouncilEvent.Kind.TIE_SETTLED, by=by, after=f"{seats} ({reason})")


def unsettle_ties(balance: PoliticalBalance, *, version: int, by: User) -> None:
    """Take back every choice, to ask again from the start. Raises StaleVersion."""
    with transaction.atomic():
        update_at(PoliticalBalance, balance, version, {})
        before = ", ".join(f"{c.key[0] or 'all together'}: {c}" for c in balance.choices.all())
        balance.choices.all().delete()
        _record(balance, CouncilEvent.Kind.TIES_REOPENED, by=by, before=before)


def adopt_seats(
    balance: PoliticalBalance,
    committee: BalanceCommittee,
    seats: Mapping[str, int],
    *,
    version: int,
    by: User,
) -> None:
    """Depart from strict balance on one committee, or return to it: `seats` by party, or None.

    Raises StaleVersion, with nothing saved, if something was decided since `version`.
    """
    with transaction.atomic():
        update_at(PoliticalBalance, balance, version, {})
        before, after = _in_words(committee.departure), _in_words(seats)
        committee.adopted.all().delete()
        AdoptedSeats.objects.bulk_create(
            AdoptedSeats(committee=committee, party=party, seats=number)
            for party, number in (seats or {}).items()
        )
        if before == after:
            return
        _record(
            balance,
            CouncilEvent.Kind.SEATS_ADOPTED,
            by=by,
            before=f"{committee.name}: {before}",
            after=f"{committee.name}: {after}",
        )


def accept_table(
    balance: PoliticalBalance,
    table: Mapping[int, Mapping[str, int]],
    *,
    reason: str,
    version: int,
    by: User,
) -> None:
    """Accept the seats of every body as one decision, which decides the open ties as well.

    `table` has the seats by key of BalanceCommittee and party. Raises StaleVersion, with nothing
    saved, if something was decided since `version`.
    """
    committees = balance.balanced_committees
    if {committee.pk for committee in committees} != set(table):
        raise ValueError("A table has a row for each body in balance.")
    with transaction.atomic():
        before = _table_in_words(balance)
        accepted = {"accepted_reason": reason, "accepted_at": timezone.now(), "accepted_by": by}
        update_at(PoliticalBalance, balance, version, accepted)
        AdoptedSeats.objects.filter(committee__balance=balance).delete()
        AdoptedSeats.objects.bulk_create(
            AdoptedSeats(committee=committee, party=party, seats=seats)
            for committee in committees
            for party, seats in table[committee.pk].items()
        )
        rows = (f"{each.name}: {_in_words(table[each.pk])}" for each in committees)
        after = f"whole table ({reason}). {'; '.join(rows)}"
        _record(balance, CouncilEvent.Kind.SEATS_ADOPTED, by=by, before=before, after=after)


def clear_table(balance: PoliticalBalance, *, version: int, by: User) -> None:
    """Return every body to the seats as worked out. Raises StaleVersion."""
    with transaction.atomic():
        before = _table_in_words(balance)
        update_at(
            PoliticalBalance,
            balance,
            version,
            {"accepted_reason": "", "accepted_at": None, "accepted_by": None},
        )
        AdoptedSeats.objects.filter(committee__balance=balance).delete()
        _record(
            balance,
            CouncilEvent.Kind.SEATS_ADOPTED,
            by=by,
            before=before,
            after="all bodies: as worked out",
        )


def _table_in_words(balance: PoliticalBalance) -> str:
    adopted = [each for each in balance.balanced_committees if each.departure]
    if not adopted:
        return "all bodies: as worked out"
    accepted = f"whole table ({balance.accepted_reason}). " if balance.has_accepted_table else ""
    return accepted + "; ".join(f"{each.name}: {_in_words(each.departure)}" for each in adopted)


def record_vote(balance: PoliticalBalance, *, version: int, by: User, **vote: Any) -> None:
    """What the meeting decided: VOTE_FIELDS. Raises StaleVersion."""
    with transaction.atomic():
        before = _vote_in_words(balance)
        values = {name: vote[name] for name in VOTE_FIELDS} | {"voted_version": version + 1}
        update_at(PoliticalBalance, balance, version, values)
        _record(
            balance,
            CouncilEvent.Kind.VOTE_RECORDED,
            by=by,
            before=before,
            after=_vote_in_words(balance),
        )


def record_balance_export(balance: PoliticalBalance, *, by: User, kind: str) -> None:
    """Record that an allocation was downloaded, and in which format."""
    _record(balance, CouncilEvent.Kind.BALANCE_EXPORTED, by=by, after=kind)


def _record(
    balance: PoliticalBalance, kind: str, *, by: User, before: str = "", after: str = ""
) -> None:
    about = f"of {balance.made_at:%-d %B %Y}"
    record_for_council(balance.council, kind, by=by, about=about, before=before, after=after)


def _in_words(seats: Mapping[str, int] | None) -> str:
    if not seats:
        return "as worked out"
    return ", ".join(seats_of_party(*each) for each in seats.items())


def _vote_in_words(balance: PoliticalBalance) -> str:
    if not balance.has_vote:
        return ""
    votes = f"{balance.votes_for} for, {balance.votes_against} against"
    return f"{balance.meeting_on:%-d %B %Y}: {votes}, {balance.abstentions} abstained"
