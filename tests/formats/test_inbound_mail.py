"""Mails that come in: every sample is read as it should be, and no damaged one does harm."""

import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats import mail_parts
from dunwell.formats.inbound_mail import (
    InboundMail,
    InboundMailError,
    read_mail,
    read_text_reply,
    unread,
)
from dunwell.formats.mail_text import html_text, language_of, plain
from dunwell.formats.quoted_text import split_reply
from tests.effort import effort
from tests.formats.mail_builders import PDF, file, mail, multi, text
from tests.formats.mail_samples import SAMPLES

MOST_SECONDS = 2.0
MOST_MEMORY = 256 * 1024**2
FEW, MANY = 300, 20_000
GARBAGE = (
    b"\r\n", b"\n\n", b"\0", b"\xff\xfe", b"=?utf-8?B?", b"?=", b"boundary=", b"--", b"Content-Type: ",
    b"multipart/mixed", b"message/rfc822", b"\r", b"=", b";", b'"', b"<", b">", b"base64", b": ",
    b"charset=utf-7", b"=?x?q?=?=", b"(" * 40, b"\xed\xa0\x80", b"<div>" * 30, b"%00", b"*0*=''",
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_mail_of_each_program_is_read(name):
    sample = SAMPLES[name]
    read = read_mail(sample.data)
    assert {field: getattr(read, field) for field in sample.told} == sample.told
    assert sample.quoted in read.quoted
    if sample.files:
        assert tuple((one.name, one.media_type, one.finding) for one in read.files) == sample.files


def test_there_are_enough_samples():
    assert len(SAMPLES) >= 40


def mutated(rng, data):
    """The bytes with a few changes: bytes, pieces, garbage, cut, doubled."""
    told = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at, kind = rng.randrange(len(told) + 1), rng.randrange(6)
        until = min(len(told), at + rng.randint(1, 40))
        if kind == 0 and told:
            told[at % len(told)] = rng.randrange(256)
        elif kind == 1:
            del told[at:until]
        elif kind == 2:
            told[at:at] = rng.choice(GARBAGE)
        elif kind == 3:
            told[at:until] = rng.choice(GARBAGE)
        elif kind == 4:
            told[at:at] = told[at:until] * rng.randint(1, 20)
        else:
            del told[at:]
    return bytes(told)


def slowest(count):
    rng, names = random.Random(7), sorted(SAMPLES)
    slow = 0.0
    for _ in range(count):
        data = mutated(rng, SAMPLES[rng.choice(names)].data)
        with effort() as spent:
            try:
                read = read_mail(data)
            except InboundMailError:
                read = unread(data, "damaged")
        slow = max(slow, spent.seconds)
        assert isinstance(read, InboundMail)
        for told in (read.text, read.quoted, read.subject, read.sender_name, read.finding):
            told.encode("utf-8")
            assert "\0" not in told
        assert (len(read.subject) <= 300, len(read.sender) <= 254) == (True, True)
    return slow


def test_a_damaged_mail_is_read_or_refused():
    assert slowest(FEW) < MOST_SECONDS


@pytest.mark.release
def test_twenty_thousand_damaged_mails_are_read_or_refused():
    assert slowest(MANY) < MOST_SECONDS


def nested(depth):
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(depth)
    )


