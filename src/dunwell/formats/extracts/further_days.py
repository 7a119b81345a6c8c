"""Days in running text in Italian, Dutch, Polish, Portuguese, Swedish and Turkish.

Written out ("4 grudnia 2026"), by the name of a weekday, near today ("domani"), and counted
("in 10 dagen"). Days in figures are read by `dates` in every language.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from dunwell.engine.calendars import months_after
from dunwell.engine.claim_words import MONTHS, WEEKDAYS
from dunwell.formats.extracts.day_rules import weekday_after, with_year
from dunwell.formats.extracts.finds import Around, Find, plain

NEAR: Mapping[str, Mapping[str, int]] = {
    "it": {"oggi": 0, "domani": 1, "dopodomani": 2, "ieri": -1},
    "nl": {"vandaag": 0, "morgen": 1, "overmorgen": 2, "gisteren": -1},
    "pl": {"dzis": 0, "dzisiaj": 0, "jutro": 1, "pojutrze": 2, "wczoraj": -1},
    "pt": {"hoje": 0, "amanha": 1, "ontem": -1},
    "sv": {"idag": 0, "imorgon": 1, "overmorgon": 2, "igar": -1},
    "tr": {"bugun": 0, "yarin": 1, "dun": -1},
}
COUNTED: Mapping[str, tuple[str, str, str, str]] = {
    "it": ("(?:tra|fra|entro)", "giorn[oi]", "settiman[ae]", "mes[ei]"),
    "nl": ("(?:over|binnen)", "dag(?:en)?", "we(?:ek|ken)", "maand(?:en)?"),
    "pl": ("(?:za|w ciagu)", "dni|dzien", "tydzien|tygodni(?:e)?", "miesiac(?:e)?|miesiecy"),
    "pt": ("(?:em|dentro de|daqui a)", "dias?", "semanas?", "m(?:es|eses)"),
    "sv": ("(?:om|inom)", "dag(?:ar)?", "vecka|veckor", "manad(?:er)?"),
    "tr": ("", "gun", "hafta", "ay"),
}
"""What stands before a count, and days, weeks, months after it; folded."""

TURKISH_ENDING = r"(?:'?(?:[ae]|y[ae]|d[ae]|t[ae]|n[ai]|[iu]n[ae]|si|u|i))?"


def further_days(text: str, around: Around) -> Iterator[Find]:
    """Yield the days a text in one of six languages names; nothing in any other language.

    A day without a year is the nearest one, a weekday the next one. No role is given: what a day
    is for is the matter of the intent.
    """
    language = around.language[:2]
    if language not in NEAR:
        return
    low = plain(text).replace("\u0131", "i").replace("\u0142", "l")
    for start, end, day in _days(low, language, around.day):
        yield Find(kind="date", value=day.isoformat(), start=start, end=end, rank=4)


def _days(low: str, language: str, today: date) -> Iterator[tuple[int, int, date]]:
    months = {one: n for n, names in enumerate(MONTHS[language], 1) for one in names.split()}
    ending = TURKISH_ENDING if language == "tr" else ""
    written = rf"(?<![\d.,])(?P<d>\d{{1,2}})\.? ?(?:de )?(?P<m>{_any(months)}){ending}\b"
    for found in re.finditer(rf"{written}(?: (?:de )?(?P<y>20\d\d)(?!\d))?", low):
        if day := _written(found, months, today):
            yield (*found.span(), day)
    weekdays = {one: n for n, names in enumerate(WEEKDAYS[language]) for one in names.split()}
    for found in re.finditer(rf"\b({_any(weekdays)}){ending}\b", low):
        yield (*found.span(), weekday_after(today, weekdays[found[1]]))
    for found in re.finditer(rf"\b({_any(NEAR[language])})\b", low):
        yield (*found.span(), today + timedelta(days=NEAR[language][found[1]]))
    before, days, weeks, of_months = COUNTED[language]
    counted = rf"\b{before} ?(?P<n>\d{{1,3}}) (?:(?P<d>{days})|(?P<w>{weeks})|(?P<m>{of_months}))"
    tail = r"(?: (?:icinde|sonra)\b)" if language == "tr" else r"\b"
    for found in re.finditer(counted + tail, low):
        count = int(found["n"])
        if found["m"]:
            yield (*found.span(), months_after(today, count))
        else:
            yield (*found.span(), today + timedelta(days=count * (7 if found["w"] else 1)))


def _any(names: Mapping[str, int]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


def _written(found: re.Match[str], months: Mapping[str, int], today: date) -> date | None:
    month, number = months[found["m"]], int(found["d"])
    try:
        if found["y"]:
            return date(int(found["y"]), month, number)
    except ValueError:
        return None
    return with_year(today, month=month, number=number, lies=0)
