"""Forms for an agreement, a red line or crunch issue, and an early win."""

from django import forms

from assessments.fields import LongTextField, SeveralField, VersionedForm, members_of
from assessments.seats.models import CouncilComposition
from elections.composition import MAX_NAME
from govuk.fields import DateField

from .models import Agreement, EarlyWin, Issue

LONGEST_TITLE = 300  # of text shown as a heading
FEWEST_PARTIES, MOST_PARTIES = 2, 20
SUBJECTS = {
    "ways_of_working": "Ways of working: how decisions are made and disagreements resolved",
    "shared_agenda": "A shared agenda: joint priorities",
    "communication": "Communication: how messages are agreed and published",
}
SMALL_RADIOS = {"class": "govuk-radios--small"}
SMALL_CHECKBOXES = {"class": "govuk-checkboxes--small"}


def groups_of(council):
    """Return the groups that hold seats now, in alphabetical order; [] if none are recorded."""
    composition = CouncilComposition.objects.of(council).first()
    return [group.name for group in composition.groups.all()] if composition else []


class RegisterForm(VersionedForm):
    """The fields of an entry of `plan`; `entry` is the one to change, None for a new one."""

    def __init__(self, *args, plan, entry=None, **kwargs):
        self.plan, self.entry = plan, entry
        super().__init__(
            *args, initial=self.initial_of(entry) if entry else {"version": 1}, **kwargs
        )

    def initial_of(self, entry):
        return {"version": entry.version} | {
            name: getattr(entry, name)
            for name in self.base_fields
            if name != "version" and hasattr(entry, name)
        }

    def fields_to_save(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class AgreementForm(RegisterForm):
    kind = forms.ChoiceField(
        label="What type of agreement is it?",
        label_suffix="",
        choices=Agreement.Kind.choices,
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages={
            "required": "Select the type of agreement",
            "invalid_choice": "Select the type of agreement from the list",
        },
    )
    manner = forms.ChoiceField(
        label="Is it oral or written?",
        label_suffix="",
        help_text="An oral agreement is spoken. Notes of it do not make it a written agreement.",
        choices=Agreement.Manner.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
        error_messages={
            "required": "Select whether it is oral or written",
            "invalid_choice": "Select oral or written",
        },
    )
    groups = SeveralField(
        label="Which groups is it between?",
        label_suffix="",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=SMALL_CHECKBOXES),
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Select groups from the list"
        ),
    )
    others = LongTextField(
        label="Other parties to it, one per line",
        label_suffix="(optional)",
        error_name="Other parties",
        required=False,
        rows=2,
    )
    about = SeveralField(
        label="What is it about?",
        label_suffix="(optional)",
        required=False,
        choices=list(SUBJECTS.items()),
        widget=forms.CheckboxSelectMultiple(attrs=SMALL_CHECKBOXES),
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Select what it is about from the list"
        ),
    )
    covers = LongTextField(
        label="What does it cover?",
        label_suffix="(optional)",
        error_name="What it covers",
        help_text="It may have to be disclosed under freedom of information or data protection "
        "law.",
        required=False,
    )
    made_on = DateField(
        label="When was it made?",
        error_name="The date it was made",
        is_past=True,
        label_suffix="(optional)",
        required=False,
    )
    review_on = DateField(
        label="Next annual review",
        label_suffix="(optional)",
        error_name="The next annual review",
        help_text="It appears on the timeline, among the next dates and in calendars.",
        required=False,
    )
    kept_at = forms.CharField(
        label="Where is it recorded?",
        label_suffix="(optional)",
        help_text="For example, who holds the document or the notes, or which system they are in.",
        required=False,
        max_length=200,
        error_messages={"max_length": "Where it is recorded must be 200 characters or fewer"},
    )

    def __init__(self, *args, plan, **kwargs):
        self.names = groups_of(plan.council)
        super().__init__(*args, plan=plan, **kwargs)
        self.fields["groups"].choices = [(name, name) for name in self.names]
        if not self.names:
            del self.fields["groups"]
            self.fields["others"].label = "Who is it between? Enter one group per line"
            self.fields["others"].label_suffix = ""

    def initial_of(self, entry):
        parties = entry.parties.splitlines()
        return super().initial_of(entry) | {
            "groups": [party for party in parties if party in self.names],
            "others": "\n".join(party for party in parties if party not in self.names),
            "about": [name for name in SUBJECTS if getattr(entry, name)],
        }

    def clean_others(self):
        lines = (" ".join(line.split()) for line in self.cleaned_data["others"].splitlines())
        names = list(filter(None, lines))
        if any(len(name) > MAX_NAME for name in names):
            raise forms.ValidationError(f"Each name must be {MAX_NAME} characters or fewer")
        return names

    def clean(self):
        data = super().clean()
        named = [*data.get("others", []), *data.get("groups", [])]
        parties = {name.casefold(): name for name in named}
        wrong = {"groups", "others"} & self.errors.keys()
        if not wrong and not FEWEST_PARTIES <= len(parties) <= MOST_PARTIES:
            field = "groups" if self.names else "others"
            self.add_error(
                field, f"Enter between {FEWEST_PARTIES} and {MOST_PARTIES} groups or other parties"
            )
        data["parties"] = "\n".join(parties[key] for key in sorted(parties))
        made, review = data.get("made_on"), data.get("review_on")
        if made and review and review <= made:
            self.add_error("review_on", "The next annual review must be after the date it was made")
        return data

    def fields_to_save(self):
        fields = super().fields_to_save()
        about = fields.pop("about")
        for name in ("groups", "others"):
            fields.pop(name, None)
        return fields | {name: name in about for name in SUBJECTS}


