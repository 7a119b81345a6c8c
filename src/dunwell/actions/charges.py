"""Interest, compensation and fees: accrued as they arise, waived with authority, and brought back.

A charge that accrues is what is owed by now and changes every day; billing (`charge_bills`)
makes an item of it. What was billed or waived is never changed by accruing.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import polars as pl
from django.db import connection, transaction
from django.db.models import Sum

from dunwell.actions.allocations import locked_items
from dunwell.actions.approvals import handles, request_approval
from dunwell.actions.authority import authorise, held_in
from dunwell.actions.bulk import insert_rows, is_postgresql, staged
from dunwell.actions.charge_differences import COMPARED, Differences, differences, stored_charges
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.items import offset_item
from dunwell.actions.texts import fitting
from dunwell.models import ApprovalRequest, Charge, Company, Customer
from dunwell.queries.authority import authority_in_force
from dunwell.queries.charges_due import ChargesDue

Status = Charge.Status

WAIVER = "waiver"
LONGEST_REASON = 300
_TABLE = "dunwell_charge"
_CHANGED, _GONE = "dunwell_charge_changed", "dunwell_charge_gone"


@transaction.atomic
def accrue_charges(*, actor: Actor, due: ChargesDue | None, as_of: date, at: datetime) -> int:
    """Bring what was not billed or waived in line with what is owed; return how many changed.

    `due` is `queries.charges_due.charges_due` of the day, None where the policy charges nobody:
    then nothing is touched. Twice, late, or after days without a run is the same.
    """
    actor.require("cycle.run")
    if due is None or not due.item_ids.len():
        return 0
    company = actor.company
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    found = keep_accrued(company=company, due=due, as_of=as_of, at=at)
    if found.count:
        record_event(
            actor,
            "charges.accrued",
            company,
            at=at,
            as_of=as_of.isoformat(),
            added=found.added.height,
            changed=found.changed.height,
            removed=found.gone.height,
        )
    return found.count


def keep_accrued(*, company: Company, due: ChargesDue, as_of: date, at: datetime) -> Differences:
    """Write the differences inside the caller's transaction, which holds the company's row."""
    found = differences(due.rows, stored_charges(company, due.item_ids))
    if found.added.height:
        insert_rows(table=_TABLE, rows=_records(found.added, company, as_of=as_of, at=at))
    if found.changed.height:
        _update(found.changed, as_of=as_of)
    if found.gone.height:
        with staged(_GONE, found.gone) as stage, connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {_TABLE} WHERE status = 'accrued' "  # noqa: S608  our own names
                f"AND id IN (SELECT id FROM {stage})"
            )
    return found


@transaction.atomic
def waive_charge(
    *, actor: Actor, charge: Charge, reason: str, as_of: date, at: datetime
) -> ApprovalRequest | None:
    """Give a charge up, or ask for it where that is beyond one's authority; return the request.

    A billed charge is waived with all that is on its bill, by reversing the item of the bill.
    What was waived for the customer within the policy's window counts into the amount. Raises
    Refused without a reason, for a charge waived before, and for what nobody may grant.
    """
    actor.require("charge.waive")
    told = _reason(reason)
    customer, rows = _locked_rows(actor.company, charge)
    amount = sum(row.amount_minor for row in rows)
    authority = authorise(
        actor=actor,
        customer=customer,
        act=WAIVER,
        currency=rows[0].currency,
        amount_minor=amount,
        concession_minor=amount,
        as_of=as_of,
        earlier_minor=_waived_before(actor, customer, rows[0].currency, as_of=as_of),
    )
    if authority.needs_approval:
        return request_approval(
            actor=actor,
            subject=charge,
            act=WAIVER,
            authority=authority,
            reason=told,
            as_of=as_of,
            at=at,
        )
    _waive(
        actor,
        rows,
        by=actor.name,
        reason=told,
        authority=authority.document(),
        as_of=as_of,
        at=at,
    )
    return None


@transaction.atomic
def restore_charge(
    *, actor: Actor, charge: Charge, reason: str, as_of: date, at: datetime
) -> None:
    """Take a waiver back: the charge accrues again, at what is owed by the next run.

    Raises Refused without a reason, and for a charge that is not waived.
    """
    actor.require("charge.waive")
    told = _reason(reason)
    found = _locked_charge(actor.company, charge)
    _check_move(found, Status.ACCRUED)
    rows = Charge.objects.filter(pk=found.pk, status=Status.WAIVED).update(
        status=Status.ACCRUED,
        waived_by="",
        waived_reason="",
        authority={},
        billed_item=None,
        as_of=as_of,
    )
    if rows != 1:
        raise Refused("Somebody else has just changed this charge; load the page again.")
    record_event(
        actor,
        "charge.restored",
        found,
        at=at,
        customer_id=found.customer_id,
        kind=found.kind,
        period=found.period,
        item=found.item.number,
        amount_minor=found.amount_minor,
        currency=found.currency,
        reason=told,
    )


@handles("charge")
def _decide_waiver(
    *,
    actor: Actor,
    request: ApprovalRequest,
    is_approved: bool,
    reason: str,
    as_of: date,
    at: datetime,
) -> None:
    """Waive what somebody asked to waive; refused when it has become more meanwhile."""
    if not is_approved:
        return
    charge = Charge.objects.filter(company=actor.company, pk=request.subject_id).first()
    if charge is None:
        raise Refused("The charge is no longer there: nothing is owed for that time any more.")
    _, rows = _locked_rows(actor.company, charge)
    amount = sum(row.amount_minor for row in rows)
    if amount > request.amount_minor:
        raise Refused(
            "The charge has grown since the waiver was asked for; reject this, and have it asked "
            "for again."
        )
    _waive(
        actor,
        rows,
        by=f"{request.requested_by}, {actor.name}",
        reason=reason or request.reason,
        authority={**request.verdict, "approver": actor.name},
        as_of=as_of,
        at=at,
    )


def _waive(
    actor: Actor,
    rows: Sequence[Charge],
    *,
    by: str,
    reason: str,
    authority: dict[str, object],
    as_of: date,
    at: datetime,
) -> None:
    first = rows[0]
    mirror = None
    if first.billed_item is not None:
        locked = locked_items(company=actor.company, items=[first.billed_item])
        mirror = offset_item(locked=locked[first.billed_item.pk], as_of=as_of, at=at)
    changed = Charge.objects.filter(pk__in=[row.pk for row in rows], status=first.status).update(
        status=Status.WAIVED,
        waived_by=by,
        waived_reason=reason,
        authority=authority,
        as_of=as_of,
    )
    if changed != len(rows):
        raise Refused("Somebody else has just changed this charge; load the page again.")
    record_event(
        actor,
        "charge.waived",
        first,
        at=at,
        customer_id=first.customer_id,
        charges=[row.pk for row in rows],
        item=first.item.number,
        bill=first.billed_item.number if first.billed_item else "",
        mirror=mirror.pk if mirror else None,
        amount_minor=sum(row.amount_minor for row in rows),
        currency=first.currency,
        reason=reason,
        rule=str(authority.get("rule", "")),
        **held_in(authority),
    )


def _locked_rows(company: Company, charge: Charge) -> tuple[Customer, list[Charge]]:
    """Lock the customer and the charge with all on its bill; it may be waived."""
    found = Charge.objects.filter(company=company, pk=charge.pk).first()
    if found is None:
        raise Refused(f"This charge does not belong to {company.name}, or is no longer owed.")
    customer = Customer.objects.select_for_update(no_key=True).get(pk=found.customer_id)
    found = _locked_charge(company, found)
    _check_move(found, Status.WAIVED)
    if found.status != Status.BILLED:
        return customer, [found]
    same = (
        Charge.objects.select_for_update(no_key=True, of=("self",))
        .filter(billed_item=found.billed_item_id)
        .select_related("item", "billed_item")
        .order_by("pk")
    )
    return customer, list(same)


def _locked_charge(company: Company, charge: Charge) -> Charge:
    found = (
        Charge.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=company, pk=charge.pk)
        .select_related("item", "billed_item")
        .first()
    )
    if found is None:
        raise Refused(f"This charge does not belong to {company.name}, or is no longer owed.")
    return found


def _check_move(charge: Charge, status: Charge.Status) -> None:
    before = Status(charge.status)
    if status not in Charge.MOVES[before]:
        raise Refused(f"This charge is marked: {before.label.lower()}.")


def _waived_before(actor: Actor, customer: Customer, currency: str, *, as_of: date) -> int:
    """Return what was waived for the customer within the window of the authority policy."""
    days = authority_in_force(actor.company, as_of=as_of).policy.window_days
    found = Charge.objects.filter(
        customer=customer,
        currency=currency,
        status=Status.WAIVED,
        as_of__gt=as_of - timedelta(days=days),
    )
    return int(found.aggregate(minor=Sum("amount_minor"))["minor"] or 0)


def _reason(reason: str) -> str:
    told = fitting(text=reason, most=LONGEST_REASON, what="reason")
    if not told:
        raise Refused("Say why; the reason stands in the audit log.")
    return told


def _records(rows: pl.DataFrame, company: Company, *, as_of: date, at: datetime) -> pl.DataFrame:
    """Return the rows in the columns of the table."""
    return rows.with_columns(
        company_id=pl.lit(company.pk, pl.Int64),
        status=pl.lit(Status.ACCRUED.value),
        waived_by=pl.lit(""),
        waived_reason=pl.lit(""),
        authority=pl.lit("{}"),
        as_of=pl.lit(as_of),
        recorded_at=pl.lit(at).cast(pl.Datetime("us", "UTC")),
    )


def _update(rows: pl.DataFrame, *, as_of: date) -> None:
    parts = "CAST(s.parts AS jsonb)" if is_postgresql() else "s.parts"
    sets = ", ".join(f"{name} = s.{name}" for name in COMPARED)
    with (
        staged(_CHANGED, rows.select("id", *COMPARED, "parts"), key="id") as stage,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE {_TABLE} SET {sets}, parts = {parts}, as_of = %s "  # noqa: S608  our own names
            f"FROM {stage} s WHERE s.id = {_TABLE}.id AND {_TABLE}.status = 'accrued'",
            [as_of],
        )
