"""Fetching mail of customers: every mailbox is looked into, each mail taken in once.

Safe to run again and at the same time: the place up to which a folder was read is noted only
after its mails are kept, and what is kept already adds nothing.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.conf import settings

from dunwell.actions.gate import Actor, Refused, system
from dunwell.actions.intake import judge_attachment, take_in
from dunwell.actions.mailboxes import note_failed, note_fetched
from dunwell.actions.uploads import upload_path
from dunwell.connectors.imap import FetchedMail, ImapError, ImapFolder, ImapServer, imap_folder
from dunwell.connectors.virus_scanner import ScannerError, VirusScanner
from dunwell.formats.inbound_mail import TOO_LARGE
from dunwell.formats.mailbox_files import received_at
from dunwell.jobs.background import begin
from dunwell.jobs.invoice_responses import take_mailed_responses
from dunwell.jobs.progress import LatestProgress, Progress
from dunwell.jobs.reading import read_new
from dunwell.models import Company, InboundAttachment, InboundMessage, Mailbox
from dunwell.queries.mailboxes import mailbox_password

AT_ONCE = 50
"""Mails between two notes of the place."""
Note = Callable[[str, int, int], None]
"""Told the mailbox, how many mails are done, and of how many."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """What a run did: new messages, mailboxes looked into, and errors by mailbox."""

    messages: int = 0
    mailboxes: int = 0
    errors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchProgress(Progress):
    """How a run that a page began stands."""

    mailbox: str = ""
    done: int = 0
    total: int = 0
    fetched: Fetched = field(default_factory=Fetched)


class _Runs(LatestProgress[FetchProgress]):
    def note(self, company_id: int, mailbox: str, done: int, total: int) -> None:
        """Note which mailbox is looked into, and how many of its mails are done."""
        self._change(company_id, mailbox=mailbox, done=done, total=total)


_progress = _Runs()


def fetch_mail(company_id: int, *, at: datetime, note: Note | None = None) -> Fetched:
    """Look into every IMAP mailbox of a company; a server that is down stops no other.

    Then what came in is scanned for viruses where a scanner is configured.
    """
    company = Company.objects.get(pk=company_id)
    actor = system(company)
    found = Mailbox.objects.filter(company=company, kind=Mailbox.Kind.IMAP, is_active=True)
    boxes = list(found.order_by("id"))
    messages, errors = 0, []
    for box in boxes:
        try:
            messages += _fetch(actor, box, at=at, note=note)
        except ImapError as error:
            log.warning("mailbox could not be read", extra={"mailbox": box.pk})
            note_failed(actor=actor, mailbox=box, error=str(error), at=at)
            errors.append((box.name, str(error)))
    scan_new(company_id, at=at)
    take_mailed_responses(company_id, at=at)
    return Fetched(messages=messages, mailboxes=len(boxes), errors=tuple(errors))


def unread_mails(mailbox: Mailbox) -> int:
    """Return how many mails lie in a mailbox that were not read; nothing is read or changed.

    Raises Refused with what the server said.
    """
    try:
        with imap_folder(_server(mailbox)) as folder:
            return len(folder.new_uids(_place(mailbox, folder)))
    except ImapError as error:
        raise Refused(str(error)) from error


def scan_new(company_id: int, *, at: datetime) -> int:
    """Scan the files that were not scanned yet; return how many. None where no scanner is.

    A scanner that fails leaves the rest for the next run.
    """
    if not settings.CLAMAV_ADDRESS:
        return 0
    scanner = VirusScanner(address=settings.CLAMAV_ADDRESS)
    actor = system(Company.objects.get(pk=company_id))
    waiting = InboundAttachment.objects.select_related("inbound").filter(
        inbound__company=company_id, verdict=InboundAttachment.Verdict.UNSCANNED
    )
    scanned = 0
    for attachment in waiting.order_by("id").iterator():
        try:
            name = scanner.scan(upload_path(attachment.sha256).read_bytes())
        except ScannerError as error:
            log.warning("virus scanner failed", extra={"reason": str(error)})
            break
        except FileNotFoundError:
            log.warning("file of a message is gone", extra={"attachment": attachment.pk})
            continue
        finding = f"The virus scanner found {name}." if name else ""
        judge_attachment(actor=actor, attachment=attachment, finding=finding, at=at)
        scanned += 1
    return scanned


def look_after(company_id: int, *, at: datetime) -> None:
    """Do what follows once mails are kept: scan files, take answers, read words. Safe to rerun."""
    scan_new(company_id, at=at)
    take_mailed_responses(company_id, at=at)
    read_new(company_id)


def begin_looking_after(company_id: int, *, at: datetime) -> None:
    """Begin what follows in the background."""
    begin(lambda: look_after(company_id, at=at), key=f"inbox-{company_id}")


def begin_fetching(company_id: int, *, at: datetime) -> None:
    """Begin looking into the mailboxes in the background, unless this process is at it."""
    _progress.begin(
        company_id,
        FetchProgress(started_at=at, is_running=True),
        partial(_followed, company_id, at=at),
        key=f"fetch-mail-{company_id}",
    )


def fetch_progress(company_id: int) -> FetchProgress | None:
    """Return how the latest run begun by a page of this process stands."""
    return _progress.latest(company_id)


def _followed(company_id: int, *, at: datetime) -> None:
    fetched = Fetched(errors=(("", "It stopped; look again."),))
    try:
        fetched = fetch_mail(company_id, at=at, note=partial(_progress.note, company_id))
        read_new(company_id)
    finally:
        _progress.end(company_id, fetched=fetched)


def _fetch(actor: Actor, box: Mailbox, *, at: datetime, note: Note | None) -> int:
    """Take in what is new in one mailbox; return how many messages are."""
    new = 0
    with imap_folder(_server(box)) as folder:
        place = _place(box, folder)
        uids = folder.new_uids(place)
        for first in range(0, len(uids), AT_ONCE):
            batch = uids[first : first + AT_ONCE]
            for mail in folder.fetch(batch):
                new += _take_in(actor, box, mail, at=at)
            place = batch[-1]
            note_fetched(
                actor=actor, mailbox=box, uid_validity=folder.uid_validity, last_uid=place, at=at
            )
            folder.move(batch)
            if note is not None:
                note(box.name, min(first + AT_ONCE, len(uids)), len(uids))
        note_fetched(
            actor=actor, mailbox=box, uid_validity=folder.uid_validity, last_uid=place, at=at
        )
    return new


def _take_in(actor: Actor, box: Mailbox, mail: FetchedMail, *, at: datetime) -> bool:
    """Take one mail in; return whether it is new. One that is refused stays on the server."""
    data = mail.data if mail.is_whole else TOO_LARGE + b": 1\r\n" + mail.data
    before = InboundMessage.objects.filter(company=actor.company).order_by("-id").values_list("id")
    newest = before.first()
    try:
        inbound = take_in(
            actor=actor, mailbox=box, data=data, received_at=received_at(data, at=at), at=at
        )
    except Refused as refusal:
        log.warning("mail was refused", extra={"uid": mail.uid, "reason": str(refusal)})
        return False
    return inbound.pk > (newest[0] if newest else 0)


def _place(box: Mailbox, folder: ImapFolder) -> int:
    """Return the number behind which mails are new: none, where the folder was made anew."""
    return box.last_uid if box.uid_validity == folder.uid_validity else 0


def _server(box: Mailbox) -> ImapServer:
    password = mailbox_password(box)
    if not password:
        raise ImapError(f"The variable {box.secret_name} holds no password on this server.")
    return ImapServer(
        host=box.host,
        port=box.port,
        user=box.user,
        password=password,
        folder=box.folder,
        move_to=box.move_to,
        is_encrypted=box.is_encrypted,
        root_certificate=settings.MAIL_ROOT_CERTIFICATE,
    )
