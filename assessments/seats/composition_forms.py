"""Forms with rows of names and numbers, typed, pasted or uploaded: composition and committees."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments.fields import Textarea
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
    SeatTextError,
    is_ungrouped,
    is_vacant,
    read_committees,
    read_composition,
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
    """A table of names with a number each. Blank rows are left out.

    The button “add” gives more rows (`again`). “Read” fills them from what was pasted or uploaded
    (`read`), and so does saving while there is something in those boxes (`has_text_to_read`).
    `notices` say what was left out or interpreted.
    """

    noun, number_noun, most = "group", "members", MAX_GROUPS
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False)
    pasted = forms.CharField(
        label="Paste from a spreadsheet",
        required=False,
        strip=False,
        max_length=MAX_TEXT,
        widget=Textarea(attrs={"rows": 5}),
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
        self.notices = ()
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
        """Return the name and the number of each row, as bound fields."""
        return [(self[f"name_{n}"], self[f"number_{n}"]) for n in range(1, self.count + 1)]

    @property
    def has_text_to_read(self):
        """Whether something was pasted or uploaded and has not been read into the table yet."""
        return bool(self.data.get("pasted", "").strip() or self.files.get("file"))

    @property
    def is_full(self):
        return self.count >= self.most

    def rows_of(self, cleaned):
        """Return (row, name, number) of each complete row. Adds an error to half a row."""
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
                self.add_error(
                    f"name_{n}",
                    f"The name of {self.noun} {n} contains characters that cannot be used",
                )
            elif number is None:
                self.add_error(f"number_{n}", f"Enter how many {self.number_noun} {name} has")
            elif name.casefold() in seen:
                self.add_error(f"name_{n}", f"{name} is listed more than once")
            else:
                seen.add(name.casefold())
                found.append((n, name, number))
        return found

    def read(self):
        """Return what was pasted or uploaded, or None with its errors at the box it was put in."""
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
                raise SeatTextError(["Paste some rows or select a file."])
            return self.parse(text)
        except UnicodeDecodeError:
            self.add_error("file", "The file is not UTF-8 text. Save it as “CSV UTF-8” in Excel.")
        except SeatTextError as error:
            self.add_error(where, [ValidationError(problem) for problem in error.problems])
        return None

    def again(self, *, rows=None, **values):
        """Return the form with the same answers, not checked yet.

        It has more rows, or `rows` of (name, number).
        """
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
    """Return rows of (name, number) as initial data of a RowsForm, with some blank ones."""
    initial = {"rows": len(rows) + SPARE_ROWS}
    for n, (name, number) in enumerate(rows, start=1):
        initial |= {f"name_{n}": name, f"number_{n}": number}
    return initial


class CompositionForm(RowsForm):
    """Who holds the council's seats from a date."""

    as_at = DateField(
        label="Date from which this applies",
        error_name="The date",
        help_text="After an election, enter the day new councillors take office. Otherwise, enter "
        "the date of the change.",
    )
    ungrouped = whole_number(label="Members in no group", required=False)
    vacancies = whole_number(label="Vacant seats", required=False)
    rule = forms.ChoiceField(
        label="How should a majority be calculated?",
        label_suffix="",
        choices=Rule.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={
            "required": "Select how a majority should be calculated",
            "invalid_choice": "Select how a majority should be calculated",
        },
    )
    overruled = forms.ChoiceField(
        label="Does your council describe its political control differently?",
        label_suffix="",
        required=False,
        choices=Overruled.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"invalid_choice": "Select one of the answers"},
    )
    reason = forms.CharField(
        label="If so, why?",
        label_suffix="",
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
            raise ValidationError("The date must be today or in the past")
        return day

    def clean_reason(self):
        return " ".join(self.cleaned_data["reason"].split())

    def clean(self):
        data = super().clean()
        if data.get("overruled") and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Enter the reason for changing the status")
        rows = self.rows_of(data)
        for n, name, _ in rows:
            if is_ungrouped(name) or is_vacant(name):
                self.add_error(
                    f"name_{n}", f"“{name}” is not a group. Use the boxes below the table"
                )
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
        reading = read_composition(text)
        if reading.composition is None:
            raise SeatTextError(reading.questions)
        self.notices = reading.notices
        return reading.composition


class CommitteesForm(RowsForm):
    """The bodies whose seats are to be allocated to the members of `composition`."""

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
                    vacancies=self.composition.vacancies,
                )
            except BalanceError as error:
                self.add_error("name_1", str(error))
        return data

    def parse(self, text):
        reading = read_committees(text)
        if reading.questions:
            raise SeatTextError(reading.questions)
        self.notices = reading.notices
        return [Committee(entry.name, entry.number) for entry in reading.entries]


class ReasonForm(forms.Form):
    """Who decided, and how; with the version of the allocation."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Who decided, and how?",
        label_suffix="",
        help_text="For example, agreed by the group leaders on 10 May, or decided by drawing lots.",
        max_length=200,
        error_messages={
            "required": "Enter who decided, and how",
            "max_length": "Who decided, and how, must be 200 characters or fewer",
        },
    )


class TieForm(ReasonForm):
    """Which outcome of a tie was decided."""

    party = forms.ChoiceField(
        label="Who has the seat?",
        label_suffix="",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={
            "required": "Select who has the seat",
            "invalid_choice": "Select who has the seat",
        },
    )
    field_order = ("version", "party", "reason")

    def __init__(self, *args, tie, **kwargs):
        super().__init__(*args, **kwargs)
        outcomes = {outcome.party: outcome.words for outcome in tie.outcomes}
        self.fields["party"].choices = [
            (name, f"{name} ({outcomes[name]})" if outcomes.get(name) else name)
            for name in tie.options
        ]


class AdoptedForm(forms.Form):
    """The seats of one committee as the council adopts them. `shares` are those worked out."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args, committee, shares, **kwargs):
        super().__init__(*args, **kwargs)
        self.committee = committee
        self.names = {f"seats_{n}": share.party.name for n, share in enumerate(shares, start=1)}
        for field, name in self.names.items():
            self.fields[field] = whole_number(label=name, highest=committee.size)
            self.fields[field].error_messages["required"] = (
                f"Enter the number of seats for {name}, or 0"
            )

    def clean(self):
        data = super().clean()
        if not self.errors:
            data["seats"] = {name: data[field] for field, name in self.names.items()}
            made = sum(data["seats"].values())
            if made != self.committee.size:
                has = f"{self.committee.name} has {self.committee.size}"
                self.add_error("seats_1", f"The seats add up to {made}, but {has}")
        return data


class VoteForm(forms.Form):
    """How the meeting voted on the allocation. A departure needs no votes against."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    meeting_on = DateField(label="Date of the meeting", error_name="The date of the meeting")
    votes_for = whole_number(label="Votes for")
    votes_against = whole_number(label="Votes against")
    abstentions = whole_number(label="Abstentions")
