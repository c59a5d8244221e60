"""The four measurements: pages, saves, the PDF, and pages and saves as plans grow in number."""

import os
import platform
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles
from time import monotonic

from assessments.models import PlanItem

from . import seed
from .pages import Council, QueryCounter
from .pdf import NotMeasured, Printer
from .server import WORKERS, Visitor, serving

CONNECTIONS = 8
WARM_UP = 3


@dataclass(frozen=True)
class Effort:
    """How much is measured. Taking turns ends early when its seconds are over."""

    plans: tuple[int, int, int]
    turns: int
    turn_seconds: float
    rounds: int
    round_seconds: float
    documents: int
    document_seconds: float


FULL = Effort(
    plans=(10, 400, 10_000),
    turns=120,
    turn_seconds=110,
    rounds=5,
    round_seconds=2,
    documents=5,
    document_seconds=60,
)
QUICK = Effort(
    plans=(10, 100, 1_000),
    turns=25,
    turn_seconds=20,
    rounds=2,
    round_seconds=1,
    documents=2,
    document_seconds=20,
)


def measure(folder, *, quick):
    """Make the databases in `folder`, measure, and print the table."""
    effort = QUICK if quick else FULL
    print(f"Making {effort.plans[-1]:,} plans …", flush=True)
    councils, databases = _make(folder, effort.plans)
    print("Asking for pages and saving items …", flush=True)
    with ExitStack() as stack:
        servers = {
            plans: stack.enter_context(serving(database)) for plans, database in databases.items()
        }
        for address in servers.values():
            _warm_up(councils, address)
        latencies, sizes = _latencies(councils[0], servers, effort)
        throughputs = _throughputs(councils, servers[effort.plans[1]], effort)
    queries = _queries(sizes)
    print("Printing …", flush=True)
    try:
        printed = _print(folder, effort)
    except NotMeasured as reason:
        printed = reason
    _tell(effort, latencies, sizes, queries, throughputs, printed)


def _make(folder, numbers):
    """The councils that ask, and a database for each number of plans, all of them in each."""
    databases, councils, made = {}, [], seed.DEMO_PLANS
    seed.start()
    for number in numbers:
        seed.grow(range(made - seed.DEMO_PLANS + 1, number - seed.DEMO_PLANS + 1))
        made = number
        councils = councils or [Council(n + 1, Visitor) for n in range(CONNECTIONS)]
        databases[number] = folder / f"{number}.sqlite3"
        seed.keep_copy(databases[number])
    return councils, databases


def _warm_up(councils, address):
    """Every worker has drawn every page before anything counts."""

    def visit(council):
        for _ in range(WARM_UP):
            for name in council.pages:
                council.page(address, name)
            council.save_status(address)
            council.save_answer(address)
            council.bare_page(address, 1)
            council.bare_save(address)

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(visit, councils))


def _take_turns(calls, *, turns, seconds):
    """The median of what each call gives; they take turns, so that noise falls on all alike."""
    taken = {name: [] for name in calls}
    stop = monotonic() + seconds
    for _ in range(turns):
        for name, call in calls.items():
            taken[name].append(call())
        if monotonic() > stop:
            break
    return {name: median(values) for name, values in taken.items()}


def _latencies(council, servers, effort):
    """Seconds by (what, number of plans), one request at a time, and each page's size."""
    calls = {}
    for plans, address in servers.items():
        for name in council.pages:
            calls[name, plans] = partial(council.page, address, name)
        calls["status", plans] = partial(council.save_status, address)
        calls["answer", plans] = partial(council.save_answer, address)
    address = servers[effort.plans[1]]
    sizes = {name: council.size(address, name) for name in council.pages}
    for name, size in sizes.items():
        calls[name, "bare"] = partial(council.bare_page, address, size)
    calls["save", "bare"] = partial(council.bare_save, address)
    return _take_turns(calls, turns=effort.turns, seconds=effort.turn_seconds), sizes


