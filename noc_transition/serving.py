"""How gunicorn serves the planner.

gunicorn --config python:noc_transition.serving noc_transition.wsgi
"""

import os
import shutil
import sys
import tempfile

from django.core.exceptions import ImproperlyConfigured
from gunicorn.glogging import Logger

from .environment import Environment

env = Environment()

METRICS_BIND = env.address("METRICS_BIND")
bind = [env.address("BIND", default="127.0.0.1:8000")]
if METRICS_BIND:
    if int(METRICS_BIND.rpartition(":")[2]) == int(bind[0].rpartition(":")[2]):
        raise ImproperlyConfigured("METRICS_BIND must have another port than BIND.")
    bind.append(METRICS_BIND)
workers = env.web_processes()
timeout = 60
# Nothing controls the server through a socket, which gunicorn would make in the home folder.
control_socket_disable = True
# Only the proxy reaches BIND; TRUSTED_PROXY_COUNT says how many of its addresses to believe.
forwarded_allow_ips = "*"
# Proxies pass on headers named SCRIPT_NAME and PATH_INFO, so they come from people. With them a
# person could change where links of pages and emails lead, or cause an error without our headers.
forwarder_headers = ""


class ServerLog(Logger):
    """Gunicorn's own log, without anything that a request contains.

    Gunicorn names the address of a request that it ends, because it takes too long or its process
    is stopped. Addresses can have the token of an invitation, and errors what someone typed.
    """

    def exception(self, msg, *args, **kwargs):
        if str(msg).startswith("Error handling request"):
            self.error("A request was ended: %s.", _current_error())
        else:
            super().exception(msg, *args, **kwargs)

    def warning(self, msg, *args, **kwargs):
        if str(msg).startswith("Invalid request"):
            msg, args = "A request was refused: %s.", (_current_error(),)
        super().warning(msg, *args, **kwargs)


def _current_error() -> str:
    """Return the class of the error that is being handled, and the line of code it comes from."""
    kind, _, trace = sys.exc_info()
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return f"{kind.__name__ if kind else 'unknown error'}{place}"


logger_class = ServerLog

if METRICS_BIND:
    # The processes add up their numbers in files here. Set before any of them loads the library.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="planner-metrics-")


def child_exit(server, worker):
    if METRICS_BIND:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    if METRICS_BIND:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
