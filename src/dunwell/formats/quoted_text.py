"""What is new in a mail, what is its signature, and what it quotes; no line is lost.

Rules of Outlook, Exchange, Gmail, Apple Mail, Thunderbird and phones in English, German, French
and Spanish, each looking at a line and a few after it, so that the work grows with the lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dunwell.formats.mail_text import QUOTE_CLOSES, QUOTE_OPENS

MARKS = frozenset({QUOTE_OPENS, QUOTE_CLOSES})
LONGEST_LINE = 400
"""Characters of a line that a rule looks at."""
MOST_SIGNATURE = 15
"""Lines of a signature; what is longer is no signature."""
HEADER_LINES = 8
"""Lines within which the head of a quoted mail names three fields."""
FEWEST_FIELDS = 3
ATTRIBUTION_LINES = 4

SEPARATOR = re.compile(
    r"^\s*>?\s*(-{2,}|_{2,}|\*{2,})\s*(original message|original appointment|"
    r"urspr(ü|ue)ngliche (nachricht|e-?mail)|original-?nachricht|message d['\u2019]origine|"
    r"message original|mensaje original|reply message|antwort|forwarded (message|by .{1,60})|"
    r"weitergeleitete (nachricht|e-?mail)|message transf[ée]r[ée]|mensaje reenviado)\s*"
    r"(-{2,}|_{2,}|\*{2,})?\s*$",
    re.IGNORECASE,
)
BEGIN_FORWARD = re.compile(
    r"^\s*(begin forwarded message|anfang der weitergeleiteten (nachricht|e-?mail)|"
    r"d[ée]but du message (r[ée]exp[ée]di[ée]|transf[ée]r[ée])|"
    r"inicio del mensaje reenviado)\s*:?\s*$",
    re.IGNORECASE,
)
FORWARD = re.compile(r"forward|weitergeleitet|transf[ée]r|r[ée]exp[ée]d|reenviad", re.IGNORECASE)
FIELDS = (
    re.compile(r"^\s*\*?(from|von|de|expéditeur|remitente)\s*\*?\s*:\s*\*?\s*\S", re.IGNORECASE),
    re.compile(
        r"^\s*\*?(sent|date|gesendet|datum|envoyé|date d['\u2019]envoi|enviado|enviado el|fecha)"
        r"\s*\*?\s*:\s*\*?\s*\S",
        re.IGNORECASE,
    ),
    re.compile(r"^\s*\*?(to|an|à|a|para|destinataire)\s*\*?\s*:\s*\*?\s*\S", re.IGNORECASE),
    re.compile(r"^\s*\*?(subject|betreff|objet|sujet|asunto)\s*\*?\s*:", re.IGNORECASE),
)
OPENS_ATTRIBUTION = re.compile(
    r"^\s*(on|am|le|el|le\s+lun|den)\s+.{4,}|^\s*.{3,120}<[^<>\s]+@[^<>\s]+>\s*"
    r"(wrote|schrieb|a écrit|escribió)|^\s*\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.{4,}",
    re.IGNORECASE,
)
CLOSES_ATTRIBUTION = re.compile(
    r"\b(wrote|schrieb(en)?( .{1,120})?|a [ée]crit|escribi[óo]|hat .{0,80}geschrieben)\s*:\s*$",
    re.IGNORECASE,
)
QUOTED_LINE = re.compile(r"^\s{0,3}(>|\|\s?>)")
DELIMITER = re.compile(r"^(-- ?|—|--\s*$)$")
SENT_FROM = re.compile(
    r"^\s*(sent from (my|mail for|outlook|yahoo|samsung|proton)\b.{0,60}|get outlook for .{1,40}|"
    r"(von meinem|gesendet (von|mit)|diese nachricht wurde von meinem) .{1,60}|"
    r"envoy[ée] (de mon|depuis|à partir) .{1,60}|enviado desde (mi|outlook|yahoo) ?.{0,60})\s*$",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"^\s*((best|kind|warm|many)( and .{1,12})? regards|regards|kind(est)? regards|"
    r"yours? (sincerely|faithfully|truly)|sincerely|best wishes|cheers|best|br|"
    r"(mit )?(freundlich(en|e|em|er)|besten?|lieben?|viele|schönen?|herzliche[nr]?) "
    r"(gr(ü|u|ue)(ß|ss)(en|e)?)( .{0,30})?|mfg|vg|lg|hochachtungsvoll|"
    r"(bien )?cordialement|(sincères |meilleures )?salutations.{0,30}|bien à vous|"
    r"(un )?(cordial )?saludos?( cordiales)?|atentamente|cordialmente|atte)\s*[.,!]?\s*$",
    re.IGNORECASE,
)
SAYS_MORE = re.compile(
    r"^\s*p\.?\s?s\.?\s*[:.]?\s|\?\s*$|\b(invoice|rechnung|facture|factura)\b", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """A mail's words in three: together they hold every line of the mail that is not blank."""

    text: str
    signature: str = ""
    quoted: str = ""