def _throughputs(councils, address, effort):
    """(requests a second, 95th percentile in seconds) of each save, 8 connections at once."""
    saves = {
        "status": Council.save_status,
        "answer": Council.save_answer,
        "bare": Council.bare_save,
    }
    rates, seconds = ({name: [] for name in saves} for _ in range(2))
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for _ in range(effort.rounds):
            for name, save in saves.items():
                started = monotonic()
                until = started + effort.round_seconds
                saving = [pool.submit(_repeat, save, each, address, until) for each in councils]
                taken = [second for future in saving for second in future.result()]
                rates[name].append(len(taken) / (monotonic() - started))
                seconds[name] += taken
    return {name: (median(rates[name]), quantiles(seconds[name], n=20)[-1]) for name in saves}


def _repeat(save, council, address, until):
    taken = []
    while monotonic() < until:
        taken.append(save(council, address))
    return taken


def _queries(sizes):
    """How many queries each request makes, among the most plans."""
    council = Council(1, QueryCounter)
    return {
        **{name: council.page(None, name) for name in sizes},
        "status": council.save_status(None),
        "answer": council.save_answer(None),
        "bare page": council.bare_page(None, 1),
        "bare save": council.bare_save(None),
    }


def _print(folder, effort):
    printer = Printer(folder)
    seconds = _take_turns(
        {"product": printer.product, "chromium": printer.chromium},
        turns=effort.documents,
        seconds=effort.document_seconds,
    )
    return {
        "pages": (printer.pages, printer.chromium_pages()),
        "seconds": (seconds["product"], seconds["chromium"]),
        "memory": (printer.product_memory(), printer.chromium_memory()),
    }


def _tell(effort, latencies, sizes, queries, throughputs, printed):
    some = effort.plans[1]
    items = PlanItem.objects.filter(plan=seed.full_plan()).count()
    print(
        f"\n{items} items a plan; gunicorn, {WORKERS} sync workers; {os.cpu_count()} processors; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )

    _row(f"(a) Pages, {some:,} plans", "product", "bare", "ratio", "aim", "queries")
    for name, size in sizes.items():
        ours, bare = latencies[name, some], latencies[name, "bare"]
        asked = f"{queries[name]} / {queries['bare page']}"
        _row(f"{name}, {size / 1000:.0f} KB", _ms(ours), _ms(bare), _of(ours, bare), "<= 6", asked)

    _row(f"(b) Saves, {some:,} plans", "product", "bare", "ratio", "aim", "queries")
    for name, words in (("status", "status of an item"), ("answer", "whole answer")):
        ours, bare = latencies[name, some], latencies["save", "bare"]
        asked = f"{queries[name]} / {queries['bare save']}"
        _row(words, _ms(ours), _ms(bare), _of(ours, bare), "<= 1.5", asked)
        (rate, p95), (bare_rate, bare_p95) = throughputs[name], throughputs["bare"]
        at_once = f", {CONNECTIONS} at once"
        rates = f"{rate:.0f} /s", f"{bare_rate:.0f} /s"
        _row(f"  requests{at_once}", *rates, _of(rate, bare_rate), ">= 0.7")
        _row(f"  95th percentile{at_once}", _ms(p95), _ms(bare_p95), _of(p95, bare_p95))

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

    _row("(d) As plans grow", *(f"{plans:,} plans" for plans in effort.plans), "ratio", "aim")
    for name in (*sizes, "status", "answer"):
        taken = [latencies[name, plans] for plans in effort.plans]
        words = name if name in sizes else f"{name} save"
        _row(words, *map(_ms, taken), _of(taken[-1], taken[0]), "<= 1.2")


def _row(first, *cells):
    """A line of the table; the first of a part begins with its letter."""
    indent = "\n" if first.startswith("(") else "    "
    width = 36 if first.startswith("(") else 32
    print(indent + first.ljust(width) + "".join(str(cell).rjust(12) for cell in cells).rstrip())


def _ms(seconds):
    return f"{seconds * 1000:.1f} ms"


def _of(ours, theirs):
    return f"{ours / theirs:.2f}"
