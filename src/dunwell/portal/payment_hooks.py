"""Where payment providers tell us what happened: a secret address per provider, signed besides."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dunwell.engine.checkout_facts import PaymentGatewayError, WebhookRefused
from dunwell.jobs.background import begin
from dunwell.jobs.checkouts import apply_events, take_webhook
from dunwell.models import PaymentProvider
from dunwell.portal.visitors import TOO_LARGE, visitor
from dunwell.queries.payment_providers import hook_token

MOST = 20_000
"""Calls from one address in ten minutes: a provider tells every payment by itself."""
LARGEST = 512 * 1024
UNSIGNED, UNREADY = 400, 503


@csrf_exempt
@require_POST
@visitor("payment-hook", most=MOST)
def payment_hook(request: HttpRequest, provider_id: int, token: str) -> HttpResponse:
    """Keep what a provider tells and answer at once; what it means is worked out behind that.

    404 for a wrong address, 400 for bytes the provider has not signed just now (nothing is
    written), 503 while its key is not set: the provider tells it again later. An ended provider
    is still listened to, for its payments are under way.
    """
    provider = PaymentProvider.objects.select_related("company").filter(pk=provider_id).first()
    if provider is None or not constant_time_compare(token, hook_token(provider)):
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return JsonResponse({"detail": "too large"}, status=TOO_LARGE)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        new = take_webhook(provider, headers, request.body)
    except WebhookRefused as error:
        return JsonResponse({"detail": str(error)}, status=UNSIGNED)
    except PaymentGatewayError as error:
        return JsonResponse({"detail": str(error)}, status=UNREADY)
    company = provider.company
    if new:
        begin(lambda: apply_events(company), key=f"payment events {company.pk}", takes_later=True)
    return JsonResponse({"new": new})