def split_reply(text: str) -> Split:
    """Return what is new, the signature and the quotes of a mail.

    A mail that forwards another and says nothing itself has all its words as new.
    """
    lines = text.split("\n")
    shown = [
        (line, flag)
        for line, flag in zip(lines, _marked(lines), strict=True)
        if line.strip() not in MARKS
    ]
    told, flags = [line for line, _ in shown], [flag for _, flag in shown]
    _judge(told, flags)
    new = [line for line, flag in zip(told, flags, strict=True) if not flag]
    quoted = [line for line, flag in zip(told, flags, strict=True) if flag]
    if not any(line.strip() for line in new) and any(_is_forward(line) for line in quoted):
        new, quoted = quoted, []
    at = _signature_at(new)
    return Split(
        text="\n".join(new[:at]).strip(),
        signature="\n".join(new[at:]).strip(),
        quoted="\n".join(quoted).strip("\n"),
    )


def _marked(lines: Sequence[str]) -> list[bool]:
    """Return which lines lie between the marks of an HTML quote."""
    flags, depth = [], 0
    for line in lines:
        told = line.strip()
        depth += (told == QUOTE_OPENS) - (told == QUOTE_CLOSES)
        depth = max(depth, 0)
        flags.append(depth > 0)
    return flags


def _judge(lines: Sequence[str], flags: list[bool]) -> None:
    """Flag quoted lines: those with a mark, attributions, and everything from a separator on."""
    at = 0
    while at < len(lines):
        line = lines[at][:LONGEST_LINE]
        if flags[at] or QUOTED_LINE.match(line):
            flags[at] = True
        elif ends := _attribution(lines, at):
            behind = _next_told(lines, ends)
            flags[at:ends] = [True] * (ends - at)
            if behind is None or not (flags[behind] or QUOTED_LINE.match(lines[behind])):
                flags[at:] = [True] * (len(flags) - at)
                return
            at = ends
            continue
        elif _opens_quote(lines, at):
            flags[at:] = [True] * (len(flags) - at)
            return
        at += 1


def _attribution(lines: Sequence[str], at: int) -> int:
    """Return the line behind an attribution such as "On ... wrote:", 0 where there is none."""
    if not OPENS_ATTRIBUTION.match(lines[at][:LONGEST_LINE]):
        return 0
    for end in range(at, min(at + ATTRIBUTION_LINES, len(lines))):
        if not lines[end].strip():
            return 0
        if CLOSES_ATTRIBUTION.search(lines[end][-LONGEST_LINE:]):
            return end + 1
    return 0


def _opens_quote(lines: Sequence[str], at: int) -> bool:
    line = lines[at][:LONGEST_LINE]
    if SEPARATOR.match(line) or BEGIN_FORWARD.match(line):
        return True
    return bool(FIELDS[0].match(line)) and _is_head(lines[at : at + HEADER_LINES])


def _is_head(lines: Sequence[str]) -> bool:
    """Return whether the lines are the head of a quoted mail."""
    shown = [line[:LONGEST_LINE] for line in lines]
    return sum(any(field.match(line) for line in shown) for field in FIELDS) >= FEWEST_FIELDS


def _next_told(lines: Sequence[str], at: int) -> int | None:
    return next((n for n in range(at, len(lines)) if lines[n].strip()), None)


def _is_forward(line: str) -> bool:
    shown = line[:LONGEST_LINE]
    is_mark = SEPARATOR.match(shown) or BEGIN_FORWARD.match(shown)
    return bool(is_mark and FORWARD.search(shown))


def _signature_at(lines: Sequence[str]) -> int:
    """Return the line at which the signature begins, the number of lines where there is none."""
    told = [at for at, line in enumerate(lines) if line.strip()]
    for place, at in enumerate(told):
        # the first line of all is no signature, nor is one with much behind it
        if place == 0 or len(told) - place - 1 > MOST_SIGNATURE:
            continue
        shown = lines[at][:LONGEST_LINE].rstrip()
        begins = DELIMITER.match(shown) or SENT_FROM.match(shown) or CLOSING.match(shown)
        rest = [lines[one][:LONGEST_LINE] for one in told[place + 1 :]]
        if begins and not any(SAYS_MORE.search(one) for one in rest):
            return at
    return len(lines)
