"""Forms for the rules of the votes, nominations, one vote, and the decision of a tie."""

from django import forms

from assessments.fields import SeveralField, StartedForm
from assessments.seats.composition_forms import whole_number
from elections.council_vote import MOST_VOTES

from .models import MAX_NAME, HowElected, HowTiesEnd, PresidingAtStart

MOST_NOMINEES = 12
SPARE_NOMINEES = 3
SMALL_RADIOS = {"class": "govuk-radios--small"}
NO_ONE = "none"  # the value of a tie that ends with no one elected


def _choice(*, label, choices, missing, **kwargs):
    return forms.ChoiceField(
        label=label,
        label_suffix="",
        choices=choices,
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages=dict.fromkeys(("required", "invalid_choice"), missing),
        **kwargs,
    )


class RulesForm(StartedForm):
    """Who presides at the start, and what standing orders say about votes for an office."""

    presiding = _choice(
        label="Who presides while the chair is elected?",
        choices=PresidingAtStart,
        missing="Select who presides while the chair is elected",
    )
    rule = _choice(
        label="If there are several nominees, how is one elected?",
        choices=HowElected,
        missing="Select how one of several nominees is elected",
        help_text="Check your standing orders. Under paragraph 39 of Schedule 12 to the Local "
        "Government Act 1972, questions are decided by a majority of the members present and "
        "voting: take the monitoring officer’s advice before you use any other rule.",
    )
    lowest_tie = _choice(
        label="If nominees tie for the fewest votes, how is it decided who drops out?",
        choices=HowTiesEnd,
        missing="Select how it is decided who drops out",
        help_text="Check your standing orders. This is only used where the nominee with the "
        "fewest votes drops out.",
    )
    tie = _choice(
        label="If votes for vice-chair or Leader are equal, how is that decided?",
        choices=HowTiesEnd,
        missing="Select how equal votes are decided",
        help_text="Equal votes for chair are always decided by a casting vote (Local Government "
        "Act 1972, section 4(3)).",
    )

    def __init__(self, *args, in_words=str, **kwargs):
        """Create the form with its texts in the words of `in_words`, a function."""
        super().__init__(*args, **kwargs)
        for asked in self.fields.values():
            if not isinstance(asked, forms.ChoiceField):
                continue
            asked.label, asked.help_text = in_words(asked.label), in_words(asked.help_text)
            asked.choices = [(value, in_words(words)) for value, words in asked.choices]
            asked.error_messages = {
                code: in_words(words) for code, words in asked.error_messages.items()
            }


class NomineesForm(StartedForm):
    """Who is nominated: a row each, and spare rows. A row that is left empty is not a nominee.

    With `can_add` false a vote has been entered: no one can be added, and nominees can withdraw.
    """

    def __init__(self, *args, nominees, can_add, **kwargs):
        super().__init__(*args, **kwargs)
        self.nominees, self.can_add = list(nominees), can_add
        self.keys = [str(each.pk) for each in self.nominees]
        if can_add:
            spare = max(0, min(SPARE_NOMINEES, MOST_NOMINEES - len(self.keys)))
            self.keys += [f"new_{n}" for n in range(1, spare + 1)]
        for n, key in enumerate(self.keys, start=1):
            self.fields[f"name_{key}"] = forms.CharField(
                label=f"Nominee {n}",
                max_length=MAX_NAME,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
                error_messages={
                    "max_length": f"The name of nominee {n} must be {MAX_NAME} characters or fewer"
                },
            )
        self.fields["withdrawn"] = SeveralField(
            label="Who has withdrawn?",
            label_suffix="",
            required=False,
            choices=[(str(each.pk), each.name) for each in self.nominees],
            widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
            error_messages=dict.fromkeys(
                ("invalid_choice", "invalid_list"), "Select people from the list"
            ),
        )
        if not self.nominees:
            del self.fields["withdrawn"]

    @property
    def rows(self):
        return [self[f"name_{key}"] for key in self.keys]

    def clean(self):
        data = super().clean()
        data["names"], data["new"], seen = {}, [], set()
        for key in self.keys:
            field = f"name_{key}"
            name = " ".join((data.get(field) or "").split())
            if field in self.errors or not name:
                continue
            if not name.isprintable():
                self.add_error(field, "The name contains characters that cannot be used")
            elif name.casefold() in seen:
                self.add_error(field, f"{name} is listed more than once")
            elif key.isdigit():
                data["names"][int(key)] = name
            else:
                data["new"].append(name)
            seen.add(name.casefold())
        if not (self.nominees or data["new"] or self.errors):
            self.add_error(f"name_{self.keys[0]}", "Enter the name of at least one nominee")
        data["withdrawn"] = [int(pk) for pk in data.get("withdrawn") or []]
        return data


class OfficeVoteForm(StartedForm):
    """The votes of one vote: for each nominee, or for and against a single one.

    `most` is how many votes and abstentions there can be in all, if that is known.
    """

    def __init__(self, *args, nominees, most=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.most = most
        self.nominees = list(nominees)
        self.is_single = len(self.nominees) == 1
        for nominee in self.nominees:
            label = f"For {nominee.name}" if self.is_single else nominee.name
            self._add(f"votes_{nominee.pk}", label, f"votes for {nominee.name}")
        if self.is_single:
            self._add("against", f"Against {self.nominees[0].name}", "votes against")
        self._add("abstained", "Abstained", "abstentions", required=False)

    def _add(self, name, label, said, *, required=True):
        field = whole_number(label=label, highest=MOST_VOTES, required=required)
        message = f"The number of {said} must be a whole number from 0 to {MOST_VOTES}"
        field.error_messages |= dict.fromkeys(("invalid", "min_value", "max_value"), message)
        field.error_messages["required"] = f"Enter {said}, or 0"
        self.fields[name] = field

    @property
    def first_field(self):
        return f"votes_{self.nominees[0].pk}"

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        data["votes"] = {each.pk: data[f"votes_{each.pk}"] for each in self.nominees}
        data["against"], data["abstained"] = data.get("against") or 0, data["abstained"] or 0
        if not sum(data["votes"].values()) + data["against"]:
            self.add_error(
                self.first_field, "Enter at least one vote. If all members abstained, no one voted"
            )
        given = sum(data["votes"].values()) + data["against"] + data["abstained"]
        if self.most is not None and given > self.most:
            self.add_error(
                self.first_field,
                f"The votes and abstentions add up to {given}, but no more than {self.most} members"
                " can vote. If the council now has more seats, record its composition first",
            )
        return data


class OfficeTieForm(StartedForm):
    """How equal votes were decided: for a nominee, or with no one elected."""

    decision = _choice(label="", choices=[], missing="Select how the equal votes were decided")

    def __init__(self, *args, label, tied, no_one="", **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["decision"]
        field.label = label
        field.choices = [(str(pk), words) for pk, words in tied]
        if no_one:
            field.choices = [*field.choices, (NO_ONE, no_one)]

    @property
    def decided_for(self):
        """Return the primary key of the nominee, or None for no one."""
        value = self.cleaned_data["decision"]
        return None if value == NO_ONE else int(value)
