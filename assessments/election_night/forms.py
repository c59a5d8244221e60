"""Forms to start and set up a count, to enter the result of a ward, and to end the count."""

from django import forms
from django.core.exceptions import ValidationError

from assessments.fields import Textarea, VersionedForm
from assessments.plans.models import Election
from assessments.seats.composition_forms import whole_number
from assessments.seats.models import Rule
from councils.models import WARDS
from elections.composition import MAX_GROUPS, MAX_NAME, MAX_SEATS
from elections.count import NO_GROUP
from elections.seat_text import MAX_TEXT, SeatTextError, is_ungrouped, is_vacant, read_seats
from govuk.fields import DateField

from .models import WardResult

MOST_BY_RADIOS = 5  # seats of a ward up to which a number is selected with one tap
IN_NO_GROUP = "none"  # the value of "in no group" as the winner of a ward with one seat
OTHER = "other"  # the value of a group that is not listed yet
SPARE_GROUPS = 3
SMALL_RADIOS = {"class": "govuk-radios--small"}


def name_field(*, label, **kwargs):
    """Return a field for a name; the label says what it is the name of."""
    said = f"name{label.removeprefix('Name')}"
    return forms.CharField(
        label=label,
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": f"Enter the {said}",
            "max_length": f"The {said} must be {MAX_NAME} characters or fewer",
        },
        **kwargs,
    )


def one_line(name):
    """Return the name with each run of white space as one space. Raises ValidationError."""
    name = " ".join(name.split())
    if not name.isprintable():
        raise ValidationError("The name contains characters that cannot be used")
    return name


def check_group_name(name):
    """Raise ValidationError for a name that counts members in no group, or vacant seats."""
    if is_ungrouped(name) or is_vacant(name):
        raise ValidationError(f"“{name}” is not a group. Use the boxes below the groups")


# --- Wards ----------------------------------------------------------------------------------------


class PastedWardsField(forms.CharField):
    """Wards with their seats, pasted: cleans to a list of (name, seats)."""

    area = WARDS

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            strip=False,
            max_length=MAX_TEXT,
            widget=Textarea(attrs={"rows": 6, "spellcheck": "false"}),
            error_messages={"max_length": f"Paste {MAX_TEXT:,} characters or fewer"},
            **kwargs,
        )

    def call_areas(self, area):
        """Use the AreaWords of the council in the label, the hint and the errors."""
        self.area = area
        self.label = f"Paste {area.many} and their seats"
        self.help_text = (
            f"Enter one {area.one} per line, with its number of seats up for election, for "
            "example “Castle 3”. You can paste from a spreadsheet."
        )

    def clean(self, value):
        text = super().clean(value)
        if not text.strip():
            return []
        try:
            reading = read_seats(text)
        except SeatTextError as error:
            raise ValidationError(list(error.problems)) from error
        if reading.questions:
            raise ValidationError(list(reading.questions))
        wards = [(entry.name, entry.number) for entry in reading.entries]
        made = sum(seats for _, seats in wards)
        if reading.total not in {None, made}:
            raise ValidationError(
                f"The total is given as {reading.total}, but the {self.area.many} have {made} seats"
            )
        return wards


def check_wards(form, field, wards, taken=()):
    """Add an error to `field` for a ward that is listed twice, or is in `taken`, or has none."""
    seen = {name.casefold() for name in taken}
    for name, seats in wards:
        if name.casefold() in seen:
            form.add_error(field, f"{name} is listed more than once")
        elif not 1 <= seats <= MAX_SEATS:
            form.add_error(field, f"{name} must have from 1 to {MAX_SEATS} seats")
        seen.add(name.casefold())


class AddWardsForm(forms.Form):
    """More wards for a count: one, or a list that is pasted."""

    seats = whole_number(
        label="Seats up for election",
        error_name="The number of seats up for election",
        lowest=1,
        required=False,
    )
    pasted = PastedWardsField()

    def __init__(self, *args, count, area, **kwargs):
        super().__init__(*args, **kwargs)
        self.count, self.area = count, area
        name = name_field(label=f"Name of the {area.one}", required=False)
        self.fields = {"name": name, **self.fields}
        self.fields["pasted"].call_areas(area)

    def clean_name(self):
        return one_line(self.cleaned_data["name"])

    def clean(self):
        data = super().clean()
        taken = [ward.name for ward in self.count.wards.all()]
        name, seats, pasted = data.get("name"), data.get("seats"), data.get("pasted")
        if name and seats is None and "seats" not in self.errors:
            self.add_error("seats", f"Enter how many seats {name} has")
        elif seats and not name and "name" not in self.errors:
            self.add_error("name", f"Enter the name of the {self.area.one}")
        elif not (self.errors or name or pasted):
            self.add_error("name", f"Enter the name of a {self.area.one}, or paste a list")
        if self.errors:
            return data
        typed = [(name, seats)] if name else []
        check_wards(self, "name", typed, taken)
        check_wards(self, "pasted", pasted, [*taken, *([name] if name else [])])
        data["wards"] = typed + pasted
        return data


