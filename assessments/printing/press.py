"""The press: a process of its own that sets PDFs, each in a child with limits. `pdf` starts it.

It holds no more than WeasyPrint and its fonts, loaded once: no database, no settings, no secrets.
For each order it forks, so a document costs no new start, and whatever it does to the memory or
the time of its child ends with that child.

The server sends an order down the control socket with two open files: the socket on which the child
reads HTML and answers with PDF, and the lock of the place that the document takes on this computer.
The child holds the lock too, so the place is taken until it ends, whatever becomes of the server.
"""

import os
import resource
import signal
import socket
import struct
import sys
import traceback

ORDER = struct.Struct("=II")  # bytes of memory in MB, seconds
RESULT = struct.Struct("=i")  # how the child ended, as os.waitstatus_to_exitcode says it
UNAVAILABLE, TOO_LARGE = 69, 70  # ways to exit: Pango is missing; the memory did not suffice


def main():
    # Ctrl-C in a terminal reaches everything there: the press ends when the server does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    try:
        from .typesetting import load_fonts, typeset
    except OSError:
        sys.exit(UNAVAILABLE)
    load_fonts()
    while True:
        order, files, _, _ = socket.recv_fds(control, ORDER.size, 2)
        if not order:
            return
        child = os.fork()
        if not child:
            control.close()
            os._exit(_fulfil(typeset, *ORDER.unpack(order), files[0]))
        for file in files:
            os.close(file)
        _, status = os.waitpid(child, 0)
        control.sendall(RESULT.pack(os.waitstatus_to_exitcode(status)))


def _fulfil(typeset, megabytes, seconds, file):
    """Set one document; the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(seconds)  # nothing catches it: the kernel ends the process
    try:
        with socket.socket(fileno=file) as job, job.makefile("rwb") as stream:
            stream.write(typeset(stream.read().decode()))
    except MemoryError:
        return TOO_LARGE
    except Exception:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main()
