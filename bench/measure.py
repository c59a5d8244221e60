"""The measurements on SQLite: pages, saves, the PDF, growth, and the first visit."""

import gzip
import os
import platform
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles
from time import monotonic

import psutil

from assessments.plans.models import PlanItem

from . import seed
from .pages import Owner, QueryCounter
from .pdf import NotMeasured, Printer
from .server import WORKERS, UnexpectedAnswer, Visitor, serving

CONNECTIONS = 8
MAIN_PAGES = ("plan home", "stage page", "step page")
WARM_UP = 2


@dataclass(frozen=True)
class Effort:
    """How much is measured. Turns end early when so many seconds have gone since the start."""

    plans: tuple[int, int, int]
    turns: int
    turns_end: float
    rounds: int
    round_seconds: float
    documents: int
    documents_end: float


FULL = Effort(
    plans=(10, 400, 10_000),
    turns=120,
    turns_end=190,
    rounds=4,
    round_seconds=2,
    documents=5,
    documents_end=270,
)
QUICK = Effort(
    plans=(10, 100, 1_000),
    turns=25,
    turns_end=40,
    rounds=2,
    round_seconds=1,
    documents=2,
    documents_end=70,
)


def measure(folder, *, quick):
    """Make the databases in `folder`, measure, and print the table."""
    effort = QUICK if quick else FULL
    started, load = monotonic(), os.getloadavg()[0]
    print(f"Making {effort.plans[-1]:,} plans …", flush=True)
    owners, databases = _make(folder, effort.plans)
    print("Asking for pages and saving items …", flush=True)
    with ExitStack() as stack:
        servers = {
            plans: stack.enter_context(serving(database)) for plans, database in databases.items()
        }
        for address in servers.values():
            warm_up(owners, address)
        some = servers[effort.plans[1]]
        latencies, sizes = _latencies(owners[0], servers, effort, started)
        throughputs = throughputs_of(owners, some, effort)
        again = _same_pdf_again(owners[0], some)
        first = _first_visit(some) | {"memory": memory_of_workers()}
    first["start"] = _first_page(owners[0], databases[effort.plans[1]])
    queries = queries_of(owners[0])
    print("Printing …", flush=True)
    try:
        printed = _print(folder, effort, started)
    except NotMeasured as reason:
        printed = reason
    _tell(load, effort, latencies, sizes, queries, throughputs, printed, again, first)


def _make(folder, numbers):
    """The owners that ask, and a database for each number of plans, all of them in each."""
    databases, owners, made = {}, [], seed.DEMO_PLANS
    seed.start()
    for number in numbers:
        seed.grow(range(made - seed.DEMO_PLANS + 1, number - seed.DEMO_PLANS + 1))
        made = number
        owners = owners or [Owner(n + 1, Visitor) for n in range(CONNECTIONS)]
        databases[number] = folder / f"{number}.sqlite3"
        seed.keep_copy(databases[number])
    return owners, databases


def warm_up(owners, address):
    """Every worker has drawn every page before anything counts."""

    def visit(owner):
        for _ in range(WARM_UP):
            for name in (*owner.pages, *owner.lists):
                owner.page(address, name)
            owner.save_status(address)
            owner.save_answer(address)
            owner.bare_page(address, 1)
            owner.bare_save(address)

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(visit, owners))


def take_turns(calls, *, turns, until):
    """The median of what each call gives; they take turns, so that noise falls on all alike."""
    taken = {name: [] for name in calls}
    for _ in range(turns):
        for name, call in calls.items():
            taken[name].append(call())
        if monotonic() > until:
            break
    return {name: median(values) for name, values in taken.items()}


