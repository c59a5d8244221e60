"""The questions of the action plan page: what the file should cover and contain."""

from django import forms
from django.utils.text import get_text_list

from assessments.fields import LongTextField
from assessments.words import within_sentence
from councils.models import Office
from frameworks.models import RoleArea, Stage
from govuk.widgets import RadiosWithHints

from .report import ExportOptions
from .scope import Scope, ScopeKind

WITH_A_CHOICE = (ScopeKind.STAGE.value, ScopeKind.AREA.value, ScopeKind.OFFICER.value)

TICKS = ("open", "notes", "comments", "guidance", "register")

HINTS = {
    ScopeKind.SUMMARY.value: "The current stage, progress by step, what is overdue and the next "
    "dates.",
    ScopeKind.OFFICER.value: "Actions assigned to this role, and unassigned actions we suggest it "
    "leads.",
    ScopeKind.MINE.value: "Actions assigned to you, and unassigned actions we suggest your role "
    "leads.",
}

# What one button downloads, as the page would send it. The keys are the buttons' values.
PRESETS = {
    "leaders": {"scope": "summary"},
    "slt": {"scope": "whole", "open": "1", "notes": "1"},
    "everything": {"scope": "whole"} | dict.fromkeys(TICKS[1:], "1"),
}

LONGEST_REASON = 80  # characters, so that the whole of it fits into the history


class TickBox(forms.BooleanField):
    """A checkbox that is sent as links send it: open=1."""

    def __init__(self, *, label: str):
        super().__init__(
            label=label, required=False, widget=forms.CheckboxInput(attrs={"value": "1"})
        )


class ExportForm(forms.Form):
    """What to download. `scope` is the kind; stage, role area and officer are chosen beside it.

    Links name both at once (`?scope=stage-2`), which has the same meaning as the two fields.
    """

    scope = forms.ChoiceField(
        label="What should it cover?",
        widget=RadiosWithHints,
        choices=[
            (ScopeKind.WHOLE.value, "The whole plan"),
            (ScopeKind.SUMMARY.value, "A one-page summary"),
            (ScopeKind.STAGE.value, "One stage"),
            (ScopeKind.AREA.value, "One role area, in all 3 stages"),
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
    open = TickBox(label="Open actions only (leave out those completed or not needed)")
    notes = TickBox(label="Notes")
    comments = TickBox(label="Comments, including resolved ones")
    guidance = TickBox(label="Guidance for each step, and prompts for each action")
    register = TickBox(label="Joint working register (only in a PDF of the whole plan)")
    reason = LongTextField(
        label="Reason for the Word committee report",
        error_name="The reason",
        help_text="It is the pre-election period, when publicity is restricted. The plan’s history "
        "keeps your reason.",
        required=False,
        rows=2,
        longest=LONGEST_REASON,
    )
    replace = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data=None,
        *,
        plan,
        stage,
        tally,
        today,
        file_format=None,
    ):
        """`stage` is the current one, offered first; `tally` is of the whole plan.

        `file_format` is the format asked for, once a button was pressed.
        """
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
        self.file_format = file_format
        self.needs_reason = bool(file_format and file_format.needs_reason(plan, today))
        self.fields["scope"].widget.hints = HINTS | {
            ScopeKind.WHOLE.value: f"A cover, contents, the summary and all {tally.total} actions, "
            f"{'all' if tally.open == tally.total else tally.open} of them open."
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
        """Remove choices that the reader cannot use, such as an adviser's own actions."""
        labels = dict(self.fields["scope"].choices)
        if plan.membership_id is None:
            del labels[ScopeKind.MINE.value]
        if not plan.shows_register:
            del self.fields["register"]
        if not plan.is_seen_whole:
            labels[ScopeKind.WHOLE.value] = f"Everything you have access to: {plan.stages_in_words}"
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
            if self.file_format and cleaned["scope"].kind not in self.file_format.scopes:
                offered = dict(self.fields["scope"].choices)
                names = [
                    within_sentence(offered[each.value])
                    for each in ScopeKind
                    if each in self.file_format.scopes and each.value in offered
                ]
                self.add_error(
                    "scope", f"Select {get_text_list(names, 'or')} for a {self.file_format.name}"
                )
        if self.needs_reason and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", f"Enter a reason for the {self.file_format.name}")
        return cleaned

    @property
    def contents(self):
        return [self[name] for name in TICKS if name in self.fields]

    @property
    def options(self) -> ExportOptions:
        answers = self.cleaned_data
        return ExportOptions(
            open_only=answers["open"],
            guidance=answers["guidance"],
            notes=answers["notes"],
            comments=answers["comments"],
            register=answers.get("register", False),
        )


def _filled_in(data):
    """Return the data as the page sends it.

    A link's `scope=stage-2` becomes two fields. A preset becomes its choices; others are ignored.
    """
    if data is None:
        return None
    data = data.copy()
    preset = PRESETS.get(data.get("preset", ""))
    if preset:
        for name in ("scope", *TICKS):
            data.pop(name, None)
        data.update(preset)
    kind, _, which = data.get("scope", "").partition("-")
    if which and kind in WITH_A_CHOICE:
        data["scope"], data[kind] = kind, which
    return data


def from_link(query):
    """Return a link's query as form data. Links leave out `notes`, which is then on."""
    data = query.copy()
    data.setdefault("notes", "1")
    for name in TICKS:
        if data.get(name) in ("", "0"):
            del data[name]
    return data
