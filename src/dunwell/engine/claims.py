"""What a text claims: its figures, days, amounts, accounts and addresses, brought to one form.

Two texts that write one thing differently ("1.250,00 €", "EUR 1,250.00") make the same claim. What
reads a text here is for `evidence.unproven`: it must rather find a claim too many than miss one.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dunwell.engine.claim_words import (
    ALSO_WORDS,
    SHORTEST_NAME,
    months,
    near_days,
    number_word,
    weekdays,
)
from dunwell.engine.money import minor_digits
from dunwell.engine.stated_amounts import SYMBOLS, TRADED

GROUP = 3
TWO_DIGITS, CENTURY = 100, 2000
LONGEST_WORD = 60
FEWEST_PHONE_DIGITS = 7
LEAP_YEAR = 2000
READ = "\u00a6"
"""Stands for every sign that was read, so that nothing is read twice."""
LONGEST_ENDING = 4
"""A name of five letters and more with so many behind it is that name: "Fridays", "cumaya"."""

_NUMBER = r"\d+(?:[.,'\u2019 \u00a0\u202f]\d{3})*(?:[.,]\d+)?"
_CURRENCY_WORDS = {
    **dict.fromkeys(("euro", "euros", "eur", "euron", "eurot", "avro"), ("EUR",)),
    **dict.fromkeys(("dollar", "dollars", "dolar", "dolares", "dollari", "bucks"), SYMBOLS["$"]),
    **dict.fromkeys(("pound", "pounds", "pfund", "livres", "libras", "sterline"), ("GBP",)),
    **dict.fromkeys(("franken", "francs", "franchi", "francos"), ("CHF",)),
    **dict.fromkeys(("kronor", "kronen", "kroner", "couronnes"), SYMBOLS["kr"]),
    **dict.fromkeys(("zloty", "zlotych", "zlote", "zl", "pln"), ("PLN",)),
    **dict.fromkeys(("lira", "tl", "lirasi"), ("TRY",)),
    **dict.fromkeys(("reais", "real", "r$"), ("BRL",)),
    **dict.fromkeys(("cent", "cents", "centimes", "centimos", "centesimi"), ("MINOR",)),
    **{sign: codes for sign, codes in SYMBOLS.items() if sign != "zł"},
    "₺": ("TRY",),
    **{code.lower(): (code,) for code in TRADED},
}
"""What a mark beside a number may stand for, folded."""

_MARK = "|".join(re.escape(one) for one in sorted(_CURRENCY_WORDS, key=len, reverse=True))
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*")
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]+|\b(?:[a-z0-9-]+\.)+(?:com|net|org|eu|io|de|uk|fr|es|it|nl|pl|pt|se"
    r"|tr|at|ch|info|biz|app|dev|co)\b(?:/[^\s<>\"]*)?"
)
_IBAN = re.compile(r"\b[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{2,4}){2,9}\b")
_IBAN_DIGITS = 10
_DAY_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_DAY_NUMERIC = re.compile(r"(?<![\d.,/-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})?(?![\d/-])")
_PERCENT = re.compile(
    rf"(?<![\d.,])({_NUMBER})\s?(?:%|‰|percent|per cent|prozent|pour ?cents?|por ?ciento"
    r"|por ?cento|per ?cento|procent|procenta?|yuzde)"
    rf"|(?:%|yuzde)\s?({_NUMBER})"
)
_AMOUNT = re.compile(
    rf"(?<![\w.,])({_MARK})[ \u00a0\u202f]?({_NUMBER})(?![\w%])"
    rf"|(?<![\d.,])({_NUMBER})[ \u00a0\u202f]?({_MARK})(?!\w)"
)
_PHONE = re.compile(r"(?<![\w.,])\+?\(?\d[\d ()/.\u00a0-]{5,}\d(?!\w)")
_TIME = re.compile(r"(?<![\d:.,])(\d{1,2})[:h](\d{2})(?![\d:])")
_CODE = re.compile(r"(?=[\w/.#-]*\d)(?=[\w/.#-]*[^\W\d_])[^\W_](?:[\w/.#-]*[^\W_])?")
_PLAIN = re.compile(rf"(?<![\d]){_NUMBER}")
_DIGITS_LEFT = re.compile(r"\S*\d\S*")
_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
_STREET = re.compile(
    r"[^\W\d_]{2,}(?:strasse|str\.|straat|gatan|vagen|weg(?= ?\d)|platz|plein)"
    r"|\b[^\W\d_]+ (?:street|road|avenue|lane|square|caddesi|sokak)\b"
    r"|\b(?:rue|avenue|boulevard|calle|avenida|plaza|via|viale|piazza|rua|ulica|ul\.|aleja)"
    r" (?:de(?: la| los| las|s|l)? |du |della |da |do |dos )?[^\W\d_]{3,}"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a text states: its kind, what it may mean, and how it is written there."""

    kind: str
    keys: frozenset[str]
    quote: str


