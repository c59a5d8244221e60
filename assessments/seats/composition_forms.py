"""Rows of names and numbers that a person types, pastes or uploads, and the forms made of them."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from elections.composition import (
    MAX_GROUPS,
    MAX_NAME,
    MAX_SEATS,
    Composition,
    CompositionError,
    MajorityRule,
)
from elections.composition import Group as SeatGroup
from elections.political_balance import MAX_COMMITTEES, BalanceError, Committee, allocate
from elections.seat_text import (
    MAX_TEXT,
    UNGROUPED_NAMES,
    VACANCY_NAMES,
    SeatTextError,
    committees_from_table,
    composition_from_table,
)
from govuk.fields import DateField

from .models import Overruled, Rule

MAX_FILE = 100_000  # bytes
SPARE_ROWS = 3


def whole_number(*, label, lowest=0, highest=MAX_SEATS, **kwargs):
    message = f"{label} must be a whole number from {lowest} to {highest}"
    return forms.IntegerField(
        label=label,
        min_value=lowest,
        max_value=highest,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), message),
        **kwargs,
    )


class RowsForm(forms.Form):
    """A table of names with a number each: `rows_of` the data, blank ones left out.

    The button “add” gives more rows, and “read” fills them from what was pasted or uploaded; the
    view asks `wants_more` and calls `filled_in` and `with_more_rows` for those.
    """

    noun, number_noun, most = "group", "members", MAX_GROUPS
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False)
    pasted = forms.CharField(
        label="Paste from a spreadsheet",
        required=False,
        strip=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": f"Paste {MAX_TEXT} characters or fewer"},
    )
    file = forms.FileField(
        label="Or upload a CSV file",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def __init__(self, data=None, *args, initial=None, **kwargs):
        super().__init__(data, *args, initial=initial, **kwargs)
        self.count = self._count(data, initial or {})
        self.fields["rows"].initial = self.count
        for n in range(1, self.count + 1):
            self.fields[f"name_{n}"] = forms.CharField(
                label=f"Name of {self.noun} {n}",
                required=False,
                max_length=MAX_NAME,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
                error_messages={
                    "max_length": f"The name of {self.noun} {n} must be {MAX_NAME} characters or "
                    "fewer"
                },
            )
            self.fields[f"number_{n}"] = whole_number(
                label=f"{self.number_noun.capitalize()} of {self.noun} {n}",
                lowest=1,
                required=False,
            )

    def _count(self, data, initial):
        if data is None:
            return min(initial.get("rows", SPARE_ROWS), self.most)
        try:
            return min(max(int(data.get("rows", "")[:4]), 1), self.most)
        except ValueError:
            return min(SPARE_ROWS, self.most)

    @property
    def table(self):
        """The name and the number of each row, as bound fields."""
        return [(self[f"name_{n}"], self[f"number_{n}"]) for n in range(1, self.count + 1)]

    @property
    def is_full(self):
        return self.count >= self.most

    def rows_of(self, cleaned):
        """(row, name, number) of each row that is filled in; half a row is an error."""
        found, seen = [], set()
        for n in range(1, self.count + 1):
            name = " ".join((cleaned.get(f"name_{n}") or "").split())
            number = cleaned.get(f"number_{n}")
            faulty = {f"name_{n}", f"number_{n}"} & set(self.errors)
            if faulty or (not name and number is None):
                continue
            if not name:
                self.add_error(f"name_{n}", f"Enter the name of {self.noun} {n}")
            elif not name.isprintable():
                self.add_error(f"name_{n}", f"Use letters that can be printed for {self.noun} {n}")
            elif number is None:
                self.add_error(f"number_{n}", f"Enter how many {self.number_noun} {name} has")
            elif name.casefold() in seen:
                self.add_error(f"name_{n}", f"{name} is there more than once")
            else:
                seen.add(name.casefold())
                found.append((n, name, number))
        return found

    def read(self):
        """What was pasted or uploaded, as rows; its faults stand at the box it was put in."""
        self.full_clean()
        upload, text = self.cleaned_data.get("file"), self.cleaned_data.get("pasted", "")
        where = "file" if upload else "pasted"
        self._errors = forms.utils.ErrorDict(renderer=self.renderer)
        try:
            if upload:
                if upload.size > MAX_FILE:
                    raise SeatTextError([f"The file must be {MAX_FILE // 1000} KB or smaller."])
                text = upload.read().decode("utf-8-sig")
            if not text.strip():
                raise SeatTextError(["Paste some rows, or choose a file."])
            return self.parse(text)
        except UnicodeDecodeError:
            self.add_error("file", "The file is not UTF-8 text. Save it as “CSV UTF-8” in Excel.")
        except SeatTextError as error:
            self.add_error(where, [ValidationError(problem) for problem in error.problems])
        return None

    def again(self, *, rows=None, **values):
        """The same answers, not judged yet: with more rows, or with `rows` of (name, number)."""
        initial = {name: self.data.get(name) for name in self.fields if name not in {"file"}}
        for name, field in self.fields.items():
            if isinstance(field, DateField):
                initial[name] = field.widget.value_from_datadict(self.data, self.files, name)
        if rows is None:
            initial["rows"] = min(self.count + SPARE_ROWS, self.most)
        else:
            initial |= {
                f"{kind}_{n}": "" for kind in ("name", "number") for n in range(self.most + 1)
            }
            initial |= initial_of_rows(rows)
            initial["pasted"] = ""
        return type(self)(initial=initial | values)


def initial_of_rows(rows):
    """Rows of (name, number) as a RowsForm's initial data, with some to spare."""
    initial = {"rows": len(rows) + SPARE_ROWS}
    for n, (name, number) in enumerate(rows, start=1):
        initial |= {f"name_{n}": name, f"number_{n}": number}
    return initial


