from django import forms
from django.core.exceptions import ValidationError

from assessments.fields import OffsetField, VersionedForm, one_kind_of_line_break
from assessments.models import Plan, PlanItem, Status
from elections.timetable import ElectionDayError, validate_election_day
from govuk.fields import DateField

SOMEONE_ELSE = "someone-else"
ON_A_DATE, BY_RULE = "date", "rule"
NOTE_MAX_LENGTH = 20_000
ALREADY_PLANNED = "There is already a plan for this election day"


class PlanForm(forms.ModelForm):
    """A plan's settings; `council` is the council they are for."""

    election_day = DateField(label="Election day", help_text="The day of the poll, a Thursday.")
    stage_2_weeks = forms.TypedChoiceField(
        label="How long should stage 2, early foundations, last?",
        help_text="From election day: four to six weeks. You can change it later.",
        coerce=int,
        choices=[(4, "4 weeks"), (5, "5 weeks"), (6, "6 weeks")],
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
    )

    class Meta:
        model = Plan
        fields = (
            "election_day",
            "occasion",
            "control",
            "control_standing",
            "formality",
            "coalition_term",
            "stage_2_weeks",
            "marking",
        )
        labels = {
            "occasion": "What kind of election is it?",
            "control": "Control of the council after this election",
            "control_standing": "Is that expected or known?",
            "formality": "Is the arrangement formal or informal?",
            "coalition_term": "What does your council call its arrangement?",
            "marking": "Marking on every page and export",
        }
        help_texts = {
            "occasion": "It decides which dates the law fixes. An order has dates of its own, "
            "which you set by hand.",
            "control": "Answer “Not yet known” if it is too early to say.",
            "coalition_term": "One word or a few, in the singular: coalition, alliance, "
            "joint administration, minority administration. Pages and PDFs then use it.",
            "marking": "Plans hold officers’ reading of politics before an election.",
        }
        widgets = {
            "occasion": forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
            "control": forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
            "control_standing": forms.RadioSelect(
                attrs={"class": "govuk-radios--small govuk-radios--inline"}
            ),
            "formality": forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
            "marking": forms.RadioSelect(
                attrs={"class": "govuk-radios--small govuk-radios--inline"}
            ),
            "coalition_term": forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        }
        error_messages = {
            "coalition_term": {"required": "Enter the word your council uses, or coalition"},
        }

    def __init__(self, *args, council, **kwargs):
        super().__init__(*args, **kwargs)
        self.council = self.instance.council = council
        # Whoever does not say means what stands, which is an ordinary one to begin with.
        self.fields["occasion"].required = False
        self.fields["occasion"].label_suffix = ""

    def clean_occasion(self):
        return self.cleaned_data["occasion"] or self.instance.occasion

    def clean_election_day(self):
        day = self.cleaned_data["election_day"]
        try:
            validate_election_day(day)
        except ElectionDayError as error:
            raise ValidationError(str(error)) from error
        same_day = Plan.objects.filter(council=self.council, election_day=day)
        if same_day.exclude(pk=self.instance.pk).exists():
            raise ValidationError(ALREADY_PLANNED)
        return day

    def clean_coalition_term(self):
        """Lower case unless it is a name, so that it reads well inside a sentence."""
        term = " ".join(self.cleaned_data["coalition_term"].split())
        return term[0].lower() + term[1:] if term[1:] == term[1:].lower() else term


class StatusForm(VersionedForm):
    """The status alone, as it is saved from a list."""

    status = forms.ChoiceField(
        choices=Status.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a status"),
    )
    reason = forms.CharField(required=False, max_length=2000)

    def clean_reason(self):
        return one_kind_of_line_break(self.cleaned_data["reason"])

    def clean(self):
        data = super().clean()
        if data.get("status") == Status.NOT_NEEDED and not data.get("reason"):
            self.add_error("reason", "Say why this is not needed")
        return data

    def fields_to_save(self):
        return {"status": self.cleaned_data["status"], "reason": self.cleaned_data["reason"]}


class ItemForm(StatusForm):
    """The whole answer to one item. `members` are the council's memberships.

    Ids start with `dom`, the item's own, because several items stand on one page. Every box is
    described by its error slot, which is there before there is an error: autosave fills it.
    """

    title = forms.CharField(
        label="What is to be done",
        max_length=PlanItem._meta.get_field("title").max_length,
        error_messages={
            "required": "Say what is to be done",
            "max_length": "Say it in 160 characters or fewer; put the rest in the note",
        },
    )
    reason = forms.CharField(
        label="Why it is not needed",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "The reason must be 2,000 characters or fewer"},
    )
    owner = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": "Choose an owner from the list"}
    )
    owner_name = forms.CharField(
        label="Name of someone else",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "The owner’s name must be 80 characters or fewer"},
    )
    due_by = forms.ChoiceField(
        required=False,
        choices=[(ON_A_DATE, "On a date"), (BY_RULE, "Counted from a key date")],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose how it is due"},
    )
    due = DateField(label="Due", error_name="Due date", required=False)
    due_rule = OffsetField(label="Counted from a key date", required=False)
    note = forms.CharField(
        required=False,
        strip=False,
        max_length=NOTE_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": "The note must be 20,000 characters or fewer"},
    )

    def __init__(self, *args, members, is_own, dom, **kwargs):
        super().__init__(*args, auto_id=f"{dom}-%s", **kwargs)
        self.members = {str(member.pk): member for member in members}
        self.fields["owner"].choices = [
            ("", "Nobody yet"),
            *((pk, f"{m.user.name}, {m.post}") for pk, m in self.members.items()),
            (SOMEONE_ELSE, "Someone else"),
        ]
        if not is_own:
            del self.fields["title"]
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"{dom}-error-{name}"
        self.fields["note"].widget.attrs["aria-describedby"] += f" {dom}-note-hint"

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    def clean_note(self):
        return one_kind_of_line_break(self.cleaned_data["note"]).strip()

    def clean(self):
        data = super().clean()
        unnamed = not data.get("owner_name") and "owner_name" not in self.errors
        if data.get("owner") == SOMEONE_ELSE and unnamed:
            self.add_error("owner_name", "Enter the owner’s name")
        # What stands in the boxes that are not chosen is nobody's answer.
        unused = "due" if data.get("due_by") == BY_RULE else "due_rule"
        self.errors.pop(unused, None)
        if unused == "due" and not data.get("due_rule") and "due_rule" not in self.errors:
            self.add_error("due_rule", self.fields["due_rule"].error_messages["required"])
        return data

    def fields_to_save(self):
        data = self.cleaned_data
        someone_else = data["owner"] == SOMEONE_ELSE
        fields = super().fields_to_save() | {
            "owner": self.members.get(data["owner"]),
            "owner_name": data["owner_name"] if someone_else else "",
            "note": data["note"],
        }
        if data["due_by"] == BY_RULE:
            fields["due_rule"] = data["due_rule"]
        else:
            fields["due"] = data["due"]
            if data["due_by"] == ON_A_DATE:
                fields["due_rule"] = None
        if "title" in data:
            fields["title"] = data["title"]
        return fields


def initial_of(item):
    """An item's answer as the form's initial data."""
    someone_else = SOMEONE_ELSE if item.owner_name else ""
    return {
        "version": item.version,
        "status": item.status,
        "reason": item.reason,
        "owner": str(item.owner_id) if item.owner_id else someone_else,
        "owner_name": item.owner_name,
        "due_by": BY_RULE if item.due_rule else ON_A_DATE,
        "due": item.due,
        "due_rule": item.due_rule,
        "note": item.note,
        "title": item.title,
    }
