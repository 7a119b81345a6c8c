"""Numbers a state gives: right ones pass, one wrong digit fails, what is unknown is said."""

import pytest

from dunwell.formats.document_types import DocumentTypeError, document_type, safe_name
from dunwell.formats.registrations import check_iban, check_lei, check_registration, check_vat

RIGHT = {
    "AT": "ATU13585627",
    "BE": "BE0428759497",
    "CH": "CHE-100.155.212",
    "DE": "DE 136 695 976",
    "DK": "DK13585628",
    "FI": "FI20774740",
    "FR": "FR40303265045",
    "GB": "GB980780684",
    "IT": "IT00743110157",
    "LU": "LU15027442",
    "NL": "NL004495445B01",
    "PL": "PL8567346215",
    "PT": "PT501964843",
    "SE": "SE123456789701",
    "CZ": "CZ25123891",
    "ES": "ES54362315K",
    "GR": "EL094259216",
    "HU": "HU12892312",
    "IE": "IE6433435F",
    "RO": "RO18547290",
}


@pytest.mark.parametrize(("country", "number"), RIGHT.items())
def test_a_right_vat_number_passes_and_a_wrong_digit_fails(country, number):
    assert check_vat(number, country=country).outcome == "passed"
    digits = [at for at, sign in enumerate(number) if sign.isdigit()]
    at = digits[-3] if country in {"SE", "NL"} else digits[-1]
    changed = str((int(number[at]) + 1) % 10)
    assert check_vat(number[:at] + changed + number[at + 1 :], country=country).outcome == "failed"


@pytest.mark.parametrize(
    ("number", "country", "outcome", "text"),
    [
        ("", "DE", "not_given", "No VAT number"),
        ("DE12", "DE", "failed", "does not have the form"),
        ("DE136695976", "AT", "failed", "is one of DE, the applicant is in AT"),
        ("136695976", "DE", "passed", "are right"),
        ("BR123", "BR", "not_possible", "cannot be checked"),
    ],
)
def test_what_a_vat_number_turns_out_to_be(number, country, outcome, text):
    found = check_vat(number, country=country)
    assert (found.outcome, text in found.text) == (outcome, True)


def test_identifiers_accounts_and_registers():
    assert check_lei("213800KUD8LAJWSQ9D15").outcome == "passed"
    assert check_lei("213800KUD8LXJWSQ9D15").outcome == "failed"
    assert check_lei("12").outcome == "failed"
    assert check_lei("").outcome == "not_given"
    right = check_iban("DE89 3704 0044 0532 0130 00", country="DE")
    assert (right.outcome, right.value) == ("passed", "DE89 … 3000")
    assert check_iban("DE89370400440532013001", country="DE").outcome == "failed"
    assert check_iban("DE89370400440532013000", country="AT").outcome == "to_review"
    assert check_iban(" ", country="AT").outcome == "not_given"
    assert check_registration("hrb 12345", country="DE").outcome == "passed"
    assert check_registration("12345", country="DE").outcome == "failed"
    assert check_registration("303 265 045", country="FR").outcome == "passed"
    assert check_registration("303 265 046", country="FR").outcome == "failed"
    assert check_registration("91-1144442", country="US").outcome == "passed"
    assert check_registration("anything", country="BR").outcome == "not_possible"
    assert check_registration("", country="BR").outcome == "not_given"


PDF = b"%PDF-1.7 hello"


def test_a_file_is_what_its_bytes_say():
    assert document_type(PDF) == "application/pdf"
    assert document_type(b"\x89PNG\r\n\x1a\nrest") == "image/png"
    assert document_type(b"\xff\xd8\xffrest") == "image/jpeg"
    assert safe_name("../../etc/päss wd.exe", "application/pdf") == "pass-wd.pdf"
    assert safe_name("C:\\x\\", "image/png") == "x.png"
    assert safe_name("\u202e", "image/png") == "document.png"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "empty"),
        (b"<html><script>", "Send a PDF"),
        (b"MZ\x90\x00", "Send a PDF"),
        (PDF + b"/Launch", "carries a program"),
        (b"PK\x03\x04broken", "damaged"),
        (b"%PDF" + b"0" * (10 * 1024 * 1024), "more than 10 MB"),
    ],
)
def test_what_is_not_taken_is_refused(data, text):
    with pytest.raises(DocumentTypeError, match=text):
        document_type(data)
