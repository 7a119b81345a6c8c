"""Whether statements add up: opening + entries = closing, and each begins where the last ended."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from dunwell.engine.money import from_minor
from dunwell.formats.bank.identities import statement_identity
from dunwell.formats.bank.statement import Statement, StatementFinding


def _shown(amount_minor: int, currency: str) -> str:
    return f"{from_minor(amount_minor, currency)} {currency}"


def _label(statement: Statement) -> str:
    return " ".join(
        part
        for part in ("statement", statement.sequence or statement.id, statement.account)
        if part
    )


def balance_findings(statement: Statement) -> tuple[StatementFinding, ...]:
    """Return what is wrong with the sums of one statement; nothing when it adds up.

    Only booked entries in the statement's currency count. Without both balances nothing can be
    proved, which is said (`no_balances`) for end-of-day statements only.
    """
    place = _label(statement)
    opening, closing = statement.opening_minor, statement.closing_minor
    if statement.kind != "statement":
        return ()
    if opening is None or closing is None:
        return (
            StatementFinding(
                code="no_balances",
                place=place,
                reason="the file tells no opening and closing balance, so nothing proves that "
                "entries are complete",
                severity="info",
            ),
        )
    booked = [entry for entry in statement.entries if entry.status == "booked"]
    foreign = sorted({e.currency for e in booked if e.currency != statement.currency})
    if foreign:
        return (
            StatementFinding(
                code="mixed_currencies",
                place=place,
                reason=f"entries are in {', '.join(foreign)} and balances in "
                f"{statement.currency}, so the sums cannot be proved",
            ),
        )
    moved = sum(entry.amount_minor for entry in booked)
    if opening + moved == closing:
        return ()
    money = statement.currency
    return (
        StatementFinding(
            code="balance_gap",
            place=place,
            reason=f"opening {_shown(opening, money)} and entries {_shown(moved, money)} make "
            f"{_shown(opening + moved, money)}, not the closing {_shown(closing, money)}: "
            f"{_shown(closing - opening - moved, money)} are unexplained. Ask the bank for the "
            "statement again",
            severity="error",
        ),
    )


def continuity_findings(statements: Iterable[Statement]) -> tuple[StatementFinding, ...]:
    """Return gaps between statements of each account and currency, oldest first.

    A statement must open with the closing balance of the one before. Statements are taken in the
    order of their closing day, then of their number; the same one twice counts once.
    """
    chains: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in statements:
        is_known = statement.opening_minor is not None and statement.closing_minor is not None
        if is_known and statement.kind == "statement":
            chains[statement.account, statement.currency].append(statement)
    found: list[StatementFinding] = []
    for key in sorted(chains):
        found.extend(_gaps(chains[key]))
    return tuple(found)


def _order(statement: Statement) -> tuple[date, tuple[int, ...], str]:
    numbers = tuple(
        int(part) for part in statement.sequence.split("/") if part.isascii() and part.isdigit()
    )
    return statement.closing_on or statement.opening_on or date.min, numbers, statement.id


def _gaps(statements: Sequence[Statement]) -> list[StatementFinding]:
    once = {statement_identity(statement): statement for statement in statements}
    ordered = sorted(once.values(), key=_order)
    found: list[StatementFinding] = []
    for before, after in pairwise(ordered):
        if before.closing_minor == after.opening_minor:
            continue
        closing, opening = before.closing_minor or 0, after.opening_minor or 0
        found.append(
            StatementFinding(
                code="statement_gap",
                place=_label(after),
                reason=f"it opens with {_shown(opening, after.currency)}, but the one before "
                f"({before.sequence or before.id or 'not numbered'}, "
                f"{before.closing_on or 'not dated'}) closed with "
                f"{_shown(closing, before.currency)}: a statement is missing between them",
                severity="error",
            )
        )
    return found
