"""Assemble the results of closed rounds for the page, PDF, comparison and data export.

The rules of `disclosure` have been applied: what must not be shown is not in a result.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.template.defaultfilters import pluralize
from django.utils.crypto import salted_hmac
from django.utils.text import get_text_list

from assessments.plans.models import Plan, PlanItem
from frameworks.models import CoalitionComponent, ReflectiveQuestion, StepComponentLink
from frameworks.wording import put_term

from .disclosure import Given, Labels, Measure, Sets, Shown, Voice, labels_for, shown_by_round
from .models import DeletedRound, Respondent, RespondentGroup, Round, RoundAnswer, Way
from .people import People

WEAKEST = 3
GROUPS = dict(RespondentGroup.choices)


@dataclass(frozen=True)
class RoundComment:
    """A comment. `by` is the writer's name or group, or empty.

    `reference` is set if an item can be added from it, and `item` if one has been.
    """

    words: str
    by: str
    reference: UUID | None = None
    item: PlanItem | None = None


@dataclass(frozen=True)
class ComponentResult:
    """One component in one round. `said` has pairs of a question and its RoundComments."""

    component: CoalitionComponent
    summary: str
    shown: Shown
    labels: Labels
    groups: tuple[tuple[str, Measure], ...]
    said: tuple[tuple[str, tuple[RoundComment, ...]], ...]
    has_kept_back_words: bool

    @property
    def number(self) -> int:
        return self.component.number

    @property
    def title(self) -> str:
        return self.component.title

    @property
    def has_words(self) -> bool:
        return any(answers for _, answers in self.said)

    @property
    def measure(self) -> Measure | None:
        return self.shown.measure

    @property
    def change(self) -> str:
        """Return +0.4, −1.2 or 0.0, with a minus sign; empty without an earlier mean."""
        change = self.shown.change
        if change is None:
            return ""
        sign = "+" if change > 0 else "−" if change < 0 else ""
        return f"{sign}{abs(change):.1f}"


@dataclass(frozen=True)
class RoundResult:
    """The result of one round: how many people were asked and finished, and every component.

    `numbers` has the stored Respondent.person of those who finished, by the number that counts for
    the result. Once it has been kept, they are the same.
    """

    round: Round
    asked: int
    finished: int
    components: tuple[ComponentResult, ...]
    numbers: Mapping[int, int]

    @property
    def disclosure(self) -> dict[str, dict[str, Any]]:
        """Return what the result shows as `Round.disclosure` keeps it, by component."""
        return {
            str(each.number): {
                "total": sorted(each.shown.sets.total),
                "groups": {name: sorted(people) for name, people in each.shown.sets.groups},
                "without_range": _names_without_range(each.shown.sets),
                "words": each.labels.is_shown,
                "names": each.labels.with_names,
                "labels": sorted(each.labels.groups),
            }
            for each in self.components
        }

    @property
    def weakest(self) -> list[ComponentResult]:
        """Return the WEAKEST components with the lowest means, of those whose mean is shown.

        There are more if others have the same mean as the last of them.
        """
        measured = sorted(
            ((each.measure.mean, each.number, each) for each in self.components if each.measure),
            key=itemgetter(0, 1),
        )
        highest = max((mean for mean, *_ in measured[:WEAKEST]), default=0)
        return [each for mean, _, each in measured if mean <= highest]

    @property
    def hides_scores(self) -> bool:
        """Return whether the mean of a component is not shown, so that it may be a lower one."""
        return not all(each.measure for each in self.components)

    @property
    def apart(self) -> list[ComponentResult]:
        """Return the components on which group means differ, the largest difference first."""
        found = [each for each in self.components if each.shown.differs]
        return sorted(found, key=lambda each: (-each.shown.apart, each.number))

    @property
    def compares_roles(self) -> bool:
        """Return whether the means of 2 groups are shown on some component."""
        return any(each.shown.apart is not None for each in self.components)

    @property
    def group_names(self) -> list[str]:
        """Return the labels of all groups shown anywhere in this result, in order."""
        named = {name for each in self.components for name, _ in each.groups}
        return [label for label in GROUPS.values() if label in named]

    @property
    def by_group(self) -> list[tuple[ComponentResult, list[Measure | None]]]:
        """Return components with their measures by `group_names`; None if not shown."""
        return [
            (each, [dict(each.groups).get(name) for name in self.group_names])
            for each in self.components
        ]

    @property
    def hides_a_role(self) -> bool:
        """Return whether a role of `group_names` has no figures for some component."""
        return any(None in measures for _, measures in self.by_group)

    @property
    def shows_ranges(self) -> bool:
        return any(each.measure and each.measure.has_range for each in self.components)

    @property
    def shows_change(self) -> bool:
        return any(each.change for each in self.components)

    @property
    def components_without_comments(self) -> str:
        """Return "components 2 to 7 and 9 to 12"; empty if there are comments on all of them."""
        numbers = [
            each.number
            for each in self.components
            if not each.has_words and not each.has_kept_back_words
        ]
        if not numbers:
            return ""
        runs = [
            [number for _, number in run]
            for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
        ]
        words = [
            word
            for run in runs
            for word in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run))
        ]
        return f"component{pluralize(len(numbers))} {get_text_list(words, 'and')}"

    @property
    def leaves_out(self) -> bool:
        return any(each.shown.left_out for each in self.components)


def results_of(plan: Plan) -> list[RoundResult]:
    """Return the RoundResults of a plan's closed rounds, in the order in which they closed.

    The number of queries does not depend on how many rounds, people or answers there are.
    """
    return results_by_plan([plan])[plan.pk]


def result_of(round_: Round) -> RoundResult:
    """Return the RoundResult of one closed round. Rounds that closed later are not worked out."""
    results = results_by_plan([round_.plan], last=round_)[round_.plan_id]
    return next(each for each in results if each.round.pk == round_.pk)


def results_by_plan(
    plans: Iterable[Plan], *, last: Round | None = None
) -> dict[int, list[RoundResult]]:
    """Return lists of RoundResults as `results_of` does, by the primary key of the plan.

    What is shown of a round depends on what all earlier rounds of the council have shown, since
    the same people can be asked in several of its plans. With `last`, the lists end with that round
    or before it.
    """
    by_pk = {plan.pk: plan for plan in plans}
    closed = defaultdict(list)
    councils = {plan.council_id for plan in by_pk.values()}
    kept = DeletedRound.objects.kept()
    all_closed = Round.objects.closed().filter(plan__council__in=councils).select_related("plan")
    for each in all_closed.annotate(
        follows_deleted=Exists(kept.filter(council=OuterRef("plan__council")))
    ):
        if last is None or each.closing_order <= last.closing_order:
            closed[each.plan.council_id].append(each)
    rounds = [each.pk for found in closed.values() for each in found]
    # Who enters answers in a round that is still open knows them, too.
    any_sheet = Q(way=Way.PAPER, round__plan__council__in=councils)
    asked = Respondent.objects.filter(Q(round__in=rounds) | any_sheet).select_related(
        "membership__user__merged_into", "invited_by__merged_into", "round__plan"
    )
    rows = list(asked) if rounds else []
    here = set(rounds)
    respondents = _by(
        (each for each in rows if each.round_id in here and each.removed_at is None), "round_id"
    )
    sheets = _by(
        (each for each in rows if each.is_uncounted_sheet or each.round_id not in here),
        "round.plan.council_id",
    )
    follows = {pk for pk, found in closed.items() if any(each.follows_deleted for each in found)}
    deleted = _by(kept.filter(council__in=follows) if follows else (), "council_id")
    stored = {each.pk: each.person for found in respondents.values() for each in found}
    people: dict[int, People] = {}
    for council, found in closed.items():
        found.sort(key=lambda each: each.closing_order)
        people[council] = People(council, found, respondents, deleted[council], sheets[council])
        _find_scores(sheets[council])
    answers = _by(
        RoundAnswer.objects.filter(respondent__round__in=rounds)
        .exclude(respondent__finished_at=None)
        .select_related("respondent__membership__user", "made__item__step", "component"),
        # By number and not by component: plans of one council can be on different editions.
        "component.number",
    )
    numbered = {each.pk: each for found in respondents.values() for each in found}
    for given in answers.values():
        for answer in given:
            answer.respondent = numbered.get(answer.respondent_id, answer.respondent)
    components = _by(
        CoalitionComponent.objects.filter(framework__in={p.components_id for p in by_pk.values()}),
        "framework_id",
    )
    questions = _by(
        ReflectiveQuestion.objects.filter(framework__in=list(components)), "framework_id"
    )
    return {
        pk: _results(
            plan,
            closed[plan.council_id],
            deleted[plan.council_id],
            respondents,
            sheets[plan.council_id],
            people.get(plan.council_id),
            {
                each.pk: {r.person: stored[r.pk] for r in respondents[each.pk] if r.has_finished}
                for each in closed[plan.council_id]
            },
            answers,
            components[plan.components_id],
            questions[plan.components_id],
        )
        for pk, plan in by_pk.items()
    }


def weakest_of(
    result: RoundResult, plan: Plan
) -> list[tuple[ComponentResult, list[StepComponentLink]]]:
    """Return pairs of a lowest-scoring component and its links to related steps."""
    links = StepComponentLink.objects.filter(
        component__in=[each.component for each in result.weakest],
        step__framework=plan.transition_id,
    )
    by_component = _by(links.select_related("step__stage"), "component_id")
    return [(each, by_component[each.component.pk]) for each in result.weakest]


def _by(rows: Iterable[Any], name: str) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    key = attrgetter(name)
    for row in rows:
        found[key(row)].append(row)
    return found


def _results(
    plan: Plan,
    rounds: Sequence[Round],
    deleted: Sequence[DeletedRound],
    respondents: Mapping[int, Sequence[Respondent]],
    sheets: Sequence[Respondent],
    people: People | None,
    numbers: Mapping[int, Mapping[int, int]],
    answers: Mapping[int, Sequence[RoundAnswer]],
    components: Sequence[CoalitionComponent],
    questions: Sequence[ReflectiveQuestion],
) -> list[RoundResult]:
    by_round: dict[int, list[ComponentResult]] = {each.pk: [] for each in rounds}
    everyone = [each for pk in by_round for each in respondents[pk]]
    numbers_of_readers, perhaps = people.readers() if people else ({}, {})
    entered_by = {
        each.pk: numbers_of_readers[each.invited_by_id]
        for each in everyone
        if each.way == Way.PAPER
    }
    # By round, who may know which comments: those of people whose sheets of the round do not count.
    beside: dict[int, dict[int, set[int]]] = defaultdict(lambda: _copy(perhaps))
    for sheet in sheets:
        reader = numbers_of_readers[sheet.invited_by_id]
        beside[sheet.round_id][reader] |= sheet.perhaps
    texts = [put_term(question.text, plan.term) for question in questions]
    for component in components:
        counting = defaultdict(list)
        for answer in answers[component.number]:
            if answer.counts:
                counting[answer.respondent.round_id].append(answer)
        given = [
            [
                _given(answer, entered_by)
                for answer in counting[each.pk]
                # What is shown of a round never changes.
                if answer.strength and (each.disclosure or not answer.respondent.is_in_doubt)
            ]
            for each in rounds
        ]
        summary = put_term(component.summary, plan.term)
        kept = [_kept_sets(each, component) for each in rounds]
        entered, maybe = _entered_elsewhere(component, deleted, sheets, numbers_of_readers)
        for reader, known in perhaps.items():
            maybe[reader] |= known
        shown_in = shown_by_round(
            given,
            kept,
            [each.plan_id for each in rounds],
            deleted=[people for gone in deleted for people in gone.sets_of(component)],
            entered=entered,
            perhaps=maybe,
            lots=[_lot(each, component) for each in rounds],
        )
        for each, shown in zip(rounds, shown_in, strict=True):
            if each.plan_id == plan.pk:
                here = counting[each.pk]
                labels = _kept_labels(each, component) or _labels(here, entered_by, beside[each.pk])
                result = _component(component, summary, shown, labels, here, texts)
                by_round[each.pk].append(result)
    return [
        RoundResult(
            round=each,
            asked=len(respondents[each.pk]),
            finished=sum(respondent.has_finished for respondent in respondents[each.pk]),
            components=tuple(by_round[each.pk]),
            numbers=numbers[each.pk],
        )
        for each in rounds
        if each.plan_id == plan.pk
    ]


def _kept_sets(round_: Round, component: CoalitionComponent) -> Sets | None:
    """Return whose answers the round shows; None if that has not been chosen."""
    kept = (round_.disclosure or {}).get(str(component.number))
    if kept is None:
        return None
    total = frozenset(kept["total"])
    groups = {name: frozenset(found) for name, found in sorted(kept["groups"].items())}
    # What closed before ranges were kept back shows them all.
    names = kept.get("without_range", ())
    without_range = {total if name == "" else groups[name] for name in names}
    return Sets(total, tuple(groups.items()), frozenset(without_range))


def _names_without_range(sets: Sets) -> list[str]:
    """Return the groups that are large enough and shown without a range; "" for the total."""
    named = [("", sets.total), *sets.groups]
    return sorted(name for name, people in named if people in sets.without_range)


def _kept_labels(round_: Round, component: CoalitionComponent) -> Labels | None:
    """Return the labels beside comments of the round; None if they have not been chosen."""
    kept = (round_.disclosure or {}).get(str(component.number))
    return kept and Labels(kept["words"], kept["names"], frozenset(kept["labels"]))


def _labels(
    answers: Sequence[RoundAnswer],
    entered_by: Mapping[int, int],
    perhaps: Mapping[int, Collection[int]],
) -> Labels:
    asked = [answer.respondent for answer in answers if not answer.respondent.is_repeated]
    voices = [Voice(r.group, r.may_be_named, r.person, entered_by.get(r.pk, 0)) for r in asked]
    return labels_for(voices, perhaps)


def _find_scores(sheets: Sequence[Respondent]) -> None:
    """Find which components were scored on sheets that do not count, in memory."""
    there = [each.pk for each in sheets if each.removed_at is None]
    typed: dict[int, set[int]] = defaultdict(set)
    if there:
        found = RoundAnswer.objects.filter(respondent__in=there)
        for pk, number in found.values_list("respondent", "component__number"):
            typed[pk].add(number)
    for sheet in sheets:
        sheet.typed = frozenset(typed[sheet.pk])


def _entered_elsewhere(
    component: CoalitionComponent,
    deleted: Iterable[DeletedRound],
    sheets: Iterable[Respondent],
    numbers_of_readers: Mapping[int, int],
) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Return whose scores of a component people entered in deleted rounds or on sheets that do not
    count, by the number of who did; and whose they may have entered.

    The latter are those who may not have scored it: what was on a sheet that was removed has been
    deleted, and an empty sheet tells nothing.
    """
    entered: dict[int, set[int]] = defaultdict(set)
    maybe: dict[int, set[int]] = defaultdict(set)
    for gone in deleted:
        shown = frozenset().union(*gone.sets_of(component))
        for account, people in gone.entered.items():
            reader = numbers_of_readers[int(account)]
            entered[reader] |= shown.intersection(people)
            maybe[reader] |= set(people) - shown
    for sheet in sheets:
        reader = numbers_of_readers[sheet.invited_by_id]
        if sheet.removed_at or component.number in sheet.typed:
            maybe[reader] |= sheet.perhaps
    return entered, maybe


