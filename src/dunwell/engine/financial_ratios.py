"""Ratios of a financial statement and Altman's Z, Z' and Z'' with what each rests on.

Shares are in ppm, turnover times in whole days, Z in thousandths. Everything is worked out in
fractions and rounded once, half away from zero. Where a line is missing, or what is divided by
is not above 0, a ratio is empty, never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from dunwell.engine.financial_statements import FLOWS, YEAR_DAYS, Spread

PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Ratio:
    """One ratio: (above less `less`) / below, in ppm or in days of the period."""

    label: str
    above: str
    below: str
    unit: str = "ppm"
    less: str = ""


RATIOS: Mapping[str, Ratio] = {
    "equity_ratio": Ratio("Equity ratio", "equity", "total_assets"),
    "debt_to_equity": Ratio("Liabilities to equity", "total_liabilities", "equity"),
    "current_ratio": Ratio("Current ratio", "current_assets", "current_liabilities"),
    "quick_ratio": Ratio("Quick ratio", "current_assets", "current_liabilities", less="inventory"),
    "cash_ratio": Ratio("Cash ratio", "cash", "current_liabilities"),
    "interest_cover": Ratio("Interest cover", "ebit", "interest"),
    "gross_margin": Ratio("Gross margin", "gross_profit", "revenue"),
    "ebitda_margin": Ratio("EBITDA margin", "ebitda", "revenue"),
    "ebit_margin": Ratio("Operating margin", "ebit", "revenue"),
    "net_margin": Ratio("Net margin", "net_income", "revenue"),
    "return_on_assets": Ratio("Return on assets", "net_income", "total_assets"),
    "return_on_equity": Ratio("Return on equity", "net_income", "equity"),
    "asset_turnover": Ratio("Asset turnover", "revenue", "total_assets"),
    "receivable_days": Ratio("Days of receivables", "receivables", "revenue", unit="days"),
    "inventory_days": Ratio("Days of inventory", "inventory", "cost_of_sales", unit="days"),
    "payable_days": Ratio("Days of payables", "payables", "cost_of_sales", unit="days"),
}
"""A flow over a balance is taken to a year where the period is none; a flow over a flow is not."""


def ratios(spread: Spread) -> dict[str, int | None]:
    """Return every ratio of RATIOS in its unit, None where it cannot be worked out."""
    found: dict[str, int | None] = {}
    for name, ratio in RATIOS.items():
        if ratio.less and ratio.less not in spread.figures:
            found[name] = None
            continue
        less = spread.figures[ratio.less] if ratio.less else 0
        value = _quotient(spread, ratio.above, ratio.below, less=less)
        if value is not None and ratio.unit == "days":
            found[name] = rounded(value * YEAR_DAYS)
        else:
            found[name] = None if value is None else rounded(value * PPM)
    return found


@dataclass(frozen=True, slots=True)
class AltmanModel:
    """One of Altman's models: weights in thousandths, and the bounds of the grey zone."""

    label: str
    meant_for: str
    terms: Mapping[tuple[str, str], int]
    distress_below_milli: int
    safe_above_milli: int


ALTMAN: Mapping[str, AltmanModel] = {
    "z": AltmanModel(
        "Altman Z",
        "listed manufacturers",
        {
            ("working_capital", "total_assets"): 1_200,
            ("retained_earnings", "total_assets"): 1_400,
            ("ebit", "total_assets"): 3_300,
            ("market_value_equity", "total_liabilities"): 600,
            ("revenue", "total_assets"): 1_000,
        },
        distress_below_milli=1_810,
        safe_above_milli=2_990,
    ),
    "z1": AltmanModel(
        "Altman Z\u2032",
        "private manufacturers",
        {
            ("working_capital", "total_assets"): 717,
            ("retained_earnings", "total_assets"): 847,
            ("ebit", "total_assets"): 3_107,
            ("equity", "total_liabilities"): 420,
            ("revenue", "total_assets"): 998,
        },
        distress_below_milli=1_230,
        safe_above_milli=2_900,
    ),
    "z2": AltmanModel(
        "Altman Z\u2033",
        "companies that do not manufacture",
        {
            ("working_capital", "total_assets"): 6_560,
            ("retained_earnings", "total_assets"): 3_260,
            ("ebit", "total_assets"): 6_720,
            ("equity", "total_liabilities"): 1_050,
        },
        distress_below_milli=1_100,
        safe_above_milli=2_600,
    ),
}
"""Altman 1968 (Z); 1983 (Z', private firms); 1995 (Z'', non-manufacturers, without the constant
3.25 of emerging markets), with the zones published for each."""

ZONES = ("distress", "grey", "safe")


@dataclass(frozen=True, kw_only=True, slots=True)
class AltmanPart:
    """One term: its ratio in ppm, its weight and what it adds, in thousandths."""

    above: str
    below: str
    ratio_ppm: int
    weight_milli: int
    points_milli: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AltmanScore:
    """A Z score in thousandths with its zone and terms; `missing` names the lines it lacks."""

    model: str
    z_milli: int | None
    zone: str
    parts: tuple[AltmanPart, ...]
    missing: tuple[str, ...]


def altman(spread: Spread, model: str) -> AltmanScore:
    """Return a Z score of a model of ALTMAN; it is empty where a line is missing.

    EBIT and revenue of a period that is no year are taken to a year.
    """
    rule = ALTMAN[model]
    exact, parts, missing = Fraction(0), [], []
    for (above, below), weight in rule.terms.items():
        value = _quotient(spread, above, below)
        if value is None:
            missing += [name for name in (above, below) if spread.figures.get(name) is None]
            if not {above, below} - set(spread.figures):
                missing.append(below)  # not above 0
            continue
        exact += value * weight
        parts.append(
            AltmanPart(
                above=above,
                below=below,
                ratio_ppm=rounded(value * PPM),
                weight_milli=weight,
                points_milli=rounded(value * weight),
            )
        )
    if missing:
        names = tuple(dict.fromkeys(missing))
        return AltmanScore(model=model, z_milli=None, zone="", parts=tuple(parts), missing=names)
    zone = "grey"
    if exact < rule.distress_below_milli:
        zone = "distress"
    elif exact > rule.safe_above_milli:
        zone = "safe"
    return AltmanScore(
        model=model, z_milli=rounded(exact), zone=zone, parts=tuple(parts), missing=()
    )


def rounded(value: Fraction) -> int:
    """Return the nearest whole number, half away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -whole if value < 0 else whole


def _quotient(spread: Spread, above: str, below: str, *, less: int = 0) -> Fraction | None:
    """Return one line over another, None where one is missing or the lower is not above 0."""
    top, bottom = spread.figures.get(above), spread.figures.get(below)
    if top is None or bottom is None or bottom <= 0:
        return None
    value, statement = Fraction(top - less, bottom), spread.statement
    if statement.is_full_year or (above in FLOWS) == (below in FLOWS):
        return value
    year = Fraction(YEAR_DAYS, statement.days)
    return value * year if above in FLOWS else value / year
