"""What an automatic answer says of an absence: until when, who stands in, or that nobody returns.

English, German, French and Spanish. Days are read as each language writes them; one that can
be read two ways is not read. Everything told is quoted from the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

LONGEST = 366
"""A day further off than this is not the end of an absence."""

SUBJECT = re.compile(
    r"^\s*((re|aw|fwd?|wg)\s*:\s*)?(out of (the )?office|automatic reply|auto(matic)?[- ]?reply|"
    r"autoreply|automatische antwort|abwesenheits(notiz|assistent|nachricht)|abwesend|"
    r"nicht im (büro|haus)|r[ée]ponse automatique|absence du bureau|message d'absence|"
    r"respuesta autom[áa]tica|fuera de (la )?oficina|ausente)",
    re.IGNORECASE,
)
AWAY = re.compile(
    r"out of (the )?office|away from (the |my )?(office|desk)|on (annual |parental |maternity |"
    r"sick )?leave\b|on (holiday|vacation)|('m|am|be|is) away\b|currently (away|unavailable)|"
    r"limited access to (my )?e-?mail|"
    r"nicht im (büro|haus)|außer haus|ausser haus|abwesend|abwesenheit|im urlaub|in elternzeit|"
    r"nicht erreichbar|derzeit nicht|"
    r"absente? d(u|e mon) bureau|actuellement absente?|suis absente?|serai absente?|en cong[ée]s?|"
    r"en vacances|absent(e)? jusqu|"
    r"fuera de (la |mi )?oficina|de vacaciones|estar[ée] ausente|estoy ausente|me encuentro "
    r"ausente|no estar[ée] disponible",
    re.IGNORECASE,
)
LEFT = re.compile(
    r"no longer (employed|an employee)\b|"
    r"no longer (with|at|part of|(works?|working) (for|at|with)) "
    r"((the|this|our) (company|organi[sz]ation|firm|group)|us\b|(?-i:[A-Z]))|"
    r"(has|have) left (the |our )?(company|organi[sz]ation|firm)\b|has left (?-i:[A-Z])|"
    r"is no longer (monitored|active|in use)|"
    r"nicht mehr (für|bei|im|in) [^.\n]{0,60}(tätig|beschäftigt|unternehmen\b|firma\b)|"
    r"nicht mehr (im unternehmen|bei uns|in der firma)|"
    r"(das|unser|die) (unternehmen|firma) verlassen|ausgeschieden|"
    r"(ne (travaille|fait)|n'est) plus [^.\n]{0,40}(chez|partie|soci[ée]t[ée]|entreprise)|"
    r"(a|ai) quitt[ée] (la |l'|notre )?(soci[ée]t[ée]|entreprise|groupe)|"
    r"ya no (trabaj\w+ (en|para) (?-i:[A-Z]|la empresa|nosotros)|forma parte|pertenece|"
    r"est[áa] en la empresa)|"
    r"ha (dejado|abandonado) (la |nuestra )?(empresa|compañ[íi]a)",
    re.IGNORECASE,
)
"""Whoever has left gets nothing any more, so only what can hardly mean anything else counts."""

DEPUTY = re.compile(
    r"contact|reach out|write to|e-?mail|assist|urgent|instead|colleague|"
    r"wenden|vertret|ansprechpartner|dringend|kolleg|schreiben sie|"
    r"adress|joindre|remplac|urgence|coll[èe]gue|"
    r"dir[íi]jase|p[óo]ngase|contacte|urgente|compañer|sustitu",
    re.IGNORECASE,
)
MAIL = re.compile(r"[A-Za-z0-9._%+'=-]{1,64}@[A-Za-z0-9.-]{1,250}\.[A-Za-z]{2,24}")
NAME = re.compile(
    r"((?:[A-ZÀ-ÖØ-Þ][\w'\u2019-]{1,30}|[A-Z]\.)(?:[ \t]+(?:de|von|van|der|la|del)){0,2}"
    r"(?:[ \t]+[A-ZÀ-ÖØ-Þ][\w'\u2019-]{1,30}){1,2})"
    r"(?:[\s,;:(<\[\u2013-]|\b(?:at|by|via|on|per|unter|auf|sous|à|en|e-?mail|mail|correo)\b){0,8}$"
)
NO_NAME = re.compile(
    r"^(Please|Bitte|Kind|Best|Viele|Für|For|In|Merci|Pour|Por|Para|Vielen|Freundliche|"
    r"Sehr|Dear|Hello|Hallo|Bonjour|Estimad\w*|Kolleg\w*|Herrn?|Frau|Mrs?|Ms|Mme|Sra?)\b"
)

MONTHS = {
    1: "january jan januar jänner janvier janv enero ene",
    2: "february feb februar février fevrier févr febrero",
    3: "march mar märz maerz mrz mars marzo",
    4: "april apr avril avr abril abr",
    5: "may mai mayo",
    6: "june jun juni juin junio",
    7: "july jul juli juillet juil julio",
    8: "august aug août aout agosto ago",
    9: "september sep sept septembre septiembre setiembre",
    10: "october oct oktober okt octobre octubre",
    11: "november nov novembre noviembre",
    12: "december dec dezember dez décembre decembre diciembre dic",
}
MONTH_OF = {word: number for number, words in MONTHS.items() for word in words.split()}
_MONTH = "|".join(sorted(MONTH_OF, key=len, reverse=True))
_YEAR = r"(?:,?[ ]+(?:de[ ]+|del[ ]+)?(?P<{0}>\d{{4}}))?"
DAYS = re.compile(
    r"(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<d1>\d{1,2})\.[ ]?(?P<m1>\d{1,2})\.(?:[ ]?(?P<y1>\d{4}|\d{2})\b)?"
    r"|(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<y2>\d{4}|\d{2}))?\b"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?[ ]+(?:of[ ]+|de[ ]+)?"
    rf"(?P<w3>{_MONTH})\b(?:\.(?=[ ]\d{{4}}))?"
    + _YEAR.format("y3")
    + rf"|(?P<w4>{_MONTH})\b\.?[ ]+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\b"
    + _YEAR.format("y4"),
    re.IGNORECASE,
)
BACK = re.compile(
    r"\b(return|returning|back|available again|in the office again|"
    r"wieder|zurück|ab dem|erreichbar|"
    r"de retour|retour|reviens|reviendrai|à partir du|"
    r"regreso|regresar[ée]|vuelvo|volver[ée]|vuelta|a partir del)\b[^.\n\d]{0,40}$",
    re.IGNORECASE,
)
UNTIL = re.compile(
    r"\b(until|till|through|thru|to|bis|jusqu'?(?:au|à|en)?|au|hasta|al)\b[^.\n\d]{0,30}$",
    re.IGNORECASE,
)
"""What stands before a day: the first day of being back, or the last one away."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Where something told stands in the text: `start` and `end` count characters."""

    kind: str
    value: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """What an automatic answer says of somebody.

    `back_on` is the first day of being back: the day after one that is told as the last. The
    deputy is whoever the answer names instead, or who took over where somebody has left.
    """

    is_away: bool = False
    has_left: bool = False
    is_named_in_subject: bool = False
    back_on: date | None = None
    deputy_name: str = ""
    deputy_email: str = ""
    quote: str = ""
    quotes: tuple[Quote, ...] = field(default=())


