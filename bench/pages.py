"""What is asked for: the pages and saves of one plan, and the bare ones beside them."""

from itertools import count

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from . import seed

STAGE, STEP = 2, 13
# One item for each kind of save, so that their versions do not meet; all are in progress.
STATUS_ITEM, ANSWER_ITEM, BARE_ITEM = "NOC-11.4", "NOC-13.2", "NOC-14.2"
# Those of the other members of a council, two for each.
OTHER_ITEMS = [f"NOC-{step}.1" for step in (11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24)]


class Owner:
    """What one member asks for. Each request gives what the visitor measures of it.

    `visitor` is made with the member's session: a `Visitor` for seconds, a `QueryCounter` for
    queries. `nth` is the member, 0 the first owner. `one_database`: all addresses that are asked
    use the same one.
    """

    def __init__(self, number, visitor, nth=0, *, one_database=False):
        self.visitor = visitor(seed.sign_in(number, nth))
        self.one_database = one_database
        self.status_item, self.answer_item = (
            OTHER_ITEMS[2 * nth - 2 : 2 * nth] if nth else (STATUS_ITEM, ANSWER_ITEM)
        )
        self.items = seed.items_of(number, [self.status_item, self.answer_item, BARE_ITEM])
        self.plan = f"/plans/{seed.FIRST_KEY + number}/"
        self.pages = {
            "plan home": self.plan,
            "stage page": f"{self.plan}stages/{STAGE}/",
            "step page": f"{self.plan}steps/{STEP}/",
        }
        self.lists = {
            "for you": f"{self.plan}for-you/",
            "open actions, filtered": f"{self.plan}open/?stage=2&due=overdue",
            "search of actions": f"{self.plan}open/?q=leader",
        }
        self.versions = {}

    def page(self, address, name):
        return self.visitor.get(address, self._path(name))[0]

    def size(self, address, name):
        return len(self.visitor.get(address, self._path(name))[1])

    def _path(self, name):
        return self.pages.get(name) or self.lists[name]

    def pdf(self, address):
        """The action plan as a PDF, with everything in it."""
        fields = {"scope": "whole", "notes": "1", "guidance": "1"}
        return self.visitor.post(address, f"{self.plan}action-plan/pdf/", fields)

    def bare_page(self, address, size):
        return self.visitor.get(address, f"/bare/page/{size}/")[0]

    def save_status(self, address):
        """The status alone, as a list saves it."""
        version, path = self._edit(address, self.status_item)
        status = self._status(self.status_item, version)
        fields = {"part": "status", "status": status, "version": version}
        return self.visitor.post(address, path, fields)[0]

    def save_answer(self, address):
        """The whole form, as it is saved when a box is left."""
        version, path = self._edit(address, self.answer_item)
        fields = {
            "status": self._status(self.answer_item, version),
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
        return self.visitor.post(address, path, {"status": self._status(BARE_ITEM, version)})[0]

    def _edit(self, address, code):
        """The version that the next save is made on, and where it goes."""
        item = self.items[code]
        database = "" if self.one_database else address
        versions = self.versions.setdefault((database, code), count(item.version))
        return next(versions), f"{self.plan}items/{item.pk}/"

    def _status(self, code, version):
        """The status to save on a version: never the one it has, which would leave the version."""
        item = self.items[code]
        two = ["in-progress", "not-started"]
        if item.status == two[0]:
            two.reverse()
        return two[(version - item.version) % 2]


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
