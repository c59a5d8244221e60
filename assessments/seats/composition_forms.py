"""Forms with rows of names and numbers, typed, pasted or uploaded: composition and committees."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments.fields import SeveralField, Textarea
from assessments.words import day_in_words
from elections.balance_review import check_table
from elections.bodies import BodyKind, JointGroup, count_of, listed, party_in_sentence
from elections.composition import (
    MAX_GROUPS,
    MAX_NAME,
    MAX_SEATS,
    Composition,
    CompositionError,
    MajorityRule,
)
from elections.composition import Group as SeatGroup
from elections.political_balance import MAX_COMMITTEES, BalanceError, Committee, Rules, allocate
from elections.seat_text import (
    MAX_TEXT,
    SeatTextError,
    is_ungrouped,
    is_vacant,
    read_bodies,
    read_composition,
)
from govuk.fields import DateField, within_sentence

from .models import Kind, Overruled, Rule

MAX_FILE = 100_000  # bytes
SPARE_ROWS = 3
MAX_JOINT_GROUPS = 3


def whole_number(*, label, lowest=0, highest=MAX_SEATS, error_name="", **kwargs):
    """A number of seats, members or votes. `error_name` is its name in errors, if not `label`."""
    message = f"{error_name or label} must be a whole number from {lowest} to {highest}"
    field = forms.IntegerField(
        label=label,
        min_value=lowest,
        max_value=highest,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), message),
        **kwargs,
    )
    if error_name:
        field.error_messages["required"] = f"Enter {within_sentence(error_name)}"
    return field


class RowsForm(forms.Form):
    """A table of names with a number each. Blank rows are left out.

    The button “add” gives more rows (`with_more_rows`). “Read” fills them from what was pasted or
    uploaded (`read`), and so does saving while there is something in those boxes
    (`has_text_to_read`). `notices` say what was left out or interpreted. `row_fields` are the
    fields of each row.
    """

    row_fields: tuple[str, ...] = ("name", "number")
    noun, number_noun, most = "group", "members", MAX_GROUPS
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False)
    pasted = forms.CharField(
        label="Paste from a spreadsheet",
        required=False,
        strip=False,
        max_length=MAX_TEXT,
        widget=Textarea(attrs={"rows": 5}),
        error_messages={"max_length": f"Paste {MAX_TEXT:,} characters or fewer"},
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
                    raise SeatTextError([f"The file must be {MAX_FILE // 1000}KB or smaller."])
                text = upload.read().decode("utf-8-sig")
            if not text.strip():
                raise SeatTextError(["Paste some rows or select a file."])
            return self.parse(text)
        except UnicodeDecodeError:
            self.add_error("file", "The file is not UTF-8 text. Save it as “CSV UTF-8” in Excel")
        except SeatTextError as error:
            self.add_error(where, [ValidationError(problem) for problem in error.problems])
        return None

    def again(self, *, rows=None, **values):
        """Return the form with the same answers, not checked yet.

        It has more rows, or `rows` of (name, number).
        """
        initial = {name: self.data.get(name) for name in self.fields if name not in {"file"}}
        for name, field in self.fields.items():
            if isinstance(field, DateField | forms.MultipleChoiceField):
                initial[name] = field.widget.value_from_datadict(self.data, self.files, name)
        if rows is None:
            initial["rows"] = min(self.count + SPARE_ROWS, self.most)
        else:
            initial |= {
                f"{field}_{n}": "" for field in self.row_fields for n in range(self.most + 1)
            }
            initial |= initial_of_rows(rows, self.row_fields)
            initial["pasted"] = ""
        return type(self)(initial=initial | values)

    def with_more_rows(self):
        """Return the form with the same answers and more rows, the first of them with focus."""
        form = self.again()
        first = form.fields.get(f"{self.row_fields[0]}_{self.count + 1}")
        if first:
            first.widget.attrs["autofocus"] = True
        return form


def initial_of_rows(rows, fields=("name", "number")):
    """Return rows, with a value for each of `fields`, as initial data of a RowsForm.

    Some blank rows are added.
    """
    initial = {"rows": len(rows) + SPARE_ROWS}
    for n, values in enumerate(rows, start=1):
        initial |= {f"{name}_{n}": value for name, value in zip(fields, values, strict=True)}
    return initial


class CompositionForm(RowsForm):
    """Who holds the council's seats from a date.

    `latest` is the CouncilComposition recorded before, if any: another number of seats in all has
    to be confirmed, because a seat that has become vacant is easily left out.
    """

    as_at = DateField(
        label="Date from which this applies",
        error_name="The date",
        help_text="After an election, enter the day new councillors take office. After any other "
        "change, enter its date. To record the seats for the first time, enter today’s date.",
    )
    ungrouped = whole_number(
        label="Members in no group",
        error_name="The number of members in no group",
        required=False,
    )
    vacancies = whole_number(
        label="Vacant seats", error_name="The number of vacant seats", required=False
    )
    seats_changed = forms.BooleanField(
        label="The number of seats on the council has changed", required=False
    )
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

    def __init__(self, data=None, *args, latest=None, **kwargs):
        super().__init__(data, *args, **kwargs)
        self.latest = latest

    def again(self, *, rows=None, **values):
        form = super().again(rows=rows, **values)
        return type(self)(initial=form.initial, latest=self.latest)

    @property
    def asks_about_seats(self):
        """Whether to offer the answer that the number of seats has changed."""
        return bool(self["seats_changed"].value() or self["seats_changed"].errors)

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
            else:
                self._check_seats(data)
        return data

    def _check_seats(self, data):
        # A stale save is answered first, with what someone else has recorded.
        is_stale = self.latest is not None and data.get("based_on") != self.latest.pk
        if self.latest is None or is_stale or data.get("seats_changed"):
            return
        made, before = data["composition"].seats, self.latest.worked_out.seats
        if made == before:
            return
        self.add_error(
            "vacancies",
            f"The members and the vacant seats add up to {made}. The council had "
            f"{count_of(before, 'seat')} from {day_in_words(self.latest.as_at)}. Check them, or "
            "select that the number of seats has changed",
        )
        self.add_error(
            "seats_changed",
            f"If the council now has {count_of(made, 'seat')} in all, select that the number of "
            "seats has changed",
        )

    def parse(self, text):
        reading = read_composition(text)
        if reading.composition is None:
            raise SeatTextError(reading.questions)
        self.notices = reading.notices
        return reading.composition


class CommitteesForm(RowsForm):
    """The bodies whose seats are to be allocated to the members of `composition`."""

    row_fields = (
        "name",
        "number",
        "kind",
        "reason",
        "coopted_voting",
        "coopted_non_voting",
        "coopted_note",
    )
    noun, number_noun, most = "committee", "seats", MAX_COMMITTEES
    pool_sub_committees = forms.BooleanField(
        label="Add sub-committees to the ordinary committees when all seats together are shared "
        "out, under principle (c)",
        required=False,
    )

    def __init__(self, data=None, *args, initial=None, composition=None, **kwargs):
        super().__init__(data, *args, initial=initial, **kwargs)
        self.composition = composition
        for n in range(1, self.count + 1):
            self._add_fields_of_row(n)
        groups = [g.name for g in composition.groups if g.members > 1] if composition else []
        self.joint_count = min(MAX_JOINT_GROUPS, len(groups) // 2)
        for n in range(1, self.joint_count + 1):
            self.fields[f"joint_name_{n}"] = forms.CharField(
                label=f"Name of joint group {n}",
                required=False,
                max_length=MAX_NAME,
                error_messages={
                    "max_length": f"The name of joint group {n} must be {MAX_NAME} characters or "
                    "fewer"
                },
            )
            self.fields[f"joint_groups_{n}"] = SeveralField(
                label=f"Groups in joint group {n}",
                required=False,
                choices=[(name, name) for name in groups],
                widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
                error_messages={"invalid_choice": "Select groups from the list"},
            )

    def _add_fields_of_row(self, n):
        self.fields[f"kind_{n}"] = forms.ChoiceField(
            label=f"Kind of {self.noun} {n}",
            required=False,
            choices=Kind.choices,
            initial=Kind.ORDINARY,
            widget=forms.Select,
            error_messages={"invalid_choice": f"Select the kind of {self.noun} {n}"},
        )
        for name, label in (
            ("reason", f"Why political balance does not apply to {self.noun} {n}"),
            ("coopted_note", f"Who the co-opted members of {self.noun} {n} are"),
        ):
            self.fields[f"{name}_{n}"] = forms.CharField(
                label=label,
                label_suffix="",
                required=False,
                max_length=200,
                error_messages={
                    "max_length": f"What you write about {self.noun} {n} must be 200 characters or "
                    "fewer"
                },
            )
        for name, label in (
            ("coopted_voting", f"Co-opted members of {self.noun} {n} who can vote"),
            ("coopted_non_voting", f"Co-opted members of {self.noun} {n} who cannot vote"),
        ):
            self.fields[f"{name}_{n}"] = whole_number(label=label, required=False)

    def again(self, *, rows=None, **values):
        form = super().again(rows=rows, **values)
        return type(self)(initial=form.initial, composition=self.composition)

    @property
    def bodies(self):
        """Return a dict of bound fields for each row, and whether its details are to be open."""
        found = []
        for n in range(1, self.count + 1):
            row = {name: self[f"{name}_{n}"] for name in self.row_fields}
            details = self.row_fields[3:]
            row["number_of_row"] = n
            row["is_open"] = any(row[name].errors for name in details)
            row["has_details"] = any(row[name].value() for name in details)
            row["needs_reason"] = (
                row["kind"].value() == Kind.NOT_BALANCED and not row["reason"].value()
            )
            found.append(row)
        return found

    @property
    def joint_fields(self):
        """Return the name and the groups of each joint group, as bound fields."""
        return [
            (self[f"joint_name_{n}"], self[f"joint_groups_{n}"])
            for n in range(1, self.joint_count + 1)
        ]

    @property
    def has_joint_groups(self):
        return any(name.value() or groups.value() for name, groups in self.joint_fields)

    def clean(self):
        data = super().clean()
        rows = self.rows_of(data)
        committees = [self._body(data, n, name, size) for n, name, size in rows]
        joint_groups = self._joint_groups(data)
        if not self.errors:
            data["committees"], data["joint_groups"] = committees, joint_groups
            try:
                allocate(
                    self.composition.groups,
                    committees,
                    ungrouped=self.composition.ungrouped,
                    vacancies=self.composition.vacancies,
                    joint_groups=joint_groups,
                    rules=Rules(pool_sub_committees=data["pool_sub_committees"]),
                )
            except BalanceError as error:
                self.add_error(self._place_of(str(error), rows), str(error))
        return data

    def _place_of(self, problem, rows):
        """Return the field to show a problem at: the size of the body that it names first."""
        named = [n for n, name, _ in rows if problem.startswith(f"{name} has ")]
        return f"number_{named[0]}" if named else "name_1"

    def _body(self, data, n, name, size):
        kind = BodyKind(data.get(f"kind_{n}") or BodyKind.ORDINARY)
        reason, note = (
            " ".join((data.get(f"{field}_{n}") or "").split())
            for field in ("reason", "coopted_note")
        )
        if kind is BodyKind.NOT_BALANCED and not reason and f"reason_{n}" not in self.errors:
            self.add_error(f"reason_{n}", f"Enter why political balance does not apply to {name}")
        if kind is not BodyKind.NOT_BALANCED and reason:
            self.add_error(
                f"kind_{n}",
                f"You entered why political balance does not apply to {name}. Select “"
                f"{Kind.NOT_BALANCED.label}”, or delete the reason",
            )
        voting = data.get(f"coopted_voting_{n}") or 0
        non_voting = data.get(f"coopted_non_voting_{n}") or 0
        if note and not voting and not non_voting and f"coopted_voting_{n}" not in self.errors:
            self.add_error(
                f"coopted_voting_{n}",
                f"Enter how many co-opted members {name} has, or delete the note",
            )
        return Committee(name, size, kind, voting, non_voting, note, reason)

    def _joint_groups(self, data):
        found, joined = [], set()
        taken = {group.name.casefold() for group in self.composition.groups}
        for n in range(1, self.joint_count + 1):
            name = " ".join((data.get(f"joint_name_{n}") or "").split())
            groups = data.get(f"joint_groups_{n}") or []
            if not name and not groups:
                continue
            if not name:
                self.add_error(f"joint_name_{n}", f"Enter the name of joint group {n}")
            elif not name.isprintable():
                self.add_error(
                    f"joint_name_{n}",
                    f"The name of joint group {n} contains characters that cannot be used",
                )
            elif name.casefold() in taken:
                self.add_error(f"joint_name_{n}", f"{name} is the name of another group")
            if len(groups) < 2:
                self.add_error(f"joint_groups_{n}", "Select 2 or more groups to treat as one")
            elif joined & set(groups):
                self.add_error(f"joint_groups_{n}", "A group can be part of one joint group only")
            taken.add(name.casefold())
            joined |= set(groups)
            found.append(JointGroup(name, tuple(groups)))
        return found

    def parse(self, text):
        reading = read_bodies(text)
        if reading.questions:
            raise SeatTextError(reading.questions)
        self.notices = reading.notices
        return list(reading.committees)


def row_of_body(committee):
    """Return the values of CommitteesForm.row_fields for a Committee of elections."""
    return (
        committee.name,
        committee.size,
        committee.kind.value,
        committee.reason,
        committee.coopted_voting or "",
        committee.coopted_non_voting or "",
        committee.coopted_note,
    )


def initial_of_balance(balance, composition):
    """Return the bodies and joint groups of an allocation as initial data of a CommitteesForm.

    Joint groups whose groups are no longer in `composition` are left out; see `joint_groups_lost`.
    """
    rows = [row_of_body(body) for body in balance.bodies]
    initial = initial_of_rows(rows, CommitteesForm.row_fields)
    initial["pool_sub_committees"] = balance.pool_sub_committees
    lost = [joint for joint, _ in _joint_groups_lost(balance, composition)]
    kept = [each for each in balance.groups_treated_as_one if each not in lost]
    for n, joint in enumerate(kept, start=1):
        initial |= {f"joint_name_{n}": joint.name, f"joint_groups_{n}": list(joint.groups)}
    return initial


def _joint_groups_lost(balance, composition):
    """Return the joint groups that cannot be kept, each with the names that are not groups now."""
    groups = {group.name for group in composition.groups if group.members > 1}
    found = [
        (joint, [name for name in joint.groups if name not in groups])
        for joint in balance.groups_treated_as_one
    ]
    return [(joint, gone) for joint, gone in found if gone]


def joint_groups_lost(balance, composition):
    """Return a sentence for each joint group of an allocation that `composition` cannot have."""
    return [
        f"{joint.name} treated {listed(joint.groups)} as one group. It has been left out, because "
        f"{listed(gone)} {'is' if len(gone) == 1 else 'are'} no longer listed as a group with 2 or "
        "more members. If other groups are to be treated as one, select them below."
        for joint, gone in _joint_groups_lost(balance, composition)
    ]


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


def _option(name):
    words = party_in_sentence(name)
    return f"{words[:1].upper()}{words[1:]}"


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
            (name, f"{_option(name)} ({outcomes[name]})" if outcomes.get(name) else _option(name))
            for name in tie.options
        ]


class AdoptedForm(forms.Form):
    """The seats proposed for one committee. `shares` are those worked out."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args, committee, shares, **kwargs):
        super().__init__(*args, **kwargs)
        self.committee = committee
        self.names = {f"seats_{n}": share.party.name for n, share in enumerate(shares, start=1)}
        for field, name in self.names.items():
            seats = f"The number of seats for {party_in_sentence(name)}"
            self.fields[field] = whole_number(label=name, error_name=seats, highest=committee.size)
            self.fields[field].error_messages["required"] += ", or 0"

    def clean(self):
        data = super().clean()
        if not self.errors:
            data["seats"] = {name: data[field] for field, name in self.names.items()}
            made = sum(data["seats"].values())
            if made != self.committee.size:
                has = f"{self.committee.name} has {self.committee.size}"
                self.add_error("seats_1", f"The seats add up to {made}, but {has}")
        return data