class WardForm(VersionedForm):
    """The name and the seats of one ward."""

    seats = whole_number(
        label="Seats up for election", error_name="The number of seats up for election", lowest=1
    )

    def __init__(self, *args, ward, area, **kwargs):
        super().__init__(*args, **kwargs)
        self.ward = ward
        self.fields = {"name": name_field(label=f"Name of the {area.one}"), **self.fields}
        self.fields["seats"].error_messages["required"] = f"Enter how many seats the {area.one} has"

    def clean_name(self):
        name = one_line(self.cleaned_data["name"])
        others = [other.name for other in self.ward.count.wards.all() if other.pk != self.ward.pk]
        if name.casefold() in {other.casefold() for other in others}:
            raise ValidationError(f"{name} is listed already")
        return name


# --- Settings -------------------------------------------------------------------------------------


class GroupsForm(forms.Form):
    """Seats up for election, and rows of groups with their seats that are not up.

    `known` are the CountGroups of an open count; one that the page did not have yet, because a
    result has added it since, is kept as it is. A row that is left blank is not a group. Without
    `asks_not_up` all seats are up for election.
    """

    seats_up = whole_number(
        label="Seats up for election", error_name="The number of seats up for election", lowest=1
    )
    no_group_not_up = whole_number(
        label="Seats not up, members in no group",
        error_name="The number of seats not up that members in no group hold",
        required=False,
    )
    vacant_not_up = whole_number(
        label="Seats not up, vacant",
        error_name="The number of vacant seats not up",
        required=False,
    )

    def __init__(self, *args, known=(), spare=SPARE_GROUPS, asks_not_up=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.asks_not_up = asks_not_up
        self.known = [group.pk for group in known]
        if self.is_bound:
            self.data = _with_groups_added_since(self.data, known)
        self.keys = [*map(str, self.known), *(f"new_{n}" for n in range(1, spare + 1))]
        self.keys = self.keys[: max(MAX_GROUPS, len(self.known))]
        for n, key in enumerate(self.keys, start=1):
            self.fields[f"name_{key}"] = name_field(label=f"Name of group {n}", required=False)
            if asks_not_up:
                self.fields[f"not_up_{key}"] = whole_number(
                    label=f"Seats of group {n} not up for election",
                    error_name=f"The number of seats of group {n} not up for election",
                    required=False,
                )
        self.fields["seats_up"].error_messages["required"] = (
            "Enter how many seats are up for election"
        )
        if not asks_not_up:
            del self.fields["no_group_not_up"], self.fields["vacant_not_up"]

    @property
    def table(self):
        """Return the name, and the seats not up or None, of each row as bound fields."""
        return [
            (self[f"name_{key}"], self[f"not_up_{key}"] if self.asks_not_up else None)
            for key in self.keys
        ]

    def field_of(self, name):
        """Return the name of the field that has `name` as a group; that of the seats if none."""
        values = ((f"name_{key}", self.cleaned_data.get(f"name_{key}") or "") for key in self.keys)
        same = (field for field, value in values if one_line(value).casefold() == name.casefold())
        return next(same, "seats_up")

    def clean(self):
        data = super().clean()
        data["groups"], data["removed"], data["new_groups"], seen = {}, [], [], set()
        for key in self.keys:
            field = f"name_{key}"
            not_up = data.get(f"not_up_{key}") or 0
            if {field, f"not_up_{key}"} & set(self.errors):
                continue
            try:
                name = one_line(data.get(field) or "")
                if name:
                    check_group_name(name)
                elif not_up:
                    raise ValidationError("Enter the name of the group")
            except ValidationError as error:
                self.add_error(field, error)
                continue
            if not name:
                if key.isdigit():
                    data["removed"].append(int(key))
                continue
            if name.casefold() in seen:
                self.add_error(field, f"{name} is listed more than once")
            seen.add(name.casefold())
            if key.isdigit():
                data["groups"][int(key)] = (name, not_up)
            else:
                data["new_groups"].append((name, not_up))
        for name in ("no_group_not_up", "vacant_not_up"):
            data[name] = data.get(name) or 0
        return data


def _with_groups_added_since(data, known):
    """Return the posted data with the groups of `known` that its page did not have."""
    since = [group for group in known if f"name_{group.pk}" not in data]
    if not since:
        return data
    data = data.copy()
    for group in since:
        data[f"name_{group.pk}"] = group.name
        data[f"not_up_{group.pk}"] = str(group.not_up or "")
    return data


class StartForm(GroupsForm):
    """How results are entered, what is up for election, and the groups."""

    by_wards = forms.ChoiceField(
        label="How will you enter results?",
        label_suffix="",
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select how you will enter results"
        ),
    )
    pasted = PastedWardsField()
    rule = forms.ChoiceField(choices=Rule.choices, widget=forms.HiddenInput, required=False)

    def __init__(self, *args, area, **kwargs):
        super().__init__(*args, **kwargs)
        self.area = area
        self.fields["by_wards"].choices = [
            ("wards", f"{area.each.capitalize()}, as each is declared"),
            ("totals", "As totals for the whole council"),
        ]
        self.fields["pasted"].call_areas(area)

    def clean(self):
        data = super().clean()
        data["rule"] = data.get("rule") or Rule.SEATS
        wards = data.get("pasted") or []
        if data.get("by_wards") == "totals" and wards:
            self.add_error("pasted", "Leave this empty if you enter totals for the whole council")
        check_wards(self, "pasted", wards)
        listed = sum(seats for _, seats in wards)
        if listed > (data.get("seats_up") or listed):
            self.add_error(
                "pasted",
                f"The {self.area.many} have {listed} seats, but only {data['seats_up']} are up for "
                "election",
            )
        return data


