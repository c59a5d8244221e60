"""Suggest compositions from open data, and dismiss them. Recording one is `record_composition`."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from councils.models import Council, CouncilEvent, User
from elections.composition import Composition
from elections.open_council_data import SuggestedComposition, council_key

from ..models import CompositionSuggestion, CouncilComposition
from .compositions import record_for_council


@dataclass
class SuggestionsMade:
    """What a file led to, or would lead to in a dry run."""

    made: list[tuple[Council, SuggestedComposition]] = field(default_factory=list)
    as_recorded: list[Council] = field(default_factory=list)
    as_dismissed: list[Council] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def suggest_compositions(
    suggestions: Iterable[SuggestedComposition],
    *,
    only: Council | None = None,
    dry_run: bool = False,
) -> SuggestionsMade:
    """Suggest the compositions of a file to their councils, or to `only` one of them.

    A council is found by its GSS code if the file has it, else by its name. Nothing is suggested
    that is as recorded, or as last dismissed. An open suggestion is replaced.
    """
    outcome = SuggestionsMade()
    by_code, by_key = {}, defaultdict(list)
    for known in Council.objects.all():
        by_code[known.gss_code] = known
        by_key[council_key(known.name)].append(known)
    for each in suggestions:
        named = by_key[council_key(each.council)]
        council = by_code.get(each.code) if each.code else None
        council = council or (named[0] if len(named) == 1 else None)
        if council is None:
            outcome.unknown.append(each.council)
        elif only is None or council == only:
            _suggest(council, each, outcome, dry_run=dry_run)
    return outcome


def _suggest(
    council: Council, found: SuggestedComposition, outcome: SuggestionsMade, *, dry_run: bool
) -> None:
    composition = found.composition
    values = {
        "groups": CompositionSuggestion.lines_of(composition),
        "ungrouped": composition.ungrouped,
        "vacancies": composition.vacancies,
    }
    recorded = CouncilComposition.objects.of(council).in_effect(timezone.localdate()).first()
    last = CompositionSuggestion.objects.filter(council=council).first()
    if recorded and _figures(recorded.worked_out) == _figures(composition):
        outcome.as_recorded.append(council)
    elif last and all(getattr(last, name) == value for name, value in values.items()):
        outcome.as_dismissed.append(council)
    else:
        outcome.made.append((council, found))
        if not dry_run:
            _make(council, values | {"notes": "\n".join(found.notes)})


def _figures(composition: Composition) -> tuple[dict[str, int], int, int]:
    groups = {group.name.casefold(): group.members for group in composition.groups}
    return groups, composition.ungrouped, composition.vacancies


def _make(council: Council, values: dict) -> None:
    with transaction.atomic():
        CompositionSuggestion.objects.filter(council=council, settled_at=None).update(
            settled_at=timezone.now()
        )
        made = CompositionSuggestion.objects.create(council=council, **values)
        CouncilEvent.objects.create(
            council=council,
            kind=CouncilEvent.Kind.COMPOSITION_SUGGESTED,
            by=None,
            person="from open data",
            after=made.in_words[:200],
        )


def dismiss_suggestion(suggestion: CompositionSuggestion, *, by: User) -> None:
    """Dismiss a suggestion. Does nothing if it was settled before."""
    with transaction.atomic():
        open_ones = CompositionSuggestion.objects.filter(pk=suggestion.pk, settled_at=None)
        if open_ones.update(settled_at=timezone.now(), settled_by=by):
            record_for_council(
                suggestion.council,
                CouncilEvent.Kind.SUGGESTION_DISMISSED,
                by=by,
                about="from open data",
                before=suggestion.in_words,
            )
