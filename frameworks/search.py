"""Search over everything the guidance says.

The guidance is small (about 400 entries) and changes only when it is loaded. Each process keeps an
index of it in memory and answers from that, fast enough to search on every key press. The cache
that all processes share holds a mark that changes with every load. Reading the mark is the only
query a search needs, and an index built under another mark is built again.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from django.core.cache import cache
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join

from .models import (
    Attribute,
    ChecklistItem,
    CoalitionComponent,
    DevelopmentStandard,
    DevelopmentTheme,
    Framework,
    OfficerRole,
    Principle,
    ReflectiveQuestion,
    RoleArea,
    RoleStatement,
    Stage,
    Step,
)
from .wording import put_term

LONGEST_QUERY = 100
MOST_RESULTS = 50
SNIPPET_LENGTH = 220
LEAD_IN = 60  # how many characters of a snippet may come before the first match

# The score of a word, by where it occurs in an entry. The start of a word scores a little less than
# a whole word, but more than a whole word in the next lower place.
TITLE, TEXT, GUIDANCE = 9, 3, 1
BEGINNING = 0.8

WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
MARK = "frameworks-loaded"


@dataclass
class SearchResult:
    """An entry as shown in the results. All but the URL is HTML with the matches marked."""

    kind: str
    place: str
    heading: str
    snippet: str
    url: str


@dataclass
class SearchAnswer:
    """The best results, the total number found, and the query's words that no entry contains."""

    words: list[str]
    total: int = 0
    results: list[SearchResult] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def find(query: str) -> SearchAnswer:
    """Return the entries that contain every word of `query`, best first.

    The start of a word is enough, and case and accents are ignored. A code such as NOC-13.1 finds
    the entry with that code.
    """
    words = words_in(query)
    if not words:
        return SearchAnswer(words=[])
    index = _current_index()
    unknown: list[str] = []
    numbers = index.with_code(query)
    if not numbers:
        numbers, unknown = index.with_words(words)
    return SearchAnswer(
        words=list(words),
        total=len(numbers),
        results=[index.entries[n].shown_for(words) for n in numbers[:MOST_RESULTS]],
        unknown=unknown,
    )


# --- Words ----------------------------------------------------------------------------------------


def normalise(word: str) -> str:
    """Return `word` as it is compared: without case, accents or apostrophes."""
    if word.isascii():
        return word.lower().replace("'", "")
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if c not in "'\u2019" and not unicodedata.combining(c))


def words_in(query: str) -> tuple[str, ...]:
    """Return the different words of a query, as they are compared."""
    passage = Passage(query, is_reference=False)
    return tuple(dict.fromkeys(word for word, _, _ in passage.words))


class Passage:
    """A piece of text to search and show. Its words are extracted once, when they are needed.

    Text that people wrote is not `is_reference`: brackets in it are no placeholders.
    """

    __slots__ = ("_words", "compared", "text")

    def __init__(self, text: str, *, is_reference: bool = True):
        text = " ".join(text.split())
        self.text = unicodedata.normalize("NFC", put_term(text) if is_reference else text)
        self.compared = normalise(self.text)
        self._words: list[tuple[str, int, int]] | None = None

    @property
    def words(self) -> list[tuple[str, int, int]]:
        """Return each word as it is compared, with where it begins and ends in the text."""
        if self._words is None:
            self._words = [
                (word, *found.span())
                for found in WORD.finditer(self.text)
                if (word := normalise(found.group()))
            ]
        return self._words

    def has(self, asked: tuple[str, ...]) -> bool:
        if not any(start in self.compared for start in asked):
            return False  # which most texts are, and it is quicker to see than word by word
        return any(word.startswith(asked) for word, _, _ in self.words)

    def marked(self, asked: tuple[str, ...], start: int = 0, end: int | None = None) -> str:
        """Return the text from `start` to `end` as HTML, marking words that start with `asked`."""
        end = len(self.text) if end is None else end
        pairs, at = [], start
        for word, opens, closes in self.words:
            if start <= opens and closes <= end and word.startswith(asked):
                pairs.append((self.text[at:opens], self.text[opens:closes]))
                at = closes
        return format_html_join("", "{}<mark>{}</mark>", pairs) + escape(self.text[at:end])

    def snippet(self, asked: tuple[str, ...]) -> str:
        """Return the part that matches most of the query's words, as HTML."""
        if len(self.text) <= SNIPPET_LENGTH:
            return self.marked(asked)
        start, end = self._window(asked)
        return format_html(
            "{}{}{}",
            "… " if start else "",
            self.marked(asked, start, end),
            " …" if end < len(self.text) else "",
        )

    def _window(self, asked: tuple[str, ...]) -> tuple[int, int]:
        """Return the start and end of the snippet, which fall between words."""
        hits = [
            (opens, beginning)
            for word, opens, _ in self.words
            for beginning in asked
            if word.startswith(beginning)
        ]
        reach = SNIPPET_LENGTH - LEAD_IN

        def variety(hit: tuple[int, str]) -> int:
            return len({asked for at, asked in hits if hit[0] <= at < hit[0] + reach})

        focus, _ = max(hits, key=variety, default=(0, ""))
        if focus <= LEAD_IN:
            start = 0
        else:
            start = min(opens for _, opens, _ in self.words if opens >= focus - LEAD_IN)
        if len(self.text) - start <= SNIPPET_LENGTH:
            return start, len(self.text)
        return start, max(
            (closes for _, _, closes in self.words if closes - start <= SNIPPET_LENGTH),
            default=SNIPPET_LENGTH,
        )


