"""Forms of the budget: its dates and figures, an amendment, and a statement on one."""

from django import forms

from assessments.fields import (
    EarlierTextsField,
    LongTextField,
    ReadersField,
    StartedForm,
    offer_readers,
)
from elections.budget import (
    MOST_LINES,
    MOST_POUNDS,
    OWN_STEPS,
    AmendmentLine,
    AmendmentWorking,
)
from elections.composition import MAX_NAME
from govuk.fields import DateField

from .models import MAX_TITLE, MAX_WORDS, AmendmentState
from .words import working_in_words

SPARE_LINES = 3
SMALL_RADIOS = {"class": "govuk-radios--small"}
AMOUNTS = ("spending", "income", "reserves")
AMENDMENT_FIELDS = ("group", "title", "received_on", "tax_change", "state")
CLEARED = str.maketrans({"£": None, ",": None, " ": None, "\xa0": None, "−": "-", "–": "-"})


class MoneyField(forms.IntegerField):
    """An amount in whole pounds, typed with or without £ and commas; empty is 0."""

    def __init__(self, *, label, error_name, **kwargs):
        super().__init__(
            label=label,
            label_suffix="",
            required=False,
            min_value=-MOST_POUNDS,
            max_value=MOST_POUNDS,
            widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-10"}),
            error_messages=dict.fromkeys(
                ("invalid", "min_value", "max_value"),
                f"{error_name} must be an amount in whole pounds, like 25,000 or -25,000",
            ),
            **kwargs,
        )

    def to_python(self, value):
        typed = value.translate(CLEARED) if isinstance(value, str) else value
        return super().to_python(typed) or 0


class AmountField(forms.DecimalField):
    """A number with up to 2 decimals, typed with or without £ and commas."""

    def __init__(self, *, label, error_name, largest, **kwargs):
        message = f"{error_name} must be a number above 0, like 1,250,000 or 45,210.6"
        super().__init__(
            label=label,
            label_suffix="",
            required=False,
            min_value=0.01,
            max_value=largest,
            decimal_places=2,
            widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-10"}),
            error_messages=dict.fromkeys(
                ("invalid", "min_value", "max_value", "max_decimal_places", "max_digits"), message
            )
            | {"max_whole_digits": message},
            **kwargs,
        )

    def to_python(self, value):
        return super().to_python(value.translate(CLEARED) if isinstance(value, str) else value)


