"""Run the press: a separate process that sets PDFs, each in a child with limits. `pdf` starts it.

It loads only WeasyPrint and the fonts: no database, no settings, no secrets. It forks for each
order, so that a document needs no new start-up, and a document that uses too much memory or time
ends only its own child.

The server sends each order over the control socket with two open files: the socket on which the
child reads HTML and writes the PDF, and the lock of the document's place on this server. The child
holds the lock as well, so the place stays taken until the child ends, even if the server has gone.
"""

import os
import resource
import signal
import socket
import struct
import sys
import traceback

from .limits import end_first, limit

ORDER = struct.Struct("=II")  # bytes of memory in MB, seconds
RESULT = struct.Struct("=i")  # the child's exit code, from os.waitstatus_to_exitcode
UNAVAILABLE, TOO_LARGE = 69, 70  # exit codes: Pango is missing; not enough memory


def main():
    # Ignore Ctrl-C in a terminal: the press ends when the server does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_first()
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
    """Set one document and return the exit code."""
    limit(resource.RLIMIT_AS, megabytes * 2**20)
    limit(resource.RLIMIT_CORE, 0)
    signal.alarm(seconds)  # not caught, so the kernel ends the process
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