class CountSettingsForm(VersionedForm, GroupsForm):
    """The settings of an open count."""


# --- Results --------------------------------------------------------------------------------------


class ResultForm(VersionedForm):
    """The result of a ward: who won its one seat, or how many seats each group won.

    Cleans to `status` and `seats` by name of group, with NO_GROUP for members in no group.
    """

    status = forms.ChoiceField(
        label="Declared or expected?",
        label_suffix="",
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether the result is declared or expected"
        ),
    )
    other = name_field(label="Name of a group that is not listed", required=False)

    def __init__(self, *args, ward, groups, **kwargs):
        super().__init__(*args, **kwargs)
        self.ward = ward
        self.groups = list(groups)
        Status = WardResult.Status
        if ward.is_total:
            del self.fields["status"]
        else:
            choices = [Status.DECLARED, Status.EXPECTED]
            choices += [Status.NONE] if ward.result else []
            self.fields["status"].choices = [(each.value, each.label) for each in choices]
        self.names = {}
        if self.has_one_winner:
            options = [(str(group.pk), group.name) for group in self.groups]
            options += [(IN_NO_GROUP, "In no group"), (OTHER, "A group that is not listed")]
            self.fields["winner"] = forms.ChoiceField(
                label="Who won the seat?",
                label_suffix="",
                choices=options,
                required=False,
                widget=forms.RadioSelect(attrs=SMALL_RADIOS),
                error_messages={"invalid_choice": "Select who won the seat"},
            )
        else:
            for group in self.groups:
                self._add_seats(f"seats_{group.pk}", group.name, group.name)
            self._add_seats("seats_none", NO_GROUP, "In no group")
            self.fields["seats_other"] = whole_number(
                label="Seats of this group", highest=ward.seats, required=False
            )

    @property
    def has_one_winner(self):
        return self.ward.seats == 1 and not self.ward.is_total

    @property
    def first_field(self):
        """Return the name of the field that an error about all seats belongs to."""
        return "winner" if self.has_one_winner else next(iter(self.names))

    @property
    def uses_radios(self):
        return self.ward.seats <= MOST_BY_RADIOS and not self.ward.is_total

    @property
    def seat_fields(self):
        return [self[field] for field in self.names]

    def _add_seats(self, field, name, label):
        self.names[field] = name
        message = f"The seats of {name or 'members in no group'} must be a whole number from 0 to "
        message += str(self.ward.seats)
        if self.uses_radios:
            numbers = [(str(n), str(n)) for n in range(self.ward.seats + 1)]
            self.fields[field] = forms.TypedChoiceField(
                label=label,
                choices=numbers,
                coerce=int,
                empty_value=0,
                required=False,
                widget=forms.RadioSelect(attrs=SMALL_RADIOS),
                error_messages={"invalid_choice": message},
            )
        else:
            self.fields[field] = whole_number(label=label, highest=self.ward.seats, required=False)
            for code in ("invalid", "min_value", "max_value"):
                self.fields[field].error_messages[code] = message

    def clean_other(self):
        name = one_line(self.cleaned_data["other"])
        if name:
            check_group_name(name)
        return name

    def clean(self):
        data = super().clean()
        if self.ward.is_total:
            data["status"] = WardResult.Status(self.ward.kind)
        if data.get("status") == WardResult.Status.NONE:
            data["seats"] = {}
            for name in [name for name in self.errors if name != "version"]:
                del self.errors[name]
            return data
        data["seats"] = self._winner(data) if self.has_one_winner else self._seats(data)
        return data

    def _has_seats_of_removed(self):
        """Return whether seats were entered for a group that is not listed any more."""
        return any(
            field.startswith("seats_") and field not in self.fields and value.strip(" 0")
            for field, value in self.data.items()
        )

    def _winner(self, data):
        winner = data.get("winner")
        if "winner" in self.errors or "other" in self.errors:
            return {}
        if winner == OTHER:
            if not data["other"]:
                self.add_error("other", "Enter the name of the group")
                return {}
            return {data["other"]: 1}
        if not winner:
            if data["other"]:  # only the name was entered
                return {data["other"]: 1}
            self.add_error("winner", "Select who won the seat")
            return {}
        if winner == IN_NO_GROUP:
            return {NO_GROUP: 1}
        return {next(each.name for each in self.groups if str(each.pk) == winner): 1}

    def _seats(self, data):
        seats = {name: data.get(field) or 0 for field, name in self.names.items()}
        other, number = data.get("other"), data.get("seats_other")
        if number and not other and "other" not in self.errors:
            self.add_error("other", "Enter the name of the group")
        elif other and not number and "seats_other" not in self.errors:
            self.add_error("seats_other", f"Enter how many seats {other} has")
        elif other:
            listed = {name.casefold(): name for name in seats}
            name = listed.get(other.casefold(), other)
            seats[name] = seats.get(name, 0) + (number or 0)
        if self._has_seats_of_removed():
            self.add_error(
                next(iter(self.names)),
                "A group that you entered seats for has been removed. Check the seats, then save "
                "again",
            )
        if self.errors:
            return {}
        made = sum(seats.values())
        first = next((field for field, name in self.names.items() if seats[name]), None)
        first = first or next(iter(self.names))
        if made > self.ward.seats:
            has = f"{self.ward.name} has {self.ward.seats}"
            if self.ward.is_total:
                has = f"only {self.ward.seats} are up for election"
            self.add_error(first, f"You have entered {made} seats, but {has}")
        elif not made and not self.ward.is_total:
            self.add_error(first, "Enter how many seats each group won")
        return {name: number for name, number in seats.items() if number}


