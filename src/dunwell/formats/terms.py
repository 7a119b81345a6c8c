"""Payment terms as text to due days: `Net 30`, `2/10 net 30`, `EOM + 15`, `30 jours` ...

due = issue day + days, then the end of that month if the terms say so, then days after it, then a
day of the month after (prox). Each distinct text is read once.
"""

import re
import unicodedata
from dataclasses import dataclass

import polars as pl

from dunwell.formats.dates import civil_day

LONGEST_TERMS = 120
LAST_DAY = 31
MOST_DAYS = 730
"""Terms longer than this are not believed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What a terms text says; days in calendar days, the discount in parts per million.

    `prox_day` is a day of the month after `prox_months` months, 0 when unused.
    """

    days: int = 0
    is_month_end: bool = False
    days_after_end: int = 0
    prox_day: int = 0
    prox_months: int = 0
    discount_ppm: int = 0
    discount_days: int = 0


_RECEIPT = "receipt|sight|erhalt|reception|recepcion|vista|demand"
_AT_ONCE = re.compile(
    rf"^(?:due |payable |zahlbar )?(?:on|upon|up on|bei|a|al|nach|at) (?:{_RECEIPT})"
    r"(?: of invoice| der rechnung| de facture| de factura)?$|"
    r"^(?:sofort(?: zahlbar| fallig| netto| rein netto)*|immediate(?:ly)?(?: payment)?|cod|cia|"
    r"cash|cash on delivery|cash in advance|prepaid|prepayment|vorkasse|vorauskasse|comptant|"
    r"paiement comptant|au comptant|al contado|contado|pago inmediato|a la vista|inmediato|"
    r"zahlbar sofort|net 0|nachnahme|barzahlung|bar|due now|due immediately)(?: ohne abzug)?$"
)
_END = (
    r"(?:eom|end of (?:the )?month|month end|fin de mois|fdm|fin de mes|fin mois|monatsende|"
    r"ende des monats|ultimo|mes vencido)"
)
_DAY = r"(?:days?|d|tagen?|tg|t|jours?|j|dias?)"
_WITHIN = r"(?:in |within |a |sous |bis |innerhalb |binnen )"
_REDUCED = r"(?:skonto|escompte|descuento|discount)"
_DISCOUNT = re.compile(
    rf"(\d{{1,2}}(?:[.,]\d{{1,2}})?) ?%?(?: ?/ ?| (?:{_REDUCED} )?{_WITHIN}?)"
    rf"(\d{{1,3}})(?: ?{_DAY})?\b"
)
_DISCOUNT_AFTER = re.compile(
    rf"(\d{{1,3}}) ?{_DAY} (?:mit |- |abzuglich |avec |con |less )?"
    rf"(\d{{1,2}}(?:[.,]\d{{1,2}})?) ?%(?: ?(?:{_REDUCED}|dto))?"
)
_PROX = re.compile(
    r"^(\d{1,2})(?:st|nd|rd|th|er|\.)? ?(?:of )?(?:the )?(?:prox(?:imo)?|next month|mfi|"
    r"following month|folgemonat|des folgemonats|du mois suivant|del mes siguiente)$"
)
_END_THEN_DAY = re.compile(
    rf"^(?:(\d{{1,3}}) ?{_DAY}? )?{_END} (?:le|the|on the|am|el)? ?(\d{{1,2}})(?:st|nd|rd|th|\.)$|"
    rf"^(?:(\d{{1,3}}) ?{_DAY}? )?{_END} le (\d{{1,2}})$"
)
_END_PLUS = re.compile(
    rf"^(?:net )?{_END}(?: ?(?:\+|plus|,|et|und|y|mas)? ?(\d{{1,3}}) ?(?:{_DAY})?)?$"
)
_PLUS_END = re.compile(
    rf"^(?:net |netto |a )?(\d{{1,3}}) ?(?:{_DAY})? ?(?:net |netto )?"
    rf"(?:\+|plus|from|after|nach|a|zum|,)? ?{_END}$"
)
_NET = re.compile(
    r"^(?:(?:net|netto|nt|n|neto|nett|due in|due|payable in|payment within|within|"
    r"zahlbar innerhalb(?: von)?|zahlbar in|innerhalb|binnen|zahlungsziel|ziel|a|sous|payable a|"
    rf"paiement a|reglement a|pago a|terms)[ /:]*)?(\d{{1,3}})(?: ?{_DAY})?"
    r"(?: (?:net|netto|nets|net days|neto|netos|rein netto|ohne abzug|date facture|"
    r"date de facture|fecha factura|de fecha factura|from invoice(?: date)?|"
    r"after invoice(?: date)?|nach rechnungsdatum|ab rechnungsdatum|ff|"
    r"nach erhalt(?: der rechnung)?|a reception(?: de facture)?))*$"
)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss").replace("\u2013", "-"))
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[;_()]", " ", bare).split()).strip(" .,")


