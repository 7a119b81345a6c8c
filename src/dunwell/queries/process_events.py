"""The log of invoice to cash, read from what was recorded anyway: one query for its events.

A case is an invoice. What is known by its day alone carries a day, the rest the second; both
become moments on the company's own clock. People stand in it as kinds of party only: the role
they have, `system`, `customer`, `program`, or `ledger` where another system issued the invoice.
"""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.process import path
from dunwell.engine.process.course import at_opening, course
from dunwell.engine.process.log import CASES, EVENTS
from dunwell.engine.responses_policy import RUNGS_OF_CODES
from dunwell.models import Company, Membership, Message, Role
from dunwell.queries.contact_facts import seconds
from dunwell.queries.frames import day, read_rows

SYSTEM, CUSTOMER, PROGRAM, STAFF = "system", "customer", "program", "staff"
THOUSAND = 1_000
VIA = " via "
"""Between a person and the token a program acts with, in the names of actors."""

OBJECT_TYPES: Mapping[str, str] = {
    path.ORDER_PLACED: "order",
    path.CREDIT_HELD: "order",
    path.CREDIT_RELEASED: "order",
    path.GOODS_DELIVERED: "order",
    path.SENT: "message",
    path.BOUNCED: "message",
    path.REMINDED: "message",
    path.PROMISED: "promise",
    path.BROKEN: "promise",
    path.PLANNED: "plan",
    path.PLAN_BROKEN: "plan",
    path.DISPUTED: "dispute",
    path.RESOLVED: "dispute",
    path.PLACED: "placement",
    path.IN_COURT: "legal_matter",
    path.PART_PAID: "payment",
    path.PAID: "payment",
    path.BOOKED: "payment",
    path.RETURNED: "payment",
}
"""What else than the invoice an activity is about; keys of 0 are not known."""

