"""Files of mails, and when a mail reached us."""

from datetime import UTC, datetime

import pytest

from dunwell.formats.mailbox_files import MailboxFileError, read_mailbox_file, received_at
from tests.formats.mail_builders import mail

AT = datetime(2026, 5, 5, tzinfo=UTC)


def test_a_file_of_many_is_taken_apart_and_escaped_lines_come_back():
    one, two = b"Subject: 1\n\n>From here\n>>From there\n", b"Subject: 2\n\nFrom me to you\n"
    box = (
        b"From a@b Mon May  4 10:15:00 2026\n"
        + one
        + b"\nFrom MAILER-DAEMON Mon May  4 10:16:00 2026\n"
        + two
    )
    assert read_mailbox_file(box) == (b"Subject: 1\n\nFrom here\n>From there\n", two)


def test_one_mail_is_itself():
    data = mail("x")
    assert read_mailbox_file(data) == (data,)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"From x", "holds no mail"),
        (b"hello", "holds no mail"),
        (b"From a Mon May  4 10:15:00 2026\n\n" * 1_001, "1001 mails"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"\.msg"),
    ],
)
def test_what_holds_no_mails_or_too_many_is_refused(data, said):
    with pytest.raises(MailboxFileError, match=said):
        read_mailbox_file(data)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (
            "Received: from a by b; Mon, 4 May 2026 10:20:00 +0200",
            datetime(2026, 5, 4, 8, 20, tzinfo=UTC),
        ),
        ("Received: from a by b; Fri, 8 May 2026 10:20:00 +0200", AT),
        ("Received: from a by b", AT),
        ("Received: from a by b; Mon, 99 May 99999", AT),
        ("X: y", AT),
    ],
)
def test_a_mail_was_received_when_the_last_server_says_and_never_later_than_now(line, at):
    assert received_at(mail("x", more=(line,)), at=AT) == at
