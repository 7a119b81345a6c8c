"""Who would get what tonight, who not and why: a strategy tried out on the books. Never writes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from dunwell.engine.chase import GATE_REASONS
from dunwell.engine.strategy import Strategy, read_strategy
from dunwell.formats.policies import read_policy
from dunwell.models import Company, Customer
from dunwell.queries.ledgers import Books
from dunwell.queries.policies import policy_text, strategies_in_force
from dunwell.queries.reminders import REASONS, ContactPlan, plan_contacts
from dunwell.queries.runs import is_finished

Amounts = tuple[tuple[str, int], ...]
"""Minor units by currency, currencies in order."""

ROWS = 200
"""Contacts listed of each kind unless asked otherwise; the counts are always of all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepCount:
    """What one step of a strategy would send out."""

    strategy: str
    level: int
    channel: str
    template: str
    needs_approval: bool
    customers: int
    demand: Amounts


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonCount:
    """How many customers one reason keeps from being contacted, and what they owe overdue."""

    reason: str
    text: str
    customers: int
    gross: Amounts


@dataclass(frozen=True, kw_only=True, slots=True)
class DryContact:
    """One customer whose day has come: the contact proposed, and what was decided about it."""

    customer_id: int
    number: str
    name: str
    strategy: str
    level: int
    channel: str
    template: str
    decision: str
    reasons: tuple[str, ...]
    demand: Amounts


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A customer treated otherwise than by the strategy in force; None: no contact there."""

    customer_id: int
    number: str
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What a draft would change: contacts more, contacts less, contacts of another step."""

    added: int
    dropped: int
    altered: int
    demand_before: Amounts
    demand_after: Amounts
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DryRun:
    """The answer; `contacts` go out, `blocked` do not, both cut off after the rows asked for."""

    as_of: date
    customers: int
    drafts: int
    steps: tuple[StepCount, ...]
    reasons: tuple[ReasonCount, ...]
    contacts: tuple[DryContact, ...]
    blocked: tuple[DryContact, ...]
    difference: Difference | None


def next_run_day(company: Company, *, today: date, last_step: str) -> date:
    """Return the day of the next cycle: today, or tomorrow when today's is done."""
    done = is_finished(company, today, last_step=last_step)
    return today + timedelta(days=1) if done else today


def dry_run(
    company: Company, *, as_of: date, version_id: int | None = None, rows: int = ROWS
) -> DryRun | None:
    """Return what the strategies would do on a day; None for a version that is not the company's.

    With `version_id` that version takes the place of the one of its name in force, as if
    valid already, and the difference is told. Raises StrategyError when the version cannot
    be read or claims a segment another strategy has from the same day.
    """
    books = Books(company)
    current = plan_under(company, as_of=as_of, version_id=None, books=books)
    if version_id is None:
        return None if current is None else told_of(current, None, rows)
    tried = plan_under(company, as_of=as_of, version_id=version_id, books=books)
    return None if tried is None else told_of(tried, current, rows)


def plan_under(
    company: Company, *, as_of: date, version_id: int | None, books: Books | None = None
) -> ContactPlan | None:
    """Return the contacts of a day under the strategies in force, or with a version among them.

    None for a version that is not the company's. Raises StrategyError for one that cannot be used.
    """
    strategies = [policy.strategy for policy in strategies_in_force(company, as_of=as_of)]
    if version_id is not None:
        text = policy_text(company, version_id)
        if text is None:
            return None
        draft = read_strategy(read_policy(text).document)
        strategies = _with_draft(strategies, draft, as_of)
    return plan_contacts(
        company, books=books or Books(company), strategies=strategies, as_of=as_of
    )


def _with_draft(in_force: Iterable[Strategy], draft: Strategy, as_of: date) -> list[Strategy]:
    others = [strategy for strategy in in_force if strategy.name != draft.name]
    return [*others, replace(draft, valid_from=min(draft.valid_from, as_of))]


def told_of(plan: ContactPlan, before: ContactPlan | None, rows: int) -> DryRun:
    """Return what a plan does, and how it differs from another; `rows` are listed of each kind."""
    going = _going(plan)
    stopped = plan.decisions.filter(pl.col("decision") == "blocked")
    names = _names(plan, before)
    contacts = going["customer_id"].sort()
    return DryRun(
        as_of=plan.as_of,
        customers=going.height,
        drafts=going.filter(pl.col("decision") == "needs_approval").height,
        steps=_steps(plan, going),
        reasons=_reasons(plan),
        contacts=_rows(plan, contacts.head(rows), names),
        blocked=_rows(plan, stopped["customer_id"].sort().head(rows), names),
        difference=None if before is None else _difference(before, plan, names, rows),
    )


def _going(plan: ContactPlan) -> pl.DataFrame:
    """Return the contacts that go out or wait for approval, with their decision."""
    return plan.contacts.join(plan.decisions, on="customer_id", how="inner").filter(
        pl.col("decision") != "blocked"
    )


