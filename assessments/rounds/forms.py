"""What is asked when a round is made, when somebody is asked, and when they answer."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils import timezone

from assessments.fields import NO_VERSION, NameField, PersonEmailField, one_kind_of_line_break
from assessments.plans.models import PlanItem
from councils.models import Membership
from frameworks.models import Step
from govuk.fields import DateField

from .disclosure import STRENGTHS
from .models import (
    ANSWER_MAX_LENGTH,
    LONGEST_WEEKS,
    Respondent,
    RespondentGroup,
    Round,
    RoundAnswer,
)

PASSES = "passes"
WEAK, STRONG = STRENGTHS[0], STRENGTHS[-1]
TITLE_LENGTH = PlanItem._meta.get_field("title").max_length


def version_field():
    """0 stands for what nobody has saved yet."""
    return forms.IntegerField(
        min_value=0,
        validators=[MaxValueValidator(2**31 - 1)],
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value"), NO_VERSION),
    )


class RoundForm(forms.Form):
    """A round's name and days. `found` is the round that is changed: once open, it stays open."""

    version = version_field()
    name = forms.CharField(
        label="Name",
        help_text="For example Six weeks.",
        max_length=Round._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
        error_messages={
            "required": "Enter a name",
            "max_length": "The name must be 60 characters or fewer",
        },
    )
    opens = DateField(label="First day", help_text="People can answer from this day on.")
    closes = DateField(
        label="Last day",
        help_text=f"It closes after this day, for good. At most {LONGEST_WEEKS} weeks later.",
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
            raise ValidationError("There is a round with this name already")
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
                    f"The last day must be at most {LONGEST_WEEKS} weeks after the first",
                )
        return data

    @property
    def fields_to_save(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def group_field():
    return forms.ChoiceField(
        label="How do they stand to the administration?",
        help_text="Answers are shown by group where at least three people of a group answered.",
        choices=RespondentGroup.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select a group"),
    )


class MembersForm(forms.Form):
    """Which members of the council are asked. `round_` leaves out those who are asked already."""

    members = forms.MultipleChoiceField(
        label="Whom?",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice", "invalid_list"), "Choose at least one person"
        ),
    )
    group = group_field()

    def __init__(self, *args, round_, **kwargs):
        super().__init__(*args, prefix="members", **kwargs)
        asked = Respondent.objects.current().filter(round=round_, membership__isnull=False)
        members = Membership.objects.current().filter(council=round_.plan.council_id)
        members = members.exclude(pk__in=asked.values("membership")).select_related("user")
        self.members = {str(member.pk): member for member in members}
        self.fields["members"].choices = [
            (pk, f"{member.user.name}, {member.post}") for pk, member in self.members.items()
        ]

    def clean_members(self):
        return [self.members[pk] for pk in self.cleaned_data["members"]]


class LinkForm(forms.Form):
    """Somebody who gets a personal link."""

    name = NameField()
    email = PersonEmailField(help_text="Their own: the link is for one person.")
    group = group_field()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="link", **kwargs)


class PaperForm(forms.Form):
    """Somebody who answered on paper, by a name or a label that tells them from the others."""

    name = NameField(label="Name or label", help_text="For example Workshop 12 June, sheet 3.")
    group = group_field()


def words_field(label, rows=3):
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        max_length=ANSWER_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "max_length": f"An answer must be {ANSWER_MAX_LENGTH:,} characters or fewer"
        },
    )


class AnswerForm(forms.Form):
    """What somebody says of one component. `questions` are the four, in the council's term."""

    version = version_field()
    strength = forms.ChoiceField(
        label="How strong is this with you, all in all?",
        required=False,
        choices=[(str(n), str(n)) for n in STRENGTHS] + [(PASSES, "I pass")],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": f"Choose {WEAK} to {STRONG}, or pass"},
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
                data[name] = one_kind_of_line_break(data[name]).strip()
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


class RoundItemForm(forms.Form):
    """The item that is made of what is to do. `linked` are the steps that bear on it, first."""

    title = forms.CharField(
        label="What is to be done",
        max_length=TITLE_LENGTH,
        error_messages={
            "required": "Say what is to be done",
            "max_length": f"Say it in {TITLE_LENGTH} characters or fewer",
        },
    )
    step = forms.ChoiceField(
        label="Step",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a step"),
    )

    def __init__(self, *args, plan, linked, signed_off, **kwargs):
        super().__init__(*args, **kwargs)
        steps = Step.objects.filter(framework=plan.transition_id).select_related("stage")
        self.steps = {str(s.pk): s for s in steps if s.stage_id not in signed_off}
        first = [(str(s.pk), _step_words(s)) for s in linked if str(s.pk) in self.steps]
        named = {pk for pk, _ in first}
        others = [(pk, _step_words(s)) for pk, s in self.steps.items() if pk not in named]
        self.fields["step"].choices = [
            ("Steps that bear on this component", first),
            ("Other steps", others),
        ]

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    def clean_step(self):
        return self.steps[self.cleaned_data["step"]]


def _step_words(step):
    return f"{step.number}. {step.title} (stage {step.stage.number})"
