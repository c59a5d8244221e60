"""A workbook that shares committee seats by formula, for group leaders to use before the poll.

It follows the method of `elections.political_balance`: for one committee at a time, and for all
ordinary committees together. It does not exchange seats between committees to meet the totals of
principle (c): it shows how many each group has to gain or give up, and checks the changes that its
user enters. Shares are whole numbers over whole numbers, so no rounding can mislead.
"""

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from assessments.printing.workbook import (
    BOLD,
    HEADING,
    HEADING_FILL,
    PLAIN,
    RIGHT,
    TITLE,
    WRAPPED,
    put_text,
    set_properties,
)
from elections.bodies import MAX_COMMITTEES
from elections.composition import MAX_GROUPS, MAX_SEATS
from elections.political_balance import HasMembers

GROUPS = MAX_GROUPS
COMMITTEES = MAX_COMMITTEES
NOTES_WIDTH = 80  # fits A4 upright: LibreOffice does not follow the request to scale it
INPUT_FILL = PatternFill("solid", fgColor="FFF7D6")

# Rows and columns of the sheet Seats. Committees are in rows FIRST to LAST.
NAMES, MEMBERS, UNGROUPED, COUNTED = 5, 6, 7, 8
HEAD, FIRST = 10, 11
LAST = FIRST + COMMITTEES - 1
ENTITLED, ALLOCATED, TO_MOVE = LAST + 2, LAST + 3, LAST + 4
COLUMNS = [get_column_letter(3 + number) for number in range(GROUPS)]
START, END = COLUMNS[0], COLUMNS[-1]
OTHERS, OPEN = (get_column_letter(3 + GROUPS + number) for number in (0, 1))

# Columns of the sheet Working: one block of floors, one of remainders. Rows are those of Seats.
FLOORS = [get_column_letter(20 + number) for number in range(GROUPS)]
REMAINDERS = [get_column_letter(20 + GROUPS + number) for number in range(GROUPS)]
MEMBERS_ROW = 6  # of Working: the members of each group, 0 for a group of 1
WORKING = (
    "Body",
    "Seats",
    "Fewest for a majority (b)",
    "Most for a majority group (a)",
    "Most for members in no group",
    "Majority group by largest remainders",
    "Tied for its last seat",
    "Majority group is filled first",
    "Seats filled first",
    "Room for the others",
    "Shares of the others are reduced",
    "Members shared among",
    "Seats shared out",
    "Others, rounded down",
    "Others, nearest",
    "Seats for the others, -1 for nearest",
    "Seats left after rounding down",
    "Groups that share them",
)
HOW = (
    "Enter numbers in the shaded cells only: the groups and their members, the members in no "
    "group, and the committees with the seats the council fills with councillors.",
    "List ordinary committees only. Other bodies are balanced separately.{outside}",
    "Members means members in post: vacant seats do not count. A group has at least 2 members; a "
    "group of 1 is counted with the members in no group.",
    "Principles of section 15(5) of the Local Government and Housing Act 1989, in order: (a) no "
    "body all of one group; (b) a group with more than half of the members has a majority on each "
    "body; (c) each group’s total on all ordinary committees is in proportion; (d) each body is in "
    "proportion.",
    "The sheet Seats fills one committee at a time (d), after (a) and (b). The row “Entitled in "
    "total” is (c). Where a group has a seat to gain or to give up, enter +1 or -1 on the sheet "
    "Changes, and use its checks.",
    "Members in no group take the seats that are left (Local Government (Committees and "
    "Political Groups) Regulations 1990, regulation 16).",
    "“Tied seats” counts seats for which 2 or more groups have an equal claim. The law does not "
    "choose between them: the groups agree, or the council decides.",
    "Guidance, not legal advice. The proper officer’s figures, after the groups have given notice, "
    "are the ones the council decides on.",
)


