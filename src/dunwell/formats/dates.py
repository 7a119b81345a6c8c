"""Date text to day numbers, set-based, with the order of day and month never guessed.

Every distinct text is read once. A column's order is settled by rows that fit one reading
only (`order_evidence`); where both readings fit every row the caller must decide.
"""

import re
import unicodedata
from dataclasses import dataclass

import polars as pl

SHORT_YEAR, FEBRUARY, LAST_MONTH, LONGEST_MONTH = 2, 2, 12, 31
FIRST_YEAR, LAST_YEAR = 1970, 2099
"""Years outside are refused as implausible in a ledger."""
CENTURY_PIVOT = 69
"""Two-digit years up to this are 20yy, above 19yy (POSIX)."""
EXCEL_EPOCH = 25_569
"""Serial number of 1970-01-01 in a spreadsheet (1900 date system)."""
NOTHING = (
    "-",
    "--",
    "n/a",
    "na",
    "null",
    "none",
    "nan",
    "nat",
    "nil",
    "0",
    "00000000",
    "(null)",
    "0000-00-00",
    "00.00.0000",
    "00/00/0000",
    "0000-00-00 00:00:00",
    "#n/a",
    "k.a.",
)
"""Cells that say `no date`, in lower case."""

_TIME = (
    r"(?:(?:[T ]|, )\s*\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?:\s?[AaPp]\.?\s?[Mm]\.?)?"
    r"(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)$"
)
_YEAR_FIRST = r"^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})\.?$"
_YEAR_LAST = r"^(\d{1,2})([-/. ])(\d{1,2})[-/. ](\d{4}|'?\d{2})$"
_COMPACT = r"^((?:19|20)\d{2})(\d{2})(\d{2})(?:\.0)?$"
_SERIAL = r"^(\d{5})(?:\.\d+)?$"
_DAY_NAME = (
    r"^(?:\p{L}{2,10}\.?,? )?(\d{1,2})(?:st|nd|rd|th|er|º)?[-/. ]{0,2}(?:de )?(\p{L}{3,10})"
    r"\.?[-/., ]{1,2}(?:de |del )?'?(\d{4}|\d{2})$"
)
_NAME_DAY = (
    r"^(?:\p{L}{2,10}\.?,? )?(\p{L}{3,10})\.?[-/ ](\d{1,2})(?:st|nd|rd|th)?,?[-/ ]'?(\d{4}|\d{2})$"
)
_YEAR_NAME = r"^(\d{4})[-/ ](\p{L}{3,10})\.?[-/ ](\d{1,2})$"

