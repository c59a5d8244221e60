"""Forms of the packs: names and returns of new councillors, a note, leaders' meetings."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import get_text_list

from assessments.fields import LongTextField, SeveralField, StartedForm, VersionedForm
from assessments.plans.models import TITLE_MAX_LENGTH
from assessments.words import within_sentence
from councils.models import Membership
from elections.composition import MAX_NAME, MAX_SEATS
from frameworks.models import Step
from govuk.fields import DateField

from .models import LONGEST_NOTE, NewCouncillor
from .new_councillors import as_lines, listed

MOST_ACTIONS = 20
WITH_GROUP = re.compile(r"(?P<name>.+?)\s*\((?P<group>[^()]+)\)")
DISCLOSED = (
    "It may have to be disclosed under freedom of information or data protection law, including to "
    "anyone named in it."
)


class CouncillorListForm(StartedForm):
    """The names of the new councillors. `people` are those of the list as it is.

    Leaving out a councillor with returns needs `confirm`, which is only shown then.
    """

    names = LongTextField(
        label="Names of the new councillors",
        error_name="The names",
        help_text="Enter one name per line, for example Ada Lane (Oak). The group in brackets is "
        "optional. List everyone elected at this poll, and no one else.",
        error_messages={"required": "Enter the names of the new councillors"},
        rows=14,
        longest=MAX_SEATS * (2 * MAX_NAME + 4),
    )
    confirm = forms.BooleanField(
        label="Delete what was recorded for the names that are left out",
        label_suffix="",
        required=False,
    )

    def __init__(self, data=None, *, people: Iterable[NewCouncillor], version=0, names=""):
        people = list(people)
        initial = {"version": version, "names": as_lines(listed(people)) or names}
        super().__init__(data, initial=initial)
        self.recorded = {each.name.casefold(): each.name for each in people if each.returns.all()}
        self.needs_confirmation = False

    def clean_names(self):
        """Return pairs of a name and a group, in alphabetical order."""
        found = []
        for line in self.cleaned_data["names"].splitlines():
            words = " ".join(line.split())
            if not words:
                continue
            match = WITH_GROUP.fullmatch(words)
            name, group = (match["name"], match["group"].strip()) if match else (words, "")
            if len(name) > MAX_NAME or len(group) > MAX_NAME:
                raise ValidationError(
                    f"Each name, and each group, must be {MAX_NAME} characters or fewer"
                )
            found.append((name, group))
        if not found:
            raise ValidationError("Enter the names of the new councillors")
        if len({name.casefold() for name, _ in found}) < len(found):
            raise ValidationError(
                "Enter each name only once. Add a ward or division to tell people with the same "
                "name apart"
            )
        if len(found) > MAX_SEATS:
            raise ValidationError(f"Enter {MAX_SEATS} names or fewer")
        return sorted(found, key=lambda each: each[0].casefold())

    def clean(self):
        data = super().clean()
        if "names" in data:
            kept = {name.casefold() for name, _ in data["names"]}
            gone = [name for key, name in self.recorded.items() if key not in kept]
            self.needs_confirmation = bool(gone)
            if gone and not data.get("confirm"):
                names = get_text_list(gone, "and")
                self.add_error(
                    "confirm",
                    f"Confirm that what was recorded for {names} can be deleted, or put the names "
                    "back",
                )
        return data


class ReturnsForm(forms.Form):
    """Which councillors have returned one form, and on which day; and what was a mistake."""

    returned = SeveralField(
        label="Who has returned it?",
        label_suffix="",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Select councillors from the list"
        ),
    )
    day = DateField(
        label="When did they return it?",
        label_suffix="",
        error_name="The date",
        required=False,
        help_text="This date is for everyone you select above.",
    )
    mistaken = SeveralField(
        label="Was anything recorded by mistake?",
        label_suffix="",
        required=False,
        help_text="Select councillors who have not returned it.",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Select councillors from the list"
        ),
    )

    def __init__(self, data=None, *, rows, first_day):
        """`rows` are triples of a primary key, a label and the words of a return, or ""."""
        super().__init__(data, initial={"day": timezone.localdate()})
        self.first_day = first_day
        everyone = [(str(pk), label) for pk, label, _ in rows]
        done = [(str(pk), f"{label}: {words}") for pk, label, words in rows if words]
        open_ones = [(str(pk), label) for pk, label, words in rows if not words]
        # A form that was opened before someone else recorded a return is still valid.
        self.fields["returned"].choices = everyone if self.is_bound else open_ones
        self.fields["mistaken"].choices = everyone if self.is_bound else done
        self.open_ones, self.done = open_ones, done

    def show_open_ones(self):
        """Offer each councillor in one of the two lists, after the form was checked."""
        self.fields["returned"].choices = self.open_ones
        self.fields["mistaken"].choices = self.done

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day and day > timezone.localdate():
            raise ValidationError("The date must be today or in the past")
        if day and day < self.first_day:
            raise ValidationError("The date must be election day or later")
        return day

    def clean(self):
        data = super().clean()
        returned, mistaken = data.get("returned"), data.get("mistaken")
        if not returned and not mistaken and not self.errors:
            self.add_error("returned", "Select who has returned it")
        if returned and not data.get("day") and "day" not in self.errors:
            self.add_error("day", "Enter the date they returned it")
        return data

    def fields_to_save(self):
        data = self.cleaned_data
        return {
            "returned": {int(pk) for pk in data["returned"]},
            "mistaken": {int(pk) for pk in data["mistaken"]},
            "day": data["day"] or timezone.localdate(),  # not used if nothing was returned
        }


class FinanceNoteForm(StartedForm):
    words = LongTextField(
        label="Your note to an incoming administration",
        error_name="The note",
        help_text="For example, the outturn, pressures in this year, reserves, the medium-term gap "
        "and what has been committed. Give the same facts to every group. Do not comment on "
        f"groups’ proposals. {DISCLOSED}",
        rows=12,
        longest=LONGEST_NOTE,
        required=False,
    )


class LeadersMeetingForm(StartedForm):
    """A meeting of leaders: its day, notes and agreed actions."""

    held_on = DateField(
        label="When was the meeting?", label_suffix="", error_name="The date of the meeting"
    )
    notes = LongTextField(
        label="Notes (optional)",
        error_name="The notes",
        help_text="Record what was agreed, and no opinion of a person. People at the council who "
        f"can see the plan can read it. {DISCLOSED}",
        rows=8,
        required=False,
    )
    to_do = LongTextField(
        label="Agreed actions (optional)",
        error_name="Agreed actions",
        help_text=f"Enter one action per line, up to {MOST_ACTIONS}. You can then check them and "
        "add them to the plan.",
        rows=6,
        required=False,
    )

    def clean_held_on(self):
        day = self.cleaned_data["held_on"]
        if day > timezone.localdate():
            raise ValidationError("The date of the meeting must be today or in the past")
        return day

    def clean_to_do(self):
        lines = [" ".join(line.split()) for line in self.cleaned_data["to_do"].splitlines()]
        lines = list(filter(None, lines))
        if len(lines) > MOST_ACTIONS:
            raise ValidationError(f"Enter {MOST_ACTIONS} lines or fewer")
        if any(len(line) > TITLE_MAX_LENGTH for line in lines):
            raise ValidationError(
                f"Each line must be {TITLE_MAX_LENGTH} characters or fewer. Put the rest in the "
                "notes"
            )
        return "\n".join(lines)

    def fields_to_save(self):
        return {name: self.cleaned_data[name] for name in ("held_on", "notes", "to_do")}


class NewActionsForm(VersionedForm):
    """The lines of a meeting as actions: which to add, with words, step, owner and date of each.

    The lines are those of the version of the meeting that was shown. `steps` are those that are not
    signed off and `owners` the members, both by primary key as text.
    """

    def __init__(self, data=None, *, lines, steps, owners, version):
        super().__init__(data, initial={"version": version})
        self.lines: list[str] = lines
        self.steps: dict[str, Step] = steps
        self.owners: dict[str, Membership] = owners
        step_choices = [("", "Select a step"), *((pk, _step(each)) for pk, each in steps.items())]
        owner_choices = [
            ("", "Not yet assigned"),
            *((pk, f"{each.user.name}, {each.post}") for pk, each in owners.items()),
        ]
        for number, line in enumerate(lines, start=1):
            self.fields[f"add-{number}"] = forms.BooleanField(
                label=f"Add action {number}", label_suffix="", required=False, initial=True
            )
            self.fields[f"title-{number}"] = forms.CharField(
                label=f"What is to be done in action {number}",
                label_suffix="",
                required=False,
                max_length=TITLE_MAX_LENGTH,
                initial=line,
                error_messages={
                    "max_length": f"Action {number} must be {TITLE_MAX_LENGTH} characters or fewer"
                },
            )
            self.fields[f"step-{number}"] = _choice(f"Step for action {number}", step_choices)
            self.fields[f"owner-{number}"] = _choice(f"Owner of action {number}", owner_choices)
            self.fields[f"due-{number}"] = DateField(
                label=f"Due date of action {number} (optional)",
                label_suffix="",
                error_name=f"The due date of action {number}",
                required=False,
            )

    @property
    def rows(self):
        """Return the five bound fields of each line."""
        names = ("add", "title", "step", "owner", "due")
        return [
            [self[f"{name}-{number}"] for name in names] for number in range(1, len(self.lines) + 1)
        ]

    def clean(self):
        data = super().clean()
        chosen = [n for n in range(1, len(self.lines) + 1) if data.get(f"add-{n}")]
        for number in range(1, len(self.lines) + 1):
            title, step = f"title-{number}", f"step-{number}"
            if number not in chosen:
                # Ignore the inputs of an action that is not added.
                for name in (title, step, f"owner-{number}", f"due-{number}"):
                    self.errors.pop(name, None)
                continue
            data[title] = " ".join(data.get(title, "").split())
            if not data[title] and title not in self.errors:
                self.add_error(title, f"Enter action {number}")
            if not data.get(step) and step not in self.errors:
                self.add_error(step, f"Select a step for action {number}")
        if self.lines and not chosen:
            self.add_error("add-1", "Select at least one action to add")
        self.chosen = chosen
        return data

    def fields_to_add(self) -> list[dict[str, Any]]:
        """Return the fields of each action to add."""
        data = self.cleaned_data
        return [
            {
                "title": data[f"title-{number}"],
                "step": self.steps[data[f"step-{number}"]],
                "owner": self.owners.get(data[f"owner-{number}"]),
                "due": data[f"due-{number}"],
            }
            for number in self.chosen
        ]

    def lines_left(self) -> str:
        """Return the lines that are not added, which stay with the meeting."""
        return "\n".join(
            line for number, line in enumerate(self.lines, start=1) if number not in self.chosen
        )


def _choice(label, choices):
    unknown = f"Select the {within_sentence(label)} from the list"  # noqa: S608 - not SQL
    return forms.ChoiceField(
        label=label,
        label_suffix="",
        required=False,
        choices=choices,
        error_messages={"invalid_choice": unknown},
    )


def _step(step: Step) -> str:
    return f"{step.number}. {step.title} (stage {step.stage.number})"
