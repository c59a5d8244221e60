"""Forms of the protocols: the wording of their points, and who agreed to it."""

from django import forms

from assessments.fields import LongTextField, SeveralField, VersionedForm
from elections.composition import MAX_NAME
from govuk.fields import DateField

MOST_GROUPS = 20
LONGEST = 4000
NO_GROUPS = "Select which groups agreed"


class ProtocolForm(forms.Form):
    """The wording of every point, which begins with the suggestion until it has been saved.

    `lines` are the protocol's points, see `wording.PointWording`. `version` is 0 for a new one.
    """

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, data=None, *, lines, version=0):
        super().__init__(data, initial={"version": version})
        self.lines = lines
        for line in lines:
            point = line.point
            self.fields[f"words-{point.key}"] = LongTextField(
                label=point.title,
                error_name=f"The wording of “{point.title}”",
                help_text=point.prompt,
                rows=6,
                longest=LONGEST,
                required=False,
                initial=line.words,
            )
            self.fields[f"out-{point.key}"] = forms.BooleanField(
                label="Leave this point out",
                label_suffix="",
                required=False,
                initial=line.is_left_out,
            )

    @property
    def points(self):
        """Return each PointWording with its two bound fields."""
        return [
            (line, self[f"words-{line.point.key}"], self[f"out-{line.point.key}"])
            for line in self.lines
        ]

    def clean(self):
        data = super().clean()
        for line in self.lines:
            key, name = line.point.key, f"words-{line.point.key}"
            if name not in self.errors and not data[name] and not data[f"out-{key}"]:
                self.add_error(
                    name, f"Enter the wording of “{line.point.title}”, or leave the point out"
                )
        points = [line.point.key for line in self.lines]
        if not self.errors and all(data[f"out-{key}"] for key in points):
            self.add_error(f"out-{points[0]}", "Keep at least one point")
        return data

    def answers(self):
        data = self.cleaned_data
        return {
            line.point.key: (data[f"words-{line.point.key}"], data[f"out-{line.point.key}"])
            for line in self.lines
        }


class ProtocolAgreementForm(VersionedForm):
    """Whether a protocol is agreed, since when and by which of `groups`.

    The names of the groups are sent with the form, so that they stay the same if the composition
    changes meanwhile. `open_titles` names the points with words to complete, if any.
    """

    state = forms.ChoiceField(
        label="Has the protocol been agreed?",
        label_suffix="",
        choices=[("draft", "No, it is a draft"), ("agreed", "Yes, groups have agreed to it")],
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether the protocol has been agreed"
        ),
    )
    agreed_on = DateField(
        label="When was it agreed?",
        label_suffix="",
        error_name="The date it was agreed",
        is_past=True,
        required=False,
    )
    groups = SeveralField(
        label="Which groups agreed?",
        label_suffix="",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages=dict.fromkeys(("invalid_choice", "invalid_list"), NO_GROUPS),
    )

    def __init__(self, data=None, *, groups, found, open_titles=""):
        self.open_titles = open_titles
        agreed = [each.name for each in found.groups.all()]
        initial = {
            "version": found.version,
            "state": "agreed" if found.agreed_on else "draft",
            "agreed_on": found.agreed_on,
            "groups": agreed,
        }
        super().__init__(data, initial=initial)
        names = {*groups, *agreed}
        if data is not None:
            sent = {" ".join(name.split())[:MAX_NAME] for name in data.getlist("offered")}
            names |= set(filter(None, sent))
        self.offered = sorted(names, key=str.casefold)[:MOST_GROUPS]
        self.fields["groups"].choices = [(name, name) for name in self.offered]

    def clean(self):
        data = super().clean()
        if data.get("state") != "agreed":
            # Ignore the answers of a choice that was not made.
            for name, empty in (("agreed_on", None), ("groups", [])):
                self.errors.pop(name, None)
                data[name] = empty
            return data
        if self.open_titles:
            self.add_error(
                "state",
                "Complete the words in square brackets, or leave these points out, before you "
                f"record that it has been agreed: {self.open_titles}",
            )
        if not data.get("agreed_on") and "agreed_on" not in self.errors:
            self.add_error("agreed_on", "Enter the date it was agreed")
        if not data.get("groups") and "groups" not in self.errors:
            self.add_error("groups", NO_GROUPS)
        return data
