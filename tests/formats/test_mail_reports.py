"""Delivery reports, complaints and automatic answers as servers write them; people are not."""

from datetime import date
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.mail_reports import read_report, severity_of

OURS = "<dunwell.1.abc@acme.example>"


def parsed(text):
    return BytesParser(policy=policy.default).parsebytes(text.replace("\n", "\r\n").encode())


def delivery_report(
    *, action="failed", status="5.1.1", said="smtp; 550 5.1.1 user unknown", to="AP@Globex.example"
):
    return parsed(
        f"""From: Mail Delivery System <MAILER-DAEMON@mx.acme.example>
To: dunning@acme.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-7@mx.acme.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry to tell you.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example
Arrival-Date: Mon, 2 Mar 2026 10:00:00 +0000

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: {said}

--b
Content-Type: message/rfc822

From: dunning@acme.example
To: {to}
Message-ID: {OURS}
Subject: Invoice

Please pay.

--b--
"""
    )


def told(message):
    found = read_report(message)
    return found and (found.kind, found.severity, found.message_id, found.address, found.code)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("bounced", "hard", OURS, "ap@globex.example", "5.1.1")),
        (
            {"status": "5.2.2", "said": "smtp; 552 5.2.2 mailbox full"},
            ("bounced", "soft", OURS, "ap@globex.example", "5.2.2"),
        ),
        (
            {"status": "4.4.7", "said": "smtp; delivery time expired"},
            ("bounced", "soft", OURS, "ap@globex.example", "4.4.7"),
        ),
        (
            {"status": "5.7.1", "said": "smtp; 550 5.7.1 blocked by DMARC policy"},
            ("bounced", "blocked", OURS, "ap@globex.example", "5.7.1"),
        ),
        (
            {"status": "5.0.0", "said": "smtp; 550 5.1.1 no such user"},
            ("bounced", "hard", OURS, "ap@globex.example", "5.1.1"),
        ),
        (
            {"action": "delayed", "status": "4.4.1", "said": "smtp; connection timed out"},
            ("delayed", "", OURS, "ap@globex.example", "4.4.1"),
        ),
        (
            {"action": "delivered", "status": "2.0.0", "said": "smtp; 250 ok"},
            ("delivered", "", OURS, "ap@globex.example", "2.0.0"),
        ),
    ],
)
def test_a_delivery_report_tells_what_became_of_which_mail(changes, expected):
    assert told(delivery_report(**changes)) == expected


def test_the_reports_own_id_and_words_are_kept():
    found = read_report(delivery_report())

    assert (found.external_id, found.text) == (
        "<report-7@mx.acme.example>",
        "550 5.1.1 user unknown",
    )


@pytest.mark.parametrize(
    ("code", "text", "severity"),
    [
        ("5.1.10", "recipient has a null MX", "hard"),
        ("5.1.8", "bad sender's address", "blocked"),
        ("5.4.1", "Recipient address rejected: Access denied", "hard"),
        ("5.7.1", "550 5.7.1 user unknown", "hard"),
        ("5.7.26", "unauthenticated mail", "blocked"),
        ("5.3.4", "message too big", "soft"),
        ("4.2.2", "mailbox full", "soft"),
        ("", "Das Postfach ist voll", "soft"),
        ("", "Adresse existiert nicht", "hard"),
        ("", "listed at spamhaus", "blocked"),
        ("", "something went wrong", "soft"),
    ],
)
def test_only_what_stays_so_is_hard(code, text, severity):
    assert severity_of(code, text) == severity


def test_a_report_in_words_is_read_too():
    exim = parsed(
        f"""From: Mail Delivery System <Mailer-Daemon@mx.globex.example>
To: dunning@acme.example
X-Failed-Recipients: ap@globex.example
Auto-Submitted: auto-replied
Subject: Mail delivery failed: returning message to sender

A message that you sent could not be delivered.

  ap@globex.example
    host mx.globex.example: 550 5.1.1 User unknown

------ This is a copy of the message headers. ------
Message-ID: {OURS}
Subject: Invoice
"""
    )
    qmail = parsed(
        """From: MAILER-DAEMON@globex.example
To: dunning@acme.example
Subject: failure notice

Hi. This is the qmail-send program at globex.example.
<ap@globex.example>:
Sorry, no mailbox here by that name. User unknown.
"""
    )

    assert told(exim) == ("bounced", "hard", OURS, "ap@globex.example", "5.1.1")
    assert told(qmail) == ("bounced", "hard", "", "ap@globex.example", "")


def complaint(kind="abuse"):
    return parsed(
        f"""From: <fbl@provider.example>
To: fbl@acme.example
Subject: Complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <AP@globex.example>

--b
Content-Type: text/rfc822-headers

From: dunning@acme.example
To: ap@globex.example
Message-ID: {OURS}
Subject: Invoice
--b--
"""
    )


def test_a_complaint_names_the_mail_and_its_reader():
    assert told(complaint()) == ("complained", "", OURS, "ap@globex.example", "")
    assert told(complaint("not-spam")) == ("automatic", "", OURS, "", "")


def answer(text, **headers):
    message = EmailMessage()
    message["From"] = "Jo Smith <jo@globex.example>"
    message["To"] = "dunning@acme.example"
    message["Subject"] = headers.pop("Subject", "Re: Invoice")
    message["Date"] = "Mon, 02 Mar 2026 10:00:00 +0000"
    message["In-Reply-To"] = OURS
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def test_an_automatic_answer_is_away_left_or_nothing_in_particular():
    away = answer(
        "I am out of the office until 12 March. Contact Jane Doe, jane@globex.example.",
        Auto_Submitted="auto-replied",
    )
    left = answer(
        "Jo Smith is no longer with Globex. Please write to ap@globex.example.",
        Subject="Automatic reply: Invoice",
    )
    ticket = answer("We have received your request 4711.", Auto_Submitted="auto-generated")

    assert told(away) == ("away", "", OURS, "jo@globex.example", "")
    assert read_report(away).absence.back_on == date(2026, 3, 13)
    assert told(left) == ("left", "", OURS, "jo@globex.example", "")
    assert read_report(left).absence.deputy_email == "ap@globex.example"
    assert told(ticket) == ("automatic", "", OURS, "jo@globex.example", "")


def test_what_a_person_writes_is_no_report():
    assert read_report(answer("I am out of the office next week, I pay on Friday.")) is None
    assert read_report(answer("The user unknown 550 issue is mended.")) is None
    assert read_report(answer("Hello", Auto_Submitted="no")) is None


def test_an_answer_in_html_is_read_without_its_marks():
    message = answer("", Auto_Submitted="auto-replied")
    message.set_content("<p>I am <b>on vacation</b> until 12 March</p>", subtype="html")

    assert read_report(message).absence.back_on == date(2026, 3, 13)


@given(st.binary(max_size=400))
def test_any_bytes_give_an_answer(data):
    head = b"From: mailer-daemon@x.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
    for kind in (b"message/delivery-status", b"message/feedback-report", b"text/plain"):
        content = head + b"Content-Type: " + kind + b"\r\n\r\n" + data + b"\r\n--b--"
        read_report(BytesParser(policy=policy.default).parsebytes(content))
    read_report(BytesParser(policy=policy.default).parsebytes(data))
