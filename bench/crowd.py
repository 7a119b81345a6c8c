"""Many people at once: staff at their desks and debtors in the portal, for minutes, from a server.

Each has a browser of its own: a kept connection, cookies, a form's token, the address a proxy
tells of it. They look, think, look again and now and then write; what they do is seeded, when an
answer comes is not. Asked for by name (`--only crowd`). A request that waits is told with its
waiting: p95 counts from sending to the last byte.
"""

import http.client
import os
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic, perf_counter, sleep
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from bench.cost import Meter, peak_of, server_cpu_s
from bench.desk import the_company
from bench.measures import Result
from bench.pages import latencies, quantile, sample_customers, seated
from bench.serving import serving
from bench.workload import Workload
from dunwell.models import (
    Customer,
    Event,
    Membership,
    OpenItem,
    Role,
    User,
)
from dunwell.queries.link_tokens import fresh_nonce

MINUTES = float(os.environ.get("BENCH_CROWD_MINUTES", "10"))
STAFF = int(os.environ.get("BENCH_CROWD_STAFF", "50"))
DEBTORS = int(os.environ.get("BENCH_CROWD_DEBTORS", "500"))
THINK = float(os.environ.get("BENCH_CROWD_THINK", "1"))
STAFF_THINK_S, DEBTOR_THINK_S = 10.0 * THINK, 30.0 * THINK
"""How long they look at a page on average, seconds; now and then much shorter or longer."""
LONGEST_THINK = 4
STACK_BYTES = 256 * 1024
REFUSED, MOVED = 400, 300
ITEMS_KNOWN = 3
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="(key)" value="([^"]*)"')


@dataclass(slots=True)
class Seen:
    """What one person's browser met: moments and milliseconds by page, and what was refused."""

    times: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    written: int = 0