def read_terms(text: str) -> Terms | None:
    """Return what a terms text says, or None when it is not understood (never a guess)."""
    plain = _plain(text)
    if len(plain) > LONGEST_TERMS:
        return None
    ppm, discount_days, rest = _discount(plain)
    found = _net(rest)
    if found is None and ppm and not rest:
        found = Terms(days=discount_days)
    if found is None or max(found.days, found.days_after_end) > MOST_DAYS:
        return None
    return Terms(
        days=found.days,
        is_month_end=found.is_month_end,
        days_after_end=found.days_after_end,
        prox_day=found.prox_day,
        prox_months=found.prox_months,
        discount_ppm=ppm,
        discount_days=discount_days,
    )


def _discount(plain: str) -> tuple[int, int, str]:
    """Return the discount in ppm, its days, and the text without it."""
    for pattern, rate_at, days_at in ((_DISCOUNT_AFTER, 2, 1), (_DISCOUNT, 1, 2)):
        match = pattern.search(plain)
        if match and ("%" in match[0] or "/" in match[0]):
            whole, _, part = match[rate_at].replace(",", ".").partition(".")
            ppm = int(whole) * 10_000 + int(part.ljust(2, "0") or 0) * 100
            rest = f"{plain[: match.start()]} {plain[match.end() :]}"
            rest = re.sub(r"\b(?:skonto|escompte|descuento|discount|dto)\b", " ", rest)
            return ppm, int(match[days_at]), " ".join(rest.split()).strip(" ,-/.:")
    return 0, 0, plain


def _net(plain: str) -> Terms | None:  # noqa: PLR0911 -- one return per case reads best
    if _AT_ONCE.match(plain):
        return Terms()
    if match := _PROX.match(plain):
        return _prox(int(match[1]), months=1)
    if match := _END_THEN_DAY.match(plain):
        return _prox(int(match[2] or match[4]), months=1, days=int(match[1] or match[3] or 0))
    if match := _END_PLUS.match(plain):
        return Terms(is_month_end=True, days_after_end=int(match[1] or 0))
    if match := _PLUS_END.match(plain):
        return Terms(days=int(match[1]), is_month_end=True)
    if match := _NET.match(plain):
        return Terms(days=int(match[1]))
    return None


def _prox(day: int, *, months: int, days: int = 0) -> Terms | None:
    return Terms(days=days, prox_day=day, prox_months=months) if 1 <= day <= LAST_DAY else None


def due_days(terms: pl.Series, issued_day: pl.Series) -> pl.Series:
    """Return the due day (Int32) per row from terms and issue day; null where not understood."""
    texts = [text for text in terms.unique().to_list() if text is not None]
    read = [(text, found) for text in texts if (found := read_terms(text)) is not None]
    if not read:
        return pl.Series("due_day", [None] * terms.len(), dtype=pl.Int32)
    table = pl.DataFrame(
        {
            "text": [text for text, _ in read],
            "days": [one.days for _, one in read],
            "is_end": [one.is_month_end for _, one in read],
            "after": [one.days_after_end for _, one in read],
            "prox_day": [one.prox_day for _, one in read],
            "prox_months": [one.prox_months for _, one in read],
        },
        schema={
            "text": pl.String,
            "days": pl.Int32,
            "is_end": pl.Boolean,
            "after": pl.Int32,
            "prox_day": pl.Int32,
            "prox_months": pl.Int32,
        },
    )
    frame = pl.DataFrame({"text": terms, "issued": issued_day.cast(pl.Int32)})
    frame = frame.join(table, on="text", how="left", maintain_order="left")
    frame = frame.with_columns((pl.col("issued") + pl.col("days")).cast(pl.Date).alias("base"))
    base = pl.col("base")
    month = base.dt.year() * 12 + base.dt.month().cast(pl.Int32) - 1 + pl.col("prox_months")
    year, number = month // 12, month % 12 + 1
    first = civil_day(year, number, pl.lit(1))
    next_month = month + 1
    length = civil_day(next_month // 12, next_month % 12 + 1, pl.lit(1)) - first
    prox = first + pl.min_horizontal(pl.col("prox_day"), length) - 1
    return frame.select(
        pl.when(pl.col("prox_day") > 0)
        .then(prox)
        .when(pl.col("is_end"))
        .then(base.dt.month_end().to_physical() + pl.col("after"))
        .otherwise(base.to_physical())
        .cast(pl.Int32)
        .alias("due_day")
    ).to_series()
