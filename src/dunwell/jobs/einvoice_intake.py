"""Files that may be electronic invoices, on their way in: unpacked, read and checked, then kept.

The rules run before the action and outside its transaction.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from dunwell.actions.einvoice_imports import MOST_AT_ONCE, SentEInvoice, receive_einvoices
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.uploads import Upload
from dunwell.formats.document_archive import ArchiveError, unpacked
from dunwell.formats.einvoice.findings import EInvoiceError
from dunwell.jobs.invoice_rules import check_einvoice
from dunwell.models import EInvoiceFile


def take_in(
    *, actor: Actor, files: Sequence[Upload], as_of: date, at: datetime
) -> tuple[EInvoiceFile, ...]:
    """Read, check and keep files, those of zips one by one; return their rows in order.

    Raises Refused for a damaged archive, for too many files, and without the right.
    """
    actor.require("items.import")
    sent = []
    try:
        for one in _sent(files):
            sent.append(one)
            if len(sent) > MOST_AT_ONCE:
                raise Refused(f"Send at most {MOST_AT_ONCE} invoices at once.")
    except ArchiveError as error:
        raise Refused(str(error)) from error
    return receive_einvoices(actor=actor, files=sent, as_of=as_of, at=at)


def _sent(files: Sequence[Upload]) -> Iterator[SentEInvoice]:
    for packed in unpacked([(one.name, one.data) for one in files]):
        upload = Upload(name=packed.name, data=packed.data)
        if packed.trouble:
            yield SentEInvoice(file=upload, read=None, trouble=packed.trouble)
            continue
        try:
            found = check_einvoice(packed.data)
        except EInvoiceError as error:
            yield SentEInvoice(file=upload, read=None, trouble=str(error))
            continue
        yield SentEInvoice(file=upload, read=found.invoice, findings=found.findings)
