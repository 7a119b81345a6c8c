"""Invoices against their rules: ours break none, the broken ones of the standards break theirs."""

import pytest
from lxml import etree

from dunwell.formats.einvoice.cii_write import write_cii
from dunwell.formats.einvoice.svrl import packs_in, short_place, svrl_findings
from dunwell.formats.einvoice.ubl_write import write_ubl
from dunwell.jobs import invoice_rules
from dunwell.jobs.invoice_rules import check_einvoice, end_rules, supplied_packs
from tests.einvoice_data import EINVOICES, VALID, files, needs_einvoices
from tests.einvoices import document_of

WRITERS = [
    *((write_ubl, key) for key in ("en16931", "xrechnung", "peppol")),
    *((write_cii, key) for key in ("en16931", "xrechnung", "peppol")),
]
GENERATED = 200
"""Invoices and credit notes of every shape; 80 of them in the default tier, each written once."""

TEST = "{http://difi.no/xsd/vefa/validator/1.0}"
UNITS = {
    "en16931/test/Invoice-unit-UBL": ("EN 16931", True),
    "en16931/test/CreditNote-unit-UBL": ("EN 16931", True),
    "en16931/test/cii": ("EN 16931", False),
    "peppol/unit-UBL-PEPPOL": ("Peppol BIS Billing 3.0", True),
    "peppol/unit-CII-PEPPOL": ("Peppol BIS Billing 3.0", False),
}
"""Folders of unit files, and the pack whose rules they try."""

ONE_IN = 10
"""Of the unit files in the default tier; the long tier has all."""


@pytest.fixture(scope="module", autouse=True)
def one_process():
    yield
    end_rules()


@pytest.fixture
def packs(settings):
    settings.INVOICE_RULES = str(EINVOICES)


def broken(data):
    found = check_einvoice(data)
    return [(one.rule, one.text) for one in found.findings if one.level == "fatal"]


def test_the_rules_of_the_package_are_there_without_any_folder(settings):
    settings.INVOICE_RULES = ""
    made = document_of(0, shape="plain", kind="380")
    for write in (write_ubl, write_cii):
        found = check_einvoice(write(made, "en16931"))
        assert (found.packs, found.findings, found.is_valid) == (("EN 16931",), (), True)
    bad = write_ubl(made, "en16931").replace(b">S</cbc:ID>", b">Q</cbc:ID>")
    found = check_einvoice(bad)
    assert not found.is_valid and "BR-CL-17" in {one.rule for one in found.findings}
    assert all(one.text and one.where for one in found.findings if one.rule != "XSD")


@needs_einvoices
@pytest.mark.parametrize("at", range(len(WRITERS)))
def test_invoices_of_every_shape_break_no_rule(packs, at):
    write, key = WRITERS[at]
    for number in range(at, 80, len(WRITERS)):
        assert broken(write(document_of(number), key)) == [], (number, key)


@needs_einvoices
@pytest.mark.release
def test_two_hundred_break_no_rule_in_any_syntax_or_specification(packs):
    for number in range(GENERATED):
        for write, key in WRITERS:
            assert broken(write(document_of(number), key)) == [], (number, key)


@needs_einvoices
def test_the_packs_of_a_folder_are_known_by_their_names(packs):
    assert {(one.name, one.is_ubl) for one in supplied_packs()} == {
        ("EN 16931", False), ("EN 16931", True), ("Peppol BIS Billing 3.0", False),
        ("Peppol BIS Billing 3.0", True), ("XRechnung", False), ("XRechnung", True),
    }  # fmt: skip
    # those of Peppol for CII are published as schematron alone
    assert [(one.name, one.is_ubl) for one in supplied_packs() if one.path.suffix == ".sch"] == [
        ("Peppol BIS Billing 3.0", False)
    ]


@needs_einvoices
def test_valid_published_invoices_break_no_fatal_rule_of_europe(settings):
    """Under the rules of EN 16931: those of Peppol have grown since its examples were written."""
    settings.INVOICE_RULES = str(EINVOICES / "en16931")
    few = [path for path in files(*VALID) if "zugferd_pdf" not in str(path)][::4]
    told = {path.name: found for path in few if (found := broken(path.read_bytes()))}
    assert told == {} and len(few) >= 30


@needs_einvoices
def test_published_xrechnungen_break_no_rule_of_germany(packs):
    few = files("xrechnung_standard/**/*.xml")[::5]
    told = {path.name: found for path in few if (found := broken(path.read_bytes()))}
    assert told == {} and len(few) == 10


def units(folder):
    for path in sorted((EINVOICES / folder).glob("*.xml")):
        root = etree.fromstring(path.read_bytes(), etree.XMLParser(remove_comments=True))
        for test in root.iter(f"{TEST}test"):
            document = [one for one in test if not one.tag.startswith(TEST)]
            if document:
                expected = [
                    (one.tag.removeprefix(TEST) != "success", one.text.strip())
                    for kind in ("error", "warning", "success")
                    for one in test.iter(f"{TEST}{kind}")
                    if one.text
                ]
                yield path.name, etree.tostring(document[0], encoding="unicode"), expected


