"""Days in running text, written out or told from today: "by the 15th", "Ende nächster Woche"."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from dunwell.engine.calendars import months_after
from dunwell.formats.dates import MONTHS
from dunwell.formats.extracts import day_words as words
from dunwell.formats.extracts.day_rules import (
    friday_of_week,
    month_end,
    numbered_week,
    weekday_after,
    weekday_before,
    with_month,
    with_year,
)
from dunwell.formats.extracts.finds import Around, Find, plain

FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_CLAUSE = 240
"""Characters around a day that may say what it is."""

MONTHS_OF_YEAR = 12
SHORTEST_MONTH = 3
CENTURY, TWO_DIGITS = 2000, 100
"""A year of two digits is one of this century."""

_MONTH = "|".join(
    sorted((name for name in MONTHS if len(name) >= SHORTEST_MONTH), key=len, reverse=True)
)
_DAY_NAME = "|".join(sorted(words.WEEKDAYS, key=len, reverse=True))
_UNIT = "|".join(sorted(words.UNITS, key=len, reverse=True))
_COUNT = r"\d{1,3}|" + "|".join(sorted(words.NUMBERS, key=len, reverse=True))
_ORDINAL = r"(?:st|nd|rd|th|er|ero|º|o)?"
_SENTENCE = re.compile(r"[.!?]\s+(?=[a-z¿¡])|\n|;\s|(?<!\d),\s|,\s(?=\D)")

Meaning = Callable[[re.Match[str], date, int, Around], date | None]
"""From a match, the message's day and which way it lies (1 ahead, -1 back, 0 unknown)."""


def dates(text: str, around: Around) -> Iterator[Find]:
    """Yield the days a text names, with their role: pay_by, paid_on, until, or none.

    A day without a year, and a weekday, lies ahead in a sentence about paying and behind in one
    about having paid. A day to pay by never lies before the message.
    """
    low = plain(text)
    for rank, (pattern, meaning) in enumerate(_PATTERNS):
        for found in pattern.finditer(low):
            role, lies = _role(low, found.start(), found.end())
            try:
                day = meaning(found, around.day, lies, around)
            except (ValueError, OverflowError):
                continue
            if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
                continue
            start, end = found.span("all") if "all" in found.re.groupindex else found.span()
            yield Find(
                kind="date",
                value=day.isoformat(),
                start=start,
                end=end,
                rank=4 if rank < _WRITTEN_OUT else 8,
                role=_checked(role, day, around.day),
            )


def _checked(role: str, day: date, today: date) -> str:
    if (role in ("pay_by", "until") and day < today) or (role == "paid_on" and day > today):
        return ""
    return role


def _role(low: str, start: int, end: int) -> tuple[str, int]:
    """Return what the sentence around a day says of it, and which way the day lies."""
    first, last = max(0, start - LONGEST_CLAUSE), min(len(low), end + LONGEST_CLAUSE)
    before = [found.end() for found in _SENTENCE.finditer(low, first, start)]
    after = _SENTENCE.search(low, end, last)
    begins = before[-1] if before else first
    clause = low[begins : (after.start() + 1 if after else last)]
    near = low[max(begins, start - 14) : start]
    if re.search(
        r"\b(?:dated|delivery of|lieferung vom|letter of|livraison du|entrega del|of|vom) ?$", near
    ):
        return ("", -1) if not re.search(words.FUTURE_WORDS, clause) else ("", 0)
    pays = re.search(words.PAY_WORDS, clause) is not None
    if re.search(words.BACK_WORDS, clause) and not pays:
        return "until", 1
    if re.search(words.FUTURE_WORDS, clause):
        return (
            ("pay_by", 1)
            if pays or re.search(r"\b(?:by|latest|spatestens|au plus tard|tardar)\b", clause)
            else ("", 1)
        )
    if re.search(words.PAST_WORDS, clause):
        return ("paid_on", -1) if pays else ("", -1)
    return "", 0


