"""Signals from outside as files tell them: CSV or XLSX, JSON, and RSS or Atom.

RSS 2.0 (rssboard.org), Atom (RFC 4287). XML is read without entities, document types, network.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256

from lxml import etree, html

from dunwell.engine.sectors import read_sector
from dunwell.formats.line_files import LineFileError, LineLayout, LineTable, day_in, open_lines

MOST_LINES = 5_000
MOST_BYTES = 5 * 1024 * 1024
LONGEST_TITLE, LONGEST_TEXT, LONGEST_URL, LONGEST_ID = 200, 4_000, 500, 200
KINDS = ("insolvency", "rate", "currency", "rule", "sector", "country", "other")
SEVERITIES: Mapping[str, int] = {
    "1": 1, "low": 1, "2": 2, "medium": 2, "": 2, "3": 3, "high": 3,
}  # fmt: skip
FIELDS: Mapping[str, str] = {
    "external_id": "id|guid|external id|reference|aktenzeichen",
    "kind": "kind|type|category|art",
    "title": "title|headline|subject|titel|betreff",
    "text": "text|description|summary|content|beschreibung",
    "url": "url|link|address",
    "published_on": "published on|published|date|day|datum",
    "effective_on": "effective on|effective|in force from|gultig ab",
    "region": "region|country|land",
    "sector": "sector|nace|industry|branche",
    "currency": "currency|wahrung",
    "severity": "severity|grade|schwere",
    "customer_number": "customer number|customer|kundennummer",
    "vat_id": "vat id|vat|vat number|ust idnr",
    "party": "party|company|name|debtor|firma|schuldner",
}
TEMPLATE = (
    *("ID", "Kind", "Title", "Text", "URL", "Published on", "Effective on", "Region", "Sector"),
    *("Currency", "Severity", "Customer number", "VAT ID", "Party"),
)
"""Columns of the template; title and date are needed."""
_ATOM = "{http://www.w3.org/2005/Atom}"
_BLANKS = re.compile(r"\s+")


class SignalFileError(LineFileError):
    """A file of signals that cannot be read: file, place, reason."""


LAYOUT = LineLayout(
    fields=FIELDS,
    needed={"title": "title (Titel)", "published_on": "date (Datum)"},
    most_lines=MOST_LINES,
    most_bytes=MOST_BYTES,
    error=SignalFileError,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalLine:
    """One signal as told; `row` is its place in the file, `problem` why it cannot be taken."""

    row: int
    external_id: str
    title: str
    published_on: date | None
    kind: str = "other"
    severity: int = 2
    text: str = ""
    url: str = ""
    effective_on: date | None = None
    region: str = ""
    sector: str = ""
    currency: str = ""
    customer_number: str = ""
    vat_id: str = ""
    party: str = ""
    problem: str = ""


def read_signals(content: bytes, name: str) -> tuple[SignalLine, ...]:
    """Return the signals of a file: JSON by its first sign, RSS or Atom, else CSV or XLSX.

    Raises SignalFileError for a file that is none of them. A line that cannot be taken says why.
    """
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise SignalFileError(name, "whole file", f"it has more than {most} MB")
    first = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if first in {b"[", b"{"}:
        return _json(content, name)
    if first == b"<":
        return read_feed(content, name)
    table = open_lines(content, name, layout=LAYOUT)
    published, effective = table.days("published_on")[0], table.days("effective_on")[0]
    return tuple(
        _table_line(table, at, published[at], effective[at]) for at in range(table.height)
    )


def read_feed(
    content: bytes, name: str, *, standard: Mapping[str, str | int] | None = None
) -> tuple[SignalLine, ...]:
    """Return the entries of an RSS or Atom feed; `standard` is what all of them are about.

    Raises SignalFileError for XML that is damaged, declares a document type, or is no feed.
    """
    root = _root(content, name)
    if root.tag == f"{_ATOM}feed":
        entries = [_atom(one) for one in root.findall(f"{_ATOM}entry")]
    else:
        entries = [_rss(one) for one in root.iter("{*}item", "item")]
        if not entries and root.find("{*}channel") is None and root.tag != "rss":
            raise SignalFileError(name, "whole file", "this XML is no RSS or Atom feed")
    return tuple(
        _told({**(standard or {}), **entry}, row=n)
        for n, entry in enumerate(entries[:MOST_LINES], 1)
    )


def _root(content: bytes, name: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SignalFileError(
            name, "whole file", f"the XML is damaged: {str(error)[:150]}"
        ) from error
    if root.getroottree().docinfo.doctype:
        raise SignalFileError(
            name, "whole file", "it declares a document type (DOCTYPE), which no feed needs"
        )
    return root


def _rss(item: etree._Element) -> dict[str, object]:
    def of(tag: str) -> str:
        found = item.find(f"{{*}}{tag}")
        return "" if found is None else str(found.xpath("string()"))

    return {
        "external_id": of("guid") or of("link"),
        "title": of("title"),
        "text": of("description"),
        "url": of("link"),
        "published_on": of("pubDate") or of("date"),
    }


def _atom(entry: etree._Element) -> dict[str, object]:
    def of(tag: str) -> str:
        found = entry.find(f"{_ATOM}{tag}")
        return "" if found is None else str(found.xpath("string()"))

    links = [
        one.get("href", "")
        for one in entry.findall(f"{_ATOM}link")
        if one.get("rel", "alternate") == "alternate"
    ]
    return {
        "external_id": of("id"),
        "title": of("title"),
        "text": of("summary") or of("content"),
        "url": links[0] if links else "",
        "published_on": of("published") or of("updated"),
    }


def _json(content: bytes, name: str) -> tuple[SignalLine, ...]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SignalFileError(name, "whole file", "this is no JSON") from error
    listed = told.get("signals") if isinstance(told, dict) else told
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise SignalFileError(
            name, "whole file", 'expected a list of objects, or {"signals": [...]}'
        )
    return tuple(_told(one, row=n) for n, one in enumerate(listed[:MOST_LINES], 1))


def _table_line(
    table: LineTable, at: int, published: date | str | None, effective: date | str | None
) -> SignalLine:
    told: dict[str, object] = {field: table.cell(field, at) for field in FIELDS}
    problems: list[str] = []
    told["published_on"] = day_in(published, problems)
    told["effective_on"] = day_in(effective, problems)
    return _told(told, row=table.row(at), problems=problems)


def _told(told: Mapping[str, object], *, row: int, problems: Sequence[str] = ()) -> SignalLine:
    """Return a line from its fields as told; what cannot be read is a problem, never a guess."""
    found = list(problems)
    title = _plain(told.get("title"), LONGEST_TITLE)
    published = _day(told.get("published_on"), found)
    effective = _day(told.get("effective_on"), found)
    if not title:
        found.append("the title is missing")
    if published is None and not found:
        found.append("the day is missing")
    kind = _plain(told.get("kind"), 20).lower() or "other"
    if kind not in KINDS:
        found.append(f"{kind!r} is no kind; write one of {', '.join(KINDS)}")
    severity = SEVERITIES.get(_plain(told.get("severity"), 20).lower(), 0)
    if not severity:
        found.append("the severity is low, medium or high")
    region, currency = _code(told, "region", 2, found), _code(told, "currency", 3, found)
    try:
        sector = read_sector(_plain(told.get("sector"), 20))
    except ValueError as error:
        sector = ""
        found.append(str(error))
    text = _plain(told.get("text"), LONGEST_TEXT)
    url = _plain(told.get("url"), LONGEST_URL)
    if url and not url.lower().startswith(("https://", "http://")):
        url = ""
    said = "\0".join((title, str(published), text, url))
    return SignalLine(
        row=row,
        external_id=_plain(told.get("external_id"), LONGEST_ID)
        or sha256(said.encode(errors="replace")).hexdigest(),
        title=title,
        published_on=published,
        kind=kind,
        severity=severity or 2,
        text=text,
        url=url,
        effective_on=effective,
        region=region,
        sector=sector,
        currency=currency,
        customer_number=_plain(told.get("customer_number"), 80),
        vat_id=_plain(told.get("vat_id"), 40),
        party=_plain(told.get("party"), 200),
        problem="; ".join(found),
    )


def _code(told: Mapping[str, object], name: str, length: int, problems: list[str]) -> str:
    code = _plain(told.get(name), 20).upper()
    if code and not (len(code) == length and code.isascii() and code.isalpha()):
        problems.append(f"{code!r} is no {name}: it has {length} letters")
        return ""
    return code


def _plain(value: object, most: int) -> str:
    """Return a value as plain text on one line, without markup and signs no database keeps."""
    text = "" if value is None else str(value)
    if "<" in text:
        try:
            text = str(html.fromstring(f"<div>{text}</div>").xpath("string()"))
        except (etree.ParserError, etree.XMLSyntaxError, ValueError):
            text = re.sub(r"<[^>]*>", " ", text)
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    text = text.encode("utf-8", errors="ignore").decode("utf-8")
    return _BLANKS.sub(" ", text).strip()[:most]


def _day(value: object, problems: list[str]) -> date | None:
    """Return a day as JSON and feeds write it: 2026-01-31, with a time, or as mails do."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    text = str(value).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        problems.append(f"{text[:40]!r} is no day; write it as 2026-01-31")
        return None
