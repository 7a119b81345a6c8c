"""Which way the money of a sheet's rows went and how the rows are ordered: proved by sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

PROOF = 2
"""Balances that must fit before they prove anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """Balances that fit the amounts row by row; newest first where `is_descending`."""

    opening_minor: int
    closing_minor: int
    is_descending: bool
    is_proof: bool


def chain(amounts: Sequence[int], balances: Sequence[int | None]) -> Chain | None:
    """Return the balances before and after all rows, or None where running balances do not fit.

    Rows are tried oldest first (balance = opening + amounts so far), then newest first. Rows
    without a balance are allowed.
    """
    known = [at for at, balance in enumerate(balances) if balance is not None]
    if not known:
        return None
    total = sum(amounts)
    running = list(accumulate(amounts, initial=0))
    openings = {(balances[at] or 0) - running[at + 1] for at in known}
    is_proof = len(known) >= PROOF
    if len(openings) == 1:
        opening = openings.pop()
        return Chain(
            opening_minor=opening,
            closing_minor=opening + total,
            is_descending=False,
            is_proof=is_proof,
        )
    closings = {(balances[at] or 0) + running[at] for at in known}
    if len(closings) != 1:
        return None
    closing = closings.pop()
    return Chain(
        opening_minor=closing - total,
        closing_minor=closing,
        is_descending=True,
        is_proof=is_proof,
    )


def first_break(amounts: Sequence[int], balances: Sequence[int | None]) -> tuple[int, int, int]:
    """Return (row, balance told, balance expected) where rows oldest first stop to fit.

    Only for rows that do not fit; row -1 when there is none.
    """
    expected: int | None = None
    for at, (amount, balance) in enumerate(zip(amounts, balances, strict=True)):
        if expected is not None:
            expected += amount
            if balance is not None and balance != expected:
                return at, balance, expected
        if balance is not None:
            expected = balance
    return -1, 0, 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One way to read the signs of all rows: its name in a profile and the amounts."""

    name: str
    amounts: tuple[int, ...]


def readings(
    amount: Sequence[int | None] | None,
    debit: Sequence[int | None] | None,
    credit: Sequence[int | None] | None,
    sides: Sequence[str] | None,
) -> list[Reading]:
    """Return the ways in which the signs of the rows may be read, the usual one first.

    A signed amount column has one way beside its reverse. `sides` says per row "debit" or
    "credit"; an empty side leaves the amount's own sign.
    """
    if amount is not None and sides is None:
        plain = [one or 0 for one in amount]
        return _both(plain, plain)
    if amount is not None and sides is not None:
        return _both(
            [
                _sided(abs(one or 0), one or 0, side)
                for one, side in zip(amount, sides, strict=True)
            ],
            [_sided(one or 0, one or 0, side) for one, side in zip(amount, sides, strict=True)],
        )
    size = len(debit if debit is not None else credit or ())
    out = list(debit) if debit is not None else [None] * size
    into = list(credit) if credit is not None else [None] * size
    return _both(
        [abs(c or 0) - abs(d or 0) for d, c in zip(out, into, strict=True)],
        [c - d for d, c in zip(_undecorated(out), _undecorated(into), strict=True)],
    )


def _sided(amount: int, own: int, side: str) -> int:
    return {"debit": -amount, "credit": amount}.get(side, own)


def _undecorated(cells: Sequence[int | None]) -> list[int]:
    """Return the cells; where every one is negative the minus only repeats the column's name."""
    amounts = [cell or 0 for cell in cells]
    is_decoration = any(amounts) and all(amount <= 0 for amount in amounts)
    return [-amount for amount in amounts] if is_decoration else amounts


def _both(side: Sequence[int], signed: Sequence[int]) -> list[Reading]:
    return [
        Reading(name="side", amounts=tuple(side)),
        Reading(name="signed", amounts=tuple(signed)),
        Reading(name="reversed", amounts=tuple(-amount for amount in side)),
    ]


def proved_reading(
    options: Sequence[Reading],
    groups: Sequence[Sequence[int]],
    balances: Sequence[int | None] | None,
) -> Reading | None:
    """Return the first reading that all running balances fit, or None where nothing proves one.

    `groups` are the row numbers of each account and currency, in the order of the file.
    """
    if balances is None:
        return None
    for option in options:
        proofs = 0
        for rows in groups:
            found = chain([option.amounts[row] for row in rows], [balances[row] for row in rows])
            has_balance = any(balances[row] is not None for row in rows)
            if has_balance and found is None:
                break
            proofs += bool(found and found.is_proof)
        else:
            if proofs:
                return option
    return None
