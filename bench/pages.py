"""What is asked for: the pages and saves of one plan, and the bare ones beside them."""

from itertools import count

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from . import seed

STAGE, STEP = 2, 13
# One item for each kind of save, so that their versions do not meet; all are in progress.
STATUS_ITEM, ANSWER_ITEM, BARE_ITEM = "NOC-11.4", "NOC-13.2", "NOC-14.2"


class Owner:
    """What one council's owner asks for. Each request gives what the visitor measures of it.

    `visitor` is made with the owner's session: a `Visitor` for seconds, a `QueryCounter` for
    queries.
    """

    def __init__(self, number, visitor):
        self.visitor = visitor(seed.sign_in(number))
        self.items = seed.items_of(number, [STATUS_ITEM, ANSWER_ITEM, BARE_ITEM])
        self.plan = f"/plans/{seed.FIRST_KEY + number}/"
        self.pages = {
            "plan home": self.plan,
            "stage page": f"{self.plan}stages/{STAGE}/",
            "step page": f"{self.plan}steps/{STEP}/",
        }
        self.versions = {}

    def page(self, address, name):
        return self.visitor.get(address, self.pages[name])[0]

    def size(self, address, name):
        return len(self.visitor.get(address, self.pages[name])[1])

    def bare_page(self, address, size):
        return self.visitor.get(address, f"/bare/page/{size}/")[0]

    def save_status(self, address):
        """The status alone, as a list saves it."""
        version, path = self._edit(address, STATUS_ITEM)
        fields = {"part": "status", "status": _status(version), "version": version}
        return self.visitor.post(address, path, fields)[0]

    def save_answer(self, address):
        """The whole form, as it is saved when a box is left."""
        version, path = self._edit(address, ANSWER_ITEM)
        fields = {
            "status": _status(version),
            "owner": "someone-else",
            "owner_name": "Head of communications",
            "due-day": 1 + version % 28,
            "due-month": 6,
            "due-year": 2030,
            "note": f"Leaders meet on Mondays, for the {version}th time.",
            "version": version,
        }
        return self.visitor.post(address, path, fields)[0]

    def bare_save(self, address):
        version, _ = self._edit(address, BARE_ITEM)
        path = f"/bare/items/{self.items[BARE_ITEM].pk}/"
        return self.visitor.post(address, path, {"status": _status(version)})[0]

    def _edit(self, address, code):
        """The version that the next save is made on, and where it goes."""
        item = self.items[code]
        versions = self.versions.setdefault((address, code), count(item.version))
        return next(versions), f"{self.plan}items/{item.pk}/"


def _status(version):
    return "in-progress" if version % 2 else "not-started"


class QueryCounter:
    """Count the queries of a request, without a server. Has the interface of `Visitor`."""

    def __init__(self, session):
        self.client = Client(headers={"host": "127.0.0.1", "hx-request": "true"})
        self.client.cookies["sessionid"] = session

    def get(self, address, path):
        return self._count(self.client.get, path)

    def post(self, address, path, fields):
        return self._count(self.client.post, path, fields)

    def _count(self, method, *args):
        with CaptureQueriesContext(connection) as captured:
            response = method(*args)
        assert response.status_code == 200, response
        asked = [query for query in captured if query["sql"] not in ("COMMIT", "BEGIN IMMEDIATE")]
        return len(asked), response.content