class Browser:
    """One person's browser: cookies and a connection that is kept."""

    def __init__(self, port: int, session: str, address: str) -> None:
        """Begin with somebody's session, from an address of their own."""
        self.cookies = {"__Host-session": session}
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {
            "Accept-Encoding": "identity",
            "Origin": f"https://127.0.0.1:{port}",
            "X-Forwarded-For": address,
            "X-Forwarded-Proto": "https",
        }
        self.seen = Seen()

    def get(self, name: str, path: str) -> str:
        """Return the text of a page."""
        return self._asked(name, "GET", path, "")

    def write(self, name: str, path: str, **told: str) -> None:
        """Open a form, fill it in and send it; follow to where it leads."""
        form = self.get(f"{name} form", path)
        found = TOKEN.search(form)
        if found is None:
            self.seen.wrong[f"{name}: no form"] += 1
            return
        fields = dict(HIDDEN.findall(form)) | told | {"csrfmiddlewaretoken": found.group(1)}
        if there := self._asked(name, "POST", path, urlencode(fields)):
            self.seen.written += 1
            self.get(f"after {name}", there)

    def _asked(self, name: str, method: str, path: str, body: str) -> str:
        """Return the page, or where a sent form leads to; nothing for what was refused."""
        headers = self.headers | {
            "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        }
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begin = perf_counter()
        try:
            answer = self._answered(method, path, body, headers)
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.seen.wrong[f"{name}: {type(error).__name__}"] += 1
            self.line.close()
            return ""
        took_ms = (perf_counter() - begin) * 1000
        self.seen.times.setdefault(name, []).append((begin, took_ms))
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            key, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[key] = value
        if answer.status >= REFUSED or (answer.status >= MOVED) != (method == "POST"):
            self.seen.wrong[f"{name}: {answer.status}"] += 1
            return ""
        return answer.headers["Location"] if answer.status >= MOVED else text

    def _answered(
        self, method: str, path: str, body: str, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        """Ask on the kept connection; one that the server ended as idle is opened anew."""
        is_kept = self.line.sock is not None
        try:
            self.line.request(method, path, body or None, headers)
            return self.line.getresponse()
        except (ConnectionError, http.client.RemoteDisconnected):
            # nothing came back on a line that was idle: a browser asks again, once
            if not is_kept:
                raise
            self.line.close()
        self.line.request(method, path, body or None, headers)
        return self.line.getresponse()


Act = Callable[[Browser], object]
Habit = Sequence[tuple[int, Act]]
"""What a person does, and how often among all they do."""


def look(name: str, path: str) -> Act:
    """Return the act of opening a page."""
    return lambda browser: browser.get(name, path)


def staff_habit(customers: Sequence[int], items: Sequence[tuple[int, str]]) -> Iterator[Habit]:
    """Yield what members of staff do, each with customers and items of their own."""
    chance = random.Random(11)  # noqa: S311  a sample, not a secret

    while True:
        one, two = chance.choices(customers, k=2)
        item, number = chance.choice(items)
        yield (
            (20, look("worklist", f"{reverse('worklist')}?show=all")),
            (10, look("home", reverse("home"))),
            (25, look("customer", reverse("customer", args=[one]))),
            (10, look("customer", reverse("customer", args=[two]))),
            (10, look("item", reverse("item", args=[item]))),
            (10, look("items", f"{reverse('items')}?scope=overdue")),
            (8, look("search", f"{reverse('search')}?q={number}")),
            (4, _note(one)),
            (3, _call(two)),
        )


def _note(customer: int) -> Act:
    path = reverse("note-add", args=[customer])
    return lambda browser: browser.write("note", path, kind="note", text="Asked again.")


def _call(customer: int) -> Act:
    path = reverse("call-add", args=[customer])
    return lambda browser: browser.write("call", path, result="no_answer", step="none", text="")


def debtor_habit(items: Sequence[int]) -> Habit:
    """Return what a debtor does who owes these items."""
    return (
        (20, look("portal home", reverse("portal-home"))),
        (20, look("portal items", reverse("portal-items"))),
        *((7, look("portal item", reverse("portal-item", args=[item]))) for item in items),
        (10, look("portal statement", reverse("portal-statement"))),
        (8, look("portal pay", reverse("portal-pay"))),
        (6, look("portal documents", reverse("portal-documents"))),
        (5, look("portal receipts", reverse("portal-receipts"))),
        (5, look("portal arrangements", reverse("portal-arrangements"))),
        (3, look("portal messages", reverse("portal-messages"))),
        (2, _message),
    )


def _message(browser: Browser) -> None:
    path = reverse("portal-message-new")
    text = "Please send me the order number of this invoice."
    browser.write("portal message", path, subject="Order number", text=text)


def _lived(browser: Browser, habit: Habit, think_s: float, seed: int, ends: float) -> Seen:
    """Look, think, look again until the end; return what was seen."""
    chance = random.Random(seed)  # noqa: S311  a sample, not a secret
    weights, acts = zip(*habit, strict=True)
    while True:
        # the first look as any later one: people are there already, and think when it begins
        pause = min(chance.expovariate(1 / think_s), LONGEST_THINK * think_s)
        sleep(max(min(pause, ends - monotonic()), 0))
        if monotonic() >= ends:
            break
        chance.choices(acts, weights)[0](browser)
    browser.line.close()
    return browser.seen


def _staff_sessions() -> list[str]:
    """Return the sessions of so many members of staff, made for this."""
    company, found = the_company(), []
    for number in range(STAFF):
        user, is_new = User.objects.get_or_create(
            username=f"crowd{number}", email=f"crowd{number}@bench.example"
        )
        if is_new:
            Membership.objects.create(company=company, user=user, role=Role.COLLECTOR)
        client = Client()
        client.force_login(user)
        found.append(str(client.session.session_key))
    return found


def _debtor_sessions() -> list[tuple[str, list[int]]]:
    """Return the sessions of debtors, the largest ten among them, each with items they owe."""
    company, run = the_company(), fresh_nonce()[:8]
    known = dict.fromkeys(sample_customers())
    owing = OpenItem.objects.filter(company=company, open_minor__gt=0)
    more = owing.order_by("customer_id").values_list("customer_id", flat=True).distinct()
    keys = [*known, *(key for key in more[: DEBTORS * 2] if key not in known)][:DEBTORS]
    customers = Customer.objects.select_related("company").in_bulk(keys)
    found = []
    for key in keys:
        client = seated(customers[key], email=f"{run}-{key}@bench.example")
        own = owing.filter(customer_id=key).values_list("item_id", flat=True)
        found.append((str(client.session.session_key), list(own[:ITEMS_KNOWN])))
    return found


def crowd(load: Workload) -> Result:
    """Let staff and debtors work at once; the cost is that of one request, p50 and p95 in ms.

    Of the counts, p95 is told by page and by minute, of which the first ones are those of a server
    that has just started; problems are requests that were refused or broke off, and messages of
    debtors that were not kept.
    """
    company = the_company()
    rows = OpenItem.objects.filter(company=company, open_minor__gt=0).order_by("-item_id")
    items = list(rows.values_list("item_id", "item__number")[:500])
    habits = staff_habit(sample_customers(), items)
    people = [(session, next(habits), STAFF_THINK_S) for session in _staff_sessions()]
    people += [(key, debtor_habit(own), DEBTOR_THINK_S) for key, own in _debtor_sessions()]
    before = Event.objects.filter(company=company).count()
    with serving(workers=os.cpu_count() or 1, is_behind_proxy=True) as (port, pid):
        threading.stack_size(STACK_BYTES)
        begun, ends = server_cpu_s(pid), monotonic() + MINUTES * 60
        start = perf_counter()
        with Meter() as meter, ThreadPoolExecutor(len(people)) as pool:
            lives = [
                pool.submit(
                    _lived,
                    Browser(port, session, f"10.0.{place // 250}.{place % 250 + 1}"),
                    habit,
                    think_s,
                    place,
                    ends,
                )
                for place, (session, habit, think_s) in enumerate(people)
            ]
            seen = [one.result() for one in lives]
        cost = meter.cost()
        cost["cpu_s"] = server_cpu_s(pid) - begun + cost["server_cpu_s"]
        cost["rss_mb"] = peak_of(pid)
    events = Event.objects.filter(company=company).count() - before
    return _told(cost, seen, events, load, start=start)


def _told(
    cost: dict[str, float], seen: Sequence[Seen], events: int, load: Workload, *, start: float
) -> Result:
    by_page: dict[str, list[float]] = {}
    by_minute: dict[int, list[float]] = {}
    wrong: Counter[str] = Counter()
    for one in seen:
        wrong += one.wrong
        for name, times in one.times.items():
            by_page.setdefault(name, []).extend(took for _, took in times)
            for at, took in times:
                by_minute.setdefault(int((at - start) // 60), []).append(took)
    every = [took for times in by_page.values() for took in times]
    rate = len(every) / cost["wall_s"]
    result = Result(latencies(cost, every, [cost["cpu_s"] * 1000 / len(every)]))
    result.cost["requests_per_s"] = round(rate, 1)
    result.expect("wrong_answers", dict(wrong), {})
    result.expect("all_was_kept", events >= sum(one.written for one in seen), True)  # noqa: FBT003
    p95 = {name: round(quantile(ms, 0.95)) for name, ms in sorted(by_page.items())}
    result.counts |= {
        "p95_by_page": p95,
        "p95_by_minute": [round(quantile(ms, 0.95)) for _, ms in sorted(by_minute.items())],
        "requests": len(every),
        "written": sum(one.written for one in seen),
        "staff": STAFF,
        "debtors": DEBTORS,
        "minutes": MINUTES,
        "items": load.size,
    }
    return result


MEASURES: dict[str, Callable[[Workload], Result]] = {"crowd": crowd}
"""Asked for by name: ten minutes are longer than the rest of a session."""
