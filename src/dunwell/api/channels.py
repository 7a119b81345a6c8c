"""Channels: who carries which messages, their health, volume, cost and outcome."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.channels import (
    MOST_COST,
    add_channel,
    edit_channel,
    end_channel,
    renew_report_address,
    wake_channel,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import AnyCurrency, Body, Created, Done, Id, Plain, answers, existing, own
from dunwell.api.writes import once
from dunwell.jobs.channel_tests import try_channel
from dunwell.models import Channel
from dunwell.queries.channels import (
    ChannelMonthRow,
    ChannelOutcomeRow,
    ChannelRow,
    ChannelWaitingRow,
    channel_row,
    channel_rows,
    month_rows,
    outcome_rows,
    waiting_rows,
)

router = Router(tags=["channels"])

Kind = Literal["email", "sms", "whatsapp", "voice", "letter", "portal"]
Provider = Literal[
    "smtp",
    "postmark",
    "mailgun",
    "brevo",
    "resend",
    "mailjet",
    "sparkpost",
    "twilio",
    "json",
    "meta",
    "twilio_whatsapp",
    "task",
    "print",
    "portal",
]
Micros = Annotated[
    int, Field(ge=0, le=MOST_COST, description="Millionths of the currency, a message.")
]
Setting = Annotated[Plain, Field(max_length=300)]


class ChannelSettings(Body):
    """What else a provider may need; send what yours does."""

    user: Setting | None = None
    use_tls: bool | None = None
    message_stream: Setting | None = None
    sender_domain: Setting | None = None
    api_key: Setting | None = None
    subaccount: Setting | None = None
    account: Setting | None = None
    template: Setting | None = None
    site: Setting | None = None


class ChannelChange(Body):
    """How a provider is reached, and what it costs: `cost_micros` of `cost_currency`."""

    address: Annotated[Plain, Field(max_length=300)] = ""
    sender: Annotated[Plain, Field(max_length=254)] = ""
    secret_name: Annotated[Plain, Field(max_length=80)] = ""
    settings: ChannelSettings = ChannelSettings()
    cost_micros: Micros = 0
    cost_currency: AnyCurrency = ""

    def told(self) -> dict[str, Any]:
        """Return the fields as the actions take them."""
        return {**self.dict(), "settings": self.settings.dict(exclude_none=True)}


class ChannelIn(ChannelChange):
    """Who carries a kind of message from now on; `cost_micros` of `cost_currency` a message."""

    kind: Kind
    provider: Provider


class ChannelTryIn(Body):
    """An address or number of your own."""

    to: Annotated[Plain, Field(min_length=1, max_length=254)]


@router.get("/channels", response=answers(list[ChannelRow]))
def list_channels(request: ApiRequest, with_ended: bool = False) -> list[ChannelRow]:  # noqa: FBT001, FBT002  a query parameter
    """List the channels with their health."""
    request.actor.require("ledger.view")
    return list(channel_rows(request.actor.company, at=request.at, with_ended=with_ended))


@router.post("/channels", response=answers(Created, 201))
@once
def new_channel(request: ApiRequest, body: ChannelIn) -> tuple[int, dict[str, Any]]:
    """Set up a channel; what carried these messages before is ended."""
    channel = add_channel(actor=request.actor, at=request.at, **body.told())
    return 201, {"id": channel.pk}


@router.get("/channels/{channel_id}", response=answers(ChannelRow))
def show_channel(request: ApiRequest, channel_id: Id) -> ChannelRow:
    """Show a channel."""
    request.actor.require("ledger.view")
    return existing(channel_row(request.actor.company, channel_id, at=request.at))


@router.patch("/channels/{channel_id}", response=answers(Done))
@once
def change_channel(
    request: ApiRequest, channel_id: Id, body: ChannelChange
) -> tuple[int, dict[str, Any]]:
    """Change how a channel reaches its provider; its failures are forgotten."""
    channel = own(Channel, request.actor, channel_id)
    edit_channel(actor=request.actor, channel=channel, at=request.at, **body.told())
    return 200, {"changed": 1}


@router.post("/channels/{channel_id}/end", response=answers(Done))
@once
def finish_channel(request: ApiRequest, channel_id: Id) -> tuple[int, dict[str, Any]]:
    """End a channel; texts that wait become tasks for people."""
    end_channel(
        actor=request.actor, channel=own(Channel, request.actor, channel_id), at=request.at
    )
    return 200, {"changed": 1}


@router.post("/channels/{channel_id}/wake", response=answers(Done))
@once
def rouse_channel(request: ApiRequest, channel_id: Id) -> tuple[int, dict[str, Any]]:
    """Let the next delivery try a channel that rests."""
    wake_channel(
        actor=request.actor, channel=own(Channel, request.actor, channel_id), at=request.at
    )
    return 200, {"changed": 1}


@router.post("/channels/{channel_id}/renew", response=answers(Done))
@once
def renew_channel(request: ApiRequest, channel_id: Id) -> tuple[int, dict[str, Any]]:
    """Make a new address for reports; the one before stops working."""
    renew_report_address(
        actor=request.actor, channel=own(Channel, request.actor, channel_id), at=request.at
    )
    return 200, {"changed": 1}


@router.post("/channels/{channel_id}/try", response=answers(Done))
def send_by_channel(request: ApiRequest, channel_id: Id, body: ChannelTryIn) -> Done:
    """Hand one message over to an address of your own, now. It talks to the carrier: no key."""
    try_channel(actor=request.actor, channel=own(Channel, request.actor, channel_id), to=body.to)
    return Done(changed=1)


@router.get("/channel-months", response=answers(list[ChannelMonthRow]))
def list_channel_months(request: ApiRequest) -> list[ChannelMonthRow]:
    """List volume and cost by month, channel and carrier: `cost_micros` of `cost_currency`."""
    request.actor.require("ledger.view")
    return list(month_rows(request.actor.company, as_of=request.as_of))


@router.get("/channel-outcomes", response=answers(list[ChannelOutcomeRow]))
def list_channel_outcomes(request: ApiRequest) -> list[ChannelOutcomeRow]:
    """List what became of the messages of the last 90 days by channel and template."""
    request.actor.require("ledger.view")
    return list(outcome_rows(request.actor.company, at=request.at))


@router.get("/channel-queues", response=answers(list[ChannelWaitingRow]))
def list_channel_queues(request: ApiRequest) -> list[ChannelWaitingRow]:
    """List messages that have not gone out, by channel."""
    request.actor.require("ledger.view")
    return list(waiting_rows(request.actor.company))