def wrong_verdicts(folder, one_in):
    name, is_ubl = UNITS[folder]
    (pack,) = [one for one in packs_in(EINVOICES) if (one.name, one.is_ubl) == (name, is_ubl)]
    tried, wrong = 0, []
    for at, (path, xml, expected) in enumerate(units(folder)):
        if at % one_in:
            continue
        rules = {
            one.rule for one in svrl_findings(invoice_rules._process().report(pack.path, xml))
        }
        tried += 1
        wrong += [(path, rule) for is_broken, rule in expected if (rule in rules) != is_broken]
    return tried, wrong


@needs_einvoices
@pytest.mark.parametrize("folder", UNITS)
def test_each_broken_unit_file_breaks_the_rule_it_is_made_for(folder):
    tried, wrong = wrong_verdicts(folder, ONE_IN)
    assert wrong == [] and tried


@needs_einvoices
@pytest.mark.release
def test_all_unit_files_break_the_rules_they_are_made_for():
    found = [wrong_verdicts(folder, 1) for folder in UNITS]
    assert [wrong for _, wrong in found if wrong] == []
    assert sum(tried for tried, _ in found) == 1_488


def test_a_pack_that_does_not_compile_is_a_warning_and_no_verdict(settings, tmp_path):
    (tmp_path / "EN16931-UBL-validation.xslt").write_text("<nonsense/>")
    (tmp_path / "notes.xslt").write_text("<nonsense/>")
    settings.INVOICE_RULES = str(tmp_path)
    found = check_einvoice(write_ubl(document_of(0, shape="plain"), "en16931"))
    assert [(one.rule, one.level) for one in found.findings] == [("DUNWELL-RULES", "warning")]
    assert found.is_valid and found.packs == ("EN 16931",)


SCHEMATRON = """<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2"
  xmlns:u="utils">
  <ns prefix="rsm" uri="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>
  <ns prefix="ram"
    uri="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"/>
  <ns prefix="u" uri="utils"/>
  <function xmlns="http://www.w3.org/1999/XSL/Transform" name="u:odd"
      as="xs:boolean" xmlns:xs="http://www.w3.org/2001/XMLSchema">
    <param name="text"/><sequence select="string-length($text) mod 2 = 1"/>
  </function>
  <pattern><rule context="rsm:ExchangedDocument">
    <assert id="HOUSE-1" flag="fatal" test="u:odd(ram:ID)">The number is odd in length.</assert>
    <assert id="HOUSE-2" flag="warning" test="ram:TypeCode = '381'">It gives back.</assert>
    <assert id="HOUSE-3" flag="fatal" test="ram:IssueDateTime">It has a day.</assert>
  </rule></pattern>
</schema>"""


def test_rules_as_their_authors_write_them_are_compiled_and_used(settings, tmp_path):
    """Peppol publishes those of CII as schematron alone."""
    (tmp_path / "PEPPOL-EN16931-CII.sch").write_text(SCHEMATRON)
    settings.INVOICE_RULES = str(tmp_path)
    made = document_of(0, shape="plain", kind="380")
    found = check_einvoice(write_cii(made, "peppol"))
    assert found.packs == ("EN 16931", "Peppol BIS Billing 3.0")
    assert [(one.rule, one.level, one.text, one.where) for one in found.findings] == [
        ("HOUSE-1", "fatal", "The number is odd in length.",
         "CrossIndustryInvoice/ExchangedDocument"),
        ("HOUSE-2", "warning", "It gives back.", "CrossIndustryInvoice/ExchangedDocument"),
    ]  # fmt: skip
    # what names another specification is not held to it
    assert check_einvoice(write_cii(made, "en16931")).packs == ("EN 16931",)


def test_a_schematron_that_does_not_compile_is_a_warning_and_no_verdict(settings, tmp_path):
    wrong = SCHEMATRON.replace("u:odd(ram:ID)", "u:even(ram:ID")
    (tmp_path / "PEPPOL-EN16931-CII.sch").write_text(wrong)
    settings.INVOICE_RULES = str(tmp_path)
    found = check_einvoice(write_cii(document_of(0, shape="plain"), "peppol"))
    assert [(one.rule, one.level) for one in found.findings] == [("DUNWELL-RULES", "warning")]
    assert "Peppol BIS Billing 3.0" in found.findings[0].text


def test_compiled_rules_go_before_the_same_as_schematron(tmp_path):
    for name in ("2025/PEPPOL-EN16931-CII.xslt", "2026/PEPPOL-EN16931-CII.sch", "2026/notes.sch"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SCHEMATRON)
    assert [one.path.name for one in packs_in(tmp_path)] == ["PEPPOL-EN16931-CII.xslt"]


def test_places_are_shown_as_names():
    assert short_place(
        "/*:Invoice[namespace-uri()='urn:x'][1]/*:InvoiceLine[namespace-uri()='urn:y'][2]"
    ) == "Invoice/InvoiceLine[2]"  # fmt: skip
    assert short_place("/Q{urn:x}Invoice[1]/Q{urn:y}ID[1]") == "Invoice/ID"
