"""Amount text to whole minor units, set-based and exact: no float ever holds an amount of text.

Decimal point or comma is settled per column from all its rows (`decimal_evidence`); what
cannot be settled is left to the caller. Typed numbers (Parquet, XLSX) pass `minor_of_numbers`.
"""

from dataclasses import dataclass

import polars as pl

from dunwell.engine.money import LARGEST_MINOR
from dunwell.formats.currencies import ISO_CODES

NOTHING = frozenset(
    {"-", "--", "n/a", "na", "null", "none", "nan", "nil", "#n/a", "k.a.", "s/d", "(null)"}
)
"""Cells that say `no value`, in lower case."""
FLOAT_NOISE = 1e-6
"""A binary fraction off by less than this (in whole units) is rounded to the minor unit."""
USUAL_DIGITS = 2
NOISE_DIGITS = 7
"""Decimal text is taken for float noise from this many decimals on."""

_GROUP = "[' \u00a0\u202f\u2009\u2019]"
_SIMPLE = r"^-?(?:\d{1,15}|\d{1,15}\.(?:\d{1,2}|\d{4,25}))$"
_POINT = rf"^(?:\d+|\d{{1,3}}(?:(?:,|{_GROUP})\d{{2,3}})*(?:,|{_GROUP})\d{{3}}|)\.\d*$"
_COMMA = rf"^(?:\d+|\d{{1,3}}(?:(?:\.|{_GROUP})\d{{2,3}})*(?:\.|{_GROUP})\d{{3}}|),\d*$"
_POINT_GROUPS = r"^[1-9]\d{0,2}(?:\.\d{2,3})*\.\d{3}$"
_COMMA_GROUPS = r"^[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}$"
_WHOLE = rf"^(?:\d+|\d{{1,3}}(?:{_GROUP}\d{{3}})+)$"
_MINUS = "-\u2212\u2013"
_CODES = "|".join(sorted(ISO_CODES))
_CURRENCY = rf"(?i)(euros?|US\$|CA\$|C\$|AU\$|A\$|€|£|¥|₹|₽|₺|₩|₪|zł|Kč|\$|{_CODES}|sfr\.?|fr\.)"


@dataclass(frozen=True, kw_only=True, slots=True)
class DecimalEvidence:
    """How many cells prove a decimal point, prove a decimal comma, and fit both readings."""

    point: int
    comma: int
    both: int
    example: str = ""

    def decided(self) -> str:
        """Return "." or ",", "rows" when the column mixes both, "?" when both fit every row."""
        if self.point and self.comma:
            return "rows"
        if self.comma:
            return ","
        if self.point or not self.both:
            return "."
        return "?"


def amount_parts(texts: pl.Series) -> pl.DataFrame:
    """Return per cell its digits and separators (`core`), `is_negative`, and `mark` (a currency).

    Understands leading and trailing minus, parentheses, CR/DR and H/S (Haben, Soll) behind the
    amount, currency symbols and codes on either side. `core` is null for an empty cell.
    """
    text = pl.col("text")
    is_simple = text.str.contains(_SIMPLE)
    frame = texts.alias("text").to_frame().with_row_index("at")
    frame = frame.with_columns(
        pl.when(text.str.to_lowercase().is_in(list(NOTHING)))
        .then(None)
        .otherwise(text)
        .alias("text")
        if texts.dtype == pl.String
        else pl.lit(None, dtype=pl.String).alias("text")
    )
    simple = frame.filter(is_simple).select(
        "at",
        text.str.strip_prefix("-").alias("core"),
        text.str.starts_with("-").alias("is_negative"),
        pl.lit(None, dtype=pl.String).alias("mark"),
    )
    rest = frame.filter(~is_simple | text.is_null())
    body = (
        text.str.replace(_CURRENCY, "")
        .str.replace(_CURRENCY, "")
        .str.replace_all(r"(?i)[\s\u00a0]*(?:cr|dr|h|s)\.?[\s\u00a0]*$", "")
        .str.strip_chars(" \u00a0\u202f\u2009\t\r\n")
    )
    is_bracketed = body.str.contains(r"^\(.*\)$")
    inner = body.str.strip_prefix("(").str.strip_suffix(")")
    signed = inner.str.strip_chars(" \u00a0\u202f\u2009+")
    is_minus = signed.str.contains(rf"^[{_MINUS}]|[{_MINUS}]$")
    is_credit = text.str.contains(r"(?i)\d[\s\u00a0)]*(?:[A-Z]{3}|[€£$])?[\s\u00a0]*(?:cr|h)\.?$")
    general = rest.select(
        "at",
        signed.str.strip_chars(f"{_MINUS} \u00a0\u202f\u2009").alias("core"),
        (is_bracketed.cast(pl.Int8) + is_minus.cast(pl.Int8) + is_credit.cast(pl.Int8) >= 1).alias(
            "is_negative"
        ),
        text.str.extract(_CURRENCY, 1).alias("mark"),
    )
    return pl.concat([simple, general]).sort("at").drop("at")


