"""Financial statements from an XBRL instance: us-gaap, ifrs-full and de-gaap-ci concepts.

A statement is made for every day on which total assets are told, with the flows of the period
that ends on it: the year where there is one, else the longest. Figures of segments are passed
over. Of a figure told several times the most precise counts, of equally precise ones the last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from dunwell.engine.financial_statements import FLOWS, FULL_YEAR, Statement
from dunwell.engine.money import to_minor
from dunwell.formats.currencies import ISO_CODES
from dunwell.formats.financial_figures import FinancialFile, ReadStatement, StatementFileError
from dunwell.formats.xbrl_facts import Context, Fact, Instance, read_instance

LIMIT_BYTES = 50 * 1024 * 1024
SHORTEST_PERIOD = 25
"""Days; shorter durations are no period a statement is made of."""
NIL_SCALES = (1_000_000, 1_000, 1)
EXACT = 99
"""What decimals="INF" counts as."""

US, IFRS, HGB = "us-gaap", "ifrs-full", "de-gaap-ci"
TAXONOMIES: Mapping[str, str] = {
    "fasb.org/us-gaap/": US,
    "xbrl.ifrs.org/taxonomy/": IFRS,
    "xbrl.de/taxonomies/de-gaap-ci": HGB,
}
"""Part of a namespace -> taxonomy; concepts of a company's own are passed over."""

CONCEPTS: Mapping[str, Mapping[str, str]] = {
    US: {
        "revenue": "RevenueFromContractWithCustomerExcludingAssessedTax Revenues SalesRevenueNet",
        "cost_of_sales": "CostOfRevenue CostOfGoodsAndServicesSold CostOfGoodsSold",
        "gross_profit": "GrossProfit",
        "depreciation": "DepreciationDepletionAndAmortization DepreciationAndAmortization",
        "ebit": "OperatingIncomeLoss",
        "interest": "InterestExpense InterestExpenseDebt",
        "tax": "IncomeTaxExpenseBenefit",
        "net_income": "NetIncomeLoss ProfitLoss",
        "cash": "CashAndCashEquivalentsAtCarryingValue",
        "receivables": "AccountsReceivableNetCurrent ReceivablesNetCurrent",
        "inventory": "InventoryNet",
        "current_assets": "AssetsCurrent",
        "fixed_assets": "AssetsNoncurrent",
        "total_assets": "Assets",
        "payables": "AccountsPayableCurrent AccountsPayableTradeCurrent",
        "short_debt": "DebtCurrent ShortTermBorrowings",
        "current_liabilities": "LiabilitiesCurrent",
        "long_debt": "LongTermDebtNoncurrent",
        "non_current_liabilities": "LiabilitiesNoncurrent",
        "total_liabilities": "Liabilities",
        "retained_earnings": "RetainedEarningsAccumulatedDeficit",
        "equity": "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest "
        "StockholdersEquity",
    },
    IFRS: {
        "revenue": "Revenue RevenueFromContractsWithCustomers",
        "cost_of_sales": "CostOfSales",
        "gross_profit": "GrossProfit",
        "depreciation": "DepreciationAndAmortisationExpense",
        "ebit": "ProfitLossFromOperatingActivities",
        "interest": "InterestExpense FinanceCosts",
        "tax": "IncomeTaxExpenseContinuingOperations",
        "net_income": "ProfitLoss",
        "cash": "CashAndCashEquivalents",
        "receivables": "CurrentTradeReceivables TradeAndOtherCurrentReceivables",
        "inventory": "Inventories",
        "current_assets": "CurrentAssets",
        "fixed_assets": "NoncurrentAssets",
        "total_assets": "Assets",
        "payables": "TradeAndOtherCurrentPayablesToTradeSuppliers TradeAndOtherCurrentPayables",
        "short_debt": "CurrentBorrowings ShorttermBorrowings",
        "current_liabilities": "CurrentLiabilities",
        "long_debt": "NoncurrentBorrowings LongtermBorrowings",
        "non_current_liabilities": "NoncurrentLiabilities",
        "total_liabilities": "Liabilities",
        "retained_earnings": "RetainedEarnings",
        "equity": "Equity",
    },
    HGB: {
        "revenue": "is.netIncome.regular.operatingTC.grossTradingProfit.totalOutput.netSales "
        "is.netIncome.regular.operatingCOGS.grossOpProfit.sales",
        "cost_of_sales": "is.netIncome.regular.operatingCOGS.grossOpProfit.cogs",
        "gross_profit": "is.netIncome.regular.operatingTC.grossTradingProfit "
        "is.netIncome.regular.operatingCOGS.grossOpProfit",
        "ebit": "is.netIncome.regular.operatingTC is.netIncome.regular.operatingCOGS",
        "interest": "is.netIncome.regular.fin.netInterest.expenses",
        "tax": "is.netIncome.tax",
        "net_income": "is.netIncome",
        "cash": "bs.ass.currAss.cashEquiv",
        "receivables": "bs.ass.currAss.receiv.trade bs.ass.currAss.receiv",
        "inventory": "bs.ass.currAss.inventory",
        "current_assets": "bs.ass.currAss",
        "fixed_assets": "bs.ass.fixAss",
        "total_assets": "bs.ass",
        "payables": "bs.eqLiab.liab.trade",
        "retained_earnings": "bs.eqLiab.equity.revenueRes bs.eqLiab.equity.retainedEarnings",
        "equity": "bs.eqLiab.equity",
    },
}
"""Line -> concepts of each taxonomy, the one that fits best first."""

_LINES: Mapping[str, Mapping[str, tuple[str, int]]] = {
    taxonomy: {
        concept: (line, rank)
        for line, named in lines.items()
        for rank, concept in enumerate(named.split())
    }
    for taxonomy, lines in CONCEPTS.items()
}


