"""Whether statements add up: opening + entries = closing, and each begins where the last ended."""

from collections import defaultdict
from collections.abc import Iterable

from dunwell.engine.money import from_minor
from dunwell.formats.bank.continuity import StatementEnds, gaps
from dunwell.formats.bank.identities import statement_identity
from dunwell.formats.bank.statement import Statement, StatementFinding


def _shown(amount_minor: int, currency: str) -> str:
    return f"{from_minor(amount_minor, currency)} {currency}"


def statement_label(statement: Statement) -> str:
    """Return what a message calls a statement: its number or id, and its account."""
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
    place = statement_label(statement)
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

    A statement must open with the closing balance of the one before, or overlap it in days. They
    are taken in the order of their closing day, then of their number; the same one twice counts
    once.
    """
    chains: dict[tuple[str, str], list[StatementEnds]] = defaultdict(list)
    for key, statement in enumerate(statements):
        is_known = statement.opening_minor is not None and statement.closing_minor is not None
        if is_known and statement.kind == "statement":
            chains[statement.account, statement.currency].append(_ends(key, statement))
    return tuple(
        finding for account in sorted(chains) for finding in gaps(chains[account]).values()
    )


def _ends(key: int, statement: Statement) -> StatementEnds:
    return StatementEnds(
        key=key,
        identity=statement_identity(statement),
        label=statement_label(statement),
        number=statement.id,
        sequence=statement.sequence,
        currency=statement.currency,
        opening_minor=statement.opening_minor,
        closing_minor=statement.closing_minor,
        opening_on=statement.opening_on,
        closing_on=statement.closing_on,
    )
