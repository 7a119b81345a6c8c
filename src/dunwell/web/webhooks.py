"""Pages about webhooks: who is told of which events, with which secret, and what came of it."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.webhooks import (
    add_webhook,
    change_webhook_secret,
    drop_old_secret,
    edit_webhook,
    end_webhook,
    replay_event,
    replay_events,
    replay_period,
    retry_delivery,
    send_test_event,
)
from dunwell.formats.exports import Value
from dunwell.jobs.background import begin
from dunwell.jobs.webhooks import tell_webhooks
from dunwell.models import WebhookDelivery, WebhookEndpoint
from dunwell.queries.pages import every_row
from dunwell.queries.webhooks import (
    WebhookDeliveryRow,
    webhook_delivery_rows,
    webhook_rows,
    webhook_secrets,
)
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import REFUSED, done, posted, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.fields import MomentField, moment_in
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Delivery"),
    _("Event number"),
    _("Event"),
    _("Happened at"),
    _("Status"),
    _("Attempts"),
    _("Answer"),
    _("Error"),
    _("Told at"),
)
WAYS = ({"from_seq", "until_seq"}, {"from_at", "until_at"}, {"event_id"})
"""How events to be told again are named; one way at a time."""

VERB = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,40}")


class WebhookForm(forms.Form):
    """Where events are told, and which."""

    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("It begins with https:// and takes a POST with a JSON body."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    verbs = forms.CharField(
        label=_("Events"),
        max_length=2000,
        required=False,
        help_text=_("Names with spaces between, such as promise.recorded dispute.*; none: all."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def clean_verbs(self) -> list[str]:
        """Return the names one by one."""
        return str(self.cleaned_data["verbs"]).replace(",", " ").split()


class WebhookEditForm(WebhookForm):
    """Settings of a webhook that is there, and whether it is told."""

    is_active = forms.BooleanField(
        label=_("It is told"),
        required=False,
        help_text=_("What happens meanwhile is told once it is switched on again."),
    )


class ReplayForm(forms.Form):
    """Which events are told again: by their numbers, of a period, or one by its id."""

    from_seq = forms.IntegerField(label=_("From event number"), min_value=1, required=False)
    until_seq = forms.IntegerField(label=_("Until event number"), min_value=1, required=False)
    from_at = MomentField(label=_("Or what happened from"), required=False)
    until_at = MomentField(label=_("Until before"), required=False)
    event_id = forms.CharField(
        label=_("Or one event"),
        max_length=41,
        required=False,
        help_text=_("The webhook-id it was told under, such as evt_3_1841."),
    )

    def clean(self) -> dict[str, Any]:
        """Return the one way the events were named, alone."""
        told = {name: value for name, value in (super().clean() or {}).items() if value}
        if not self.errors and set(told) not in WAYS:
            raise forms.ValidationError(
                _("Give two numbers, two moments, or the id of one event.")
            )
        return told


@needs("webhook.manage")
@require_http_methods(["GET", "POST"])
def webhook_list(request: StaffRequest) -> HttpResponse:
    """List the webhooks; a POST adds one and shows its secret this once."""
    form = WebhookForm(posted(request))
    made, status = None, 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                made = add_webhook(actor=request.actor, at=clock.now(), **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, spoken(refusal))
            else:
                form, status = WebhookForm(), 200
    context = {
        "form": form,
        "webhooks": webhook_rows(request.actor.company),
        "made": made,
        "secret": webhook_secrets(made)[0] if made else "",
        "section": "webhooks",
    }
    return render(request, "web/webhooks.html", context, status=status)


@needs("webhook.manage")
@require_GET
def webhook_show(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Show one webhook with its deliveries."""
    endpoint = _endpoint(request, endpoint_id)
    only = _only(request)
    read = partial(webhook_delivery_rows, request.actor.company, endpoint_id=endpoint.pk, **only)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    return _webhook_page(request, endpoint, {"page": page, "only": only})


@needs("webhook.manage")
@require_GET
def deliveries_export(request: StaffRequest, endpoint_id: int, kind: str) -> HttpResponse:
    """Return every delivery of a webhook under the page's filter."""
    endpoint = _endpoint(request, endpoint_id)
    read = partial(
        webhook_delivery_rows, request.actor.company, endpoint_id=endpoint.pk, **_only(request)
    )
    return file_response(
        kind,
        name=f"webhook-{endpoint.pk}-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in every_row(read)),
    )


