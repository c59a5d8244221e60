"""How gunicorn serves the planner.

gunicorn --config python:noc_transition.serving noc_transition.wsgi
"""

import os
import shutil
import tempfile

from django.core.exceptions import ImproperlyConfigured

from .environment import Environment

env = Environment()

METRICS_BIND = env.address("METRICS_BIND")
bind = [env.address("BIND", default="127.0.0.1:8000")]
if METRICS_BIND:
    if METRICS_BIND.rpartition(":")[2] == bind[0].rpartition(":")[2]:
        raise ImproperlyConfigured("METRICS_BIND must have another port than BIND.")
    bind.append(METRICS_BIND)
workers = env.int("WEB_CONCURRENCY", default=3)
timeout = 60
# Nothing controls the server through a socket, which gunicorn would make in the home folder.
control_socket_disable = True
# Only the proxy reaches BIND; TRUSTED_PROXY_COUNT says how many of its addresses to believe.
forwarded_allow_ips = "*"
# Proxies pass on headers named SCRIPT_NAME and PATH_INFO, so they come from people. With them a
# person could change where links of pages and emails lead, or cause an error without our headers.
forwarder_headers = ""

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