def balance_workbook(
    *,
    council: str,
    groups: Sequence[HasMembers],
    ungrouped: int,
    committees: Sequence[tuple[str, int]],
    outside: str = "",
) -> bytes:
    """Return the workbook, filled with `groups` and with names and seats of `committees`.

    `outside` is a sentence about bodies outside political balance, after a space.
    """
    book = Workbook()
    set_properties(book, title=f"{council}: how political balance works", council=council)
    seats = book.active
    seats.title = "Seats"
    _seats_sheet(seats, council, groups, ungrouped, committees)
    _changes_sheet(book.create_sheet("Changes"))
    _working_sheet(book.create_sheet("Working"))
    _notes_sheet(book.create_sheet("How to use"), outside)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _seats_sheet(sheet, council, groups, ungrouped, committees):
    _text(sheet, "A1", "How political balance works", font=TITLE)
    _text(sheet, "A2", f"{council}. Enter numbers in the shaded cells; the rest is calculated.")
    _text(sheet, "A3", "An example for every group to use. See the sheet “How to use”.")
    for row, label in ((NAMES, "Group"), (MEMBERS, "Members in post")):
        _text(sheet, f"A{row}", label, font=BOLD)
    _text(sheet, f"A{UNGROUPED}", "Members in no group", font=BOLD)
    _text(sheet, f"A{COUNTED}", "All members counted", font=BOLD)
    for number, column in enumerate(COLUMNS):
        group = groups[number] if number < len(groups) else None
        _text(sheet, f"{column}{NAMES}", group.name if group else "", font=BOLD, is_input=True)
        sheet[f"{column}{NAMES}"].alignment = RIGHT
        _number(sheet, f"{column}{MEMBERS}", group.members if group else None)
    _number(sheet, f"B{UNGROUPED}", ungrouped)
    _formula(
        sheet, f"B{COUNTED}", f"=SUM({START}{MEMBERS}:{END}{MEMBERS})+N(B{UNGROUPED})", font=BOLD
    )
    _heading(sheet, HEAD, ["Committee", "Seats", *[""] * GROUPS, "In no group", "Tied seats"])
    for column in COLUMNS:
        _formula(sheet, f"{column}{HEAD}", f'={column}{NAMES}&""', font=HEADING)
    for row in range(FIRST, LAST + 1):
        name, size = committees[row - FIRST] if row - FIRST < len(committees) else ("", None)
        _text(sheet, f"A{row}", name, is_input=True)
        _number(sheet, f"B{row}", size)
        _allocation(sheet, row)
    for row, label in (
        (ENTITLED, "Entitled in total (c)"),
        (ALLOCATED, "On the committees above"),
        (TO_MOVE, "To gain (+) or give up (-)"),
    ):
        _text(sheet, f"A{row}", label, font=BOLD)
    _formula(sheet, f"B{ENTITLED}", f"=SUM(B{FIRST}:B{LAST})")
    _allocation(sheet, ENTITLED)
    for column in ("B", *COLUMNS, OTHERS, OPEN):
        blank = f'IF(N({column}{MEMBERS})=0,"",' if column in COLUMNS else "("
        _formula(sheet, f"{column}{ALLOCATED}", f"={blank}SUM({column}{FIRST}:{column}{LAST}))")
        if column != OPEN:
            to_move = f"={blank}N({column}{ENTITLED})-{column}{ALLOCATED})"
            _formula(sheet, f"{column}{TO_MOVE}", to_move)
    _validate(sheet, f"{START}{MEMBERS}:{END}{MEMBERS} B{UNGROUPED} B{FIRST}:B{LAST}", 0)
    _page(sheet, [34, 9, *[9] * GROUPS, 12, 13], freeze=f"C{FIRST}")


def _allocation(sheet, row):
    """Fill one row of Seats from the same row of Working."""
    is_blank = f'=IF(N($B{row})*N($B${COUNTED})=0,"",'
    for column, floors, rest in zip(COLUMNS, FLOORS, REMAINDERS, strict=True):
        all_rest = f"Working!${REMAINDERS[0]}{row}:${REMAINDERS[-1]}{row}"
        nearest = f"Working!{floors}{row}+(2*Working!{rest}{row}>=Working!$L{row})"
        # One more for each of the largest remainders; one for all if there are more than groups.
        largest = (
            f"Working!{floors}{row}+IF(Working!{rest}{row}<0,0,INT(Working!$Q{row}/Working!$R{row})"
            f"+(SUMPRODUCT(--({all_rest}>=Working!{rest}{row}))"
            f"<=MOD(Working!$Q{row},Working!$R{row})))"
        )
        formula = (
            f'IF(N({column}${MEMBERS})=0,"",IF({column}${MEMBERS}<2,0,IF(AND(Working!$H{row},'
            f"2*{column}${MEMBERS}>$B${COUNTED}),Working!$I{row},"
            f"IF(Working!$P{row}<0,{nearest},{largest})))))"
        )
        _formula(sheet, f"{column}{row}", is_blank + formula)
    given = f"SUM({START}{row}:{END}{row})"
    _formula(
        sheet,
        f"{OPEN}{row}",
        f"{is_blank}IF(Working!$P{row}<0,0,Working!$I{row}+Working!$P{row}-{given}))",
    )
    _formula(sheet, f"{OTHERS}{row}", f"{is_blank}$B{row}-{given}-{OPEN}{row})")


