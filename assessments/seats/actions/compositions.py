import datetime as dt

from django.db import transaction
from django.utils import timezone

from assessments.versions import StaleVersion
from councils.models import Council, CouncilEvent, User
from elections.composition import Composition

from ..models import CompositionGroup, CompositionSuggestion, CouncilComposition


def record_composition(
    *,
    council: Council,
    as_at: dt.date,
    composition: Composition,
    based_on: int | None,
    by: User,
    overruled: str = "",
    reason: str = "",
    suggestion: CompositionSuggestion | None = None,
) -> CouncilComposition:
    """Record who holds the seats from `as_at` on.

    `based_on` is the key of the composition that was current when the person began, or None.
    `suggestion` is the open suggestion that the person started from; it is settled. Raises
    StaleVersion, with nothing saved, if another has been recorded since.
    """
    with transaction.atomic():
        Council.objects.select_for_update(no_key=True).get(pk=council.pk)
        current = CouncilComposition.objects.of(council).first()
        if (current.pk if current else None) != based_on:
            raise StaleVersion
        new = CouncilComposition.objects.create(
            council=council,
            as_at=as_at,
            ungrouped=composition.ungrouped,
            vacancies=composition.vacancies,
            rule=composition.rule.value,
            overruled=overruled,
            reason=reason if overruled else "",
            recorded_by=by,
        )
        CompositionGroup.objects.bulk_create(
            CompositionGroup(composition=new, name=group.name, members=group.members)
            for group in composition.groups
        )
        if suggestion is not None:
            CompositionSuggestion.objects.filter(pk=suggestion.pk, settled_at=None).update(
                settled_at=timezone.now(), settled_by=by, composition=new
            )
        record_for_council(
            council,
            CouncilEvent.Kind.COMPOSITION_RECORDED,
            by=by,
            about=f"from {as_at:%-d %B %Y}",
            before=current.in_words if current else "",
            after=new.in_words,
        )
    return new


def record_for_council(
    council: Council, kind: str, *, by: User, about: str, before: str = "", after: str = ""
) -> None:
    """Record an event about a council's seats. Long values are cut; pages show them in full."""
    CouncilEvent.objects.create(
        council=council,
        kind=kind,
        by=by,
        person=about[:320],
        before=_shortened(before),
        after=_shortened(after),
    )


def _shortened(text: str, length: int = 200) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
