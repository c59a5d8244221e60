"""The forms of an action: its status alone, or the whole answer."""

from django import forms
from django.utils.choices import BaseChoiceIterator

from assessments.fields import DueRuleField, Textarea, VersionedForm
from govuk.fields import DateField

from .item_fields import ANSWER_FIELDS, LABELS
from .models import OWNER_NAME_MAX_LENGTH, TITLE_MAX_LENGTH, Status

SOMEONE_ELSE = "someone-else"
ON_A_DATE, BY_RULE = "date", "rule"
NOTE_MAX_LENGTH = 20_000


class StatusForm(VersionedForm):
    """The status of an action, as lists save it."""

    status = forms.ChoiceField(
        choices=Status.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select a status"),
    )
    reason = forms.CharField(required=False, max_length=2000, widget=Textarea)

    def clean(self):
        data = super().clean()
        if data.get("status") == Status.NOT_NEEDED and not data.get("reason"):
            self.add_error("reason", "Enter the reason this is not needed")
        return data

    def fields_to_save(self):
        return {"status": self.cleaned_data["status"], "reason": self.cleaned_data["reason"]}


class OwnerChoices(BaseChoiceIterator):
    """The owners that an action can be given to, as groups of options.

    The people of open invitations are fetched only if the answer is none of the members, so that
    saving an action of a member needs no query for them.
    """

    def __init__(self, members, invited):
        self.members, self.invited = members, invited

    def __iter__(self):
        yield "", "Not yet assigned"
        for pk, member in self.members.items():
            yield pk, f"{member.user.name}, {member.post}"
        if people := [(f"i{each.pk}", f"{each.name}, {each.post}") for each in self.invited]:
            yield "Invited, not yet joined", people
        yield SOMEONE_ELSE, "Someone else"


class ItemForm(StatusForm):
    """The whole answer to one action. `members` are the memberships that can own it.

    So can the people of the open invitations `invited`: their names are saved, and the actions
    become theirs when they join.

    Ids start with `dom`, because a page shows several actions. Every field is described by an
    element for its error that exists before there is an error, because autosave fills it.
    """

    title = forms.CharField(
        label=LABELS["title"],
        max_length=TITLE_MAX_LENGTH,
        error_messages={
            "required": "Enter the action",
            "max_length": f"The action must be {TITLE_MAX_LENGTH} characters or fewer. "
            "Put the rest in the note",
        },
    )
    reason = forms.CharField(
        label=LABELS["reason"],
        required=False,
        max_length=2000,
        widget=Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "The reason must be 2,000 characters or fewer"},
    )
    owner = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": "Select an owner from the list"}
    )
    owner_name = forms.CharField(
        label="Name of the owner",
        required=False,
        max_length=OWNER_NAME_MAX_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "The owner’s name must be 80 characters or fewer"},
    )
    due_by = forms.ChoiceField(
        required=False,
        choices=[(ON_A_DATE, "On a date"), (BY_RULE, "Counted from a key date")],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Select how the due date is set"},
    )
    due = DateField(label=LABELS["due"], error_name="Due date", required=False)
    due_rule = DueRuleField(label="Counted from a key date", required=False)
    note = forms.CharField(
        required=False,
        strip=False,
        max_length=NOTE_MAX_LENGTH,
        widget=Textarea(attrs={"rows": 4}),
        error_messages={"max_length": "The note must be 20,000 characters or fewer"},
    )

    def __init__(self, *args, members, is_own, dom, invited=(), **kwargs):
        super().__init__(*args, auto_id=f"{dom}-%s", **kwargs)
        self.members = {str(member.pk): member for member in members}
        self.invited = invited
        self.fields["owner"].choices = OwnerChoices(self.members, invited)
        if not is_own:
            del self.fields["title"]
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"{dom}-error-{name}"
        self.fields["note"].widget.attrs["aria-describedby"] += f" {dom}-note-hint"

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    def clean_note(self):
        return self.cleaned_data["note"].strip()

    def clean(self):
        data = super().clean()
        unnamed = not data.get("owner_name") and "owner_name" not in self.errors
        if data.get("owner") == SOMEONE_ELSE and unnamed:
            self.add_error("owner_name", "Enter the owner’s name")
        # Ignore the inputs of the option that was not selected.
        unused = "due" if data.get("due_by") == BY_RULE else "due_rule"
        self.errors.pop(unused, None)
        if unused == "due" and not data.get("due_rule") and "due_rule" not in self.errors:
            self.add_error("due_rule", self.fields["due_rule"].error_messages["required"])
        return data

    def fields_to_save(self):
        data = self.cleaned_data
        fields = super().fields_to_save() | {
            "owner": self.members.get(data["owner"]),
            "owner_name": self._owner_name(),
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

    def _owner_name(self):
        """Return the name of an owner who is not a member, or an empty text."""
        owner = self.cleaned_data["owner"]
        if owner == SOMEONE_ELSE:
            return self.cleaned_data["owner_name"]
        if not owner or owner in self.members:
            return ""
        names = (each.name for each in self.invited if f"i{each.pk}" == owner)
        return next(names)[:OWNER_NAME_MAX_LENGTH]


def initial_of(item):
    """Return the answer of an action as the initial data of its ItemForm."""
    someone_else = SOMEONE_ELSE if item.owner_name else ""
    return {name: getattr(item, name) for name in set(ANSWER_FIELDS) - {"owner"}} | {
        "version": item.version,
        "owner": str(item.owner_id) if item.owner_id else someone_else,
        "due_by": BY_RULE if item.due_rule else ON_A_DATE,
    }