_EVENT_TYPES = {
    "case_id": pl.Int64,
    "activity": pl.String,
    "day": pl.Int32,
    "second": pl.Int64,
    "settled_minor": pl.Int64,
    "who": pl.String,
    "object_id": pl.Int64,
}
_CASE_TYPES = {
    "case_id": pl.Int64,
    "customer_id": pl.Int64,
    "segment": pl.String,
    "currency": pl.String,
    "amount_minor": pl.Int64,
    "number": pl.String,
    "month": pl.Int32,
}
_NO_SECOND = "CAST(NULL AS BIGINT)"
_STAGES = {
    "handed_over": path.SENT,
    "delivered": path.RECEIVED,
    "received": path.RECEIVED,
    "accepted": path.RECEIVED,
    "approved": path.APPROVED,
    "not_received": path.BOUNCED,
    "bounced": path.BOUNCED,
}
"""What people and customers' systems say of an invoice, as activities."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessLog:
    """Events and cases of some invoices; events in columns EVENTS with `object_id`.

    Cases in columns CASES with `number` and `month`, the month of issue since January 1970.
    """

    events: pl.DataFrame
    cases: pl.DataFrame

    def of_months(self, first_no: int, last_no: int) -> "ProcessLog":
        """Return what is of the invoices issued from one month to another."""
        cases = self.cases.filter(pl.col("month").is_between(first_no, last_no))
        return ProcessLog(
            events=self.events.join(cases.select("case_id"), on="case_id", how="semi"),
            cases=cases,
        )


def process_log(
    company: Company,
    *,
    first: date,
    until: date,
    as_of: date,
    item_id: int | None = None,
    segment: str | None = None,
) -> ProcessLog:
    """Return the log of the invoices issued from `first` to before `until`; three queries.

    Nothing after `as_of` is in it. `item_id` or `segment` narrow it.
    """
    parameters: dict[str, int | str] = {
        "company": company.pk,
        "first": first.isoformat(),
        "until": until.isoformat(),
    }
    which = (
        "i.company_id = %(company)s AND i.kind = 'invoice' "
        "AND i.issued_on >= %(first)s AND i.issued_on < %(until)s"
    )
    if item_id is not None:
        which += " AND i.id = %(item)s"
        parameters["item"] = item_id
    if segment is not None:
        which += (
            " AND i.customer_id IN (SELECT c.id FROM dunwell_customer c "
            "WHERE c.company_id = %(company)s AND c.segment = %(segment)s)"
        )
        parameters["segment"] = segment
    month = day("i.issued_on")
    cases = read_rows(
        f"SELECT i.id, i.customer_id, c.segment, i.currency, i.amount_minor, i.number, {month} "
        f"FROM dunwell_item i JOIN dunwell_customer c ON c.id = i.customer_id WHERE {which} "
        "ORDER BY i.id",
        parameters,
        _CASE_TYPES,
    ).with_columns(month=_month_number(pl.col("month")))
    # chosen once: every source by itself would look through all items for them again
    told = read_rows(
        "WITH chosen (id, issued_on, due_on) AS MATERIALIZED "
        f"(SELECT i.id, i.issued_on, i.due_on FROM dunwell_item i WHERE {which}) "
        + " UNION ALL ".join(_sources()),
        {**parameters, **_words()},
        _EVENT_TYPES,
    )
    return ProcessLog(events=_log(told, cases, company, as_of), cases=cases)


def _month_number(of_day: pl.Expr) -> pl.Expr:
    on = of_day.cast(pl.Date)
    return (on.dt.year() - 1970) * 12 + on.dt.month().cast(pl.Int32) - 1


def _log(told: pl.DataFrame, cases: pl.DataFrame, company: Company, as_of: date) -> pl.DataFrame:
    """Return the rows read as a log: on the local clock, with kinds of party, in one order."""
    local = (
        pl.from_epoch("second", time_unit="s")
        .dt.replace_time_zone("UTC")
        .dt.convert_time_zone(company.zone)
        .dt.replace_time_zone(None)
        .dt.epoch("ms")
    )
    opening = at_opening(nw.col("day"))
    frame = (
        nw.from_native(told)
        .with_columns(opening=opening)
        .to_native()
        .with_columns(
            moment=pl.coalesce(local, "opening"),
            resource=_parties(company),
        )
        .filter(pl.col("moment").cast(pl.Datetime("ms")).dt.date() <= as_of)
        .sort("case_id", "activity", "moment", "object_id", "settled_minor", "resource")
        .with_row_index("event_id")
        .with_columns(pl.col("event_id").cast(pl.Int64))
        .drop("day", "second", "opening", "who")
    )
    own = cases.select(list(CASES))
    done = course(nw.from_native(frame.lazy()), nw.from_native(own.lazy()))
    columns = [*EVENTS, "object_id"]
    logged: pl.DataFrame = done.select(columns).sort("event_id").collect().to_native()
    return logged


def _parties(company: Company) -> pl.Expr:
    """Return the kind of party of the column `who`: never a person's name."""
    ranks = {role: place for place, role in enumerate(Role.values)}
    roles: dict[str, str] = {}
    members = Membership.objects.filter(company=company).values_list("user__username", "role")
    for name, role in sorted(members, key=lambda one: (one[0], ranks[one[1]])):
        roles.setdefault(name, role)
    known = {
        "": SYSTEM, SYSTEM: SYSTEM, path.LEDGER: path.LEDGER, CUSTOMER: CUSTOMER, STAFF: STAFF,
        "portal": CUSTOMER, "mail": CUSTOMER, "chat": CUSTOMER, "e_invoice": CUSTOMER,
        "short_payment": CUSTOMER, "api": PROGRAM, "bot": PROGRAM, **roles,
    }  # fmt: skip
    return (
        pl.when(pl.col("who").str.contains(VIA, literal=True))
        .then(pl.lit(PROGRAM))
        .otherwise(
            pl.col("who").replace_strict(
                list(known), list(known.values()), default=STAFF, return_dtype=pl.String
            )
        )
    )


def _words() -> dict[str, Any]:
    """Return the parameters of `_sources`: codes of customers' systems, by what they prove."""
    found: dict[str, Any] = {
        f"sent{place}": status for place, status in enumerate(Message.HANDED_OVER)
    }
    for code, rung in RUNGS_OF_CODES.items():
        found[f"code_{code}"] = _STAGES.get(rung, path.RECEIVED)
    return found


