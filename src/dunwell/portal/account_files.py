"""Files on the debtor's pages: lists as CSV and XLSX, kept bytes, and uploads under a cap."""

from collections.abc import Iterable, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portal_views import note_view
from dunwell.actions.uploads import Upload, upload_path
from dunwell.formats.exports import MEDIA_TYPES, ExportError, Value, write_table
from dunwell.jobs.heavy_files import heavy_file
from dunwell.models import Item, PortalView
from dunwell.portal.debtors import Debtor
from dunwell.templatetags.sentences import spoken

SHEETS = ("csv", "xlsx")
"""Kinds of file a list is offered as here."""
ROOM = 64 * 1024
"""Room for the form around a file."""


def seen(who: Debtor, *, item: Item | None = None, is_download: bool = False) -> None:
    """Keep that this person saw the account or an item, or fetched a file; once a day."""
    kind = PortalView.Kind.ITEM if item is not None else PortalView.Kind.PAGE
    note_view(
        actor=who.actor,
        customer=who.customer,
        seat=who.seat,
        link=who.link,
        item=item,
        kind=PortalView.Kind.DOWNLOAD if is_download else kind,
        as_of=clock.today(who.company.zone),
        at=clock.now(),
    )


def table_file(
    kind: str, *, name: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> HttpResponse:
    """Return rows as a download; another kind of file is answered with 404.

    Raises Busy, which the middleware answers, while too many files are written.
    """
    if kind not in SHEETS:
        raise Http404
    try:
        with heavy_file():
            data, file_name = write_table(kind, name=name, columns=columns, rows=rows)
    except ExportError as error:
        return HttpResponse(spoken(error), status=413, content_type="text/plain; charset=utf-8")
    return attached(data, name=file_name, media_type=MEDIA_TYPES[kind])


def kept_bytes(sha256: str, *, name: str, media_type: str) -> HttpResponse:
    """Return bytes kept under their hash as a download; 404 where they are gone."""
    path = upload_path(sha256)
    if not path.exists():
        raise Http404
    return attached(path.read_bytes(), name=name, media_type=media_type)


def attached(data: bytes, *, name: str, media_type: str) -> HttpResponse:
    """Return bytes as a download, which `AttachmentMiddleware` closes."""
    response = HttpResponse(data, content_type=media_type)
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response


def is_too_large(request: HttpRequest, *, most_bytes: int) -> bool:
    """Return whether a request states more than a file may have, before a byte of it is read."""
    stated = request.META.get("CONTENT_LENGTH") or "0"
    return not stated.isdigit() or int(stated) > most_bytes + ROOM


def sent_file(request: HttpRequest, *, most_bytes: int) -> Upload:
    """Return the file that was sent; Refused for one that is too large, and for none."""
    sent = request.FILES.get("file")
    if sent is None:
        raise Refused(gettext("No file was sent. Choose one."))
    if (sent.size or 0) > most_bytes:
        text = gettext("The file is larger than %(most)d MB.")
        raise Refused(text % {"most": most_bytes // 1024**2})
    return Upload(name=sent.name or "file", data=sent.read())
