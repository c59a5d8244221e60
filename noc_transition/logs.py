"""Log entries without personal data, with the id of the request: as JSON objects or plain lines.

An address can contain the token of an invitation, and the text of an error what someone typed. So
an entry names the pattern of an address, as "plans/<int:plan_id>/", and of an error its class and
the lines of code, but never its text.
"""

import json
import logging
import re
import time
import traceback
from contextvars import ContextVar
from uuid import uuid4

from django.utils import timezone

requests = logging.getLogger("noc_transition.requests")

request_id: ContextVar[str] = ContextVar("request_id", default="")

GIVEN_ID = re.compile(r"[\w.-]{8,64}", re.ASCII)


def log_requests(get_response):
    """Give each request an id, which its response and its log entries have, and log it.

    A proxy in front can set the id in `X-Request-ID`.
    """

    def middleware(request):
        given = request.headers.get("X-Request-ID", "")
        request.log_id = given if GIVEN_ID.fullmatch(given) else uuid4().hex
        token = request_id.set(request.log_id)
        began = time.perf_counter()
        try:
            response = get_response(request)
            response.headers["X-Request-ID"] = request.log_id
            facts = {
                "method": request.method,
                "route": route_of(request),
                "status": response.status_code,
                "ms": round((time.perf_counter() - began) * 1000),
            }
            requests.info("request", extra={"facts": facts})
            return response
        finally:
            request_id.reset(token)

    return middleware


def route_of(request) -> str:
    """Return the pattern of the address, or an empty text if it matched none."""
    match = getattr(request, "resolver_match", None)
    return match.route if match else ""


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.entry(record))

    def entry(self, record: logging.LogRecord) -> dict[str, object]:
        """Return what is logged, by name."""
        entry: dict[str, object] = {
            "at": timezone.now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": request_id.get(),
        }
        if facts := getattr(record, "facts", None):
            entry |= facts
        elif request := getattr(record, "request", None):
            # Django's own entries have the address, and of an error its text.
            # It writes some of them after the middleware has ended.
            entry["request"] = getattr(request, "log_id", "")
            entry["route"] = route_of(request)
            entry["status"] = getattr(record, "status_code", None)
        else:
            entry["message"] = record.getMessage()
        if record.exc_info and record.exc_info[0]:
            entry["error"] = record.exc_info[0].__name__
            entry["lines"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return entry


class PlainFormatter(JsonFormatter):
    """The same on a line for people to read: name=value, without what is empty."""

    def format(self, record: logging.LogRecord) -> str:
        found = self.entry(record).items()
        return " ".join(f"{name}={json.dumps(value)}" for name, value in found if value != "")
