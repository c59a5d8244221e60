"""Which accounts a move to another domain is for, and the address that each of them gets."""

from dataclasses import dataclass

from .models import Council, DomainMove, DomainMovePerson, Membership, User


@dataclass(frozen=True)
class MovedAddress:
    """A member whose address is of the old domain, the new address, and why they cannot move."""

    user: User
    new_email: str
    problem: str


def domain_of(email: str) -> str:
    return email.rpartition("@")[2]


def addresses_to_move(council: Council, old_domain: str, new_domain: str) -> list[MovedAddress]:
    """Return the members of a council with an address of one domain. Two queries.

    People with other addresses, such as advisers from outside, are left alone.
    """
    members = Membership.objects.current().filter(council=council, user__is_active=True)
    members = members.filter(user__email__endswith=f"@{old_domain}").select_related("user")
    found = {
        each.user: f"{each.user.email.rpartition('@')[0]}@{new_domain}"
        for each in members.order_by("user__name", "user")
    }
    taken = set(User.objects.filter(email__in=found.values()).values_list("email", flat=True))
    return [MovedAddress(user, new, _problem(user, new, taken)) for user, new in found.items()]


def _problem(user: User, new: str, taken: set[str]) -> str:
    if user.is_operator:
        return "An operator changes their own address."
    if new in taken:
        return "This address has an account. If both are theirs, they can merge them."
    return ""


def move_of(user: User) -> DomainMovePerson | None:
    """Return what is left for a person to confirm in a move that was agreed to. One query."""
    begun = DomainMove.objects.open().filter(agreed_at__isnull=False)
    waiting = DomainMovePerson.objects.filter(user=user, moved_at=None, move__in=begun)
    for person in waiting.select_related("move__council").order_by("pk"):
        if domain_of(user.email) == person.move.old_domain:
            return person
    return None
