"""Files and mails that came in, as downloads alone: never shown, never the type they claim."""

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from dunwell.actions.gate import Refused
from dunwell.models import InboundAttachment, InboundMessage
from dunwell.web.answers import refused
from dunwell.web.kept_files import download
from dunwell.web.staff import StaffRequest

SAFE_AS_THEY_ARE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif"})
UNKNOWN = "application/octet-stream"
Verdict = InboundAttachment.Verdict


@require_GET
def inbound_file(request: StaffRequest, attachment_id: int) -> HttpResponseBase:
    """Return a file of a message as a download; a blocked one is refused with the finding."""
    file = get_object_or_404(
        InboundAttachment.objects.select_related("inbound"),
        pk=attachment_id,
        inbound__company=request.actor.company,
    )
    back = request.headers.get("referer", "/")
    if file.verdict == Verdict.BLOCKED:
        text = gettext("This file is blocked: %(finding)s")
        return refused(request, Refused(text % {"finding": file.finding}), back=back)
    if file.verdict == Verdict.UNSCANNED and settings.CLAMAV_ADDRESS:
        text = gettext("This file has not been scanned for viruses yet; try again in a minute.")
        return refused(request, Refused(text), back=back)
    media_type = file.media_type if file.media_type in SAFE_AS_THEY_ARE else UNKNOWN
    return download(file.sha256, name=file.name, media_type=media_type)


@require_GET
def inbound_mail_file(request: StaffRequest, inbound_id: int) -> HttpResponseBase:
    """Return a message byte for byte as it came, as a download; not with a blocked file in it."""
    inbound = get_object_or_404(InboundMessage, pk=inbound_id, company=request.actor.company)
    back = request.headers.get("referer", "/")
    if inbound.attachments.filter(verdict=Verdict.BLOCKED).exists():
        text = gettext("This message holds a blocked file, so it is not handed out as it came.")
        return refused(request, Refused(text), back=back)
    ending = "eml" if inbound.channel == "email" else "json"
    return download(inbound.sha256, name=f"message-{inbound.pk}.{ending}", media_type=UNKNOWN)