def _working_sheet(sheet):
    _text(sheet, "A1", "Working", font=TITLE)
    _text(sheet, "A2", "Calculated from the sheet Seats. Do not change it.")
    _text(sheet, f"A{MEMBERS_ROW}", "Members of groups", font=BOLD)
    for floors, column in zip(FLOORS, COLUMNS, strict=True):
        members = f"Seats!{column}{MEMBERS}"
        _formula(sheet, f"{floors}{MEMBERS_ROW}", f"=IF(N({members})>=2,{members},0)")
    _heading(sheet, HEAD, WORKING)
    for row in (*range(FIRST, LAST + 1), ENTITLED):
        _working_row(sheet, row)
    _page(sheet, [34, *[12] * 17], freeze=f"B{FIRST}")


def _working_row(sheet, row):
    counted = f"Seats!$B${COUNTED}"
    all_members = f"${FLOORS[0]}${MEMBERS_ROW}:${FLOORS[-1]}${MEMBERS_ROW}"
    largest = f"MAX({all_members})"
    outside = f"({counted}-SUM({all_members}))"
    share = f"B{row}*{all_members}/MAX({counted},1)"
    own = f"B{row}*{largest}/MAX({counted},1)"
    rest_of_all = f"MOD(B{row}*{all_members},MAX({counted},1))"
    rest_of_own = f"MOD(B{row}*{largest},MAX({counted},1))"
    spare_of_all = f"(B{row}-SUMPRODUCT(INT({share})))"
    floors = f"{FLOORS[0]}{row}:{FLOORS[-1]}{row}"
    rest = f"{REMAINDERS[0]}{row}:{REMAINDERS[-1]}{row}"
    total = row == ENTITLED
    has_majority = f"2*{largest}>{counted}"
    cells = {
        "A": f'=Seats!A{row}&""',
        "B": f"=N(Seats!B{row})",
        # (b), unless it would take every seat. In total: the sum of the majorities.
        "C": f"=SUM(C{FIRST}:C{LAST})"
        if total
        else f"=IF(AND({has_majority},B{row}>0,INT(B{row}/2)+1<=D{row}),INT(B{row}/2)+1,0)",
        "D": f"=SUM(D{FIRST}:D{LAST})"
        if total
        else f"=IF(OR(B{row}<=1,{largest}={counted}),B{row},MIN(B{row}-1,{largest}))",
        "E": f"=SUM(E{FIRST}:E{LAST})" if total else f"=MIN(B{row},{outside})",
        "F": f"=INT({own})+(SUMPRODUCT(--({rest_of_all}>={rest_of_own}))<={spare_of_all})",
        "G": f"=AND(SUMPRODUCT(--({rest_of_all}>={rest_of_own}))>{spare_of_all},"
        f"SUMPRODUCT(--({rest_of_all}>{rest_of_own}))<{spare_of_all})",
        # Without ungrouped members only if (b) asks for more, or (a) allows less, than its share.
        "H": f"=AND({has_majority},OR({outside}>0,C{row}>F{row}+G{row},F{row}+G{row}>D{row}))",
        "I": f"=IF(H{row},MIN(MAX(IF({outside}>0,INT({own}+0.5),F{row}),C{row}),D{row}),0)",
        "J": f"=B{row}-I{row}",
        "K": f"=AND(H{row},I{row}>IF({outside}>0,INT({own}+0.5),F{row}),"
        f"B{row}*(SUM({all_members})-{largest})>J{row}*MAX({counted},1))",
        "L": f"=MAX(IF(K{row},SUM({all_members})-{largest},{counted}),1)",
        "M": f"=IF(K{row},J{row},B{row})",
        "N": f"=SUM({floors})",
        "O": f"=N{row}+SUMPRODUCT(--(2*({rest})>=L{row}))",
        "P": f"=IF(OR({outside}=0,K{row}),J{row},IF(O{row}>J{row},J{row},"
        f"IF(O{row}<J{row}-E{row},J{row}-E{row},-1)))",
        "Q": f"=IF(P{row}<0,0,P{row}-N{row})",
        "R": f"=MAX(SUMPRODUCT(--(({rest})>=0)),1)",
    }
    for column, formula in cells.items():
        _formula(sheet, f"{column}{row}", formula)
    for column, rest_column in zip(FLOORS, REMAINDERS, strict=True):
        members = f"{column}${MEMBERS_ROW}"
        is_first = f"OR({members}=0,AND($H{row},2*{members}>{counted}))"
        _formula(
            sheet,
            f"{column}{row}",
            f"=IF({is_first},0,INT($M{row}*{members}/$L{row}))",
        )
        _formula(
            sheet,
            f"{rest_column}{row}",
            f"=IF({is_first},-1,MOD($M{row}*{members},$L{row}))",
        )


