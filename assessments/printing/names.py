"""Names of the files that people download."""

import datetime as dt
import re
import unicodedata


def document_name(*parts: str, marking: str = "", day: dt.date) -> str:
    """Return the name of a file without its ending: what it is, its marking and the day.

    The parts are the council and the title of the document. The result has words of ASCII letters,
    figures, brackets and hyphens, with spaces between them.
    """
    text = " ".join((*parts, marking, day.isoformat()))
    plain = unicodedata.normalize("NFKD", re.sub("['’]", "", text)).encode("ascii", "ignore")
    return " ".join(re.findall(r"[A-Za-z0-9()]+(?:-[A-Za-z0-9()]+)*", plain.decode()))
