"""Forms that change the due dates of several actions, and that filter a list of actions."""

from collections import Counter

from django import forms

from assessments.fields import DueRuleField, LongTextField
from assessments.plans.by_date import DateGroup
from assessments.plans.models import OWNER_NAME_MAX_LENGTH, Status
from assessments.words import day_in_words
from councils.models import Office
from elections.offsets import MAXIMUM
from frameworks.models import Stage, Step
from frameworks.search import LONGEST_QUERY
from frameworks.templatetags.guidance import in_sentence
from govuk.fields import DateField

from .list_queries import stages_and_areas


class BulkDueForm(forms.Form):
    """Which actions, and what should happen to their due dates."""

    SHIFT, RULE, SUGGESTED, CLEAR = "shift", "rule", "suggested", "clear"

    which = forms.ChoiceField(label="Which actions?", label_suffix="")
    change = forms.ChoiceField(
        label="What should happen to their due dates?",
        label_suffix="",
        choices=[
            (SHIFT, "Move them by a number of days"),
            (RULE, "Count them from a key date"),
            (SUGGESTED, "Use the dates we suggest"),
            (CLEAR, "Remove the due dates"),
        ],
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"required": "Select what should happen to the due dates"},
    )
    days = forms.IntegerField(
        label="Days to move them by",
        label_suffix="",
        help_text="For example, 7 for a week later or -7 for a week earlier.",
        required=False,
        min_value=-MAXIMUM,
        max_value=MAXIMUM,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={
            "invalid": "Days must be a whole number, such as 7 or -7",
            "min_value": f"Days must be {-MAXIMUM} or more",
            "max_value": f"Days must be {MAXIMUM} or fewer",
        },
    )
    rule = DueRuleField(label="Count them from", label_suffix="", required=False)

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        stages = Stage.objects.filter(framework=plan.transition_id)
        steps = Step.objects.filter(framework=plan.transition_id).select_related("stage")
        self.fields["which"].choices = [
            ("all", "All open actions"),
            ("Stage", [(f"stage-{s.number}", f"{s.number} {s.short_title}") for s in stages]),
            ("Step", [(f"step-{s.number}", f"{s.number} {s.title}") for s in steps]),
            ("Officer role", [(f"office-{value}", label) for value, label in Office.choices]),
        ]

    def clean(self):
        data = super().clean()
        # Ignore the inputs of options that were not selected: they are not shown.
        if data.get("change") != self.SHIFT:
            self.errors.pop("days", None)
        if data.get("change") != self.RULE:
            self.errors.pop("rule", None)
        if data.get("change") == self.SHIFT and not data.get("days") and "days" not in self.errors:
            self.add_error("days", "Enter how many days to move them by")
        if data.get("change") == self.RULE and not data.get("rule") and "rule" not in self.errors:
            self.add_error("rule", self.fields["rule"].error_messages["required"])
        return data

    def items(self, items):
        """Return those of the queryset `items` that were selected."""
        kind, _, value = self.cleaned_data["which"].partition("-")
        match kind:
            case "stage":
                return items.filter(step__stage__number=value)
            case "step":
                return items.filter(step__number=value)
            case "office":
                return items.for_office(value)
        return items


