"""Forms of key dates and extra bank holidays."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError

from assessments.fields import Textarea
from assessments.words import day_in_words
from councils.models import ElectionCycle
from elections.concerns import concerns_about_setting
from elections.interim import Governance
from elections.timetable import HAND_KEYS, HandSet
from govuk.fields import DateField

from .actions.order import DateOfOrder
from .models import GovernanceModel, InterimArrangements
from .order_dates import FIRST_MEETING, VESTING_DAY

# The key dates that an order gives. The others are duties and suggestions of every council.
KEYS_OF_ORDER = HAND_KEYS[: HAND_KEYS.index("council_tax_by")]
# How far from election day a key date can be set. Further away it is a typing error.
EARLIEST, LATEST = dt.timedelta(days=366), dt.timedelta(days=2 * 366)


def _point(label, help_text=""):
    return forms.CharField(
        label=label,
        label_suffix="",
        help_text=help_text,
        required=False,
        strip=False,
        widget=Textarea(attrs={"rows": 3, "maxlength": InterimArrangements.LONGEST}),
    )


class PlanDateForm(forms.Form):
    """A key date of `plan` set by hand. Version 0 means that it was not set before."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    date = DateField(label="Date", error_name="The date")
    reason = forms.CharField(
        label="Why is this different from the calculated date?",
        label_suffix="",
        help_text="For example, fixed by full council on 24 February.",
        max_length=500,
        widget=Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Enter why this date is different",
            "max_length": "The reason must be 500 characters or fewer",
        },
    )

    is_checked = forms.BooleanField(
        label="I have checked this date with the monitoring officer. Save it anyway.",
        label_suffix="",
        required=False,
    )

    def __init__(self, *args, plan, key, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan, self.key = plan, key
        self.has_concerns = False
        if plan.timetable.by_rule[key] is None:
            reason = self.fields["reason"]
            reason.label = "Why this date?"
            who = (
                "full council" if key in {"annual_meeting", "summons"} else "the returning officer"
            )
            reason.help_text = f"For example, decided by {who}."
            reason.error_messages["required"] = "Enter the reason for this date"

    def clean_reason(self):
        return " ".join(self.cleaned_data["reason"].split())

    def clean_date(self):
        day, poll = self.cleaned_data["date"], self.plan.election_day
        if not poll - EARLIEST <= day <= poll + LATEST:
            raise ValidationError(
                "The date must be no more than 1 year before or 2 years after election day, "
                f"{day_in_words(poll)}"
            )
        return day

    def clean(self):
        """Ask about a day that the rules do not allow, beside it, before it is saved."""
        cleaned = super().clean()
        if day := cleaned.get("date"):
            hand = {**self.plan.timetable.set_by_hand, self.key: HandSet(day, "")}
            concerns = concerns_about_setting(self.plan.timetable_with(hand), self.key)
            self.has_concerns = bool(concerns)
            if concerns and not cleaned.get("is_checked"):
                self.add_error("date", " ".join(concerns))
        return cleaned

    @property
    def answers(self):
        """The arguments of `actions.set_date`."""
        return {name: self.cleaned_data[name] for name in ("date", "reason", "version")}


def _article(label):
    return forms.CharField(
        label=label,
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "autocomplete": "off"}),
        error_messages={"max_length": "The article must be 30 characters or fewer"},
    )


class OrderForm(forms.Form):
    """The dates that an order gives, each with its article: key dates, and others by name.

    `cleaned_data` has `dates` by key and `others`, both as DateOfOrder.
    """

    OTHERS = 8
    SUGGESTED = (FIRST_MEETING, VESTING_DAY)

    title = forms.CharField(
        label="Title of the order",
        label_suffix="",
        help_text="For example, The Northshire (Structural Changes) Order 2027.",
        max_length=200,
        error_messages={
            "required": "Enter the title of the order",
            "max_length": "The title of the order must be 200 characters or fewer",
        },
    )
    state = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan = plan
        labels = {each.key: each.label for each in plan.timetable.every_date}
        self.labels = {key: labels[key] for key in KEYS_OF_ORDER}
        for key, label in self.labels.items():
            self.fields[f"date_{key}"] = DateField(label=label, required=False)
            self.fields[f"article_{key}"] = _article("Article")
        for n in range(1, self.OTHERS + 1):
            self.fields[f"label_{n}"] = forms.CharField(
                label=f"What happens (other date {n})",
                required=False,
                max_length=120,
                error_messages={
                    "max_length": "What happens on this date must be 120 characters or fewer"
                },
            )
            self.fields[f"date_{n}"] = DateField(
                label="Date", error_name=f"Other date {n}", required=False
            )
            self.fields[f"article_{n}"] = _article("Article")

    @classmethod
    def initial_of(cls, order, set_dates):
        """Return initial data from the order, if there is one, and the PlanDates of its plan."""
        given = [(each.key, each) for each in set_dates if each.article]
        others = list(order.dates.all()) if order else []
        given += enumerate(others, start=1)
        initial = {"title": order.title if order else ""}
        for name, each in given:
            initial |= {f"date_{name}": each.date, f"article_{name}": each.article}
        names = [each.label for each in others] or cls.SUGGESTED
        return initial | {f"label_{n}": name for n, name in enumerate(names, start=1)}

    @property
    def key_rows(self):
        """Return the date and the article of each key date, as bound fields."""
        return [(self[f"date_{key}"], self[f"article_{key}"]) for key in self.labels]

    @property
    def other_rows(self):
        """Return the name, the date and the article of each other date, as bound fields."""
        return [
            (self[f"label_{n}"], self[f"date_{n}"], self[f"article_{n}"])
            for n in range(1, self.OTHERS + 1)
        ]

    def clean(self):
        cleaned = super().clean()
        cleaned["title"] = " ".join(cleaned.get("title", "").split())
        cleaned["dates"] = {
            key: found for key in self.labels if (found := self._date(cleaned, key, key))
        }
        others = []
        for n in range(1, self.OTHERS + 1):
            label = " ".join(cleaned.get(f"label_{n}", "").split())
            found = self._date(cleaned, str(n), label)
            if found and not label and f"label_{n}" not in self.errors:
                self.add_error(f"label_{n}", "Enter what happens on this date")
            elif found:
                others.append(found)
        cleaned["others"] = others
        return cleaned

    def _date(self, cleaned, name, label):
        """Return the row as a DateOfOrder; None if it has no date or an error."""
        day = cleaned.get(f"date_{name}")
        article = " ".join(cleaned.get(f"article_{name}", "").split())
        if article.casefold().startswith("article "):
            article = article[8:].strip()
        poll = self.plan.election_day
        if {f"date_{name}", f"article_{name}"} & set(self.errors):
            return None
        if day and not article:
            self.add_error(f"article_{name}", "Enter the article of the order that gives this date")
        elif article and not day:
            self.add_error(f"date_{name}", f"Enter the date that article {article} gives")
        elif day and not poll - EARLIEST <= day <= poll + LATEST:
            self.add_error(
                f"date_{name}",
                "The date must be no more than 1 year before or 2 years after election day, "
                f"{day_in_words(poll)}",
            )
        elif day:
            return DateOfOrder(day, article, label)
        return None