def decimal_evidence(cores: pl.Series) -> DecimalEvidence:
    """Return what the cells of a column (`core` of `amount_parts`) prove of the decimal sign."""
    core = pl.col("core")
    frame = cores.alias("core").to_frame().drop_nulls()
    is_plain = frame.get_column("core").str.contains(_SIMPLE)
    plain_points = frame.filter(is_plain).get_column("core").str.contains(".", literal=True).sum()
    frame = frame.filter(~is_plain)
    is_point, is_comma = core.str.contains(_POINT), core.str.contains(_COMMA)
    is_points, is_commas = core.str.contains(_POINT_GROUPS), core.str.contains(_COMMA_GROUPS)
    many_points = is_points & (core.str.count_matches(".", literal=True) > 1)
    many_commas = is_commas & (core.str.count_matches(",", literal=True) > 1)
    both = (is_point & is_points) | (is_comma & is_commas)
    counted = frame.select(
        ((is_point & ~is_points) | many_commas).sum().alias("point"),
        ((is_comma & ~is_commas) | many_points).sum().alias("comma"),
        both.sum().alias("both"),
        core.filter(both).first().alias("example"),
    ).row(0)
    return DecimalEvidence(
        point=int(counted[0] or 0) + int(plain_points),
        comma=int(counted[1] or 0),
        both=int(counted[2] or 0),
        example=counted[3] or "",
    )