def _latencies(owner, servers, effort, started):
    """Seconds by (what, number of plans), one request at a time, and each page's size."""
    calls = {}
    for plans, address in servers.items():
        for name in owner.pages:
            calls[name, plans] = partial(owner.page, address, name)
        calls["status", plans] = partial(owner.save_status, address)
        calls["answer", plans] = partial(owner.save_answer, address)
    some = effort.plans[1]
    address = servers[some]
    sizes = {name: owner.size(address, name) for name in (*owner.pages, *owner.lists)}
    for name, size in sizes.items():
        calls[name, some] = partial(owner.page, address, name)
        calls[name, "bare"] = partial(owner.bare_page, address, size)
    calls["save", "bare"] = partial(owner.bare_save, address)
    return take_turns(calls, turns=effort.turns, until=started + effort.turns_end), sizes


def throughputs_of(owners, address, effort):
    """(requests a second, median and 95th percentile in seconds) of each save, 8 at once."""
    saves = {
        "status": Owner.save_status,
        "answer": Owner.save_answer,
        "bare": Owner.bare_save,
    }
    rates, seconds = ({name: [] for name in saves} for _ in range(2))
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for _ in range(effort.rounds):
            for name, save in saves.items():
                started = monotonic()
                until = started + effort.round_seconds
                saving = [pool.submit(_repeat, save, each, address, until) for each in owners]
                taken = [second for future in saving for second in future.result()]
                rates[name].append(len(taken) / (monotonic() - started))
                seconds[name] += taken
    return {
        name: (median(rates[name]), median(seconds[name]), quantiles(seconds[name], n=20)[-1])
        for name in saves
    }


def _repeat(save, owner, address, until):
    taken = []
    while monotonic() < until:
        taken.append(save(owner, address))
    return taken


def queries_of(owner):
    """How many queries each request makes, among the most plans."""
    names = (*owner.pages, *owner.lists)
    owner = Owner(1, QueryCounter)
    return {
        **{name: owner.page(None, name) for name in names},
        "status": owner.save_status(None),
        "answer": owner.save_answer(None),
        "bare page": owner.bare_page(None, 1),
        "bare save": owner.bare_save(None),
    }


def _same_pdf_again(owner, address):
    """Seconds of a second export of an unchanged plan, and of a bare page; None without Pango."""
    try:
        owner.pdf(address)
    except UnexpectedAnswer:
        return None
    calls = {
        "again": lambda: owner.pdf(address)[0],
        "bare": lambda: owner.bare_page(address, 50_000),
    }
    return take_turns(calls, turns=15, until=monotonic() + 20)


def _first_visit(address):
    """The files that a browser gets with the sign-in page, and their bytes when compressed."""
    visitor = Visitor("")
    page = visitor.get(address, "/sign-in/")[1]
    paths = set(re.findall(rb'(?:href|src)="(/static/[^"]+)"', page))
    files = [page, *(visitor.get(address, path.decode())[1] for path in paths)]
    return {"files": len(files), "bytes": sum(len(gzip.compress(each)) for each in files)}


def memory_of_workers():
    """The bytes that each worker of the servers holds now, shared ones counted in part; median."""
    servers = [each for each in psutil.Process().children() if "gunicorn" in str(each.cmdline())]
    workers = [worker for server in servers for worker in server.children()]
    return median(worker.memory_full_info().pss for worker in workers)


def _first_page(owner, database):
    """The seconds from the start of a server to its first page."""
    started = monotonic()
    with serving(database) as address:
        owner.page(address, "plan home")
        return monotonic() - started


def _print(folder, effort, started):
    printer = Printer(folder)
    seconds = take_turns(
        {"product": printer.product, "chromium": printer.chromium},
        turns=effort.documents,
        until=started + effort.documents_end,
    )
    return {
        "pages": (printer.pages, printer.chromium_pages()),
        "seconds": (seconds["product"], seconds["chromium"]),
        "memory": (printer.product_memory(), printer.chromium_memory()),
    }


