"""Shorten long texts for the PDF: see `printing.fitting`."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from assessments.printing.fitting import fitted, limit_of

from .report import Report, ReportItem, ReportMark, ReportStep, ReportThread


def is_too_long(report: Report) -> bool:
    """Return whether `shortened` would cut any text."""
    return _limit(report) is not None


def shortened(report: Report) -> Report:
    """Return the report with texts that fit together; the same report if they already do."""
    limit = _limit(report)
    if limit is None:
        return report

    def cut(text: str) -> str:
        return fitted(text, limit)

    stages = tuple(
        replace(stage, steps=tuple(_with_texts(step, cut) for step in stage.steps))
        for stage in report.stages
    )
    return replace(report, stages=stages)


def _limit(report: Report) -> int | None:
    return limit_of(text for step in report.steps for text in _texts(step))


def _texts(step: ReportStep) -> Iterator[str]:
    """Yield the texts of a step that a person may make long."""
    for item in step.items:
        yield from (item.note, item.reason)
    for thread in (*step.discussions, *(each for item in step.items for each in item.discussions)):
        yield from (comment.text for comment in thread.comments)
    for mark in step.marks:
        yield from (mark.words, mark.answer)


def _with_texts(step: ReportStep, cut: Callable[[str], str]) -> ReportStep:
    def item(each: ReportItem) -> ReportItem:
        discussions = tuple(map(thread, each.discussions))
        return replace(each, note=cut(each.note), reason=cut(each.reason), discussions=discussions)

    def thread(each: ReportThread) -> ReportThread:
        comments = tuple(replace(comment, text=cut(comment.text)) for comment in each.comments)
        return replace(each, comments=comments)

    def mark(each: ReportMark) -> ReportMark:
        return replace(each, words=cut(each.words), answer=cut(each.answer))

    return replace(
        step,
        items=tuple(map(item, step.items)),
        discussions=tuple(map(thread, step.discussions)),
        marks=tuple(map(mark, step.marks)),
    )
