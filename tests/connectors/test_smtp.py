"""Handing mail to a real server: taken, refused for good, refused for now, not answered."""

import email
import email.policy
import socket
from datetime import UTC, datetime

import pytest

from dunwell.connectors.smtp import MailError, MailServer, mail_line
from dunwell.formats.mail import Mail, write_mail
from tests.ports import free_port

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
SENDER = "credit@northwind.example"


def mail(**changes):
    stated = {
        "message_id": "<1.2.2026-03-05.email@dunwell>",
        "sender": f"Northwind Größe <{SENDER}>",
        "to": "pay@acme.example",
        "subject": "Freundliche Erinnerung",
        "body": "Bitte zahlen Sie 1.234,50 €.\n",
        "language": "de",
        "reply_to": "anna@northwind.example",
        **changes,
    }
    return write_mail(Mail(**stated), at=AT)


def kept(folder):
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


def test_a_message_arrives_whole_with_the_id_it_was_given(sink):
    port, folder = sink
    with mail_line(MailServer(host="127.0.0.1", port=port)) as line:
        line.send(mail(), sender=SENDER, to="pay@acme.example")
        line.send(mail(message_id="<2@dunwell>"), sender=SENDER, to="pay@acme.example")
    first, second = kept(folder)
    assert {
        "id": first["Message-ID"],
        "from": str(first["From"]),
        "to": str(first["To"]),
        "reply": str(first["Reply-To"]),
        "subject": str(first["Subject"]),
        "date": first["Date"].datetime,
        "language": first["Content-Language"],
        "auto": first["Auto-Submitted"],
        "body": first.get_content().replace("\r\n", "\n"),
        "next": second["Message-ID"],
    } == {
        "id": "<1.2.2026-03-05.email@dunwell>",
        "from": f"Northwind Größe <{SENDER}>",
        "to": "pay@acme.example",
        "reply": "anna@northwind.example",
        "subject": "Freundliche Erinnerung",
        "date": AT,
        "language": "de",
        "auto": "auto-generated",
        "body": "Bitte zahlen Sie 1.234,50 €.\n",
        "next": "<2@dunwell>",
    }


@pytest.mark.parametrize(
    ("to", "permanent", "text"),
    [
        ("refused@acme.example", True, "refused the recipient: 550 no such mailbox"),
        ("later@acme.example", False, "refused the recipient: 451 try again later"),
        ("content@acme.example", True, "refused the content: 554 looks like spam"),
    ],
)
def test_a_refusal_says_whether_it_is_final_and_the_line_goes_on(sink, to, permanent, text):
    port, folder = sink
    with mail_line(MailServer(host="127.0.0.1", port=port)) as line:
        with pytest.raises(MailError) as caught:
            line.send(mail(to=to), sender=SENDER, to=to)
        line.send(mail(), sender=SENDER, to="pay@acme.example")
    assert (str(caught.value), caught.value.permanent) == (f"127.0.0.1:{port} {text}", permanent)
    assert len(kept(folder)) == 1


def test_a_server_that_is_not_there_is_tried_again_later():
    port = free_port()
    with (
        mail_line(MailServer(host="127.0.0.1", port=port)) as line,
        pytest.raises(MailError, match=f"127.0.0.1:{port} could not be used") as caught,
    ):
        line.send(mail(), sender=SENDER, to="pay@acme.example")
    assert not caught.value.permanent


def test_a_server_that_never_answers_is_given_up_after_the_time_allowed():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        server = MailServer(host="127.0.0.1", port=port, timeout_seconds=0.2)
        with mail_line(server) as line, pytest.raises(MailError) as caught:
            line.send(mail(), sender=SENDER, to="pay@acme.example")
    assert (str(caught.value), caught.value.permanent) == (
        f"127.0.0.1:{port} did not answer within 0.2 seconds",
        False,
    )


def test_a_server_without_encryption_is_refused_where_it_is_asked_for(sink):
    port, folder = sink
    server = MailServer(host="127.0.0.1", port=port, use_tls=True)
    with mail_line(server) as line, pytest.raises(MailError, match="STARTTLS") as caught:
        line.send(mail(), sender=SENDER, to="pay@acme.example")
    assert (caught.value.permanent, kept(folder)) == (False, [])
