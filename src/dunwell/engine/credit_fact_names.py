"""The catalogue of facts that credit policies and scorecards may name.

A fact is one flat value per customer: `own_*` how it pays us, `fs_*` its financial statements,
`bureau_*` what bureaus say, `customer_*` who it is, `point_*` what somebody found out. Amounts
are minor units of our own currency, shares ppm, Z scores thousandths. An unknown fact is None.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

Value = int | str | bool | None
"""What a fact may be."""

NUMBER, TEXT, FLAG = "number", "text", "flag"
KINDS = (NUMBER, TEXT, FLAG)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: number, text or flag; its unit (minor, ppm, milli, days ...); what it is."""

    kind: str
    unit: str
    label: str


OWN: Mapping[str, Fact] = {
    "own_months_known": Fact(NUMBER, "months", "Months since the first item"),
    "own_items_paid": Fact(NUMBER, "items", "Items settled with money in two years"),
    "own_days_late": Fact(NUMBER, "days", "Mean days late, weighted by amount"),
    "own_share_late_ppm": Fact(NUMBER, "ppm", "Share of items paid late"),
    "own_trend_days": Fact(NUMBER, "days", "Days later than before; above 0 is worse"),
    "own_broken_promises": Fact(NUMBER, "promises", "Promises broken in two years"),
    "own_returned_debits": Fact(NUMBER, "debits", "Direct debits returned in two years"),
    "own_open_minor": Fact(NUMBER, "minor", "Open now"),
    "own_overdue_minor": Fact(NUMBER, "minor", "Overdue now"),
    "own_oldest_days": Fact(NUMBER, "days", "Days past due of the oldest open item"),
    "own_highest_balance_minor": Fact(NUMBER, "minor", "Highest balance of a year"),
    "own_score": Fact(NUMBER, "points", "Behavioural score, 0 to 100"),
    "own_band": Fact(TEXT, "", "Band of the behavioural score"),
}
STATEMENTS: Mapping[str, Fact] = {
    "fs_age_days": Fact(NUMBER, "days", "Age of the statement that counts"),
    "fs_weight_ppm": Fact(NUMBER, "ppm", "How much the statement still counts"),
    "fs_is_audited": Fact(FLAG, "", "The statement is audited"),
    "fs_is_sound": Fact(FLAG, "", "The statement balances and its sums agree"),
    "fs_currency": Fact(TEXT, "", "Currency of the statement"),
    "fs_revenue_minor": Fact(NUMBER, "minor", "Revenue"),
    "fs_equity_minor": Fact(NUMBER, "minor", "Equity"),
    "fs_total_assets_minor": Fact(NUMBER, "minor", "Total assets"),
    "fs_net_income_minor": Fact(NUMBER, "minor", "Net income"),
    "fs_equity_ratio_ppm": Fact(NUMBER, "ppm", "Equity to total assets"),
    "fs_current_ratio_ppm": Fact(NUMBER, "ppm", "Current assets to current liabilities"),
    "fs_quick_ratio_ppm": Fact(NUMBER, "ppm", "The same without inventory"),
    "fs_debt_to_equity_ppm": Fact(NUMBER, "ppm", "Liabilities to equity"),
    "fs_interest_cover_ppm": Fact(NUMBER, "ppm", "Operating profit to interest"),
    "fs_net_margin_ppm": Fact(NUMBER, "ppm", "Net income to revenue"),
    "fs_return_on_assets_ppm": Fact(NUMBER, "ppm", "Net income to total assets"),
    "fs_receivable_days": Fact(NUMBER, "days", "Days its own customers take"),
    "fs_altman_z_milli": Fact(NUMBER, "milli", "Altman Z (listed manufacturers)"),
    "fs_altman_z1_milli": Fact(NUMBER, "milli", "Altman Z for private manufacturers"),
    "fs_altman_z2_milli": Fact(NUMBER, "milli", "Altman Z for non-manufacturers"),
    "fs_altman_zone": Fact(TEXT, "", "Zone of the latter: distress, grey or safe"),
    "fs_revenue_trend_ppm": Fact(NUMBER, "ppm", "Growth of revenue in a year"),
}
BUREAU: Mapping[str, Fact] = {
    "bureau_name": Fact(TEXT, "", "Bureau whose report leads"),
    "bureau_score": Fact(NUMBER, "points", "Its score, on its own scale"),
    "bureau_pd_ppm": Fact(NUMBER, "ppm", "Its probability of default within a year"),
    "bureau_limit_minor": Fact(NUMBER, "minor", "Limit it recommends"),
    "bureau_class": Fact(TEXT, "", "Its risk class"),
    "bureau_is_insolvent": Fact(FLAG, "", "Any bureau reports an insolvency"),
    "bureau_age_days": Fact(NUMBER, "days", "Age of its report"),
    "bureau_is_stale": Fact(FLAG, "", "Its report is older than it may be"),
    "bureau_reports": Fact(NUMBER, "bureaus", "Bureaus that have reported"),
    "bureau_disagreement_ppm": Fact(NUMBER, "ppm", "How far apart bureaus put default"),
}
CUSTOMER: Mapping[str, Fact] = {
    "customer_country": Fact(TEXT, "", "Country of the customer"),
    "customer_party": Fact(TEXT, "", "company, person or public"),
    "customer_segment": Fact(TEXT, "", "Segment of the customer"),
    "customer_region": Fact(TEXT, "", "Region of the customer"),
    "customer_has_vat_id": Fact(FLAG, "", "A VAT number is recorded"),
}
POINTS: Mapping[str, Fact] = {
    "point_years_in_business": Fact(NUMBER, "years", "Years in business"),
    "point_legal_form": Fact(TEXT, "", "Legal form"),
    "point_employees": Fact(NUMBER, "people", "Employees"),
    "point_industry_code": Fact(TEXT, "", "Industry (NACE or SIC code)"),
    "point_register_number": Fact(TEXT, "", "Number in the commercial register"),
    "point_identity_checked": Fact(FLAG, "", "Identity and register entry checked"),
    "point_references_good": Fact(FLAG, "", "Trade references are good"),
    "point_references_checked": Fact(NUMBER, "references", "Trade references checked"),
    "point_bank_reference_good": Fact(FLAG, "", "Bank reference is good"),
    "point_management_good": Fact(FLAG, "", "Management is experienced"),
    "point_premises_owned": Fact(FLAG, "", "Premises are owned"),
    "point_site_visited": Fact(FLAG, "", "Site was visited"),
    "point_order_book_minor": Fact(NUMBER, "minor", "Orders on its books"),
    "point_largest_buyer_ppm": Fact(NUMBER, "ppm", "Share of its largest buyer"),
    "point_is_in_court": Fact(FLAG, "", "Legal proceedings are known"),
    "point_external_rating": Fact(TEXT, "", "Rating of an agency"),
}
"""The checklist; a company may record points of other names too."""

