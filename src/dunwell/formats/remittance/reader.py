"""One door for remittance advices: mail, PDF, sheet, EDI or text, told by content."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dunwell.formats.bank.edi820 import is_edi820, read_edi820
from dunwell.formats.bank.edi823 import is_edi823, read_edi823
from dunwell.formats.bank.sheet_file import AS_FOUND
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.statement import BankFile, StatementError, StatementFinding
from dunwell.formats.bank.text import bank_text, head
from dunwell.formats.compound_file import OLE
from dunwell.formats.findings import TableError
from dunwell.formats.outlook_mail import OutlookMailError, is_outlook_mail, outlook_mail
from dunwell.formats.remittance.advice import Advice
from dunwell.formats.remittance.entries import advices_of
from dunwell.formats.remittance.mail import html_text, is_mail, read_mail
from dunwell.formats.remittance.pdf import is_pdf, pdf_text
from dunwell.formats.remittance.prose import read_advice_text
from dunwell.formats.remittance.sheets import is_advice_table, read_advice_sheet
from dunwell.formats.table import read_table
from dunwell.formats.workbooks import ZIP

WORKBOOKS = (ZIP, OLE)
MOST_BYTES = 64 * 1024**2


@dataclass(frozen=True, kw_only=True, slots=True)
class RemittanceFile:
    """The advices of a file, the name of its format, and what could not be read of it."""

    format: str
    advices: tuple[Advice, ...]
    findings: tuple[StatementFinding, ...] = ()


def is_remittance(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the file is a mail, a PDF, or a sheet that names documents that are paid."""
    is_saved_mail = is_mail(content) or is_outlook_mail(content)
    return is_pdf(content) or is_saved_mail or is_advice_table(_header(content))


def _header(content: bytes) -> list[str]:
    if content.startswith(WORKBOOKS):
        try:
            return read_table(content, name="").cells.columns
        except TableError:
            return []
    line = head(content).lstrip("\ufeff\r\n").split("\n", 1)[0].strip("\r")
    best: list[str] = []
    for delimiter in ",;\t|":
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            continue
        best = max(best, cells, key=len)
    return best


def read_remittance(
    content: bytes, name: str, *, currency: str = "", profile: SheetProfile = AS_FOUND
) -> RemittanceFile:
    """Return what a payer says it pays; the kind of file is told by its content.

    Mail gives its attachments and, where they hold no advice, its text. `currency` counts where
    a text names none. Raises StatementError, for sheets with open questions UndecidedError.
    """
    if len(content) > MOST_BYTES:
        raise StatementError(name, "whole file", f"it has more than {MOST_BYTES // 1024**2} MB")
    if not content.strip():
        raise StatementError(name, "whole file", "the file is empty. Ask the payer for it again")
    if is_outlook_mail(content):
        content = _of_outlook(content, name)
    if is_pdf(content) and not is_mail(content):
        advice = read_advice_text(pdf_text(content, name), name, currency=currency)
        return RemittanceFile(format="pdf", advices=(advice,))
    if is_mail(content):
        return _mail(content, name, currency=currency, profile=profile)
    for sniff, read in ((is_edi820, read_edi820), (is_edi823, read_edi823)):
        if sniff(content, name):
            return _bank(read(content, name), name)
    if content.startswith(WORKBOOKS) or is_advice_table(_header(content)):
        found = read_advice_sheet(content, name, profile=profile)
        return RemittanceFile(format="sheet", advices=found)
    text = bank_text(content, name=name)
    if "<html" in text[:2000].lower() or "<table" in text[:2000].lower():
        text = html_text(text)
    advice = read_advice_text(text, name, currency=currency)
    return RemittanceFile(format="text", advices=(advice,))


def _bank(file: BankFile, name: str) -> RemittanceFile:
    advices = advices_of(file)
    if not advices:
        raise StatementError(name, "whole file", "the message names no document that is paid")
    findings = (*file.findings, *(f for one in file.statements for f in one.findings))
    return RemittanceFile(format=file.format, advices=advices, findings=findings)


def _of_outlook(content: bytes, name: str) -> bytes:
    try:
        return outlook_mail(content)
    except OutlookMailError as error:
        raise StatementError(name, "whole file", str(error).rstrip(".")) from error


def _mail(content: bytes, name: str, *, currency: str, profile: SheetProfile) -> RemittanceFile:
    """Return the advices of a mail: those of its attachments, else of its text."""
    mail = read_mail(content, name)
    found: list[Advice] = []
    findings: list[StatementFinding] = []
    for label, data in mail.attachments:
        try:
            inner = read_remittance(data, f"{name}/{label}", currency=currency, profile=profile)
        except StatementError as error:
            findings.append(
                StatementFinding(
                    code="attachment_left_out", place=label[:100], reason=error.reason
                )
            )
            continue
        found += inner.advices
        findings += inner.findings
    if not found:
        text = f"{mail.subject}\n{mail.text}"
        found = [read_advice_text(text, name, currency=currency)]
    return RemittanceFile(
        format="mail", advices=tuple(_from(found, mail.sender)), findings=tuple(findings)
    )


def _from(advices: list[Advice], sender: str) -> Iterator[Advice]:
    """Yield the advices with the mail's sender as payer where they name none."""
    for advice in advices:
        yield advice if advice.payer else replace(advice, payer=sender)
