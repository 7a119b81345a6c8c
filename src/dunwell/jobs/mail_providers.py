"""E-mail providers over HTTPS, by django-anymail: one message, one call, one id back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
)
from django.core.mail import EmailMessage, get_connection

from dunwell.formats.hand_overs import (
    ACCOUNT,
    CONFLICT,
    FIRST_REFUSAL,
    CarrierError,
    HandedOver,
    is_passing,
)
from dunwell.formats.mail import Mail, mail_headers
from dunwell.models import Channel

TIMEOUT_SECONDS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """How a provider knows us: the option that is its secret, and options from the settings."""

    signs_by: str
    options: tuple[str, ...] = ()
    is_repeat_safe: bool = False
    """It takes an Idempotency-Key, and a repeat under it is not sent again."""


PROVIDERS: Mapping[str, Provider] = {
    "postmark": Provider(signs_by="server_token", options=("message_stream",)),
    "mailgun": Provider(signs_by="api_key", options=("sender_domain",)),
    "brevo": Provider(signs_by="api_key"),
    "resend": Provider(signs_by="api_key", is_repeat_safe=True),
    "mailjet": Provider(signs_by="secret_key", options=("api_key",)),
    "sparkpost": Provider(signs_by="api_key", options=("subaccount",)),
}


class ProviderLine:
    """A session with one provider."""

    def __init__(self, channel: Channel, backend: Any) -> None:
        self._channel, self._backend = channel, backend
        self._provider = PROVIDERS[channel.provider]

    def send(self, mail: Mail) -> HandedOver:
        """Hand a mail over; raise CarrierError when the provider does not take it.

        The Message-ID is the idempotency key, and goes along so that reports name it.
        """
        message = _message(mail)
        self._backend.session.headers["Idempotency-Key"] = mail.message_id
        try:
            self._backend.send_messages([message])
        except AnymailError as error:
            raise _carrier_error(error, self._channel.provider) from error
        status = message.anymail_status  # type: ignore[attr-defined]
        told = status.message_id
        known = told if isinstance(told, str) else next(iter(told or ()), "") or ""
        return HandedOver(
            place=self._channel.provider,
            provider=self._channel.provider,
            provider_id=str(known)[:200],
            cost_micros=self._channel.cost_micros or None,
            cost_currency=self._channel.cost_currency if self._channel.cost_micros else "",
            is_repeat_safe=self._provider.is_repeat_safe,
        )


@contextmanager
def provider_line(channel: Channel, *, secret: str) -> Iterator[ProviderLine]:
    """Yield a session with the provider of a channel and close it afterwards.

    Raises CarrierError where a setting is missing.
    """
    provider = PROVIDERS[channel.provider]
    options: dict[str, Any] = {
        name: channel.settings[name] for name in provider.options if name in channel.settings
    }
    if channel.address:
        options["api_url"] = channel.address
    try:
        backend: Any = get_connection(
            f"anymail.backends.{channel.provider}.EmailBackend",
            **{**options, "timeout": TIMEOUT_SECONDS, provider.signs_by: secret},
        )
        backend.open()
    except AnymailConfigurationError as error:
        raise _carrier_error(error, channel.provider) from error
    # a redirect would carry the secret to another host
    backend.session.max_redirects = 0
    try:
        yield ProviderLine(channel, backend)
    finally:
        backend.close()


def _message(mail: Mail) -> EmailMessage:
    """Return a mail as the backends take it: the same payload for the same mail."""
    message = EmailMessage(
        subject=mail.subject,
        body=mail.body,
        from_email=mail.sender,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        # Postmark keeps our Message-ID only when it is told to
        headers={**mail_headers(mail), "X-PM-KeepID": "true"},
        attachments=[(file.name, file.data, file.media_type) for file in mail.attachments],
    )
    message.metadata = {"message_id": mail.message_id}  # type: ignore[attr-defined]
    return message


def _carrier_error(error: AnymailError, provider: str) -> CarrierError:
    """Turn what the library raises into one error with a sentence and a verdict."""
    if isinstance(error, AnymailConfigurationError):
        return CarrierError(
            f"{provider} is not set up: {_line(error)}", permanent=False, of_carrier=True
        )
    if isinstance(error, AnymailRecipientsRefused) or not isinstance(error, AnymailAPIError):
        return CarrierError(f"{provider} refused the mail: {_line(error)}", permanent=True)
    status = getattr(error, "status_code", None)
    if status is None:
        return CarrierError(
            f"{provider} could not be reached: {_line(error.__cause__ or error)}",
            permanent=False,
            of_carrier=True,
        )
    return _answered(provider, status, _said(error))


def _answered(provider: str, status: int, said: str) -> CarrierError:
    """Return the error of an answer that is none of success."""
    told = f"{provider} answered {status}: {said}"
    if is_passing(status) or status < FIRST_REFUSAL:
        return CarrierError(told, permanent=False, of_carrier=True)
    if status in ACCOUNT:
        return CarrierError(
            f"{told}; check secret, sender and address of the channel",
            permanent=False,
            of_carrier=True,
        )
    return CarrierError(told, permanent=status != CONFLICT)


def _said(error: AnymailError) -> str:
    """Return what the provider answered, on one line and not more than a line."""
    response = error.response
    text = "" if response is None else response.text
    return " ".join(text.split())[:300] or "no reason given"


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