class IssueForm(RegisterForm):
    kind = forms.ChoiceField(
        label="Which type is it?",
        label_suffix="",
        choices=[
            (Issue.Kind.RED_LINE, "A red line: something a group will not compromise on"),
            (Issue.Kind.CRUNCH, "A crunch issue: a future decision that could divide the groups"),
        ],
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select red line or crunch issue"
        ),
    )
    words = LongTextField(
        label="What is it about?",
        error_name="What it is about",
        longest=LONGEST_TITLE,
        help_text="Describe the issue, not your opinion of a person. It may have to be disclosed, "
        "including to anyone named in it.",
        error_messages={"required": "Enter what it is about"},
    )
    group = forms.CharField(
        label="Which group raised it?",
        label_suffix="(optional)",
        required=False,
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={
            "max_length": f"The name of the group must be {MAX_NAME} characters or fewer"
        },
    )
    bites_on = DateField(
        label="When will a decision be needed?",
        error_name="The date a decision is needed",
        label_suffix="(optional)",
        help_text="For example, the date of the meeting that will decide.",
        required=False,
    )
    agreed = LongTextField(
        label="What was agreed? (optional while it is open)",
        error_name="What was agreed",
        required=False,
    )
    state = forms.ChoiceField(
        label="Is it open or settled?",
        label_suffix="",
        choices=Issue.State.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select open or settled"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("state", Issue.State.OPEN)
        self.fields["group"].widget.attrs["list"] = "groups-known"

    def clean_group(self):
        return " ".join(self.cleaned_data["group"].split())

    def clean(self):
        data = super().clean()
        settled = data.get("state") == Issue.State.SETTLED
        if settled and not data.get("agreed") and "agreed" not in self.errors:
            self.add_error("agreed", "Enter what was agreed")
        return data


class EarlyWinForm(RegisterForm):
    words = LongTextField(
        label="What will be achieved?",
        error_name="What will be achieved",
        longest=LONGEST_TITLE,
        rows=2,
        error_messages={"required": "Enter what will be achieved"},
    )
    due = DateField(
        label="By when?", error_name="The date", label_suffix="(optional)", required=False
    )
    owner: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Who is responsible?",
        label_suffix="(optional)",
        queryset=None,
        empty_label="No one yet",
        required=False,
        error_messages={"invalid_choice": "Select a person from the list"},
    )
    state = forms.ChoiceField(
        label="What is its status?",
        label_suffix="",
        choices=EarlyWin.State.choices,
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select its status from the list"
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("state", EarlyWin.State.PLANNED)
        owner_id = self.entry.owner_id if self.entry else None
        self.fields["owner"].queryset = members_of(self.plan, owner_id=owner_id)