FACTS: Mapping[str, Fact] = {**OWN, **STATEMENTS, **BUREAU, **CUSTOMER, **POINTS}
GROUPS: Mapping[str, Mapping[str, Fact]] = {
    "own": OWN,
    "fs": STATEMENTS,
    "bureau": BUREAU,
    "customer": CUSTOMER,
    "point": POINTS,
}
POINT_NAME = re.compile(r"point_[a-z][a-z0-9_]{0,39}")


def fact_named(name: str) -> Fact | None:
    """Return the fact of a name, None where there is none.

    A point of a name of the company's own is a text, number or flag as it is recorded: its
    kind is empty.
    """
    if name in FACTS:
        return FACTS[name]
    if POINT_NAME.fullmatch(name):
        return Fact("", "", name.removeprefix("point_").replace("_", " "))
    return None


def group_of(name: str) -> str:
    """Return the group of GROUPS a fact belongs to, by the start of its name."""
    return name.partition("_")[0]


def fits(name: str, value: Value) -> bool:
    """Return whether a value is of the fact's kind; None (unknown) always is."""
    fact = fact_named(name)
    if fact is None:
        return False
    if value is None:
        return True
    kinds = {bool: FLAG, int: NUMBER, str: TEXT}
    return fact.kind in {"", kinds.get(type(value), "other")}
