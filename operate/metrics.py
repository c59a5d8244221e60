"""What Prometheus reads on METRICS_BIND: numbers of this process, and the state of the queue."""

import os
from collections.abc import Callable, Iterable, Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django_tasks import TaskResult
from django_tasks.signals import task_finished
from django_tasks_db.models import DBTaskResult
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    make_wsgi_app,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from .timetable import job_states

TASKS = Counter("planner_tasks", "Finished tasks of the worker, by result.", ("task", "result"))

Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]


class Queue:
    """A collector of what is in the database, read when Prometheus asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        close_old_connections()
        try:
            now = timezone.now()
            waiting = DBTaskResult.objects.ready()
            oldest = waiting.order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
            states = job_states(now)
            found = {
                "planner_database_up": ("Whether the database answers.", 1),
                "planner_tasks_waiting": ("Tasks that wait for a worker.", waiting.count()),
                "planner_tasks_oldest_seconds": (
                    "How long the oldest of them has waited.",
                    max(0, (now - oldest).total_seconds()) if oldest else 0,
                ),
                "planner_scheduled_jobs_late": (
                    "Scheduled jobs that are late.",
                    sum(state.is_late for state in states),
                ),
                "planner_scheduled_jobs_failed": (
                    "Scheduled jobs whose latest run failed.",
                    sum(state.has_failed for state in states),
                ),
            }
        except DatabaseError:
            found = {"planner_database_up": ("Whether the database answers.", 0)}
        finally:
            close_old_connections()
        for name, (words, value) in found.items():
            yield GaugeMetricFamily(name, words, value=value)


def beside(planner: Application) -> Application:
    """Return an application that answers METRICS_BIND with metrics and the rest with `planner`.

    The socket decides, which gunicorn opened: no header of a request can lead to the metrics.
    """
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
    registry.register(Queue())  # type: ignore[arg-type]
    metrics = make_wsgi_app(registry)
    port = int(settings.METRICS_BIND.rpartition(":")[2])

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        socket = environ.get("gunicorn.socket")
        name = socket.getsockname() if socket else ""
        is_metrics = isinstance(name, tuple) and name[1] == port
        return (metrics if is_metrics else planner)(environ, start_response)

    return answer


def count_task(task_result: TaskResult, **signal: object) -> None:
    """Count a task that the worker has finished: a receiver of `task_finished`."""
    TASKS.labels(task_result.task.name, task_result.status.lower()).inc()


def serve_for_worker() -> None:
    """Serve the numbers of a worker on WORKER_METRICS_BIND, in a thread."""
    host, _, port = settings.WORKER_METRICS_BIND.rpartition(":")
    task_finished.connect(count_task)
    REGISTRY.register(Queue())  # type: ignore[arg-type]
    start_http_server(int(port), host.strip("[]"), REGISTRY)
