"""Mailboxes: where mail of customers arrives, how the last look went, and mails handed in."""

from typing import Annotated, Any, Literal

from django.urls import reverse
from ninja import File, Router, Schema, Status, UploadedFile
from pydantic import Field

from dunwell.actions.intake import take_in_file
from dunwell.actions.mailboxes import add_mailbox, edit_mailbox, renew_mailbox_secret
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Done, Id, Plain, answers, only_file, own
from dunwell.api.writes import once
from dunwell.jobs.fetch_mail import begin_fetching
from dunwell.models import Mailbox
from dunwell.queries.mailboxes import (
    MailboxRow,
    mailbox_rows,
    mailbox_secret,
    mailbox_token,
)

router = Router(tags=["mailboxes"])

Short = Annotated[Plain, Field(max_length=200)]


class MailboxSettings(Body):
    """Settings of a mailbox; server, user, variable and folders count for IMAP alone.

    `secret_name` names the environment variable with the password, never the password itself.
    """

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    address: Annotated[Plain, Field(max_length=254)] = ""
    host: Short = ""
    port: Annotated[int, Field(ge=1, le=65_535)] = 993
    is_encrypted: bool = True
    user: Short = ""
    secret_name: Annotated[Plain, Field(max_length=80)] = ""
    folder: Short = "INBOX"
    move_to: Short = ""


class MailboxIn(MailboxSettings):
    """A new mailbox."""

    kind: Literal["imap", "webhook", "upload"]


class MailboxChange(MailboxSettings):
    """All settings of a mailbox, and the version they were read in."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    is_active: bool = True


class MailboxSecret(Schema):
    """Where mails are posted to, and what posts are signed with (Standard Webhooks)."""

    id: int
    address: str
    secret: str


class MailsTaken(Schema):
    """How many mails of a file are new, and how many were known."""

    new: int
    known: int


@router.get("/mailboxes", response=answers(list[MailboxRow]))
def list_mailboxes(request: ApiRequest) -> list[MailboxRow]:
    """List the mailboxes with how the last look into each went."""
    request.actor.require("ledger.view")
    return list(mailbox_rows(request.actor.company))


@router.post("/mailboxes", response=answers(Created, 201))
@once
def new_mailbox(request: ApiRequest, body: MailboxIn) -> tuple[int, dict[str, Any]]:
    """Add a mailbox; a webhook gets its address and secret from /mailboxes/{id}/secret."""
    mailbox = add_mailbox(actor=request.actor, at=request.at, **body.dict())
    return 201, {"id": mailbox.pk}


@router.post("/mailboxes/fetch", response=answers(Done))
def fetch_mailboxes(request: ApiRequest) -> Status[Done]:
    """Begin to look into the mailboxes, in the background. No mail is taken in twice: no key."""
    request.actor.require("conversation.edit")
    begin_fetching(request.actor.company.pk, at=request.at)
    return Status(200, Done(changed=1))


@router.put("/mailboxes/{mailbox_id}", response=answers(Done))
@once
def change_mailbox(
    request: ApiRequest, mailbox_id: Id, body: MailboxChange
) -> tuple[int, dict[str, Any]]:
    """Change a mailbox; another server, user or folder is read from its beginning."""
    mailbox = own(Mailbox, request.actor, mailbox_id)
    edit_mailbox(actor=request.actor, mailbox=mailbox, at=request.at, **body.dict())
    return 200, {"changed": 1}


@router.post("/mailboxes/{mailbox_id}/secret", response=answers(MailboxSecret))
def new_mailbox_secret(request: ApiRequest, mailbox_id: Id) -> MailboxSecret:
    """Make a new address and secret. Not repeatable: a kept answer would store the secret."""
    mailbox = own(Mailbox, request.actor, mailbox_id)
    renewed = renew_mailbox_secret(actor=request.actor, mailbox=mailbox, at=request.at)
    path = reverse("inbound-mail", args=[renewed.pk, mailbox_token(renewed)])
    return MailboxSecret(
        id=renewed.pk,
        address=request.build_absolute_uri(path),
        secret=mailbox_secret(renewed),
    )


@router.post("/mails", response=answers(MailsTaken, 201))
@once
def upload_mails(
    request: ApiRequest, files: File[list[UploadedFile]]
) -> tuple[int, dict[str, Any]]:
    """Take in the mails of one file (.eml, .msg or .mbox), all or none; known ones add nothing."""
    new, known = take_in_file(actor=request.actor, mailbox=None, at=request.at, **only_file(files))
    return 201, {"new": new, "known": known}
