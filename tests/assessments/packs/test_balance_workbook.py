"""The formulas of the workbook, recalculated by LibreOffice, against elections.political_balance.

One committee at a time is an allocation without principle (c); the totals are those of the whole
method. Of a tied seat the workbook gives none, and counts it.
"""

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from assessments.packs.balance_workbook import (
    COLUMNS,
    ENTITLED,
    FIRST,
    OPEN,
    OTHERS,
    balance_workbook,
)
from elections.bodies import UNGROUPED, Committee
from elections.composition import Group
from elections.political_balance import Rules, allocate

CALC = Path("/usr/lib/libreoffice/program/libsclo.so")
# Members of the groups, members outside them, and seats of the committees.
CASES = {
    "no majority": ((20, 15, 7), 3, (11, 9, 7, 15)),
    "no majority and no member outside the groups": ((20, 15, 7, 6), 0, (11, 9, 7, 13)),
    "a majority": ((26, 15, 7), 2, (11, 9, 7, 5)),
    "a majority and no member outside the groups": ((26, 15, 7), 0, (11, 9, 7, 5)),
    "a large majority": ((45, 3), 2, (5, 5, 7, 2)),
    "a large majority and one other group": ((45, 5), 0, (5, 5, 7)),
    "the majorities of small committees": ((27, 12, 11), 1, (3, 3, 3, 4, 4, 5)),
    "exactly half": ((25, 20, 5), 0, (5, 7, 13)),
    "a group of 1": ((13, 12, 1), 0, (5, 3, 3, 3)),
    "tied seats": ((10, 10), 0, (5, 8)),
    "many small groups": ((9, 8, 7, 6, 5, 4, 3), 2, (15, 13, 12, 11, 9)),
}


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("soffice") and CALC.exists()), reason="LibreOffice Calc is not installed"
)
def test_the_formulas_give_the_seats_of_the_method(tmp_path, subtests):
    for number, (groups, ungrouped, sizes) in enumerate(CASES.values()):
        content = balance_workbook(
            council="Riverdale",
            groups=named(groups),
            ungrouped=ungrouped,
            committees=[(f"Committee {place}", size) for place, size in enumerate(sizes)],
        )
        (tmp_path / f"{number}.xlsx").write_bytes(content)
    subprocess.run(
        [
            *("soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"),
            *("--convert-to", "xlsx", "--outdir", str(tmp_path / "calculated")),
            *map(str, sorted(tmp_path.glob("*.xlsx"))),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    for number, (name, case) in enumerate(CASES.items()):
        with subtests.test(name):
            path = tmp_path / "calculated" / f"{number}.xlsx"
            check(openpyxl.load_workbook(path, data_only=True)["Seats"], *case)


def named(groups):
    return [Group(f"Group {place}", members) for place, members in enumerate(groups)]


def check(sheet, groups, ungrouped, sizes):
    committees = [Committee(f"Committee {place}", size) for place, size in enumerate(sizes)]
    whole = allocate(named(groups), committees, ungrouped=ungrouped)
    separate = allocate(named(groups), committees, ungrouped=ungrouped, rules=Rules(together=False))
    totals = dict(zip((party.name for party in whole.parties), whole.fixed_totals, strict=True))
    found = seats_in(sheet, ENTITLED, len(groups))
    assert found[-1] == whole.spare
    assert found[:-2] == [totals.get(group.name, 0) for group in named(groups)]
    for place, shares in enumerate(separate.seats):
        expected = {share.party.name: share.seats for share in shares}
        *seats, outside, tied = seats_in(sheet, FIRST + place, len(groups))
        assert sum(seats) + outside + tied == sizes[place]
        if tied:
            continue
        assert seats == [expected.get(group.name, 0) for group in named(groups)]
        assert outside == expected.get(UNGROUPED, 0)


def seats_in(sheet, row, groups):
    """Return the seats of each group, those outside the groups, and the tied ones."""
    return [sheet[f"{column}{row}"].value for column in (*COLUMNS[:groups], OTHERS, OPEN)]


def test_the_notes_fit_a_page_of_a4_without_being_scaled():
    content = balance_workbook(council="Riverdale", groups=[], ungrouped=0, committees=[])
    notes = openpyxl.load_workbook(io.BytesIO(content))["How to use"]
    width = sum(each.width for each in notes.column_dimensions.values())
    # A character is 7 pixels wide, at 96 to an inch, and a page of A4 has 8.27 inches.
    margins = notes.page_margins.left + notes.page_margins.right
    assert width * 7 / 96 <= 8.27 - margins
    lines = {cell.row: len(cell.value) // (width - 6) + 1 for cell in notes["A"] if cell.row > 2}
    assert all(notes.row_dimensions[row].height >= 15 * count for row, count in lines.items())


def test_names_that_look_like_formulas_stay_text_when_they_are_edited():
    content = balance_workbook(
        council="=1+1",
        groups=[Group("=1+1", 5), Group("@Ash", 4)],
        ungrouped=0,
        committees=[("\x07-Planning", 5)],
    )
    seats = openpyxl.load_workbook(io.BytesIO(content))["Seats"]
    found = {cell.value: cell for row in seats for cell in row if cell.value}
    for name in ("=1+1", "@Ash", "-Planning"):
        assert found[name].data_type == "s"
        assert found[name].quotePrefix
