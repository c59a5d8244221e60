"""How much of a plan an export takes: all of it, a summary, or one person's or subject's part."""

import re
from dataclasses import dataclass
from enum import Enum

from assessments.plans.models import PlanItem
from councils.models import Office

STAGES = range(1, 4)
AREAS = range(1, 11)


class ScopeError(ValueError):
    """A scope that does not exist, with a message that can be shown to people."""


class ScopeKind(Enum):
    WHOLE = "whole"
    SUMMARY = "summary"
    STAGE = "stage"
    AREA = "area"
    OFFICER = "officer"
    MINE = "mine"


@dataclass(frozen=True)
class Scope:
    """`number` is of a stage or role area; `office` of an officer, or with `member` of a person."""

    kind: ScopeKind = ScopeKind.WHOLE
    number: int = 0
    office: str = ""
    member: int | None = None

    @classmethod
    def parse(cls, text, *, member=None, office=""):
        """The scope that `slug` gave `text`. `member` and `office` say who is asking for "mine".

        Raises ScopeError.
        """
        match text.partition("-"):
            case ("whole" | "summary", "", ""):
                return cls(ScopeKind(text))
            case ("mine", "", ""):
                if member is None:
                    raise ScopeError("Only someone who is signed in has a list of their own")
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
        """What stands for the scope in addresses and file names."""
        return "-".join(filter(None, [self.kind.value, self._which]))

    @property
    def _which(self):
        if self.kind in (ScopeKind.STAGE, ScopeKind.AREA):
            return str(self.number)
        return self.office if self.kind is ScopeKind.OFFICER else ""

    @property
    def is_everything(self):
        """Whether it counts every item of the plan, listed or not."""
        return self.kind in (ScopeKind.WHOLE, ScopeKind.SUMMARY)

    @property
    def lists_items(self):
        return self.kind is not ScopeKind.SUMMARY

    def items(self, plan):
        """The plan's items in this scope. All that an export says of items comes through here."""
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