_MONTHS = (
    "january jan januar janner janvier janv enero ene",
    "february feb februar feber fevrier fevr fev febrero",
    "march mar marz mrz mars marzo maerz",
    "april apr avril avr abril abr",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet juil julio",
    "august aug aout agosto ago",
    "september sep sept septembre septiembre set setiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez decembre diciembre dic",
)
MONTHS = {name: month for month, names in enumerate(_MONTHS, start=1) for name in names.split()}
"""Month names and their short forms in English, German, French and Spanish, without accents."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderEvidence:
    """How many cells can only be day-month, only month-day, or both; and which styles occur."""

    dmy: int
    mdy: int
    both: int
    dotted: int
    example: str = ""
    styles: tuple[str, ...] = ()

    def decided(self) -> str:
        """Return dmy or mdy, "rows" when both occur, "?" when both fit every row, else ""."""
        if self.dmy and self.mdy:
            return "rows"
        if self.dmy or self.mdy:
            return "dmy" if self.dmy else "mdy"
        if self.both:
            return "?"
        return "dmy" if self.dotted else ""


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def _split(texts: pl.Series) -> pl.DataFrame:
    """Return each distinct text with its style and numbers a, b, c (or year y, month m, day d)."""
    text = pl.col("text")
    frame = texts.alias("text").to_frame().unique(maintain_order=True).drop_nulls()
    bare = text.str.strip_chars(" \u00a0\t\r").str.replace(_TIME, "")
    frame = frame.with_columns(
        pl.when(text.str.to_lowercase().is_in(list(NOTHING)))
        .then(None)
        .otherwise(bare)
        .alias("bare")
    )
    bare = pl.col("bare")
    frame = frame.with_columns(
        bare.str.extract_groups(_YEAR_FIRST).alias("yf"),
        bare.str.extract_groups(_YEAR_LAST).alias("yl"),
        bare.str.extract_groups(_COMPACT).alias("co"),
        bare.str.extract(_SERIAL, 1).alias("serial"),
    )

    def number(group: str, at: int) -> pl.Expr:
        return (
            pl.col(group).struct.field(str(at)).str.strip_prefix("'").cast(pl.Int32, strict=False)
        )

    frame = frame.select(
        "text",
        "bare",
        pl.coalesce(number("yf", 1), number("co", 1)).alias("y"),
        pl.coalesce(number("yf", 2), number("co", 2)).alias("m"),
        pl.coalesce(number("yf", 3), number("co", 3)).alias("d"),
        number("yl", 1).alias("a"),
        number("yl", 3).alias("b"),
        _full_year(number("yl", 4), pl.col("yl").struct.field("4").str.strip_prefix("'")).alias(
            "c"
        ),
        pl.col("yl").struct.field("2").alias("mark"),
        pl.col("serial").cast(pl.Int32, strict=False),
        pl.when(number("yf", 1).is_not_null())
        .then(pl.lit("year-month-day"))
        .when(number("co", 1).is_not_null())
        .then(pl.lit("yyyymmdd"))
        .when(number("yl", 1).is_not_null())
        .then(pl.lit("numbers"))
        .when(pl.col("serial").is_not_null())
        .then(pl.lit("serial"))
        .alias("style"),
    )
    return _with_names(frame)


def _full_year(year: pl.Expr, text: pl.Expr) -> pl.Expr:
    short = text.str.len_bytes() <= SHORT_YEAR
    return (
        pl.when(short & (year <= CENTURY_PIVOT))
        .then(year + 2000)
        .when(short)
        .then(year + 1900)
        .otherwise(year)
    )


def _with_names(frame: pl.DataFrame) -> pl.DataFrame:
    """Fill y, m, d for texts with a month name."""
    has_letter = pl.col("bare").str.contains(r"\p{L}{3}")
    named = frame.filter(has_letter & pl.col("style").is_null())
    if not named.height:
        return frame
    read = {text: _named_date(bare) for text, bare in named.select("text", "bare").iter_rows()}
    found = {text: day for text, day in read.items() if day is not None}
    patch = pl.DataFrame(
        {
            "text": list(found),
            "ny": [day[0] for day in found.values()],
            "nm": [day[1] for day in found.values()],
            "nd": [day[2] for day in found.values()],
        },
        schema={"text": pl.String, "ny": pl.Int32, "nm": pl.Int32, "nd": pl.Int32},
    )
    joined = frame.join(patch, on="text", how="left", maintain_order="left")
    return joined.with_columns(
        pl.coalesce("y", "ny").alias("y"),
        pl.coalesce("m", "nm").alias("m"),
        pl.coalesce("d", "nd").alias("d"),
        pl.when(pl.col("ny").is_not_null())
        .then(pl.lit("month name"))
        .otherwise("style")
        .alias("style"),
    ).drop("ny", "nm", "nd")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(r"\p{L}", r"[^\W\d_]"))


_NAMED = (
    (_compiled(_DAY_NAME), (3, 2, 1)),
    (_compiled(_NAME_DAY), (3, 1, 2)),
    (_compiled(_YEAR_NAME), (1, 2, 3)),
)


def _named_date(text: str) -> tuple[int, int, int] | None:
    plain = " ".join(_plain(text).split())
    for pattern, (year_at, month_at, day_at) in _NAMED:
        match = pattern.match(plain)
        month = MONTHS.get(match[month_at]) if match else None
        if match and month:
            year = int(match[year_at])
            if len(match[year_at]) <= SHORT_YEAR:
                year += 2000 if year <= CENTURY_PIVOT else 1900
            return year, month, int(match[day_at])
    return None


def order_evidence(texts: pl.Series) -> OrderEvidence:
    """Return what the cells of a column prove about the order of day and month.

    Dotted dates are day-month (no country writes month.day.year) unless rows prove otherwise.
    """
    parts = _split(texts)
    counts = texts.alias("text").to_frame().group_by("text").len()
    frame = parts.join(counts, on="text", how="left")
    a, b, n = pl.col("a"), pl.col("b"), pl.col("len")
    first = (a >= 1) & (a <= LAST_MONTH)
    second = (b >= 1) & (b <= LAST_MONTH)
    dotted = pl.col("mark") == "."
    both = first & second & (a != b)
    counted = frame.select(
        n.filter(~first & second & (a <= LONGEST_MONTH)).sum().alias("dmy"),
        n.filter(first & ~second & (b <= LONGEST_MONTH)).sum().alias("mdy"),
        n.filter(both & ~dotted).sum().alias("both"),
        n.filter(both & dotted).sum().alias("dotted"),
        pl.col("text").filter(both).first().alias("example"),
    ).row(0)
    return OrderEvidence(
        dmy=int(counted[0] or 0),
        mdy=int(counted[1] or 0),
        both=int(counted[2] or 0),
        dotted=int(counted[3] or 0),
        example=counted[4] or "",
        styles=tuple(
            sorted(style for style in frame.get_column("style").unique().to_list() if style)
        ),
    )


def _days_in_month() -> pl.Expr:
    year, month = pl.col("y"), pl.col("m")
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    return (
        pl.when(month == FEBRUARY)
        .then(pl.when(leap).then(29).otherwise(28))
        .when(month.is_in([4, 6, 9, 11]))
        .then(30)
        .otherwise(31)
    )


def civil_day(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Return the day number of a date of the Gregorian calendar (Hinnant, days_from_civil)."""
    y = (year - (month <= FEBRUARY).cast(pl.Int32)).cast(pl.Int32)
    era = y // 400
    yoe = y - era * 400
    shifted = pl.when(month > FEBRUARY).then(month - 3).otherwise(month + 9)
    doy = (153 * shifted + 2) // 5 + day - 1
    doe = yoe * 365 + yoe // 4 - yoe // 100 + doy
    return (era * 146_097 + doe - 719_468).cast(pl.Int32)