def folded(text: str) -> str:
    """Return a text in lower case, no accents, no unseen signs, digits of any script as ours."""
    marks = {
        "\u0131": "i",
        "ł": "l",
        "ø": "o",
        "ß": "ss",
        "\u2212": "-",
        "\u2013": "-",
        "\u2011": "-",
    }
    plain = unicodedata.normalize("NFKD", "".join(marks.get(one, one) for one in text).casefold())
    kept = []
    for one in plain:
        kind = unicodedata.category(one)
        if kind == "Nd":
            kept.append(str(unicodedata.digit(one)))
        elif kind not in {"Mn", "Cf", "Me"}:
            kept.append(marks.get(one, one))
    return "".join(kept)


def claims(text: str, *, language: str) -> tuple[Claim, ...]:
    """Return all a text states in its order, each part of it once.

    `language` is an ISO code that says which words are months, days and numbers, and of `en-us`
    that the month comes first; words of all ten languages count where it is none of them.
    """
    known = language.lower()[:2]
    rest = folded(text)
    found: list[tuple[int, Claim]] = []
    for read in _readers(known, is_month_first=language.lower() == "en-us"):
        for start, end, claim in list(read(rest)):
            found.append((start, claim))
            rest = f"{rest[:start]}{READ * (end - start)}{rest[end:]}"
    return tuple(claim for _, claim in sorted(found, key=lambda one: one[0]))


Reader = Callable[[str], Iterator[tuple[int, int, Claim]]]


def _readers(language: str, *, is_month_first: bool) -> tuple[Reader, ...]:
    """Return who reads what, in order: what one has read the next does not see."""
    return (
        lambda text: _each(_EMAIL, text, "email", lambda found: [found.group().rstrip(".-")]),
        lambda text: _each(_IBAN, text, "iban", _iban),
        lambda text: _each(_LINK, text, "link", lambda found: [found.group().rstrip("./,;:)")]),
        lambda text: _each(_DAY_ISO, text, "date", lambda f: _day(f[1], f[2], f[3])),
        lambda text: _each(
            _DAY_NUMERIC,
            text,
            "date",
            lambda found: _numeric(found, is_month_first=is_month_first),
        ),
        lambda text: _named_days(text, language),
        lambda text: _each(_PERCENT, text, "percent", lambda f: [_value(f[1] or f[2])]),
        lambda text: _each(_AMOUNT, text, "amount", _amount),
        lambda text: _each(_TIME, text, "time", lambda found: [f"{int(found[1])}:{found[2]}"]),
        lambda text: _each(_CODE, text, "code", lambda found: [_bare(found.group())]),
        lambda text: _each(_PHONE, text, "phone", _phone),
        lambda text: _each(
            _PLAIN, text, "number", lambda f: [_value(f.group()), _bare(f.group())]
        ),
        lambda text: _each(_STREET, text, "street", lambda found: [found.group()]),
        lambda text: _words(text, language),
        # whatever digit is left is none we can read, and is claimed as it stands
        lambda text: _each(_DIGITS_LEFT, text, "number", lambda found: [found.group()]),
    )


def _each(
    pattern: re.Pattern[str],
    text: str,
    kind: str,
    keys: Callable[[re.Match[str]], list[str]],
) -> Iterator[tuple[int, int, Claim]]:
    for found in pattern.finditer(text):
        if told := keys(found):
            yield (*found.span(), Claim(kind, frozenset(told), found.group().strip()))


def _iban(found: re.Match[str]) -> list[str]:
    bare = _bare(found.group())
    return [bare] if sum(one.isdigit() for one in bare) >= _IBAN_DIGITS else []


def _phone(found: re.Match[str]) -> list[str]:
    digits = re.sub(r"\D", "", found.group())
    marked = re.search(r"[+()/-]|\d [\d ]*\d", found.group())
    if len(digits) < FEWEST_PHONE_DIGITS or marked is None:
        return []
    return [digits, digits.removeprefix("00")]


def _numeric(found: re.Match[str], *, is_month_first: bool) -> list[str]:
    first, second = (
        (found[3], found[1]) if is_month_first and found[2] == "/" else (found[1], found[3])
    )
    if int(second) > 12 >= int(first):  # noqa: PLR2004  months of a year
        first, second = second, first
    return _day(found[4] or "", second, first)


