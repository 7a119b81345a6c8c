"""Fetching mail: every mail once, whatever fails or runs twice; against servers on loopback."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dunwell.actions.gate import Refused
from dunwell.jobs import fetch_mail as job
from dunwell.jobs.fetch_mail import (
    Fetched,
    begin_fetching,
    fetch_mail,
    fetch_progress,
    unread_mails,
)
from dunwell.models import Event, InboundAttachment, InboundMessage, Mailbox
from dunwell.queries.companies import companies_of
from dunwell.queries.mailboxes import mailbox_rows
from tests.actions.mail_rows import imap_box, letter
from tests.conftest import AT
from tests.connectors.clamd_server import EICAR, clamd
from tests.connectors.imap_server import imap_server

LATER = AT + timedelta(minutes=5)


@pytest.fixture
def account(settings):
    with imap_server() as found:
        settings.MAILBOX_SECRETS = {"DUNWELL_MAILBOX_DESK": found.password}
        settings.CLAMAV_ADDRESS = ""
        yield found


@pytest.fixture
def box(company, account):
    return imap_box(company, account.port)


def put(account, *numbers, **fields):
    for number in numbers:
        account.put(
            letter(f"Mail {number}", subject=f"S{number}", message_id=f"<{number}@x>", **fields)
        )


def place(box):
    box.refresh_from_db()
    return box.uid_validity, box.last_uid, box.failures, box.error


def failing(company):
    return tuple(row.name for row in mailbox_rows(company) if row.failures)


def test_new_mails_are_taken_in_once_and_the_place_is_noted(company, account, box):
    put(account, 1, 2)
    assert fetch_mail(company.pk, at=AT) == Fetched(messages=2, mailboxes=1)
    put(account, 3)
    assert fetch_mail(company.pk, at=LATER) == Fetched(messages=1, mailboxes=1)
    assert fetch_mail(company.pk, at=LATER) == Fetched(messages=0, mailboxes=1)
    assert list(InboundMessage.objects.order_by("id").values_list("text", "mailbox")) == [
        (f"Mail {number}", box.pk) for number in (1, 2, 3)
    ]
    assert place(box) == (100, 3, 0, "")


def test_a_folder_that_was_made_anew_is_read_again_and_adds_nothing(company, account, box):
    put(account, 1, 2)
    fetch_mail(company.pk, at=AT)
    account.renew()
    put(account, 3)
    assert fetch_mail(company.pk, at=LATER).messages == 1
    assert place(box) == (101, 3, 0, "")


def test_a_run_that_died_after_keeping_is_finished_by_the_next(company, account, box):
    put(account, 1, 2)
    fetch_mail(company.pk, at=AT)
    Mailbox.objects.filter(pk=box.pk).update(last_uid=0)
    assert fetch_mail(company.pk, at=LATER).messages == 0
    assert (InboundMessage.objects.count(), place(box)[1]) == (2, 2)


def test_a_server_that_is_down_is_told_and_stops_no_other(company, account, box, settings):
    down = imap_box(company, 1, name="A down one")
    put(account, 1)
    for failures in (1, 2):
        fetched = fetch_mail(company.pk, at=AT)
        assert [name for name, _ in fetched.errors] == ["A down one"]
        assert place(down)[2] == failures
    assert InboundMessage.objects.count() == 1
    assert failing(company) == ("A down one",)
    assert Event.objects.filter(verb="mailbox.failed").count() == 1
    Mailbox.objects.filter(pk=down.pk).update(port=account.port)
    fetch_mail(company.pk, at=LATER)
    assert (failing(company), place(down)[2:]) == ((), (0, ""))
    assert Event.objects.filter(verb="mailbox.recovered").count() == 1


def test_a_wrong_password_and_one_that_is_not_set_are_said(company, account, box, settings):
    settings.MAILBOX_SECRETS = {"DUNWELL_MAILBOX_DESK": "wrong"}
    fetch_mail(company.pk, at=AT)
    assert "refused the sign-in of desk@seller.example" in place(box)[3]
    settings.MAILBOX_SECRETS = {}
    fetch_mail(company.pk, at=AT)
    assert place(box)[3] == "The variable DUNWELL_MAILBOX_DESK holds no password on this server."


def test_a_server_that_hangs_up_in_the_middle_loses_nothing(company, account, box, monkeypatch):
    monkeypatch.setattr(job, "AT_ONCE", 2)
    put(account, 1, 2, 3)
    account.fails_at = "UID FETCH"
    fetch_mail(company.pk, at=AT)
    assert place(box)[1:3] == (0, 1)
    account.fails_at = ""
    assert fetch_mail(company.pk, at=AT).messages == 3


def test_mails_are_moved_only_after_they_are_kept(company, account):
    account.folders["Read"] = {}
    imap_box(company, account.port, move_to="Read")
    put(account, 1)
    fetch_mail(company.pk, at=AT)
    assert [len(account.folders[name]) for name in ("INBOX", "Read")] == [0, 1]
    assert InboundMessage.objects.count() == 1


def test_without_a_folder_for_it_nothing_is_moved_marked_or_deleted(company, account, box):
    put(account, 1)
    before = dict(account.folders["INBOX"])
    fetch_mail(company.pk, at=AT)
    assert account.folders["INBOX"] == before
    assert {"SELECT", "UID STORE", "UID MOVE", "EXPUNGE"}.isdisjoint(account.commands)


def test_a_mailbox_that_is_switched_off_is_left_alone(company, account, box):
    Mailbox.objects.filter(pk=box.pk).update(is_active=False)
    assert fetch_mail(company.pk, at=AT) == Fetched()
    assert account.commands == []


def test_testing_a_mailbox_tells_how_many_wait_and_reads_none(company, account, box):
    put(account, 1, 2)
    assert unread_mails(box) == 2
    assert (InboundMessage.objects.count(), place(box)) == (0, (0, 0, 0, ""))
    account.password = "other"
    with pytest.raises(Refused, match="refused the sign-in"):
        unread_mails(box)


def test_files_are_scanned_once_and_a_virus_is_blocked(company, account, box, settings):
    put(account, 1, files=[("good.txt", b"hello"), ("bad.txt", EICAR)])
    with clamd() as scanner:
        settings.CLAMAV_ADDRESS = scanner.address
        fetch_mail(company.pk, at=AT)
        fetch_mail(company.pk, at=LATER)
    assert len(scanner.scanned) == 2
    assert list(InboundAttachment.objects.order_by("id").values_list("verdict", "finding")) == [
        ("clean", ""), ("blocked", "The virus scanner found Eicar-Test."),
    ]  # fmt: skip


def test_a_scanner_that_is_down_leaves_files_unscanned(company, account, box, settings):
    put(account, 1, files=[("good.txt", b"hello")])
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    assert fetch_mail(company.pk, at=AT).messages == 1
    assert InboundAttachment.objects.get().verdict == "unscanned"


def test_a_page_begins_a_run_and_sees_how_it_ended(company, account, box):
    put(account, 1)
    begin_fetching(company.pk, at=AT)
    found = fetch_progress(company.pk)
    assert (found.is_running, found.fetched) == (False, Fetched(messages=1, mailboxes=1))


def test_the_command_prints_what_came_and_fails_with_a_mailbox(company, account, box):
    put(account, 1)
    out = StringIO()
    call_command("fetch_mail", company.name, stdout=out)
    assert out.getvalue() == "Northwind: 1 new message from 1 mailbox\n"
    account.password = "other"
    with pytest.raises(CommandError, match="1 mailbox could not be read"):
        call_command("fetch_mail", stdout=out)
    with pytest.raises(CommandError, match="no company named Nobody"):
        call_command("fetch_mail", "Nobody", stdout=out)


@pytest.mark.release
def test_ten_thousand_mails_are_taken_in_by_batches(company, account, box):
    put(account, *range(10_000))
    notes = []
    fetched = fetch_mail(
        company.pk, at=AT, note=lambda name, done, total: notes.append((done, total))
    )
    assert (fetched.messages, notes[-1], len(notes)) == (10_000, (10_000, 10_000), 200)


def test_every_page_tells_of_a_mailbox_that_failed_three_times(company, manager):
    box = Mailbox.objects.create(
        company=company, kind="imap", name="Down", host="127.0.0.1", nonce="n", by="ada",
        recorded_at=AT,
    )  # fmt: skip
    told = []
    for failures in (2, 3):
        Mailbox.objects.filter(pk=box.pk).update(failures=failures)
        told.append(companies_of(manager)[0].has_mailbox_down)

    assert told == [False, True]
