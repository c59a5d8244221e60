"""Reports of errors to Sentry, if SENTRY_DSN is set, without personal data.

An address can contain the token of an invitation, and the text of an error, a variable or a log
entry what someone typed. So a report is made of a list of what it may contain, and nothing else.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration

from .logs import request_id

OF_EVENT = (
    *("event_id", "timestamp", "platform", "level", "logger", "environment", "release"),
    *("fingerprint", "sdk"),
)
OF_FRAME = ("filename", "abs_path", "function", "module", "lineno", "in_app")


def start_reports(dsn: str, *, environment: str, **options: Any) -> None:
    """Begin to report errors. `transaction` is the pattern of an address, as in the log."""
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        integrations=[DjangoIntegration(transaction_style="url", middleware_spans=False)],
        before_send=without_personal_data,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        **options,
    )


def without_personal_data(event: Any, hint: dict[str, Any]) -> Any:
    """Return a report with only what it may contain: where an error was, and of what class."""
    report = {name: event[name] for name in OF_EVENT if name in event}
    report["server_name"] = ""
    if (event.get("transaction_info") or {}).get("source") == "route":
        report["transaction"] = event.get("transaction", "")
    report["tags"] = {"request": request_id.get()}
    errors = (event.get("exception") or {}).get("values") or []
    if errors:
        report["exception"] = {"values": [_error(error) for error in errors]}
    else:
        report["message"] = f"Logged by {event.get('logger', 'an unknown logger')}"
    return report


def _error(error: dict[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or []
    kept = [{name: frame[name] for name in OF_FRAME if name in frame} for frame in frames]
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "stacktrace": {"frames": kept},
    }
