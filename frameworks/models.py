"""The text of the guidance: reference data, loaded from fixtures/, read-only at run time.

Every entry belongs to one edition of one framework and carries a code that leads to its source:
NOC-01.1 is step 1, point 1; COMP-03.2 component 3, pointer 2; DEV-5G.2 theme 5, gaining experience,
standard 2. The pair (framework, code) is an entry's natural key.

Titles are the sources' own. The wording is ours, and so are the prompts, the officer roles, the
notes on who decides, the links between frameworks and the suggested due dates; pages say so.
"""

from typing import TypeVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from .wording import lines, paragraphs

# Shown with an item that asks about people. A note can be disclosed, also to the person it names.
RECORD_THE_ACTION = (
    "This action asks about people. Record what will be done, not an opinion of anyone. "
    "Keep names for a conversation."
)


class OfficerRoleManager(models.Manager["OfficerRole"]):
    def get_by_natural_key(self, code: str) -> "OfficerRole":
        return self.get(code=code)


class OfficerRole(models.Model):
    """A statutory or senior post with a part in a transition, e.g. the monitoring officer.

    The source names the monitoring officer and the head of democratic services for governance, and
    otherwise addresses the chief executive. Which role leads what is our suggestion.
    """

    code = models.SlugField(unique=True)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=32)
    part = models.TextField(help_text="The role's part in a NOC transition, in our words.")

    objects = OfficerRoleManager()

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    @property
    def part_paragraphs(self) -> list[str]:
        return paragraphs(self.part)


class FrameworkManager(models.Manager["Framework"]):
    def get_by_natural_key(self, slug: str, edition: str) -> "Framework":
        return self.get(slug=slug, edition=edition)

    def current(self, slug: str) -> "Framework":
        """Return the edition that new plans use."""
        return self.get(slug=slug, is_current=True)


class Framework(models.Model):
    """One edition of one published document.

    When the publisher issues a new edition it becomes a new row, and existing plans keep theirs.
    Corrections to our wording of an edition are made in place (see `loading.load`).
    """

    TRANSITION = "noc-transition"
    COMPONENTS = "coalition-components"
    DEVELOPMENT = "ce-development"
    PRINCIPLES = "ce-principles"
    ATTRIBUTES = "ce-attributes"

    class Standing(models.TextChoices):
        GUIDANCE = "guidance", "Sector guidance"
        OPINION = "opinion", "The author’s opinion at the time"

    slug = models.SlugField()
    edition = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200)
    author = models.CharField(max_length=200, blank=True)
    published = models.CharField(max_length=80)
    url = models.URLField(blank=True)
    standing = models.CharField(max_length=10, choices=Standing)
    summary = models.TextField()
    is_current = models.BooleanField()
    based_on = models.CharField(
        max_length=20, blank=True, help_text="The edition that this one was made from, if any."
    )

    objects = FrameworkManager()

    class Meta:
        ordering = ["slug", "edition"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "edition"], name="framework_edition_once"),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(is_current=True), name="framework_one_current_edition"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, edition {self.edition}"

    def natural_key(self) -> tuple[str, str]:
        return (self.slug, self.edition)

    @property
    def is_opinion(self) -> bool:
        return self.standing == self.Standing.OPINION


EntryModel = TypeVar("EntryModel", bound="Entry")
LinkModel = TypeVar("LinkModel", bound="EditorialLink")


class EntryManager(models.Manager[EntryModel]):
    def get_by_natural_key(self, slug: str, edition: str, code: str) -> EntryModel:
        return self.get(framework__slug=slug, framework__edition=edition, code=code)

    def current(self) -> models.QuerySet[EntryModel]:
        """Return the entries of current editions."""
        return self.filter(framework__is_current=True)


