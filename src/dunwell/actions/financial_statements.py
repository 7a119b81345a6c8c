"""Financial statements of customers: recorded, corrected by a new version, never edited."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.texts import fitting
from dunwell.engine.financial_statements import LINES, Statement, spread
from dunwell.engine.money import LARGEST_MINOR
from dunwell.formats.currencies import ISO_CODES
from dunwell.formats.financial_figures import FinancialFile, ReadStatement, StatementFileError
from dunwell.formats.financial_files import read_financial_file
from dunwell.models import Customer, FinancialStatement, StatementLine

LONGEST_PERIOD_DAYS = 550
"""A business year has at most 18 months or so when it is moved; more is a slip."""
SCALES = (1, 1_000, 1_000_000)
Kind, Source = FinancialStatement.Kind, FinancialStatement.Source


@transaction.atomic
def record_statement(
    *,
    actor: Actor,
    customer: Customer,
    kind: str,
    period_from: date,
    period_to: date,
    currency: str,
    lines: Mapping[str, int],
    is_audited: bool = False,
    scale: int = 1,
    reason: str = "",
    as_of: date,
    at: datetime,
) -> FinancialStatement:
    """Record a statement as typed in; of a period that has one it is a correction with a reason.

    `lines` are minor units by the names of `financial_statements.LINES`, those not told left out.
    The same figures again are returned as they are. Raises Refused for a period to come, unknown
    lines, no line, and a correction without a reason. A statement that does not balance is
    recorded with that finding.
    """
    actor.require("credit_file.edit")
    open_customer(actor, customer)
    return _record(
        actor,
        customer,
        Statement(
            period_from=period_from,
            period_to=period_to,
            currency=currency,
            lines=dict(lines),
            kind=kind,
            is_audited=is_audited,
            scale=scale,
        ),
        source=Source.MANUAL,
        reason=reason,
        as_of=as_of,
        at=at,
    )


@transaction.atomic
def record_statement_file(
    *,
    actor: Actor,
    customer: Customer,
    name: str,
    data: bytes,
    currency: str,
    scale: int = 0,
    decimal: str = "",
    is_audited: bool = False,
    reason: str = "",
    as_of: date,
    at: datetime,
) -> tuple[list[FinancialStatement], FinancialFile]:
    """Record every statement of a file (CSV, XLSX, XBRL), all or none; return them and the file.

    Raises Refused for a file that cannot be read, a period to come, and for figures that differ
    from recorded ones without a reason.
    """
    actor.require("credit_file.edit")
    open_customer(actor, customer)
    if currency not in ISO_CODES:
        raise Refused(f"{currency!r} is no currency; use an ISO 4217 code.")
    try:
        read = read_financial_file(
            data, name=name[:200], currency=currency, scale=scale, decimal=decimal
        )
    except StatementFileError as error:
        raise Refused(str(error)) from error
    digest = hashlib.sha256(data).hexdigest()
    recorded = [
        _record(
            actor,
            customer,
            _audited(one, is_audited=is_audited),
            source=read.source,
            places=one.places,
            file=(name[:200], digest),
            reason=reason,
            as_of=as_of,
            at=at,
        )
        for one in read.statements
    ]
    return recorded, read


def _audited(read: ReadStatement, *, is_audited: bool) -> Statement:
    told = read.statement
    return Statement(
        period_from=told.period_from,
        period_to=told.period_to,
        currency=told.currency,
        lines=told.lines,
        kind=told.kind,
        is_audited=is_audited,
        scale=told.scale,
    )


def _record(
    actor: Actor,
    customer: Customer,
    told: Statement,
    *,
    source: str,
    reason: str,
    as_of: date,
    at: datetime,
    places: Mapping[str, str] | None = None,
    file: tuple[str, str] = ("", ""),
) -> FinancialStatement:
    """Add a statement or the next version of one, with its lines and the event of what changed."""
    _check(told, as_of=as_of)
    why = fitting(text=reason, most=300, what="reason")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before = (
        FinancialStatement.objects.filter(
            customer=customer, kind=told.kind, period_to=told.period_to
        )
        .order_by("-version")
        .first()
    )
    old = _lines(before)
    if before is not None:
        if _is_same(before, old, told):
            return before
        if not why:
            raise Refused(
                f"There is a statement to {told.period_to} already, with other figures. Say why "
                "it is corrected."
            )
    statement = FinancialStatement.objects.create(
        company=actor.company,
        customer=customer,
        kind=told.kind,
        source=source,
        period_from=told.period_from,
        period_to=told.period_to,
        available_on=as_of,
        currency=told.currency,
        scale=told.scale,
        is_audited=told.is_audited,
        version=before.version + 1 if before else 1,
        supersedes=before,
        reason=why,
        file_name=file[0],
        file_sha256=file[1],
        by=actor.name,
        recorded_at=at,
    )
    StatementLine.objects.bulk_create(
        StatementLine(
            statement=statement,
            name=name,
            amount_minor=told.lines[name],
            place=(places or {}).get(name, "")[:200],
        )
        for name in LINES
        if name in told.lines
    )
    _tell(actor, statement, before, old, told, at=at)
    return statement


def _check(told: Statement, *, as_of: date) -> None:
    """Raise Refused for a statement that cannot be recorded."""
    if told.kind not in Kind.values:
        raise Refused(f"There is no kind {told.kind}; use {', '.join(Kind.values)}.")
    if told.currency not in ISO_CODES:
        raise Refused(f"{told.currency!r} is no currency; use an ISO 4217 code.")
    if told.scale not in SCALES:
        raise Refused("Figures may be stated in 1, 1,000 or 1,000,000 of the currency.")
    if told.period_to <= told.period_from:
        raise Refused("The period must end after it begins.")
    if told.days > LONGEST_PERIOD_DAYS:
        raise Refused(f"The period has {told.days} days; at most {LONGEST_PERIOD_DAYS} fit.")
    if told.period_to > as_of:
        raise Refused(f"The period ends on {told.period_to}, which has not come yet.")
    _check_lines(told)


def _check_lines(told: Statement) -> None:
    """Raise Refused for a statement without lines, and for lines that cannot be kept."""
    if not told.lines:
        raise Refused("Fill in at least one line of the statement.")
    for name, amount in told.lines.items():
        if name not in LINES:
            raise Refused(f"There is no line {name}; use {', '.join(LINES)}.")
        if abs(amount) > LARGEST_MINOR:
            raise Refused(f"{LINES[name].label}: the amount is larger than this ledger can hold.")


def _lines(statement: FinancialStatement | None) -> dict[str, int]:
    if statement is None:
        return {}
    found = StatementLine.objects.filter(statement=statement)
    return dict(found.values_list("name", "amount_minor"))


def _is_same(before: FinancialStatement, old: Mapping[str, int], told: Statement) -> bool:
    fields = (before.period_from, before.currency, before.scale, before.is_audited)
    return dict(old) == dict(told.lines) and fields == (
        told.period_from,
        told.currency,
        told.scale,
        told.is_audited,
    )


def _tell(
    actor: Actor,
    statement: FinancialStatement,
    before: FinancialStatement | None,
    old: Mapping[str, int],
    told: Statement,
    *,
    at: datetime,
) -> None:
    """Write the event: every figure that is new or another one, before and after."""
    names: Sequence[str] = [name for name in LINES if old.get(name) != told.lines.get(name)]
    record_event(
        actor,
        "financial_statement.corrected" if before else "financial_statement.recorded",
        statement,
        at=at,
        customer_id=statement.customer_id,
        kind=statement.kind,
        source=statement.source,
        period_from=statement.period_from.isoformat(),
        period_to=statement.period_to.isoformat(),
        currency=statement.currency,
        scale=statement.scale,
        is_audited=statement.is_audited,
        version=statement.version,
        supersedes=before.pk if before else None,
        reason=statement.reason,
        file=statement.file_name,
        sha256=statement.file_sha256,
        figures={name: [old.get(name), told.lines.get(name)] for name in names},
        findings=[finding.code for finding in spread(told).findings],
    )
