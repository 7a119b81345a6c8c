"""The contacts of a day as levels and previews show them: worked out once for a large book.

A large book takes seconds, so a page begins the work in the background and shows how far it is;
what was worked out is kept in this process until anything is recorded, and a few minutes at most.
A small book is worked out where it is asked for, as before.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from dunwell import clock
from dunwell.engine.strategy import StrategyError
from dunwell.jobs.background import begin
from dunwell.models import ChainHead, Company, OpenItem
from dunwell.queries.dry_run import plan_under
from dunwell.queries.reminders import ContactPlan

T = TypeVar("T")
log = logging.getLogger(__name__)

LARGE = 10_000
"""Open items from which the work is done in the background: about a second of it."""

ITEMS_PER_SECOND = 25_000
"""What a small machine gets done, for the estimate of how far it is; never shown as finished."""

KEPT = timedelta(minutes=5)
MOST_KEPT = 3
"""Plans are as large as the book, so few are kept, and not for long."""
MOST_TOLD = 40
"""Choices of contacts that are kept with a plan."""

FAILED = "The contacts of the day could not be worked out; what happened is in the server's log."


@dataclass(frozen=True, kw_only=True, slots=True)
class DayPlan:
    """What was worked out: the plan, None for a version that is not the company's, or an error."""

    plan: ContactPlan | None
    error: str = ""
    _told: OrderedDict[Hashable, Any] = field(
        default_factory=OrderedDict, compare=False, repr=False
    )

    def once(self, asked: Hashable, work: Callable[[], T]) -> T:
        """Return what `work` makes of the plan, made once for each thing asked."""
        with _guard:
            if asked in self._told:
                return self._told[asked]  # type: ignore[no-any-return]  # under what was asked
        made = work()
        with _guard:
            self._told[asked] = made
            while len(self._told) > MOST_TOLD:
                self._told.popitem(last=False)
        return made


@dataclass(frozen=True, kw_only=True, slots=True)
class DayPlanProgress:
    """A plan that is being worked out: since when, and how far by the number of open items."""

    items: int
    seconds: int
    percent: int


Key = tuple[int, date, int | None, tuple[tuple[int, int], ...]]
_made: OrderedDict[Key, tuple[datetime, DayPlan]] = OrderedDict()
_begun: dict[Key, datetime] = {}
_guard = threading.Lock()


def day_plan(
    company: Company, *, as_of: date, version_id: int | None = None
) -> DayPlan | DayPlanProgress:
    """Return the contacts of a day, at once for a small book, else once they are worked out.

    Until then how far it is; asking again begins it anew where the process that did it died.
    """
    if not is_large(company):
        return worked_out(company, as_of=as_of, version_id=version_id)
    key = _key(company, as_of, version_id)
    if (found := _kept(key)) is not None:
        return found
    now = clock.now()
    with _guard:
        since = _begun.setdefault(key, now)
    begin(partial(_work, company.pk, key), key=f"day plan {key}")
    if (found := _kept(key)) is not None:
        return found
    items = OpenItem.objects.filter(company=company).count()
    seconds = max(int((now - since).total_seconds()), 0)
    done = 100 * seconds * ITEMS_PER_SECOND // max(items, 1)
    return DayPlanProgress(items=items, seconds=seconds, percent=min(done, 95))


def worked_out(company: Company, *, as_of: date, version_id: int | None = None) -> DayPlan:
    """Return the contacts of a day however long it takes: what is kept, or worked out now."""
    if not is_large(company):
        return _plan(company, as_of=as_of, version_id=version_id)
    key = _key(company, as_of, version_id)
    found = _kept(key)
    if found is None:
        found = _plan(company, as_of=as_of, version_id=version_id)
        _keep(key, found)
    return found


def is_large(company: Company) -> bool:
    """Return whether the book has so many open items that a page would make people wait."""
    return OpenItem.objects.filter(company=company).values("pk")[LARGE : LARGE + 1].exists()


def _work(company_id: int, key: Key) -> None:
    _, as_of, version_id, _ = key
    try:
        found = _plan(Company.objects.get(pk=company_id), as_of=as_of, version_id=version_id)
    except Exception:
        log.exception("the contacts of a day could not be worked out")
        found = DayPlan(plan=None, error=FAILED)
    _keep(key, found)


def _plan(company: Company, *, as_of: date, version_id: int | None) -> DayPlan:
    try:
        return DayPlan(plan=plan_under(company, as_of=as_of, version_id=version_id))
    except StrategyError as refusal:
        return DayPlan(plan=None, error=str(refusal))


def _key(company: Company, as_of: date, version_id: int | None) -> Key:
    """Return what a plan stands for: whatever is recorded, in any company, makes another key."""
    heads = tuple(ChainHead.objects.order_by("company_id").values_list("company_id", "seq"))
    return company.pk, as_of, version_id, heads


def _kept(key: Key) -> DayPlan | None:
    with _guard:
        for old in [one for one, (at, _) in _made.items() if clock.now() - at > KEPT]:
            del _made[old]
        found = _made.get(key)
        return None if found is None else found[1]


def _keep(key: Key, found: DayPlan) -> None:
    with _guard:
        _begun.pop(key, None)
        _made[key] = (clock.now(), found)
        while len(_made) > MOST_KEPT:
            _made.popitem(last=False)
