"""What of providers' payouts does not fit: sums, lines nobody knows, money that did not arrive.

Gross less fees, refunds and chargebacks is what a payout says it sent, every paid checkout is in
one payout, and every payout is on the bank statement. Whatever breaks that is a finding with its
row; nothing is netted away.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

LATE = timedelta(days=5)
"""So long a transfer may be under way before it is missed on the statement."""
OVERDUE = timedelta(days=14)
"""So long a provider may hold money before it is missed in a payout."""

SUM, UNKNOWN, TWICE, AMOUNT, CURRENCY = "sum", "unknown", "twice", "amount", "currency"
NOT_ARRIVED, ARRIVED_OTHER, NOT_PAID_OUT = "not_arrived", "arrived_other", "not_paid_out"
FINDINGS: Mapping[str, str] = {
    SUM: "The lines do not sum to what was sent.",
    UNKNOWN: "This line is about nothing of ours.",
    TWICE: "This money is in two payouts.",
    AMOUNT: "The amount differs from our books.",
    CURRENCY: "The currency differs from our books.",
    NOT_ARRIVED: "The transfer is not on the bank statement.",
    ARRIVED_OTHER: "Another amount arrived at the bank.",
    NOT_PAID_OUT: "The provider still holds this money.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldLine:
    """A line of a payout, in minor units; what went out is below 0."""

    line_id: str
    kind: str
    about: str
    currency: str
    amount_minor: int
    fee_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldPayout:
    """A payout with what the bank says of it; `arrived_minor` is empty while nothing fits."""

    payout_id: str
    currency: str
    net_minor: int
    paid_on: date
    lines: tuple[ToldLine, ...]
    arrived_minor: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OurMoney:
    """Money our books know to be with a provider: in > 0, out < 0; `about` is its id there."""

    about: str
    number: str
    currency: str
    amount_minor: int
    moved_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PayoutFinding:
    """One thing that does not fit: where, and by how much in minor units."""

    code: str
    payout_id: str
    line_id: str
    number: str
    currency: str
    off_by_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PayoutSums:
    """What a payout holds, in minor units: gross less the rest is `net_minor`, or it is told."""

    gross_minor: int
    fee_minor: int
    refund_minor: int
    chargeback_minor: int
    other_minor: int
    net_minor: int

    @property
    def off_by_minor(self) -> int:
        """Return what was sent less what the lines say."""
        parts = self.fee_minor + self.refund_minor + self.chargeback_minor
        return self.net_minor - (self.gross_minor - parts + self.other_minor)


def payout_sums(payout: ToldPayout) -> PayoutSums:
    """Return the parts of a payout; refunds and chargebacks above 0 when they went out.

    A chargeback that was won counts against chargebacks.
    """
    by_kind: Counter[str] = Counter()
    fees = 0
    for line in payout.lines:
        if line.currency != payout.currency:
            continue
        by_kind[line.kind] += line.amount_minor
        fees += line.fee_minor
    return PayoutSums(
        gross_minor=by_kind["payment"],
        fee_minor=fees - by_kind["fee"],
        refund_minor=-by_kind["refund"],
        chargeback_minor=-by_kind["chargeback"] - by_kind["regained"],
        other_minor=by_kind["other"],
        net_minor=payout.net_minor,
    )


def payout_findings(
    payouts: Iterable[ToldPayout], money: Sequence[OurMoney], *, as_of: date
) -> tuple[PayoutFinding, ...]:
    """Return everything of payouts that does not fit the books or the bank, in their order."""
    ours = {(one.about, one.amount_minor > 0): one for one in money}
    seen: dict[tuple[str, bool], str] = {}
    found: list[PayoutFinding] = []
    for payout in payouts:
        found += _of_payout(payout, as_of=as_of)
        for line in payout.lines:
            found += _of_line(payout, line, ours, seen)
    for one in money:
        is_old = one.moved_on + OVERDUE < as_of
        if is_old and one.amount_minor > 0 and (one.about, True) not in seen:
            found.append(
                PayoutFinding(
                    code=NOT_PAID_OUT,
                    payout_id="",
                    line_id="",
                    number=one.number,
                    currency=one.currency,
                    off_by_minor=one.amount_minor,
                )
            )
    return tuple(found)


def _of_payout(payout: ToldPayout, *, as_of: date) -> list[PayoutFinding]:
    whole = PayoutFinding(
        code=SUM,
        payout_id=payout.payout_id,
        line_id="",
        number="",
        currency=payout.currency,
        off_by_minor=payout_sums(payout).off_by_minor,
    )
    found = [whole] if whole.off_by_minor else []
    if payout.arrived_minor is None:
        if payout.paid_on + LATE < as_of:
            found.append(replace(whole, code=NOT_ARRIVED, off_by_minor=payout.net_minor))
    elif payout.arrived_minor != payout.net_minor:
        off = payout.arrived_minor - payout.net_minor
        found.append(replace(whole, code=ARRIVED_OTHER, off_by_minor=off))
    return found


def _of_line(
    payout: ToldPayout,
    line: ToldLine,
    ours: Mapping[tuple[str, bool], OurMoney],
    seen: dict[tuple[str, bool], str],
) -> list[PayoutFinding]:
    finding = PayoutFinding(
        code=UNKNOWN,
        payout_id=payout.payout_id,
        line_id=line.line_id,
        number="",
        currency=line.currency,
        off_by_minor=line.amount_minor,
    )
    if line.currency != payout.currency:
        return [replace(finding, code=CURRENCY)]
    if line.kind == "fee":
        return []
    key = (line.about, line.amount_minor > 0)
    known = ours.get(key)
    if known is None:
        return [finding]
    finding = replace(finding, number=known.number)
    if key in seen:
        return [replace(finding, code=TWICE)]
    seen[key] = line.line_id
    return _of_known(line, known, finding)


def _of_known(line: ToldLine, known: OurMoney, finding: PayoutFinding) -> list[PayoutFinding]:
    """Return what of a line differs from the money it is about."""
    if known.currency != line.currency:
        return [replace(finding, code=CURRENCY)]
    if known.amount_minor != line.amount_minor:
        return [replace(finding, code=AMOUNT, off_by_minor=line.amount_minor - known.amount_minor)]
    return []