class TableForm(ReasonForm):
    """The seats of every body in one table, to be accepted as one decision.

    The rows are `committees`, with the columns of `allocation`. Each body must be filled. A table
    that departs from the principles needs `is_departure`: each principle that fails is an error at
    the cell that it is about. `check` is the TableCheck of a table that fills the bodies.
    """

    is_departure = forms.BooleanField(
        label="Save this table as a departure from political balance, to be put to the vote",
        required=False,
    )

    def __init__(self, *args, committees, allocation, **kwargs):
        super().__init__(*args, **kwargs)
        self.committees, self.allocation, self.check = committees, allocation, None
        for row, committee in enumerate(committees, start=1):
            for column, party in enumerate(allocation.parties, start=1):
                label = f"{party.name} on {committee.name}"
                seats = f"The seats of {party_in_sentence(party.name)} on {committee.name}"
                field = whole_number(
                    label=label, error_name=seats, highest=min(committee.size, MAX_SEATS)
                )
                field.error_messages["required"] += ", or 0"
                self.fields[f"seats_{row}_{column}"] = field
        cells = [name for name in self.fields if name.startswith("seats_")]
        self.order_fields(["version", *cells, "reason", "is_departure"])

    @staticmethod
    def initial_of(rows):
        """Return initial data from rows of seats, in the order of the table."""
        return {
            f"seats_{row}_{column}": seats
            for row, numbers in enumerate(rows, start=1)
            for column, seats in enumerate(numbers, start=1)
        }

    @property
    def rows(self):
        """Return (committee, whether it is pooled, bound fields, seats entered) of each row."""
        found = []
        for row, (committee, pooled) in enumerate(
            zip(self.committees, self.allocation.pooled, strict=True), start=1
        ):
            cells = [self[f"seats_{row}_{n}"] for n in self._columns]
            found.append((committee, pooled, cells, sum(_number_in(cell) for cell in cells)))
        return found

    @property
    def totals(self):
        """Return (party, seats entered on pooled bodies, seats of principle (c)) of each column."""
        pooled = [cells for _, is_pooled, cells, _ in self.rows if is_pooled]
        if not pooled:
            return []
        return [
            (share.party.name, sum(_number_in(cells[n]) for cells in pooled), share.seats)
            for n, share in enumerate(self.allocation.totals)
        ]

    @property
    def _columns(self):
        return range(1, len(self.allocation.parties) + 1)

    def clean(self):
        data = super().clean()
        seats = [
            [data.get(f"seats_{row}_{column}") for column in self._columns]
            for row in range(1, len(self.committees) + 1)
        ]
        for row, (committee, numbers) in enumerate(
            zip(self.committees, seats, strict=True), start=1
        ):
            self._check_row(row, committee, numbers)
        if any(name.startswith("seats_") for name in self.errors):
            return data
        try:
            self.check = check_table(self.allocation, seats)
        except BalanceError as error:
            self.add_error("seats_1_1", str(error))
            return data
        if self.check.is_departure and not data.get("is_departure"):
            for failure in self.check.failures:
                self.add_error(self._place_of(failure), f"({failure.principle}) {failure.words}")
            self.add_error(
                "is_departure",
                "This table departs from political balance. Change the seats, or select that it "
                "will be put to the vote",
            )
        data["table"] = {
            committee.pk: dict(zip(self.allocation.names, numbers, strict=True))
            for committee, numbers in zip(self.committees, seats, strict=True)
        }
        return data

    def check_only(self):
        """Check the seats and nothing else: nothing is to be saved yet."""
        self.full_clean()
        for name in ("reason", "is_departure", "version"):
            self.errors.pop(name, None)

    def _check_row(self, row, committee, numbers):
        if None in numbers:
            return
        made = sum(numbers)
        if made != committee.size:
            self.add_error(
                f"seats_{row}_1",
                f"The seats of {committee.name} add up to {made}, but it has {committee.size}",
            )
        for column, (party, seats) in enumerate(
            zip(self.allocation.parties, numbers, strict=True), start=1
        ):
            if seats > party.members:
                members = count_of(party.members, "member")
                self.add_error(
                    f"seats_{row}_{column}",
                    f"{party.name} has {members} and cannot fill {seats} seats",
                )

    def _place_of(self, failure):
        """Return the field of the cell that a failure is about, or the first of its column."""
        names = [committee.name for committee in self.committees]
        if failure.body in names:
            row = names.index(failure.body) + 1
        else:
            row = self.allocation.pooled.index(True) + 1
        return f"seats_{row}_{self.allocation.names.index(failure.party) + 1}"