class Entry(models.Model):
    """A part of one edition of a framework, with a code."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="%(class)ss")
    code = models.CharField(max_length=20)

    objects = EntryManager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="%(class)s_code_once")
        ]

    def __str__(self) -> str:
        return self.code

    def natural_key(self) -> tuple[str, str, str]:
        return (*self.framework.natural_key(), self.code)

    natural_key.dependencies = ["frameworks.framework"]  # type: ignore[attr-defined]


class Guided(Entry):
    """A numbered entry with a title and guidance.

    `sources` lists the paragraphs of the source that the guidance covers.
    """

    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    summary = models.TextField()
    guidance = models.TextField()
    sources = models.CharField(max_length=400, blank=True)

    class Meta(Entry.Meta):
        abstract = True
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def guidance_paragraphs(self) -> list[str]:
        return paragraphs(self.guidance)


class Stage(Guided):
    """A column of the matrix: 1 before the poll, 2 early foundations, 3 strengthening."""

    # The full title of stage 3 contains the word coalition, for which a plan has its own term.
    short_title = models.CharField(max_length=40)
    focus = models.TextField(help_text="One purpose a line.")

    @property
    def focus_list(self) -> list[str]:
        return lines(self.focus)


class RoleArea(Guided):
    """A row of the matrix: one of the chief executive's 10 areas of work."""

    def get_absolute_url(self) -> str:
        return reverse("guidance_area", args=[self.number])


class RoleStatement(Entry):
    """One thing the chief executive does in a role area, in every stage."""

    role_area = models.ForeignKey(RoleArea, models.CASCADE, related_name="statements")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta(Entry.Meta):
        ordering = ["position"]


class Step(Guided):
    """A cell of the matrix. Steps n, n+10 and n+20 share a role area, in successive stages."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="steps")
    role_area = models.ForeignKey(RoleArea, models.PROTECT, related_name="steps")
    lead_role = models.ForeignKey(OfficerRole, models.PROTECT, related_name="led_steps")
    support_roles = models.ManyToManyField(OfficerRole, related_name="+", blank=True)

    class Meta(Guided.Meta):
        constraints = [
            *Guided.Meta.constraints,
            models.UniqueConstraint(fields=["stage", "role_area"], name="step_one_a_cell"),
            models.CheckConstraint(condition=Q(number__range=(1, 30)), name="step_1_to_30"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("guidance_step", args=[self.number])


class CoalitionComponent(Guided):
    """One of the 12 components of effective coalitions."""

    def get_absolute_url(self) -> str:
        return reverse("guidance_component", args=[self.number])


class ChecklistItem(Entry):
    """One thing to do: a point of a step, or a component's pointer that we placed on steps."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="items", null=True, blank=True)
    component = models.ForeignKey(
        CoalitionComponent, models.CASCADE, related_name="pointers", null=True, blank=True
    )
    position = models.PositiveSmallIntegerField()
    # Longer than what is shown: the text can hold two wordings, of which a reader sees one.
    text = models.CharField(max_length=300)
    prompts = models.TextField(blank=True, help_text="One prompt a line.")
    asks_about_people = models.BooleanField(
        default=False, help_text="Whether an honest answer could be an opinion of a person."
    )
    lead_role = models.ForeignKey(OfficerRole, models.PROTECT, related_name="led_items")
    support_roles = models.ManyToManyField(OfficerRole, related_name="+", blank=True)

    class Meta(Entry.Meta):
        ordering = ["step__number", "component__number", "position"]
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(step__isnull=True, component__isnull=False)
                | Q(step__isnull=False, component__isnull=True),
                name="checklistitem_step_or_component",
            ),
        ]

    @property
    def prompt_list(self) -> list[str]:
        return lines(self.prompts)

    @property
    def caution(self) -> str:
        """Return what to be careful about in a note on this item, if anything."""
        return RECORD_THE_ACTION if self.asks_about_people else ""


class ReflectiveQuestion(Entry):
    """One of the 4 questions asked about every component in a review."""

    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta(Entry.Meta):
        ordering = ["number"]


class DevelopmentTheme(Entry):
    """One of the 7 themes of the chief executives' development framework."""

    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    summary = models.TextField()

    class Meta(Entry.Meta):
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("guidance_theme", args=[self.number])


class DevelopmentPhase(Entry):
    """Acquiring knowledge, gaining experience or sharpening judgement."""

    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)

    class Meta(Entry.Meta):
        ordering = ["number"]

    def __str__(self) -> str:
        return self.title


