"""Papers of items: the list, many at once, one at its item, as a download, and taken off."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.item_documents import (
    add_item_document,
    file_documents,
    remove_item_document,
)
from dunwell.actions.uploads import Upload
from dunwell.formats.document_types import MOST_BYTES
from dunwell.models import Item, ItemDocument
from dunwell.queries.item_documents import ItemDocumentRow, item_document_rows
from dunwell.queries.pages import every_row
from dunwell.web.answers import FORBIDDEN, REFUSED, done, refused
from dunwell.web.exports import file_response
from dunwell.web.kept_files import capped, download, sent_file
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

MOST_TOGETHER = 200 * 1024 * 1024
"""Bytes of one upload of many files."""

FORM_BYTES = 64 * 1024
"""Room for the form around a file."""

COLUMNS = (_("Item"), _("Customer"), _("Kind"), _("File"), _("Bytes"), _("By"), _("Added"))
Kind = ItemDocument.Kind


@needs("ledger.view")
@require_GET
def document_list(request: StaffRequest) -> HttpResponse:
    """List the papers of items, the newest first, with the form for many at once."""
    return _list(request)


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("document.edit")
@require_POST
def documents_file(request: StaffRequest) -> HttpResponse:
    """Take many files, or zips of them, and say of each which item it went to, or why to none."""
    return _file(request, capped(request, limit_bytes=MOST_TOGETHER))


@csrf_protect
def _file(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    files = _uploads(request)
    if cap.is_over:
        most = MOST_TOGETHER // 1024**2
        text = gettext("Send at most %(most)d MB at once.") % {"most": most}
        return _list(request, refusal=Refused(text))
    try:
        found = file_documents(
            actor=request.actor,
            files=files,
            kind=request.POST.get("kind", Kind.INVOICE),
            at=clock.now(),
        )
    except Refused as refusal:
        return _list(request, refusal=refusal)
    return _list(request, filed=found)


@needs("ledger.view")
@require_GET
def documents_of(request: StaffRequest, item_id: int) -> HttpResponse:
    """Return the part of an item's page with its papers."""
    item = get_object_or_404(Item, pk=item_id, company=request.actor.company)
    page = item_document_rows(item.company, item_id=item.pk)
    context = {"rows": page.rows, "item_id": item.pk}
    return render(request, "web/item_documents_of.html", context)


@csrf_exempt  # as above
@needs("document.edit")
@require_http_methods(["GET", "POST"])
def document_add(request: StaffRequest, item_id: int) -> HttpResponse:
    """Add a file to one item."""
    item = get_object_or_404(Item, pk=item_id, company=request.actor.company)
    if request.method == "POST":
        return _add(request, item, capped(request, limit_bytes=MOST_BYTES + FORM_BYTES))
    return _add_page(request, item)


@csrf_protect
def _add(request: StaffRequest, item: Item, cap: CappedUpload) -> HttpResponse:
    try:
        upload = sent_file(request, cap, most_bytes=MOST_BYTES)
        add_item_document(
            actor=request.actor,
            item=item,
            kind=request.POST.get("kind", ""),
            name=upload.name,
            data=upload.data,
            at=clock.now(),
        )
    except Refused as refusal:
        return _add_page(request, item, refusal)
    said = gettext("The document is kept with %(number)s.") % {"number": item.number}
    return done(request, said, back=reverse("item", args=[item.pk]))


@csrf_protect
def _add_page(request: StaffRequest, item: Item, refusal: Refused | None = None) -> HttpResponse:
    context = {
        "item": item,
        "kinds": Kind.choices,
        "refusal": str(refusal or ""),
        "limit_bytes": MOST_BYTES,
        "limit_mb": MOST_BYTES // 1024**2,
    }
    return render(
        request, "web/item_document_add.html", context, status=REFUSED if refusal else 200
    )


@needs("ledger.view")
@require_GET
def document_get(request: StaffRequest, document_id: int) -> HttpResponse:
    """Return a paper as a download; it is never shown in the page."""
    document = _document(request, document_id)
    return download(document.sha256, name=document.name, media_type=document.media_type)


@needs("document.edit")
@require_POST
def document_remove(request: StaffRequest, document_id: int) -> HttpResponse:
    """Take a paper off its item; messages that carried it keep it."""
    document = _document(request, document_id)
    back = reverse("item", args=[document.item_id])
    try:
        remove_item_document(actor=request.actor, document=document, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The document is taken off."), back=back)


@needs("ledger.view")
@require_GET
def documents_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the list under its filter as a file."""
    found = every_row(partial(item_document_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"documents-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(row) for row in found),
    )


def _uploads(request: StaffRequest) -> list[Upload]:
    sent = request.FILES.getlist("files")
    return [Upload(name=one.name or "file", data=one.read()) for one in sent]


def _list(request: StaffRequest, **shown: Any) -> HttpResponse:
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: item_document_rows(company, cursor=cursor, **only))
    refusal = shown.get("refusal")
    status = 200 if refusal is None else FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED
    filed = shown.get("filed", ())
    context = {
        "page": page,
        "kinds": Kind.choices,
        "limit_bytes": MOST_TOGETHER,
        "limit_mb": MOST_TOGETHER // 1024**2,
        "is_told": "filed" in shown,
        "filed": filed,
        "new": sum(one.is_new for one in filed),
        "left_out": [one for one in filed if one.trouble],
        "refusal": str(refusal or ""),
        **only,
    }
    return render(request, "web/item_documents.html", context, status=status)


def _only(request: StaffRequest) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    return {
        "kind": kind if kind in Kind.values else "",
        "search": request.GET.get("q", "")[:80],
    }


def _cells(row: ItemDocumentRow) -> list[Any]:
    return [
        *(row.item_number, row.customer_name, row.kind_label, row.name, row.size_bytes),
        *(row.by, row.recorded_at),
    ]


def _document(request: StaffRequest, document_id: int) -> ItemDocument:
    return get_object_or_404(
        ItemDocument.objects.select_related("item"),
        pk=document_id,
        company=request.actor.company,
        removed_at=None,
    )
