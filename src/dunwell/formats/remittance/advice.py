"""A remittance advice: the documents a payer says it pays with one payment."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.money import from_minor
from dunwell.formats.bank.statement import StatementFinding


@dataclass(frozen=True, kw_only=True, slots=True)
class AdviceLine:
    """One document, or an adjustment without one (`item_ref` empty).

    `amount_minor` is what is paid on it (a credit note or deduction < 0), None where the payer
    names the document only. `gross_minor` is what it was issued for; discount and deduction > 0
    lower it. `memo` is the payer's own text.
    """

    item_ref: str
    amount_minor: int | None
    currency: str
    memo: str = ""
    gross_minor: int | None = None
    discount_minor: int | None = None
    deduction_minor: int | None = None
    place: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """One advice; `references` are the payer's own (payment, cheque, wire) and structured ones.

    `payment_id` and `remittance_id` are set where a file tells them. `total_minor` is the sum
    the payer states, None where it states none.
    """

    lines: tuple[AdviceLine, ...]
    payer: str = ""
    total_minor: int | None = None
    references: tuple[str, ...] = ()
    currency: str = ""
    paid_on: date | None = None
    remittance_id: str = ""
    payment_id: str = ""
    place: str = ""
    findings: tuple[StatementFinding, ...] = ()


def sum_findings(advice: Advice) -> tuple[StatementFinding, ...]:
    """Return a finding where the lines of an advice make another sum than its stated total.

    Nothing is said where a line has no amount, or the lines are in several currencies.
    """
    amounts = [line.amount_minor for line in advice.lines]
    told = [amount for amount in amounts if amount is not None]
    currencies = {line.currency for line in advice.lines} | {advice.currency}
    if advice.total_minor is None or len(told) < len(amounts) or len(currencies) > 1 or not told:
        return ()
    if sum(told) == advice.total_minor:
        return ()
    currency = advice.currency
    return (
        StatementFinding(
            code="advice_sum",
            place=advice.place,
            reason=f"the lines make {from_minor(sum(told), currency)} {currency}, the advice "
            f"states {from_minor(advice.total_minor, currency)} {currency}",
        ),
    )
