"""The script of annual council in Word, for the person presiding and the officers beside them.

It is for a public meeting: the order of business, what the law says, the votes that were entered
and the seats of the groups. It contains nothing else from the plan.
"""

import datetime as dt
import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from assessments.printing.text import printable
from assessments.words import day_in_words, within_sentence
from elections.annual_council import BusinessItem

from .running_order import ElectionState, RunningItem, RunningOrder

BLANK = "……………………"
BLANK_ROWS = 3
OURS = (
    "The order and the words in italics are suggestions: follow your standing orders where they "
    "differ. Guidance, not legal advice. The monitoring officer advises on the law."
)


def script_of(order: RunningOrder, *, made_on: dt.date) -> bytes:
    """Return the document."""
    document = Document()
    _set_up(document, order, made_on)
    document.add_heading("Annual council: order of business", level=0)
    _add_head(document, order)
    for item in order.items:
        _add_item(document, order, item)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document, order, made_on):
    properties = document.core_properties
    properties.title = printable(order.title)
    properties.author = properties.last_modified_by = printable(order.council)
    properties.language = "en-GB"
    properties.created = properties.modified = dt.datetime.combine(
        made_on, dt.time(12), tzinfo=dt.UTC
    )
    body = document.styles["Normal"]
    body.font.name, body.font.size = "Arial", Pt(11)
    body.paragraph_format.space_after = Pt(5)
    for name in ("Title", "Heading 1", "Heading 2"):
        style = document.styles[name]
        fonts = style.element.rPr.rFonts
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)
        style.font.name = "Arial"
    document.styles["Title"].font.size = Pt(20)
    document.styles["Heading 1"].font.size = Pt(13)
    document.styles["Heading 1"].paragraph_format.space_before = Pt(14)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
        language.set(qn("w:eastAsia"), "en-GB")
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.8)
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        foot.add_run(f"{printable(order.council)}, draft of {day_in_words(made_on)}, page ")
        number = OxmlElement("w:fldSimple")
        number.set(qn("w:instr"), "PAGE")
        foot._p.append(number)


def _add_head(document, order):
    day = day_in_words(order.day) if order.day else "[day of the meeting]"
    if order.day and not order.is_day_fixed:
        day += " (not fixed by the council yet)"
    document.add_paragraph(f"{printable(order.council)}, {day}")
    document.add_heading("How votes for an office are counted", level=1)
    document.add_paragraph(f"Several nominees: {order.rule}.", style="List Bullet")
    document.add_paragraph("Abstentions are not votes.", style="List Bullet")
    if order.asks_lowest:
        document.add_paragraph(
            f"Equal fewest votes: {within_sentence(order.lowest_tie)}.", style="List Bullet"
        )
    document.add_paragraph(
        "Equal votes for chair: the person presiding must give a casting vote (Local Government "
        "Act 1972, section 4(3)).",
        style="List Bullet",
    )
    document.add_paragraph(
        f"Equal votes for another office: {within_sentence(order.tie)}.", style="List Bullet"
    )
    document.add_paragraph(OURS)


def _add_item(document, order, item: RunningItem):
    business = item.business
    document.add_heading(f"{item.number}. {business.title}", level=1)
    presides = _add_led(document, "Presides", business.presides)
    presides.paragraph_format.keep_with_next = True
    document.add_paragraph(business.words)
    if business.said:
        _add_led(document, "Suggested words", business.said, italic=True)
    if business.office:
        for state in item.elections or (None,):
            _add_election(document, state)
    if business.key == "appointments" and order.balance:
        _add_seats(document, order.balance)
    _add_if(document, business)
    source = document.add_paragraph()
    run = source.add_run(f"{business.source}.")
    run.font.size = Pt(9)
    if business.certainty == "believed":
        more = source.add_run(" Confirm this with the monitoring officer.")
        more.font.size = Pt(9)


def _add_if(document, business: BusinessItem):
    if business.tied:
        _add_led(document, "If votes are equal", business.tied)
    if business.unfilled:
        _add_led(document, "If no one is elected", business.unfilled)


def _add_election(document, state: ElectionState | None):
    names = state.nominees if state else []
    if state and state.has_votes:
        _add_led(document, "Nominated", ", ".join(names))
        for line in state.lines:
            _add_led(document, f"Vote {line.number}", f"{line.votes}. {line.result}")
        if state.count.elected:
            return
    if state and not state.count.remaining and state.has_votes:
        return
    remaining = list(state.count.remaining) if state and state.has_votes else names
    rows = remaining or [BLANK] * BLANK_ROWS
    headings = ("Nominee", "Proposed by", "Seconded by", "Votes")
    table = document.add_table(rows=1, cols=len(headings), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        cell.paragraphs[0].add_run(heading).bold = True
    for name in rows:
        table.add_row().cells[0].text = printable(name)
    if len(remaining) == 1:
        table.add_row().cells[0].text = "Against"
    table.add_row().cells[0].text = "Abstained"
    _finish(
        table,
        (6.5, 4, 4, 2.5),
        "Nominees, with room for who proposed and seconded them and for the votes",
    )


def _add_seats(document, balance):
    if balance.open_ties:
        document.add_paragraph(f"{balance.standing}: these seats can still change.")
    headings = ("Committee", *balance.parties, "Seats")
    table = document.add_table(rows=1, cols=len(headings), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        run = cell.paragraphs[0].add_run(printable(heading))
        run.bold, run.font.size = True, Pt(7.5)
    for row in balance.rows:
        cells = table.add_row().cells
        cells[0].text = printable(row.name)
        for cell, seats in zip(cells[1:-1], row.cells, strict=True):
            cell.text = str(seats.adopted)
        cells[-1].text = str(row.size)
    others = len(headings) - 1
    _finish(table, (4, *[13 / others] * others), "Seats of each group on each committee")
    document.add_paragraph(
        f"From the allocation made on {day_in_words(balance.made_on)}. Names are those that each "
        "group gives the proper officer."
    )


def _finish(table, widths, description):
    """Set widths in centimetres, repeat the heading on each page, and describe the table.

    Widths are set on columns and cells, because programs differ in which they use.
    """
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    heading = table.rows[0]._tr.get_or_add_trPr()
    heading.append(heading.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
    for row in table.rows:
        properties = row._tr.get_or_add_trPr()
        properties.append(properties.makeelement(qn("w:cantSplit"), {qn("w:val"): "true"}))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(2)
    properties = table._tbl.tblPr
    properties.append(properties.makeelement(qn("w:tblDescription"), {qn("w:val"): description}))
    table._tbl.addnext(OxmlElement("w:p"))


def _add_led(document, lead, words, *, italic=False):
    paragraph = document.add_paragraph()
    paragraph.add_run(f"{lead}: ").bold = True
    paragraph.add_run(printable(words)).italic = italic
    return paragraph
