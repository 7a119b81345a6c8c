"""Mailboxes: places mail of customers arrives at, and how looking into them goes."""

import re
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, own
from dunwell.actions.texts import fitting, needed, unused_name
from dunwell.formats.redaction import redacted
from dunwell.models import Company, Mailbox
from dunwell.queries.link_tokens import fresh_nonce

SECRET_NAME = re.compile(r"DUNWELL_MAILBOX_[A-Z0-9_]{1,60}")
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,198}[A-Za-z0-9])?")
LOOPBACK = frozenset({"localhost", "127.0.0.1"})
MOST_MAILBOXES = 50
LAST_PORT = 65_535
Kind = Mailbox.Kind


@transaction.atomic
def add_mailbox(
    *,
    actor: Actor,
    name: str,
    kind: str,
    address: str = "",
    host: str = "",
    port: int = 993,
    is_encrypted: bool = True,
    user: str = "",
    secret_name: str = "",
    folder: str = "INBOX",
    move_to: str = "",
    at: datetime,
) -> Mailbox:
    """Add a mailbox; of an IMAP server only what comes from now on and what lies there is read.

    The password is the environment variable `secret_name` (DUNWELL_MAILBOX_...). Raises Refused
    for a name that is taken, too many, and a server, address or variable of another form.
    """
    actor.require("mailbox.edit")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if Mailbox.objects.filter(company=actor.company).count() >= MOST_MAILBOXES:
        raise Refused(f"There are {MOST_MAILBOXES} mailboxes; no more are kept.")
    fields = {
        "name": _name(actor.company, name),
        "kind": kind,
        **_fields(
            kind=kind,
            address=address,
            host=host,
            port=port,
            is_encrypted=is_encrypted,
            user=user,
            secret_name=secret_name,
            folder=folder,
            move_to=move_to,
        ),
    }
    mailbox = Mailbox.objects.create(
        company=actor.company, nonce=fresh_nonce(), by=actor.name, recorded_at=at, **fields
    )
    record_event(actor, "mailbox.added", mailbox, at=at, **fields)
    return mailbox


@transaction.atomic
def edit_mailbox(
    *,
    actor: Actor,
    mailbox: Mailbox,
    version: int,
    name: str,
    address: str = "",
    host: str = "",
    port: int = 993,
    is_encrypted: bool = True,
    user: str = "",
    secret_name: str = "",
    folder: str = "INBOX",
    move_to: str = "",
    is_active: bool,
    at: datetime,
) -> Mailbox:
    """Change a mailbox; another server, user or folder is read from its beginning.

    Raises Stale when somebody changed it since `version`, Refused as `add_mailbox` does.
    """
    actor.require("mailbox.edit")
    own(actor, mailbox, "mailbox")
    found = Mailbox.objects.select_for_update(no_key=True).get(pk=mailbox.pk)
    if found.version != version:
        raise Stale(f"Somebody else has changed {found.name} meanwhile; load the page again.")
    fields: dict[str, Any] = {
        "name": _name(actor.company, name, besides=found),
        "is_active": is_active,
        **_fields(
            kind=found.kind,
            address=address,
            host=host,
            port=port,
            is_encrypted=is_encrypted,
            user=user,
            secret_name=secret_name,
            folder=folder,
            move_to=move_to,
        ),
    }
    changed = {
        name: [getattr(found, name), value]
        for name, value in fields.items()
        if getattr(found, name) != value
    }
    if not changed:
        return found
    anew: dict[str, Any] = {"failures": 0, "error": ""}
    if changed.keys() & {"host", "port", "user", "folder"}:
        anew |= {"uid_validity": 0, "last_uid": 0}
    Mailbox.objects.filter(pk=found.pk).update(**fields, **anew, version=found.version + 1)
    record_event(actor, "mailbox.edited", found, at=at, name=fields["name"], changed=changed)
    return Mailbox.objects.get(pk=found.pk)


@transaction.atomic
def renew_mailbox_secret(*, actor: Actor, mailbox: Mailbox, at: datetime) -> Mailbox:
    """Give a webhook mailbox a new address and secret; those before stop working at once.

    Raises Refused for a mailbox of another kind.
    """
    actor.require("mailbox.edit")
    own(actor, mailbox, "mailbox")
    found = Mailbox.objects.select_for_update(no_key=True).get(pk=mailbox.pk)
    if found.kind != Kind.WEBHOOK:
        raise Refused(f"{found.name} is no webhook; it has no secret of ours.")
    found.nonce, found.version = fresh_nonce(), found.version + 1
    found.save(update_fields=["nonce", "version"])
    record_event(actor, "mailbox.renewed", found, at=at, name=found.name)
    return found


