"""What a person writes in their own development record."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments.fields import NO_VERSION, OfferedRowsField, one_kind_of_line_break
from assessments.plans.models import LONGEST_MONTHS, Plan, latest_until
from councils.models import User
from frameworks.models import Step
from govuk.fields import DateField

from .models import CheckInPart, JournalEntry, Rating, StandardAnswer


class FromVersionForm(forms.Form):
    """Carries the version that is being edited; 0 is before there is one."""

    version = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NO_VERSION),
    )

    def add_error(self, field, error):
        """A page that lost its place has no box to say so beside."""
        super().add_error(None if field == "version" else field, error)


def other_email_field():
    return forms.EmailField(
        label="Their e-mail address",
        help_text="The one they sign in here with. They need an account already.",
        max_length=User._meta.get_field("email").max_length,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter their e-mail address",
            "invalid": "Enter a whole e-mail address, like name@example.gov.uk",
            "max_length": "The e-mail address must be 254 characters or fewer",
        },
    )


class AnswerForm(FromVersionForm):
    rating = forms.ChoiceField(
        label="How do you see yourself here?",
        label_suffix="",
        help_text="A scale of ours; the framework has none.",
        choices=[*Rating.choices, ("", "Not rated")],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
        error_messages={"invalid_choice": "Choose one of the ratings"},
    )
    evidence = forms.CharField(
        label="Evidence",
        help_text="What you did, saw or were told that shows it.",
        required=False,
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": "The evidence must be 20,000 characters or fewer"},
    )
    next_step = forms.CharField(
        label="Next step",
        required=False,
        max_length=StandardAnswer._meta.get_field("next_step").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "The next step must be 300 characters or fewer"},
    )
    next_step_on = DateField(label="By when", error_name="The date", required=False)

    def clean_evidence(self):
        return one_kind_of_line_break(self.cleaned_data["evidence"]).strip()

    def clean_next_step(self):
        return " ".join(self.cleaned_data["next_step"].split())

    def clean(self):
        data = super().clean()
        if (
            data.get("next_step_on")
            and not data.get("next_step")
            and "next_step" not in self.errors
        ):
            self.add_error("next_step", "Enter the next step that the date is for")
        return data

    @property
    def fields_to_save(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    @staticmethod
    def initial_of(answer):
        names = ("version", "rating", "evidence", "next_step", "next_step_on")
        return {name: getattr(answer, name) for name in names}


class PartForm(FromVersionForm):
    """What one person answers in a check-in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in CheckInPart.ANSWERS:
            self.fields[name] = forms.CharField(
                label=CheckInPart._meta.get_field(name).verbose_name,
                label_suffix="",
                required=False,
                strip=False,
                max_length=CheckInPart.LONGEST,
                widget=forms.Textarea(attrs={"rows": 4}),
                error_messages={"max_length": "The answer must be 5,000 characters or fewer"},
            )

    def clean(self):
        data = super().clean()
        for name in CheckInPart.ANSWERS:
            if name in data:
                data[name] = one_kind_of_line_break(data[name]).strip()
        return data

    @property
    def fields_to_save(self):
        return {name: self.cleaned_data[name] for name in CheckInPart.ANSWERS}


class CheckInForm(forms.Form):
    email = other_email_field()


class ReflectionForm(FromVersionForm):
    note = forms.CharField(
        label="What do you make of it?",
        help_text="Where it holds for you, where you see it otherwise, what it brings to mind.",
        required=False,
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": "The note must be 20,000 characters or fewer"},
    )

    def clean_note(self):
        return one_kind_of_line_break(self.cleaned_data["note"]).strip()


