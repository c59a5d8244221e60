"""What is asked about an agreement, a red line or crunch issue, and an early win."""

from django import forms

from assessments.fields import LongTextField, VersionedForm, members_of
from assessments.seats.models import CouncilComposition
from elections.composition import MAX_NAME
from govuk.fields import DateField

from .models import Agreement, EarlyWin, Issue

LONGEST_TITLE = 300  # of what stands as a heading
FEWEST_PARTIES, MOST_PARTIES = 2, 20
SUBJECTS = {
    "ways_of_working": "Ways of working: how decisions are made and differences settled",
    "shared_agenda": "A shared agenda: joint priorities",
    "communication": "How messages are agreed and given out",
}
SMALL_RADIOS = {"class": "govuk-radios--small"}
SMALL_CHECKBOXES = {"class": "govuk-checkboxes--small"}


def groups_of(council):
    """The names of the groups that hold seats now, by alphabet; none before they are recorded."""
    composition = CouncilComposition.objects.of(council).first()
    return [group.name for group in composition.groups.all()] if composition else []


class RegisterForm(VersionedForm):
    """`groups` are the names to choose from, `plan` the one it is about, `entry` what stands."""

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
        label="What type is it?",
        label_suffix="",
        choices=Agreement.Kind.choices,
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages={
            "required": "Choose what type it is",
            "invalid_choice": "Choose what type it is from the list",
        },
    )
    manner = forms.ChoiceField(
        label="Is it verbal or written?",
        label_suffix="",
        choices=Agreement.Manner.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
        error_messages={
            "required": "Say whether it is verbal or written",
            "invalid_choice": "Choose verbal or written",
        },
    )
    groups = forms.MultipleChoiceField(
        label="Which groups is it between?",
        label_suffix="",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=SMALL_CHECKBOXES),
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Choose groups from the list"
        ),
    )
    others = LongTextField(
        label="Others it is between, one a line",
        error_name="The others",
        required=False,
        rows=2,
    )
    about = forms.MultipleChoiceField(
        label="What is it about?",
        label_suffix="",
        required=False,
        choices=list(SUBJECTS.items()),
        widget=forms.CheckboxSelectMultiple(attrs=SMALL_CHECKBOXES),
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Choose what it is about from the list"
        ),
    )
    covers = LongTextField(
        label="What does it cover, in a few words? (optional)",
        error_name="What it covers",
        required=False,
    )
    made_on = DateField(
        label="When was it made? (optional)",
        error_name="The day it was made",
        label_suffix="",
        required=False,
    )
    review_on = DateField(
        label="Next annual review",
        error_name="The next annual review",
        help_text="It then stands on the timeline, in what is next and in calendars.",
        required=False,
    )
    kept_at = forms.CharField(
        label="Where is it kept? (optional)",
        label_suffix="",
        help_text="Say where to find it, or who has it.",
        required=False,
        max_length=200,
        error_messages={"max_length": "Where it is kept must be 200 characters or fewer"},
    )

    def __init__(self, *args, plan, **kwargs):
        self.names = groups_of(plan.council)
        super().__init__(*args, plan=plan, **kwargs)
        self.fields["groups"].choices = [(name, name) for name in self.names]
        if not self.names:
            del self.fields["groups"]
            self.fields["others"].label = "Who is it between? One group a line"

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
                field, f"Name {FEWEST_PARTIES} to {MOST_PARTIES} groups or others it is between"
            )
        data["parties"] = "\n".join(parties[key] for key in sorted(parties))
        made, review = data.get("made_on"), data.get("review_on")
        if made and review and review <= made:
            self.add_error("review_on", "The next annual review must be after the day it was made")
        return data

    def fields_to_save(self):
        fields = super().fields_to_save()
        about = fields.pop("about")
        for name in ("groups", "others"):
            fields.pop(name, None)
        return fields | {name: name in about for name in SUBJECTS}


class IssueForm(RegisterForm):
    kind = forms.ChoiceField(
        label="Which is it?",
        label_suffix="",
        choices=[
            (Issue.Kind.RED_LINE, "A red line: something one group will not give way on"),
            (Issue.Kind.CRUNCH, "A crunch issue: a decision to come that could divide the groups"),
        ],
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choose a red line or a crunch issue"
        ),
    )
    words = LongTextField(
        label="What is it about?",
        error_name="What it is about",
        longest=LONGEST_TITLE,
        help_text="The matter itself, without opinions about named people.",
        error_messages={"required": "Say what it is about"},
    )
    group = forms.CharField(
        label="Which group raised it? (optional)",
        label_suffix="",
        required=False,
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={"max_length": f"The group’s name must be {MAX_NAME} characters or fewer"},
    )
    bites_on = DateField(
        label="By when does it bite? (optional)",
        error_name="The day it bites",
        label_suffix="",
        help_text="For example the day of the meeting that has to decide.",
        required=False,
    )
    agreed = LongTextField(
        label="What was agreed about it? (optional while it is open)",
        error_name="What was agreed",
        required=False,
    )
    state = forms.ChoiceField(
        label="Is it open or settled?",
        label_suffix="",
        choices=Issue.State.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose open or settled"),
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
            self.add_error("agreed", "Say what was agreed, now that it is settled")
        return data


class EarlyWinForm(RegisterForm):
    words = LongTextField(
        label="What will there be to show?",
        error_name="What there will be to show",
        longest=LONGEST_TITLE,
        rows=2,
        error_messages={"required": "Say what there will be to show"},
    )
    due = DateField(
        label="By when? (optional)", error_name="By when", label_suffix="", required=False
    )
    owner = forms.ModelChoiceField(
        label="Who sees to it?",
        label_suffix="",
        queryset=None,
        empty_label="Nobody yet",
        required=False,
        error_messages={"invalid_choice": "Choose somebody from the list"},
    )
    state = forms.ChoiceField(
        label="How far is it?",
        label_suffix="",
        choices=EarlyWin.State.choices,
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choose how far it is from the list"
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("state", EarlyWin.State.PLANNED)
        owner_id = self.entry.owner_id if self.entry else None
        self.fields["owner"].queryset = members_of(self.plan, owner_id=owner_id)
