"""Read the cells of an Excel workbook, in a process of its own that ends at its limits.

The library takes hours for some files of a few kilobytes, during which no other thread of its
process runs. So `workbook` starts this module with a limit of time and memory. It does not import
Django, and knows nothing of the plan.
"""

import datetime as dt
import io
import json
import re
import resource
import sys
from typing import Any

from openpyxl import load_workbook

from assessments.printing.limits import end_first, limit
from assessments.printing.text import printable

# Exit codes.
NO_SHEET, TOO_MUCH_TEXT, UNREADABLE, NO_MEMORY = 3, 4, 5, 6

SECONDS = 10  # of computing
MEMORY_MB = 512

# Excel writes some characters of a text as _x000D_, and the underscore of such a text as _x005F_.
_ESCAPE = re.compile("_x000D_|_x005F_", re.IGNORECASE)


class _Refused(Exception):
    def __init__(self, code: int):
        self.code = code


def main() -> int:
    """Read a workbook from the standard input and write the rows of one sheet to the output.

    Arguments: the sheet's name, the most rows, columns and characters. A row is a list of cells, a
    cell is [type, text]; the type is "f" for a formula and "e" for an error.
    """
    name, *numbers = sys.argv[1:]
    end_first()
    limit(resource.RLIMIT_CPU, SECONDS)
    limit(resource.RLIMIT_AS, MEMORY_MB * 2**20)
    limit(resource.RLIMIT_CORE, 0)
    try:
        rows = _rows(sys.stdin.buffer.read(), name, *map(int, numbers))
        text = json.dumps(rows)
    except _Refused as refused:
        return refused.code
    except MemoryError:
        return NO_MEMORY
    except Exception:  # a damaged file fails in many ways inside the library
        return UNREADABLE
    sys.stdout.write(text)
    return 0


def _rows(content: bytes, name: str, most_rows: int, most_columns: int, most_text: int) -> list:
    workbook = load_workbook(io.BytesIO(content), read_only=True, keep_vba=False, keep_links=False)
    if name not in workbook.sheetnames:
        raise _Refused(NO_SHEET)
    sheet: Any = workbook[name]
    sheet.reset_dimensions()  # what a file says about its size is not relied on
    rows, length = [], 0
    for line in sheet.iter_rows(max_row=most_rows, max_col=most_columns):
        length += sum(len(cell.value) for cell in line if isinstance(cell.value, str))
        if length > most_text:
            raise _Refused(TOO_MUCH_TEXT)
        rows.append([[getattr(cell, "data_type", ""), text_of_cell(cell.value)] for cell in line])
    return rows


def text_of_cell(value: Any) -> str:
    """Return the value of a cell as text; a date in ISO format."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return plain(_ESCAPE.sub(_unescaped, str(value)))


def _unescaped(found: re.Match[str]) -> str:
    return "_" if found[0].upper() == "_X005F_" else ""


def plain(text: str) -> str:
    """Return a text as it is compared: what the export changes of it is undone."""
    return printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


if __name__ == "__main__":
    sys.exit(main())
