"""Mailboxes: their settings are checked, changed by one at a time, and hold no password."""

import pytest

from dunwell.actions.gate import Forbidden, Refused, Stale, system
from dunwell.actions.mailboxes import (
    add_mailbox,
    edit_mailbox,
    note_failed,
    note_fetched,
    renew_mailbox_secret,
)
from dunwell.models import Mailbox
from dunwell.queries.mailboxes import mailbox_secret, mailbox_token, posted_mailbox
from tests.actions.desk import acting, last_event, verbs
from tests.actions.mail_rows import imap_box, mailbox
from tests.conftest import AT

IMAP = {
    "name": "Desk",
    "kind": "imap",
    "host": "IMAP.example.com",
    "user": "desk",
    "secret_name": "DUNWELL_MAILBOX_DESK",
}


def test_a_mailbox_is_added_and_told_without_a_password(company, admin):
    box = add_mailbox(actor=acting(admin), at=AT, **IMAP)
    assert (box.host, box.port, box.folder, box.is_encrypted) == (
        "imap.example.com", 993, "INBOX", True,
    )  # fmt: skip
    verb, actor, _, data = last_event(company)
    assert (verb, actor, data["secret_name"]) == ("mailbox.added", "ada", "DUNWELL_MAILBOX_DESK")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "Give the mailbox a name"),
        ({"kind": "pop3"}, "no kind pop3"),
        ({"host": ""}, "Name the IMAP server"),
        ({"host": "imap.example.com/x"}, "is no server"),
        ({"port": 0}, "The port must lie"),
        ({"is_encrypted": False}, "must be reached encrypted"),
        ({"secret_name": ""}, "Name the environment variable"),
        ({"secret_name": "DUNWELL_SECRET_KEY"}, "DUNWELL_MAILBOX_"),
        ({"user": ""}, "Name the user"),
        ({"folder": "INBOX\r\nA1 DELETE x"}, "one line"),
        ({"address": "nobody"}, "not an e-mail address"),
    ],
)
def test_what_does_not_fit_is_refused(company, changes, said):
    with pytest.raises(Refused, match=said):
        add_mailbox(actor=system(company), at=AT, **{**IMAP, **changes})
    assert Mailbox.objects.count() == 0


def test_a_name_is_taken_once(company):
    mailbox(company)
    with pytest.raises(Refused, match="named Desk already"):
        mailbox(company)


def test_another_folder_is_read_from_its_beginning_and_only_by_who_saw_the_latest(company):
    actor, box = system(company), imap_box(company, 993)
    note_fetched(actor=actor, mailbox=box, uid_validity=1, last_uid=9, at=AT)
    values = {
        "name": "Desk", "host": box.host, "is_encrypted": False, "user": box.user,
        "secret_name": box.secret_name, "is_active": True, "at": AT,
    }  # fmt: skip
    same = edit_mailbox(actor=actor, mailbox=box, version=1, **values)
    assert (same.version, same.last_uid) == (1, 9)
    changed = edit_mailbox(actor=actor, mailbox=box, version=1, **{**values, "folder": "AR"})
    assert (changed.version, changed.folder, changed.last_uid, changed.uid_validity) == (
        2,
        "AR",
        0,
        0,
    )
    with pytest.raises(Stale):
        edit_mailbox(actor=actor, mailbox=box, version=1, **values)
    # a run that read the folder before must not set the place of the new one
    note_fetched(actor=actor, mailbox=box, uid_validity=1, last_uid=12, at=AT)
    assert Mailbox.objects.get().last_uid == 0


def test_the_place_never_goes_back_but_with_a_new_folder(company):
    actor, box = system(company), imap_box(company, 993)
    for validity, uid in ((1, 9), (1, 4), (2, 3)):
        note_fetched(actor=actor, mailbox=box, uid_validity=validity, last_uid=uid, at=AT)
    box.refresh_from_db()
    assert (box.uid_validity, box.last_uid) == (2, 3)


def test_a_failure_is_told_once_until_it_is_over(company):
    actor, box = system(company), imap_box(company, 993)
    for _ in range(3):
        note_failed(actor=actor, mailbox=box, error="down\0 now", at=AT)
    box.refresh_from_db()
    assert (box.failures, box.error, box.looked_at) == (3, "down now", AT)
    note_fetched(actor=actor, mailbox=box, uid_validity=1, last_uid=1, at=AT)
    assert verbs(company) == ["mailbox.added", "mailbox.failed", "mailbox.recovered"]


def test_an_address_is_of_one_webhook_and_a_new_one_ends_it(company):
    box = mailbox(company, kind="webhook")
    secret, token = mailbox_secret(box), mailbox_token(box)
    assert posted_mailbox(box.pk, token) == box
    renewed = renew_mailbox_secret(actor=system(company), mailbox=box, at=AT)
    assert (posted_mailbox(box.pk, token), mailbox_secret(renewed) == secret) == (None, False)
    with pytest.raises(Refused, match="no webhook"):
        renew_mailbox_secret(actor=system(company), mailbox=mailbox(company, name="x"), at=AT)


def test_only_an_admin_may_and_only_of_his_company(company, manager, rival):
    with pytest.raises(Forbidden):
        add_mailbox(actor=acting(manager), at=AT, **IMAP)
    box = mailbox(company, kind="webhook")
    with pytest.raises(Refused, match="another company"):
        renew_mailbox_secret(actor=acting(rival), mailbox=box, at=AT)
