"""What an advisor or auditor gets: reading inside its areas, files signed, everything noted."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from dunwell import clock
from dunwell.actions.advisors import record_trace
from dunwell.actions.gate import Actor
from dunwell.formats.signed_exports import write_signed_export
from dunwell.models import AdvisorTrace
from dunwell.queries.advisor_areas import may_open
from dunwell.queries.signed_exports import export_signature

SAFE = ("GET", "HEAD")
OWN_WRITES = ("/language/", "/theme/", "/company/")
"""All that may be sent: how pages look, and which company is looked at."""

UNNAMED = "export"
OK, LEAST_REFUSAL = 200, 400


def visit(
    request: HttpRequest, actor: Actor, get_response: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    """Answer somebody from outside: a page of its areas, or 403; both are noted."""
    path = request.path
    if path == "/":
        return redirect("my-access")
    if path in OWN_WRITES:
        return get_response(request)
    if request.method not in SAFE or not may_open(path, actor.areas):
        note(request, actor, AdvisorTrace.Kind.REFUSED, status=403, at=clock.now())
        context = {"is_write": request.method not in SAFE}
        return render(request, "web/advisor_refused.html", context, status=403)
    return noted(request, actor, get_response(request))


def noted(request: HttpRequest, actor: Actor, response: HttpResponseBase) -> HttpResponse:
    """Return the answer as somebody from outside gets it, noted: a file inside a signed one."""
    at = clock.now()
    whole = _whole(response)
    name = _file_name(whole)
    if name is None or whole.status_code != OK:
        is_shown = whole.status_code < LEAST_REFUSAL
        kind = AdvisorTrace.Kind.VIEW if is_shown else AdvisorTrace.Kind.REFUSED
        note(request, actor, kind, status=whole.status_code, at=at)
        return whole
    data = write_signed_export(
        name=name,
        content=whole.content,
        facts={
            "company": actor.company.name,
            "taken_by": actor.name,
            "taken_at": at.isoformat(timespec="seconds"),
            "address": request.get_full_path()[:500],
        },
        sign=export_signature,
    )
    signed = HttpResponse(data, content_type="application/zip")
    signed["Content-Disposition"] = f'attachment; filename="{name}.signed.zip"'
    digest = hashlib.sha256(data).hexdigest()
    kind = AdvisorTrace.Kind.EXPORT
    note(request, actor, kind, status=200, at=at, file=f"{name}.signed.zip", sha256=digest)
    return signed


def note(
    request: HttpRequest,
    actor: Actor,
    kind: str,
    *,
    status: int,
    at: datetime,
    file: str = "",
    sha256: str = "",
) -> None:
    """Keep one line of what somebody from outside asked for."""
    record_trace(
        actor=actor,
        kind=kind,
        method=request.method or "",
        path=request.get_full_path(),
        status=status,
        at=at,
        file=file,
        sha256=sha256,
    )


def _whole(response: HttpResponseBase) -> HttpResponse:
    """Return an answer with its content at hand, one that streams too."""
    if isinstance(response, HttpResponse):
        return response
    whole = HttpResponse(
        b"".join(response.streaming_content),  # type: ignore[attr-defined]  # the other kind
        status=response.status_code,
    )
    for header, value in response.items():
        whole[header] = value
    return whole


def _file_name(response: HttpResponse) -> str | None:
    """Return the name under which an answer is a file, None for a page."""
    told = response.get("Content-Disposition", "")
    kind = response.get("Content-Type", "").partition(";")[0]
    if kind in {"text/html", "application/json"} and not told.startswith("attachment"):
        return None
    if not told and kind in {"text/plain", ""}:
        return None
    _, _, named = told.partition("filename=")
    return named.strip('" ') or UNNAMED