# --- The index ------------------------------------------------------------------------------------


class IndexedEntry:
    """Something that can be found, with its kind, place, heading, texts and URL.

    A title scores most. An entry without one, such as a checklist item, is its own heading, which
    scores as text.
    """

    def __init__(
        self,
        kind: str,
        url: str,
        heading: str,
        text: str = "",
        guidance: str = "",
        *,
        place: str = "",
        code: str = "",
        titled: bool = True,
    ):
        self.kind = Passage(kind)
        self.place = Passage(place)
        self.heading = Passage(heading)
        self.text = Passage(text)
        self.guidance = Passage(guidance)
        self.url = url
        self.code = code.casefold()
        self.titled = titled

    def worth_of_words(self) -> Iterator[tuple[str, int]]:
        for passage, worth in (
            (self.kind, TITLE if self.titled else GUIDANCE),
            (self.place, GUIDANCE),
            (self.heading, TITLE if self.titled else TEXT),
            (self.text, TEXT),
            (self.guidance, GUIDANCE),
        ):
            for word, _, _ in passage.words:
                yield word, worth

    def shown_for(self, asked: tuple[str, ...]) -> SearchResult:
        return SearchResult(
            kind=self.kind.marked(asked),
            place=self.place.marked(asked),
            heading=self.heading.marked(asked),
            snippet=self._snippet(asked),
            url=self.url,
        )

    def _snippet(self, asked: tuple[str, ...]) -> str:
        """Return the text under the heading that shows why this entry was found."""
        if self.text.has(asked):
            return self.text.snippet(asked)
        if self.guidance.has(asked):
            return self.guidance.snippet(asked)
        return self.text.snippet(asked) if self.titled else ""


class SearchIndex:
    """The entries that contain each word, with the word's score in each."""

    def __init__(self, entries: Iterable[IndexedEntry]):
        self.entries = list(entries)
        self.by_code = {entry.code: n for n, entry in enumerate(self.entries) if entry.code}
        self.worth: dict[str, dict[int, int]] = defaultdict(dict)
        for n, entry in enumerate(self.entries):
            for word, worth in entry.worth_of_words():
                self.worth[word][n] = max(worth, self.worth[word].get(n, 0))
        self.vocabulary = sorted(self.worth)

    def with_code(self, query: str) -> list[int]:
        number = self.by_code.get(query.strip().casefold())
        return [] if number is None else [number]

    def with_words(self, asked: Sequence[str]) -> tuple[list[int], list[str]]:
        """Return the numbers of entries with all the words, best first, and unknown words."""
        found = [self._beginning_with(word) for word in asked]
        unknown = [word for word, entries in zip(asked, found, strict=True) if not entries]
        everywhere = set(found[0]).intersection(*found[1:])
        return sorted(everywhere, key=lambda n: (-sum(worth[n] for worth in found), n)), unknown

    def _beginning_with(self, asked: str) -> dict[int, float]:
        """Return the score of `asked` in each entry with a word that starts with it."""
        found: dict[int, float] = {}
        for at in range(bisect_left(self.vocabulary, asked), len(self.vocabulary)):
            word = self.vocabulary[at]
            if not word.startswith(asked):
                break
            share = 1 if word == asked else BEGINNING
            for n, worth in self.worth[word].items():
                found[n] = max(found.get(n, 0), worth * share)
        return found


_kept: tuple[str | None, SearchIndex | None] = (
    None,
    None,
)  # the mark under which this process built its index, and the index


