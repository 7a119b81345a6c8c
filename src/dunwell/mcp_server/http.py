"""`/mcp/`: tools over streamable HTTP, for whoever sends the bearer token of a program."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dunwell.actions.gate import Forbidden
from dunwell.mcp_server.calls import caller_of

MOST_BYTES = 1024 * 1024
BEARER = "bearer "
KEPT = ("content-type", "allow", "mcp-protocol-version")
"""Headers of the SDK's answer that go on to the client."""


@csrf_exempt
@login_not_required
@require_POST
def endpoint(request: HttpRequest) -> HttpResponse:
    """Answer one message of a client; 404 where the installation has no tools.

    Sessions and cookies count for nothing here: without a token it is 401, and a page of another
    origin is refused before the token is looked at.
    """
    if not settings.MCP:
        raise Http404
    if not _is_own_origin(request):
        return _refused(403, "Pages of other origins may not call tools.")
    told = request.META.get("CONTENT_LENGTH") or "0"
    if not told.isdigit() or int(told) > MOST_BYTES:
        return _refused(413, f"A message has at most {MOST_BYTES} bytes.")
    given = request.headers.get("Authorization", "")
    token = given[len(BEARER) :].strip() if given.lower().startswith(BEARER) else ""
    try:
        caller = caller_of(token) if token else None
    except Forbidden as refusal:
        return _refused(403, str(refusal))
    if caller is None:
        answer = _refused(401, "Send a token of the API: Authorization: Bearer dw_...")
        answer["WWW-Authenticate"] = 'Bearer realm="dunwell"'
        return answer
    # two seconds of imports that no other page and no command should wait for
    from dunwell.mcp_server.exchanges import exchange  # noqa: PLC0415

    exchanged = exchange(
        caller,
        path=request.path,
        headers=request.headers,
        body=request.body,
        most_bytes=MOST_BYTES,
    )
    answer = HttpResponse(exchanged.body, status=exchanged.status)
    del answer["Content-Type"]
    for name, value in exchanged.headers:
        if name.lower() in KEPT:
            answer[name] = value
    answer["Cache-Control"] = "no-store"
    return answer


def _is_own_origin(request: HttpRequest) -> bool:
    """Return whether a browser says the request comes from our own pages; programs say nothing."""
    origin = request.headers.get("Origin")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    return urlsplit(origin).netloc == request.get_host()


def _refused(status: int, message: str) -> HttpResponse:
    answer = JsonResponse({"detail": message}, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
