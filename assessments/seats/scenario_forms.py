"""The form of a scenario: its name, the seats that change hands, and who can read it."""

from django import forms

from assessments.fields import EarlierTextsField, ReadersField, offer_readers
from elections.bodies import UNGROUPED
from elections.composition import MAX_NAME, CompositionError
from elections.scenario import SeatSwing, after

from .composition_forms import whole_number

CHANGES = 12
SHOWN_FIRST = 5
GROUPS_KNOWN = "groups-known"  # the id of the list of group names on the page


def _text(label, **attrs):
    return forms.CharField(
        label=label,
        required=False,
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **attrs}),
        error_messages={"max_length": f"{label} must be {MAX_NAME} characters or fewer"},
    )


class ScenarioForm(forms.Form):
    """Seats that change hands, from `base`; only an owner names `others`."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    name = forms.CharField(
        label="Name of the scenario",
        max_length=80,
        error_messages={
            "required": "Enter the name of the scenario",
            "max_length": "The name must be 80 characters or fewer",
        },
    )
    readers = ReadersField()
    earlier = EarlierTextsField()

    def __init__(self, *args, base, area, others=None, has_earlier_texts=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.base = base
        self.fields["name"].help_text = f"Keep it neutral, for example: 2 {area.many} change hands."
        for n in range(1, CHANGES + 1):
            self.fields[f"ward_{n}"] = _text(f"{area.one.capitalize()} of change {n}")
            self.fields[f"loses_{n}"] = _text(f"Who loses in change {n}", list=GROUPS_KNOWN)
            self.fields[f"gains_{n}"] = _text(f"Who gains in change {n}", list=GROUPS_KNOWN)
            self.fields[f"seats_{n}"] = whole_number(
                label=f"Seats of change {n}", lowest=1, required=False
            )
        offer_readers(self, others, has_earlier_texts=has_earlier_texts)

    @property
    def group_names(self):
        """The names that can lose or gain seats. A new name is a new group."""
        return [*(group.name for group in self.base.groups), UNGROUPED, "Vacant"]

    @property
    def tables(self):
        """Return the four boxes of each change: those shown at first, and the others."""
        kinds = ("ward", "loses", "gains", "seats")
        rows = [[self[f"{kind}_{n}"] for kind in kinds] for n in range(1, CHANGES + 1)]
        filled = [n for n, row in enumerate(rows, start=1) if any(box.value() for box in row)]
        shown = max([SHOWN_FIRST, *filled])
        return rows[:shown], rows[shown:]

    def clean(self):
        data = super().clean()
        changes = []
        for n in range(1, CHANGES + 1):
            words = [
                " ".join((data.get(f"{kind}_{n}") or "").split())
                for kind in ("ward", "loses", "gains")
            ]
            ward, loses, gains = words
            seats = data.get(f"seats_{n}")
            if not any(words) and seats is None:
                continue
            for kind, value in (("loses", loses), ("gains", gains)):
                if not value and f"{kind}_{n}" not in self.errors:
                    self.add_error(f"{kind}_{n}", f"Enter who {kind} in change {n}")
            if seats is None and ward:
                seats = 1  # a ward without a number is one seat
            if seats is None and f"seats_{n}" not in self.errors:
                self.add_error(f"seats_{n}", f"Enter how many seats change hands in change {n}")
            changes.append((n, SeatSwing(loses, gains, seats or 0, ward)))
        if not self.errors:
            self._check(changes)
            data["changes"] = [change for _, change in changes]
        return data

    def _check(self, changes):
        """Add an error to the first change that cannot happen."""
        for count, (n, _) in enumerate(changes, start=1):
            try:
                after(self.base, [change for _, change in changes[:count]])
            except CompositionError as error:
                self.add_error(f"loses_{n}", str(error))
                return


def initial_of(scenario):
    """A saved scenario as the form's initial data."""
    initial = {
        "version": scenario.version,
        "name": scenario.name,
        "readers": scenario.readers.all(),
    }
    for n, change in enumerate(scenario.changes.all(), start=1):
        for kind in ("ward", "loses", "gains", "seats"):
            initial[f"{kind}_{n}"] = getattr(change, kind)
    return initial
