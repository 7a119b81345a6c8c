"""The files of an issued invoice: kept once, the PDF also among the papers of its item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.uploads import keep_bytes, upload_path
from dunwell.formats.invoice_json import IssuedPaper, PaperError, read_paper
from dunwell.models import Invoice, InvoiceFile, ItemDocument


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeFile:
    """A file made of an issued invoice."""

    kind: str
    name: str
    media_type: str
    data: bytes


@transaction.atomic
def keep_invoice_files(
    *, actor: Actor, invoice: Invoice, files: Sequence[MadeFile], at: datetime
) -> list[InvoiceFile]:
    """Keep the files of an issued invoice; a kind that is kept already stays as it is.

    Returns all files of the invoice. Raises Refused for one that is not issued.
    """
    actor.require("invoice.issue")
    own(actor, invoice, "invoice")
    found = Invoice.objects.select_for_update(no_key=True).get(pk=invoice.pk)
    if found.status != Invoice.Status.ISSUED or found.item_id is None:
        raise Refused("Only an issued invoice has files.")
    held = set(InvoiceFile.objects.filter(invoice=found).values_list("kind", flat=True))
    added = [one for one in files if one.kind not in held]
    for one in added:
        sha256 = keep_bytes(one.data)
        InvoiceFile.objects.create(
            company=actor.company, invoice=found, kind=one.kind, name=one.name,
            media_type=one.media_type, sha256=sha256, size_bytes=len(one.data), recorded_at=at,
        )  # fmt: skip
        if one.kind == InvoiceFile.Kind.PDF:
            ItemDocument.objects.get_or_create(
                item_id=found.item_id, kind=ItemDocument.Kind.INVOICE, sha256=sha256,
                removed_at=None,
                defaults={
                    "company": actor.company, "name": one.name, "media_type": one.media_type,
                    "size_bytes": len(one.data), "by": actor.name, "recorded_at": at,
                },
            )  # fmt: skip
    if added:
        record_event(
            actor, "invoice.filed", found, at=at, customer_id=found.customer_id,
            number=found.number, files=[one.name for one in added],
        )  # fmt: skip
    return list(InvoiceFile.objects.filter(invoice=found).order_by("kind"))


def issued_paper(invoice: Invoice) -> IssuedPaper:
    """Return the document as it was issued, from its kept bytes; Refused where they are gone."""
    try:
        return read_paper(upload_path(invoice.document_sha256).read_bytes())
    except (OSError, PaperError) as error:
        raise Refused(
            f"The document of {invoice.number} is not in the store; restore it from a backup."
        ) from error
