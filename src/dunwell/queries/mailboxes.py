"""Mailboxes as pages, the API and the job that empties them see them."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Exists, OuterRef

from dunwell.models import Company, Mailbox
from dunwell.queries.link_tokens import link_token, signing_secret

SIGNED = "mailbox-secret"
PURPOSE = "mailbox"
Kind = Mailbox.Kind

DOWN_AFTER = 3
"""Looks in a row that failed, after which people are told on every page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxRow:
    """A mailbox, how the last look went, and how much came in by it."""

    id: int
    kind: str
    kind_label: str
    name: str
    address: str
    host: str
    port: int
    is_encrypted: bool
    user: str
    secret_name: str
    has_secret: bool
    folder: str
    move_to: str
    is_active: bool
    messages: int
    looked_at: datetime | None
    failures: int
    error: str
    version: int


def mailbox_rows(company: Company) -> tuple[MailboxRow, ...]:
    """Return the mailboxes of a company by name, those switched off last."""
    found = Mailbox.objects.filter(company=company).annotate(messages_in=Count("messages"))
    return tuple(mailbox_row(one) for one in found.order_by("-is_active", "name"))


def mailbox_row(mailbox: Mailbox) -> MailboxRow:
    """Return a mailbox as a row; `messages` counts only where the query did."""
    return MailboxRow(
        id=mailbox.pk,
        kind=mailbox.kind,
        kind_label=str(Kind(mailbox.kind).label),
        name=mailbox.name,
        address=mailbox.address,
        host=mailbox.host,
        port=mailbox.port,
        is_encrypted=mailbox.is_encrypted,
        user=mailbox.user,
        secret_name=mailbox.secret_name,
        has_secret=bool(mailbox_password(mailbox)),
        folder=mailbox.folder,
        move_to=mailbox.move_to,
        is_active=mailbox.is_active,
        messages=getattr(mailbox, "messages_in", 0),
        looked_at=mailbox.looked_at,
        failures=mailbox.failures,
        error=mailbox.error,
        version=mailbox.version,
    )


def has_mailbox_down() -> Exists:
    """Return the condition on companies one of whose mailboxes cannot be read; part of a query."""
    return Exists(
        Mailbox.objects.filter(company=OuterRef("pk"), is_active=True, failures__gte=DOWN_AFTER)
    )


def has_imap(company: Company) -> bool:
    """Return whether there is a mailbox that somebody has to look into."""
    return Mailbox.objects.filter(company=company, kind=Kind.IMAP, is_active=True).exists()


def mailbox_password(mailbox: Mailbox) -> str:
    """Return the password of a mailbox from the environment; empty for none."""
    return str(settings.MAILBOX_SECRETS.get(mailbox.secret_name, ""))


def mailbox_token(mailbox: Mailbox) -> str:
    """Return the token in the address mail is posted to; a new nonce ends it."""
    return link_token(PURPOSE, mailbox.pk, mailbox.nonce)


def mailbox_secret(mailbox: Mailbox) -> str:
    """Return what posts to a mailbox are signed with: computed, never stored."""
    return signing_secret(SIGNED, mailbox.pk, mailbox.nonce)


def posted_mailbox(mailbox_id: int, token: str) -> Mailbox | None:
    """Return the mailbox an address belongs to, None for any other token."""
    found = Mailbox.objects.select_related("company").filter(
        pk=mailbox_id, kind=Kind.WEBHOOK, is_active=True
    )
    mailbox = found.first()
    if mailbox is None or not hmac.compare_digest(
        mailbox_token(mailbox).encode(), token.encode("utf-8", "replace")
    ):
        return None
    return mailbox