def read_absence(
    subject: str, text: str, *, sent_on: date | None, besides: Sequence[str] = ()
) -> Absence:
    """Return what an answer says; `sent_on` dates days told without a year.

    `besides` are addresses that are nobody's deputy: the sender's own and ours.
    """
    named = bool(SUBJECT.match(subject))
    left = LEFT.search(text) or LEFT.search(subject)
    away = None if left else (AWAY.search(text) or AWAY.search(subject))
    if not left and not away and not named:
        return Absence()
    quotes: list[Quote] = []
    back = None if left else _back_on(text, sent_on)
    if back is not None:
        quotes.append(back[1])
    deputy = _deputy(text, besides)
    if deputy is not None:
        quotes.append(deputy)
    return Absence(
        is_away=not left,
        has_left=bool(left),
        is_named_in_subject=named or bool(left and LEFT.search(subject)),
        back_on=back[0] if back else None,
        deputy_email=deputy.value if deputy else "",
        deputy_name=_name_before(text, deputy.start) if deputy else "",
        quote=_sentence(text, left or away, subject),
        quotes=tuple(quotes),
    )


def _back_on(text: str, sent_on: date | None) -> tuple[date, Quote] | None:
    """Return the first day of being back; the words before a day say what it means."""
    last: tuple[date, Quote] | None = None
    for found, day in _days(text, sent_on):
        before = text[max(0, found.start() - 60) : found.start()].replace("\n", " ")
        quote = Quote("back_on", day.isoformat(), found.group(), found.start(), found.end())
        until, back = _begin(UNTIL, before), _begin(BACK, before)
        # the word next to the day says what it is: back after being away until Friday
        if back > until:
            return day, quote
        if until >= 0:
            last = last or (day + timedelta(days=1), quote)
    return last