class BankHolidayForm(forms.Form):
    """A bank holiday that the planner does not know of."""

    day = DateField(label="Bank holiday", error_name="The date of the bank holiday")
    name = forms.CharField(
        label="What is it for?",
        label_suffix="",
        max_length=80,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        error_messages={
            "required": "Enter what the bank holiday is for",
            "max_length": "What the bank holiday is for must be 80 characters or fewer",
        },
    )

    declared_on = DateField(
        label="When was it announced?",
        error_name="The date it was announced",
        help_text="If that was after your notice of election was published, deadlines up to that "
        "day stay as they were (Representation of the People Act 1983, section 119).",
        required=False,
    )

    def __init__(self, *args, council, **kwargs):
        super().__init__(*args, auto_id="holiday_%s", **kwargs)
        self.council = council

    def clean_day(self):
        day = self.cleaned_data["day"]
        if self.council.bank_holidays.filter(day=day).exists():
            raise ValidationError("This bank holiday is already in the list")
        return day

    def clean(self):
        cleaned = super().clean()
        day, declared_on = cleaned.get("day"), cleaned.get("declared_on")
        if day and declared_on and declared_on > day:
            self.add_error(
                "declared_on", "The announcement must be on or before the bank holiday itself"
            )
        return cleaned


class CycleForm(forms.Form):
    """How the council is elected. There is no open data, so the council enters it."""

    cycle = forms.ChoiceField(
        label="How is your council elected?",
        label_suffix="",
        help_text="This decides who retires at an ordinary election and when the annual meeting "
        "after a by-election is held.",
        choices=ElectionCycle,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="cycle_%s", **kwargs)


class InterimForm(forms.Form):
    """The points that the constitution settles, worded for how the council takes decisions."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    governance = forms.ChoiceField(
        label="How does your council take decisions?",
        label_suffix="",
        choices=GovernanceModel,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )
    executive = _point("Until when do the Leader and the cabinet hold office?")
    decisions = _point("Who takes executive decisions until a new cabinet is appointed?")
    committees = _point(
        "Which committees can meet, and who chairs them?",
        "For example, say whether the planning committee has enough members who are still "
        "councillors.",
    )
    officers = _point(
        "Which decisions can officers take, and under which part of the constitution?",
        "Include who they inform or consult, in the same way for every group.",
    )
    urgent = _point("How are urgent decisions taken, and can they be called in?")
    meeting = _point(
        "Who calls the annual meeting, settles its agenda and presides?",
        "Say what happens if the chair cannot attend.",
    )
    waiting = _point("Which decisions are left for annual council?")

    def __init__(self, *args, governance: Governance, has_period: bool = True, **kwargs):
        """Create the form; without such a period, it asks only how the council takes decisions."""
        super().__init__(*args, **kwargs)
        if not has_period:
            for name in InterimArrangements.POINTS:
                del self.fields[name]
            return
        match governance:
            case Governance.COMMITTEES:
                self.fields["executive"].label = "Until when do committee chairs hold office?"
                self.fields[
                    "decisions"
                ].label = "Who decides between meetings until committees are appointed?"
                # Call-in is for decisions of an executive (2000 Act, section 9F).
                self.fields["urgent"].label = "How are urgent decisions taken?"
            case Governance.MAYOR:
                # The mayor's term does not end because councillors retire.
                self.fields[
                    "executive"
                ].label = (
                    "When does the elected mayor’s term end, and how long does the cabinet stay?"
                )
                self.fields[
                    "decisions"
                ].label = "Who takes executive decisions until annual council?"

    def clean(self):
        """Strip the answers before their length is checked."""
        cleaned = super().clean()
        for name in self.fields.keys() & set(InterimArrangements.POINTS):
            text = cleaned.get(name, "").strip()
            cleaned[name] = text
            if len(text) > InterimArrangements.LONGEST:
                self.add_error(
                    name,
                    f"The answer to “{self.fields[name].label}” must be "
                    f"{InterimArrangements.LONGEST} characters or fewer",
                )
        return cleaned