def minor_of_texts(parts: pl.DataFrame, digits: pl.Series, *, decimal: str) -> pl.DataFrame:
    """Return `minor` (Int64) and `problem` per cell of `amount_parts`.

    `digits` is the number of decimals of each row's currency; `decimal` is "." or ",", or "rows"
    to read each row by itself. Problems: `missing_amount`, `unreadable_amount`,
    `ambiguous_amount`, `too_many_decimals`, `too_large_amount`; `float_noise` comes with a minor
    amount and says that noise beyond the 6th decimal was rounded away.
    """
    core = pl.col("core")
    frame = parts.select("core", "is_negative").with_columns(digits.cast(pl.Int64).alias("digits"))
    mark = _decimal_mark(decimal)
    comma = pl.col("dec") == ","
    plain = (
        pl.when(comma)
        .then(core.str.replace_all(rf"\.|{_GROUP}", "").str.replace(",", ".", literal=True))
        .otherwise(core.str.replace_all(rf",|{_GROUP}", ""))
    )
    halves = plain.str.splitn(".", 2)
    frame = frame.with_columns(mark.alias("dec")).with_columns(
        halves.struct.field("field_0").fill_null("").alias("whole"),
        halves.struct.field("field_1").fill_null("").str.strip_chars_end("0").alias("part"),
    )
    frame = frame.with_columns(pl.col("part").str.len_bytes().cast(pl.Int64).alias("places"))
    frame = _without_noise(frame)
    ten = pl.lit(10, dtype=pl.Int64)
    places, allowed = pl.col("places"), pl.col("digits")
    unit = (
        pl.when(allowed == 0)
        .then(1)
        .when(allowed == USUAL_DIGITS)
        .then(100)
        .otherwise(ten.pow(allowed))
        .cast(pl.Int64)
    )
    shift = ten.pow((allowed - places).clip(0, 18)).cast(pl.Int64)
    small = (
        pl.when(places > allowed)
        .then(None)
        .otherwise(
            pl.when(places == 0)
            .then(pl.lit("0"))
            .otherwise(pl.col("part"))
            .cast(pl.Int64, strict=False)
        )
    )
    whole = pl.when(pl.col("whole") == "").then(pl.lit("0")).otherwise(pl.col("whole"))
    number = whole.cast(pl.Int64, strict=False)
    is_large = number.is_null() | (number > LARGEST_MINOR // unit - 1)
    frame = frame.with_columns(
        pl.when(core.is_null() & pl.col("core").is_null())
        .then(pl.lit("missing_amount"))
        .when(pl.col("dec") == "?")
        .then(pl.lit("ambiguous_amount"))
        .when(pl.col("dec").is_null())
        .then(pl.lit("unreadable_amount"))
        .when(is_large)
        .then(pl.lit("too_large_amount"))
        .when(places > allowed)
        .then(pl.lit("too_many_decimals"))
        .when(pl.col("is_noise"))
        .then(pl.lit("float_noise"))
        .alias("problem"),
        pl.when(is_large).then(None).otherwise(number * unit + small * shift).alias("minor"),
    )
    is_read = pl.col("problem").is_null() | (pl.col("problem") == "float_noise")
    sign = pl.when(pl.col("is_negative")).then(-1).otherwise(1)
    return frame.select(
        pl.when(is_read).then(pl.col("minor") * sign).cast(pl.Int64).alias("minor"), "problem"
    )


def _decimal_mark(decimal: str) -> pl.Expr:
    """Return per row the decimal sign, "?" where both readings fit, null where none does."""
    core = pl.col("core")
    if decimal == ".":
        return pl.when(core.str.contains(f"{_WHOLE}|{_POINT}|{_COMMA_GROUPS}")).then(pl.lit("."))
    if decimal == ",":
        return pl.when(core.str.contains(f"{_WHOLE}|{_COMMA}|{_POINT_GROUPS}")).then(pl.lit(","))
    fits_point = core.str.contains(_POINT) | core.str.contains(_COMMA_GROUPS)
    fits_comma = core.str.contains(_COMMA) | core.str.contains(_POINT_GROUPS)
    whole = core.str.contains(_WHOLE)
    return (
        pl.when(whole)
        .then(pl.lit("."))
        .when(fits_point & fits_comma)
        .then(pl.lit("?"))
        .when(fits_point)
        .then(pl.lit("."))
        .when(fits_comma)
        .then(pl.lit(","))
    )


def _without_noise(frame: pl.DataFrame) -> pl.DataFrame:
    """Round float noise in text, such as 79656.600000001, to the currency's decimals."""
    is_long = (pl.col("places") >= NOISE_DIGITS) & (pl.col("places") > pl.col("digits"))
    is_long = is_long & pl.col("dec").is_in([".", ","])
    noisy = frame.with_row_index("at").filter(is_long)
    frame = frame.with_columns(pl.lit(value=False).alias("is_noise"))
    if not noisy.height:
        return frame
    fixed = [
        _round_noise(whole, part, int(digits))
        for whole, part, digits in noisy.select("whole", "part", "digits").iter_rows()
    ]
    patch = pl.DataFrame(
        {
            "at": noisy.get_column("at"),
            "new_whole": [one[0] for one in fixed],
            "new_part": [one[1] for one in fixed],
            "new_noise": [one[2] for one in fixed],
        },
        schema_overrides={"new_whole": pl.String, "new_part": pl.String, "new_noise": pl.Boolean},
    )
    joined = frame.with_row_index("at").join(patch, on="at", how="left", maintain_order="left")
    return joined.with_columns(
        pl.coalesce("new_whole", "whole").alias("whole"),
        pl.coalesce("new_part", "part").alias("part"),
        pl.coalesce("new_noise", "is_noise").alias("is_noise"),
    ).with_columns(pl.col("part").str.len_bytes().cast(pl.Int64).alias("places"))


def _round_noise(whole: str, part: str, digits: int) -> tuple[str, str, bool]:
    scale = len(part)
    exact = int((whole or "0") + part)
    unit = 10 ** (scale - digits)
    minor = (2 * exact + unit) // (2 * unit)
    if abs(minor * unit - exact) * 1_000_000 >= 10**scale:
        return whole, part, False
    text = str(minor).rjust(digits + 1, "0")
    cut = len(text) - digits
    return text[:cut], text[cut:].rstrip("0"), True


def minor_of_numbers(numbers: pl.Series, digits: pl.Series) -> pl.DataFrame:
    """Return `minor` and `problem` for typed numbers: exact for integers and decimals.

    A float is rounded to the minor unit when it is within a millionth of a unit of it, with
    problem `float_noise` when its text shows the noise; else it is `too_many_decimals`.
    """
    frame = pl.DataFrame({"number": numbers, "digits": digits.cast(pl.Int64)})
    unit = pl.lit(10, dtype=pl.Int64).pow(pl.col("digits")).cast(pl.Int64)
    number = pl.col("number")
    if numbers.dtype.is_integer():
        limit = LARGEST_MINOR // unit
        is_large = (number > limit) | (number < -limit)
        return frame.select(
            pl.when(~is_large).then(number.cast(pl.Int64) * unit).alias("minor"),
            pl.when(number.is_null())
            .then(pl.lit("missing_amount"))
            .when(is_large)
            .then(pl.lit("too_large_amount"))
            .alias("problem"),
        )
    if numbers.dtype.is_decimal():
        texts = numbers.cast(pl.String)
        parts = amount_parts(texts)
        return minor_of_texts(parts, digits, decimal=".")
    scaled = number * unit.cast(pl.Float64)
    whole = scaled.round(0, mode="half_away_from_zero")
    off = (whole / unit.cast(pl.Float64) - number).abs()
    is_large = scaled.abs() > LARGEST_MINOR
    is_fine = off < FLOAT_NOISE
    is_noisy = (whole / unit.cast(pl.Float64)) != number
    return frame.select(
        pl.when(~is_large & is_fine).then(whole).cast(pl.Int64, strict=False).alias("minor"),
        pl.when(number.is_null())
        .then(pl.lit("missing_amount"))
        .when(is_large | number.is_nan())
        .then(pl.lit("too_large_amount"))
        .when(~is_fine)
        .then(pl.lit("too_many_decimals"))
        .when(is_noisy)
        .then(pl.lit("float_noise"))
        .alias("problem"),
    )
