"""The worklist: every customer with something to collect or to explain, ranked, with reasons."""

from datetime import datetime

import narwhals.stable.v2 as nw
import polars as pl
from django.db import transaction

from dunwell.actions.differences import write_differences
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.engine.collectable import in_home
from dunwell.engine.items import total
from dunwell.engine.priority import UNPAID, PriorityPolicy, worklist
from dunwell.engine.schema import CONTACTS
from dunwell.ml.next_action import no_evidence
from dunwell.models import Company
from dunwell.queries import frames
from dunwell.queries.habits import habits_frame
from dunwell.queries.reminders import ContactPlan, native
from dunwell.queries.suggestions import WHYS, suggestions

REASONS = (
    "unpaid_ppm",
    "uplift_ppm",
    "covered_minor",
    "held_minor",
    "usual_days_late",
    "largest_item_id",
    "largest_item_minor",
    "item_count",
    "promises_broken",
    "late_ppm",
    "settled_items",
    "habit",
    "is_rate_missing",
)
"""Facts of `engine.priority.WORKLIST` kept to explain the rank."""

AMOUNTS = ("overdue_minor", "disputed_minor", "promised_minor", "held_minor", "to_collect_minor")


@transaction.atomic
def rank_customers(
    *, actor: Actor, plan: ContactPlan, at: datetime, shown: pl.DataFrame | None = None
) -> int:
    """Rank the company's customers for the day and write what differs; return how many changed.

    First those with something to collect, by the cash per minute of what is suggested (of the
    contact `engine.priority` supposes, where none is permitted today); then those of whom
    nothing may be asked now, each with what stands against it. `shown` is what choices by
    chance have shown of actions (`next_action.EVIDENCE`), nothing unless given.
    """
    actor.require("cycle.run")
    company, as_of = plan.company, plan.as_of
    ranked = _suggested(plan, _ranked(plan), no_evidence() if shown is None else shown)
    rows = pl.concat([ranked, _blocked_only(plan, ranked)]).with_row_index("rank", offset=1)
    told = (
        rows.join(_contacts(plan), on="customer_id", how="left")
        .join(_blocked(plan), on="customer_id", how="left")
        .sort("customer_id")
    )
    entries = told.select(
        "customer_id",
        company_id=pl.lit(company.pk, pl.Int64),
        as_of=pl.lit(as_of),
        rank=pl.col("rank").cast(pl.Int64),
        currency=pl.lit(company.currency),
        due_minor="overdue_minor",
        promised_minor="promised_minor",
        disputed_minor="disputed_minor",
        dunned_minor="dunned_minor",
        to_collect_minor="to_collect_minor",
        expected_extra_minor="expected_extra_minor",
        score="score",
        minutes="minutes",
        oldest_days="oldest_days_past_due",
        reasons=pl.struct(*REASONS, "contact", "suggestion").struct.json_encode(),
        blocked=_json_list("blocked"),
    )
    changed = write_differences(
        table="dunwell_worklistentry",
        rows=entries,
        company_id=company.pk,
        documents=("reasons", "blocked"),
    )
    if changed:
        record_event(
            actor,
            "worklist.ranked",
            company,
            at=at,
            as_of=as_of.isoformat(),
            customers=entries.height,
            changed=changed,
        )
    return changed


def _ranked(plan: ContactPlan) -> pl.DataFrame:
    """Return the customers with something to collect, in order of rank."""
    found = worklist(
        _lazy(plan.items),
        _running(plan.company),
        _lazy(plan.balances),
        habits_frame(plan.company),
        _lazy(plan.contacts),
        _lazy(plan.rates),
        policy=PriorityPolicy(),
        home=plan.company.currency,
        as_of=plan.as_of,
        unpaid=_unpaid(plan.company),
    )
    return native(found).sort("rank").select(*_COLUMNS)


