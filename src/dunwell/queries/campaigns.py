"""Exactly who would be contacted today on which channel, in which words, who is left out and why:
the plan of the day under a choice of step, channel or segment. Never writes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from dunwell.engine.priority import PriorityPolicy
from dunwell.models import Company, WorklistEntry
from dunwell.queries.dry_run import ROWS, Amounts, DryContact, DryRun, plan_under, told_of
from dunwell.queries.reminders import ContactPlan
from dunwell.queries.texts import message_texts

BY_ITSELF = ("email", "portal")
"""Channels that take nobody's time unless somebody has to agree first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignFilter:
    """Which contacts of the day; what is empty lets all through."""

    strategy: str = ""
    level: int | None = None
    channel: str = ""
    segment: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignContact:
    """One contact with what it takes and brings: minutes of a person, home minor units.

    `expected_minor` is None where the worklist does not know the customer.
    """

    contact: DryContact
    minutes: int
    expected_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """The message one customer would get; `trouble` says why it could not be written."""

    customer_id: int
    name: str
    channel: str
    to: str
    language: str
    subject: str
    body: str
    trouble: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """The answer. `run` has counts of all and the first rows; `demand`, `minutes` and
    `expected_minor` are of all contacts that go out or wait for approval."""

    as_of: date
    run: DryRun
    contacts: tuple[CampaignContact, ...]
    demand: Amounts
    minutes: int
    expected_minor: int
    sample: Sample | None
    strategies: tuple[str, ...]
    levels: tuple[int, ...]
    channels: tuple[str, ...]
    segments: tuple[str, ...]


def campaign(
    company: Company,
    only: CampaignFilter,
    *,
    as_of: date,
    version_id: int | None = None,
    sample_of: int | None = None,
    rows: int = ROWS,
) -> Campaign | None:
    """Return the contacts of a day under a choice; None for a version that is not the company's.

    With `version_id` that version stands in for the one of its name in force. `sample_of` names
    the customer whose message is shown, the first one otherwise. Raises StrategyError when the
    version cannot be used.
    """
    whole = plan_under(company, as_of=as_of, version_id=version_id)
    if whole is None:
        return None
    return campaign_in(whole, only, sample_of=sample_of, rows=rows)


def campaign_in(
    whole: ContactPlan, only: CampaignFilter, *, sample_of: int | None = None, rows: int = ROWS
) -> Campaign:
    """Return the contacts of a plan that was worked out, under a choice."""
    company, as_of = whole.company, whole.as_of
    plan = narrowed(whole, only)
    run = told_of(plan, None, rows)
    going = going_of(plan)
    minutes, expected = _minutes(going), _expected(company, as_of)
    total = sum(expected.get(key, 0) for key in going["customer_id"])
    names = {row.customer_id: row for row in run.contacts}
    first = sample_of if sample_of in minutes else next(iter(sorted(minutes)), None)
    return Campaign(
        as_of=as_of,
        run=run,
        contacts=tuple(
            CampaignContact(
                contact=row,
                minutes=minutes[row.customer_id],
                expected_minor=expected.get(row.customer_id),
            )
            for row in run.contacts
        ),
        demand=_demand(plan, going),
        minutes=sum(minutes.values()),
        expected_minor=total,
        sample=None if first is None else _sample(plan, first, names.get(first)),
        strategies=_values(whole, "strategy"),
        levels=tuple(sorted(set(whole.contacts["level"].drop_nulls().to_list()))),
        channels=_values(whole, "channel"),
        segments=_values(whole, "segment"),
    )


def narrowed(plan: ContactPlan, only: CampaignFilter) -> ContactPlan:
    """Return the plan with the contacts of a choice alone."""
    contacts = plan.contacts
    for name, value in (
        ("strategy", only.strategy),
        ("channel", only.channel),
        ("segment", only.segment),
    ):
        if value:
            contacts = contacts.filter(pl.col(name) == value)
    if only.level is not None:
        contacts = contacts.filter(pl.col("level") == only.level)
    return for_customers(plan, contacts.select("customer_id"))


def for_customers(plan: ContactPlan, customers: pl.DataFrame) -> ContactPlan:
    """Return the plan with the contacts of some customers alone."""

    def of(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.join(customers, on="customer_id", how="semi", maintain_order="left")

    return replace(
        plan,
        contacts=of(plan.contacts),
        lines=of(plan.lines),
        totals=of(plan.totals),
        facts=of(plan.facts),
        reasons=of(plan.reasons),
        decisions=of(plan.decisions),
    )


def for_review(company: Company, only: CampaignFilter, *, as_of: date) -> ContactPlan:
    """Return the contacts of a choice under the strategies in force, each to be approved first."""
    return review_in(_in_force(company, as_of), only)


def review_in(whole: ContactPlan, only: CampaignFilter) -> ContactPlan:
    """Return the contacts of a choice of a plan that was worked out, each to be approved first."""
    plan = narrowed(whole, only)
    going = going_of(plan).select("customer_id")
    chosen = for_customers(plan, going)
    return replace(
        chosen,
        reasons=chosen.reasons.clear(),
        decisions=going.with_columns(decision=pl.lit("needs_approval")).sort("customer_id"),
    )


def going_of(plan: ContactPlan) -> pl.DataFrame:
    """Return the contacts that go out or wait for approval, with their decision."""
    return plan.contacts.join(plan.decisions, on="customer_id", how="inner").filter(
        pl.col("decision") != "blocked"
    )


def _in_force(company: Company, as_of: date) -> ContactPlan:
    plan = plan_under(company, as_of=as_of, version_id=None)
    if plan is None:
        raise LookupError("without a version there is always a plan")
    return plan


def _minutes(going: pl.DataFrame) -> dict[int, int]:
    """Return the minutes of a person each contact takes."""
    policy = PriorityPolicy()
    return {
        customer: 0
        if channel in BY_ITSELF and decision == "clear"
        else policy.minutes.get(channel, policy.minutes_otherwise)
        for customer, channel, decision in going.select(
            "customer_id", "channel", "decision"
        ).iter_rows()
    }


def _expected(company: Company, as_of: date) -> Mapping[int, int]:
    """Return the extra cash the newest worklist up to a day expects, home minor units."""
    entries = WorklistEntry.objects.filter(company=company, as_of__lte=as_of)
    return dict(entries.values_list("customer_id", "expected_extra_minor").iterator())


def _demand(plan: ContactPlan, going: pl.DataFrame) -> Amounts:
    sums = (
        plan.totals.join(going, on="customer_id", how="semi")
        .filter(pl.col("demand_minor") > 0)
        .group_by("currency")
        .agg(pl.col("demand_minor").sum())
        .sort("currency")
    )
    return tuple(sums.iter_rows())


def _sample(plan: ContactPlan, customer_id: int, row: DryContact | None) -> Sample | None:
    chosen = pl.DataFrame({"customer_id": [customer_id]}, schema={"customer_id": pl.Int64})
    channel = plan.contacts.filter(pl.col("customer_id") == customer_id)["channel"].item()
    for text in message_texts(plan, chosen):
        return Sample(
            customer_id=customer_id,
            name=row.name if row is not None else "",
            channel=str(channel),
            to=text.to,
            language=text.language,
            subject=text.subject,
            body=text.body,
            trouble=text.trouble,
        )
    return None


def _values(plan: ContactPlan, column: str) -> tuple[str, ...]:
    return tuple(sorted(set(plan.contacts[column].drop_nulls().to_list())))
