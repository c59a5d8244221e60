"""Forms to add a round, invite people and answer."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils import timezone

from assessments.fields import NO_VERSION, NameField, PersonEmailField, SeveralField, Textarea
from assessments.plans.models import PlanItem
from councils.models import Membership
from councils.names import refuse_web_address
from frameworks.models import Step
from govuk.fields import DateField

from .disclosure import STRENGTHS
from .marks import is_chinese, is_personal, words_in
from .models import (
    ANSWER_MAX_LENGTH,
    LONGEST_WEEKS,
    Respondent,
    RespondentGroup,
    Round,
    RoundAnswer,
)

PASSES = "passes"
MOST_PASTED = 60
NAME_TAKEN = "There is already a round with this name"
WEAK, STRONG = STRENGTHS[0], STRENGTHS[-1]
TITLE_LENGTH = PlanItem._meta.get_field("title").max_length


def version_field():
    """Return a field for the version that was edited; 0 if there is none yet."""
    return forms.IntegerField(
        min_value=0,
        validators=[MaxValueValidator(2**31 - 1)],
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value"), NO_VERSION),
    )


class RoundForm(forms.Form):
    """The name and dates of a round. `found` is the round to change; once open, it stays open."""

    version = version_field()
    name = forms.CharField(
        label="Name",
        help_text="For example, “Six weeks”.",
        max_length=Round._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
        error_messages={
            "required": "Enter a name",
            "max_length": "The name must be 60 characters or fewer",
        },
    )
    opens = DateField(
        label="First day",
        error_name="The first day",
        help_text="People can answer from this date.",
    )
    closes = DateField(
        label="Last day",
        error_name="The last day",
        help_text="The round closes after this date and cannot be reopened. "
        f"It can be open for up to {LONGEST_WEEKS} weeks.",
    )

    def __init__(self, *args, plan, found=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan, self.found = plan, found
        if found and found.is_open:
            del self.fields["opens"]

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        others = Round.objects.filter(plan=self.plan, name=name)
        if others.exclude(pk=self.found.pk if self.found else None).exists():
            raise ValidationError(NAME_TAKEN)
        return name

    def clean_opens(self):
        opens = self.cleaned_data["opens"]
        if opens < timezone.localdate():
            raise ValidationError("The first day must be today or later")
        return opens

    def clean(self):
        data = super().clean()
        opens = data.get("opens") or (self.found.opens if self.found else None)
        closes = data.get("closes")
        if opens and closes:
            if closes < max(opens, timezone.localdate()):
                self.add_error("closes", "The last day must not be before today or the first day")
            elif (closes - opens).days > LONGEST_WEEKS * 7:
                self.add_error(
                    "closes",
                    f"The last day must be no more than {LONGEST_WEEKS} weeks after the first day",
                )
        return data

    @property
    def fields_to_save(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def group_field():
    return forms.ChoiceField(
        label="What is their role in relation to the administration?",
        help_text="What people in one role answered is shown separately only if at least 3 of them "
        "answered.",
        choices=RespondentGroup.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select their role"),
    )


NOT_FULL = "Enter their first name and surname, not a label or an office"


def _is_full(name: str) -> bool:
    """Return whether a name is personal and of 2 words: others can have the same first name.

    Chinese names are often written as one word.
    """
    return is_personal(name) and (len(words_in(name)) > 1 or (is_chinese(name) and len(name) > 1))


class MembersForm(forms.Form):
    """The members of the council to invite to `round_`.

    Only those who have not been invited are offered. One who has is still accepted: the second of
    two presses of the button finds nothing left to do, and is no error.
    """

    members = SeveralField(
        label="Who do you want to invite?",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice", "invalid_list"), "Select at least one person"
        ),
    )
    group = group_field()

    def __init__(self, *args, round_, **kwargs):
        super().__init__(*args, prefix="members", **kwargs)
        asked = Respondent.objects.current().filter(round=round_, membership__isnull=False)
        invited = set(asked.values_list("membership", flat=True))
        members = Membership.objects.current().filter(council=round_.plan.council_id)
        self.known = {str(member.pk): member for member in members.select_related("user")}
        self.members = {pk: each for pk, each in self.known.items() if each.pk not in invited}
        self.fields["members"].choices = [
            (pk, f"{member.user.name}, {member.post}") for pk, member in self.known.items()
        ]
        self.fields["members"].widget.choices = [
            (pk, f"{member.user.name}, {member.post}") for pk, member in self.members.items()
        ]

    def clean_members(self):
        members = [self.known[pk] for pk in self.cleaned_data["members"]]
        errors = [
            f"“{each.user.name}” is not the name of a person. They can change it on their account "
            "page, or you can invite the person by a personal link"
            for each in members
            if not is_personal(each.user.name)
        ]
        if errors:
            raise ValidationError(errors)
        return members


class LinkForm(forms.Form):
    """Someone to invite by a personal link."""

    name = NameField(label="First name and surname")
    email = PersonEmailField(help_text="Their own address. The link is for one person.")
    group = group_field()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="link", **kwargs)

    def clean_name(self):
        name = self.cleaned_data["name"]
        refuse_web_address(name, "a name")
        if not _is_full(name):
            raise ValidationError(NOT_FULL)
        return name


class PastedForm(forms.Form):
    """Several people to invite by personal links, one a line: a name and an email address."""

    people = forms.CharField(
        label="Names and email addresses",
        help_text="One person per line, for example: Jo Smith, jo.smith@example.org. You can paste "
        f"2 columns of a spreadsheet. Up to {MOST_PASTED} people.",
        max_length=20_000,
        widget=Textarea(attrs={"rows": 6}),
        error_messages={"required": "Paste at least one name and email address"},
    )
    group = group_field()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="pasted", **kwargs)

    def clean_people(self):
        lines = [line for line in self.cleaned_data["people"].splitlines() if line.strip()]
        if len(lines) > MOST_PASTED:
            raise ValidationError(f"Paste {MOST_PASTED} people or fewer at a time")
        found, errors = {}, []
        for number, line in enumerate(lines, start=1):
            name, _, email = re.sub(r"[\t;<,]+", ",", line.strip().rstrip(">")).rpartition(",")
            try:
                name, email = NameField().clean(name.strip()), PersonEmailField().clean(email)
            except ValidationError:
                errors.append(f"Line {number} needs a name, a comma and an email address")
                continue
            try:
                refuse_web_address(name, "a name")
            except ValidationError as error:
                errors.append(f"Line {number}: {error.messages[0]}")
            if not _is_full(name):
                errors.append(f"Line {number}: {NOT_FULL}")
            if email.lower() in found:
                errors.append(f"Line {number} repeats an email address")
            found[email.lower()] = name
        if errors:
            raise ValidationError(errors)
        return [(name, email) for email, name in found.items()]


class PaperForm(forms.Form):
    """Someone who answered on paper, under their name.

    A label would not tell whether they answered another round: see `people`.
    """

    name = NameField(
        label="First name and surname",
        help_text="Their name tells whether they also answered another round. It is not shown "
        "beside their answers unless they agreed.",
    )
    group = group_field()

    def clean_name(self):
        name = self.cleaned_data["name"]
        if not _is_full(name):
            raise ValidationError(NOT_FULL)
        return name


def words_field(label, rows=3):
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        max_length=ANSWER_MAX_LENGTH,
        widget=Textarea(attrs={"rows": rows}),
        error_messages={
            "max_length": f"An answer must be {ANSWER_MAX_LENGTH:,} characters or fewer"
        },
    )


class RoundAnswerForm(forms.Form):
    """One person's answer on a component. `questions` are the 4, with the council's own term."""

    version = version_field()
    strength = forms.ChoiceField(
        label="Overall, how strong is this in your council?",
        required=False,
        choices=[(str(n), str(n)) for n in STRENGTHS] + [(PASSES, "Prefer not to answer")],
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": f"Choose a score from {WEAK} to {STRONG}, or “Prefer not to answer”"
        },
    )

    def __init__(self, *args, questions, **kwargs):
        super().__init__(*args, auto_id="answer-%s", **kwargs)
        for name, question in zip(RoundAnswer.WORDS, questions, strict=True):
            self.fields[name] = words_field(question)
            self.fields[name].widget.attrs["aria-describedby"] = f"answer-error-{name}"

    def clean(self):
        data = super().clean()
        for name in RoundAnswer.WORDS:
            if name in data:
                data[name] = data[name].strip()
        return data

    @property
    def fields_to_save(self):
        chosen = self.cleaned_data["strength"]
        return {name: self.cleaned_data[name] for name in RoundAnswer.WORDS} | {
            "strength": int(chosen) if chosen and chosen != PASSES else None,
            "passed": chosen == PASSES,
        }

    @staticmethod
    def initial_of(answer):
        if answer is None:
            return {"version": 0}
        strength = PASSES if answer.passed else str(answer.strength or "")
        words = {name: getattr(answer, name) for name in RoundAnswer.WORDS}
        return {"version": answer.version, "strength": strength} | words


class ScoresForm(forms.Form):
    """The scores of all components on one page; comments stay as they are."""

    def __init__(self, *args, components, answers, **kwargs):
        """`answers` are the stored answers by component."""
        super().__init__(*args, **kwargs)
        self.components = list(components)
        for each in self.components:
            start = RoundAnswerForm.initial_of(answers.get(each.pk))
            self.fields[f"strength-{each.number}"] = forms.ChoiceField(
                label=each.title,
                required=False,
                initial=start.get("strength", ""),
                choices=RoundAnswerForm.base_fields["strength"].choices,
                widget=forms.RadioSelect,
                error_messages=RoundAnswerForm.base_fields["strength"].error_messages,
            )
            self.fields[f"version-{each.number}"] = version_field()
            self.initial[f"version-{each.number}"] = start["version"]

    @property
    def rows(self):
        return [
            (each, self[f"strength-{each.number}"], self[f"version-{each.number}"])
            for each in self.components
        ]

    @property
    def scores(self):
        """Return (component, version, fields to save) of each component that has a score."""
        return [
            (each, self.cleaned_data[f"version-{each.number}"], _score_fields(chosen))
            for each in self.components
            if (chosen := self.cleaned_data[f"strength-{each.number}"])
        ]


def _score_fields(chosen):
    return {"strength": None if chosen == PASSES else int(chosen), "passed": chosen == PASSES}


class RoundItemForm(forms.Form):
    """The item to add from an answer. `linked` are the related steps, which are offered first."""

    title = forms.CharField(
        label="Action",
        max_length=TITLE_LENGTH,
        error_messages={
            "required": "Enter the action",
            "max_length": f"Action must be {TITLE_LENGTH} characters or fewer",
        },
    )
    step = forms.ChoiceField(
        label="Step",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select a step"),
    )

    def __init__(self, *args, plan, linked, signed_off, **kwargs):
        super().__init__(*args, **kwargs)
        steps = Step.objects.filter(framework=plan.transition_id).select_related("stage")
        self.steps = {str(s.pk): s for s in steps if s.stage_id not in signed_off}
        first = [(str(s.pk), _step_words(s)) for s in linked if str(s.pk) in self.steps]
        named = {pk for pk, _ in first}
        others = [(pk, _step_words(s)) for pk, s in self.steps.items() if pk not in named]
        self.fields["step"].choices = [
            ("Steps related to this component", first),
            ("Other steps", others),
        ]

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    def clean_step(self):
        return self.steps[self.cleaned_data["step"]]


def _step_words(step):
    return f"{step.number}. {step.title} (stage {step.stage.number})"
