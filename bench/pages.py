"""Pages as a signed-in person asks for them, one request after another in one process."""

import os
import random
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from html import unescape
from time import perf_counter, process_time
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from bench.cost import Meter
from bench.desk import PERSON, the_company
from bench.measures import Result
from bench.workload import Workload
from dunwell import clock
from dunwell.engine.aging import BUCKETS
from dunwell.models import Customer, OpenItem, PortalPerson, PortalSeat
from dunwell.queries.link_tokens import fresh_nonce

REQUESTS = int(os.environ.get("BENCH_REQUESTS", "200"))
WARM = 5
OK = 200
VIEWS = min(3, max(REQUESTS // 20, 1))
"""Later requests of each page where every one is asked for."""
FOLLOWS = REQUESTS > WARM * 4
"""Whether links are followed: a quick run asks for the pages that have no key."""
LINK = re.compile(r'href="([/?][^"#]*)"')
SLOW_MS, LONG_MS = 300.0, 1000.0
PORTAL = "/portal/"
NO_PAGES = ("/accounts/", "/api/", "/mcp/", "/metrics/", PORTAL, "/static/")
"""What machines and debtors ask for, and the pages around signing in."""


def sample_customers() -> list[int]:
    """Return customers to look at, the largest ones among them, the same ones every time."""
    company = the_company()
    keys = list(
        Customer.objects.filter(company=company).order_by("pk").values_list("pk", flat=True)
    )
    chance = random.Random(7)  # noqa: S311  a sample, not a secret
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id FROM dunwell_openitem WHERE company_id = %s "
            "GROUP BY customer_id ORDER BY COUNT(*) DESC, customer_id LIMIT 10",
            [company.pk],
        )
        largest = [row[0] for row in cursor.fetchall()]
    return [*largest, *chance.choices(keys, k=REQUESTS - len(largest))]


def _worklist() -> Iterator[str]:
    while True:
        yield f"{reverse('worklist')}?show=all"


def _home() -> Iterator[str]:
    while True:
        yield reverse("home")


def _items() -> Iterator[str]:
    while True:
        for query in ("", "?scope=overdue", "?sort=-open", "?bucket=91%2B", "?currency=EUR"):
            yield f"{reverse('items')}{query}"


def _ageing() -> Iterator[str]:
    """Yield who owes how much how late, and the first page of each bucket."""
    while True:
        yield reverse("customers")
        for bucket in BUCKETS:
            yield f"{reverse('items')}?{urlencode({'bucket': bucket})}"


def _customer() -> Iterator[str]:
    while True:
        for key in sample_customers():
            yield reverse("customer", args=[key])


def _search() -> Iterator[str]:
    company = the_company()
    names = list(
        Customer.objects.filter(company=company)
        .order_by("-pk")
        .values_list("name", flat=True)[:40]
    )
    numbers = list(
        OpenItem.objects.filter(company=company)
        .order_by("-item")
        .values_list("item__number", flat=True)[:40]
    )
    while True:
        for name, number in zip(names, numbers, strict=True):
            yield f"{reverse('search')}?q={name.split()[0]}"
            yield f"{reverse('search')}?q={number}"


def every_address() -> list[str]:
    """Return the address of each page that has one without keys, by address; no files."""

    def walk(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[str]:
        for one in patterns:
            address = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, address)
            elif not set("<(^") & set(address) and (not address or address.endswith("/")):
                yield f"/{address}"

    found = walk(get_resolver().url_patterns, "")
    return sorted({one for one in found if not _is_none(one)})


def _every_page(load: Workload) -> Result:
    """Ask for every page once, and again; the cost is that of a later request, p50 and p95 in ms.

    The staff's, and in the portal those of the customer with most open items. Pages with keys are
    met by their links, one of each route and set of filters. Of the counts `first_p95_ms` is that
    of the first requests, as after something was recorded; `slow` names pages whose later
    requests take more than SLOW_MS, `first_slow` those whose first takes more than LONG_MS.
    """
    client = Client()
    client.force_login(get_user_model().objects.get(username=PERSON))
    client.get(reverse("home"))
    with Meter() as meter:
        first, later, busy = _walked(client, every_address(), lambda one: not _is_none(one))
        for_debtor = _walked(_debtor(), [PORTAL], lambda one: one.startswith(PORTAL))
    first |= for_debtor[0]
    later |= for_debtor[1]
    busy += for_debtor[2]
    times = [ms for views in later.values() for ms in views]
    result = Result(latencies(meter.cost(), times, busy))
    result.counts |= {
        "first_p95_ms": quantile(list(first.values()), 0.95),
        "pages": len(first),
        "slow": {
            one: round(quantile(ms, 0.5))
            for one, ms in later.items()
            if quantile(ms, 0.5) > SLOW_MS
        },
        "first_slow": {one: round(ms) for one, ms in first.items() if ms > LONG_MS},
        "items": load.size,
    }
    return result


def _is_none(address: str) -> bool:
    return address.startswith(NO_PAGES)


def _debtor() -> Client:
    """Return the browser of somebody in the portal for the customer with most open items."""
    customer = Customer.objects.get(pk=sample_customers()[0])
    return seated(customer, email="debtor@bench.example")


def seated(customer: Customer, *, email: str) -> Client:
    """Return a browser of somebody who is in the portal for a customer."""
    person = PortalPerson.objects.create(
        email=email,
        name="Debtor",
        session_nonce=fresh_nonce(),
        recorded_at=clock.now(),
    )
    seat = PortalSeat.objects.create(
        company=customer.company,
        customer=customer,
        person=person,
        role="manager",
        invited_by=PERSON,
        recorded_at=clock.now(),
    )
    client = Client()
    session = client.session
    session["portal"] = {"seat": seat.pk, "nonce": person.session_nonce}
    session.save()
    return client


def _walked(
    client: Client, begin_at: Iterable[str], is_theirs: Callable[[str], bool]
) -> tuple[dict[str, float], dict[str, list[float]], list[float]]:
    """Return in how many ms each page was answered first, and later; and the CPU ms of these.

    Links to pages that are theirs are followed unless the run is a quick one. A page is asked for
    again at once: what is kept for it is not kept for ever.
    """
    waiting = deque(begin_at)
    met = {_route(address) for address in waiting}
    first: dict[str, float] = {}
    later: dict[str, list[float]] = {}
    busy: list[float] = []
    while waiting:
        address = waiting.popleft()
        begin = perf_counter()
        answer = client.get(address)
        taken = (perf_counter() - begin) * 1000
        if answer.status_code != OK or not answer["Content-Type"].startswith("text/html"):
            continue
        first[address] = taken
        for _ in range(VIEWS):
            begin, begin_cpu = perf_counter(), process_time()
            answer = client.get(address)
            later.setdefault(address, []).append((perf_counter() - begin) * 1000)
            busy.append((process_time() - begin_cpu) * 1000)
        if not FOLLOWS:
            continue
        for link in LINK.findall(answer.content.decode()):
            there = urljoin(address, unescape(link))
            route = _route(there)
            if route is not None and route not in met and is_theirs(there):
                met.add(route)
                waiting.append(there)
    return first, later, busy


def _route(address: str) -> tuple[str, frozenset[str]] | None:
    """Return the route of an address and by what it filters; None for a file or another site."""
    told = urlsplit(address)
    try:
        found = resolve(told.path)
    except Resolver404:
        return None
    # the address of a page ends so, that of a file with its kind
    is_page = told.path.endswith("/")
    return (found.route, frozenset(parse_qs(told.query))) if is_page else None


def _page(load: Workload, *, of: Callable[[], Iterator[str]]) -> Result:
    """Ask for a page many times; the cost is that of one request, p50 and p95 in ms.

    `cpu_p95_ms` leaves out the waiting, and on PostgreSQL the server's own work.
    """
    client = Client()
    client.force_login(get_user_model().objects.get(username=PERSON))
    addresses = of()
    for _ in range(WARM):
        client.get(next(addresses))
    times: list[float] = []
    busy: list[float] = []
    wrong: set[int] = set()
    size = 0
    with Meter() as meter:
        for _ in range(REQUESTS):
            begin, begin_cpu = perf_counter(), process_time()
            answer = client.get(next(addresses))
            times.append((perf_counter() - begin) * 1000)
            busy.append((process_time() - begin_cpu) * 1000)
            size += len(answer.content)
            if answer.status_code != OK:
                wrong.add(answer.status_code)
    result = Result(latencies(meter.cost(), times, busy))
    result.expect("wrong_answers", sorted(wrong), [])
    result.counts |= {"requests": REQUESTS, "bytes": size // REQUESTS, "items": load.size}
    return result


def latencies(
    cost: dict[str, float], times: Sequence[float], busy: Sequence[float]
) -> dict[str, float]:
    """Return the cost of one request of many; p50 and p95 of the wall and of the CPU in ms."""
    for part in ("cpu_s", "server_cpu_s", "wall_s"):
        cost[part] = round(cost[part] / len(times), 5)
    cost |= {"p50_ms": quantile(times, 0.5), "p95_ms": quantile(times, 0.95)}
    # on a machine with other work the wall says little; what the process itself was busy does
    return cost | {"cpu_p50_ms": quantile(busy, 0.5), "cpu_p95_ms": quantile(busy, 0.95)}


def quantile(times: Sequence[float], share: float) -> float:
    """Return what so large a share of some times stays below."""
    return round(sorted(times)[int(len(times) * share)], 1)


PAGES: dict[str, Callable[[Workload], Result]] = {
    "page_worklist": partial(_page, of=_worklist),
    "page_home": partial(_page, of=_home),
    "page_items": partial(_page, of=_items),
    "page_ageing": partial(_page, of=_ageing),
    "page_customer": partial(_page, of=_customer),
    "page_search": partial(_page, of=_search),
    "page_every": _every_page,
}
"""The measure of each page by its name."""
