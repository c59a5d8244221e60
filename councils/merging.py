"""What merging two accounts of one person gives, council by council, and when it is refused.

Post, access and deputy roles are taken together from one of the two memberships, so that the
merged account can do nothing at a council that neither account could do there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from govuk.fields import within_sentence

from .models import STATUTORY_OFFICES, Council, Membership, User, signs_in_twice
from .names import NAMED_BESIDE_MEMBERS, councils_naming, is_taken
from .permissions import greater_of, is_owner


@dataclass(frozen=True)
class MergedMembership:
    """The memberships of one council that two accounts have or had; `kept` of the one that stays.

    At least `ended`, that of the account that ends, is there.
    """

    ended: Membership
    kept: Membership | None

    @property
    def council(self) -> Council:
        return self.ended.council

    @property
    def is_current(self) -> bool:
        """Return whether the account that ends is a member now, so that something is carried."""
        return self.ended.ended_at is None

    @property
    def both_are_current(self) -> bool:
        return self.is_current and self.kept is not None and self.kept.ended_at is None

    @property
    def taken(self) -> Membership:
        """The membership whose post, access and deputy roles the merged account has.

        The one with the greater access; of two with the same, that of the account that stays.
        """
        if self.kept is None or not self.both_are_current:
            return self.ended if self.is_current else self.kept or self.ended
        return greater_of(self.kept, self.ended)


def merged_memberships(kept: User, ended: User) -> list[MergedMembership]:
    """Return each council of the account that ends, also where it is no longer a member. 1 query.

    In the order in which events must be written.
    """
    rows = Membership.objects.filter(user__in=[kept, ended]).select_related("user", "council")
    by_council: dict[int, dict[int, Membership]] = {}
    for row in rows.order_by("council_id"):
        by_council.setdefault(row.council_id, {})[row.user_id] = row
    return [
        MergedMembership(found[ended.pk], found.get(kept.pk))
        for found in by_council.values()
        if ended.pk in found
    ]


def why_not_merge(
    kept: User, ended: User, merged: Iterable[MergedMembership], *, is_proven: bool
) -> list[str]:
    """Return why two accounts cannot be merged, as sentences for the person; empty if they can.

    `is_proven` is False if operators confirm in place of the mailbox of the account that ends.
    """
    problems, merged = [], list(merged)
    if kept.is_operator or ended.is_operator:
        problems.append(
            "One of these accounts belongs to an operator of the planner. Operators keep an "
            "account of their own."
        )
    if signs_in_twice(ended) and not signs_in_twice(kept):
        problems.append(
            f"{ended.email} uses two-step sign-in and {kept.email} does not. Turn it on for "
            f"{kept.email} first."
        )
    for each in merged:
        if each.both_are_current:
            problems += _roles_that_conflict(each)
        if not is_proven and is_owner(each.ended) and not is_owner(each.kept):
            problems.append(
                f"{ended.email} is an owner at {each.council}, and {kept.email} is not. Without "
                "the earlier mailbox this cannot be carried over: ask another owner there to make "
                f"{kept.email} an owner first."
            )
    return problems + _name_of_others(kept, ended, merged)


def _name_of_others(kept: User, ended: User, merged: Iterable[MergedMembership]) -> list[str]:
    """Return where someone else has the name that the merged account would have there.

    Also at councils that the account that ends has left: what it wrote there is then shown under
    the name of the account that stays.
    """
    joined = {each.council for each in merged if each.is_current and not each.both_are_current}
    for _, of_person, _ in NAMED_BESIDE_MEMBERS:
        joined |= set(of_person(ended))
    joined |= set(councils_naming(ended)) - set(councils_naming(kept))
    return [
        f"Someone else at {council} is called {kept.name}. Change the name of {kept.email} first, "
        "for example by adding an initial."
        for council in sorted(joined, key=lambda council: council.pk)
        if is_taken(kept.name, council, but=[kept, ended])
    ]


def _roles_that_conflict(both: MergedMembership) -> list[str]:
    assert both.kept is not None  # noqa: S101 - both are current
    offices = {both.kept.office, both.ended.office}
    if len(offices) < 2 or offices.isdisjoint(STATUTORY_OFFICES):
        return []
    first, second = (within_sentence(each.get_office_display()) for each in (both.kept, both.ended))
    return [
        f"At {both.council} one account is {first} and the other {second}. A statutory role "
        "cannot be given or lost by a merge: ask an owner there to give both accounts the same "
        "officer role, or to remove one."
    ]
