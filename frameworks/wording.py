"""Turn reference text into what a reader sees: lines, paragraphs, and the council's own term.

The guidance uses one word, coalition, for every arrangement under no overall control. Councils have
terms of their own, such as joint administration, partnership or alliance, so reference text holds
placeholders: {coalition}, {a coalition}, {coalitions} or {Coalition}.

A single-party minority administration is no coalition at all: its group governs alone and needs the
votes of others. After some elections one group has a majority, and needs no votes of others. Text
that would be wrong for them holds a wording for each, [several groups|minority|majority]; without a
third, a majority is given the second. `put_term` chooses one and fills the placeholders.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

DEFAULT_TERM = "coalition"
MINORITY_TERM = "minority administration"
MAJORITY_TERM = "majority administration"

PLACEHOLDER = re.compile(r"\{(?P<article>[Aa] )?(?P<noun>[Cc]oalition)(?P<plural>s?)\}")
ALTERNATIVES = re.compile(
    r"\[(?P<several>[^\[\]|]*)\|(?P<minority>[^\[\]|]*)(?:\|(?P<majority>[^\[\]|]*))?\]"
)


class Administration(StrEnum):
    """Whose administration a text is worded for. The values name the groups of ALTERNATIVES."""

    SEVERAL = "several"
    MINORITY = "minority"
    MAJORITY = "majority"


STANDARD_TERMS = {
    Administration.MINORITY: MINORITY_TERM,
    Administration.MAJORITY: MAJORITY_TERM,
}


@dataclass(frozen=True)
class Term:
    """What a council calls its arrangement, and whose administration it is."""

    words: str = DEFAULT_TERM
    administration: Administration = Administration.SEVERAL

    @classmethod
    def of(cls, words: str) -> "Term":
        """Return the term for `words` alone, when the form of control is not known."""
        for administration, standard in STANDARD_TERMS.items():
            if words.casefold() == standard:
                return cls(words, administration)
        return cls(words)

    @property
    def standard_words(self) -> str:
        """The standard term for the administration of one group; empty if the council has its own.

        A term left from an earlier form of control is no term for this one.
        """
        standard = STANDARD_TERMS.get(self.administration, "")
        is_own = self.words.casefold() not in {DEFAULT_TERM, *STANDARD_TERMS.values()}
        return "" if is_own else standard

    @property
    def in_use(self) -> str:
        """The term as pages use it: the council's own, or the standard one."""
        return self.standard_words or self.words


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
    "administration"; for a majority, "a majority administration" and "administration".
    """
    if isinstance(term, str):
        term = Term.of(term)
    standard = term.standard_words

    def fill(match: re.Match[str]) -> str:
        article, plural = match["article"], match["plural"]
        noun = term.words
        if standard:
            noun = standard if article or plural else "administration"
        if plural:
            noun = plural_of(noun)
        if article:
            return f"{article[0]}{'n' if noun[0] in 'aeiouAEIOU' else ''} {noun}"
        return noun[0].upper() + noun[1:] if match["noun"][0] == "C" else noun

    def choose(match: re.Match[str]) -> str:
        wording = match[term.administration]
        return match["minority"] if wording is None else wording

    return PLACEHOLDER.sub(fill, ALTERNATIVES.sub(choose, text))
