"""Answers to invoices that came as files of mails: taken in where sender and invoice fit.

Only a mail that was put with a customer speaks for it, and only of its own invoices; anything
else stays with the mail for a person. Safe to run again: an answer is kept once.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from dunwell import clock
from dunwell.actions.gate import Refused, system
from dunwell.actions.invoice_responses import take_response_file
from dunwell.actions.uploads import upload_path
from dunwell.formats.invoice_responses import MOST_BYTES, looks_like_response
from dunwell.models import Company, InboundAttachment, InvoiceResponse

LOOK_BACK = timedelta(days=7)
"""So long a file is tried again: its invoice may be imported after it."""

log = logging.getLogger(__name__)
Verdict = InboundAttachment.Verdict


def take_mailed_responses(company_id: int, *, at: datetime) -> int:
    """Take in the answers among the files of the last mails; return how many are new."""
    company = Company.objects.get(pk=company_id)
    known = InvoiceResponse.objects.filter(company=company, sha256=OuterRef("sha256"))
    files = (
        InboundAttachment.objects.filter(
            Q(name__iendswith=".xml") | Q(media_type__icontains="xml"),
            ~Exists(known),
            inbound__company=company,
            inbound__customer__isnull=False,
            inbound__recorded_at__gte=at - LOOK_BACK,
            size_bytes__lte=MOST_BYTES,
        )
        .exclude(verdict=Verdict.BLOCKED)
        .select_related("inbound__customer")
        .order_by("pk")
    )
    if settings.CLAMAV_ADDRESS:
        files = files.exclude(verdict=Verdict.UNSCANNED)
    new = 0
    for file in files.iterator():
        try:
            data = upload_path(file.sha256).read_bytes()
        except FileNotFoundError:
            log.warning("file of a message is gone", extra={"attachment": file.pk})
            continue
        if not looks_like_response(data):
            continue
        try:
            taken = take_response_file(
                actor=system(company),
                name=file.name,
                data=data,
                door=InvoiceResponse.Door.MAIL,
                customer=file.inbound.customer,
                as_of=clock.today(company.zone),
                at=at,
            )
        except Refused as refusal:
            log.info(
                "answer of a mail was not taken",
                extra={"attachment": file.pk, "reason": str(refusal)},
            )
            continue
        new += taken.new
    return new
