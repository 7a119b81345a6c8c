"""What machines ask: whether we live, whether we can work, and what monitoring draws."""

import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from dunwell.queries.readiness import missing


@require_safe
@login_not_required
def health(_request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process answers at all; nothing else is asked."""
    return _unkept(HttpResponse("ok\n", content_type="text/plain"))


@require_safe
@login_not_required
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when all this installation stands on is there, else 503 and what is missing."""
    found = missing()
    answer = JsonResponse({"ready": not found, "missing": found}, status=503 if found else 200)
    return _unkept(answer)


@require_safe
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer every figure as Prometheus reads it; 404 unless the token is right."""
    told = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    token = settings.METRICS_TOKEN.encode()
    if not token or not secrets.compare_digest(told, token):
        raise Http404
    from dunwell.web.exposition import CONTENT_TYPE, exposition  # noqa: PLC0415 -- says why itself

    return _unkept(HttpResponse(exposition(), content_type=CONTENT_TYPE))


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