HOSTILE = {
    "deep": nested(21) + b"\r\nx",
    "very deep": nested(5_000),
    "mails in mails": b"Content-Type: message/rfc822\r\n\r\n" * 3_000,
    "many parts": b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    + b"--b\r\n\r\nx\r\n" * 5_000,
    "many lines": b"Subject: x\r\n\r\n" + b"\n" * 5_000_000,
    "old line ends": b"Subject: x\r\n\r\n" + b"\r" * 5_000_000,
    "no end of headers": b"Subject: x\r\n" + b" y\r\n" * 100_000,
    "too large": b"Subject: x\r\n\r\n" + b"x" * (25 * 1024**2),
    "empty": b" \r\n ",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_mail_is_refused_soon_with_the_reason(name):
    with (
        effort() as spent,
        pytest.raises(InboundMailError, match=r"^The (mail|headers of the mail) .*\.$"),
    ):
        read_mail(HOSTILE[name])
    assert spent.seconds < MOST_SECONDS


LONG = {
    "long header": mail("x", more=("References: " + "<a@b> " * 30_000,)),
    "long parameters": mail("x", kind="Content-Type: text/plain; " + "a*0*=b; " * 20_000),
    "long subject": mail("x", subject="=?utf-8?q?" + "=41" * 30_000 + "?="),
    "many addresses": mail("x", sender="<" * 20_000 + "a@b"),
    "comments": mail("x", sender="(" * 20_000 + "a@b.example"),
    "deep html": mail("<div>" * 50_000, kind="Content-Type: text/html"),
    "wide html": mail("<table><tr>" + "<td>x</td>" * 80_000, kind="Content-Type: text/html"),
    "many breaks": mail("<br>" * 100_000, kind="Content-Type: text/html"),
    "scripts without end": mail(
        "<div>" * 200 + "<script" * 50_000, kind="Content-Type: text/html"
    ),
    "many delimiters": mail("-- \r\n" * 200_000),
    "many attributions": mail("On x\r\n" * 100_000),
    "one long line": mail("a " * 1_000_000),
    "large file": multi("mixed", text("x"), file(PDF + b"0" * 17 * 1024**2, "a.pdf")),
}


@pytest.mark.parametrize("name", sorted(LONG))
def test_a_long_mail_is_read_soon_within_bounds(name):
    data = LONG[name]
    with effort() as spent:
        read = read_mail(data)
    assert spent.seconds < MOST_SECONDS
    assert len(read.text) + len(read.quoted) + len(read.signature) <= 200_000


def test_the_largest_mail_takes_bounded_memory():
    tracemalloc.start()
    try:
        read_mail(LONG["large file"])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST_MEMORY


def test_what_cannot_be_read_still_tells_who_wrote():
    read = unread(mail("x") + nested(0), "The mail is damaged.")
    assert (read.sender, read.subject, read.finding) == (
        "ann@buyer.example", "Invoice R-1001", "The mail is damaged.",
    )  # fmt: skip


WORDS = st.sampled_from(
    ["", "Hello", "> quoted", "On Mon Jane wrote:", "Best regards", "-- ", "From: a", "Sent: b",
     "To: c", "Subject: d", "-----Original Message-----", "R-1001 is paid", "Begin forwarded message:"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=30))
def test_no_line_of_a_mail_is_lost(told):
    split = split_reply("\n".join(told))
    kept = f"{split.text}\n{split.signature}\n{split.quoted}".split("\n")
    assert sorted(line.strip() for line in kept if line.strip()) == sorted(
        line.strip() for line in told if line.strip()
    )


@given(st.text(max_size=300))
def test_plain_text_fits_every_database_and_stays_when_made_plain_again(told):
    shown = plain(told)
    shown.encode("utf-8")
    assert "\0" not in shown
    assert plain(shown) == shown


def test_html_keeps_the_order_and_drops_what_is_not_seen():
    source = (
        "<p>One</p><script>x</script><ul><li>Two</li></ul><!-- three --><p hidden>4</p><p>Five</p>"
    )
    assert html_text(source).split() == ["One", "*", "Two", "Five"]


@pytest.mark.parametrize(
    ("told", "language"),
    [
        ("Please send the invoice again, we have not received it.", "en"),
        ("Bitte senden Sie uns die Rechnung noch einmal zu.", "de"),
        ("Merci de nous envoyer la facture pour le mois.", "fr"),
        ("Por favor envíe la factura de nuestra cuenta.", "es"),
        ("R-1001 4711", ""),
    ],
)
def test_the_language_is_told_by_common_words(told, language):
    assert language_of(told) == language


def test_a_short_message_is_read():
    read = read_text_reply(
        b'{"id": "SM1", "from": "+49 170 1234567", "to": "+4930", "text": "Bitte um eine Rechnung",'
        b' "sent_at": "2026-05-04T10:00:00Z", "answers": "SM0"}'
    )
    assert (read.message_id, read.sender, read.text, read.language, read.in_reply_to) == (
        "SM1", "+491701234567", "Bitte um eine Rechnung", "de", "SM0",
    )  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"id": 1}', b'{"id": "a", "from": "b", "text": " "}', b"[" * 60_000],
)
def test_a_short_message_that_says_nothing_is_refused(data):
    with pytest.raises(InboundMailError):
        read_text_reply(data)


def test_the_bounds_are_those_the_docs_tell():
    assert (mail_parts.MOST_BYTES, mail_parts.MOST_PARTS, mail_parts.MOST_DEPTH) == (
        25 * 1024**2, 200, 20,
    )  # fmt: skip
