"""Where platforms post answers to our invoices: a secret address each, every post signed.

A post is an answer as it is (XML), or JSON. It is signed as Standard Webhooks are; the same one
again adds nothing.
"""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dunwell import clock
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.invoice_responses import take_response_file
from dunwell.formats.invoice_responses import MOST_BYTES
from dunwell.formats.webhook_letters import SignatureError, check_signature
from dunwell.models import InvoiceResponse
from dunwell.portal.visitors import visitor
from dunwell.queries.invoice_platforms import platform_secret, posted_platform, program_name
from dunwell.templatetags.sentences import spoken

MOST = 6_000
"""Posts from one address in ten minutes."""
ACCEPTED, UNSIGNED, TOO_LARGE, REFUSED = 202, 401, 413, 422
RIGHTS = frozenset({"response.take"})


@csrf_exempt
@require_POST
@visitor("invoice-response", most=MOST)
def invoice_response(request: HttpRequest, platform_id: int, token: str) -> HttpResponse:
    """Take answers in: 202 with how many are new, 401 unless signed, 404 elsewhere."""
    platform = posted_platform(platform_id, token)
    if platform is None:
        raise Http404
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _said(f"More than {MOST_BYTES // 1024**2} MB are not taken.", TOO_LARGE)
    now = clock.now()
    told = {name.lower(): value for name, value in request.headers.items()}
    try:
        check_signature(told, body, [platform_secret(platform)], now=now)
    except SignatureError as error:
        return _said(spoken(error), UNSIGNED)
    try:
        taken = take_response_file(
            actor=Actor(company=platform.company, name=program_name(platform), rights=RIGHTS),
            name="post",
            data=body,
            door=InvoiceResponse.Door.PLATFORM,
            as_of=clock.today(platform.company.zone),
            at=now,
        )
    except Refused as refusal:
        return _said(spoken(refusal), REFUSED)
    answer = {
        "new": taken.new,
        "known": len(taken.taken) - taken.new,
        "refused": list(taken.refused),
    }
    return JsonResponse(answer, status=ACCEPTED)


def _said(text: str, status: int) -> HttpResponse:
    return JsonResponse({"detail": text}, status=status)
