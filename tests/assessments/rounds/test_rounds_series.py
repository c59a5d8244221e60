"""Series of rounds in which people are asked again under other names, addresses and ways.

Plans are added and deleted in between, and members take the names of people who have no account.

If the rounds took someone for two people, or two people for one, the difference between two results
would be what one person answered. Each series is drawn at random, and is the same each time. The
figures are checked against who the people really are.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments.data_protection.actions import purge_plan
from assessments.plans.actions import create_plan
from assessments.plans.models import Plan
from assessments.rounds.actions import (
    add_on_paper,
    ask_by_link,
    ask_member,
    close_round,
    finish_answers,
    make_round,
    remove_name,
    save_round_answer,
)
from assessments.rounds.disclosure import is_safe, is_safe_for
from assessments.rounds.models import Respondent, Round
from councils.actions import add_member, change_name, end_membership
from councils.models import Council, EarlierAddress, Membership, User
from frameworks.models import CoalitionComponent

NAMES = ("Ann Ash", "Bob Birch", "Cy Cole", "Dee Dow", "Eli Elm", "Fay Fir", "Gus Gorse")
NO_ONE = -1  # a reader who knows no answers
SERIES = range(52)


@dataclass
class RoundSeries:
    """Rounds of one council, as drawn by `random`. People are known by their places in NAMES."""

    council: Council
    plans: list[Plan]
    chief: User
    helper: User
    settings: object
    random: Random
    members: dict[int, Membership] = field(default_factory=dict)
    really: dict[int, int] = field(default_factory=dict)  # who a respondent is
    knows: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    shown: list[frozenset[int]] = field(default_factory=list)
    plans_added: int = 0

    def begin(self):
        framework = self.plans[0].components_id
        self.component = CoalitionComponent.objects.get(framework=framework, number=1)
        self.people = range(self.random.choice([4, 5, 6, 7]))
        for person in self.people:
            self.knows[person] = {person}
            if self.random.random() < 0.5:
                self.members[person] = self.member(person)
        self.knows[NO_ONE] = set()

    def member(self, person):
        return add_member(
            council=self.council,
            email=f"{person}@series.example",
            name=NAMES[person],
            office="slt-member",
            access="editor",
            joined=True,
        ).membership

    def hold_round(self, number):
        """Ask most people, let most of them answer, close the round and check what it shows."""
        today = timezone.localdate()
        closes = today + dt.timedelta(days=5)
        plan = self.random.choice(self.plans)
        made = make_round(plan, name=f"Round {number}", opens=today, closes=closes, by=self.chief)
        for person in self.people:
            if self.random.random() < 0.85:
                self.ask(made, person, number)
        close_round(made, by=self.chief)
        self.check(made)

    def ask(self, made, person, number):
        random, group = self.random, self.random.choice(["officers", "officers", "leading"])
        member = self.members.get(person)
        reader = None
        try:
            if member and member.ended_at is None and random.random() < 0.8:
                asked = ask_member(made, membership=member, group=group, by=self.chief)
            elif random.random() < 0.66:
                address = random.choice(["series.example", f"home{number}.example"])
                # A mailbox of a role can have been someone else's.
                owner = random.choice([person] * 6 + [*self.people])
                asked = ask_by_link(
                    made,
                    name=self.spelled(person),
                    email=f"{owner}@{address}",
                    group=group,
                    by=self.chief,
                )
            else:
                reader = random.choice([self.chief, self.helper])
                asked = add_on_paper(made, name=self.spelled(person), group=group, by=reader)
        except ValidationError:
            return  # taken for someone who has already been asked
        self.really[asked.pk] = person
        if random.random() < 0.93:
            save_round_answer(asked, self.component, version=0, strength=random.randint(1, 5))
            finish_answers(asked, may_be_named=random.random() < 0.3)
            if reader:
                self.knows[-1 - reader.pk].add(person)

    def spelled(self, person):
        first, last = NAMES[person].split()
        ways = ("{} {}", "Cllr {} {}", "{} Q. {}", "Dr {} {}", "{} {}", "Cllr {} {}")
        ways += ("{} {} OBE", "{1}, {0}", "{} {} (Lab)", "{} {}-Nova", "{1}", "Nan {1}")
        return self.random.choice(ways).format(first, last)

    def check(self, made):
        kept = Round.objects.get(pk=made.pk).disclosure[str(self.component.number)]
        people = {
            each.person: self.really[each.pk] for each in Respondent.objects.filter(round=made)
        }
        before = list(self.shown)
        if kept["total"]:
            for numbers in (kept["total"], *kept["groups"].values()):
                self.shown.append(frozenset(people[number] for number in numbers))
        for reader, known in self.knows.items():
            if self.is_safe_for(known, before):
                assert self.is_safe_for(known, self.shown), (reader, self.shown)

    def is_safe_for(self, known, sets):
        return is_safe_for(frozenset(known), sets) if known else is_safe(sets)

    def let_something_happen(self, number):
        happenings = (self.rename, self.leave, self.remove_names, self.move, self.change_key)
        happenings += (self.take_name, self.add_plan, self.delete_plan)
        self.random.choice(happenings)(number)

    def rename(self, number):
        if member := self.any_member():
            first = member.user.name.split()[0]
            self.call(member, f"{first} Nova{self.random.choice('abcdefgh')}")

    def take_name(self, number):
        without = [NAMES[person] for person in self.people if person not in self.members]
        if (member := self.any_member()) and without:
            self.call(member, self.random.choice(without))

    def call(self, member, name):
        try:
            change_name(member.user, name=name)
        except ValidationError:
            return  # changed too often, or taken
        member.user.refresh_from_db()

    def add_plan(self, number):
        self.plans_added += 1
        day = dt.date(2028, 1, 6) + dt.timedelta(weeks=self.plans_added)
        self.plans.append(create_plan(council=self.council, by=self.chief, election_day=day))

    def delete_plan(self, number):
        if len(self.plans) > 1:
            plan = self.plans.pop(self.random.randrange(len(self.plans)))
            purge_plan(plan, by=self.chief)

    def leave(self, number):
        member = self.any_member()
        if member and member.ended_at is None:
            end_membership(member, by=self.chief)
            member.refresh_from_db()

    def remove_names(self, number):
        closed = Respondent.objects.filter(membership=None).order_by("pk")
        for respondent in closed.exclude(round__closed_at=None):
            if self.random.random() < 0.6:
                remove_name(respondent, by=self.chief)

    def move(self, number):
        if member := self.any_member():
            EarlierAddress.objects.get_or_create(user=member.user, email=member.user.email)
            member.user.email = f"new{member.user.pk}.{number}@series.example"
            member.user.save(update_fields=["email"])

    def change_key(self, number):
        self.settings.SECRET_KEY_FALLBACKS = [
            self.settings.SECRET_KEY,
            *self.settings.SECRET_KEY_FALLBACKS,
        ]
        self.settings.SECRET_KEY = f"{self.random.random()}" * 5

    def any_member(self):
        return self.members[self.random.choice(sorted(self.members))] if self.members else None


@pytest.mark.parametrize("number", SERIES)
def test_no_series_of_rounds_shows_what_one_person_answered(number, plan, chief, officer, settings):
    # The way in which the figures of rounds are drawn is fixed by the fixture `draw`.
    series = RoundSeries(plan.council, [plan], chief, officer, settings, Random(number))  # noqa: S311 - no secret
    series.begin()
    for each in range(series.random.choice([2, 3, 4])):
        series.hold_round(each)
        for _ in range(series.random.choice([0, 1, 2, 3])):
            series.let_something_happen(each)