@transaction.atomic
def note_fetched(
    *, actor: Actor, mailbox: Mailbox, uid_validity: int, last_uid: int, at: datetime
) -> None:
    """Note up to where a mailbox was read; a folder that was made anew begins at its first mail.

    Two that read at once may note it in any order: the place never goes back.
    """
    actor.require("mailbox.edit")
    own(actor, mailbox, "mailbox")
    found = Mailbox.objects.select_for_update(no_key=True).get(pk=mailbox.pk)
    if (found.host, found.user, found.folder) != (mailbox.host, mailbox.user, mailbox.folder):
        return
    is_same = found.uid_validity == uid_validity
    had_failed = found.failures > 0
    found.last_uid = max(found.last_uid, last_uid) if is_same else last_uid
    found.uid_validity, found.looked_at, found.failures, found.error = uid_validity, at, 0, ""
    found.save(update_fields=["last_uid", "uid_validity", "looked_at", "failures", "error"])
    if had_failed:
        record_event(actor, "mailbox.recovered", found, at=at, name=found.name)


@transaction.atomic
def note_failed(*, actor: Actor, mailbox: Mailbox, error: str, at: datetime) -> None:
    """Note that a mailbox could not be read and why; only the first of a row is an event."""
    actor.require("mailbox.edit")
    own(actor, mailbox, "mailbox")
    told = " ".join(error.replace("\0", "").split())[:500]
    Mailbox.objects.filter(pk=mailbox.pk).update(
        failures=F("failures") + 1, error=told, looked_at=at
    )
    found = Mailbox.objects.get(pk=mailbox.pk)
    if found.failures == 1:
        record_event(actor, "mailbox.failed", found, at=at, name=found.name, error=redacted(told))


def _name(company: Company, name: str, *, besides: Mailbox | None = None) -> str:
    mailboxes = Mailbox.objects.filter(company=company)
    return unused_name(mailboxes, name=name, what="a mailbox", besides=besides)


def _fields(
    *,
    kind: str,
    address: str,
    host: str,
    port: int,
    is_encrypted: bool,
    user: str,
    secret_name: str,
    folder: str,
    move_to: str,
) -> dict[str, Any]:
    """Return the settings of a mailbox, or raise Refused with what is wrong."""
    if kind not in Kind.values:
        raise Refused(f"There is no kind {kind}; use {', '.join(Kind.values)}.")
    told = fitting(text=address, most=254, what="address").lower()
    if told:
        try:
            validate_email(told)
        except ValidationError as error:
            raise Refused(f"{told} is not an e-mail address.") from error
    if kind != Kind.IMAP:
        return {"address": told}
    for told_text in (user, folder, move_to):
        # a line end would be a command of its own to the server
        if not told_text.isprintable():
            raise Refused("User and folders are one line of letters that can be seen.")
    server = _host(host, port, is_encrypted=is_encrypted)
    secret = _secret(secret_name)
    return {
        "address": told,
        "host": server,
        "port": port,
        "is_encrypted": is_encrypted,
        "user": needed(text=user, most=200, what="user", missing="Name the user."),
        "secret_name": secret,
        "folder": fitting(text=folder, most=200, what="folder") or "INBOX",
        "move_to": fitting(text=move_to, most=200, what="folder"),
    }


def _host(host: str, port: int, *, is_encrypted: bool) -> str:
    server = needed(text=host, most=200, what="server", missing="Name the IMAP server.").lower()
    if not HOST.fullmatch(server):
        raise Refused(f"{server} is no server; give a name alone, such as imap.example.com.")
    if not 1 <= port <= LAST_PORT:
        raise Refused(f"The port must lie between 1 and {LAST_PORT}; IMAP with TLS is 993.")
    # a password in the clear would be read by whoever carries it
    if not is_encrypted and server not in LOOPBACK:
        raise Refused(f"{server} must be reached encrypted; only this machine itself need not be.")
    return server


def _secret(secret_name: str) -> str:
    secret = needed(
        text=secret_name,
        most=80,
        what="name of the variable",
        missing="Name the environment variable with the password.",
    )
    # no other variable: a server of somebody's choice would be sent any secret of ours
    if not SECRET_NAME.fullmatch(secret):
        raise Refused(
            "Name the environment variable with the password: DUNWELL_MAILBOX_ and capital "
            "letters, digits or _."
        )
    return secret
