"""What a certificate says was deleted, in the words of the pages.

A certificate keeps how many rows of each model were deleted, under the model's own plural name.
Those names are in the sealed record, so they are put into words only when they are shown.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from assessments.words import counted

if TYPE_CHECKING:
    from .models import PurgedRows

# What certificates of earlier versions call a model.
EARLIER_NAMES = {"interim arrangementss": "interim arrangements"}
# By the stored name: the words for one and for several, in the order of the list. Rows of a name
# that is not here are parts of these, such as the fields of an entry in the history.
WORDS = {
    "plan items": ("action", "actions"),
    "restricted notes": ("restricted note", "restricted notes"),
    "threads": ("comment thread", "comment threads"),
    "comments": ("comment", "comments"),
    "document links": ("link to a document", "links to documents"),
    "plan dates": ("date set by hand", "dates set by hand"),
    "order dates": ("date under an order", "dates under an order"),
    "scenarios": ("scenario", "scenarios"),
    "reviews": ("stage review", "stage reviews"),
    "sign offs": ("sign-off", "sign-offs"),
    "sign off statements": ("statement by a statutory officer", "statements by statutory officers"),
    "snapshots": ("snapshot", "snapshots"),
    "control changes": ("change of control", "changes of control"),
    "rounds": ("review round", "review rounds"),
    "respondents": ("respondent", "respondents"),
    "round answers": ("answer in a review round", "answers in review rounds"),
    "agreements": ("agreement in the register", "agreements in the register"),
    "issues": ("red line or crunch issue", "red lines and crunch issues"),
    "early wins": ("early win", "early wins"),
    "group protocols": ("protocol", "protocols"),
    "parity entries": ("offer in the parity log", "offers in the parity log"),
    "confidential requests": ("request in confidence", "requests in confidence"),
    "budgets": ("budget timetable", "budget timetables"),
    "budget amendments": ("budget amendment", "budget amendments"),
    "confidential amendments": ("amendment in confidence", "amendments in confidence"),
    "vacancies": ("vacancy", "vacancies"),
    "no confidence motions": ("motion of no confidence", "motions of no confidence"),
    "ward results": ("result from election night", "results from election night"),
    "office nominees": ("nominee at annual council", "nominees at annual council"),
    "office rounds": ("vote at annual council", "votes at annual council"),
    "interim arrangements": (
        "note of the arrangements before annual council",
        "notes of the arrangements before annual council",
    ),
    "new councillors": ("new councillor", "new councillors"),
    "councillor returns": ("form returned by a councillor", "forms returned by councillors"),
    "section 151 officers’ notes": (
        "section 151 officer’s note",
        "section 151 officers’ notes",
    ),
    "leaders meetings": ("leaders’ meeting", "leaders’ meetings"),
    "advice questions": ("question to an adviser", "questions to advisers"),
    "adviser looks": (
        "entry in the adviser access log",
        "entries in the adviser access log",
    ),
    "calendar feeds": ("calendar address", "calendar addresses"),
    "events": ("entry in the history", "entries in the history"),
}


def deleted_in_words(rows: Iterable["PurgedRows"]) -> list[str]:
    """Return what `rows` count, one phrase for each kind: "125 actions", "1 vacancy"."""
    numbers = {EARLIER_NAMES.get(row.what, row.what): row.rows for row in rows}
    found = [counted(numbers[name], *words) for name, words in WORDS.items() if name in numbers]
    if rest := sum(number for name, number in numbers.items() if name not in WORDS):
        found.append(
            counted(
                rest, "further entry that belongs to these", "further entries that belong to these"
            )
        )
    return found
