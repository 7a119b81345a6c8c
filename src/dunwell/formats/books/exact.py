"""Amounts of audit files as whole ten-thousandths: exact sums without a currency at hand."""

import re

import polars as pl

SCALE = 10_000
"""No currency has more than four decimals (ISO 4217)."""
_NUMBER = re.compile(r"^([+-]?)(\d{1,14})?(?:\.(\d*))?(?:E([+-]?\d{1,2}))?$")
_DIGITS = 4


def exact_amount(text: str) -> int | None:
    """Return an XML decimal as ten-thousandths; None for a text that is none, or is finer."""
    match = _NUMBER.match(text.strip())
    if not match or not (match[2] or match[3]):
        return None
    sign, whole, part = match[1], match[2] or "0", match[3] or ""
    if match[4]:
        return _shifted(sign, whole, part, int(match[4]))
    if part.rstrip("0")[_DIGITS:]:
        return None
    amount = int(whole) * SCALE + int(part[:_DIGITS].ljust(_DIGITS, "0"))
    return -amount if sign == "-" else amount


def _shifted(sign: str, whole: str, part: str, shift: int) -> int | None:
    """Return a number with an exponent, which some programs write, as ten-thousandths."""
    digits, places = int(whole + part), len(part) - shift
    if places > _DIGITS:
        amount, rest = divmod(digits, int(10 ** (places - _DIGITS)))
        if rest:
            return None
    else:
        amount = digits * int(10 ** (_DIGITS - places))
    if amount >= 10**18:
        return None
    return -amount if sign == "-" else amount


def exact_text(amount: int) -> str:
    """Return ten-thousandths as a decimal text with two or four decimals."""
    sign, rest = "-" if amount < 0 else "", abs(amount)
    part = f"{rest % SCALE:04d}"
    return f"{sign}{rest // SCALE}.{part[:2] if part.endswith('00') else part}"


def exact_texts(amount: pl.Expr) -> pl.Expr:
    """Return ten-thousandths as decimal texts; two or four decimals read alike everywhere."""
    part = (amount.abs() % SCALE).cast(pl.String).str.zfill(_DIGITS)
    short = pl.when(part.str.ends_with("00")).then(part.str.slice(0, 2)).otherwise(part)
    sign = pl.when(amount < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return sign + (amount.abs() // SCALE).cast(pl.String) + "." + short


def exact_amounts(texts: pl.Expr, *, comma: bool = False) -> pl.Expr:
    """Return plain decimal texts as ten-thousandths; empty for one that is none, or is finer.

    With `comma` a decimal comma is read, and a point too: no grouping is understood.
    """
    plain = texts.str.replace_all(r"[\s\u00a0\u202f]", "")
    if comma:
        plain = plain.str.replace(",", ".", literal=True)
    # a trailing minus, as some programs write it
    plain = plain.str.replace(r"^([\d.]+)-$", "-$1")
    groups = plain.str.extract_groups(r"^([+-]?)(\d{0,14})(?:\.(\d{0,4})0*)?$")
    whole, part = groups.struct.field("2"), groups.struct.field("3").fill_null("")
    digits = whole + part.str.pad_end(_DIGITS, "0")
    has = (whole.str.len_bytes() + part.str.len_bytes()) > 0
    sign = pl.when(groups.struct.field("1") == "-").then(-1).otherwise(1)
    return pl.when(has).then(digits.cast(pl.Int64, strict=False) * sign)