class DevelopmentStandard(Entry):
    """One standard of a theme, in one phase."""

    theme = models.ForeignKey(DevelopmentTheme, models.CASCADE, related_name="standards")
    phase = models.ForeignKey(DevelopmentPhase, models.PROTECT, related_name="standards")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta(Entry.Meta):
        ordering = ["theme__number", "phase__number", "position"]


class Principle(Entry):
    """One of the 13 principles for chief executives, from a dated essay."""

    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    text = models.TextField()

    class Meta(Entry.Meta):
        ordering = ["number"]


class Attribute(Entry):
    """One of the 20 attributes of chief executives who build good relationships, from an essay."""

    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    text = models.TextField(blank=True)

    class Meta(Entry.Meta):
        ordering = ["number"]


class LinkManager(models.Manager[LinkModel]):
    def get_by_natural_key(self, *key: str) -> LinkModel:
        """Return the link whose two ends have the natural keys joined in `key`, in that order."""
        half = len(key) // 2
        first, second = self.model.LINKS
        return self.get(
            **{
                f"{first}__framework__slug": key[0],
                f"{first}__framework__edition": key[1],
                f"{first}__code": key[2],
                f"{second}__framework__slug": key[half],
                f"{second}__framework__edition": key[half + 1],
                f"{second}__code": key[half + 2],
            }
        )


class EditorialLink(models.Model):
    """A link between two entries. Links are our own editorial work, and pages say so."""

    LINKS: tuple[str, str]

    reason = models.CharField(max_length=240)

    objects = LinkManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return " to ".join(getattr(self, name).code for name in self.LINKS)

    def natural_key(self) -> tuple[str, ...]:
        first, second = (getattr(self, name) for name in self.LINKS)
        return (*first.natural_key(), *second.natural_key())


class StepComponentLink(EditorialLink):
    """Links a step to a component that helps with it."""

    LINKS = ("step", "component")

    step = models.ForeignKey(Step, models.CASCADE, related_name="component_links")
    component = models.ForeignKey(CoalitionComponent, models.CASCADE, related_name="step_links")

    class Meta:
        ordering = ["step__number", "component__number"]
        constraints = [
            models.UniqueConstraint(fields=["step", "component"], name="step_component_once")
        ]


class StepThemeLink(EditorialLink):
    """Links a step to a development theme that it draws on."""

    LINKS = ("step", "theme")

    step = models.ForeignKey(Step, models.CASCADE, related_name="theme_links")
    theme = models.ForeignKey(DevelopmentTheme, models.CASCADE, related_name="step_links")

    class Meta:
        ordering = ["step__number", "theme__number"]
        constraints = [models.UniqueConstraint(fields=["step", "theme"], name="step_theme_once")]


class PointerPlacement(EditorialLink):
    """Puts a component's pointer on the checklist of a step where it is useful."""

    LINKS = ("item", "step")

    item = models.ForeignKey(ChecklistItem, models.CASCADE, related_name="placements")
    step = models.ForeignKey(Step, models.CASCADE, related_name="placements")

    class Meta:
        ordering = ["step__number", F("item__component__number"), F("item__position")]
        constraints = [models.UniqueConstraint(fields=["item", "step"], name="pointer_once_a_step")]


class SuggestedDue(EditorialLink):
    """The day by which we suggest an item of a step is done, counted from a key date.

    No guidance or law sets it. `anchor`, `unit` and `side` are values of elections.offsets. This
    app does not import it; a test checks that they agree.

    For a continuing duty the date is one on which to review it. Nothing is late when it passes, so
    plans do not take it as a due date unless someone chooses it.
    """

    LINKS = ("item", "step")

    item = models.ForeignKey(ChecklistItem, models.CASCADE, related_name="suggested_due")
    step = models.ForeignKey(Step, models.CASCADE, related_name="suggested_due")
    number = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=20)
    side = models.CharField(max_length=10)
    anchor = models.CharField(max_length=40)
    is_review = models.BooleanField(
        default=False, help_text="Whether to review a continuing duty then, not to finish it."
    )

    class Meta:
        ordering = ["step__number", F("item__component__number"), F("item__position")]
        verbose_name = "suggested due date"
        constraints = [
            models.UniqueConstraint(fields=["item", "step"], name="suggested_due_once_a_step")
        ]