class CompositionForm(RowsForm):
    """Who holds the council's seats from a day on."""

    as_at = DateField(
        label="From which day?",
        error_name="The day",
        help_text="After an election, the day of the poll; else the day it changed.",
    )
    ungrouped = whole_number(label="Members in no group", required=False)
    vacancies = whole_number(label="Vacant seats", required=False)
    rule = forms.ChoiceField(
        label="What is a majority counted of?",
        choices=Rule.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={
            "required": "Select what a majority is counted of",
            "invalid_choice": "Select what a majority is counted of",
        },
    )
    overruled = forms.ChoiceField(
        label="Does your council see its control differently?",
        label_suffix="",
        required=False,
        choices=Overruled.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"invalid_choice": "Select one of the answers"},
    )
    reason = forms.CharField(
        label="Why, if so",
        required=False,
        max_length=300,
        error_messages={"max_length": "The reason must be 300 characters or fewer"},
    )
    based_on = forms.IntegerField(
        min_value=0, max_value=2**62, required=False, widget=forms.HiddenInput
    )

    def clean_as_at(self):
        day = self.cleaned_data["as_at"]
        if day > timezone.localdate():
            raise ValidationError("The day must be today or in the past")
        return day

    def clean_reason(self):
        return " ".join(self.cleaned_data["reason"].split())

    def clean(self):
        data = super().clean()
        if data.get("overruled") and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why the status is overruled")
        rows = self.rows_of(data)
        for n, name, _ in rows:
            if name.casefold() in UNGROUPED_NAMES | VACANCY_NAMES:
                self.add_error(f"name_{n}", f"“{name}” is no group: use the boxes below the table")
        if not self.errors:
            try:
                data["composition"] = Composition(
                    tuple(SeatGroup(name, number) for _, name, number in rows),
                    ungrouped=data.get("ungrouped") or 0,
                    vacancies=data.get("vacancies") or 0,
                    rule=MajorityRule(data["rule"]),
                )
            except CompositionError as error:
                self.add_error("name_1", str(error))
        return data

    def parse(self, text):
        return composition_from_table(text)


class CommitteesForm(RowsForm):
    """The bodies whose seats are to be shared out; `composition` is whose members share them."""

    noun, number_noun, most = "committee", "seats", MAX_COMMITTEES

    def __init__(self, *args, composition=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.composition = composition

    def clean(self):
        data = super().clean()
        rows = self.rows_of(data)
        if not self.errors:
            data["committees"] = [Committee(name, number) for _, name, number in rows]
            try:
                allocate(
                    self.composition.groups,
                    data["committees"],
                    ungrouped=self.composition.ungrouped,
                )
            except BalanceError as error:
                self.add_error("name_1", str(error))
        return data

    def parse(self, text):
        return committees_from_table(text)


class ReasonForm(forms.Form):
    """Why a person decides as they do, and on which version."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Who decided it, or how",
        help_text="For example: agreed by the group leaders on 10 May, or drawn by lot.",
        max_length=200,
        error_messages={
            "required": "Say who decided it, or how",
            "max_length": "This must be 200 characters or fewer",
        },
    )


class TieForm(ReasonForm):
    """The party that has one contested seat."""

    party = forms.ChoiceField(
        label="Who has the seat?",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={
            "required": "Select who has the seat",
            "invalid_choice": "Select who has the seat",
        },
    )
    field_order = ("version", "party", "reason")

    def __init__(self, *args, tie, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [(name, name) for name in tie.options]


class AdoptedForm(forms.Form):
    """The seats of one committee as the council adopts them; `shares` are the strict ones."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args, committee, shares, **kwargs):
        super().__init__(*args, **kwargs)
        self.committee = committee
        self.names = {f"seats_{n}": share.party.name for n, share in enumerate(shares, start=1)}
        for field, name in self.names.items():
            self.fields[field] = whole_number(label=name, highest=committee.size)
            self.fields[field].error_messages["required"] = f"Enter the seats of {name}, 0 for none"

    def clean(self):
        data = super().clean()
        if not self.errors:
            data["seats"] = {name: data[field] for field, name in self.names.items()}
            made = sum(data["seats"].values())
            if made != self.committee.size:
                self.add_error(
                    "seats_1",
                    f"These are {made} seats; {self.committee.name} has {self.committee.size}",
                )
        return data


class VoteForm(forms.Form):
    """What the meeting decided about the allocation; `is_departure` needs nobody against."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    meeting_on = DateField(label="Day of the meeting", error_name="The day of the meeting")
    votes_for = whole_number(label="Votes for")
    votes_against = whole_number(label="Votes against")
    abstentions = whole_number(label="Abstentions")