def _suggested(plan: ContactPlan, ranked: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    """Return the customers in the order of what is suggested, with `suggestion` beside it."""
    found = suggestions(plan, ranked, shown=shown).select(
        "customer_id",
        suggested_extra="extra_minor",
        suggested_minutes="minutes",
        suggested_score="score",
        suggestion=pl.struct(*WHYS, "options"),
    )
    return (
        ranked.join(found, on="customer_id", how="left", maintain_order="left")
        .with_columns(
            expected_extra_minor=pl.coalesce("suggested_extra", "expected_extra_minor"),
            minutes=pl.coalesce("suggested_minutes", "minutes"),
            score=pl.coalesce("suggested_score", "score"),
        )
        .drop("suggested_extra", "suggested_minutes", "suggested_score")
        .sort("score", "to_collect_minor", "customer_id", descending=[True, True, False])
    )


_COLUMNS = (
    "customer_id",
    *AMOUNTS,
    "dunned_minor",
    "expected_extra_minor",
    "score",
    "minutes",
    "oldest_days_past_due",
    *(name for name in REASONS if name not in AMOUNTS),
)


def _blocked_only(plan: ContactPlan, ranked: pl.DataFrame) -> pl.DataFrame:
    """Return the customers whose day has come but who may not be asked, most money first."""
    home = plan.company.currency
    parts = {name: in_home(nw.col(name), home=home) for name in _PARTS}
    amounts = native(
        _lazy(plan.totals)
        .join(_lazy(plan.rates).select("currency", "rate_ppm"), on="currency", how="left")
        .with_columns(**parts)
        .group_by("customer_id")
        .agg(
            *[total(name).alias(name) for name in _PARTS],
            is_rate_missing=nw.col("gross_minor").is_null().any(),
        )
    ).rename({"gross_minor": "overdue_minor"})
    stopped = plan.decisions.filter(pl.col("decision") == "blocked").join(
        ranked, on="customer_id", how="anti"
    )
    found = (
        plan.contacts.select("customer_id", oldest_days_past_due="days_past_due")
        .join(stopped, on="customer_id", how="semi")
        .join(amounts, on="customer_id", how="left")
        .join(native(habits_frame(plan.company)), on="customer_id", how="left")
        .rename({"expected_days_late": "usual_days_late"})
        .sort(pl.col("overdue_minor").fill_null(0), "customer_id", descending=[True, False])
    )
    missing = [name for name in ranked.columns if name not in found.columns]
    return found.with_columns(*[pl.lit(None).alias(name) for name in missing]).select(
        *[
            pl.col(name).cast(dtype)
            if name in _EMPTY_STAYS
            else pl.col(name).cast(dtype).fill_null(0)
            for name, dtype in ranked.schema.items()
        ]
    )


_PARTS = ("gross_minor", "disputed_minor", "promised_minor", "held_minor")
_EMPTY_STAYS = {"habit", "late_ppm", "largest_item_id", "is_rate_missing", "suggestion"}


def _contacts(plan: ContactPlan) -> pl.DataFrame:
    """Return the contact proposed for each customer and what was decided about it."""
    return plan.contacts.join(plan.decisions, on="customer_id", how="inner").select(
        "customer_id",
        contact=pl.struct("level", "channel", "template", "strategy", "decision"),
    )


def _blocked(plan: ContactPlan) -> pl.DataFrame:
    """Return the reasons against a contact, one list per customer."""
    return (
        plan.reasons.filter(pl.col("is_block"))
        .sort("customer_id", "reason")
        .group_by("customer_id", maintain_order=True)
        .agg(blocked=pl.struct("reason", "measured", "allowed").struct.json_encode())
    )


def _json_list(column: str) -> pl.Expr:
    texts = pl.col(column).fill_null(pl.lit([], pl.List(pl.String)))
    return pl.format("[{}]", texts.list.join(", "))


def _running(company: Company) -> nw.LazyFrame:
    """Return what was said in writing: a call that waits to be made is still work to do."""
    return frames.read_frame(
        f"SELECT m.customer_id, l.item_id, l.level, {frames.day('m.as_of')} "  # noqa: S608
        "FROM dunwell_message m JOIN dunwell_messageitem l ON l.message_id = m.id "
        "WHERE m.company_id = %s "
        "AND m.status IN ('ready', 'claimed', 'sent', 'delivered', 'bounced', 'failed') "
        "AND m.channel IN ('email', 'portal', 'letter')",
        [company.pk],
        CONTACTS,
    )


def _unpaid(company: Company) -> nw.LazyFrame:
    """Return what the model said last of the company's open items; nothing before the first."""
    return frames.read_frame(
        "SELECT p.item_id, p.p_unpaid_14_ppm FROM dunwell_itemprediction p "
        "WHERE p.company_id = %s",
        [company.pk],
        UNPAID,
    )


def _lazy(frame: pl.DataFrame) -> nw.LazyFrame:
    return nw.from_native(frame.lazy())
