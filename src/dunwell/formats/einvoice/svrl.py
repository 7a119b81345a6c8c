"""Reports of schematron rules (SVRL), and which rules a folder holds."""

import re
from dataclasses import dataclass
from pathlib import Path

from dunwell.formats.einvoice.elements import local_name, parsed
from dunwell.formats.einvoice.findings import FATAL, WARNING, Finding

LOUD = frozenset({"fatal", "error", ""})
QUIET = frozenset({"information", "info"})
NAMED = re.compile(r"^\s*\[(?P<rule>[A-Za-z0-9_.\-]+)\]\s*[-:]?\s*")
STEP = re.compile(
    r"(?:\*:|Q\{[^}]*\}|[\w.-]+:)?(?P<name>[\w.-]+|\*)"
    r"(?P<tests>(?:\[[^\]]*\])*)"
)
LOCAL = re.compile(r"local-name\(\)\s*=\s*['\"](?P<name>[^'\"]+)['\"]")
POSITION = re.compile(r"\[(?P<at>\d+)\]")
LONGEST = 600
MOST_FINDINGS = 500


def svrl_findings(report: bytes) -> tuple[Finding, ...]:
    """Return the rules that a report says are broken; what only informs is left out."""
    found = []
    for one in parsed(report).iter():
        if not isinstance(one.tag, str) or local_name(one) not in {
            "failed-assert",
            "successful-report",
        }:
            continue
        flag = (one.get("flag") or one.get("role") or "").lower()
        if flag in QUIET:
            continue
        text = " ".join(" ".join(str(part) for part in one.itertext()).split())
        named = NAMED.match(text)
        rule = one.get("id") or (named["rule"] if named else "")
        found.append(
            Finding(
                rule=rule[:80],
                level=FATAL if flag in LOUD else WARNING,
                text=(text[named.end() :] if named else text)[:LONGEST],
                where=short_place(one.get("location") or ""),
            )
        )
    return tuple(dict.fromkeys(found))[:MOST_FINDINGS]


def short_place(location: str) -> str:
    """Return an XPath as names: /*:Invoice[namespace-uri()='…'][1] is Invoice."""
    steps = []
    for match in STEP.finditer(re.sub(r"\[namespace-uri\(\)[^\]]*\]", "", location)):
        local = LOCAL.search(match["tests"])
        name = local["name"] if local else match["name"]
        at = POSITION.search(match["tests"])
        steps.append(f"{name}[{at['at']}]" if at and at["at"] != "1" else name)
    return "/".join(steps)[:300]


@dataclass(frozen=True, kw_only=True, slots=True)
class RulePack:
    """Rules in one file, compiled or as schematron, and which invoices they are for."""

    path: Path
    name: str
    is_ubl: bool
    for_specification: str
    """A word of the specification's name; empty: for every invoice."""


PACKS = (
    ("PEPPOL", "Peppol BIS Billing 3.0", "Peppol"),
    ("XRECHNUNG", "XRechnung", "XRechnung"),
    ("EN16931", "EN 16931", ""),
)
"""What stands in a file's name, what the pack is called, and whose invoices it is for."""

KINDS = ("sch", "xsl", "xslt")
"""Endings of files with rules: schematron as its authors write it, and compiled to XSLT."""

UNCOMPILED = ".sch"


def packs_in(folder: Path) -> tuple[RulePack, ...]:
    """Return the packs of a folder and those below it, one of each kind.

    Of several alike a compiled one goes before schematron, and then the last by its path.

    A file is known by its name: PEPPOL, XRechnung or EN16931, and UBL or CII, as their authors
    call them (`PEPPOL-EN16931-UBL.xslt`, `PEPPOL-EN16931-CII.sch`). Others are left alone.
    """
    found: dict[tuple[str, bool], RulePack] = {}
    paths = [one for kind in KINDS for one in folder.rglob(f"*.{kind}")]
    for path in sorted(paths, key=lambda one: (one.suffix != UNCOMPILED, one)):
        known = pack_of(path)
        if known is not None:
            found[known.name, known.is_ubl] = known
    return tuple(found.values())


def pack_of(path: Path) -> RulePack | None:
    """Return the pack that a file is by its name, None for any other."""
    low = path.stem.upper()
    if ("UBL" in low) == ("CII" in low):
        return None
    for mark, name, whose in PACKS:
        if mark in low and "FACTUR" not in low:
            return RulePack(path=path, name=name, is_ubl="UBL" in low, for_specification=whose)
    return None
