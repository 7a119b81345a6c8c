"""The cases that travel with a cash policy: what somebody states, and what they expect.

Two kinds: a small difference on an item ("five cents are given up"), and a returned debit
("no money: tried again after five days"). This file only reads and checks cases;
`engine.cash_rehearsal` plays them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.return_reasons import RETURN_REASONS

WRITTEN_OFF = "written_off"
ABOVE_ITEM, ABOVE_SHARE, ABOVE_BUDGET = "above_item", "above_share", "above_budget"
DIFFERENCE_ANSWERS = (WRITTEN_OFF, ABOVE_ITEM, ABOVE_SHARE, ABOVE_BUDGET)
"""A difference is written off, or is above `item_minor`, `item_ppm` or `month_minor`."""

LADDER_STEPS = ("retry", "fix", "stop")
"""A returned debit is tried again, asked about at the customer's, or its mandate ends."""

RETURN_ANSWERS = (*LADDER_STEPS, "give_up")
"""What a return leads to; given up where the ladder says retry and no further day is left."""
_DIFFERENCE_FIELDS = {"name", "difference_minor", "item_minor", "spent_minor", "expect"}
_RETURN_FIELDS = {"name", "returned", "attempt", "expect", "after_days"}


@dataclass(frozen=True, kw_only=True, slots=True)
class CashCase:
    """Facts, and what should follow.

    A difference: `difference_minor` of an item of `item_minor`, with `spent_minor` of the
    month's budget used. A return: its reason code in `returned`, of the `attempt` made (1 is
    the first); `after_days` is when a retry is expected, empty where the case does not say.
    """

    name: str
    expect: str
    difference_minor: int = 0
    item_minor: int = 0
    spent_minor: int = 0
    returned: str = ""
    attempt: int = 1
    after_days: int | None = None


def read_cash_cases(rows: object) -> tuple[CashCase, ...]:
    """Return the cases of a document, in order; raise DocumentError naming case and field."""
    listed = documents.rows([] if rows is None else rows, "cases", "cash")
    return tuple(_case(row, f"cash, case {n}") for n, row in enumerate(listed, 1))


def _case(row: object, where: str) -> CashCase:
    stated = documents.fields(row, where)
    if "returned" in stated:
        return _return_case(stated, where)
    if "difference_minor" not in stated:
        raise DocumentError(
            f"{where}: say difference_minor with item_minor, or returned with a reason code"
        )
    documents.known(stated, _DIFFERENCE_FIELDS, where)
    return CashCase(
        name=documents.text(stated, "name", where),
        expect=_expected(stated, DIFFERENCE_ANSWERS, where),
        difference_minor=documents.number(stated, "difference_minor", where, smallest=1),
        item_minor=documents.number(stated, "item_minor", where, smallest=1),
        spent_minor=documents.number(stated, "spent_minor", where, default=0),
    )


def _return_case(stated: Mapping[str, object], where: str) -> CashCase:
    documents.known(stated, _RETURN_FIELDS, where)
    code = documents.text(stated, "returned", where)
    if code not in RETURN_REASONS:
        raise DocumentError(
            f"{where}: returned {code!r} is no reason code; use one such as AM04 or MD06"
        )
    has_days = "after_days" in stated
    return CashCase(
        name=documents.text(stated, "name", where),
        expect=_expected(stated, RETURN_ANSWERS, where),
        returned=code,
        attempt=documents.number(stated, "attempt", where, default=1, smallest=1, largest=20),
        after_days=documents.number(stated, "after_days", where, largest=365)
        if has_days
        else None,
    )


def _expected(stated: Mapping[str, object], allowed: Sequence[str], where: str) -> str:
    return documents.choice(stated.get("expect"), "expect", allowed, where)
