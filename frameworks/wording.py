"""How reference text becomes what a reader sees: lines, paragraphs, and the council's own term.

The guidance uses one word, coalition, for every arrangement under no overall control. Councils say
joint administration, partnership, alliance. Reference text therefore holds placeholders, such as
{coalition}, {a coalition}, {coalitions} or {Coalition}, which `put_term` fills.
"""

import re

DEFAULT_TERM = "coalition"
PLACEHOLDER = re.compile(r"\{(?P<article>[Aa] )?(?P<noun>[Cc]oalition)(?P<plural>s?)\}")


def lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def paragraphs(text):
    return [" ".join(block.split()) for block in re.split(r"\n\s*\n", text) if block.strip()]


def plural_of(term):
    """An English plural of the last word: alliances, parties, coalitions."""
    if re.search(r"[^aeiou]y$", term):
        return term[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", term):
        return term + "es"
    return term + "s"


def put_term(text, term=DEFAULT_TERM):
    """`text` with `term` in every placeholder, in the number, article and case asked for."""

    def replace(match):
        noun = plural_of(term) if match["plural"] else term
        article = match["article"] or ""
        if article:
            article = (
                ("An " if article[0] == "A" else "an ") if term[0] in "aeiouAEIOU" else article
            )
        elif match["noun"][0] == "C":
            noun = noun[0].upper() + noun[1:]
        return article + noun

    return PLACEHOLDER.sub(replace, text)
