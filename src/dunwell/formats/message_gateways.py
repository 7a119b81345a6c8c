"""Gateways for short messages and WhatsApp: what is sent to them, and what they answer.

Four ways of speaking: `twilio` and `twilio_whatsapp` (form, basic sign-in), `meta` (Cloud API of
WhatsApp, JSON) and `json` (a plain gateway of one's own, see docs/how-to/channels.md).
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from dunwell.formats.hand_overs import (
    ACCOUNT,
    CONFLICT,
    FIRST_REFUSAL,
    CarrierError,
    HandedOver,
    is_passing,
)
from dunwell.formats.short_messages import segments_of

SMS_DIALECTS = ("twilio", "json")
MICROS = 1_000_000
LONGEST_ID = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortText:
    """One text to one number in E.164; the Message-ID is the key by which a repeat is known."""

    message_id: str
    to: str
    text: str
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gateway:
    """Who is spoken to, how, and as whom.

    `account` and `secret` sign in (twilio: both, meta and json: the secret as a bearer token);
    `sender` is a number or a name, a Messaging Service (MG...) with twilio. `template` names an
    approved WhatsApp template whose one parameter is the text. `report_url` is where reports go.
    `cost_micros` is the price of a segment (WhatsApp: of a message) where the answer has none.
    """

    name: str
    dialect: str
    sender: str = ""
    account: str = ""
    secret: str = field(default="", repr=False)
    template: str = ""
    report_url: str = ""
    cost_micros: int = 0
    cost_currency: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewayRequest:
    """The headers and bytes of one POST."""

    headers: Mapping[str, str]
    body: bytes


def write_request(gateway: Gateway, text: ShortText) -> GatewayRequest:
    """Return what is posted to the gateway: the same bytes for the same text."""
    headers = {"Accept": "application/json", "Idempotency-Key": text.message_id}
    if gateway.dialect.startswith("twilio"):
        signed = base64.b64encode(f"{gateway.account}:{gateway.secret}".encode()).decode()
        headers |= {
            "Authorization": f"Basic {signed}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return GatewayRequest(headers=headers, body=urlencode(_form(gateway, text)).encode())
    if gateway.secret:
        headers["Authorization"] = f"Bearer {gateway.secret}"
    headers["Content-Type"] = "application/json"
    document = _meta(gateway, text) if gateway.dialect == "meta" else _plain(gateway, text)
    return GatewayRequest(headers=headers, body=json.dumps(document, sort_keys=True).encode())


def read_answer(gateway: Gateway, text: ShortText, *, status: int, body: bytes) -> HandedOver:
    """Return what a gateway took, or raise CarrierError with its own words.

    Any other answer than JSON with an id is no proof that the text was taken: it is tried again
    under the same key.
    """
    told = _document(body)
    if not 200 <= status < 300:  # noqa: PLR2004  success
        raise _refusal(gateway, status, told)
    provider_id = _id(gateway, told)
    if not provider_id:
        raise CarrierError(
            f"{gateway.name} answered {status} without an id of the message",
            permanent=False,
            of_carrier=True,
        )
    if gateway.dialect.startswith("twilio") and told.get("status") in {"failed", "undelivered"}:
        raise CarrierError(f"{gateway.name} refused the message: {_words(told)}", permanent=True)
    cost, currency = _cost(gateway, text, told)
    return HandedOver(
        place=gateway.name,
        provider=gateway.dialect,
        provider_id=provider_id[:LONGEST_ID],
        cost_micros=cost,
        cost_currency=currency,
        is_repeat_safe=gateway.dialect == "json",
    )


def _form(gateway: Gateway, text: ShortText) -> dict[str, str]:
    prefix = "whatsapp:" if gateway.dialect == "twilio_whatsapp" else ""
    sender = {"From": f"{prefix}{gateway.sender}"}
    if gateway.sender.startswith("MG"):
        sender = {"MessagingServiceSid": gateway.sender}
    reports = {"StatusCallback": gateway.report_url} if gateway.report_url else {}
    return {"To": f"{prefix}{text.to}", **sender, "Body": text.text, **reports}


def _meta(gateway: Gateway, text: ShortText) -> dict[str, object]:
    document: dict[str, object] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": text.to.removeprefix("+"),
        "biz_opaque_callback_data": text.message_id,
    }
    if not gateway.template:
        return {
            **document,
            "type": "text",
            "text": {"body": text.text, "preview_url": False},
        }
    # a parameter of a template must not hold line breaks
    parameter = {"type": "text", "text": " ".join(text.text.split())}
    return {
        **document,
        "type": "template",
        "template": {
            "name": gateway.template,
            "language": {"code": text.language or "en"},
            "components": [{"type": "body", "parameters": [parameter]}],
        },
    }


def _plain(gateway: Gateway, text: ShortText) -> dict[str, object]:
    return {
        "id": text.message_id,
        "to": text.to,
        "from": gateway.sender,
        "text": text.text,
        "report_url": gateway.report_url,
    }


def _document(body: bytes) -> dict[str, object]:
    try:
        told = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _id(gateway: Gateway, told: Mapping[str, object]) -> str:
    if gateway.dialect == "meta":
        messages = told.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else None
        found = first.get("id") if isinstance(first, dict) else None
    else:
        found = told.get("sid" if gateway.dialect.startswith("twilio") else "id")
    return found if isinstance(found, str) else ""


def _refusal(gateway: Gateway, status: int, told: Mapping[str, object]) -> CarrierError:
    if is_passing(status) or status in ACCOUNT or status < FIRST_REFUSAL:
        hint = "" if is_passing(status) else "; check address, account and secret of the channel"
        return CarrierError(
            f"{gateway.name} answered {status}: {_words(told)}{hint}",
            permanent=False,
            of_carrier=True,
        )
    return CarrierError(
        f"{gateway.name} refused the message with {status}: {_words(told)}",
        permanent=status != CONFLICT,
    )


def _words(told: Mapping[str, object]) -> str:
    """Return what an answer says of an error, on one line."""
    error = told.get("error")
    for source in (error if isinstance(error, dict) else {}, told):
        for name in ("message", "error_message", "error", "detail"):
            said = source.get(name)
            if isinstance(said, str) and said.strip():
                return " ".join(said.split())[:300]
    return "no reason given"


def _cost(gateway: Gateway, text: ShortText, told: Mapping[str, object]) -> tuple[int | None, str]:
    """Return the price the answer tells, else the agreed one times the segments."""
    price, unit = told.get("price"), told.get("price_unit") or told.get("currency")
    if price is not None and isinstance(unit, str) and len(unit) == 3:  # noqa: PLR2004  ISO 4217
        try:
            amount = abs(Decimal(str(price)))
        except InvalidOperation:
            amount = None
        if amount is not None and amount.is_finite() and amount < MICROS:
            return int((amount * MICROS).to_integral_value()), unit.upper()
    if not gateway.cost_micros:
        return None, ""
    is_sms = gateway.dialect in SMS_DIALECTS
    parts = segments_of(text.text).segments if is_sms else 1
    return gateway.cost_micros * parts, gateway.cost_currency
