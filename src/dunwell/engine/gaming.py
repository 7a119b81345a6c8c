"""How targets are reached without the good of them, and what is left when that is taken out.

A check counts cases and names them; it accuses nobody. What it takes out is what the target's
figure would not have without the cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

PPM = 1_000_000
EASY_PPM = 200_000
"""Money of which so little was likely to stay unpaid comes by itself."""
BACKDATED_DAYS = 1
"""A promise may be written down a day after it was made; later it knew what came of it."""
REOPEN_DAYS = 30
"""A dispute about the same item within so many days was not resolved."""
QUICKEST = timedelta(seconds=30)
"""Two conversations by one person within less are no two conversations."""


@dataclass(frozen=True, slots=True)
class Case:
    """One record behind a finding: what it is, its key, its customer, and what it says."""

    kind: str
    id: int
    customer_id: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that found something: `taken_out` in the target's unit, and every case."""

    code: str
    taken_out: int
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a target stands: the figure, the honest part of it, and what the checks found.

    None: nothing can be said yet. `cases` is what the figure counts.
    """

    value: int | None
    honest: int | None
    cases: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money of a customer; `unpaid_ppm` is how likely it was not to come, None where not known."""

    id: int
    customer_id: int
    amount_minor: int
    unpaid_ppm: int | None


@dataclass(frozen=True, slots=True)
class PromiseJudged:
    """A promise whose outcome is known."""

    id: int
    customer_id: int
    made_on: date
    recorded_on: date
    is_kept: bool


@dataclass(frozen=True, slots=True)
class DisputeClosed:
    """A dispute that was closed, and the day the next one about its item was opened, if any."""

    id: int
    customer_id: int
    closed_on: date
    next_on: date | None


@dataclass(frozen=True, slots=True)
class CallMade:
    """A conversation by telephone."""

    id: int
    customer_id: int
    by: str
    at: datetime


def collected(receipts: Sequence[Receipt], written_off_minor: int = 0) -> Standing:
    """Return the money that came; honest without what easy accounts would have paid anyway.

    Write-offs close items too, but are no money: they are named where there are any.
    """
    value = sum(one.amount_minor for one in receipts)
    easy = [one for one in receipts if one.unpaid_ppm is not None and one.unpaid_ppm < EASY_PPM]
    anyway = sum(one.amount_minor * (PPM - (one.unpaid_ppm or 0)) // PPM for one in easy)
    findings = []
    if anyway > 0:
        cases = tuple(
            Case("payment", one.id, one.customer_id, f"{(one.unpaid_ppm or 0) / 10_000:.0f} %")
            for one in easy
        )
        findings.append(Finding("easy_accounts", anyway, cases))
    if written_off_minor > 0:
        findings.append(Finding("written_off", 0, ()))
    return Standing(value, max(value - anyway, 0), len(receipts), tuple(findings))


def promises_kept(promises: Sequence[PromiseJudged]) -> Standing:
    """Return the share of promises that were kept; honest without those written down late."""
    late = [one for one in promises if (one.recorded_on - one.made_on).days > BACKDATED_DAYS]
    ids = {one.id for one in late}
    rest = [one for one in promises if one.id not in ids]
    value = _share(sum(one.is_kept for one in promises), len(promises))
    honest = _share(sum(one.is_kept for one in rest), len(rest))
    cases = tuple(
        Case(
            "promise",
            one.id,
            one.customer_id,
            f"{one.made_on.isoformat()} / {one.recorded_on.isoformat()}",
        )
        for one in late
    )
    findings = (Finding("backdated", _less(value, honest), cases),) if late else ()
    return Standing(value, honest, len(promises), findings)


def promises_honest(promises: Sequence[PromiseJudged]) -> Finding | None:
    """Return the promises that broke, where more broke than were kept."""
    broken = [one for one in promises if not one.is_kept]
    if len(broken) * 2 <= len(promises):
        return None
    cases = tuple(
        Case("promise", one.id, one.customer_id, one.made_on.isoformat()) for one in broken
    )
    return Finding("promises_break", 0, cases)


def disputes_resolved(disputes: Sequence[DisputeClosed]) -> Standing:
    """Return the share of closed disputes that stayed closed; all count as closed in `value`.

    The figure is the share of those closed that did not come again within REOPEN_DAYS: what
    came again is the finding, and is out of the honest part.
    """
    again = [
        one
        for one in disputes
        if one.next_on is not None and 0 <= (one.next_on - one.closed_on).days <= REOPEN_DAYS
    ]
    value = PPM if disputes else None
    honest = _share(len(disputes) - len(again), len(disputes))
    cases = tuple(
        Case("dispute", one.id, one.customer_id, one.closed_on.isoformat()) for one in again
    )
    findings = (Finding("reopened", _less(value, honest), cases),) if again else ()
    return Standing(value, honest, len(disputes), findings)


def quick_calls(calls: Sequence[CallMade]) -> Finding | None:
    """Return conversations that began less than QUICKEST after another one of the same person."""
    last: dict[str, datetime] = {}
    quick = []
    for one in sorted(calls, key=lambda call: (call.by, call.at, call.id)):
        before = last.get(one.by)
        if before is not None and one.at - before < QUICKEST:
            quick.append(one)
        last[one.by] = one.at
    if not quick:
        return None
    cases = tuple(
        Case("contact", one.id, one.customer_id, one.at.isoformat(timespec="seconds"))
        for one in quick
    )
    return Finding("no_length", 0, cases)


def share_standing(good: int, all_: int) -> Standing:
    """Return a share that no check takes anything out of."""
    value = _share(good, all_)
    return Standing(value, value, all_)


def _share(part: int, whole: int) -> int | None:
    return part * PPM // whole if whole else None


def _less(value: int | None, honest: int | None) -> int:
    return max((value or 0) - (honest or 0), 0)
