"""Pages and the API as several people and programs ask for them at once, from a real server.

`dunwell serve` (granian) runs in a process of its own on loopback; clients keep their connections
and ask one request after another. The CPU told is the server's and the database's, per request.
While the API is asked, one more client writes notes all the time: credit checks must not wait
for it.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC
from itertools import cycle, islice
from pathlib import Path
from threading import Event
from time import monotonic, perf_counter, sleep

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse

from bench.cost import Meter, peak_of, server_cpu_s
from bench.desk import PERSON, the_company
from bench.measures import Result
from bench.pages import OK, REQUESTS, latencies, quantile, sample_customers
from bench.workload import Workload
from dunwell import clock
from dunwell.actions.gate import staff
from dunwell.actions.users import make_api_token
from dunwell.models import Membership, Note

CLIENTS = 4
START_SECONDS = 120
CREATED = 201
RIGHTS = ("ledger.view", "order.check", "note.record")
FIXED_DAY = Path(__file__).parent / "fixed_day"
Ask = tuple[str, str, str, bytes]
"""What it is, method, path, body."""


@dataclass(slots=True)
class Told:
    """What the clients saw: milliseconds per request by what it is, and wrong answers."""

    times: dict[str, list[float]] = field(default_factory=dict)
    wrong: set[int] = field(default_factory=set)
    bytes: int = 0


@contextmanager
def serving(*, workers: int = 1, is_behind_proxy: bool = False) -> Iterator[tuple[int, int]]:
    """Serve the database of this process; yield the port and the server's process id.

    Behind a proxy its requests have to say that they came by HTTPS, and may say from where.
    """
    connection.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "BENCH_BEGINS": clock.now().astimezone(UTC).replace(tzinfo=None).isoformat(),
        "PYTHONPATH": os.pathsep.join((str(FIXED_DAY), *sys.path[:1], str(Path.cwd()))),
        "DJANGO_SETTINGS_MODULE": "dunwell.settings",
        **({"DUNWELL_HTTPS": "1"} if is_behind_proxy else {}),
    }
    command = [sys.executable, "-W", "ignore", "-m", "django", "serve", "--port", str(port)]
    command += ["--workers", str(workers)]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)  # noqa: S603  our own
    try:
        _wait(port, server)
        yield port, server.pid
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=10)
        if server.poll() is None:
            server.kill()
            server.wait()


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Return once the server says that it is ready, as a proxy would ask before it sends anybody.

    The socket listens from the start, while the workers have yet to load what they serve.
    """
    ends = monotonic() + START_SECONDS
    while monotonic() < ends and server.poll() is None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
        with suppress(OSError, http.client.HTTPException):
            line.request("GET", "/ready/", headers={"X-Forwarded-Proto": "https"})
            if line.getresponse().status == OK:
                line.close()
                return
        line.close()
        sleep(0.1)
    raise SystemExit("bench: the server did not start")


