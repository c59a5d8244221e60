"""Documents of a review round: the result as a tagged PDF and as data, and blank sheets."""

from dataclasses import replace

from django.template.loader import render_to_string
from django.utils import timezone

from assessments.printing.fitting import fitted, limit_of
from assessments.printing.pdf import print_pdf
from assessments.printing.text import printable
from frameworks.wording import put_term

from .disclosure import STRENGTHS
from .models import RespondentGroup
from .picture import drawn


def result_html(result, *, plan, weakest):
    """Return the document as HTML. The longest comments are shortened if all are too long."""
    result = _shortened(result)
    context = _frame(plan) | drawn(result) | {"result": result, "weakest": weakest}
    return printable(render_to_string("assessments/rounds/result_print.html", context))


def result_pdf(result, **options):
    """Return the result as PDF/UA, in bytes. Raises PdfNotMade."""
    return print_pdf(result_html(result, **options))


def _shortened(result):
    texts = [
        each.words for component in result.components for _, said in component.said for each in said
    ]
    limit = limit_of(texts)
    if limit is None:
        return result

    def cut(said):
        return tuple(replace(each, words=fitted(each.words, limit)) for each in said)

    components = (
        replace(each, said=tuple((question, cut(said)) for question, said in each.said))
        for each in result.components
    )
    return replace(result, components=tuple(components))


def exercise_html(plan, components, questions):
    term = plan.term
    context = _frame(plan) | {
        "sheets": [(each, put_term(each.summary, term)) for each in components],
        "questions": [put_term(question.text, term) for question in questions],
        "strengths": STRENGTHS,
        "roles": RespondentGroup.labels,
        "source": components[0].framework if components else None,
    }
    return printable(render_to_string("assessments/rounds/sheets_print.html", context))


def exercise_pdf(*args):
    """Return a blank sheet for each component as PDF/UA, in bytes. Raises as `result_pdf` does."""
    return print_pdf(exercise_html(*args))


def _frame(plan):
    return {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "made_on": timezone.localdate(),
    }


def as_data(result):
    """Return what the result shows as plain values for JSON.

    How many answered is left out where no figure is shown: with many answers it would tell that
    all of them are alike.
    """
    return {
        "round": result.round.pk,
        "name": result.round.name,
        "closed_on": result.round.closed_on,
        "asked": result.asked,
        "finished": result.finished,
        "components": [
            {
                "code": each.component.code,
                "title": each.title,
                "answered": each.shown.answered if each.measure else None,
                "left_out_of_the_numbers": each.shown.left_out,
                "all": _numbers(each.measure),
                "groups": {name: _numbers(measure) for name, measure in each.groups},
                "change": each.shown.change,
                "said": [
                    {
                        "question": question,
                        "answers": [
                            {
                                "words": said.words,
                                "by": said.by,
                                "item": said.item.pk if said.item else None,
                            }
                            for said in answers
                        ],
                    }
                    for question, answers in each.said
                ],
            }
            for each in result.components
        ],
    }


def _numbers(measure):
    if measure is None:
        return None
    return {name: getattr(measure, name) for name in ("count", "mean", "lowest", "highest")}
