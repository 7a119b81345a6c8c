"""How messages of a company leave: one call, whoever carries them.

A company that is testing reaches the file outbox alone, whatever its channels say.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.urls import reverse

from dunwell.connectors.message_http import GatewayLine
from dunwell.connectors.outbox_files import write_eml
from dunwell.connectors.smtp import IMPLICIT_TLS_PORT, MailLine, MailServer, mail_line
from dunwell.formats.hand_overs import CarrierError, HandedOver
from dunwell.formats.mail import Mail, write_mail
from dunwell.formats.message_gateways import Gateway, ShortText
from dunwell.jobs.mail_providers import PROVIDERS, ProviderLine, provider_line
from dunwell.models import Channel, Company
from dunwell.queries.channel_carriers import OVER_HTTP
from dunwell.queries.link_tokens import DELIVERY_REPORT, link_token

HandOver = Callable[[Mail, datetime], HandedOver]
"""Gives a message away; raises MailFormError, CarrierError, or OSError of the file outbox."""

SMTP = "smtp"


@contextmanager
def carrier(company: Company, kind: str) -> Iterator[HandOver]:
    """Yield how messages of a kind (email, sms ...) leave; a line is opened when it is used.

    Without a channel of its own e-mail goes by the server of the settings.
    """
    channel = Channel.objects.filter(company=company, kind=kind, is_active=True).first()
    with carrier_of(company, kind, channel) as hand_over:
        yield hand_over


@contextmanager
def carrier_of(company: Company, kind: str, channel: Channel | None) -> Iterator[HandOver]:
    """Yield how messages leave by a channel, None for the one of the settings."""
    if company.sending == Company.Sending.TEST:
        yield _files(company, kind)
        return
    with ExitStack() as opened:
        if channel is not None and channel.provider == Channel.Kind.PORTAL:
            yield _noticed
        elif channel is not None and channel.provider in OVER_HTTP:
            yield _by_gateway(channel)
        elif channel is not None and channel.provider in PROVIDERS:
            yield _by_provider(channel, opened)
        elif kind == Channel.Kind.EMAIL:
            yield _by_server(channel, opened)
        else:
            raise CarrierError(
                f"Nobody carries {kind} for {company.name}; set up a channel for it",
                permanent=False,
                of_carrier=True,
            )


def secret_of(channel: Channel) -> str:
    """Return the secret of a channel; raise CarrierError where its variable is not set."""
    secret = settings.CHANNEL_SECRETS.get(channel.secret_name, "")
    if channel.secret_name and not secret:
        raise CarrierError(
            f"The environment variable {channel.secret_name} is not set. Set it and start the "
            "server again",
            permanent=False,
            of_carrier=True,
        )
    return str(secret)


def mail_server(channel: Channel | None) -> MailServer:
    """Return the mail server of a channel, or of the settings where it names none."""
    if channel is None or not channel.address:
        return MailServer(
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            user=settings.EMAIL_HOST_USER,
            password=settings.EMAIL_HOST_PASSWORD,
            use_tls=settings.EMAIL_USE_TLS,
            is_implicit=settings.EMAIL_USE_SSL
            or (settings.EMAIL_USE_TLS and settings.EMAIL_PORT == IMPLICIT_TLS_PORT),
            root_certificate=settings.MAIL_ROOT_CERTIFICATE,
        )
    host, _, port = channel.address.rpartition(":")
    return MailServer(
        host=host,
        port=int(port),
        user=str(channel.settings.get("user", "")),
        password=secret_of(channel),
        use_tls=(use_tls := bool(channel.settings.get("use_tls", True))),
        is_implicit=use_tls and int(port) == IMPLICIT_TLS_PORT,
        root_certificate=settings.MAIL_ROOT_CERTIFICATE,
    )


def _files(company: Company, kind: str) -> HandOver:
    folder = settings.DATA_DIR / "outbox" / str(company.pk)
    is_mail = kind in {Channel.Kind.EMAIL, Channel.Kind.PORTAL}

    def to_file(mail: Mail, at: datetime) -> HandedOver:
        data = write_mail(mail, at=at) if is_mail else _text_file(mail)
        suffix = ".eml" if is_mail else ".txt"
        path = write_eml(folder, data, message_id=mail.message_id, suffix=suffix)
        return HandedOver(place=f"file {path.name}", provider="file", is_repeat_safe=True)

    return to_file


def _text_file(mail: Mail) -> bytes:
    return f"To: {mail.to}\n\n{mail.body}\n".encode()


def _noticed(mail: Mail, at: datetime) -> HandedOver:  # noqa: ARG001  as the others are called
    """Take a notice that the customer finds in the portal: it is there once it is written."""
    return HandedOver(place="portal", provider="portal", is_repeat_safe=True)


def _by_server(channel: Channel | None, opened: ExitStack) -> HandOver:
    lines: list[tuple[MailServer, MailLine]] = []

    def to_server(mail: Mail, at: datetime) -> HandedOver:
        sent = write_mail(_as(mail, channel), at=at)
        if not lines:
            server = mail_server(channel)
            lines.append((server, opened.enter_context(mail_line(server))))
        server, line = lines[0]
        sender = channel.sender if channel is not None else ""
        line.send(sent, sender=sender or settings.DEFAULT_FROM_EMAIL, to=mail.to)
        return HandedOver(
            place=f"{server.host}:{server.port}",
            provider=SMTP,
            cost_micros=(channel.cost_micros or None) if channel else None,
            cost_currency=channel.cost_currency if channel and channel.cost_micros else "",
        )

    return to_server


def _as(mail: Mail, channel: Channel | None) -> Mail:
    """Return a mail with the address of the channel as its sender, where it has one."""
    if channel is None or not channel.sender:
        return mail
    name, _ = parseaddr(mail.sender)
    return replace(mail, sender=formataddr((name, channel.sender)))


def _by_provider(channel: Channel, opened: ExitStack) -> HandOver:
    lines: list[ProviderLine] = []

    def to_provider(mail: Mail, at: datetime) -> HandedOver:
        sent = _as(mail, channel)
        write_mail(sent, at=at)  # what cannot be written as a mail is refused alike everywhere
        if not lines:
            line = provider_line(channel, secret=secret_of(channel))
            lines.append(opened.enter_context(line))
        return lines[0].send(sent)

    return to_provider


def _by_gateway(channel: Channel) -> HandOver:
    def to_gateway(mail: Mail, at: datetime) -> HandedOver:  # noqa: ARG001  as the others are called
        line = GatewayLine(gateway=_gateway(channel), address=channel.address)
        return line.send(
            ShortText(
                message_id=mail.message_id, to=mail.to, text=mail.body, language=mail.language
            )
        )

    return to_gateway


def report_address(channel: Channel) -> str:
    """Return where the provider of a channel reports to, "" where our own address is not known."""
    site = str(channel.settings.get("site") or settings.SITE).rstrip("/")
    token = link_token(DELIVERY_REPORT, channel.pk, channel.nonce)
    return f"{site}{reverse('delivery-report', args=[channel.pk, token])}" if site else ""


def _gateway(channel: Channel) -> Gateway:
    return Gateway(
        name=channel.provider,
        dialect=channel.provider,
        sender=channel.sender,
        account=str(channel.settings.get("account", "")),
        secret=secret_of(channel),
        template=str(channel.settings.get("template", "")),
        report_url=report_address(channel),
        cost_micros=channel.cost_micros,
        cost_currency=channel.cost_currency,
    )
