"""What a domain says about its mail: SPF (RFC 7208), DKIM keys (RFC 6376), DMARC (RFC 7489).

Pure: texts of name servers in, what they mean out. Who asks the name servers is not known here.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

MOST_LOOKUPS = 10
MOST_VOID = 2
"""RFC 7208, 4.6.4: queries that terms may cause, and those of them that find nothing."""
MOST_DEPTH = 12

COUNTED = ("include", "a", "mx", "ptr", "exists", "redirect")
"""Terms of SPF that cause a query each."""
MECHANISMS = (*COUNTED[:-1], "all", "ip4", "ip6")
TERM = re.compile(
    r"(?P<sign>[+~?-])?(?P<name>[A-Za-z][\w.-]*)(?P<mark>[:=])?(?P<value>[^\s/]*)(?P<rest>/\S*)?"
)

RecordKind = Literal["TXT", "MX", "A", "AAAA"]
AnswerStatus = Literal["found", "none", "failed"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What name servers said: values of a name, none of them, or nothing within the time."""

    status: AnswerStatus
    values: tuple[str, ...] = ()


Ask = Callable[[str, RecordKind], Answer]
"""Asks the name servers for records of a kind; never raises."""


@dataclass(frozen=True, slots=True)
class SpfTerm:
    """One term of a record: +, ~, ? or - before a mechanism; a modifier has no sign."""

    sign: str
    name: str
    value: str
    is_modifier: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SpfReading:
    """What evaluating an SPF record comes to.

    `lookups` and `void` count queries over all records it includes; `all_sign` is the sign of
    `all` of the record or of the one it redirects to, empty without one.
    """

    records: tuple[str, ...] = ()
    problem: str = ""
    lookups: int = 0
    void: int = 0
    all_sign: str = ""
    has_ptr: bool = False
    is_unknown: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DkimKey:
    """One key of a domain; `bits` are 0 where it is not RSA, or cannot be read."""

    selector: str
    record: str
    kind: str = "rsa"
    bits: int = 0
    is_revoked: bool = False
    is_test: bool = False
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dmarc:
    """What a domain asks for with mail that fails; `domain` is where the record was found."""

    domain: str
    records: tuple[str, ...]
    policy: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    is_unknown: bool = False


class SpfError(ValueError):
    """A record that receivers cannot evaluate: permerror."""


def spf_terms(record: str) -> tuple[SpfTerm, ...]:
    """Return the terms of a record after v=spf1; raise SpfError for one that is none."""
    found: list[SpfTerm] = []
    for word in record.split()[1:]:
        told = TERM.fullmatch(word)
        if told is None:
            raise SpfError(f"{word[:60]} is no term of SPF")
        name = told["name"].lower()
        is_modifier = told["mark"] == "="
        if is_modifier and told["sign"]:
            raise SpfError(f"{word[:60]} is no term of SPF")
        if not is_modifier and name not in MECHANISMS:
            raise SpfError(f"{word[:60]} is no mechanism of SPF")
        if name in {"include", "exists", "redirect", "ip4", "ip6"} and not told["value"]:
            raise SpfError(f"{word[:60]} names nothing")
        found.append(
            SpfTerm(told["sign"] or ("" if is_modifier else "+"), name, told["value"], is_modifier)
        )
    return tuple(found)


def spf_records(answer: Answer) -> tuple[str, ...]:
    """Return the SPF records among the texts of a name."""
    return tuple(text for text in answer.values if re.match(r"v=spf1(\s|$)", text, re.IGNORECASE))


def read_spf(domain: str, ask: Ask) -> SpfReading:
    """Return what the SPF record of a domain comes to, with all that it includes."""
    answer = ask(domain, "TXT")
    records = spf_records(answer)
    if len(records) != 1:
        return SpfReading(records=records, is_unknown=answer.status == "failed")
    walk = _SpfWalk(ask)
    try:
        sign = walk.evaluate(domain, records[0], seen=(domain,))
        problem = ""
    except SpfError as error:
        sign, problem = "", str(error)
    return SpfReading(
        records=records,
        problem=problem,
        lookups=walk.lookups,
        void=walk.void,
        all_sign=sign,
        has_ptr=walk.has_ptr,
        is_unknown=walk.is_unknown,
    )


