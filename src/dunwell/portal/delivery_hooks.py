"""Where carriers report what became of our messages: a secret address per channel."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dunwell.formats.delivery_report_files import DeliveryReportError
from dunwell.jobs.delivery_hooks import read_reports, take_reports
from dunwell.models import Channel
from dunwell.portal.visitors import visitor
from dunwell.queries.link_tokens import DELIVERY_REPORT, link_token

MOST = 20_000
"""Calls from one address in ten minutes: a provider reports every message by itself."""
UNREADABLE = 400
LONGEST_CHALLENGE = 64


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@visitor("delivery-report", most=MOST)
def delivery_report(request: HttpRequest, channel_id: int, token: str) -> HttpResponse:
    """Take reports of a channel's provider; 404 for a wrong address, 400 for no report.

    Reports of messages that are not ours are counted and otherwise ignored: the provider may
    carry mails of others too. A GET answers the question by which Meta checks an address.
    """
    channel = _channel(channel_id, token)
    if request.method != "POST":
        return _challenged(request, token)
    try:
        reports = read_reports(channel, request)
    except DeliveryReportError as error:
        return JsonResponse({"detail": str(error)}, status=UNREADABLE)
    known = take_reports(channel, reports)
    return JsonResponse({"known": known, "unknown": len(reports) - known})


def _channel(channel_id: int, token: str) -> Channel:
    """Return the channel an address belongs to, an ended one too: its messages are under way."""
    channel = Channel.objects.select_related("company").filter(pk=channel_id).first()
    if channel is None:
        raise Http404
    if not constant_time_compare(token, link_token(DELIVERY_REPORT, channel.pk, channel.nonce)):
        raise Http404
    return channel


def _challenged(request: HttpRequest, token: str) -> HttpResponse:
    asked = request.GET.get("hub.challenge", "")
    told = request.GET.get("hub.verify_token", "")
    is_fit = asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_CHALLENGE
    if asked and is_fit and constant_time_compare(told, token):
        return HttpResponse(asked, content_type="text/plain")
    return HttpResponse("", content_type="text/plain")
