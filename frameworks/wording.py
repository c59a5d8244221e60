"""Turn reference text into what a reader sees: lines, paragraphs, and the council's own term.

The guidance uses one word, coalition, for every arrangement under no overall control. Councils have
terms of their own, such as joint administration, partnership or alliance, so reference text holds
placeholders: {coalition}, {a coalition}, {coalitions} or {Coalition}.

The commonest arrangement, a single-party minority administration, is no coalition at all: its group
governs alone and needs the votes of others. Text that would be wrong for it holds both wordings,
[for several groups|for a single-party minority]. `put_term` chooses one and fills the placeholders.
"""

import re
from dataclasses import dataclass

DEFAULT_TERM = "coalition"
MINORITY_TERM = "minority administration"

PLACEHOLDER = re.compile(r"\{(?P<article>[Aa] )?(?P<noun>[Cc]oalition)(?P<plural>s?)\}")
ALTERNATIVES = re.compile(r"\[(?P<several>[^\[\]|]*)\|(?P<single>[^\[\]|]*)\]")


@dataclass(frozen=True)
class Term:
    """What a council calls its arrangement, and whether a single party governs as a minority."""

    words: str = DEFAULT_TERM
    is_single_party: bool = False

    @classmethod
    def of(cls, words: str) -> "Term":
        """Return the term for `words` alone, when the form of control is not known."""
        return cls(words, is_single_party=words.casefold() == MINORITY_TERM)

    @property
    def has_standard_words(self) -> bool:
        """Whether the council has no words of its own for its single-party minority."""
        return self.is_single_party and self.words.casefold() in {DEFAULT_TERM, MINORITY_TERM}


def lines(text: str) -> list[str]:
    """Return the lines of `text` that are not blank, without surrounding space."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of `text`, which blank lines separate, each on one line."""
    return [" ".join(block.split()) for block in re.split(r"\n\s*\n", text) if block.strip()]


def plural_of(term: str) -> str:
    """Return `term` with its last word in the plural: alliances, parties, coalitions."""
    if re.search(r"[^aeiou]y$", term):
        return term[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", term):
        return term + "es"
    return term + "s"


def put_term(text: str, term: Term | str = DEFAULT_TERM) -> str:
    """Return `text` in the wording for `term`, with every placeholder filled.

    Each placeholder gets the number, article and case it asks for. In the standard wording for a
    single-party minority, {a coalition} is "a minority administration" and {coalition} is
    "administration".
    """
    if isinstance(term, str):
        term = Term.of(term)

    def fill(match: re.Match[str]) -> str:
        article, plural = match["article"], match["plural"]
        if term.has_standard_words:
            noun = MINORITY_TERM if article or plural else "administration"
        else:
            noun = term.words
        if plural:
            noun = plural_of(noun)
        if article:
            return f"{article[0]}{'n' if noun[0] in 'aeiouAEIOU' else ''} {noun}"
        return noun[0].upper() + noun[1:] if match["noun"][0] == "C" else noun

    text = ALTERNATIVES.sub(r"\g<single>" if term.is_single_party else r"\g<several>", text)
    return PLACEHOLDER.sub(fill, text)
