"""Complete the tags of a PDF with what PDF/UA-1 requires and WeasyPrint does not write.

Header cells get a scope, links get a description, and the running header and footer become
artifacts, so that a screen reader does not repeat them on every page.
"""

from pydyf import Dictionary, Stream, String


def complete(document, pdf):
    """Complete the document; called by WeasyPrint as its `finisher`, just before writing."""
    things = {thing.reference: thing for thing in pdf.objects}
    for thing in pdf.objects:
        if not isinstance(thing, Dictionary):
            continue
        if thing.get("S") == "/TH":
            row = things[thing["P"]]
            section = things[row["P"]]
            thing["A"]["Scope"] = "/Column" if section["S"] == "/THead" else "/Row"
        elif thing.get("Subtype") == "/Link":
            thing["Contents"] = String(_what_opens(thing))
    _leave_out_running_text(pdf, things)


def _what_opens(link):
    """Say where a link leads: to a place in the document, or to a web address."""
    if "Dest" in link:
        return f"Go to {link['Dest'].string.replace('-', ' ')}"
    return f"Open {link['A']['URI'].string}"


def _leave_out_running_text(pdf, things):
    """Turn marked text outside the structure tree, which is that of the margins, into artifacts."""
    root = things[pdf.catalog["StructTreeRoot"]]
    held = set()
    _gather(root, things, held)
    owners_by_page = things[root["ParentTree"]]["Nums"][1::2]
    for page_reference, owners in zip(pdf.page_references, owners_by_page, strict=False):
        page = things[page_reference]
        loose = [i for i in range(len(owners)) if (page_reference, i) not in held]
        for i in loose:
            owners[i] = b"null"
        _make_artifacts(things[page["Contents"]], set(loose), middle=page["MediaBox"][3] / 0.75 / 2)


def _gather(element, things, held):
    """Add every (page, marked content id) below an element to `held`."""
    for kid in element["K"]:
        if isinstance(kid, int):
            held.add((element["Pg"], kid))
        elif (below := things[kid]).get("Type") == "/StructElem":
            _gather(below, things, held)


def _make_artifacts(stream: Stream, loose, *, middle):
    content = stream.stream
    for i, entry in enumerate(content):
        if isinstance(entry, Dictionary) and entry.get("MCID") in loose:
            height = next(
                float(line.split()[5])
                for line in content[i:]
                if isinstance(line, bytes) and line.endswith(b" Tm")
            )
            content[i - 1] = "/Artifact"
            content[i] = Dictionary(
                {"Type": "/Pagination", "Subtype": "/Header" if height < middle else "/Footer"}
            )