def _number_in(field):
    """Return what was entered in a bound field as a number; 0 if it is not one."""
    try:
        return max(int(str(field.value()).strip()), 0)
    except ValueError:
        return 0


class VoteForm(forms.Form):
    """How the meeting voted on the allocation, on a council of `seats`.

    A departure needs no votes against. `since`, if any, is the first day on which the meeting can
    have voted on it.
    """

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    meeting_on = DateField(
        label="Date of the meeting", error_name="The date of the meeting", is_past=True
    )
    votes_for = whole_number(
        label="Votes for",
        error_name="The number of votes for",
        help_text="If the votes were equal and the person presiding gave a second or casting vote, "
        "add it to the votes for or against.",
    )
    votes_against = whole_number(label="Votes against", error_name="The number of votes against")
    abstentions = whole_number(label="Abstentions", error_name="The number of abstentions")

    def __init__(self, *args, seats, since=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.seats, self.since = seats, since

    def clean_meeting_on(self):
        day = self.cleaned_data["meeting_on"]
        if self.since and day < self.since:
            raise ValidationError(
                f"The date of the meeting must be on or after {day_in_words(self.since)}, from "
                "which this composition applies"
            )
        return day

    def clean(self):
        data = super().clean()
        given = [data.get(name) for name in ("votes_for", "votes_against", "abstentions")]
        # A casting vote, which makes a difference of 1, is given by someone who has a vote already.
        if None not in given and sum(given) - (abs(given[0] - given[1]) == 1) > self.seats:
            self.add_error(
                "votes_for",
                f"The votes and abstentions add up to {sum(given)}, but the council has "
                f"{self.seats} seats",
            )
        return data
