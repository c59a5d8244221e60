"""Mark the words in which two versions of a text differ."""

from string import punctuation, whitespace

from django import template
from django.utils.html import format_html, format_html_join

from assessments.plans.differences import Piece, pieces_of

register = template.Library()

NO_WORDS = punctuation + whitespace + "–’‘“”…"


@register.filter
def differing_from(text: str | None, other: str | None) -> str:
    """Return `text` with the words marked that `other` does not have.

    Screen readers hear these words again after the text. Texts that share no word, or differ in
    none, are returned as they are.
    """
    text = text or ""
    pieces = [each for each in _pieces(text, other or "") if not each.is_removed]
    own = [words for each in pieces if each.is_added and (words := each.text.strip(NO_WORDS))]
    if not own or not any(each.text.strip(NO_WORDS) for each in pieces if not each.is_added):
        return text
    return format_html(
        '{}<span class="govuk-visually-hidden"> Only in this version: {}.</span>',
        format_html_join("", "{}", ((_marked(each),) for each in pieces)),
        "; ".join(own),
    )


def _pieces(text, other):
    """Return the Pieces from `other` to `text`, in the direction in which more words are shared.

    So the marks in the two texts agree, whichever of them is compared with the other.
    """
    there = pieces_of(other, text)
    back = [
        Piece(each.text, is_added=each.is_removed, is_removed=each.is_added)
        for each in pieces_of(text, other)
    ]
    first, second = (there, back) if text < other else (back, there)
    return max(first, second, key=_shared)


def _shared(pieces):
    return sum(len(each.text) for each in pieces if not each.is_added and not each.is_removed)


def _marked(piece):
    if piece.is_added and piece.text.strip():
        return format_html('<mark class="app-ins">{}</mark>', piece.text)
    return piece.text