def _copy(perhaps: Mapping[int, Collection[int]]) -> dict[int, set[int]]:
    return defaultdict(set, {reader: set(people) for reader, people in perhaps.items()})


def _lot(round_: Round, component: CoalitionComponent) -> str:
    """Return what the random choice of people to leave out depends on; no reader can know it."""
    salt = "assessments.rounds.results.lot"
    value = f"{round_.pk}:{component.number}"
    return salted_hmac(salt, value, algorithm="sha256").hexdigest()


def _given(answer: RoundAnswer, entered_by: Mapping[int, int]) -> Given:
    respondent = answer.respondent
    assert answer.strength is not None  # noqa: S101 - the caller has left out the others
    return Given(
        respondent.person, respondent.group, answer.strength, entered_by.get(respondent.pk, 0)
    )


def _component(
    component: CoalitionComponent,
    summary: str,
    shown: Shown,
    labels: Labels,
    answers: Sequence[RoundAnswer],
    questions: Sequence[str],
) -> ComponentResult:
    measures = dict(shown.groups)
    return ComponentResult(
        component=component,
        summary=summary,
        shown=shown,
        labels=labels,
        groups=tuple((GROUPS[name], measures[name]) for name in GROUPS if name in measures),
        said=tuple(
            (question, tuple(_said(answers, name, labels)))
            for question, name in zip(questions, RoundAnswer.WORDS, strict=True)
        )
        if labels.is_shown
        else (),
        has_kept_back_words=not labels.is_shown and any(answer.has_words for answer in answers),
    )


def _said(answers: Sequence[RoundAnswer], name: str, labels: Labels) -> Iterator[RoundComment]:
    """Yield the comments on one question in a stable order that does not reveal who wrote them."""
    for answer in sorted(answers, key=lambda answer: _shuffle_key(answer, name)):
        if words := getattr(answer, name):
            is_to_do = name == "to_do"
            made = getattr(answer, "made", None) if is_to_do else None
            yield RoundComment(
                words=words,
                by=_by_whom(answer.respondent, labels),
                reference=answer.reference if is_to_do else None,
                item=made.item if made and not made.item.removed_at else None,
            )


def _by_whom(respondent: Respondent, labels: Labels) -> str:
    if labels.with_names and respondent.may_be_named:
        return respondent.label
    return GROUPS[respondent.group] if respondent.group in labels.groups else ""


def _shuffle_key(answer: RoundAnswer, name: str) -> bytes:
    """Return a sort key that differs for each question.

    No one can match one person's comments across questions by their order: it depends on
    SECRET_KEY, because editors see the reference in the address from which an action is added.
    """
    salt = f"assessments.rounds.results.{name}"
    return salted_hmac(salt, str(answer.reference), algorithm="sha256").digest()