def _changes_sheet(sheet):
    _text(sheet, "A1", "Changes between committees", font=TITLE)
    _text(sheet, "A2", "Enter +1 or -1 in the shaded cells until every check says OK.")
    _heading(sheet, HEAD, ["Committee", "Check", *[""] * GROUPS, "In no group"])
    result = LAST + 3
    _heading(sheet, result, ["Seats after the changes", "Seats", *[""] * GROUPS, "In no group"])
    last = result + COMMITTEES
    columns = (*COLUMNS, OTHERS)
    for column in COLUMNS:
        for row in (HEAD, result):
            _formula(sheet, f"{column}{row}", f'=Seats!{column}{NAMES}&""', font=HEADING)
    for row in range(FIRST, LAST + 1):
        after = result + 1 + row - FIRST
        for place in (row, after):
            _formula(sheet, f"A{place}", f'=Seats!A{row}&""')
        _formula(sheet, f"B{after}", f'=IF(N(Seats!B{row})=0,"",Seats!B{row})')
        _formula(
            sheet,
            f"B{row}",
            f'=IF(N(Seats!B{row})=0,"",IF(SUM({START}{after}:{OTHERS}{after})<>Seats!B{row},'
            f'"Seats do not add up",IF(MIN({START}{after}:{OTHERS}{after})<0,"Less than 0",'
            f"IF(AND(Working!C{row}>0,SUMPRODUCT(--(2*Working!${FLOORS[0]}${MEMBERS_ROW}:"
            f"${FLOORS[-1]}${MEMBERS_ROW}>Seats!$B${COUNTED}),{START}{after}:{END}{after})"
            f'<Working!C{row}),"Majority (b)","OK"))))',
        )
        for column in columns:
            _number(sheet, f"{column}{row}", None)
            _formula(
                sheet,
                f"{column}{after}",
                f'=IF(Seats!{column}{row}="","",Seats!{column}{row}+N({column}{row}))',
            )
    _text(sheet, f"A{last + 1}", "In total", font=BOLD)
    _text(sheet, f"A{last + 2}", "Entitled in total (c)", font=BOLD)
    _text(sheet, f"A{last + 3}", "Check", font=BOLD)
    for column in columns:
        blank = f'IF(Seats!{column}{ENTITLED}="","",'
        total, entitled = f"{column}{last + 1}", f"{column}{last + 2}"
        _formula(sheet, total, f"={blank}SUM({column}{result + 1}:{column}{last}))")
        _formula(sheet, entitled, f"={blank}Seats!{column}{ENTITLED})")
        check = f'={blank}IF({total}={entitled},"OK",{entitled}-{total}))'
        _formula(sheet, f"{column}{last + 3}", check)
    _validate(sheet, f"{START}{FIRST}:{OTHERS}{LAST}", -MAX_SEATS)
    _page(sheet, [34, 20, *[9] * GROUPS, 12], freeze=f"C{FIRST}")


def _notes_sheet(sheet, outside):
    _text(sheet, "A1", "How to use this workbook", font=TITLE)
    for row, text in enumerate(HOW, start=3):
        words = text.format(outside=outside)
        _text(sheet, f"A{row}", words)
        sheet[f"A{row}"].alignment = WRAPPED
        sheet.row_dimensions[row].height = 15 * (len(words) // (NOTES_WIDTH - 6) + 1) + 6
    _page(sheet, [NOTES_WIDTH])
    sheet.page_setup.orientation = "portrait"


def _heading(sheet, row, titles):
    for number, title in enumerate(titles, start=1):
        cell = sheet.cell(row=row, column=number)
        cell.value, cell.font, cell.fill, cell.alignment = title, HEADING, HEADING_FILL, WRAPPED


def _text(sheet: Worksheet, place: str, words: str, *, font=PLAIN, is_input: bool = False) -> None:
    """Write text that stays text, whatever character it begins with."""
    cell = sheet[place]
    if words:
        put_text(cell, words)
    cell.font = font
    if is_input:
        cell.fill = INPUT_FILL


def _number(sheet, place, value):
    cell = sheet[place]
    cell.value, cell.font, cell.fill = value, PLAIN, INPUT_FILL


def _formula(sheet, place, formula, *, font=PLAIN):
    cell = sheet[place]
    cell.value, cell.font = formula, font
    if font is HEADING:
        cell.alignment = RIGHT  # above its numbers


def _validate(sheet, places, least):
    rule = DataValidation(
        type="whole",
        operator="between",
        formula1=str(least),
        formula2=str(MAX_SEATS),
        showErrorMessage=True,
        errorTitle="Whole number",
        error=f"Enter a whole number from {least} to {MAX_SEATS}.",
    )
    for place in places.split():
        rule.add(place)
    sheet.add_data_validation(rule)


def _page(sheet, widths, *, freeze=None):
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = freeze
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