class EntryForm(FromVersionForm):
    """A journal entry. `standards` are those of the record; `plans` those its person may see."""

    day = DateField(label="Day", error_name="The day")
    words = forms.CharField(
        label="What happened, and what do you take from it?",
        strip=False,
        max_length=JournalEntry.LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": "Write something",
            "max_length": "The entry must be 20,000 characters or fewer",
        },
    )
    place = forms.ChoiceField(
        label="Step of a plan",
        help_text="A link for you alone, and only while you may see the plan.",
        required=False,
        error_messages={"invalid_choice": "Choose a step from the list"},
    )
    standards = OfferedRowsField(
        required=False,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Choose standards from the list"
        ),
    )

    def __init__(self, *args, user, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["standards"].offer(record.standards)
        self.places = places_for(user)
        self.fields["place"].choices = [("", "None")] + [
            (str(plan), [(key, f"{step.number} {step.title}") for key, step in steps.items()])
            for plan, steps in self.places
        ]

    def clean_words(self):
        words = one_kind_of_line_break(self.cleaned_data["words"]).strip()
        if not words:
            raise ValidationError("Write something")
        return words

    @property
    def fields_to_save(self):
        data = self.cleaned_data
        plan, step = self._chosen(data["place"])
        return {
            "day": data["day"],
            "words": data["words"],
            "standards": data["standards"],
            "plan": plan,
            "step": step,
        }

    def _chosen(self, place):
        for plan, steps in self.places:
            if place in steps:
                return plan, steps[place]
        return None, None

    def can_see(self, place):
        return not place or any(place in steps for _, steps in self.places)

    @property
    def groups(self):
        """The boxes to tick, by theme: the theme, its boxes and how many are ticked."""
        ticked = {str(value) for value in self["standards"].value() or ()}
        boxes = {}
        for standard in self.fields["standards"].offered.values():
            theme = boxes.setdefault(standard.theme, [])
            theme.append((standard, str(standard.pk) in ticked))
        return [(theme, each, sum(on for _, on in each)) for theme, each in boxes.items()]


def places_for(user):
    """The plans that `user` may see, each with the steps they may see, by `place_key`."""
    plans = list(Plan.objects.visible_to(user).select_related("council"))
    steps = {}
    for step in Step.objects.filter(
        framework__in={plan.transition_id for plan in plans}
    ).select_related("stage"):
        steps.setdefault(step.framework_id, []).append(step)
    return [
        (
            plan,
            {
                place_key(plan.pk, step.number): step
                for step in steps[plan.transition_id]
                if step.stage.number in plan.stages
            },
        )
        for plan in plans
    ]


def place_key(plan_id, number):
    return f"{plan_id}-{number}"


class ShareForm(forms.Form):
    """Who may read which themes of `record`, until when."""

    email = other_email_field()
    themes = OfferedRowsField(
        label="Which themes may they read?",
        help_text="All seven are the whole record.",
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Select themes from the list"
        )
        | {"required": "Select at least one theme"},
    )
    with_journal = forms.BooleanField(
        label="My journal as well",
        help_text="Entries tied to a standard of those themes; with all seven, every entry.",
        required=False,
    )
    until = DateField(
        label="Last day they may read it",
        error_name="The last day",
        help_text=f"At most {LONGEST_MONTHS} months ahead. You can end it on any day before.",
    )

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["themes"].offer(record.edition.developmentthemes.all())

    def clean_until(self):
        day, today = self.cleaned_data["until"], timezone.localdate()
        if day <= today:
            raise ValidationError("The last day must be in the future")
        latest = latest_until(today)
        if day > latest:
            raise ValidationError(f"The last day must be {latest.day} {latest:%B %Y} or earlier")
        return day


class PickForm(forms.Form):
    """What of `record` the development plan holds."""

    themes = OfferedRowsField(
        label="Which themes?",
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Select themes from the list"
        )
        | {"required": "Select at least one theme"},
    )
    evidence = forms.BooleanField(label="Evidence", required=False, initial=True)
    ratings = forms.BooleanField(label="Ratings over time", required=False)
    reflections = forms.BooleanField(
        label="Reflections",
        help_text="Your notes on the principles and attributes, whichever themes you pick.",
        required=False,
    )
    journal = forms.BooleanField(
        label="Journal",
        help_text="Entries tied to a standard of those themes; with all seven, every entry.",
        required=False,
    )

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        themes = self.fields["themes"]
        themes.offer(record.edition.developmentthemes.all())
        themes.initial = list(themes.offered)