class BudgetForm(StartedForm):
    """The year, the figures, and the dates that the council sets in place of the suggestions.

    `years` are those that can be chosen; `suggested` are the suggestions by step.
    """

    year = forms.TypedChoiceField(
        label="Which financial year is it for?",
        label_suffix="",
        coerce=int,
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select the financial year from the list"
        ),
    )
    requirement = AmountField(
        label="Council tax requirement in the proposals (£, optional)",
        error_name="The council tax requirement",
        largest=MOST_POUNDS,
        help_text="With the tax base, this shows how each amendment would change band D.",
    )
    tax_base = AmountField(
        label="Council tax base (band D equivalents, optional)",
        error_name="The council tax base",
        largest=9_999_999,
    )

    def __init__(self, data=None, *, years, suggested, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["year"].choices = [(year, f"{year} to {year + 1}") for year in years]
        for step, title in OWN_STEPS.items():
            day = suggested.get(step)
            self.fields[step.value] = DateField(
                label=title,
                label_suffix="",
                error_name=f"The date of “{title}”",
                required=False,
                help_text=f"Suggested: {day}. Leave empty to use this date." if day else "",
            )

    @property
    def figure_fields(self):
        return [self[name] for name in ("year", "requirement", "tax_base")]

    @property
    def date_fields(self):
        return [self[step.value] for step in OWN_STEPS]

    def clean(self):
        data = super().clean()
        year = data.get("year")
        for step in OWN_STEPS:
            day = data.get(step.value)
            if year and day and not year - 1 <= day.year <= year:
                self.add_error(
                    step.value,
                    f"The date of “{OWN_STEPS[step]}” must be in {year - 1} or {year}",
                )
        return data

    def answers(self):
        """Return what `save_budget` takes, apart from the version."""
        data = self.cleaned_data
        own = {step: data[step.value] for step in OWN_STEPS if data[step.value]}
        figures = {name: data[name] for name in ("year", "requirement", "tax_base")}
        return figures | {"own": own}


class AmendmentForm(StartedForm):
    """An amendment with its lines. `amendment` is the one to change.

    Only an owner is offered `others`, who can be named as readers of one in confidence. Without
    `in_confidence` there are no readers.
    """

    group = forms.CharField(
        label="Which group proposes it?",
        label_suffix="",
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={
            "required": "Enter which group proposes it",
            "max_length": f"The group must be {MAX_NAME} characters or fewer",
        },
    )
    title = forms.CharField(
        label="What is it called?",
        label_suffix="",
        help_text="Do not include people’s names.",
        max_length=MAX_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Enter the title of the amendment",
            "max_length": f"The title of the amendment must be {MAX_TITLE} characters or fewer",
        },
    )
    received_on = DateField(
        label="When was it received?",
        label_suffix="",
        error_name="The date it was received",
        is_past=True,
    )
    tax_change = MoneyField(
        label="Change in the council tax requirement that it proposes (£)",
        error_name="The change in the council tax requirement",
        help_text="Enter 0 if council tax stays as in the proposals. To lower it, start with "
        "a minus sign.",
    )
    state = forms.ChoiceField(
        label="What is its status?",
        label_suffix="",
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select its status from the list"
        ),
    )
    readers = ReadersField()
    earlier = EarlierTextsField()

    def __init__(self, data=None, *, amendment=None, in_confidence=False, others=None, readers=()):
        saved = list(amendment.lines.all()) if amendment else []
        initial = {"version": 0, "state": AmendmentState.RECEIVED, "tax_change": 0}
        if amendment:
            initial = {name: getattr(amendment, name) for name in ("version", *AMENDMENT_FIELDS)}
        super().__init__(data, initial=initial | {"readers": readers})
        offer_readers(
            self, others if in_confidence else None, has_earlier_texts=amendment is not None
        )
        can_be_ready = amendment is not None and amendment.state == AmendmentState.READY
        self.fields["state"].choices = [
            (value, label)
            for value, label in AmendmentState.choices
            if value != AmendmentState.READY or can_be_ready
        ]
        sent = 0
        if data is not None:
            # What was sent: the number of saved lines can have changed meanwhile.
            while f"words_{sent}" in data:
                sent += 1
        self.numbers = range(min(MOST_LINES, max(sent, len(saved) + SPARE_LINES)))
        for number in self.numbers:
            line = saved[number] if number < len(saved) else None
            self._add_line(number, line)

    def _add_line(self, number, line):
        name = f"line {number + 1}"
        self.fields[f"words_{number}"] = forms.CharField(
            label="What changes",
            label_suffix="",
            required=False,
            max_length=MAX_WORDS,
            initial=line.words if line else "",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={
                "max_length": f"What changes in {name} must be {MAX_WORDS} characters or fewer"
            },
        )
        for field, label in (
            ("spending", "Change in spending (£)"),
            ("income", "Change in income (£)"),
            ("reserves", "One-off use of reserves (£)"),
        ):
            self.fields[f"{field}_{number}"] = MoneyField(
                label=label,
                error_name=f"“{label.removesuffix(' (£)')}” in {name}",
                initial=getattr(line, field) if line else "",
            )

    @property
    def line_fields(self):
        """Return the number of each line with its four bound fields."""
        return [
            (
                number + 1,
                self[f"words_{number}"],
                [self[f"{name}_{number}"] for name in AMOUNTS],
            )
            for number in self.numbers
        ]

    def clean_group(self):
        return " ".join(self.cleaned_data["group"].split())

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    def clean(self):
        data = super().clean()
        lines = []
        for number in self.numbers:
            words = " ".join((data.get(f"words_{number}") or "").split())
            amounts = [data.get(f"{name}_{number}") or 0 for name in AMOUNTS]
            if words:
                lines.append(AmendmentLine(words, *amounts))
            elif any(amounts):
                self.add_error(f"words_{number}", f"Enter what changes in line {number + 1}")
        data["lines"] = tuple(lines)
        working = AmendmentWorking(data["lines"], data.get("tax_change") or 0)
        is_balanced = data.get("state") in {AmendmentState.BALANCED, AmendmentState.READY}
        if is_balanced and not self.errors and not working.balances:
            self.add_error("state", working_in_words(working))
        return data

    def answers(self):
        """Return what the actions take: the fields, the lines and, where offered, the readers."""
        data = self.cleaned_data
        names = (*AMENDMENT_FIELDS, "lines", *(n for n in ("readers", "earlier") if n in data))
        return {name: data[name] for name in names}


class AmendmentStatementForm(StartedForm):
    """The section 151 officer's statement on an amendment."""

    statement = LongTextField(
        label="Your statement",
        error_name="The statement",
        help_text="Say whether the figures are robust, and what the amendment does to reserves "
        "this year and later. Do not comment on the merits of the proposal.",
        error_messages={"required": "Enter your statement"},
        rows=6,
    )
    confirms_figures = forms.TypedChoiceField(
        label="Do you confirm the figures?",
        label_suffix="",
        help_text="If you do, its status becomes “Figures confirmed”, unless it has been "
        "withdrawn, carried or lost. This is about the figures only. Whether the amendment is in "
        "order depends on standing orders and is for the person presiding to decide.",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether you confirm the figures"
        ),
    )

    def __init__(self, *args, working, **kwargs):
        super().__init__(*args, **kwargs)
        self.working = working

    def clean(self):
        data = super().clean()
        if data.get("confirms_figures") and not self.working.balances:
            self.add_error(
                "confirms_figures",
                f"{working_in_words(self.working)} You can confirm the figures once the amendment "
                "balances",
            )
        return data
