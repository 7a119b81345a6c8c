"""Budgets: drafted, filled in, copied from last year, handed in, approved by a second person."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Max

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import person
from dunwell.actions.gate import Actor, Refused, Stale, check_status, own
from dunwell.actions.texts import fitting, needed
from dunwell.engine.budgets import grown, months_of
from dunwell.engine.money import LARGEST_MINOR, is_currency_code
from dunwell.models import Budget, BudgetLine, Company
from dunwell.queries.budgets import budget_lines
from dunwell.queries.month_actuals import MonthFacts

Status = Budget.Status
MOST_MONTHS = 24
MOST_LINES = 20_000
BATCH = 500
LineKey = tuple[date, str, str, str]
"""First day of the month, figure, dimension, key."""


@transaction.atomic
def draft_budget(
    *,
    actor: Actor,
    name: str,
    starts_on: date,
    months: int,
    currency: str,
    note: str = "",
    facts: MonthFacts | None = None,
    growth_ppm: Mapping[str, int] | None = None,
    at: datetime,
) -> Budget:
    """Return a new draft; with `facts` it holds the figures of a year before, grown.

    Growth is by figure in ppm. Where the latest version of the name and span is a draft it is
    that draft, unchanged. Raises Refused for a span that does not begin with a month or is longer
    than two years, for an unknown currency code, and where last year has no figures.
    """
    actor.require("budget.edit")
    told = needed(text=name, most=80, what="name", missing="Give the budget a name.")
    remark = fitting(text=note, most=300, what="note")
    _check_span(starts_on, months, currency)
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    same = Budget.objects.filter(
        company=company, name=told, starts_on=starts_on, currency=currency
    )
    latest = same.order_by("-version").first()
    if latest is not None and latest.status == Status.DRAFT:
        return latest
    lines: dict[LineKey, int] = {}
    if facts is not None:
        lines = _last_year(facts, growth_ppm or {}, starts_on, months, currency)
    elif latest is not None:
        lines = budget_lines(latest)
    budget = Budget.objects.create(
        company=company,
        name=told,
        starts_on=starts_on,
        months=months,
        currency=currency,
        version=(same.aggregate(last=Max("version"))["last"] or 0) + 1,
        note=remark,
        author=actor.name,
        recorded_at=at,
    )
    last = months_of(starts_on, months)[-1]
    _write(budget, {key: value for key, value in lines.items() if key[0] <= last})
    record_event(
        actor, "budget.drafted", budget, at=at, name=told, version=budget.version,
        starts_on=starts_on.isoformat(), lines=len(lines),
    )  # fmt: skip
    return budget


@transaction.atomic
def fill_budget(
    *,
    actor: Actor,
    budget: Budget,
    revision: int,
    lines: Mapping[LineKey, int | None],
    keep: bool = True,
    at: datetime,
) -> Budget:
    """Set lines of a draft; None takes one away, and without `keep` all that are not named.

    `revision` is the one that was shown: raises Stale where somebody saved meanwhile. The same
    lines again change nothing.
    """
    actor.require("budget.edit")
    found = _locked(actor, budget)
    if found.status != Status.DRAFT:
        raise Refused(
            f"{found} is {found.get_status_display().lower()}; draft a new version to change it."
        )
    months = set(months_of(found.starts_on, found.months))
    for (month, figure, dimension, key), value in lines.items():
        _check_line(month, figure, dimension, key, value, months)
    before = budget_lines(found)
    after = dict(before) if keep else {}
    for line, value in lines.items():
        if value is None:
            after.pop(line, None)
        else:
            after[line] = value
    if after == before:
        return found
    if found.revision != revision:
        raise Stale(f"Somebody saved {found} meanwhile; load the page again.")
    if len(after) > MOST_LINES:
        raise Refused(f"A budget holds {MOST_LINES} lines at most; this has {len(after)}.")
    found.lines.all().delete()
    _write(found, after)
    Budget.objects.filter(pk=found.pk).update(revision=F("revision") + 1, author=actor.name)
    found.refresh_from_db()
    changed = {
        line for line in before.keys() | after.keys() if before.get(line) != after.get(line)
    }
    record_event(
        actor, "budget.filled", found, at=at, changed=len(changed), revision=found.revision
    )
    return found


@transaction.atomic
def hand_in_budget(*, actor: Actor, budget: Budget, revision: int, at: datetime) -> Budget:
    """Hand a draft in for approval; raises Refused for one without lines, Stale for a changed."""
    actor.require("budget.edit")
    found = _locked(actor, budget)
    if found.status == Status.SUBMITTED:
        return found
    check_status(Budget.MOVES, Status(found.status), Status.SUBMITTED, "The budget")
    if found.revision != revision:
        raise Stale(f"Somebody saved {found} meanwhile; load the page again.")
    if not found.lines.exists():
        raise Refused("The budget has no figure yet; fill it in before it is handed in.")
    return _move(actor, found, Status.SUBMITTED, "budget.handed_in", at=at)


@transaction.atomic
def return_budget(*, actor: Actor, budget: Budget, reason: str, at: datetime) -> Budget:
    """Give a budget that waits back to its author, with the reason."""
    actor.require("budget.approve")
    said = needed(text=reason, most=300, what="reason", missing="Say what is to be changed.")
    found = _locked(actor, budget)
    check_status(Budget.MOVES, Status(found.status), Status.DRAFT, "The budget")
    return _move(actor, found, Status.DRAFT, "budget.returned", at=at, reason=said)


@transaction.atomic
def approve_budget(*, actor: Actor, budget: Budget, as_of: date, at: datetime) -> Budget:
    """Approve a budget that waits; the version before it is retired.

    Raises Refused for the person who filled it in last: a budget needs a second one, always.
    """
    actor.require("budget.approve")
    found = _locked(actor, budget)
    if found.status == Status.APPROVED:
        return found
    check_status(Budget.MOVES, Status(found.status), Status.APPROVED, "The budget")
    if person(found.author) == person(actor.name):
        raise Refused("Who filled a budget in does not approve it; ask a second person.")
    older = Budget.objects.filter(
        company=actor.company,
        name=found.name,
        starts_on=found.starts_on,
        currency=found.currency,
        status=Status.APPROVED,
    )
    older.update(status=Status.RETIRED)
    found.approved_by, found.approved_on = actor.name, as_of
    found.save(update_fields=["approved_by", "approved_on"])
    return _move(actor, found, Status.APPROVED, "budget.approved", at=at)


@transaction.atomic
def retire_budget(*, actor: Actor, budget: Budget, reason: str, at: datetime) -> Budget:
    """Take a draft or an approved budget out of use; it stays readable."""
    actor.require("budget.approve")
    said = needed(text=reason, most=300, what="reason", missing="Say why it is retired.")
    found = _locked(actor, budget)
    if found.status == Status.RETIRED:
        return found
    check_status(Budget.MOVES, Status(found.status), Status.RETIRED, "The budget")
    return _move(actor, found, Status.RETIRED, "budget.retired", at=at, reason=said)


def _locked(actor: Actor, budget: Budget) -> Budget:
    own(actor, budget, "budget")
    return Budget.objects.select_for_update(no_key=True).get(pk=budget.pk)


def _move(
    actor: Actor, budget: Budget, status: Status, verb: str, *, at: datetime, reason: str = ""
) -> Budget:
    budget.status = status
    budget.save(update_fields=["status"])
    record_event(
        actor, verb, budget, at=at, name=budget.name, version=budget.version, reason=reason
    )
    return budget


def _check_span(starts_on: date, months: int, currency: str) -> None:
    if starts_on.day != 1:
        raise Refused(f"A budget begins on the first of a month; {starts_on} is none.")
    if not 1 <= months <= MOST_MONTHS:
        raise Refused(f"A budget has 1 to {MOST_MONTHS} months; {months} do not fit.")
    if not is_currency_code(currency):
        raise Refused(f"{currency!r} is no currency; write its three letters, such as EUR.")


def _check_line(
    month: date, figure: str, dimension: str, key: str, value: int | None, months: set[date]
) -> None:
    if month not in months:
        raise Refused(f"{month:%Y-%m} is no month of this budget.")
    if figure not in BudgetLine.Figure.values or dimension not in BudgetLine.Dimension.values:
        raise Refused(f"{figure} {dimension} is no figure of a budget.")
    if bool(dimension) != bool(key.strip()) or len(key) > 150:  # noqa: PLR2004  its column
        raise Refused("A slice is a segment or a collector with its name.")
    if value is not None and not 0 <= value <= LARGEST_MINOR:
        raise Refused(f"The {figure} of {month:%Y-%m} is below 0 or too large.")


def _last_year(
    facts: MonthFacts, growth: Mapping[str, int], starts_on: date, months: int, currency: str
) -> dict[LineKey, int]:
    """Return the figures of the same months a year before, grown; those of the company alone."""
    wanted = {month.replace(year=month.year - 1): month for month in months_of(starts_on, months)}
    known: dict[tuple[str, ...], int] = {
        (figure, month.isoformat()): value
        for (code, month, figure, dimension, _), value in facts.values.items()
        if code == currency and not dimension and month in wanted
    }
    if not known:
        raise Refused(f"The year before {starts_on} has no figures in {currency} to copy.")
    return {
        (wanted[date.fromisoformat(month)], figure, "", ""): value
        for (figure, month), value in grown(known, growth).items()
    }


def _write(budget: Budget, lines: Mapping[LineKey, int]) -> None:
    BudgetLine.objects.bulk_create(
        [
            BudgetLine(
                budget=budget,
                month_on=month,
                figure=figure,
                dimension=dimension,
                key=key,
                value=value,
            )
            for (month, figure, dimension, key), value in sorted(lines.items())
        ],
        batch_size=BATCH,
    )
