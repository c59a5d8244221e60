"""The measurements on PostgreSQL: the same pages and saves, and a mixed load from many people.

It starts a PostgreSQL of its own, which nothing else can reach, and asserts nothing.
"""

import argparse
import logging
import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median, quantiles
from time import monotonic

import django

from .cluster import NoPostgres, cluster
from .server import UnexpectedAnswer, Visitor, serving

COUNCILS, PEOPLE = 300, 8  # people are members of each council
SERVERS, AT_ONCE = 2, 16
# What people do, by how often: mostly they read.
MIX = {"plan home": 20, "stage page": 20, "step page": 25, "for you": 15, "status": 15, "answer": 5}


def measure(url, *, quick):
    from . import measure as on_sqlite
    from . import seed
    from .pages import Owner

    effort = on_sqlite.QUICK if quick else on_sqlite.FULL
    councils, seconds = (30, 5) if quick else (COUNCILS, 30)
    print(f"\nMaking {councils} councils on PostgreSQL …", flush=True)
    seed.start()
    numbers = range(1, councils + 1)
    seed.grow(numbers)
    seed.add_people(numbers, PEOPLE)
    owners = [Owner(number, Visitor) for number in numbers[: on_sqlite.CONNECTIONS]]
    queries = on_sqlite.queries_of(owners[0])
    with serving(url) as address:
        on_sqlite.warm_up(owners, address)
        owner = owners[0]
        sizes = {name: owner.size(address, name) for name in (*owner.pages, *owner.lists)}
        calls = {name: partial(owner.page, address, name) for name in sizes}
        calls |= {
            (name, "bare"): partial(owner.bare_page, address, size) for name, size in sizes.items()
        }
        calls |= {
            "status": partial(owner.save_status, address),
            "answer": partial(owner.save_answer, address),
            "bare save": partial(owner.bare_save, address),
        }
        taken = on_sqlite.take_turns(calls, turns=effort.turns, until=monotonic() + 60)
        throughputs = on_sqlite.throughputs_of(owners, address, effort)
    bare = {name: taken[name, "bare"] for name in sizes}
    on_sqlite.tell_pages(f"(f) Pages, PostgreSQL, {councils} plans", taken, bare, sizes, queries)
    title = f"(g) Saves, PostgreSQL, {councils} plans"
    on_sqlite.tell_saves(title, taken, taken["bare save"], throughputs, queries)
    _load(url, [(number, nth) for number in numbers for nth in range(PEOPLE)], seconds)


def _load(url, people, seconds):
    """Print what people at two servers meet when 16 of them ask at once, all the time."""
    from .pages import Owner

    everyone = [Owner(number, Visitor, nth, one_database=True) for number, nth in people]
    shares = [everyone[n::AT_ONCE] for n in range(AT_ONCE)]
    with serving(url) as first, serving(url) as second:
        servers = [first, second]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            until = monotonic() + 3  # before anything counts
            list(pool.map(lambda n: _visit(shares[n], servers, n, until), range(AT_ONCE)))
            started = monotonic()
            until = started + seconds
            work = pool.map(lambda n: _visit(shares[n], servers, n, until), range(AT_ONCE))
            seen = [each for part in work for each in part]
            lasted = monotonic() - started
    councils = len({number for number, _ in people})
    print(
        f"\n(h) {councils} councils, {len(people):,} people, {SERVERS} servers, {AT_ONCE} requests "
        f"at once: {len(seen)} requests, {len(seen) / lasted:.0f} a second"
    )
    for what in MIX:
        times = [each for name, each, failed in seen if name == what and not failed]
        errors = sum(failed for name, _, failed in seen if name == what)
        p50, p95 = median(times), quantiles(times, n=20)[-1]
        print(
            f"    {what:24}{len(times):6} answered, {errors} errors   median {p50 * 1000:.0f} ms   "
            f"95th percentile {p95 * 1000:.0f} ms, {p95 / p50:.1f} times as long (aim <= 4)"
        )


def _visit(people, servers, seed, until):
    """Ask as these people until then; gives (what, seconds, whether it failed) of each request."""
    chance = random.Random(seed)
    seen = []
    while monotonic() < until:
        person, address = chance.choice(people), chance.choice(servers)
        (what,) = chance.choices(list(MIX), weights=MIX.values())
        started = monotonic()
        try:
            if what in ("status", "answer"):
                save = person.save_status if what == "status" else person.save_answer
                save(address)
            else:
                person.page(address, what)
        except (UnexpectedAnswer, OSError):
            seen.append((what, monotonic() - started, True))
        else:
            seen.append((what, monotonic() - started, False))
    return seen


def main():
    parser = argparse.ArgumentParser(prog="bench.on_postgres", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer councils and fewer turns")
    quick = parser.parse_args().quick
    try:
        with cluster() as url:
            os.environ.update(
                DJANGO_SETTINGS_MODULE="bench.settings", DATABASE_URL=url, PRODUCTION="0", DEBUG="0"
            )
            django.setup()
            logging.disable(logging.INFO)
            try:
                measure(url, quick=quick)
            finally:
                django.db.connections.close_all()
    except NoPostgres:
        print("\n(f) PostgreSQL is not installed: not measured.")
    except (UnexpectedAnswer, TimeoutError) as error:
        sys.exit(f"Not measured: {error}")


if __name__ == "__main__":
    main()
