"""Counts and times for Prometheus, served on METRICS_BIND; without it, none of this is loaded.

Labels are names of views, never an address: that can contain the token of an invitation.
"""

import time

from prometheus_client import Counter, Histogram

METHODS = {"GET", "HEAD", "POST"}

REQUESTS = Counter(
    "planner_requests", "Requests by view, method and status.", ("view", "method", "status")
)
SECONDS = Histogram(
    "planner_request_seconds",
    "Seconds until a response, by view.",
    ("view",),
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
MAILS = Counter("planner_emails", "Emails by result: sent or failed.", ("result",))


def count_requests(get_response):
    """Count each request, and the seconds until its response."""

    def middleware(request):
        began = time.perf_counter()
        response = get_response(request)
        match = getattr(request, "resolver_match", None)
        view = match.view_name or match.route if match else "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, response.status_code).inc()
        SECONDS.labels(view).observe(time.perf_counter() - began)
        return response

    return middleware
