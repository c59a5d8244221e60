"""How much of a plan a download covers: all of it, a summary, or the part of a person or area."""

import re
from dataclasses import dataclass
from enum import Enum

from assessments.plans.models import PlanItem
from councils.models import Office

STAGES = range(1, 4)
AREAS = range(1, 11)


class ScopeError(ValueError):
    """The scope does not exist. The message can be shown to people."""


class ScopeKind(Enum):
    WHOLE = "whole"
    SUMMARY = "summary"
    STAGE = "stage"
    AREA = "area"
    OFFICER = "officer"
    MINE = "mine"


@dataclass(frozen=True)
class Scope:
    """What to cover. `number` is that of a stage or role area. `office` is that of an officer role,
    or with `member`, the key of a membership, that of the person."""

    kind: ScopeKind = ScopeKind.WHOLE
    number: int = 0
    office: str = ""
    member: int | None = None

    @classmethod
    def parse(cls, text, *, member=None, office=""):
        """Return the scope whose `slug` is `text`. `member` and `office` are needed for "mine".

        Raises ScopeError.
        """
        match text.partition("-"):
            case ("whole" | "summary", "", ""):
                return cls(ScopeKind(text))
            case ("mine", "", ""):
                if member is None:
                    raise ScopeError("Only a person who is signed in has actions of their own")
                return cls(ScopeKind.MINE, office=office, member=member)
            case ("stage", _, number):
                return cls(ScopeKind.STAGE, number=_number(number, STAGES, "a stage"))
            case ("area", _, number):
                return cls(ScopeKind.AREA, number=_number(number, AREAS, "a role area"))
            case ("officer", _, office) if office in Office.values:
                return cls(ScopeKind.OFFICER, office=office)
            case ("officer", _, _):
                raise ScopeError(f"Select an officer: {', '.join(Office.values)}")
        raise ScopeError("Select what the action plan should cover")

    @property
    def slug(self):
        """The scope in addresses."""
        return "-".join(filter(None, [self.kind.value, self._which]))

    @property
    def in_a_file_name(self):
        """The scope as a reader of the file understands it, empty if it is the whole plan."""
        if self.kind is ScopeKind.WHOLE:
            return ""
        if self.kind is ScopeKind.MINE:
            return "actions of one person"
        return self.slug.removeprefix("officer-").replace("-", " ")

    @property
    def _which(self):
        if self.kind in (ScopeKind.STAGE, ScopeKind.AREA):
            return str(self.number)
        return self.office if self.kind is ScopeKind.OFFICER else ""

    @property
    def is_everything(self):
        """Whether it counts every action of the plan, listed or not."""
        return self.kind in (ScopeKind.WHOLE, ScopeKind.SUMMARY)

    @property
    def lists_items(self):
        return self.kind is not ScopeKind.SUMMARY

    def items(self, plan):
        """Return the plan's items in this scope. Every download reads items through this."""
        items = PlanItem.objects.live().on(plan)
        match self.kind:
            case ScopeKind.STAGE:
                return items.filter(step__stage__number=self.number)
            case ScopeKind.AREA:
                return items.filter(step__role_area__number=self.number)
            case ScopeKind.OFFICER:
                return items.for_office(self.office)
            case ScopeKind.MINE:
                return items.for_member(self.member, self.office)
        return items


def _number(text, allowed, what):
    if not re.fullmatch(r"[1-9][0-9]?", text) or int(text) not in allowed:
        raise ScopeError(f"Select {what}, {allowed[0]} to {allowed[-1]}")
    return int(text)