def _asked(port: int, asks: Sequence[Ask], headers: dict[str, str], told: Told) -> None:
    """Ask one request after the other on one connection."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for name, method, path, body in asks:
        begin = perf_counter()
        line.request(method, path, body or None, headers)
        answer = line.getresponse()
        told.bytes += len(answer.read())
        took = (perf_counter() - begin) * 1000
        told.times.setdefault(name, []).append(took)
        if answer.status not in (OK, CREATED):
            told.wrong.add(answer.status)
    line.close()


def _together(
    port: int, pid: int, asks: Sequence[Ask], headers: dict[str, str], *, clients: int
) -> tuple[dict[str, float], Told]:
    """Ask by several clients at once; return the cost of one request, and what they saw."""
    told = Told()
    _asked(port, asks[:CLIENTS], headers, Told())
    share = [asks[n::clients] for n in range(clients)]
    before = server_cpu_s(pid)
    with Meter() as meter, ThreadPoolExecutor(clients) as pool:
        list(pool.map(lambda some: _asked(port, some, headers, told), share))
    cost = meter.cost()
    cost["cpu_s"] = server_cpu_s(pid) - before + cost["server_cpu_s"]
    cost["rss_mb"] = peak_of(pid)
    every = [took for times in told.times.values() for took in times]
    rate = len(every) / cost["wall_s"]
    cost = latencies(cost, every, [cost["cpu_s"] * 1000 / len(every)])
    cost["requests_per_s"] = round(rate, 1)
    return cost, told


def pages_busy(load: Workload) -> Result:
    """Ask for worklist, home, items and customers by four people at once."""
    client = Client()
    client.force_login(get_user_model().objects.get(username=PERSON))
    cookie = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
    customers = (reverse("customer", args=[key]) for key in cycle(sample_customers()))
    paths = cycle((f"{reverse('worklist')}?show=all", reverse("home"), reverse("items"), ""))
    asks = [
        ("page", "GET", path or next(customers), b"")
        for path in islice(paths, max(REQUESTS, CLIENTS))
    ]
    with serving() as (port, pid):
        cost, told = _together(port, pid, asks, {"Cookie": cookie}, clients=CLIENTS)
    result = Result(cost)
    result.expect("wrong_answers", sorted(told.wrong), [])
    result.counts |= {"requests": len(asks), "clients": CLIENTS, "items": load.size}
    return result


def api_busy(load: Workload) -> Result:
    """Ask the API by four programs at once while one more writes: lists, cards, credit checks."""
    keys = sample_customers()
    asks = [one for n in range(max(REQUESTS, CLIENTS) // CLIENTS) for one in _round(keys, n)]
    result, told = _while_writing(load, asks, about=keys[0], clients=CLIENTS)
    checks = told.times["check"]
    result.cost["check_p50_ms"] = quantile(checks, 0.5)
    result.cost["check_p95_ms"] = quantile(checks, 0.95)
    return result


def api_check(load: Workload) -> Result:
    """Ask credit checks over HTTP one after the other while a second program writes."""
    keys = sample_customers()
    asks = [_round(keys, n)[-1] for n in range(REQUESTS)]
    result, _told = _while_writing(load, asks, about=keys[0], clients=1)
    return result


def _while_writing(
    load: Workload, asks: Sequence[Ask], *, about: int, clients: int
) -> tuple[Result, Told]:
    """Ask while one more client writes notes about a customer."""
    company, at = the_company(), clock.now().astimezone(UTC)
    person = Membership.objects.filter(company=company, user__username=PERSON)[0].user
    token = make_api_token(
        actor=staff(person, company), name=f"bench of {clients}", rights=RIGHTS, days=None, at=at
    )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    note = json.dumps({"kind": "note", "text": "bench"}).encode()
    path = f"/api/v1/customers/{about}/notes"
    before = Note.objects.filter(company=company).count()
    with serving() as (port, pid), ThreadPoolExecutor(1) as pool:
        is_over, written = Event(), Told()
        writing = pool.submit(
            _write_on, port, (f"note-{clients}", "POST", path, note), headers, is_over, written
        )
        cost, told = _together(port, pid, asks, headers, clients=clients)
        is_over.set()
        writing.result()
    result = Result(cost)
    result.expect("wrong_answers", sorted(told.wrong | written.wrong), [])
    notes = sum(map(len, written.times.values()))
    added = Note.objects.filter(company=company).count() - before
    result.expect("notes", added, notes)
    result.counts |= {"requests": len(asks), "clients": clients, "items": load.size}
    return result, told


def _round(keys: Sequence[int], n: int) -> list[Ask]:
    """Return one round of requests about one customer."""
    key = keys[n % len(keys)]
    order = {
        "customer_id": key,
        "number": f"BENCH-{key}",
        "currency": "EUR",
        "amount_minor": 100_000,
        "commit": False,
    }
    return [
        ("items", "GET", f"/api/v1/items?customer_id={key}", b""),
        ("customer", "GET", f"/api/v1/customers/{key}", b""),
        ("worklist", "GET", "/api/v1/worklist", b""),
        ("check", "POST", "/api/v1/credit-checks", json.dumps(order).encode()),
    ]


def _write_on(port: int, ask: Ask, headers: dict[str, str], is_over: Event, told: Told) -> None:
    """Write one note after the other until told to stop."""
    turn = 0
    while not is_over.is_set():
        _asked(port, [ask], {**headers, "Idempotency-Key": f"{ask[0]}-{turn}"}, told)
        turn += 1


MEASURES: dict[str, Callable[[Workload], Result]] = {
    "pages_busy": pages_busy,
    "api_busy": api_busy,
    "api_check": api_check,
}
"""By name; they have no floor of their own: the pages' is one statement."""
