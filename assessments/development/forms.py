"""What a person writes in their development record and in check-ins."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments.fields import NO_VERSION, OfferedRowsField, PersonEmailField, Textarea
from assessments.plans.models import LONGEST_MONTHS, Plan, latest_until
from assessments.words import day_in_words
from frameworks.models import Step
from govuk.fields import DateField

from .models import CheckInPart, JournalEntry, Rating, StandardAnswer

DISCLOSURE = (
    "Even private notes may have to be disclosed under freedom of information or data protection "
    "law, including to anyone named in them."
)


class FromVersionForm(forms.Form):
    """Carries the version that is being edited; 0 before the first save."""

    version = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NO_VERSION),
    )

    def add_error(self, field, error):
        """Show an error of the hidden version above the form, as it has no visible field."""
        super().add_error(None if field == "version" else field, error)


class RatingForm(forms.Form):
    """A rating chosen in the list of standards."""

    rating = forms.ChoiceField(choices=Rating.choices)
    version = forms.IntegerField(min_value=0)


class AnswerForm(FromVersionForm):
    rating = forms.ChoiceField(
        label="How do you rate yourself?",
        label_suffix="",
        help_text="This scale is ours. The framework does not have one.",
        choices=[*Rating.choices, ("", "Not rated")],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
        error_messages={"invalid_choice": "Select one of the ratings"},
    )
    evidence = forms.CharField(
        label="Evidence",
        help_text="What you did, saw or were told that shows this. " + DISCLOSURE,
        required=False,
        strip=False,
        max_length=20_000,
        widget=Textarea(attrs={"rows": 6}),
        error_messages={"max_length": "The evidence must be 20,000 characters or fewer"},
    )
    next_step = forms.CharField(
        label="Next step",
        required=False,
        max_length=StandardAnswer._meta.get_field("next_step").max_length,
        widget=Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "The next step must be 300 characters or fewer"},
    )
    next_step_on = DateField(label="Date for the next step", error_name="The date", required=False)

    def clean_evidence(self):
        return self.cleaned_data["evidence"].strip()

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
    """One person's answers in a check-in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in CheckInPart.ANSWERS:
            self.fields[name] = forms.CharField(
                label=CheckInPart._meta.get_field(name).verbose_name,
                label_suffix="",
                required=False,
                strip=False,
                max_length=CheckInPart.LONGEST,
                widget=Textarea(attrs={"rows": 4}),
                error_messages={"max_length": "The answer must be 5,000 characters or fewer"},
            )

    def clean(self):
        data = super().clean()
        for name in CheckInPart.ANSWERS:
            if name in data:
                data[name] = data[name].strip()
        return data

    @property
    def fields_to_save(self):
        return {name: self.cleaned_data[name] for name in CheckInPart.ANSWERS}


class CheckInForm(forms.Form):
    """Who to offer a check-in to; `person` is who offers it."""

    email = PersonEmailField(
        label="Their email address", help_text="The address they sign in with here."
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self):
        return not_their_own(self.cleaned_data["email"], self.person)


def not_their_own(email, person):
    """Return the address, unless it is that of the person who typed it."""
    if email == person.email:
        raise ValidationError("This is your own email address. Enter someone else’s")
    return email


class ReflectionForm(FromVersionForm):
    note = forms.CharField(
        label="What do you think of it?",
        help_text="What fits your experience, what you see differently, and what it makes you "
        "think of.",
        required=False,
        strip=False,
        max_length=20_000,
        widget=Textarea(attrs={"rows": 6}),
        error_messages={"max_length": "The note must be 20,000 characters or fewer"},
    )

    def clean_note(self):
        return self.cleaned_data["note"].strip()


class EntryForm(FromVersionForm):
    """A journal entry, with standards of the record and a step of a plan the person can see."""

    day = DateField(label="Date", error_name="The date")
    words = forms.CharField(
        label="What happened, and what did you learn?",
        help_text=DISCLOSURE,
        strip=False,
        max_length=JournalEntry.LONGEST,
        widget=Textarea(attrs={"rows": 8}),
        error_messages={
            "required": "Enter what happened",
            "max_length": "The entry must be 20,000 characters or fewer",
        },
    )
    place = forms.ChoiceField(
        label="Step of a plan",
        help_text="Only you see this link, and only while you can see the plan.",
        required=False,
        error_messages={"invalid_choice": "Select a step from the list"},
    )
    standards = OfferedRowsField(
        required=False,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Select standards from the list"
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
        words = self.cleaned_data["words"].strip()
        if not words:
            raise ValidationError("Enter what happened")
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
        """Return, for each theme, its standards, whether each is selected and how many are."""
        ticked = {str(value) for value in self["standards"].value() or ()}
        boxes = {}
        for standard in self.fields["standards"].offered.values():
            theme = boxes.setdefault(standard.theme, [])
            theme.append((standard, str(standard.pk) in ticked))
        return [(theme, each, sum(on for _, on in each)) for theme, each in boxes.items()]


def places_for(user):
    """Return the plans that `user` can see, each with its visible steps by `place_key`."""
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
    """Who can read which themes of `record`, and until when."""

    email = PersonEmailField(
        label="Their email address",
        help_text="Someone with access to your council’s plans, an adviser who has opened one, or "
        "someone you have a check-in with, such as the Leader.",
    )
    themes = OfferedRowsField(
        label="Which themes can they read?",
        help_text="Select all 7 for the whole record.",
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Select themes from the list"
        )
        | {"required": "Select at least one theme"},
    )
    with_journal = forms.BooleanField(
        label="My journal",
        help_text="Entries linked to a standard of those themes. With all 7 themes, every entry.",
        required=False,
    )
    until = DateField(
        label="Last day they can read it",
        error_name="The last day",
        help_text=f"No more than {LONGEST_MONTHS} months ahead. You can stop sharing earlier.",
    )

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.record = record
        self.fields["themes"].offer(record.edition.developmentthemes.all())

    def clean_email(self):
        return not_their_own(self.cleaned_data["email"], self.record.person)

    def clean_until(self):
        day, today = self.cleaned_data["until"], timezone.localdate()
        if day <= today:
            raise ValidationError("The last day must be in the future")
        latest = latest_until(today)
        if day > latest:
            raise ValidationError(f"The last day must be {day_in_words(latest)} or earlier")
        return day


class DocumentForm(forms.Form):
    """What to include of `record` in the development plan."""

    themes = OfferedRowsField(
        label="Which themes do you want to include?",
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Select themes from the list"
        )
        | {"required": "Select at least one theme"},
    )
    evidence = forms.BooleanField(label="Evidence", required=False, initial=True)
    ratings = forms.BooleanField(label="Ratings over time", required=False)
    reflections = forms.BooleanField(
        label="Reflections",
        help_text="Your notes on the principles and attributes, whichever themes you select.",
        required=False,
    )
    journal = forms.BooleanField(
        label="Journal",
        help_text="Entries linked to a standard of those themes. With all 7 themes, every entry.",
        required=False,
    )

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        themes = self.fields["themes"]
        themes.offer(record.edition.developmentthemes.all())
        themes.initial = list(themes.offered)
