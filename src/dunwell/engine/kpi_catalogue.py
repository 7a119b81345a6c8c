"""Every figure of credit and collections by id: its name, unit, formula and source.

The formulas themselves are in `kpis`; documentation, pages and the command line
take names and units from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure: its id, name, unit, decimals shown, formula and where the formula comes from."""

    id: str
    name: str
    unit: str
    formula: str
    source: str
    digits: int = 2
    version: int = 1
    """Goes up whenever the formula gives another value for the same inputs."""
    has_currency: bool = True
    """Whether there is a value per currency; else one for all, under an empty currency."""

    @property
    def formula_id(self) -> str:
        """The formula's name in answers: the figure and the version of its formula."""
        return f"{self.id}/{self.version}"


_CRF = "Credit Research Foundation, standard measures"
_FIELD = "general practice, no single source"

_ALL = (
    Kpi("dso", "Days sales outstanding", "days", "receivables / sales * days", _CRF),
    Kpi(
        "best_possible_dso",
        "Best possible DSO",
        "days",
        "current receivables / sales * days",
        _CRF,
    ),
    Kpi(
        "average_days_delinquent",
        "Average days delinquent",
        "days",
        "DSO - best possible DSO",
        _CRF,
    ),
    Kpi(
        "countback_dso",
        "DSO by count-back",
        "days",
        "take each month's sales off the receivables, newest first, counting its days; "
        "the last month in proportion",
        _FIELD,
    ),
    Kpi(
        "sales_weighted_dso",
        "Sales-weighted DSO",
        "days",
        "sum over sale months of open / sales * days of the month",
        _CRF,
    ),
    Kpi(
        "cei_period",
        "Collection effectiveness, whole window",
        "percent",
        "(begin + sales - end) / (begin + sales - end current) * 100",
        _CRF,
    ),
    Kpi(
        "cei_monthly",
        "Collection effectiveness, monthly",
        "percent",
        "(begin + sales / months - end) / (begin + sales / months - end current) * 100",
        _CRF,
    ),
    Kpi("recovery_rate", "Recovery rate", "percent", "collected / (begin + sales) * 100", _FIELD),
    Kpi(
        "turnover",
        "Receivables turnover",
        "times a year",
        "sales * 365 / days / mean of receivables at begin and end",
        _FIELD,
    ),
    Kpi("turnover_days", "Turnover in days", "days", "365 / turnover", _FIELD),
    Kpi("current_share", "Share not due", "percent", "current / receivables * 100", _CRF),
    Kpi("overdue_share", "Share overdue", "percent", "overdue / receivables * 100", _CRF),
    Kpi("bad_debt_to_sales", "Write-offs to sales", "percent", "write-offs / sales * 100", _CRF),
    Kpi(
        "write_off_rate",
        "Write-offs to receivables",
        "percent",
        "write-offs / receivables * 100",
        _FIELD,
    ),
    Kpi(
        "average_days_to_pay",
        "Average days to pay",
        "days",
        "sum of amount * days from issue to payment / sum of amounts, items settled with money",
        _FIELD,
    ),
    Kpi(
        "average_days_to_pay_simple",
        "Average days to pay, each item alike",
        "days",
        "sum of days from issue to payment / items settled with money",
        _FIELD,
    ),
    Kpi(
        "average_days_late",
        "Average days late, early counts negative",
        "days",
        "sum of amount * days from due to payment / sum of amounts, items settled with money",
        _FIELD,
    ),
    Kpi(
        "average_days_late_floored",
        "Average days late, early counts zero",
        "days",
        "sum of amount * max(0, days from due to payment) / sum of amounts",
        _FIELD,
    ),
    Kpi(
        "promises_kept_by_count",
        "Promises kept",
        "percent",
        "promises kept / promises judged in the window * 100",
        _FIELD,
    ),
    Kpi(
        "promises_kept_by_amount",
        "Promises kept, by amount",
        "percent",
        "amount of promises kept / amount of promises judged in the window * 100",
        _FIELD,
    ),
    Kpi(
        "roll_not_due",
        "Roll rate not due to 1-30",
        "percent",
        "open now in 1-30 of what was not due 30 days ago / that amount then * 100",
        _FIELD,
    ),
    Kpi(
        "roll_1_30",
        "Roll rate 1-30 to 31-60",
        "percent",
        "open now in 31-60 of what was in 1-30 30 days ago / that amount then * 100",
        _FIELD,
    ),
    Kpi(
        "roll_31_60",
        "Roll rate 31-60 to 61-90",
        "percent",
        "open now in 61-90 of what was in 31-60 30 days ago / that amount then * 100",
        _FIELD,
    ),
    Kpi(
        "roll_61_90",
        "Roll rate 61-90 to 91+",
        "percent",
        "open now in 91+ of what was in 61-90 30 days ago / that amount then * 100",
        _FIELD,
    ),
    Kpi(
        "dispute_days_mean",
        "Dispute cycle, mean",
        "days",
        "sum of days from opening to closing / disputes closed in the window",
        _FIELD,
    ),
    Kpi(
        "dispute_days_median",
        "Dispute cycle, median",
        "days",
        "median of days from opening to closing of disputes closed in the window",
        _FIELD,
    ),
    Kpi(
        "concentration",
        "Concentration (HHI)",
        "points",
        "sum over customers of (percent of receivables) squared",
        "Herfindahl-Hirschman index",
        digits=0,
    ),
    Kpi(
        "dso_undisputed",
        "Days sales outstanding without disputes",
        "days",
        "(receivables - disputed) / sales * days",
        _CRF,
    ),
    Kpi(
        "cei_undisputed",
        "Collection effectiveness without disputes",
        "percent",
        "(begin + sales - end) / (begin + sales - end current) * 100, disputed amounts taken off "
        "begin, end and end current",
        _CRF,
    ),
    Kpi(
        "delinquency_rate",
        "Delinquency",
        "percent",
        "receivables more than 30 days past due / receivables * 100",
        _FIELD,
    ),
    Kpi(
        "at_risk",
        "At risk",
        "percent",
        "unpaid 90 days after the end of the month of billing / billed in it * 100, the newest "
        "month that is so long over",
        _FIELD,
    ),
    Kpi(
        "write_off_recovery",
        "Recovery after write-off",
        "percent",
        "recovered of write-offs / written off, over all time * 100",
        _FIELD,
    ),
    Kpi(
        "collection_progress",
        "Collection progress",
        "percent",
        "promised and still to come, per customer at most what is to collect / overdue and not "
        "disputed * 100",
        "SAP Collections Management, collection progress",
    ),
)
_MORE = (
    Kpi(
        "first_contact_resolution",
        "First-contact resolution",
        "percent",
        "resolved at first contact and not reopened within 7 days / contacts judged * 100",
        _FIELD,
        has_currency=False,
    ),
    Kpi(
        "right_party_contact",
        "Right-party contact",
        "percent",
        "calls that reached the right person / calls made * 100",
        _FIELD,
        has_currency=False,
    ),
    Kpi("cost_to_collect", "Cost to collect", "per 100", "cost / cash collected * 100", _FIELD),
    Kpi(
        "days_to_invoice",
        "Days to invoice",
        "days",
        "mean of days from delivery, end of period or order to issue, each invoice alike",
        _FIELD,
        digits=1,
        has_currency=False,
    ),
    Kpi(
        "delivered_before_due",
        "Delivered before due",
        "percent",
        "invoices proven to have arrived by their due day / invoices proven or due * 100",
        _FIELD,
        has_currency=False,
    ),
    Kpi(
        "days_to_receipt",
        "Days to receipt",
        "days",
        "median of days from issue to the first proof of arrival, each invoice alike",
        _FIELD,
        digits=1,
        has_currency=False,
    ),
    Kpi(
        "csat",
        "Customer satisfaction",
        "percent",
        "answers of 4 or 5 / answers * 100",
        _FIELD,
        has_currency=False,
    ),
    Kpi(
        "nps",
        "Net promoter score",
        "points",
        "percent of promoters - percent of detractors",
        _FIELD,
        digits=0,
        has_currency=False,
    ),
    Kpi(
        "customer_effort",
        "Ease of dealing with us (1 to 7)",
        "points",
        "sum of answers / answers",
        _FIELD,
        has_currency=False,
    ),
    Kpi(
        "auto_match",
        "Matched without a person",
        "percent",
        "auto lines / lines * 100",
        _FIELD,
        has_currency=False,
    ),
    Kpi(
        "auto_match_amount",
        "Matched without a person, by amount",
        "percent",
        "amount of auto lines / amount * 100",
        _FIELD,
    ),
    Kpi(
        "auto_match_precision",
        "Right among matched without a person",
        "percent",
        "right auto lines / auto lines * 100",
        _FIELD,
        has_currency=False,
    ),
    Kpi(
        "forecast_wape",
        "Forecast error (WAPE)",
        "percent",
        "sum of |actual - forecast| / sum of actual * 100",
        _FIELD,
    ),
    Kpi(
        "forecast_bias",
        "Forecast bias",
        "percent",
        "(sum of forecast - sum of actual) / sum of actual * 100",
        _FIELD,
    ),
    Kpi(
        "forecast_mape",
        "Forecast error (MAPE)",
        "percent",
        "mean of |actual - forecast| / actual over actuals that are not 0 * 100",
        _FIELD,
    ),
)
LEDGER_KPIS: Mapping[str, Kpi] = {kpi.id: kpi for kpi in _ALL}
"""Figures a ledger alone can answer; `kpi_tables.kpi_table` gives them all."""