@needs("webhook.manage")
@require_http_methods(["GET", "POST"])
def webhook_change(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Change a webhook, or switch it off and on."""
    endpoint = _endpoint(request, endpoint_id)
    initial = {
        "name": endpoint.name,
        "address": endpoint.address,
        "verbs": " ".join(endpoint.verbs),
        "is_active": endpoint.is_active,
    }
    form = WebhookEditForm(posted(request), initial=initial)
    act = partial(edit_webhook, actor=request.actor, endpoint=endpoint, at=clock.now())
    back = reverse("webhook", args=[endpoint.pk])
    context = {
        "heading": gettext("Change a webhook"),
        "lead": gettext("What waits goes to the new address, under the same numbers."),
        "button": gettext("Save"),
        "action": reverse("webhook-change", args=[endpoint.pk]),
        "crumb": endpoint.name,
    }
    said = gettext("The webhook is changed.")
    return told_page(request, form, act, said=said, back=back, context=context)


@needs("webhook.manage")
@require_http_methods(["GET", "POST"])
def webhook_replay(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Tell a webhook again of a span of events, of a period, or of one event."""
    endpoint = _endpoint(request, endpoint_id)
    form = ReplayForm(posted(request))
    back = reverse("webhook", args=[endpoint.pk])

    def act(**told: Any) -> None:
        replay: Callable[..., int] = replay_events
        if "event_id" in told:
            replay = replay_event
        elif "from_at" in told:
            zone = request.actor.company.zone
            told = {name: moment_in(zone, moment) for name, moment in told.items()}
            replay = replay_period
        replay(actor=request.actor, endpoint=endpoint, at=clock.now(), **told)

    context = {
        "heading": gettext("Tell events again"),
        "lead": gettext(
            "Each keeps its id, so that the program can tell what it has seen. The last event it "
            "was told of is number %(n)d."
        )
        % {"n": endpoint.told_seq},
        "button": gettext("Tell again"),
        "action": reverse("webhook-replay", args=[endpoint.pk]),
        "crumb": endpoint.name,
    }
    said = gettext("The events wait to be told again.")
    return told_page(request, form, act, said=said, back=back, context=context)


@needs("webhook.manage")
@require_POST
def webhook_secret(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Change the secret and show the new one this once; both sign until the old one is dropped."""
    endpoint = _endpoint(request, endpoint_id)
    try:
        endpoint = change_webhook_secret(actor=request.actor, endpoint=endpoint, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("webhook", args=[endpoint.pk]))
    page = webhook_delivery_rows(request.actor.company, endpoint_id=endpoint.pk)
    context = {"page": page, "only": {}, "secret": webhook_secrets(endpoint)[0]}
    return _webhook_page(request, endpoint, context)


@needs("webhook.manage")
@require_POST
def webhook_secret_drop(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Let the secret of before sign no longer."""
    endpoint = _endpoint(request, endpoint_id)
    drop_old_secret(actor=request.actor, endpoint=endpoint, at=clock.now())
    text = gettext("The old secret signs no longer.")
    return done(request, text, back=reverse("webhook", args=[endpoint.pk]))


@needs("webhook.manage")
@require_POST
def webhook_test(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Send a test event, and with it whatever waits."""
    endpoint = _endpoint(request, endpoint_id)
    back = reverse("webhook", args=[endpoint.pk])
    try:
        send_test_event(actor=request.actor, endpoint=endpoint, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    company_id = request.actor.company.pk
    begin(partial(tell_webhooks, company_id), key=f"webhooks {company_id}", takes_later=True)
    return done(request, gettext("A test event is on its way."), back=back)


@needs("webhook.manage")
@require_POST
def webhook_end(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """End a webhook for good."""
    endpoint = _endpoint(request, endpoint_id)
    end_webhook(actor=request.actor, endpoint=endpoint, at=clock.now())
    text = gettext("Webhook %(name)s is ended.") % {"name": endpoint.name}
    return done(request, text, back=reverse("webhooks"))


@needs("webhook.manage")
@require_POST
def delivery_retry(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Try one delivery again."""
    delivery = get_object_or_404(
        WebhookDelivery.objects.select_related("endpoint"),
        pk=delivery_id,
        endpoint__company=request.actor.company,
    )
    back = reverse("webhook", args=[delivery.endpoint_id])
    try:
        retry_delivery(actor=request.actor, delivery=delivery, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    company_id = request.actor.company.pk
    begin(partial(tell_webhooks, company_id), key=f"webhooks {company_id}", takes_later=True)
    text = ngettext("%(n)d delivery is tried again.", "%(n)d deliveries are tried again.", 1)
    return done(request, text % {"n": 1}, back=back)


def _webhook_page(
    request: StaffRequest, endpoint: WebhookEndpoint, context: dict[str, Any]
) -> HttpResponse:
    company = request.actor.company
    rows = {row.id: row for row in webhook_rows(company)}
    shown = {
        "endpoint": rows.get(endpoint.pk, endpoint),
        "statuses": WebhookDelivery.Status.choices,
        "now": clock.now(),
        "section": "webhooks",
        **context,
    }
    return render(request, "web/webhook.html", shown)


def _endpoint(request: StaffRequest, endpoint_id: int) -> WebhookEndpoint:
    return get_object_or_404(
        WebhookEndpoint, pk=endpoint_id, company=request.actor.company, ended_at=None
    )


def _only(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the address."""
    status, verb = request.GET.get("status", ""), request.GET.get("verb", "")
    return {
        "status": status if status in WebhookDelivery.Status.values else "",
        "verb": verb if VERB.fullmatch(verb) else "",
    }


def _row(row: WebhookDeliveryRow) -> tuple[Value, ...]:
    return (
        row.id,
        row.seq,
        row.verb,
        row.happened_at.isoformat(),
        translated(row.status_label),
        row.attempts,
        row.code,
        row.error,
        row.done_at.isoformat() if row.done_at else None,
    )
