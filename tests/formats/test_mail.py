"""Messages as e-mails: nothing in a row can add a header or another recipient."""

from datetime import UTC, datetime

import pytest

from dunwell.formats.mail import Mail, MailFormError, write_mail

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)


def mail(**changes):
    stated = {
        "message_id": "<1@dunwell>",
        "sender": "credit@northwind.example",
        "to": "pay@acme.example",
        "subject": "Reminder",
        "body": "Text",
        "language": "en",
        **changes,
    }
    return Mail(**stated)


def test_the_same_row_gives_the_same_bytes():
    assert write_mail(mail(), at=AT) == write_mail(mail(), at=AT)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"subject": "a\r\nBcc: x@y.example"}, "Subject holds a line break"),
        ({"to": "a@b.example\nBcc: x@y.example"}, "To holds a line break"),
        ({"reply_to": "a@b.example\rX: y"}, "Reply-To holds a line break"),
        ({"to": ""}, "To '' is not an address"),
        ({"to": "nobody"}, "To 'nobody' is not an address"),
    ],
)
def test_what_cannot_be_a_header_is_refused_with_its_name(changes, text):
    with pytest.raises(MailFormError) as caught:
        write_mail(mail(**changes), at=AT)
    assert str(caught.value).startswith(text)


def test_a_long_subject_in_any_script_survives():
    from email import message_from_bytes, policy

    subject = "Zahlungserinnerung für Größe & Söhne, 日本," * 4
    found = message_from_bytes(write_mail(mail(subject=subject), at=AT), policy=policy.default)
    assert str(found["Subject"]) == subject
