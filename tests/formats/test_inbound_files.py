"""Files of strangers: named by their content, and blocked with the reason when dangerous."""

import random
import zipfile
from io import BytesIO

import pytest

from dunwell.formats.inbound_files import FileJudgement, file_name, judge_file
from tests.formats.mail_builders import PDF, PNG, encrypted_zip, zipped
from tests.formats.workbook_builders import document

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.exe.pdf", PDF, "application/pdf"),
        ("a.png", PNG, "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.csv", b"a;b\r\n1;2", "text/plain"),
        ("a.csv", "Müller;1".encode("cp1252"), "text/plain"),
        ("a.xml", b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "application/xml"),
        ("a.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar"),
        ("a.eml", b"From: a@b.example\r\n\r\nx", "message/rfc822"),
        ("a.xlsx", zipped(xl__x="", **{"xl/workbook.xml": "x"}), XLSX),
        ("a.ods", document({"A": [["x"]]}), ODS),
        ("a.zip", zipped(invoice__pdf=PDF, sheet__xlsx=zipped(a="b")), "application/zip"),
        ("a.doc", OLE, "application/x-ole-storage"),
        ("a.bin", b"\x00\x01\x02", "application/octet-stream"),
        ("MZ.txt", b"MZ is how this text begins", "text/plain"),
        ("a", b"", "application/octet-stream"),
    ],
)
def test_what_is_harmless_is_named_by_its_content(name, data, media_type):
    assert judge_file(name, data) == FileJudgement(media_type=media_type)


@pytest.mark.parametrize(
    ("name", "data", "finding"),
    [
        ("a.exe", b"x", "end in .exe"),
        ("invoice.pdf", b"MZ\x90\x00\x03", "a program"),
        ("invoice.pdf.js", b"x", "end in .js"),
        ("a.EXE. ", b"x", "end in .exe"),
        ("a.\u202eexe", b"x", "end in .exe"),
        ("run", b"#!/bin/sh\n", "a script"),
        ("a.txt", b"\x7fELF\x02", "a program"),
        ("a.docm", zipped(**{"word/document.xml": "x"}), "macros"),
        ("a.docx", zipped(**{"word/document.xml": "x", "word/vbaProject.bin": "x"}), "macros"),
        ("a.xls", OLE + b"_VBA_PROJECT", "macros"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("a.zip", zipped(invoice__exe="x"), "holds invoice.exe"),
        ("a.zip", zipped(invoice__pdf=b"MZ\x90\x00"), "holds invoice.pdf"),
        ("a.zip", zipped(page__html="x"), "holds page.html"),
        ("a.zip", zipped(inner__zip=zipped(a="b")), "another archive"),
        ("a.zip", encrypted_zip(), "encrypted"),
        ("a.zip", b"PK\x03\x04" + b"\0" * 50, "cannot be looked into"),
        ("a.rar", b"Rar!\x1a\x07", "other than zip"),
        ("a.7z", b"7z\xbc\xaf'\x1c", "other than zip"),
        ("a.gz", b"\x1f\x8b\x08", "other than zip"),
        ("a.html", b"hello", "can run scripts"),
        ("a.txt", b"\r\n<!DOCTYPE html><p>x", "can run scripts"),
        ("logo.png", b"<svg onload='x'>", "can run scripts"),
        ("a.rtf", b"{\\rtf1 \\objdata 00}", "holds a program"),
        ("a.pdf", PDF + b"/Launch", "starts a program"),
        ("winmail.dat", b"\x78\x9f\x3e\x22", "winmail.dat hides"),
    ],
)
def test_what_is_dangerous_is_blocked_with_the_reason(name, data, finding):
    assert finding in judge_file(name, data).finding


def test_an_archive_that_unpacks_to_too_much_or_too_many_is_blocked():
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.txt", b"\0" * (201 * 1024**2))
    assert "unpacks to more than 200 MB" in judge_file("a.zip", kept.getvalue()).finding
    many = zipped(**{f"f{number}__txt": "x" for number in range(1_001)})
    assert "1001 entries" in judge_file("a.zip", many).finding


@pytest.mark.parametrize(
    ("name", "media_type", "shown"),
    [
        ("../../etc/passwd", "text/plain", "passwd"),
        ("C:\\a\\Rechnung März.pdf", "application/pdf", "Rechnung März.pdf"),
        ("invoice.exe", "application/pdf", "invoice.pdf"),
        ("", "application/pdf", "file.pdf"),
        ("...", "", "file"),
        ("a.bin", ODS, "a.ods"),
        ('a"b\r\n.csv', "text/plain", "ab.csv"),
        ("x" * 400 + ".csv", "text/plain", "x" * 146 + ".csv"),
    ],
)
def test_a_name_is_safe_to_show_and_send(name, media_type, shown):
    assert file_name(name, media_type) == shown


def test_damaged_archives_are_judged():
    rng = random.Random(3)
    whole = zipped(a__pdf=PDF, b__txt="text" * 50, **{"xl/workbook.xml": "x"})
    for _ in range(500):
        told = bytearray(whole)
        for _ in range(rng.randint(1, 5)):
            told[rng.randrange(4, len(told))] = rng.randrange(256)
        judged = judge_file("a.zip", bytes(told[: rng.randint(10, len(told))]))
        assert len(judged.finding) <= 300