def _steps(plan: ContactPlan, going: pl.DataFrame) -> tuple[StepCount, ...]:
    keys = ["strategy", "level", "channel", "template", "needs_approval"]
    customers = Counter(going.select(keys).iter_rows())
    demanded = going.join(plan.totals, on="customer_id", how="inner")
    demand = _amounts(demanded, keys, "demand_minor")
    return tuple(
        StepCount(
            strategy=strategy,
            level=level,
            channel=channel,
            template=template,
            needs_approval=needs_approval,
            customers=customers[strategy, level, channel, template, needs_approval],
            demand=demand.get((strategy, level, channel, template, needs_approval), ()),
        )
        for strategy, level, channel, template, needs_approval in sorted(customers)
    )


def _reasons(plan: ContactPlan) -> tuple[ReasonCount, ...]:
    words = {**GATE_REASONS, **REASONS}
    blocking = plan.reasons.filter(pl.col("is_block"))
    customers = Counter(blocking["reason"].to_list())
    owed = blocking.join(plan.totals, on="customer_id", how="inner")
    gross = _amounts(owed, ["reason"], "gross_minor")
    return tuple(
        ReasonCount(
            reason=reason,
            text=words[reason],
            customers=number,
            gross=gross.get((reason,), ()),
        )
        for reason, number in sorted(customers.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def _amounts(
    frame: pl.DataFrame, keys: list[str], amount: str
) -> dict[tuple[object, ...], Amounts]:
    """Return the sums per currency above zero, by the values of the keys."""
    sums = frame.group_by(*keys, "currency").agg(pl.col(amount).sum()).sort("currency")
    found: dict[tuple[object, ...], Amounts] = {}
    for *key, currency, total in sums.select(*keys, "currency", amount).iter_rows():
        if total > 0:
            found[tuple(key)] = (*found.get(tuple(key), ()), (currency, total))
    return found


def _rows(
    plan: ContactPlan, customers: pl.Series, names: Mapping[int, tuple[str, str]]
) -> tuple[DryContact, ...]:
    chosen = customers.to_frame()
    demand = _amounts(
        plan.totals.join(chosen, on="customer_id", how="semi"), ["customer_id"], "demand_minor"
    )
    reasons: dict[int, list[str]] = {}
    for customer_id, reason in (
        plan.reasons.filter(pl.col("is_block")).select("customer_id", "reason").iter_rows()
    ):
        reasons.setdefault(customer_id, []).append(reason)
    rows = (
        plan.contacts.join(chosen, on="customer_id", how="semi")
        .join(plan.decisions, on="customer_id", how="inner")
        .sort("customer_id")
        .iter_rows(named=True)
    )
    return tuple(
        DryContact(
            customer_id=row["customer_id"],
            number=names[row["customer_id"]][0],
            name=names[row["customer_id"]][1],
            strategy=row["strategy"] or "",
            level=row["level"],
            channel=row["channel"],
            template=row["template"],
            decision=row["decision"],
            reasons=tuple(reasons.get(row["customer_id"], ())),
            demand=demand.get((row["customer_id"],), ()),
        )
        for row in rows
    )


def _difference(
    before: ContactPlan, after: ContactPlan, names: Mapping[int, tuple[str, str]], rows: int
) -> Difference:
    old, new = _described(before), _described(after)
    changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    return Difference(
        added=sum(key not in old for key in changed),
        dropped=sum(key not in new for key in changed),
        altered=sum(key in old and key in new for key in changed),
        demand_before=_demand(before),
        demand_after=_demand(after),
        changes=tuple(
            Change(
                customer_id=key,
                number=names[key][0],
                name=names[key][1],
                before=old.get(key),
                after=new.get(key),
            )
            for key in changed[:rows]
        ),
    )


def _described(plan: ContactPlan) -> dict[int, str]:
    """Return the contact of each customer that gets one, in words."""
    columns = ("customer_id", "level", "channel", "template", "decision")
    return {
        key: f"level {level}, {channel}, {template}"
        + (", with approval" if decision == "needs_approval" else "")
        for key, level, channel, template, decision in _going(plan).select(columns).iter_rows()
    }


def _demand(plan: ContactPlan) -> Amounts:
    """Return what all contacts together ask for."""
    going = plan.totals.join(_going(plan), on="customer_id", how="semi")
    return _amounts(going, [], "demand_minor").get((), ())


def _names(plan: ContactPlan, before: ContactPlan | None) -> dict[int, tuple[str, str]]:
    """Return number and name of every customer in the plans."""
    keys = set(plan.contacts["customer_id"].to_list())
    if before is not None:
        keys |= set(before.contacts["customer_id"].to_list())
    found = Customer.objects.filter(company=plan.company).values_list("id", "number", "name")
    return {key: (number, name) for key, number, name in found.iterator() if key in keys}