@dataclass(frozen=True, slots=True)
class _Figure:
    """A fact that stands for a line of the layout."""

    line: str
    rank: int
    fact: Fact
    context: Context
    currency: str
    value: Decimal
    decimals: int

    @property
    def worth(self) -> tuple[int, int, int]:
        """Return what decides between figures of one line: concept, precision, order."""
        return (-self.rank, self.decimals, self.fact.order)


def read_xbrl(data: bytes, *, name: str, currency: str = "") -> FinancialFile:
    """Return the statements of an XBRL instance, in `currency` or the one most figures are in.

    Raises StatementFileError for what `read_instance` refuses, a figure that is no number or
    finer than its currency, and an instance without total assets in a taxonomy we know.
    """
    if len(data) > LIMIT_BYTES:
        raise StatementFileError(
            f"{name}: is larger than {LIMIT_BYTES // 1024 // 1024} MB, more than an instance has."
        )
    instance = read_instance(data, name=name)
    figures = _figures(instance, name)
    chosen = currency or _main_currency(figures)
    used = [figure for figure in figures if figure.currency == chosen]
    days = sorted({one.context.end for one in used if one.line == "total_assets"} - {None})  # type: ignore[type-var]
    if not days:
        raise StatementFileError(
            f"{name}: holds no total assets in {chosen or 'any currency'} of us-gaap, ifrs-full "
            "or de-gaap-ci. Enter the statement by hand or as a table."
        )
    read = [_statement(used, day, currency=chosen, name=name) for day in days if day is not None]
    others = sorted({figure.currency for figure in figures} - {chosen})
    notes = [f"Figures in {', '.join(others)} were passed over."] if others else []
    return FinancialFile(source="xbrl", statements=tuple(read), notes=tuple(notes))


def _figures(instance: Instance, name: str) -> list[_Figure]:
    """Return the facts that stand for a line, each with its period, currency and value."""
    found = []
    for fact in instance.facts:
        taxonomy = next((known for part, known in TAXONOMIES.items() if part in fact.space), "")
        line, rank = _LINES.get(taxonomy, {}).get(fact.name, ("", 0))
        if not line:
            continue
        context = instance.contexts.get(fact.context)
        currency = instance.units.get(fact.unit)
        if context is None or currency is None:
            what = "context" if context is None else "unit"
            raise StatementFileError(
                f"{name}, line {fact.line}: {fact.name} refers to a {what} that is not there."
            )
        is_flow = context.start is not None
        if context.has_dimension or context.end is None or currency not in ISO_CODES:
            continue
        if is_flow != (line in FLOWS):
            continue
        found.append(
            _Figure(
                line=line,
                rank=rank,
                fact=fact,
                context=context,
                currency=currency,
                value=_value(fact, name),
                decimals=_decimals(fact, name),
            )
        )
    return found


def _value(fact: Fact, name: str) -> Decimal:
    try:
        value = Decimal(fact.text)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        raise StatementFileError(
            f"{name}, line {fact.line}: {fact.name} is {fact.text[:40]!r}, which is no number."
        )
    return value


def _decimals(fact: Fact, name: str) -> int:
    if fact.decimals in {"", "INF"}:
        return EXACT
    try:
        return max(min(int(fact.decimals), EXACT), -EXACT)
    except ValueError as error:
        raise StatementFileError(
            f"{name}, line {fact.line}: decimals of {fact.name} is {fact.decimals[:20]!r}."
        ) from error


def _main_currency(figures: Sequence[_Figure]) -> str:
    counts: dict[str, int] = {}
    for figure in figures:
        counts[figure.currency] = counts.get(figure.currency, 0) + 1
    return max(sorted(counts), key=lambda code: counts[code], default="")


def _statement(
    figures: Sequence[_Figure], day: date, *, currency: str, name: str
) -> ReadStatement:
    """Return the statement of the period that ends on a day."""
    ending = [figure for figure in figures if figure.context.end == day]
    start = _start(ending, day)
    best: dict[str, _Figure] = {}
    for figure in ending:
        if figure.context.start not in {None, start}:
            continue
        before = best.get(figure.line)
        if before is None or figure.worth >= before.worth:
            best[figure.line] = figure
    lines = {line: _minor(figure, name) for line, figure in best.items()}
    days = (day - start).days + 1
    coarse = min((figure.decimals for figure in best.values()), default=0)
    scale = next((unit for unit in NIL_SCALES if coarse <= -(len(str(unit)) - 1)), 1)
    return ReadStatement(
        statement=Statement(
            period_from=start,
            period_to=day,
            currency=currency,
            lines=lines,
            kind="annual" if days in FULL_YEAR else "interim",
            scale=scale,
        ),
        places={
            line: f"line {figure.fact.line}: {figure.fact.name}" for line, figure in best.items()
        },
    )


def _start(ending: Sequence[_Figure], day: date) -> date:
    """Return the first day of the period: of a year where flows of one are told, else longest."""
    starts = {
        figure.context.start
        for figure in ending
        if figure.context.start is not None
        and (day - figure.context.start).days + 1 >= SHORTEST_PERIOD
    }
    year = [start for start in starts if (day - start).days + 1 in FULL_YEAR]
    within = [start for start in starts if (day - start).days + 1 < FULL_YEAR.start]
    if year or within:
        return min(year or within)
    return day - timedelta(days=364)


def _minor(figure: _Figure, name: str) -> int:
    try:
        return to_minor(figure.value, figure.currency)
    except (ValueError, InvalidOperation) as error:
        raise StatementFileError(
            f"{name}, line {figure.fact.line}: {figure.fact.name} cannot be used: {error}."
        ) from error