def read_days(texts: pl.Series, *, order: str, otherwise: str = "") -> pl.DataFrame:
    """Return `day` (Int32), `problem` and `style` per cell.

    `order` is dmy or mdy, "rows" to read each row by itself (`otherwise` then says how rows that
    fit both are read), "" when no row needs it. Problems: `missing_date`, `unreadable_date`,
    `ambiguous_date`, `impossible_date`, `implausible_date`.
    """
    frame = _split(texts)
    a, b = pl.col("a"), pl.col("b")
    needs = pl.col("style") == "numbers"
    if order in {"dmy", "mdy"}:
        day_first = pl.lit(order == "dmy")
        unclear = pl.lit(value=False)
    else:
        fits_both = (a <= LAST_MONTH) & (b <= LAST_MONTH)
        day_first = (
            pl.when(fits_both & pl.lit(bool(otherwise)))
            .then(pl.lit(otherwise == "dmy"))
            .otherwise((a > LAST_MONTH) | (pl.col("mark") == "."))
        )
        unclear = needs & fits_both & (a != b) & (pl.col("mark") != ".") & pl.lit(not otherwise)
    frame = frame.with_columns(
        pl.coalesce("y", "c").alias("y"),
        pl.when(needs).then(pl.when(day_first).then(b).otherwise(a)).otherwise("m").alias("m"),
        pl.when(needs).then(pl.when(day_first).then(a).otherwise(b)).otherwise("d").alias("d"),
        pl.when(needs)
        .then(
            pl.when(day_first).then(pl.lit("day-month-year")).otherwise(pl.lit("month-day-year"))
        )
        .otherwise("style")
        .alias("style"),
        unclear.alias("is_unclear"),
    )
    real = pl.col("m").is_between(1, 12) & (pl.col("d") >= 1) & (pl.col("d") <= _days_in_month())
    day = (
        pl.when(pl.col("serial").is_not_null())
        .then(pl.col("serial") - EXCEL_EPOCH)
        .otherwise(pl.when(real).then(civil_day(pl.col("y"), pl.col("m"), pl.col("d"))))
    )
    frame = frame.with_columns(day.alias("day")).select(
        "text",
        "day",
        "style",
        pl.when(pl.col("bare").is_null())
        .then(pl.lit("missing_date"))
        .when(pl.col("style").is_null())
        .then(pl.lit("unreadable_date"))
        .when(pl.col("is_unclear"))
        .then(pl.lit("ambiguous_date"))
        .when(pl.col("day").is_null())
        .then(pl.lit("impossible_date"))
        .when(
            ~pl.coalesce("y", (pl.col("day") / 365.2425).floor().cast(pl.Int32) + 1970).is_between(
                FIRST_YEAR, LAST_YEAR
            )
        )
        .then(pl.lit("implausible_date"))
        .alias("problem"),
    )
    whole = (
        texts.alias("text").to_frame().join(frame, on="text", how="left", maintain_order="left")
    )
    return whole.select(
        pl.when(pl.col("problem").is_null()).then("day").cast(pl.Int32).alias("day"),
        pl.when(pl.col("text").is_null())
        .then(pl.lit("missing_date"))
        .otherwise("problem")
        .alias("problem"),
        "style",
    )
