"""What the demo's credit desk was told: reports of a bureau, statements, references, a list."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

BUREAU, BUREAU_FILE = "Nordkredit", "nordkredit.csv"
GRADES = (
    ("1", 782, 3_000),
    ("2", 731, 7_500),
    ("2", 705, 11_000),
    ("3", 655, 19_000),
    ("3", 622, 32_000),
    ("4", 548, 61_000),
)
"""Class, score and probability of default within a year (ppm) of reports, taken in turn."""
WORST = ("6", 312, 240_000)
WORST_EVERY = 13

FEED = ("customer_number", "external_id", "reported_on", "score", "pd_ppm", "risk_class", "flags")

LISTED = (
    ("D-1", "Varelia Shipping & Trading Co", "entity"),
    ("D-2", "Ostrava Machine Export", "entity"),
)
"""An own list of names nobody is called, to which one like a customer's is added."""

YEARS = 3
FILED_BY_MONTH = 6
"""Statements of a year are there once this month is over."""
GROWTH_PPM = (880_000, 950_000, 1_000_000)
"""A healthy company's revenue of each year, of the last one's."""
SHRINK_PPM = (1_240_000, 1_110_000, 1_000_000)
PPM = 1_000_000

POINTS: Sequence[Mapping[str, int | str | bool]] = (
    {"years_in_business": 31, "employees": 140, "premises_owned": True},
    {"years_in_business": 12, "references_good": True, "bank_reference_good": True},
    {"years_in_business": 4, "largest_buyer_ppm": 460_000, "site_visited": True},
)

APPLICANT = {
    "street": "Hauptstr. 1",
    "postcode": "10115",
    "city": "Berlin",
    "vat_id": "DE136695976",
    "registration": "HRB 12345",
    "register_court": "Charlottenburg",
}
"""What applicants answer besides their name; the VAT number only looks like one."""
ASKED_AGAIN = "Your register number was not found; which one is it?"
CORRECTED = {"registration": "HRB 12354"}
"""What an applicant said to that by phone, after it had signed."""


def bureau_feed(numbers: Sequence[str], *, as_of: date) -> bytes:
    """Return a feed (CSV) with one report for each customer number, some days old each."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(FEED)
    for place, number in enumerate(numbers):
        is_worst = place % WORST_EVERY == WORST_EVERY - 1
        grade, score, pd = WORST if is_worst else GRADES[place % len(GRADES)]
        day = as_of - timedelta(days=5 + place % 60)
        flags = "payment_experience_bad" if is_worst else ""
        rows.writerow((number, f"NK-{number}", day.isoformat(), score, pd, grade, flags))
    return out.getvalue().encode()


def statements(
    last_revenue_minor: int, *, is_weak: bool, as_of: date
) -> list[tuple[date, date, dict[str, int]]]:
    """Return first day, last day and lines of the last full years, the oldest first.

    They balance. A weak company sells less every year and has eaten up most of its equity.
    """
    last = as_of.year - (1 if as_of.month > FILED_BY_MONTH else 2)
    found = []
    for back, share in zip(range(YEARS - 1, -1, -1), _shares(is_weak=is_weak), strict=True):
        year = last - back
        lines = _lines(last_revenue_minor * share // PPM, back=back, is_weak=is_weak)
        found.append((date(year, 1, 1), date(year, 12, 31), lines))
    return found


def sanctions_list(name: str) -> bytes:
    """Return an own list (CSV) with one entry that is written almost as `name` is."""
    rows = "".join(f"{uid},{listed},{kind}\n" for uid, listed, kind in LISTED)
    return f'id,name,kind\n{rows}D-3,"{_misspelt(name)}",entity\n'.encode()


def _shares(*, is_weak: bool) -> Sequence[int]:
    return SHRINK_PPM if is_weak else GROWTH_PPM


def _lines(revenue: int, *, back: int, is_weak: bool) -> dict[str, int]:
    """Return the lines of one year in minor units; `back` years before the last one."""
    gross = revenue * (18 if is_weak else 34) // 100
    ebitda = revenue * (2 + back if is_weak else 11) // 100
    depreciation = revenue * 3 // 100
    ebit = ebitda - depreciation
    interest = revenue * (3 if is_weak else 1) // 100
    tax = max(0, (ebit - interest) * 30 // 100)
    total = revenue * 60 // 100
    equity = total * (4 + 5 * back if is_weak else 38) // 100
    owed = total - equity
    short = owed * (75 if is_weak else 55) // 100
    return {
        "revenue": revenue,
        "cost_of_sales": revenue - gross,
        "gross_profit": gross,
        "ebitda": ebitda,
        "depreciation": depreciation,
        "ebit": ebit,
        "interest": interest,
        "tax": tax,
        "net_income": ebit - interest - tax,
        "cash": total * (2 if is_weak else 12) // 100,
        "receivables": total * 25 // 100,
        "inventory": total * 22 // 100,
        "current_assets": total * (52 if is_weak else 62) // 100,
        "fixed_assets": total * 38 // 100,
        "total_assets": total,
        "payables": short * 60 // 100,
        "short_debt": short * 30 // 100,
        "current_liabilities": short,
        "long_debt": (owed - short) * 80 // 100,
        "non_current_liabilities": owed - short,
        "total_liabilities": owed,
        "retained_earnings": equity // 2,
        "equity": equity,
    }


def _misspelt(name: str) -> str:
    """Return the name with two letters of its first word in the other order."""
    return f"{name[:2]}{name[3]}{name[2]}{name[4:]}"