def _tell(load, effort, latencies, sizes, queries, throughputs, printed, again, first):
    some = effort.plans[1]
    items = PlanItem.objects.filter(plan=seed.full_plan()).count()
    print(
        f"\n{items} items a plan; gunicorn, {WORKERS} sync workers; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; "
        f"{os.cpu_count()} processors, load {load:.1f} before this began"
    )

    ours = {name: latencies[name, some] for name in sizes}
    bare = {name: latencies[name, "bare"] for name in sizes}
    tell_pages(f"(a) Pages, {some:,} plans", ours, bare, sizes, queries)
    saves = {name: latencies[name, some] for name in ("status", "answer")}
    bare_save = latencies["save", "bare"]
    tell_saves(f"(b) Saves, {some:,} plans", saves, bare_save, throughputs, queries)

    if isinstance(printed, NotMeasured):
        _row("(c) PDF of a full plan")
        _row(str(printed))
    else:
        pages, seconds, memory = printed["pages"], printed["seconds"], printed["memory"]
        _row("(c) PDF of a full plan", "product", "Chromium", "ratio", "aim")
        _row("pages", *pages)
        _row("the document", *map(_ms, seconds), _of(*seconds), "<= 1.3")
        _row("a page", *(_ms(s / p) for s, p in zip(seconds, pages, strict=True)), "", "< 90 ms")
        _row("peak memory", *(f"{m / 1e6:.0f} MB" for m in memory), _of(*memory))
    if again:
        ours, bare = again["again"], again["bare"]
        _row("the same again / bare page", _ms(ours), _ms(bare), _of(ours, bare), "<= 3")

    _row(
        "(d) As plans grow", *(f"{plans:,} plans" for plans in effort.plans), "to the first", "aim"
    )
    for name in [name for name, plans in latencies if plans == effort.plans[0]]:
        taken = [latencies[name, plans] for plans in effort.plans]
        ratios = ", ".join(_of(each, taken[0]) for each in taken[1:])
        _row(name if name in sizes else f"{name} save", *map(_ms, taken), ratios, "<= 1.2")

    _row("(e) The first visit")
    _row("first page after a start", _ms(first["start"]))
    _row("memory of a worker", f"{first['memory'] / 1e6:.0f} MB")
    _row("files of the sign-in page", first["files"], f"{first['bytes'] / 1000:.0f} KB")


def tell_pages(title, ours, bare, sizes, queries):
    """Print the part of the table on pages; `ours` and `bare` are seconds by page."""
    _row(title, "product", "bare", "ratio", "aim", "queries")
    for name, size in sizes.items():
        aim = "<= 4" if name in MAIN_PAGES else "<= 6"
        asked = f"{queries[name]} / {queries['bare page']}"
        times = _ms(ours[name]), _ms(bare[name]), _of(ours[name], bare[name])
        _row(f"{name}, {size / 1000:.0f} KB", *times, aim, asked)


def tell_saves(title, ours, bare, throughputs, queries):
    """Print the part of the table on saves; `ours` are seconds by kind of save."""
    _row(title, "product", "bare", "ratio", "aim", "queries")
    for name, words in (("status", "status of an item"), ("answer", "whole answer")):
        asked = f"{queries[name]} / {queries['bare save']}"
        _row(words, _ms(ours[name]), _ms(bare), _of(ours[name], bare), "<= 1.5", asked)
        (rate, p50, p95), (bare_rate, bare_p50, bare_p95) = throughputs[name], throughputs["bare"]
        at_once = f", {CONNECTIONS} at once"
        rates = f"{rate:.0f} /s", f"{bare_rate:.0f} /s"
        _row(f"  requests{at_once}", *rates, _of(rate, bare_rate), ">= 0.7")
        _row(f"  95th percentile{at_once}", _ms(p95), _ms(bare_p95), _of(p95, bare_p95))
        _row("    by its median", _of(p95, p50), _of(bare_p95, bare_p50), "", "<= 2")


def _row(first, *cells):
    """A line of the table; the first of a part begins with its letter."""
    indent = "\n" if first.startswith("(") else "    "
    width = 36 if first.startswith("(") else 32
    print(indent + first.ljust(width) + "".join(str(cell).rjust(14) for cell in cells).rstrip())


def _ms(seconds):
    return f"{seconds * 1000:.1f} ms"


def _of(ours, theirs):
    return f"{ours / theirs:.2f}"
