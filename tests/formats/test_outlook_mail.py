"""Mails of Outlook (.msg): read like any other mail, and damaged ones refused in words."""

import random
import struct
from datetime import UTC, datetime

import pytest

from dunwell.formats.attached_mails import with_attached
from dunwell.formats.compound_file import CompoundFileError, read_compound_file
from dunwell.formats.inbound_mail import InboundMail, read_mail
from dunwell.formats.mailbox_files import MailboxFileError, read_mailbox_file, received_at
from dunwell.formats.outlook_mail import OutlookMailError, is_outlook_mail, outlook_mail
from dunwell.formats.remittance.reader import is_remittance, read_remittance
from dunwell.formats.rich_text import RichTextError, rich_text, unpacked
from tests.formats.mail_builders import PDF, PNG, file, mail, multi, text
from tests.formats.outlook_builders import SENDER, attached, compound, msg, outlook, recipient

AT = datetime(2026, 5, 4, 8, 15, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af3"
    "2068656c09002062770"
    "5b06c647d0a800fa0"
)
WRAPPED = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Gr\'fc\'dfe "
    rb"{\*\htmltag84 &amp;}\htmlrtf &\htmlrtf0  1.250 \u8364 ?\htmlrtf\par}\htmlrtf0 "
    rb"{\*\htmltag72 </p>}}"
)
EVERYTHING = {
    "p0037": "Ihre Rechnung R-1001 Größe", "p0039": AT, "p1000": "Wir zahlen am Freitag.\r\n",
    "p1035": "<abc.1@buyer.example>", "p1042": "<reminder-7@dunwell>", "p1039": "<x@y> <reminder-7@dunwell>",
    "to": (recipient("Credit Desk", "credit@seller.example"), recipient("Bob", "bob@x.example", 2)),
}  # fmt: skip


def read(data):
    """What is read of a .msg."""
    return read_mail(outlook_mail(data))


def packed(told):
    """Rich text as it is packed when nothing repeats."""
    signs = b"".join(b"\0" + told[at : at + 8] for at in range(0, len(told), 8))
    return struct.pack("<II4sI", len(signs) + 12, len(told), b"LZFu", 0) + signs


def test_who_what_when_and_what_it_answers_are_read():
    found = read(msg(**EVERYTHING))

    assert (found.sender, found.sender_name, found.to) == (
        "ann@buyer.example", "Ann Lee", "credit@seller.example",
    )  # fmt: skip
    assert (found.subject, found.sent_at) == (EVERYTHING["p0037"], AT)
    assert (found.message_id, found.in_reply_to) == (
        "<abc.1@buyer.example>",
        "<reminder-7@dunwell>",
    )
    assert found.answered_ids == ("<reminder-7@dunwell>", "<x@y>")
    assert (found.text, found.language, found.kind) == ("Wir zahlen am Freitag.", "de", "person")


def test_the_headers_it_came_with_count_but_not_how_it_was_sent():
    head = (
        "Received: from a by b; Mon, 4 May 2026 10:20:00 +0200\r\nFrom: =?utf-8?q?J=C3=BCrgen?= "
        "<j@buyer.example>\r\nSubject: Müller\r\nContent-Type: multipart/mixed; boundary=x\r\n"
        "X-Dunwell-Too-Large: yes\r\nMessage-ID: <1@buyer.example>\r\n\r\n"
    )
    data = outlook_mail(msg(p007D=head, p1000="paid"))
    found = read_mail(data)

    assert (found.sender, found.sender_name) == ("j@buyer.example", "Jürgen")
    assert (found.subject, found.text, found.finding) == ("Müller", "paid", "")
    assert received_at(data, at=NOW) == datetime(2026, 5, 4, 8, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"p1013": "<p>Grüße</p>".encode("cp1252"), "p3FDE": 1252}, "Grüße"),
        ({"p1013": "<p>Grüße</p>"}, "Grüße"),
        ({"p1000": ("cp1250", "Zażółć"), "p3FFD": 1250}, "Zażółć"),
        ({"p1000": ("utf-8", "señor"), "p3FFD": 65001}, "señor"),
        ({"p1000": "words", "p1013": b"<p>page</p>"}, "words"),
        ({"p1009": HELLO}, "hello world"),
        ({"p1009": packed(WRAPPED)}, "Grüße & 1.250 €"),
        ({"p1009": b"\0" * 20}, ""),
        ({}, ""),
    ],
)
def test_words_are_read_in_each_form_outlook_keeps_them(values, said):
    assert read(msg(**values)).text == said


