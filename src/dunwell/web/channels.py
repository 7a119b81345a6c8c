"""Pages about channels: who carries what, how well, at what cost, and what became of it."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.channels import end_channel, renew_report_address, wake_channel
from dunwell.actions.gate import Refused
from dunwell.jobs.channels import report_address
from dunwell.jobs.delivery_hooks import report_secret
from dunwell.models import Channel
from dunwell.queries.channel_carriers import PROVIDERS
from dunwell.queries.channels import (
    channel_row,
    channel_rows,
    month_rows,
    outcome_rows,
    waiting_rows,
)
from dunwell.queries.site_addresses import count_unaddressed
from dunwell.templatetags.channels import provider_label
from dunwell.templatetags.reasons import channel_label
from dunwell.web.answers import done, refused
from dunwell.web.exports import file_response
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Month"),
    _("Channel"),
    _("Provider"),
    _("Messages"),
    _("Delivered"),
    _("Came back"),
    _("With a price"),
    _("Currency"),
    _("Cost in millionths"),
)


@require_GET
def channel_list(request: StaffRequest) -> HttpResponse:
    """Show the channels with their health, and what went by them."""
    company, at = request.actor.company, clock.now()
    rows = channel_rows(company, at=at)
    context = {
        "rows": rows,
        "has_mail": any(row.kind == Channel.Kind.EMAIL for row in rows),
        "waiting": waiting_rows(company),
        "unaddressed": count_unaddressed(company),
        "months": month_rows(company, as_of=request.as_of),
        "outcomes": outcome_rows(company, at=at),
        "choices": [
            (kind, Channel.Kind(kind).label, providers) for kind, providers in PROVIDERS.items()
        ],
    }
    return render(request, "web/channels.html", context)


@require_GET
def channels_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return volume and cost by month as a file."""
    months = month_rows(request.actor.company, as_of=request.as_of)
    return file_response(
        kind,
        name=f"channels-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                row.month,
                channel_label(row.channel),
                provider_label(row.provider),
                row.messages,
                row.delivered,
                row.bounced,
                row.priced,
                row.cost_currency,
                row.cost_micros,
            )
            for row in months
        ),
    )


@require_GET
def channel_show(request: StaffRequest, channel_id: int) -> HttpResponse:
    """Show one channel: its settings, its health, and where its provider reports to."""
    row = channel_row(request.actor.company, channel_id, at=clock.now())
    if row is None:
        raise Http404
    context: dict[str, object] = {"row": row}
    if "channel.edit" in request.actor.rights:
        channel = _channel(request, channel_id)
        channel.settings = {**channel.settings, "site": request.build_absolute_uri("/")}
        context |= {"address": report_address(channel), "secret": report_secret(channel)}
    return render(request, "web/channel.html", context)


@needs("channel.edit")
@require_POST
def channel_end(request: StaffRequest, channel_id: int) -> HttpResponse:
    """End a channel."""
    channel = _channel(request, channel_id)
    return _told(
        request,
        lambda: end_channel(actor=request.actor, channel=channel, at=clock.now()),
        gettext("The channel has ended."),
    )


@needs("channel.edit")
@require_POST
def channel_wake(request: StaffRequest, channel_id: int) -> HttpResponse:
    """Let the next delivery try a channel that rests."""
    channel = _channel(request, channel_id)
    return _told(
        request,
        lambda: wake_channel(actor=request.actor, channel=channel, at=clock.now()),
        gettext("The next delivery tries this channel again."),
    )


@needs("channel.edit")
@require_POST
def channel_renew(request: StaffRequest, channel_id: int) -> HttpResponse:
    """Give a channel a new address for reports."""
    channel = _channel(request, channel_id)
    return _told(
        request,
        lambda: renew_report_address(actor=request.actor, channel=channel, at=clock.now()),
        gettext("The address is new. Give it to the provider."),
    )


def _told(request: StaffRequest, act: Callable[[], None], said: str) -> HttpResponse:
    back = reverse("channels")
    try:
        act()
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, said, back=back)


def _channel(request: StaffRequest, channel_id: int) -> Channel:
    return get_object_or_404(Channel, pk=channel_id, company=request.actor.company)
