"""Early warnings: what the cycle finds today, and the watch-list as pages and the API show it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count

from dunwell.engine.review_rules import WarningRules
from dunwell.engine.warning_strength import BUREAU_DROP, UNCLEAR, Sign, stance, strengths
from dunwell.models import Company, CustomerScore, EarlyWarning
from dunwell.queries.bureau_events import bureau_events
from dunwell.queries.credit_sections import warning_rules
from dunwell.queries.customers import customers_searched
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = EarlyWarning.Status
BUREAU_DAYS = 90
"""A bureau's bad news is a sign for so many days after it came."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundWarning:
    """A sign that stands today, with its strength."""

    customer_id: int
    kind: str
    sign: str
    strength_ppm: int
    unit: str
    measured: int | None
    usual: int | None
    since_on: date
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class WarningsFound:
    """Every sign of a day that is strong enough, and the rules by which it is."""

    rules: WarningRules
    found: tuple[FoundWarning, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyWarningRow:
    """One warning; `measured` and `usual` in `unit`, `stance` of all that stands at the customer.

    `watch_id` is the watch it started or was put under.
    """

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    kind: str
    sign: str
    sign_label: str
    stance: str
    strength_ppm: int
    unit: str
    measured: int | None
    usual: int | None
    evidence_rows: int
    text: str
    since_on: date
    first_on: date
    last_on: date
    status: str
    status_label: str
    cleared_on: date | None
    decided_by: str
    decided_on: date | None
    reason: str
    watch_id: int | None


def warnings_found(company: Company, *, as_of: date) -> WarningsFound:
    """Return the signs that stand on a day and are strong enough; three queries.

    Signs of the customer's own behaviour are those the scores of the day were written with.
    """
    rules = warning_rules(company, as_of=as_of)
    by_customer: dict[int, list[tuple[Sign, Mapping[str, object]]]] = defaultdict(list)
    scored = CustomerScore.objects.filter(company=company).exclude(warnings=[])
    for customer, told in scored.order_by("customer").values_list("customer", "warnings"):
        for row in told:
            by_customer[customer].append((_sign(row), row))
    for customer, trigger in bureau_events(company, as_of=as_of, days=BUREAU_DAYS):
        is_insolvent = trigger.text.endswith(": insolvent")
        row = {"code": BUREAU_DROP, "since_on": trigger.on.isoformat(), "text": trigger.text}
        sign = Sign(code=BUREAU_DROP, kind=UNCLEAR, severity=3 if is_insolvent else 2, evidence=1)
        # the latest report is the one that counts
        kept = [one for one in by_customer[customer] if one[0].code != BUREAU_DROP]
        by_customer[customer] = [*kept, (sign, row)]
    found = [
        one
        for customer, rows in sorted(by_customer.items())
        for one in _of_customer(customer, rows, as_of)
        if rules.counts(one.kind, one.strength_ppm)
    ]
    return WarningsFound(rules=rules, found=tuple(found))


def early_warning_rows(
    company: Company,
    *,
    status: str = Status.NEW,
    kind: str = "",
    sign: str = "",
    search: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[EarlyWarningRow]:
    """Return one page of warnings, the strongest first; an empty status shows all; two queries."""
    found = EarlyWarning.objects.filter(company=company).filter(
        customers_searched(company, search, path="customer__")
    )
    for name, value in (("status", status), ("kind", kind), ("sign", sign)):
        if value:
            found = found.filter(**{name: value})
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    limit = page_limit(limit)
    rows = list(
        found.filter(after(cursor, ("-strength_ppm", "-id"), (int, int)))
        .select_related("customer")
        .order_by("-strength_ppm", "-id")[: limit + 1]
    )
    signs = _standing_signs({row.customer_id for row in rows})
    return page_of(
        [_row(row, signs[row.customer_id]) for row in rows],
        limit=limit,
        key=lambda row: (row.strength_ppm, row.id),
    )


def early_warning_row(company: Company, warning_id: int) -> EarlyWarningRow | None:
    """Return one warning of the company, or None."""
    found = EarlyWarning.objects.filter(company=company, pk=warning_id)
    warning = found.select_related("customer").first()
    if warning is None:
        return None
    return _row(warning, _standing_signs({warning.customer_id})[warning.customer_id])


def early_warning_counts(company: Company) -> dict[str, dict[str, int]]:
    """Return how many warnings there are by status, and of the new ones by kind and sign."""
    counts: dict[str, dict[str, int]] = {"status": {}, "kind": {}, "sign": {}}
    rows = (
        EarlyWarning.objects.filter(company=company)
        .order_by("status", "kind", "sign")
        .values_list("status", "kind", "sign")
        .annotate(n=Count("id"))
    )
    for status, kind, sign, n in rows:
        counts["status"][status] = counts["status"].get(status, 0) + n
        if status == Status.NEW:
            counts["kind"][kind] = counts["kind"].get(kind, 0) + n
            counts["sign"][sign] = counts["sign"].get(sign, 0) + n
    return counts


def _sign(row: Mapping[str, object]) -> Sign:
    return Sign(
        code=str(row["code"]),
        kind=str(row["kind"]),
        severity=_number(row.get("severity")) or 1,
        evidence=_number(row.get("evidence")) or 0,
    )


def _of_customer(
    customer: int, rows: list[tuple[Sign, Mapping[str, object]]], as_of: date
) -> list[FoundWarning]:
    signs = [sign for sign, _ in rows]
    return [
        FoundWarning(
            customer_id=customer,
            kind=sign.code,
            sign=sign.kind,
            strength_ppm=strength,
            unit=str(row.get("unit") or ""),
            measured=_number(row.get("measured")),
            usual=_number(row.get("usual")),
            since_on=_day(row.get("since_on")) or as_of,
            evidence={
                "severity": sign.severity,
                "rows": sign.evidence,
                "text": str(row.get("text") or ""),
                "others": sorted(one.code for one in signs if one.code != sign.code),
            },
        )
        for (sign, row), strength in zip(rows, strengths(signs), strict=True)
    ]


def _standing_signs(customers: set[int]) -> dict[int, list[str]]:
    signs: dict[int, list[str]] = {key: [] for key in customers}
    rows = EarlyWarning.objects.filter(
        customer__in=customers, status__in=(Status.NEW, Status.ACCEPTED)
    )
    for customer, sign in rows.values_list("customer", "sign"):
        signs[customer].append(sign)
    return signs


def _row(warning: EarlyWarning, signs: list[str]) -> EarlyWarningRow:
    return EarlyWarningRow(
        id=warning.pk,
        customer_id=warning.customer_id,
        customer_number=warning.customer.number,
        customer_name=warning.customer.name,
        kind=warning.kind,
        sign=warning.sign,
        sign_label=str(EarlyWarning.Sign(warning.sign).label),
        stance=stance(signs),
        strength_ppm=warning.strength_ppm,
        unit=warning.unit,
        measured=warning.measured,
        usual=warning.usual,
        evidence_rows=_number(warning.evidence.get("rows")) or 0,
        text=str(warning.evidence.get("text") or ""),
        since_on=warning.since_on,
        first_on=warning.first_on,
        last_on=warning.last_on,
        status=warning.status,
        status_label=str(Status(warning.status).label),
        cleared_on=warning.cleared_on,
        decided_by=warning.decided_by,
        decided_on=warning.decided_on,
        reason=warning.reason,
        watch_id=warning.watch_id,
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


def quiet_from(as_of: date, rules: WarningRules) -> date:
    """Return the day from which on a dismissed warning that is gone keeps its kind quiet."""
    return as_of - timedelta(days=rules.quiet_days)