def _sources() -> tuple[str, ...]:
    """Return the selects of the log, each of columns _EVENT_TYPES, of the items in `chosen`."""
    on = day
    sent = ", ".join(f"%(sent{place})s" for place in range(len(Message.HANDED_OVER)))
    item = "FROM chosen i"
    ours = f"{item} JOIN dunwell_invoice v ON v.item_id = i.id"
    carried = (
        f"{item} JOIN dunwell_messageattachment x ON x.item_id = i.id AND x.kind = 'document' "
        f"JOIN dunwell_message m ON m.id = x.message_id AND m.status IN ({sent})"
    )
    author = "CASE WHEN m.author = '' THEN 'system' ELSE m.author END"
    promises = (
        f"{item} JOIN dunwell_promiseitem l ON l.item_id = i.id "
        "JOIN dunwell_promise p ON p.id = l.promise_id"
    )
    plans = (
        f"{item} JOIN dunwell_planitem l ON l.item_id = i.id "
        "JOIN dunwell_paymentplan p ON p.id = l.plan_id"
    )
    disputes = (
        f"{item} JOIN dunwell_dispute d ON d.item_id = i.id "
        "LEFT JOIN dunwell_disputecase k ON k.id = d.case_id"
    )
    source = "COALESCE(k.source, 'staff')"
    money = f"{item} JOIN dunwell_allocation a ON a.item_id = i.id"
    kinds = (
        "CASE WHEN a.source = 'payment' AND a.amount_minor < 0 THEN 'payment_returned' "
        "WHEN a.source = 'payment' THEN 'part_paid' "
        "WHEN j.kind = 'write_off' THEN 'written_off' ELSE 'credited' END"
    )
    codes = " ".join(f"WHEN '{code}' THEN %(code_{code})s" for code in RUNGS_OF_CODES)
    stages = " ".join(f"WHEN '{stage}' THEN '{name}'" for stage, name in _STAGES.items())
    first = "MIN(w.at)"
    return (
        _select("i.id", "'invoice_issued'", on("i.issued_on"), _NO_SECOND, "0",
                "COALESCE(v.issuer, 'ledger')", "0",
                f"{item} LEFT JOIN dunwell_invoice v ON v.item_id = i.id"),
        _select("i.id", "'order_placed'", on("o.ordered_on"), _NO_SECOND, "0", "'customer'",
                "o.id", f"{ours} JOIN dunwell_order o ON o.id = v.order_id"),
        _select("i.id", "'goods_delivered'", on("v.delivered_on"), _NO_SECOND, "0", "'staff'",
                "COALESCE(v.order_id, 0)", ours, "v.delivered_on IS NOT NULL"),
        _select("i.id", "'credit_held'", on("h.raised_on"), _NO_SECOND, "0", "h.raised_by",
                "h.order_id", f"{ours} JOIN dunwell_credithold h ON h.order_id = v.order_id"),
        _select("i.id", "'credit_released'", on("h.ended_on"), _NO_SECOND, "0", "h.ended_by",
                "h.order_id", f"{ours} JOIN dunwell_credithold h ON h.order_id = v.order_id",
                "h.status = 'released' AND h.ended_on IS NOT NULL"),
        _select("i.id", "'invoice_corrected'", on("n.issued_on"), _NO_SECOND, "0", "n.issuer", "0",
                f"{ours} JOIN dunwell_invoice n ON n.preceding_id = v.id AND n.kind = 'corrected'",
                "n.issued_on IS NOT NULL"),
        _select("i.id", "'invoice_sent'", "CAST(NULL AS INTEGER)",
                seconds("COALESCE(m.sent_at, m.recorded_at)"), "0", author, "m.id", carried),
        _select("i.id", "'invoice_received'", "CAST(NULL AS INTEGER)", seconds("m.delivered_at"),
                "0", "'customer'", "0", carried, "m.delivered_at IS NOT NULL"),
        _select("i.id", "'sending_failed'", "CAST(NULL AS INTEGER)", seconds("m.bounced_at"), "0",
                "'customer'", "m.id", carried, "m.bounced_at IS NOT NULL"),
        _select("i.id", "'invoice_received'", "CAST(NULL AS INTEGER)", seconds(first), "0",
                "'customer'", "0", f"{item} JOIN dunwell_portalview w ON w.item_id = i.id",
                "1 = 1 GROUP BY i.id"),
        _select("i.id", f"CASE n.stage {stages} END", on('n."on"'), _NO_SECOND, "0", "n.by", "0",
                f"{item} JOIN dunwell_deliverynote n ON n.item_id = i.id"),
        _select("i.id", f"CASE r.code {codes} END", on("r.effective_on"), _NO_SECOND, "0",
                "'customer'", "0", f"{item} JOIN dunwell_invoiceresponse r ON r.item_id = i.id",
                f"r.scheme <> 'peppol_mlr' AND CASE r.code {codes} END IS NOT NULL"),
        _select("i.id", "'invoice_due'", on("i.due_on"), _NO_SECOND, "0", "'system'", "0", item),
        _select("i.id", "'reminder_sent'", "CAST(NULL AS INTEGER)",
                seconds("COALESCE(m.sent_at, m.recorded_at)"), "0", author, "m.id",
                f"{item} JOIN dunwell_messageitem l ON l.item_id = i.id AND l.level > 0 "
                f"JOIN dunwell_message m ON m.id = l.message_id AND m.status IN ({sent})"),
        _select("i.id", "'promise_made'", on("p.made_on"), _NO_SECOND, "0", "p.source", "p.id",
                promises),
        _select("i.id", "'promise_broken'", on("p.settled_on"), _NO_SECOND, "0", "'customer'",
                "p.id", promises, "p.outcome IN ('broken', 'partially_kept')"),
        _select("i.id", "'plan_accepted'", on("p.accepted_on"), _NO_SECOND, "0", "'customer'",
                "p.id", plans, "p.accepted_on IS NOT NULL"),
        _select("i.id", "'plan_defaulted'", on("p.defaulted_on"), _NO_SECOND, "0", "'customer'",
                "p.id", plans, "p.defaulted_on IS NOT NULL"),
        _select("i.id", "'dispute_opened'", on("d.opened_on"), _NO_SECOND, "0", source, "d.id",
                disputes),
        _select("i.id", "'dispute_resolved'", on("d.closed_on"), _NO_SECOND, "0", "'resolver'",
                "d.id", disputes, "d.closed_on IS NOT NULL"),
        _select("i.id", "'placed_with_agency'", on("p.transmitted_on"), _NO_SECOND, "0",
                "COALESCE(NULLIF(p.approved_by, ''), p.proposed_by)", "p.id",
                f"{item} JOIN dunwell_placementitem l ON l.item_id = i.id "
                "JOIN dunwell_placement p ON p.id = l.placement_id",
                "p.transmitted_on IS NOT NULL"),
        _select("i.id", "'legal_matter_opened'", on("p.opened_on"), _NO_SECOND, "0", "'staff'",
                "p.id", f"{item} JOIN dunwell_legalmatteritem l ON l.item_id = i.id "
                "JOIN dunwell_legalmatter p ON p.id = l.matter_id"),
        _select("i.id", kinds, on("a.value_on"), _NO_SECOND, "a.amount_minor",
                "CASE WHEN a.source = 'payment' THEN 'customer' ELSE 'staff' END",
                "COALESCE(a.payment_id, 0)",
                f"{money} LEFT JOIN dunwell_adjustment j ON j.id = a.adjustment_id"),
        _select("i.id", "'cash_applied'", on("a.applied_on"), _NO_SECOND, "0", "'system'",
                "COALESCE(a.payment_id, 0)", money,
                "a.source = 'payment' AND a.amount_minor > 0 AND a.applied_on > a.value_on"),
    )  # fmt: skip


def _select(*parts: str) -> str:
    """Return one select: seven columns, what they are read from, and a further condition."""
    *columns, tables = parts[:8]
    further = f" WHERE {parts[8]}" if len(parts) > 8 else ""  # noqa: PLR2004  the ninth part
    return f"SELECT {', '.join(columns)} {tables}{further}"