KPIS: Mapping[str, Kpi] = {**LEDGER_KPIS, **{kpi.id: kpi for kpi in _MORE}}
"""Every figure by its id."""

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "turnover": (
        *("dso", "best_possible_dso", "average_days_delinquent", "countback_dso"),
        *("sales_weighted_dso", "dso_undisputed", "turnover", "turnover_days"),
    ),
    "collection": (
        *("cei_period", "cei_monthly", "cei_undisputed", "recovery_rate", "collection_progress"),
        *("promises_kept_by_count", "promises_kept_by_amount", "cost_to_collect"),
    ),
    "payment": (
        *("average_days_to_pay", "average_days_to_pay_simple", "average_days_late"),
        *("average_days_late_floored",),
    ),
    "risk": (
        *("current_share", "overdue_share", "delinquency_rate", "at_risk", "roll_not_due"),
        *("roll_1_30", "roll_31_60", "roll_61_90", "bad_debt_to_sales", "write_off_rate"),
        *("write_off_recovery", "concentration"),
    ),
    "cash": (
        *("auto_match", "auto_match_amount", "auto_match_precision", "forecast_wape"),
        *("forecast_bias", "forecast_mape"),
    ),
    "service": (
        *("right_party_contact", "first_contact_resolution", "csat", "nps", "customer_effort"),
        *("dispute_days_mean", "dispute_days_median", "days_to_invoice", "delivered_before_due"),
        *("days_to_receipt",),
    ),
}
"""The figures in the order and the groups they are shown in."""

FORMULAS = sha256(" ".join(sorted(kpi.formula_id for kpi in KPIS.values())).encode()).hexdigest()[
    :16
]
"""Changes whenever a formula does: what was kept under another one is worked out again."""