def initial_result(ward, groups):
    """Return the current result of a ward as initial data of a ResultForm."""
    result = ward.result
    initial = {"version": ward.version, "status": result.status if result else "declared"}
    by_group = result.by_group if result else {}
    if ward.seats == 1 and not ward.is_total:
        keys = {group.name: str(group.pk) for group in groups} | {NO_GROUP: IN_NO_GROUP}
        return initial | {"winner": next((keys[name] for name in by_group), None)}
    empty = "" if ward.seats > MOST_BY_RADIOS or ward.is_total else "0"
    initial |= {f"seats_{group.pk}": by_group.get(group.name, empty) for group in groups}
    return initial | {"seats_none": by_group.get(NO_GROUP, empty)}


# --- The end --------------------------------------------------------------------------------------


class FinishForm(forms.Form):
    """The day from which the result applies; `doubts` are differences to confirm."""

    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    based_on = forms.IntegerField(
        min_value=0, max_value=2**62, required=False, widget=forms.HiddenInput
    )
    as_at = DateField(
        label="Day on which new councillors take office",
        error_name="The day",
        help_text="The fourth day after the poll, or the next working day if that is a Sunday or "
        "a bank holiday.",
    )
    confirmed = forms.BooleanField(
        label="I have checked these differences",
        error_messages={"required": "Check the differences, then select the box"},
    )

    def __init__(self, *args, plan, doubts, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan = plan
        if plan.occasion == Election.BY_ELECTION:
            self.fields["as_at"].label = "Day on which the new councillor takes office"
            self.fields["as_at"].help_text = (
                "After a by-election this is usually the day the result is declared. The new "
                "councillor cannot act before making the declaration of acceptance of office "
                "(Local Government Act 1972, section 83)."
            )
        elif plan.occasion == Election.ORDER:
            self.fields["as_at"].help_text = "The day that the order gives."
        if not doubts:
            del self.fields["confirmed"]

    def clean_as_at(self):
        day = self.cleaned_data["as_at"]
        if day < self.plan.election_day:
            raise ValidationError("The day cannot be before election day")
        return day
