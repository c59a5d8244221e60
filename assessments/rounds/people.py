"""Who is who in the review rounds of a council, as far as it can be known.

Names and addresses change, a mailbox has another user one day, and two people have one name.
Whether a respondent is someone who answered an earlier round is often not certain, and a wrong
guess either way can show what one person answered. So nothing is guessed. A respondent is

- someone of an earlier round, if that is sure (`Signs.is_sure`);
- someone else, if they have nothing in common with anyone of an earlier round but a first name, or
  if both have answered one round;
- in doubt otherwise, also if someone has answered the same round under the same name. Their answer
  is then in no figure of the later round: that is safe either way.

Whose answers a reader knows is as uncertain. What they certainly know and what they may know are
kept apart: see `disclosure.known_to_readers`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from councils.models import EarlierAddress, EarlierName, User, counts_in

from .marks import Signs, is_personal, names_may_be_one, signs_kept_in, signs_of
from .models import DeletedRound, Respondent, Round, Way


def signs_of_accounts(
    users: Iterable[User], council_id: int, *, keeps: bool = False
) -> dict[int, Signs]:
    """Return the signs of accounts by primary key; two queries.

    They are of each name and address that the account has or had, and of the account that it was
    merged into.
    """
    by_pk = {user.pk: user for user in users}
    for user in [*by_pk.values()]:
        if user.merged_into is not None:
            by_pk[user.merged_into.pk] = user.merged_into
    emails, names = defaultdict(set), defaultdict(set)
    counted = counts_in(council_id)
    for pk, email in EarlierAddress.objects.filter(counted, user__in=by_pk).values_list(
        "user", "email"
    ):
        emails[pk].add(email)
    for pk, name in EarlierName.objects.filter(counted, user__in=by_pk).values_list("user", "name"):
        names[pk].add(name)
    found = {}
    for pk, user in by_pk.items():
        keys = {pk, user.merged_into_id or pk}
        called = {by_pk[key].name for key in keys}.union(*(names[key] for key in keys))
        signs = signs_of(
            accounts=keys,
            emails={by_pk[key].email for key in keys}.union(*(emails[key] for key in keys)),
            names=called,
            keeps=keeps,
        )
        # Under the name of an office, no one is invited: what counts is who has the account now.
        is_one = is_personal(user.name) and names_may_be_one(filter(is_personal, called))
        found[pk] = replace(signs, is_one=is_one)
    return found


def signs_of_respondent(
    respondent: Respondent, accounts: Mapping[int, Signs], *, keeps: bool = False
) -> Signs:
    """Return the signs of a respondent; `accounts` as `signs_of_accounts` returns them.

    Of someone whose name was removed, they are those that were kept then.
    """
    on_paper = respondent.way == Way.PAPER
    writers = {_account_of(respondent.invited_by)} if on_paper else ()
    if not respondent.name_mark:
        signs = signs_of(
            emails=[respondent.email], names=[respondent.name], writers=writers, keeps=keeps
        )
        return signs | accounts[respondent.membership.user_id] if respondent.membership else signs
    signs = signs_of(writers=writers, keeps=keeps) | signs_kept_in(respondent.other_marks.split())
    if respondent.membership:
        signs |= signs_of(accounts=[_account_of(respondent.membership.user)], keeps=keeps)
    return signs | Signs(
        names=frozenset({respondent.name_mark}),
        emails=frozenset(filter(None, [respondent.email_mark])),
    )


def _account_of(user: User) -> int:
    """Return the key of the account, or of the one that it was merged into."""
    return user.merged_into_id or user.pk


@dataclass
class _Person:
    """One person, as far as is known: their signs, and the rounds that they answered."""

    signs: list[Signs] = field(default_factory=list)
    rounds: set[object] = field(default_factory=set)


def _mark_repeated(answered: Iterable[Respondent], signs: Mapping[int, Signs]) -> None:
    """Find who may have answered a round twice: of two with one account or name, the second.

    Two accounts may have been merged before the close.
    """
    accounts: set[int] = set()
    names: set[str] = set()
    for each in answered:
        account = _account_of(each.membership.user) if each.membership else None
        each.is_repeated = account in accounts or bool(names & signs[each.pk].names)
        names |= signs[each.pk].names
        if account is not None:
            accounts.add(account)


class People:
    """The people of a council's rounds, by number.

    `respondents` are of its closed rounds, by the key of the round. Each gets the number of the
    person that they are as `person`, in memory, and is `is_in_doubt` if they may be another one. A
    later round never changes what was found for an earlier one.
    """

    def __init__(
        self,
        council_id: int,
        rounds: Sequence[Round],
        respondents: Mapping[int, Sequence[Respondent]],
        deleted: Sequence[DeletedRound],
        sheets: Sequence[Respondent],
    ) -> None:
        everyone = [each for round_ in rounds for each in respondents[round_.pk]] + [*sheets]
        self._readers = {
            each.invited_by_id: each.invited_by for each in everyone if each.way == Way.PAPER
        }
        before = {int(key) for gone in deleted for key in gone.entered} - set(self._readers)
        if before:
            found = User.objects.filter(pk__in=before).select_related("merged_into")
            self._readers |= {each.pk: each for each in found}
        users = [each.membership.user for each in everyone if each.membership]
        self._accounts = signs_of_accounts([*users, *self._readers.values()], council_id)
        self._people: dict[int, _Person] = {}
        self._by_mark: dict[tuple[str, str], set[int]] = defaultdict(set)
        numbers = [each.person for each in everyone]
        numbers += [person for gone in deleted for person, _ in gone.people]
        self._last = max(numbers, default=0)
        self._entered: dict[int, list[Signs]] = defaultdict(list)
        for gone in deleted:
            self._add_deleted(gone)
        for round_ in rounds:
            self._add_round(round_, respondents[round_.pk])
        for sheet in sheets:
            signs = signs_of_respondent(sheet, self._accounts)
            sheet.perhaps = frozenset(self._alike(signs))

    def readers(self) -> tuple[dict[int, int], dict[int, set[int]]]:
        """Return who those are who entered answers on paper, by the key of their account; and
        whose answers they may know besides, by that number.

        A number as Respondent.person; a negative number for someone who is not surely one of them.
        """
        numbers: dict[int, int] = {}
        perhaps: dict[int, set[int]] = defaultdict(set)
        for key, user in self._readers.items():
            account, signs = _account_of(user), self._accounts[key]
            alike = self._alike(signs)
            own = {
                number
                for number in alike
                if any(each.accounts & signs.accounts for each in self._people[number].signs)
            }
            number = next(iter(own)) if signs.is_one and len(own) == 1 else -account
            numbers[key] = number
            perhaps[number] |= alike.union(*map(self._alike, self._entered[account])) - {number}
        return numbers, perhaps

    def _add_deleted(self, gone: DeletedRound) -> None:
        written = defaultdict(list)
        for key, people in gone.entered.items():
            user = self._readers.get(int(key))
            for person in people:
                written[person].append(_account_of(user) if user else int(key))
        finished = {person for sets in gone.sets.values() for each in sets for person in each}
        for person, marks in gone.people:
            signs = signs_kept_in(marks) | signs_of(writers=written[person])
            # Who was asked and did not answer is kept if they entered sheets.
            self._add(person, signs, f"deleted {gone.pk}" if person in finished else None)
            for account in written[person]:
                self._entered[account].append(signs)

    def _add_round(self, round_: Round, asked: Sequence[Respondent]) -> None:
        """Number those who answered. In a round whose result has been kept, they stay who they are
        by their stored numbers: a name that changes later could else show what was kept back.
        """
        answered = sorted((r for r in asked if r.has_finished), key=lambda r: r.person)
        signs = {r.pk: signs_of_respondent(r, self._accounts) for r in answered}
        _mark_repeated(answered, signs)
        if round_.disclosure is None:
            self._find(answered, signs)
        for each in answered:
            # Two of one name in a round may be one person, asked with their account and by a link.
            self._add(each.person, signs[each.pk], None if each.is_repeated else round_.pk)
            if each.way == Way.PAPER:
                self._entered[_account_of(each.invited_by)].append(signs[each.pk])

    def _find(self, answered: Sequence[Respondent], signs: Mapping[int, Signs]) -> None:
        """Give those who surely answered an earlier round their number, and find who may have."""
        alike = {r.pk: self._alike(signs[r.pk]) for r in answered}
        sure = {r.pk: self._surely(signs[r.pk], alike[r.pk]) for r in answered}
        wanted = Counter(number for found in sure.values() for number in found)
        taken: dict[int, int] = {}
        for each in answered:
            found = sure[each.pk]
            if len(found) == 1 and wanted[min(found)] == 1:
                taken[each.pk] = min(found)
            elif found:
                each.is_in_doubt = True
        for each in answered:
            each.is_in_doubt |= each.is_repeated
        # Of someone asked twice, the other answer could be theirs, too.
        here = {taken[r.pk] for r in answered if r.pk in taken and not r.is_repeated}
        for each in answered:
            number = taken.get(each.pk)
            rounds = self._people[number].rounds if number else set()
            each.is_in_doubt |= any(
                other not in here and not rounds & self._people[other].rounds
                for other in alike[each.pk] - {number}
            )
            each.person = number or self._new_number(each.person)

    def _new_number(self, stored: int) -> int:
        if stored not in self._people:
            self._people[stored] = _Person()
            return stored
        self._last += 1
        return self._last

    def _add(self, number: int, signs: Signs, round_: object) -> None:
        person = self._people.setdefault(number, _Person())
        person.signs.append(signs)
        if round_ is not None:
            person.rounds.add(round_)
        for sign in signs.index():
            self._by_mark[sign].add(number)

    def _alike(self, signs: Signs) -> set[int]:
        """Return the numbers of people who may be someone with these signs."""
        found = set().union(*(self._by_mark.get(sign, ()) for sign in signs.index()))
        return {number for number in found if any(map(signs.may_be, self._people[number].signs))}

    def _surely(self, signs: Signs, alike: Iterable[int]) -> set[int]:
        return {number for number in alike if any(map(signs.is_sure, self._people[number].signs))}
