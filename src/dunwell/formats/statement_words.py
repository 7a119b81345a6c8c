"""Names of the lines of financial statements in English and German, as plain words."""

import re
from collections.abc import Mapping

from dunwell.formats.words import plain_words

_WORDS: Mapping[str, str] = {
    "revenue": "revenue|revenues|net revenue|total revenue|sales|net sales|turnover|"
    "sales revenue|umsatz|umsatzerlöse|umsatzerloese|nettoumsatz|erlöse|gesamtumsatz",
    "cost_of_sales": "cost of sales|cost of goods sold|cost of revenue|cogs|"
    "herstellungskosten|herstellungskosten des umsatzes|umsatzkosten|"
    "herstellungskosten der zur erzielung der umsatzerlöse erbrachten leistungen",
    "gross_profit": "gross profit|gross margin|bruttoergebnis|bruttoergebnis vom umsatz|rohertrag",
    "ebitda": "ebitda|earnings before interest taxes depreciation and amortisation|"
    "earnings before interest taxes depreciation and amortization",
    "depreciation": "depreciation|depreciation and amortisation|depreciation and amortization|"
    "abschreibungen|abschreibung",
    "ebit": "ebit|operating profit|operating income|operating result|profit from operations|"
    "income from operations|earnings before interest and taxes|earnings before interest and tax|"
    "betriebsergebnis|operatives ergebnis|ergebnis vor zinsen und steuern",
    "interest": "interest|interest expense|interest expenses|interest paid|finance costs|"
    "finance cost|zinsaufwand|zinsaufwendungen|zinsen und ähnliche aufwendungen|"
    "finanzierungsaufwand",
    "tax": "tax|taxes|income tax|income taxes|income tax expense|tax expense|"
    "steuern vom einkommen und vom ertrag|ertragsteuern|steuern vom einkommen und ertrag",
    "net_income": "net income|net profit|net earnings|profit for the year|profit for the period|"
    "profit after tax|net loss|net profit or loss|profit or loss|jahresüberschuss|"
    "jahresfehlbetrag|jahresüberschuss fehlbetrag|jahresergebnis|ergebnis nach steuern|"
    "periodenergebnis|konzernergebnis",
    "cash": "cash|cash and cash equivalents|cash and equivalents|cash at bank|"
    "cash and bank balances|bank balances|kassenbestand|flüssige mittel|liquide mittel|"
    "zahlungsmittel|zahlungsmittel und zahlungsmitteläquivalente|guthaben bei kreditinstituten|"
    "kassenbestand und guthaben bei kreditinstituten",
    "receivables": "receivables|trade receivables|accounts receivable|trade debtors|debtors|"
    "trade and other receivables|forderungen|forderungen aus lieferungen und leistungen|"
    "forderungen l l|forderungen aus l l",
    "inventory": "inventory|inventories|stock|stocks|vorräte|vorratsvermögen|lagerbestand",
    "current_assets": "current assets|total current assets|umlaufvermögen|"
    "kurzfristige vermögenswerte|summe umlaufvermögen|summe kurzfristige vermögenswerte",
    "fixed_assets": "fixed assets|non current assets|total non current assets|noncurrent assets|"
    "total fixed assets|anlagevermögen|langfristige vermögenswerte|summe anlagevermögen|"
    "summe langfristige vermögenswerte",
    "total_assets": "total assets|assets|balance sheet total|sum of assets|bilanzsumme|"
    "summe aktiva|aktiva|gesamtvermögen|summe vermögenswerte",
    "payables": "payables|trade payables|accounts payable|trade creditors|"
    "trade and other payables|verbindlichkeiten aus lieferungen und leistungen|"
    "verbindlichkeiten aus l l|verbindlichkeiten l l",
    "short_debt": "short term debt|short term borrowings|current borrowings|current debt|"
    "short term loans|kurzfristige finanzverbindlichkeiten|kurzfristige bankverbindlichkeiten|"
    "kurzfristige finanzschulden",
    "current_liabilities": "current liabilities|total current liabilities|"
    "kurzfristige verbindlichkeiten|kurzfristige schulden|summe kurzfristige schulden|"
    "summe kurzfristige verbindlichkeiten|kurzfristiges fremdkapital",
    "long_debt": "long term debt|long term borrowings|non current borrowings|long term loans|"
    "langfristige finanzverbindlichkeiten|langfristige bankverbindlichkeiten|"
    "langfristige finanzschulden",
    "non_current_liabilities": "non current liabilities|total non current liabilities|"
    "noncurrent liabilities|long term liabilities|total long term liabilities|"
    "langfristige verbindlichkeiten|langfristige schulden|langfristiges fremdkapital",
    "total_liabilities": "total liabilities|liabilities|fremdkapital|summe fremdkapital|"
    "summe schulden|schulden|gesamtverbindlichkeiten",
    "retained_earnings": "retained earnings|accumulated profit|accumulated profits|"
    "accumulated deficit|retained earnings accumulated deficit|gewinnrücklagen|"
    "gewinnvortrag|bilanzgewinn|bilanzverlust|gewinnrücklage|einbehaltene gewinne",
    "equity": "equity|total equity|shareholders equity|stockholders equity|total equity capital|"
    "total shareholders equity|total stockholders equity|eigenkapital|summe eigenkapital|"
    "net assets|net worth",
    "market_value_equity": "market value of equity|market capitalisation|market capitalization|"
    "market value equity|market cap|marktkapitalisierung|börsenwert|marktwert des eigenkapitals",
}
LINE_OF: Mapping[str, str] = {
    plain_words(phrase): name for name, phrases in _WORDS.items() for phrase in phrases.split("|")
} | {name.replace("_", " "): name for name in _WORDS}
"""Plain words -> line of the layout."""

_NUMBERING = re.compile(r"^(?:[ivx]{1,4}|[a-z]|\d{1,2})[ .)]+(?=[a-z])")
_LEADING = re.compile(r"^(?:total|sum of|summe|of which|davon) ")
_TRAILING = re.compile(r" (?:net|total|gesamt|in total|eur|usd|gbp|chf|teur|keur)$")
SCALES: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"(?i)\b(?:in )?(?:mio\.?|mn|millions?|millionen|mill\.)(?![a-z])"), 1_000_000),
    (
        re.compile(
            r"(?i)\bt(?:eur|€|usd|chf|gbp)\b|T€|\bk(?:eur|€|usd)\b|\bthousands?\b|['\u2019]000\b"
        ),
        1_000,
    ),
    (re.compile(r"(?i)\btsd\.?|\btausend\b"), 1_000),
)
"""What says that figures are in thousands or millions."""


def line_named(text: str) -> str:
    """Return the line of the layout a row's name stands for, an empty text for none.

    A numbering (`A.`, `II.`, `3)`) before the name is passed over.
    """
    words = plain_words(text)
    for shorter in (
        words,
        _NUMBERING.sub("", words),
        _TRAILING.sub("", words),
        _TRAILING.sub("", _NUMBERING.sub("", words)),
    ):
        if name := LINE_OF.get(shorter):
            return name
    return LINE_OF.get(_LEADING.sub("", _NUMBERING.sub("", words)), "") if _sums(words) else ""


def told_scale(text: str) -> int:
    """Return 1,000 or 1,000,000 where a text says that figures are in these, else 0."""
    return next((scale for pattern, scale in SCALES if pattern.search(text)), 0)


def _sums(words: str) -> bool:
    return bool(re.search(r"\b(?:total|summe|sum of)\b", words))