def _current_index() -> SearchIndex:
    global _kept
    mark = cache.get(MARK)
    if mark is None:
        # Never set, or dropped by the cache. A new mark makes every process rebuild its index.
        cache.add(MARK, uuid4().hex, timeout=None)
        mark = cache.get(MARK)
    kept_mark, index = _kept
    # Read the mark before the entries, so that a load in between only makes this index old.
    if index is None or mark is None or mark != kept_mark:
        index = SearchIndex(_entries())
        _kept = (mark, index)
    return index


def guidance_changed() -> None:
    """Tell every process to rebuild its index. Call it after the change is committed."""
    cache.set(MARK, uuid4().hex, timeout=None)


def _entries() -> Iterator[IndexedEntry]:
    """Yield all of the guidance, in the order in which equally good results are shown."""
    for step in Step.objects.current().select_related("stage"):
        yield IndexedEntry(
            f"Step {step.number}",
            step.get_absolute_url(),
            step.title,
            step.summary,
            step.guidance,
            place=step.stage.short_title,
            code=step.code,
        )
    for area in RoleArea.objects.current():
        yield IndexedEntry(
            f"Role area {area.number}",
            area.get_absolute_url(),
            area.title,
            area.summary,
            area.guidance,
            code=area.code,
        )
    for component in CoalitionComponent.objects.current():
        yield IndexedEntry(
            f"Component {component.number}",
            component.get_absolute_url(),
            component.title,
            component.summary,
            component.guidance,
            code=component.code,
        )
    for theme in DevelopmentTheme.objects.current():
        yield IndexedEntry(
            f"Development theme {theme.number}",
            theme.get_absolute_url(),
            theme.title,
            theme.summary,
            code=theme.code,
        )
    home = reverse("guidance")
    for stage in Stage.objects.current():
        yield IndexedEntry(
            f"Stage {stage.number}",
            f"{home}#{stage.code}",
            stage.title,
            f"{stage.summary} {'. '.join(stage.focus_list)}.",
            stage.guidance,
            code=stage.code,
        )
    officers = reverse("guidance_officers")
    for role in OfficerRole.objects.all():
        yield IndexedEntry("Officer role", f"{officers}#{role.code}", role.name, role.part)
    for item in ChecklistItem.objects.current().select_related("step", "component"):
        parent = item.step or item.component
        assert parent is not None  # noqa: S101 - a constraint: an item is of a step or a component
        kind, within = ("Checklist item", "Step") if item.step else ("Pointer", "Component")
        yield IndexedEntry(
            kind,
            f"{parent.get_absolute_url()}#{item.code}",
            item.text,
            item.prompts,
            place=f"{within} {parent.number}, {parent.title}",
            code=item.code,
            titled=False,
        )
    for statement in RoleStatement.objects.current().select_related("role_area"):
        area = statement.role_area
        yield IndexedEntry(
            "What the chief executive does",
            f"{area.get_absolute_url()}#{statement.code}",
            statement.text,
            place=f"Role area {area.number}, {area.title}",
            code=statement.code,
            titled=False,
        )
    components = reverse("guidance_components")
    for question in ReflectiveQuestion.objects.current():
        yield IndexedEntry(
            "Question",
            f"{components}#{question.code}",
            question.text,
            place="Asked of every component",
            code=question.code,
            titled=False,
        )
    for standard in DevelopmentStandard.objects.current().select_related("theme", "phase"):
        theme = standard.theme
        yield IndexedEntry(
            "Development standard",
            f"{theme.get_absolute_url()}#{standard.code}",
            standard.text,
            place=f"Theme {theme.number}, {theme.title}: {standard.phase.title}",
            code=standard.code,
            titled=False,
        )
    reflections = reverse("guidance_reflections")
    for kind, model in (("Principle", Principle), ("Attribute", Attribute)):
        for reflection in model.objects.current():
            yield IndexedEntry(
                f"{kind} {reflection.number}",
                f"{reflections}#{reflection.code}",
                reflection.title,
                reflection.text,
                place="Opinion, not guidance",
                code=reflection.code,
            )
    pages = {
        Framework.TRANSITION: home,
        Framework.COMPONENTS: components,
        Framework.DEVELOPMENT: reverse("guidance_themes"),
        Framework.PRINCIPLES: f"{reflections}#principles",
        Framework.ATTRIBUTES: f"{reflections}#attributes",
    }
    for framework in Framework.objects.filter(is_current=True, slug__in=pages):
        by = dict.fromkeys(name for name in (framework.publisher, framework.author) if name)
        yield IndexedEntry(
            "Source",
            pages[framework.slug],
            framework.title,
            f"{'. '.join(by)}. {framework.published}.",
            framework.summary,
        )