class _SpfWalk:
    """Goes through a record and what it includes, and counts the queries on the way."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.lookups = self.void = 0
        self.has_ptr = self.is_unknown = False

    def evaluate(self, domain: str, record: str, *, seen: tuple[str, ...]) -> str:
        """Return the sign of `all`; raise SpfError for what receivers refuse."""
        sign, redirect = "", ""
        for term in spf_terms(record):
            if term.name == "all" and not term.is_modifier:
                sign = term.sign
            elif term.is_modifier and term.name == "redirect":
                redirect = term.value
            elif term.name in COUNTED and not term.is_modifier:
                self._count(term, domain, seen=seen)
        # redirect is looked at only where all is missing
        if sign or not redirect:
            return sign
        self.lookups += 1
        return self._followed(redirect, seen=seen, is_redirect=True)

    def _count(self, term: SpfTerm, domain: str, *, seen: tuple[str, ...]) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS * 5:
            raise SpfError("it includes without end")
        self.has_ptr |= term.name == "ptr"
        target = term.value or domain
        if "%" in target or term.name in {"ptr", "exists"}:
            # what a macro stands for is known only for a mail
            return
        if term.name == "include":
            self._followed(target, seen=seen)
        elif term.name == "mx":
            self._void(self._ask(target, "MX"))
        else:
            found = self._ask(target, "A")
            self._void(found if found.values else self._ask(target, "AAAA"))

    def _followed(self, name: str, *, seen: tuple[str, ...], is_redirect: bool = False) -> str:
        if "%" in name:
            return ""
        name = name.lower().rstrip(".")
        if name in seen or len(seen) > MOST_DEPTH:
            raise SpfError(f"it comes back to {name}")
        answer = self._ask(name, "TXT")
        if answer.status == "failed":
            self.is_unknown = True
            return ""
        records = spf_records(answer)
        if not answer.values:
            self.void += 1
        if len(records) != 1:
            how = "redirects to" if is_redirect else "includes"
            has = "no SPF record" if not records else f"{len(records)} SPF records"
            raise SpfError(f"it {how} {name}, which has {has}")
        return self.evaluate(name, records[0], seen=(*seen, name))

    def _void(self, answer: Answer) -> None:
        self.is_unknown |= answer.status == "failed"
        self.void += answer.status == "none"


def tags_of(record: str) -> dict[str, str]:
    """Return the tags of a record such as v=DMARC1; p=none, names in small letters."""
    found: dict[str, str] = {}
    for part in record.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), value.strip())
    return found


def read_dkim(selector: str, record: str) -> DkimKey:
    """Return the key a record holds."""
    tags = tags_of(record)
    kind = tags.get("k", "rsa").lower() or "rsa"
    key = re.sub(r"\s", "", tags.get("p", ""))
    problem, bits = "", 0
    if tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags:
        problem = "it is no DKIM key"
    elif key:
        try:
            data = base64.b64decode(key, validate=True)
            bits = rsa_bits(data) if kind == "rsa" else 0
        except (binascii.Error, ValueError):
            problem = "the key cannot be read"
    return DkimKey(
        selector=selector,
        record=record,
        kind=kind,
        bits=bits,
        is_revoked="p" in tags and not key,
        is_test="y" in tags.get("t", "").split(":"),
        problem=problem,
    )


def rsa_bits(data: bytes) -> int:
    """Return the length of an RSA modulus in DER, as SubjectPublicKeyInfo or bare (RFC 3279).

    Raises ValueError for other bytes.
    """
    tag, inner, _ = _der(data)
    first, content, rest = _der(inner)
    if tag != SEQUENCE:
        raise ValueError("no sequence")
    if first == SEQUENCE:
        bits, content, _ = _der(rest)
        if bits != BIT_STRING or not content:
            raise ValueError("no key")
        _, inner, _ = _der(content[1:])
        first, content, _ = _der(inner)
    if first != INTEGER:
        raise ValueError("no number")
    return int.from_bytes(content, "big").bit_length()


SEQUENCE, INTEGER, BIT_STRING = 0x30, 0x02, 0x03
LONG_FORM = 0x80


def _der(data: bytes) -> tuple[int, bytes, bytes]:
    """Return tag and content of the first element, and what follows it."""
    if len(data) < 2:  # noqa: PLR2004  a tag and a length
        raise ValueError("cut short")
    tag, size, start = data[0], data[1], 2
    if size >= LONG_FORM:
        count = size - LONG_FORM
        size, start = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
    if len(data) < start + size:
        raise ValueError("cut short")
    return tag, data[start : start + size], data[start + size :]


def read_dmarc(domain: str, ask: Ask) -> Dmarc:
    """Return what the domain, or else the next above it, asks for with mail that fails.

    A domain above counts with its sp tag, where it has one.
    """
    for name in _and_above(domain):
        answer = ask(f"_dmarc.{name}", "TXT")
        if answer.status == "failed":
            return Dmarc(domain=name, records=(), is_unknown=True)
        records = tuple(text for text in answer.values if _is_dmarc(text))
        if not records:
            continue
        tags = tags_of(records[0])
        policy = tags.get("p", "").lower()
        if name != domain:
            policy = tags.get("sp", policy).lower()
        is_known = policy in {"none", "quarantine", "reject"}
        problem = "" if is_known else f"p={policy[:20]} is no policy"
        return Dmarc(domain=name, records=records, policy=policy, tags=tags, problem=problem)
    return Dmarc(domain=domain, records=())


def _is_dmarc(text: str) -> bool:
    return re.match(r"v\s*=\s*DMARC1\s*(;|$)", text) is not None


def _and_above(domain: str) -> Iterator[str]:
    """Yield a domain and those above it with two labels at least."""
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        yield ".".join(labels[start:])