def _iso(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    del day, lies, around
    return date(int(found["y"]), int(found["m"]), int(found["d"]))


def _numeric(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    first, second = int(found["a"]), int(found["b"])
    is_month_first = around.is_month_first and found["sep"] in "/-"
    if first > MONTHS_OF_YEAR >= second:
        is_month_first = False
    elif second > MONTHS_OF_YEAR >= first:
        is_month_first = True
    number, month = (second, first) if is_month_first else (first, second)
    if not found["y"]:
        return with_year(day, month=month, number=number, lies=lies)
    year = int(found["y"])
    return date(year + CENTURY if year < TWO_DIGITS else year, month, number)


def _named(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    del around
    month, number = MONTHS[found["month"]], int(found["d"])
    if found["y"]:
        return date(int(found["y"]), month, number)
    return with_year(day, month=month, number=number, lies=lies)


def _near(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    del lies, around
    return day + timedelta(days=words.TODAY[found.group()])


def _tomorrow(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    del found, lies, around
    return day + timedelta(days=1)


def _weekday(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    del around
    weekday = words.WEEKDAYS[found["day"]]
    if found["last"] or found["last2"]:
        return weekday_before(day, weekday)
    if found["week"]:
        return friday_of_week(day, weeks=1) + timedelta(days=weekday - 4)
    is_ahead = lies >= 0 or found["next"] or found["next2"]
    return weekday_after(day, weekday) if is_ahead else weekday_before(day, weekday)


def _in(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    del lies, around
    return _moved(day, found, back=False)


def _ago(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    del lies, around
    return _moved(day, found, back=True)


def _moved(day: date, found: re.Match[str], *, back: bool) -> date | None:
    text, unit = found["n"], words.UNITS[found["unit"]]
    count = int(text) if text.isdecimal() else words.NUMBERS[text]
    count = -count if back else count
    if unit == "month":
        return months_after(day, count)
    return day + timedelta(days=count * (7 if unit == "week" else 1))


def _week(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    del lies, around
    return friday_of_week(day, weeks=-1 if found["last"] else 0 if found["this"] else 1)


def _calendar_week(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    del lies, around
    return numbered_week(day, int(found["n"]))


def _month_end(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    del lies, around
    return month_end(day, months=1 if found["next"] else 0)


def _part_of_month(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    del around
    month, part = MONTHS[found["month"]], found["part"]
    number = 15 if part[0] == "m" else 5
    if part.startswith(("e", "f")) and not part.startswith("ear"):
        near = with_year(day, month=month, number=1, lies=0)
        ends = [month_end(near, months=step) for step in (-12, 0, 12)] if near else []
        ahead = [one for one in ends if lies < 0 or one >= day]
        return min(ahead, key=lambda one: abs((one - day).days), default=None)
    if found["y"]:
        return date(int(found["y"]), month, number)
    return with_year(day, month=month, number=number, lies=lies or 1)


def _bare(found: re.Match[str], day: date, lies: int, around: Around) -> date | None:
    del around
    return with_month(day, number=int(found["d"]), lies=lies)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


_END = r"(?:end|ende|fin|finales?|final|finaux)"
_PATTERNS: tuple[tuple[re.Pattern[str], Meaning], ...] = (
    (_pattern(r"(?<!\d)(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)"), _iso),
    (
        _pattern(
            r"(?<![\d.,/-])(?P<a>\d{1,2})(?P<sep>[./-])(?P<b>\d{1,2})(?P=sep)(?P<y>(?:19|20)\d\d"
            r"|\d\d)(?![\d/-]|\.\d)"
        ),
        _numeric,
    ),
    (
        _pattern(
            rf"(?<![\d.,])(?P<d>\d{{1,2}}){_ORDINAL}\.? ?(?:of |de |d')?(?P<month>{_MONTH})\b\.?"
            rf"(?:,? (?:de |del )?(?P<y>(?:19|20)\d\d)(?!\d))?"
        ),
        _named,
    ),
    (
        _pattern(
            rf"\b(?P<month>{_MONTH})\b\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\.\d|:\d|,\d\d\d)"
            rf"(?:,? (?P<y>(?:19|20)\d\d)(?!\d))?"
        ),
        _named,
    ),
    (_pattern(r"(?<![\d.,/-])(?P<a>\d{1,2})(?P<sep>\.)(?P<b>\d{1,2})\.(?P<y>)(?!\d)"), _numeric),
    (
        _pattern(
            r"(?:(?<=on )|(?<=am )|(?<=le )|(?<=el )|(?<=by )|(?<=vom )|(?<=au )|(?<=du )"
            r"|(?<=del )|(?<=bis )|(?<=zum )"
            r"|(?<=until )|(?<=al )|(?<=for )|(?<=of )|(?<=valor )|(?<=dia )|(?<=before )"
            r"|(?<=date )|(?<=sale ))"
            r"(?P<a>\d{1,2})(?P<sep>[/.])(?P<b>\d{1,2})(?P<y>)(?![\d/]|[.,]\d)"
        ),
        _numeric,
    ),
    (
        _pattern(
            rf"\b(?P<part>end|ende|fin|finales|mid|middle|mitte|mi|mediados|beginning|early"
            rf"|anfang|debut|principios)"
            rf"[- ]?(?:of |des |de |d')?(?P<month>{_MONTH})\b(?:,? (?:de )?(?P<y>(?:19|20)\d\d))?"
        ),
        _part_of_month,
    ),
    (_pattern(r"\b(?:" + "|".join(sorted(words.TODAY, key=len, reverse=True)) + r")\b"), _near),
    (
        _pattern(
            r"(?<!guten )(?<!gute )\bmorgen\b(?! (?:herr|frau|zusammen))(?!\W*$)"
            r"|(?<=zahle )morgen|\bmanana\b(?<!la manana)"
        ),
        _tomorrow,
    ),
    (
        _pattern(
            rf"\b(?:{_END}[ ](?:of |der |de |d'|la "
            rf"|de la )*)?(?:the )?(?:(?P<last>{words.LAST}) (?:week|woche)"
            rf"|(?P<this>{words.THIS}) (?:week|woche|semaine|semana)|{words.NEXT} (?:week|woche"
            rf"|semaine|semana)"
            rf"|(?:la )?(?:semaine|semana) (?:prochaine|que viene|proxima))\b(?! (?:{_DAY_NAME}))"
        ),
        _week,
    ),
    (
        _pattern(r"\b(?:kw|week|calendar week|woche|semaine|semana|cw)[ .]?(?P<n>[1-5]?\d)\b"),
        _calendar_week,
    ),
    (
        _pattern(
            rf"\b{_END}[ -](?:of |des |du |de |del |d')?(?:the |this |current |laufenden "
            rf"|dieses |ce |este |el )?"
            rf"(?P<next>{words.NEXT}[ ])?(?:month|monats?|mois|mes)(?:[ ](?P<next2>prochain"
            rf"|que viene|proximo))?\b"
        ),
        _month_end,
    ),
    (
        _pattern(
            rf"(?<![\w])(?:(?P<last>{words.LAST}) |(?P<next>{words.NEXT}) "
            rf"|{words.THIS} )?(?P<day>{_DAY_NAME})"
            rf"(?: (?:(?P<last2>dernier|passe|pasado)|(?P<next2>prochain|que viene|proximo)"
            rf"|(?P<week>next week|nachster woche)))?\b(?!s\b)"
        ),
        _weekday,
    ),
    (
        _pattern(
            rf"\b(?:in|within|binnen|innerhalb von|dans|sous|en|dentro de"
            rf"|in den nachsten)[ ](?:the |les |un plazo de |el plazo de |next )?"
            rf"(?P<n>{_COUNT})[ ](?:working |business |arbeits|werk)?(?P<unit>{_UNIT})\b"
        ),
        _in,
    ),
    (
        _pattern(rf"(?:\b(?P<n>{_COUNT})[ ](?P<unit>{_UNIT})[ ](?:ago)\b)"),
        _ago,
    ),
    (
        _pattern(rf"\b(?:vor|il y a|ya|hace)[ ](?P<n>{_COUNT})[ ](?P<unit>{_UNIT})\b"),
        _ago,
    ),
    (
        _pattern(
            r"\b(?:(?:by|on|until|till?|before|from)(?: the)? |the |am |zum |ab |le |au |el |al "
            r"|dia )(?P<all>(?P<d>[12]?\d|3[01])(?:st|nd|rd|th))\b"
        ),
        _bare,
    ),
    (_pattern(r"\b(?:am |zum |bis |bis zum )(?P<all>(?P<d>[12]?\d|3[01])\.)(?!\d| ?\w)"), _bare),
    (
        _pattern(
            r"\b(?:le|el|el dia|jusqu'au|hasta el|avant le|antes del|al"
            r"|au) (?P<all>(?P<d>[12]?\d|3[01]))(?![\w/:-]|[.,]\d|\s?[%€])(?! (?:de )?\w+ \d)"
        ),
        _bare,
    ),
)
_WRITTEN_OUT = 6
