"""Which few actions lift the cash a week brings with 90 % above what is needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.engine.calendars import day_date
from dunwell.ml.lever_book import read_levers, read_moments
from dunwell.ml.levers import MOST_ACTIONS, Target, best_levers
from dunwell.models import CashBasis, CashPeriod, Company, Customer, Item, PaymentPlan

PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class LeverPeriod:
    """A week, or the first weeks together (`span`), and how it stands in minor units."""

    kind: str
    number: int
    starts_on: date
    ends_on: date
    expected_minor: int
    p10_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LeverStep:
    """One action to take: what it is about, what it adds to the P10 with those before it.

    `kind` is one of `ml.lever_effects.KINDS`; `subject_id` is the item, the dispute case (0
    where a dispute has none) or the plan. Amounts in minor units of the currency.
    """

    kind: str
    subject_id: int
    item_id: int
    label: str
    customer_id: int
    customer_name: str
    open_minor: int
    cost_minor: int
    gain_minor: int
    p10_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CashLevers:
    """The chosen actions for a period, and how far they lift it.

    `candidates` is how many actions were looked at. `needed_minor` is what was asked for, None
    where nothing was: then nothing is chosen.
    """

    as_of: date
    currency: str
    scope: str
    periods: tuple[LeverPeriod, ...]
    period: LeverPeriod
    needed_minor: int | None
    candidates: int
    steps: tuple[LeverStep, ...]
    cost_minor: int
    p10_minor: int

    @property
    def is_reached(self) -> bool:
        """Whether the P10 is at what is needed once all is done."""
        return self.needed_minor is not None and self.p10_minor >= self.needed_minor


def cash_levers(
    company: Company,
    *,
    as_of: date,
    currency: str,
    kind: str = "week",
    number: int = 1,
    needed_minor: int | None = None,
    scope: str = CashPeriod.Scope.KNOWN,
    most: int = MOST_ACTIONS,
) -> CashLevers | None:
    """Return what to do so that a period's P10 reaches an amount; None without an outlook.

    A fixed number of queries; only the largest items are looked at, whatever the book.
    """
    basis = (
        CashBasis.objects.filter(company=company, as_of__lte=as_of)
        .order_by("-as_of")
        .only("as_of", "parts", "levers", "figures")
        .first()
    )
    targets = {} if basis is None else basis.figures.get("targets", {})
    rows = targets.get(f"{scope}:{currency}", [])
    place = next((at for at, row in enumerate(rows) if (row[0], row[1]) == (kind, number)), None)
    if basis is None or place is None:
        return None
    periods = tuple(_period(row) for row in rows)
    _, _, _, _, expected, p10, shock_ppm, spread = rows[place]
    kept = read_levers(bytes(basis.levers), currency)
    target = Target(place, float(expected), float(p10), shock_ppm / PPM)
    found = best_levers(
        read_moments(bytes(basis.parts), currency),
        [lever for _, lever in kept],
        target,
        needed=float("-inf") if needed_minor is None else float(needed_minor),
        most=most,
        extra_variance=float(spread) ** 2,
    )
    by_key = {str(row["key"]): row for row, _ in kept}
    chosen = [by_key[step.lever.key] for step in found]
    names, numbers, plans = _names(company, chosen)
    steps = []
    for step, row in zip(found, chosen, strict=True):
        item = min(step.lever.items, default=0)
        subject = _whole(row, "subject_id")
        steps.append(
            LeverStep(
                kind=str(row["kind"]),
                subject_id=subject,
                item_id=item,
                label=plans.get(subject, "") if row["kind"] == "plan" else numbers.get(item, ""),
                customer_id=step.lever.customer,
                customer_name=names.get(step.lever.customer, ""),
                open_minor=_whole(row, "open_minor"),
                cost_minor=step.lever.cost_minor,
                gain_minor=step.gain_minor,
                p10_minor=step.p10_minor,
            )
        )
    return CashLevers(
        as_of=basis.as_of,
        currency=currency,
        scope=scope,
        periods=periods,
        period=periods[place],
        needed_minor=needed_minor,
        candidates=len(kept),
        steps=tuple(steps),
        cost_minor=sum(step.cost_minor for step in steps),
        p10_minor=steps[-1].p10_minor if steps else p10,
    )


def lever_currencies(company: Company, *, as_of: date) -> tuple[str, ...]:
    """Return the currencies of the outlook last kept on or before a day."""
    last = (
        CashPeriod.objects.filter(company=company, as_of__lte=as_of)
        .order_by("-as_of")
        .values("as_of")[:1]
    )
    found = CashPeriod.objects.filter(company=company, as_of=last, is_consolidated=False)
    return tuple(found.order_by("currency").values_list("currency", flat=True).distinct())


def _period(row: list[int]) -> LeverPeriod:
    kind, number, first, last, expected, p10, *_ = row
    return LeverPeriod(
        kind=str(kind),
        number=number,
        starts_on=day_date(first),
        ends_on=day_date(last),
        expected_minor=expected,
        p10_minor=p10,
    )


def _names(
    company: Company, rows: list[Mapping[str, object]]
) -> tuple[dict[int, str], dict[int, str], dict[int, str]]:
    """Return names of customers, numbers of items and of plans."""
    items = [one for row in rows for one in _list(row, "item_ids")]
    plans = [_whole(row, "subject_id") for row in rows if row["kind"] == "plan"]
    customers = [_whole(row, "customer_id") for row in rows]
    return (
        dict(Customer.objects.filter(company=company, pk__in=customers).values_list("pk", "name")),
        dict(Item.objects.filter(company=company, pk__in=items).values_list("pk", "number")),
        dict(
            PaymentPlan.objects.filter(company=company, pk__in=plans).values_list("pk", "number")
        ),
    )


def _whole(row: Mapping[str, object], name: str) -> int:
    value = row[name]
    return value if isinstance(value, int) else 0


def _list(row: Mapping[str, object], name: str) -> list[int]:
    value = row[name]
    return value if isinstance(value, list) else []
