"""Files on their way in, under a cap and refused with the reason, and kept ones going out."""

from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.uploads import Upload, upload_path
from dunwell.web.answers import FORBIDDEN, REFUSED
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

DAY_SECONDS = 24 * 3600


def capped(request: StaffRequest, *, limit_bytes: int) -> CappedUpload:
    """Put a cap on what the form brings; before anything reads it, its token included."""
    cap = CappedUpload(request, limit_bytes=limit_bytes)
    request.upload_handlers.insert(0, cap)
    return cap


def sent_file(request: StaffRequest, cap: CappedUpload, *, most_bytes: int) -> Upload:
    """Return the file that was sent; Refused for one over the cap, and for none."""
    # reading the form is what brings the file in
    sent = request.FILES.get("file")
    if cap.is_over:
        text = gettext("The file is larger than %(most)d MB. Send fewer lines at once.")
        raise Refused(text % {"most": most_bytes // 1024**2})
    if sent is None:
        raise Refused(gettext("No file was sent. Choose one."))
    return Upload(name=sent.name or "file", data=sent.read())


def upload_page(
    request: StaffRequest,
    template: str,
    *,
    most_bytes: int,
    refusal: Exception | None = None,
) -> HttpResponse:
    """Ask for a file; with a refusal 403 when the right is missing, else 422."""
    status = FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED
    context = {
        "refusal": str(refusal or ""),
        "limit_bytes": most_bytes,
        "limit_mb": most_bytes // 1024**2,
    }
    return render(request, template, context, status=status if refusal else 200)


def download(sha256: str, *, name: str, media_type: str) -> HttpResponse:
    """Return kept bytes as a download (`web.attachments`); 404 where they are gone."""
    path = upload_path(sha256)
    if not path.exists():
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type=media_type)
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response


def file_token(request: StaffRequest, upload: Upload, sha256: str, *, salt: str) -> str:
    """Return the token by which the company finds an uploaded file again, for a day."""
    told = {"company": request.actor.company.pk, "sha256": sha256, "name": upload.name[:100]}
    return signing.dumps(told, salt=salt)


def kept_file(request: StaffRequest, token: str, *, salt: str) -> tuple[str, bytes]:
    """Return name and bytes of an uploaded file; there is none for another company's token."""
    try:
        told = signing.loads(token, salt=salt, max_age=DAY_SECONDS)
        if told["company"] != request.actor.company.pk:
            raise Http404
        return told["name"], upload_path(told["sha256"]).read_bytes()
    except (signing.BadSignature, FileNotFoundError) as error:
        raise Http404 from error