class ChosenActionsForm(forms.Form):
    """What should happen to the chosen actions.

    `members` can own them. So can the people of the open `invitations`: their names are saved, and
    the actions become theirs when they join.
    """

    OWNER, DUE, STATUS = "owner", "due", "status"
    LEADS = "leads"  # each action to the person who holds the role that we suggest leads it

    change = forms.ChoiceField(
        label="What do you want to change?",
        choices=[(OWNER, "The owner"), (DUE, "The due date"), (STATUS, "The status")],
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"required": "Select what to change"},
    )
    owner = forms.ChoiceField(
        label="New owner",
        required=False,
        error_messages={"invalid_choice": "Select an owner from the list"},
    )
    due = DateField(label="New due date", error_name="Due date", required=False)
    status = forms.ChoiceField(label="New status", required=False, choices=Status.choices)
    reason = LongTextField(
        label="Reason, if they are not needed",
        required=False,
        longest=2000,
        error_name="The reason",
    )

    def __init__(self, *args, members, invitations=(), **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        joined = [
            (str(each.pk), f"{each.user.name}, {each.post}", {"owner": each, "owner_name": ""})
            for each in members
        ]
        invited = [
            (
                f"i{each.pk}",
                f"{each.name}, {each.post}",
                {"owner": None, "owner_name": each.name[:OWNER_NAME_MAX_LENGTH]},
            )
            for each in invitations
        ]
        no_owner = {"owner": None, "owner_name": ""}
        self.owners = {"": no_owner} | {value: owner for value, _, owner in joined + invited}
        people = [*members, *invitations]
        self.posts = Counter(each.office for each in people)
        self.leads = {
            person.office: owner
            for person, (*_, owner) in zip(people, joined + invited, strict=True)
            if self.posts[person.office] == 1
        }
        groups = {"People with access": joined, "Invited, not yet joined": invited}
        self.fields["owner"].choices = [
            ("", "No owner"),
            (self.LEADS, "The suggested lead of each action"),
            *(
                (group, [(value, label) for value, label, _ in people])
                for group, people in groups.items()
                if people
            ),
        ]

    def clean(self):
        data = super().clean()
        change = data.get("change")
        # Ignore the inputs of options that were not selected.
        for name in {self.OWNER, self.DUE, self.STATUS} - {change}:
            self.errors.pop(name, None)
        if change == self.STATUS:
            if not data.get("status") and "status" not in self.errors:
                self.add_error("status", "Select a status")
            if data.get("status") == Status.NOT_NEEDED and not data.get("reason"):
                self.add_error("reason", "Enter the reason they are not needed")
        return data

    def fields_to_save(self, item=None):
        """Return the fields of `item` that change, as `save_item` takes them.

        None if its suggested lead should own it, and that role is held by no one or by several.
        """
        data = self.cleaned_data
        match data["change"]:
            case self.OWNER if self.is_by_lead:
                return self.leads.get(item.source.lead_role.code) if item.source_id else None
            case self.OWNER:
                return self.owners[data["owner"]]
            case self.DUE:
                return {"due": data.get("due"), "due_rule": None}
        is_needed = data["status"] != Status.NOT_NEEDED
        return {"status": data["status"], "reason": "" if is_needed else data["reason"]}

    @property
    def is_by_lead(self):
        """Return whether each action should get its suggested lead as its owner."""
        data = self.cleaned_data
        return data["change"] == self.OWNER and data["owner"] == self.LEADS

    def lead_problem(self, item):
        """Return why no suggested lead can own `item`, if the change asks for that."""
        if not self.is_by_lead or self.fields_to_save(item) is not None:
            return ""
        if not item.source_id:
            return "This action has no suggested lead."
        role = in_sentence(item.source.lead_role.name)
        people = "several people have" if self.posts[item.source.lead_role.code] else "no one has"
        return f"Its suggested lead is {role}: {people} this role."

    def words(self):
        """Say the change in words."""
        if self.is_by_lead:
            return "the suggested lead of each is now its owner"
        fields = self.fields_to_save()
        match self.cleaned_data["change"]:
            case self.OWNER:
                return f"owner {fields['owner'] or fields['owner_name'] or 'removed'}"
            case self.DUE:
                return f"due {day_in_words(fields['due'])}" if fields["due"] else "no due date"
        return Status(fields["status"]).label.lower()


class ActionFilterForm(forms.Form):
    """The filters of the list of all actions. A value that is not offered is ignored.

    `owners` are the memberships that own an action of the plan, those of people who left as well.
    """

    OPEN, ANY = "open", "any"
    ME, NO_OWNER, LEFT, TYPED = "me", "none", "left", "typed"

    q = forms.CharField(
        label="Search",
        required=False,
        max_length=LONGEST_QUERY,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    owner = forms.ChoiceField(label="Owner", required=False)
    stage = forms.ChoiceField(label="Stage", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Open"), *Status.choices, (ANY, "Any status")],
    )
    due = forms.ChoiceField(
        label="Due",
        required=False,
        choices=[
            ("", "Any time"),
            *((group.value, group.title) for group in DateGroup if group is not DateGroup.CLOSED),
        ],
    )

    def __init__(self, *args, plan, owners, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        found = stages_and_areas.fetch(plan.transition_id)
        everyone = [("", "Anyone"), (self.NO_OWNER, "No owner")]
        if plan.membership_id:
            everyone.insert(1, (self.ME, "Me"))
        # Offered also while no one has left: the page links to it, and would otherwise list all.
        everyone += [(self.LEFT, "Left the council"), (self.TYPED, "Someone without access")]
        self.fields["owner"].choices = everyone + [
            (owner.pk, f"{owner.user.name}{' (left the council)' if owner.ended_at else ''}")
            for owner in owners
        ]
        self.fields["stage"].choices = [("", "Any stage")] + [
            (number, f"{number} {title}")
            for kind, number, title in found
            if kind == 0 and number in plan.stages
        ]
        self.fields["area"].choices = [("", "Any area")] + [
            (number, title) for kind, number, title in found if kind == 1
        ]

    @classmethod
    def answers(cls, query, **kwargs):
        """Return the valid answers that filter something, and a form with them."""
        form = cls(query, **kwargs)
        form.is_valid()
        valid = {name: value for name, value in form.cleaned_data.items() if value}
        form.is_bound, form.initial = False, valid  # shows what is in use, and no errors
        return valid, form