def _day(year: str, month: str, number: str) -> list[str]:
    """Return the keys of a day: with its year, or as one of any year; none for no such day."""
    try:
        counted = int(year) if year else LEAP_YEAR
        day = date(counted + CENTURY if counted < TWO_DIGITS else counted, int(month), int(number))
    except ValueError:
        return []
    return [day.isoformat() if year else f"--{day:%m-%d}"]


def _named_days(text: str, language: str) -> Iterator[tuple[int, int, Claim]]:
    """Yield days with a named month: "4. Dezember 2026", "December 4th", "12 de marzo de 2027"."""
    names = months(language)
    one = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    pattern = re.compile(
        rf"(?<![\w.,])(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.|-?an?)?[ \u00a0-]?(?:of |de |d')?"
        rf"(?P<m>{one})\b\.?,?(?: (?:de |del )?(?P<y>\d{{4}}))?(?!\d)"
        rf"|\b(?P<m2>{one})\b\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"
        rf"(?:,? (?P<y2>\d{{4}}))?(?!\d)"
        rf"|\b(?P<m3>{one})\b\.?,? (?:de |del )?(?P<y3>\d{{4}})(?!\d)"
        rf"|(?<![\w.,])(?P<y4>\d{{4}}) (?P<m4>{one})\b"
    )
    for found in pattern.finditer(text):
        name = found["m"] or found["m2"] or found["m3"] or found["m4"]
        year = found["y"] or found["y2"] or found["y3"] or found["y4"] or ""
        number = found["d"] or found["d2"]
        keys = _day(year, str(names[name]), number) if number else [f"{year}-{names[name]:02d}"]
        if keys:
            yield (*found.span(), Claim("date", frozenset(keys), found.group().strip(" .,")))


def _amount(found: re.Match[str]) -> list[str]:
    mark, number = (found[1], found[2]) if found[2] else (found[4], found[3])
    return [
        f"{_value(number, decimals=minor_digits(code))} {code}" for code in _CURRENCY_WORDS[mark]
    ]


def _value(number: str, *, decimals: int = 0) -> str:
    """Return the value of a number: of two kinds of marks the last is the decimal one.

    A mark that stands more than once groups thousands; so does one before three digits, unless
    more than three or a zero stand before it, or the currency has three `decimals`.
    """
    core = re.sub(r"['\u2019 \u00a0\u202f]", "", number)
    last = max(core.rfind("."), core.rfind(","))
    if last < 0:
        return str(int(core))
    behind, marks = len(core) - last - 1, {one for one in core if one in ".,"}
    can_group = behind == GROUP != decimals and last <= GROUP and core[:last] != "0"
    if len(marks) == 1 and (can_group or core.count(core[last]) > 1):
        return str(int(re.sub(r"[.,]", "", core)))
    whole = re.sub(r"[.,]", "", core[:last])
    return format(Decimal(f"{whole or '0'}.{core[last + 1 :]}").normalize(), "f")


def _bare(text: str) -> str:
    return "".join(one for one in text if one.isalnum())


def _words(text: str, language: str) -> Iterator[tuple[int, int, Claim]]:
    """Yield words that are figures or days: "twenty", "Freitag", "demain", "in Dezember"."""
    of_week, near, of_year = weekdays(language), near_days(language), months(language)
    named = {name: month for name, month in of_year.items() if _is_name(name)}
    figure = re.compile(number_word(language))
    # Turkish hangs its endings on short names too: "ocakta"
    shortest = SHORTEST_NAME if language == "tr" else SHORTEST_NAME + 1
    for found in _WORD.finditer(text):
        word = found.group()
        parts = re.split(r"[-'\u2019]", word)
        if len(word) > LONGEST_WORD:
            continue
        if (weekday := _named(of_week, word, shortest)) is not None:
            kind, key = "weekday", str(weekday)
        elif word in near or not near.isdisjoint(parts):
            kind, key = "near", word
        elif (month := _named(named, word, shortest)) is not None:
            kind, key = "month", f"{month:02d}"
        elif all(figure.fullmatch(part) for part in parts):
            kind, key = "word", word
        else:
            continue
        yield (*found.span(), Claim(kind, frozenset({key}), word))


def _is_name(month: str) -> bool:
    return len(month) >= SHORTEST_NAME and month not in ALSO_WORDS


def _named(names: Mapping[str, int], word: str, shortest: int) -> int | None:
    """Return what a word names, with an ending or without; None for no name."""
    if word in names:
        return names[word]
    for end in range(len(word) - 1, max(len(word) - LONGEST_ENDING, shortest) - 1, -1):
        name = word[:end].rstrip("-'\u2019")
        if name in names:
            return names[name]
    return None