def _begin(words: re.Pattern[str], before: str) -> int:
    """Return where the last of such words begins, -1 without one."""
    return max((found.start() for found in words.finditer(before)), default=-1)


def _days(text: str, sent_on: date | None) -> Iterator[tuple[re.Match[str], date]]:
    """Yield the days of a text that can be read one way, none before it was written."""
    for found in DAYS.finditer(text):
        day = _day(found, sent_on)
        if day is None:
            continue
        if sent_on is None or timedelta() <= day - sent_on <= timedelta(days=LONGEST):
            yield found, day


def _day(found: re.Match[str], sent_on: date | None) -> date | None:
    part = found.groupdict()
    if part["iso"]:
        return _made(part["iso"][:4], int(part["iso"][5:7]), int(part["iso"][8:]), sent_on)
    if part["d1"]:
        return _made(part["y1"], int(part["m1"]), int(part["d1"]), sent_on)
    if part["a"]:
        first, second = int(part["a"]), int(part["b"])
        # 3/12 is December in Paris and March in Chicago
        if first != second and max(first, second) <= 12:  # noqa: PLR2004
            return None
        day, month = max(first, second), min(first, second)
        return _made(part["y2"], month, day, sent_on)
    if part["d3"]:
        return _made(part["y3"], MONTH_OF[part["w3"].lower()], int(part["d3"]), sent_on)
    return _made(part["y4"], MONTH_OF[part["w4"].lower()], int(part["d4"]), sent_on)


def _made(year: str | None, month: int, day: int, sent_on: date | None) -> date | None:
    """Return the day; without a year the first that has not passed when it was written."""
    try:
        if year:
            return date(int(year) + (2000 if len(year) <= 2 else 0), month, day)  # noqa: PLR2004
        if sent_on is None:
            return None
        this = date(sent_on.year, month, day)
        return this if this >= sent_on else date(sent_on.year + 1, month, day)
    except ValueError:
        return None


def _deputy(text: str, besides: Sequence[str]) -> Quote | None:
    """Return the first other address near words that send people there, else the only one."""
    others = [
        found for found in MAIL.finditer(text) if found.group().rstrip(".").lower() not in besides
    ]
    named = next((one for one in others if _sends(text, one)), None)
    found = named or (others[0] if len(others) == 1 else None)
    if found is None:
        return None
    address = found.group().rstrip(".").lower()
    return Quote("deputy", address, found.group(), found.start(), found.end())


def _sends(text: str, found: re.Match[str]) -> bool:
    return bool(DEPUTY.search(text[max(0, found.start() - 160) : found.start()]))


def _name_before(text: str, start: int) -> str:
    """Return the name right before an address on its line, empty where none stands there."""
    line = text[:start].rsplit("\n", 1)[-1]
    found = NAME.search(line)
    if found is None:
        return ""
    words = found.group(1).split()
    while words and NO_NAME.match(words[0]):
        words = words[1:]
    return " ".join(words) if len(words) > 1 else ""


def _sentence(text: str, found: re.Match[str] | None, subject: str) -> str:
    """Return the sentence something was found in, on one line."""
    if found is None or found.string != text:
        return " ".join(subject.split())
    start = max(text.rfind(mark, 0, found.start()) for mark in (". ", "\n\n", "! ", "? "))
    ends = [at for mark in (". ", ".\n", "\n\n", "! ") if (at := text.find(mark, found.end())) > 0]
    end = min(ends, default=len(text))
    return " ".join(text[max(start, 0) : end + 1].strip(" .!?\n").split())
