"""What to take away: the questions of the action plan page."""

from django import forms

from councils.models import Office
from frameworks.models import RoleArea, Stage

from .report import ExportOptions
from .scope import Scope, ScopeKind

WITH_A_CHOICE = (ScopeKind.STAGE.value, ScopeKind.AREA.value, ScopeKind.OFFICER.value)

TICKS = ("open", "notes", "comments", "guidance", "register")

HINTS = {
    ScopeKind.SUMMARY.value: "Where you are, the steps at a glance, what needs a decision and "
    "the next dates.",
    ScopeKind.OFFICER.value: "Actions assigned to this role, and unassigned actions we suggest "
    "it leads.",
    ScopeKind.MINE.value: "Actions assigned to you, and unassigned actions we suggest your role "
    "leads.",
}


class RadiosWithHints(forms.RadioSelect):
    """Each choice may have a hint, which screen readers say with it."""

    hints = {}

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if hint := self.hints.get(value):
            option["hint"] = hint
            option["hint_id"] = f"{option['attrs']['id']}_hint"
            option["attrs"]["aria-describedby"] = option["hint_id"]
        return option


class Tick(forms.BooleanField):
    """A box that is sent as links send it: open=1."""

    def __init__(self, *, label):
        super().__init__(
            label=label, required=False, widget=forms.CheckboxInput(attrs={"value": "1"})
        )


class ExportForm(forms.Form):
    """`scope` says the kind; a stage, a role area and an officer are picked from a list beside it.

    Links name both at once (`?scope=stage-2`), which is taken as if it had been filled in.
    """

    scope = forms.ChoiceField(
        label="What should it cover?",
        widget=RadiosWithHints,
        choices=[
            (ScopeKind.WHOLE.value, "The whole plan"),
            (ScopeKind.SUMMARY.value, "A one-page summary"),
            (ScopeKind.STAGE.value, "One stage"),
            (ScopeKind.AREA.value, "One role area, through all three stages"),
            (ScopeKind.OFFICER.value, "One officer role’s actions"),
            (ScopeKind.MINE.value, "My own actions"),
        ],
        error_messages={
            "required": "Select what the action plan should cover",
            "invalid_choice": "Select what the action plan should cover",
        },
    )
    stage = forms.ChoiceField(label="Stage", required=False)
    area = forms.ChoiceField(label="Role area", required=False)
    officer = forms.ChoiceField(label="Officer role", required=False, choices=Office.choices)
    open = Tick(label="Open actions only: leave out what is completed or not needed")
    notes = Tick(label="Notes")
    comments = Tick(label="Comments, the resolved ones too")
    guidance = Tick(label="Guidance for each step, and prompts for each action")
    register = Tick(label="Agreement and register, in the PDF of the whole plan")

    def __init__(self, data=None, *, plan, stage, tally):
        """`stage` is the number of the current one, offered first; `tally` is the whole plan's."""
        super().__init__(
            _filled_in(data),
            initial={
                "scope": ScopeKind.WHOLE.value,
                "stage": stage,
                "officer": plan.office,
                "notes": True,
            },
        )
        self.plan = plan
        self.fields["scope"].widget.hints = HINTS | {
            ScopeKind.WHOLE.value: f"A cover, contents, the summary and all {tally.total} actions, "
            f"{tally.open} of them open."
        }
        self._leave_out_what_is_not_there(plan)
        self.fields["stage"].choices = [
            (each.number, f"{each.number} {each.short_title}")
            for each in Stage.objects.filter(framework=plan.transition_id, number__in=plan.stages)
        ]
        self.fields["area"].choices = [
            (each.number, each.title)
            for each in RoleArea.objects.filter(framework=plan.transition_id)
        ]
        for name in WITH_A_CHOICE:
            field = self.fields[name]
            message = f"Select {'an' if name == 'officer' else 'a'} {field.label.lower()}"
            field.error_messages["invalid_choice"] = message

    def _leave_out_what_is_not_there(self, plan):
        """An adviser owns nothing here, and may see a part of the plan alone."""
        labels = dict(self.fields["scope"].choices)
        if plan.membership_id is None:
            del labels[ScopeKind.MINE.value]
        if not plan.shows_register:
            del self.fields["register"]
        if not plan.is_seen_whole:
            labels[ScopeKind.WHOLE.value] = f"All that you may see: {plan.stages_in_words}"
            labels[ScopeKind.AREA.value] = f"One role area, in {plan.stages_in_words}"
        self.fields["scope"].choices = list(labels.items())

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("scope")
        if kind in WITH_A_CHOICE:
            if kind in cleaned and not cleaned[kind]:
                self.add_error(kind, self.fields[kind].error_messages["invalid_choice"])
            kind = f"{kind}-{cleaned[kind]}" if cleaned.get(kind) else None
        if kind:
            cleaned["scope"] = Scope.parse(
                kind, member=self.plan.membership_id, office=self.plan.office
            )
        return cleaned

    @property
    def contents(self):
        return [self[name] for name in TICKS if name in self.fields]

    @property
    def options(self):
        answers = self.cleaned_data
        return ExportOptions(
            open_only=answers["open"],
            guidance=answers["guidance"],
            notes=answers["notes"],
            comments=answers["comments"],
            register=answers.get("register", False),
        )


def _filled_in(data):
    """A link's `scope=stage-2` becomes `scope=stage` and `stage=2`, as the page itself sends it."""
    if data is None:
        return None
    data = data.copy()
    kind, _, which = data.get("scope", "").partition("-")
    if which and kind in WITH_A_CHOICE:
        data["scope"], data[kind] = kind, which
    return data


def from_link(query):
    """A link's query as the form's data; links say only what differs from a plan with notes."""
    data = query.copy()
    data.setdefault("notes", "1")
    for name in TICKS:
        if data.get(name) in ("", "0"):
            del data[name]
    return data
