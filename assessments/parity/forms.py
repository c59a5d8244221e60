"""Forms of the parity log."""

from django import forms

from assessments.fields import (
    EarlierTextsField,
    LongTextField,
    ReadersField,
    VersionedForm,
    offer_readers,
)
from elections.composition import MAX_NAME
from govuk.fields import DateField

from .models import ParityEntry, ParityShare

MOST_GROUPS = 20
Outcome = ParityShare.Outcome


class ParityForm(VersionedForm):
    """An entry, with an outcome for each of `groups`; `entry` is the one to change.

    The names of the groups are sent with the form, so that they stay the same if the composition
    changes meanwhile.
    """

    kind = forms.ChoiceField(
        label="What type of support is it?",
        label_suffix="",
        choices=ParityEntry.Kind.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select the type of support from the list"
        ),
    )
    words = forms.CharField(
        label="What was offered?",
        label_suffix="",
        help_text="Everyone at the council with access to the plan can read this. Leave out what "
        "a group asked for in confidence.",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Enter what was offered",
            "max_length": "What was offered must be 200 characters or fewer",
        },
    )
    offered_on = DateField(
        label="When was it offered?",
        label_suffix="",
        error_name="The date it was offered",
        is_past=True,
    )
    offered_by = forms.CharField(
        label="Which officer offered it?",
        label_suffix="",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={
            "required": "Enter which officer offered it",
            "max_length": "The officer must be 80 characters or fewer",
        },
    )
    reason = LongTextField(
        label="Why was it not offered to every group?",
        error_name="The reason",
        help_text="Needed only if a group was not offered it.",
        required=False,
        longest=2000,
    )

    def __init__(self, data=None, *, groups, entry=None):
        shares = {each.group: each for each in entry.shares.all()} if entry else {}
        initial = {"version": 1}
        if entry:
            initial = {name: getattr(entry, name) for name in ("version", *ENTRY_FIELDS)}
        super().__init__(data, initial=initial)
        names = sorted({*groups, *shares}, key=str.casefold)[:MOST_GROUPS]
        if data is not None:
            sent = [" ".join(name.split())[:MAX_NAME] for name in data.getlist("group")]
            names = list(dict.fromkeys(filter(None, sent)))[:MOST_GROUPS]
        self.groups = names
        for number, name in enumerate(names):
            share = shares.get(name)
            self.fields[f"outcome_{number}"] = forms.ChoiceField(
                label="Offered or given?",
                label_suffix="",
                choices=[("", "Select"), *Outcome.choices],
                initial=share.outcome if share else "",
                error_messages=dict.fromkeys(
                    ("required", "invalid_choice"), f"Select what {name} was offered or given"
                ),
            )
            self.fields[f"given_on_{number}"] = DateField(
                label="Date given",
                label_suffix="",
                error_name=f"Date given to {name}",
                is_past=True,
                help_text="If it was given.",
                required=False,
                initial=share.given_on if share else None,
            )

    @property
    def share_fields(self):
        """Return the name of each group with its two bound fields."""
        return [
            (name, self[f"outcome_{number}"], self[f"given_on_{number}"])
            for number, name in enumerate(self.groups)
        ]

    @property
    def main_fields(self):
        return [self[name] for name in ENTRY_FIELDS if name != "reason"]

    def clean(self):
        data = super().clean()
        if not self.groups:
            self.add_error(None, "Record the composition of the council first")
        for number, name in enumerate(self.groups):
            day = f"given_on_{number}"
            outcome = data.get(f"outcome_{number}")
            if outcome != Outcome.GIVEN:
                # Without an outcome, that is what is asked for first.
                if outcome and data.get(day):
                    self.add_error(day, f"Select Given for {name}, or remove the date")
            elif not data.get(day) and day not in self.errors:
                self.add_error(day, f"Enter the date it was given to {name}")
            elif data.get(day) and data.get("offered_on") and data[day] < data["offered_on"]:
                self.add_error(day, f"Date given to {name} must be on or after the date offered")
        outcomes = {data.get(f"outcome_{number}") for number in range(len(self.groups))}
        if self.groups and outcomes == {Outcome.NOT_OFFERED}:
            self.add_error("outcome_0", "Select Offered, Given or Declined for at least one group")
        if Outcome.NOT_OFFERED not in outcomes:
            if data.get("reason") and None not in outcomes:
                self.add_error(
                    "reason",
                    "Leave this empty if every group was offered it, or select Not offered",
                )
        elif not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Enter why it was not offered to every group")
        return data

    def fields_to_save(self):
        return {name: self.cleaned_data[name] for name in ENTRY_FIELDS}

    def shares(self):
        data = self.cleaned_data
        return [
            (name, data[f"outcome_{number}"], data[f"given_on_{number}"])
            for number, name in enumerate(self.groups)
        ]


ENTRY_FIELDS = ("kind", "words", "offered_on", "offered_by", "reason")


class ConfidentialRequestForm(forms.Form):
    """A request made in confidence. Only an owner is offered `others`, who can be named."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    group = forms.CharField(
        label="Which group asked?",
        label_suffix="",
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={
            "required": "Enter which group asked",
            "max_length": f"The group must be {MAX_NAME} characters or fewer",
        },
    )
    asked_on = DateField(
        label="When did it ask?",
        label_suffix="",
        error_name="The date the group asked",
        is_past=True,
    )
    words = LongTextField(
        label="What did it ask for?",
        error_name="What the group asked for",
        help_text="It may have to be disclosed under freedom of information or data protection "
        "law, including to anyone named in it.",
        error_messages={"required": "Enter what the group asked for"},
    )
    answer = LongTextField(
        label="What was the answer? (optional)", error_name="The answer", required=False
    )
    readers = ReadersField()
    earlier = EarlierTextsField()

    def __init__(self, *args, others=None, has_earlier_texts=False, **kwargs):
        super().__init__(*args, **kwargs)
        offer_readers(self, others, has_earlier_texts=has_earlier_texts)

    def clean_group(self):
        return " ".join(self.cleaned_data["group"].split())