def test_files_and_pictures_are_kept_and_what_is_not_in_the_mail_is_named():
    found = read(
        msg(
            attached("Überweisung.pdf", PDF, p370E="application/pdf"),
            attached("logo.png", PNG, p3712="<logo@1>", p370E="image/png"),
            attached("run.exe", b"MZ\x90\x00\x03"),
            attached("cloud.xlsx", None),
            attached("page.html", b"<html></html>", p370E="text/html"),
            p1000="see files",
        )
    )

    assert [(one.name, one.media_type, one.is_inline) for one in found.files] == [
        ("Überweisung.pdf", "application/pdf", False),
        ("logo.png", "image/png", True),
        ("run.exe", "application/octet-stream", False),
        ("page.html", "text/html", False),
    ]
    assert [one.data for one in found.files][:2] == [PDF, PNG]
    assert [bool(one.finding) for one in found.files] == [False, False, True, True]
    assert found.finding == (
        "Outlook saved the mail without these files: cloud.xlsx. Ask the sender for them."
    )


def test_encrypted_and_signed_mails_and_reports_say_what_they_are():
    closed = read(msg(attached("smime.p7m", b"MIIB"), p001A="IPM.Note.SMIME"))
    signed = read(
        msg(
            attached("smime.p7m", multi("signed", text("We pay."), file(b"x", "smime.p7s")),
                     p370E="multipart/signed"),
            p001A="IPM.Note.SMIME.MultipartSigned",
        )
    )  # fmt: skip

    assert closed.finding.startswith("The mail is encrypted with S/MIME.")
    assert (signed.text, signed.sender) == ("We pay.", "ann@buyer.example")
    assert read(msg(p001A="REPORT.IPM.Note.NDR", p1000="undelivered")).kind == "automatic"


def test_a_sender_of_the_own_house_without_an_address_is_not_made_up():
    found = read(msg(p0C1E="EX", p0C1F="/o=House/cn=ann", p1000="x"))
    assert (found.sender_name, "@" in found.sender.replace("unknown@invalid", "")) == (
        "Ann Lee", False,
    )  # fmt: skip
    known = read(msg(p0C1E="EX", p0C1F="/o=House/cn=ann", p5D01="ann@buyer.example"))
    assert known.sender == "ann@buyer.example"


def inner(*files, **values):
    """A mail of Outlook within another."""
    return outlook(*files, kind="inner", **{**SENDER, **values})


def test_a_mail_attached_in_outlook_is_told_with_its_words_and_files():
    whole = msg(
        attached(
            "Paid", inner(attached("advice.pdf", PDF), p0037="Paid", p1000="Paid on Friday.")
        ),
        p1000="Please see to this.",
    )
    found = with_attached(read(whole))

    assert outlook_mail(whole) == outlook_mail(whole)
    assert found.text == "Please see to this."
    assert found.quoted == "From: Ann Lee <ann@buyer.example>\nSubject: Paid\n\nPaid on Friday."
    assert [(one.name, one.media_type) for one in found.files] == [
        ("Paid.eml", "message/rfc822"), ("advice.pdf", "application/pdf"),
    ]  # fmt: skip


def test_a_msg_on_a_mail_that_says_nothing_is_what_the_mail_says():
    saved = msg(attached("a.pdf", PDF), p0037="R-1001", p1000="Wir haben die Rechnung bezahlt.")
    found = with_attached(read_mail(multi("mixed", text(""), file(saved, "mail.msg"))))

    assert (found.text, found.language) == ("Wir haben die Rechnung bezahlt.", "de")
    assert found.quoted == "From: Ann Lee <ann@buyer.example>\nSubject: R-1001"
    assert [(one.name, one.media_type, one.finding) for one in found.files] == [
        ("mail.msg", "application/vnd.ms-outlook", ""), ("a.pdf", "application/pdf", ""),
    ]  # fmt: skip


def test_a_card_number_in_an_attached_mail_is_masked_in_what_is_shown():
    saved = msg(p1000="Take it from 4111 1111 1111 1111 please")
    found = with_attached(read_mail(multi("mixed", text("See file"), file(saved, "m.msg"))))
    assert "4111 1111 1111" not in found.quoted
    assert found.quoted.endswith("please")


def test_a_program_in_an_attached_mail_blocks_both_and_one_nobody_opened_is_blocked():
    saved = msg(attached("run.exe", b"MZ\x90\x00"), p1000="x")
    broken = msg(p1000="x" * 200)[:-600]
    found = with_attached(
        read_mail(multi("mixed", text("See"), file(saved, "a.msg"), file(broken, "b.msg")))
    )
    told = {one.name: one.finding for one in found.files}

    assert told["a.msg"].startswith("The mail holds run.exe, which must not be opened: ")
    assert told["run.exe"] and told["b.msg"].startswith("Nobody could look into this mail: ")


def test_mails_in_mails_are_opened_three_deep():
    data = mail("innermost")
    for _ in range(5):
        data = multi(
            "mixed", text("around"), file(data, "in.eml", kind="application/octet-stream")
        )
    found = with_attached(read_mail(data))

    assert [one.name for one in found.files] == ["in.eml"] * 4
    assert ["deep" in one.finding for one in found.files] == [True] * 4
    assert "innermost" not in found.quoted


def test_what_hangs_on_a_report_stays_as_it_is():
    report = InboundMail(kind="bounce", files=read_mail(multi("mixed", text("x"),
                         file(mail("ours"), "a.eml"))).files)  # fmt: skip
    assert with_attached(report) is report


