"""Forms of channels: setting one up, changing it, and trying it with a message to ourselves."""

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.channels import SETTINGS, add_channel, edit_channel
from dunwell.formats.currencies import ISO_CODES
from dunwell.jobs.channel_tests import try_channel
from dunwell.models import Channel
from dunwell.queries.channel_carriers import BY_PEOPLE, PROVIDERS
from dunwell.templatetags.channels import MICROS, provider_label
from dunwell.web.answers import posted, told_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

CODES = [("", "\N{EN DASH}"), *((code, code) for code in sorted(ISO_CODES))]
OPTIONS: Mapping[str, forms.Field] = {
    "user": forms.CharField(label=_("User of the mail server"), max_length=300, required=False),
    "use_tls": forms.BooleanField(label=_("Encrypt the connection"), required=False),
    "message_stream": forms.CharField(label=_("Message stream"), max_length=300, required=False),
    "sender_domain": forms.CharField(label=_("Sender domain"), max_length=300),
    "api_key": forms.CharField(label=_("API key (public part)"), max_length=300),
    "subaccount": forms.CharField(label=_("Subaccount"), max_length=300, required=False),
    "account": forms.CharField(label=_("Account SID"), max_length=300),
    "template": forms.CharField(
        label=_("Approved template"),
        max_length=300,
        required=False,
        help_text=_("Its one parameter is the text; without it texts go out as they are."),
    ),
}


class ChannelForm(forms.Form):
    """Settings of a channel of one provider."""

    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    sender = forms.CharField(label=_("Sender"), max_length=254, required=False)
    secret_name = forms.CharField(
        label=_("Variable with the secret"),
        max_length=80,
        required=False,
        help_text=_("Name of an environment variable of the server: DUNWELL_CHANNEL_…"),
    )
    cost = forms.DecimalField(
        label=_("Price of a message"),
        min_value=0,
        max_value=1000,
        max_digits=10,
        decimal_places=6,
        initial=0,
        help_text=_("Of a segment of a short message, of a sheet of a letter."),
    )
    cost_currency = forms.ChoiceField(
        label=_("Currency of the price"), choices=CODES, required=False
    )

    def __init__(self, provider: str, *args: Any, **kwargs: Any) -> None:
        """Show the fields the provider needs."""
        super().__init__(*args, **kwargs)
        self.options = [name for name in SETTINGS.get(provider, ()) if name in OPTIONS]
        if provider in BY_PEOPLE or provider == "portal":
            for name in ("address", "sender", "secret_name"):
                del self.fields[name]
        elif provider == "smtp":
            self.fields["address"].help_text = gettext(
                "host:port; empty for the server of the settings"
            )
        else:
            self.fields["address"].help_text = gettext(
                "Address of the API, https://…; empty for the usual one of an e-mail provider"
            )
        for name in self.options:
            self.fields[name] = deepcopy(OPTIONS[name])

    def told(self, site: str) -> dict[str, Any]:
        """Return what was told as the action takes it."""
        data = dict(self.cleaned_data)
        cost: Decimal = data.pop("cost")
        settings = {name: data.pop(name) for name in self.options}
        return {**data, "cost_micros": int(cost * MICROS), "settings": {**settings, **_site(site)}}


class TestForm(forms.Form):
    """Where a message to try a channel goes."""

    to = forms.CharField(
        label=_("To"),
        max_length=254,
        help_text=_("An address or a number of your own."),
    )


def _site(site: str) -> dict[str, str]:
    return {"site": site} if site else {}


@needs("channel.edit")
@require_http_methods(["GET", "POST"])
def channel_add(request: StaffRequest, kind: str, provider: str) -> HttpResponse:
    """Set up who carries a kind of message from now on."""
    if provider not in PROVIDERS.get(kind, ()):
        raise Http404
    form = ChannelForm(provider, posted(request), initial={"use_tls": True})
    act = partial(add_channel, actor=request.actor, kind=kind, provider=provider, at=clock.now())
    label = str(Channel.Kind(kind).label)
    context = {
        "heading": gettext("%(kind)s: %(provider)s")
        % {"kind": label, "provider": provider_label(provider)},
        "lead": gettext("What carried these messages before is ended. Secrets are not kept here."),
        "button": gettext("Set it up"),
        "action": reverse("channel-add", args=[kind, provider]),
        "crumb": gettext("Channels"),
    }
    said = gettext("The channel is set up. Try it with a message to yourself.")
    return _page(request, form, act, provider, said=said, context=context)


@needs("channel.edit")
@require_http_methods(["GET", "POST"])
def channel_change(request: StaffRequest, channel_id: int) -> HttpResponse:
    """Change how a channel reaches its provider."""
    channel = _channel(request, channel_id)
    initial = {
        **channel.settings,
        "address": channel.address,
        "sender": channel.sender,
        "secret_name": channel.secret_name,
        "cost": Decimal(channel.cost_micros) / MICROS,
        "cost_currency": channel.cost_currency,
    }
    form = ChannelForm(channel.provider, posted(request), initial=initial)
    act = partial(edit_channel, actor=request.actor, channel=channel, at=clock.now())
    context = {
        "heading": gettext("Change a channel"),
        "lead": gettext("Its failures are forgotten; the next delivery tries it anew."),
        "button": gettext("Save"),
        "action": reverse("channel-change", args=[channel.pk]),
        "crumb": gettext("Channels"),
    }
    said = gettext("The channel is changed.")
    return _page(request, form, act, channel.provider, said=said, context=context)


@needs("channel.edit")
@require_http_methods(["GET", "POST"])
def channel_test(request: StaffRequest, channel_id: int) -> HttpResponse:
    """Send one message to an address of our own."""
    channel = _channel(request, channel_id)
    form = TestForm(posted(request), initial={"to": request.user.email})
    context = {
        "heading": gettext("Try the channel"),
        "lead": gettext("One message is handed over now. A company that tests gets it as a file."),
        "button": gettext("Send it"),
        "action": reverse("channel-test", args=[channel.pk]),
        "crumb": gettext("Channels"),
    }
    return told_page(
        request,
        form,
        partial(try_channel, actor=request.actor, channel=channel),
        said=gettext("The carrier took the message. See whether it arrives."),
        back=reverse("channels"),
        context=context,
    )


def _page(
    request: StaffRequest,
    form: ChannelForm,
    act: partial[Channel],
    provider: str,
    *,
    said: str,
    context: dict[str, str],
) -> HttpResponse:
    site = request.build_absolute_uri("/") if "site" in SETTINGS.get(provider, ()) else ""

    def told(**_fields: object) -> None:
        act(**form.told(site))

    return told_page(request, form, told, said=said, back=reverse("channels"), context=context)


def _channel(request: StaffRequest, channel_id: int) -> Channel:
    return get_object_or_404(Channel, pk=channel_id, company=request.actor.company)
