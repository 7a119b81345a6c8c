"""Files of credit applications: taken by what is in them, kept under their hash, never opened."""

from datetime import datetime

from django.db import transaction

from dunwell.actions.application_moves import (
    OVER,
    locked_application,
    tell,
)
from dunwell.actions.applications import check_open
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.uploads import keep_upload
from dunwell.engine.application_rules import DOCUMENTS
from dunwell.formats.document_types import DocumentTypeError, document_type, safe_name
from dunwell.models import ApplicationDocument, CreditApplication

MOST_DOCUMENTS = 20
MOST_TOGETHER = 40 * 1024 * 1024


@transaction.atomic
def add_document(
    *,
    actor: Actor,
    application: CreditApplication,
    kind: str,
    name: str,
    data: bytes,
    is_staff: bool = False,
    at: datetime,
) -> ApplicationDocument:
    """Keep a file with an application; the same bytes of a kind again are the same document.

    Staff may add files until the application is over, the applicant only while it is open.
    Raises Refused for a type that is not taken, and for too many or too large files.
    """
    actor.require("application.edit")
    application = locked_application(actor, application)
    if not is_staff:
        check_open(application)
    elif application.status in OVER:
        raise Refused(f"{application.number} is over; nothing can be added to it.")
    if kind not in DOCUMENTS:
        raise Refused(f"There is no kind of document {kind!r}; use {', '.join(DOCUMENTS)}.")
    try:
        media_type = document_type(data)
    except DocumentTypeError as error:
        raise Refused(str(error)) from error
    held = list(application.documents.filter(removed_at=None).values_list("size_bytes", flat=True))
    if len(held) >= MOST_DOCUMENTS:
        raise Refused(f"{MOST_DOCUMENTS} files are here already; remove one first.")
    if sum(held) + len(data) > MOST_TOGETHER:
        most = MOST_TOGETHER // 1024 // 1024
        raise Refused(f"The files would have more than {most} MB together; remove one first.")
    sha256 = keep_upload(data, by=actor, at=at)
    document, is_new = ApplicationDocument.objects.get_or_create(
        application=application,
        kind=kind,
        sha256=sha256,
        removed_at=None,
        defaults={
            "name": safe_name(name, media_type),
            "size_bytes": len(data),
            "media_type": media_type,
            "by": actor.name,
            "recorded_at": at,
        },
    )
    if is_new:
        tell(
            actor, "document_added", application, at=at,
            kind=kind, name=document.name, sha256=sha256, size=len(data),
        )  # fmt: skip
    return document


@transaction.atomic
def remove_document(
    *, actor: Actor, document: ApplicationDocument, at: datetime
) -> CreditApplication:
    """Take a file off an application before it is submitted; its bytes and the event stay."""
    actor.require("application.edit")
    application = locked_application(actor, document.application)
    check_open(application)
    rows = ApplicationDocument.objects.filter(pk=document.pk, removed_at=None)
    if rows.update(removed_at=at):
        tell(actor, "document_removed", application, at=at, name=document.name, kind=document.kind)
    return application