def test_a_msg_is_a_mailbox_file_and_a_remittance():
    saved = msg(p0037="Payment advice", p1000="We pay INV-20418 1,250.00 EUR on 4 May 2026.")
    (taken,) = read_mailbox_file(saved)

    assert read_mail(taken).subject == "Payment advice"
    assert is_remittance(saved, "a.msg")
    (advice,) = read_remittance(saved, "a.msg").advices
    assert [one.item_ref for one in advice.lines] == ["INV-20418"]
    with pytest.raises(MailboxFileError, match="holds no mail"):
        read_mailbox_file(compound({"Workbook": b"x"}))


# Damaged and hostile files.


def mutated(rng, data):
    """The bytes with a few changes: bytes, numbers, pieces moved, cut."""
    told = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at, kind = rng.randrange(len(told)), rng.randrange(4)
        if kind == 0:
            told[at] = rng.randrange(256)
        elif kind == 1:
            told[at : at + 4] = struct.pack("<I", rng.choice((0, 1, 5, 0xFFFFFFFE, 2**31)))
        elif kind == 2:
            told[at : at + 64] = told[:64]
        else:
            del told[max(600, at) :]
    return bytes(told)


def judged(count):
    rng = random.Random(7)
    whole = msg(
        attached("a.pdf", PDF), attached("in", inner(attached("b.pdf", PDF * 80), p1000="in" * 90)),
        **EVERYTHING, p1009=packed(WRAPPED), p007D="From: a@b.example\r\n",
    )  # fmt: skip
    read_anyway = 0
    for _ in range(count):
        data = mutated(rng, whole)
        try:
            found = with_attached(read(data))
        except OutlookMailError:
            continue
        assert isinstance(found, InboundMail)
        found.text.encode("utf-8")
        read_anyway += 1
    return read_anyway


def test_a_damaged_msg_is_read_or_refused():
    assert 20 < judged(150) < 150


@pytest.mark.release
def test_twenty_thousand_damaged_msgs_are_read_or_refused():
    assert judged(20_000) > 1_000


def entry_at(data, name):
    """Where the entry of a stream stands in a file."""
    return data.index(name.encode("utf-16-le"))


def changed(data, at, value):
    """The file with another number at a place."""
    return data[:at] + struct.pack("<I", value) + data[at + 4 :]


def test_circles_overlaps_and_parts_that_are_missing_are_refused():
    data = compound({"a": b"x" * 5_000, "b": b"y" * 5_000, "c": {"d": b"z" * 100}})
    a, c = entry_at(data, "a\0\0"), data.rindex("c".encode("utf-16-le") + bytes(62))
    assert read_compound_file(data).folders["c"].streams == {"d": b"z" * 100}

    for at, value, said in (
        (a + 120, 2**31, "overlap"),
        (a + 116, 10_000, "missing"),
        (c + 76, 1, "circle"),
    ):
        with pytest.raises(CompoundFileError, match=said):
            read_compound_file(changed(data, at, value))
    with pytest.raises(CompoundFileError, match="no compound file"):
        read_compound_file(b"PK")
    for cut in (9, 60, 300, 700):
        with pytest.raises(CompoundFileError):
            read_compound_file(data[:cut])


def test_too_much_of_anything_is_refused():
    deep = inner(p1000="x")
    for _ in range(20):
        deep = inner(attached("in", deep), p1000="x")
    with pytest.raises(OutlookMailError, match="deep"):
        outlook_mail(compound({**outlook(attached("in", deep))}))
    with pytest.raises(OutlookMailError, match="more than 190 files"):
        outlook_mail(msg(*[attached(f"{n}", b"x") for n in range(191)]))
    with pytest.raises(OutlookMailError, match="no mail of Outlook"):
        outlook_mail(compound({"Workbook": b"x"}))


def test_a_workbook_with_a_mail_in_it_is_no_mail():
    assert is_outlook_mail(msg(p1000="x"))
    assert not is_outlook_mail(compound({"Workbook": b"x", "MBD1": outlook(p1000="x")}))
    assert not is_outlook_mail(b"PK\x03\x04")


def test_rich_text_gives_its_words_and_refuses_what_is_none():
    assert unpacked(HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rich_text(unpacked(HELLO)).text == "hello world"
    told = rich_text(
        rb"{\rtf1{\fonttbl{\f0 Arial;}}a\par b\tab c\{d\}\~\uc1\u-10179 ?\u-8704 ?e{\*\x y}}"
    )
    assert told.text == "a\nb\tc{d} \U0001f600e"
    for data in (b"", b"\0" * 16, struct.pack("<II4sI", 12, 0, b"nope", 0)):
        with pytest.raises(RichTextError):
            unpacked(data)
    with pytest.raises(RichTextError):
        rich_text(b"hello")
    assert unpacked(struct.pack("<II4sI", 12, 2, b"MELA", 0) + b"abc") == b"ab"
