"""Foreign invoices: read with totals that agree, or refused with what they are."""

import random
from time import monotonic

import pytest

from dunwell.formats.einvoice.cii_write import write_cii
from dunwell.formats.einvoice.findings import EInvoiceError
from dunwell.formats.einvoice.reading import read_einvoice
from dunwell.formats.einvoice.recognise import MOST_BYTES
from dunwell.formats.einvoice.ubl_write import write_ubl
from tests.einvoice_data import VALID, files, needs_einvoices
from tests.einvoices import document_of

UBL = write_ubl(document_of(15, shape="everything", kind="380"), "en16931")
CII = write_cii(document_of(15, shape="everything", kind="380"), "en16931")
UBL_NS = "urn:oasis:names:specification:ubl:schema:xsd:"
SECONDS = 2.0
"""Bound on one file, however it is damaged."""


@needs_einvoices
def test_every_valid_published_invoice_is_read_and_its_totals_agree():
    told = {}
    for path in files(*VALID):
        read = read_einvoice(path.read_bytes())
        if fatal := [one for one in read.findings if one.level == "fatal"]:
            told[path.name] = fatal
    assert told == {} and len(files(*VALID)) >= 130


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "The file is empty"),
        (b"  \n", "The file is empty"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n", "an image (PNG)"),
        (b"\xff\xd8\xff\xe0", "an image (JPEG)"),
        (b"UNA:+.? 'UNB+UNOC:3+a+b'UNH+1+INVOIC:D:96A:UN'", "an EDIFACT INVOIC message"),
        (b"UNB+UNOC:3+a+b'UNH+1+ORDERS:D:96A:UN'", "an EDIFACT ORDERS message"),
        (b"ISA*00*          ~GS*IN~ST*810*0001~", "an X12 810 message"),
        (b"number;amount\n1;2\n", "a text or table"),
        (b'{"invoice": 1}', "JSON data"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Office file"),
        (b"<html><body/></html>", "a web page"),
        (b"<cXML payloadID='1'/>", "a cXML message"),
        (b"<x/>", "XML with the root x"),
        (
            b"<p:FatturaElettronica xmlns:p='http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2'/>",
            "a FatturaPA (Italy)",
        ),
        (b"<Invoice xmlns='http://www.ebinterface.at/schema/6p0/'/>", "ebInterface"),
        (
            b"<f:Facturae xmlns:f='http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml'/>",
            "Facturae",
        ),
        (b"<Faktura xmlns='http://crd.gov.pl/wzor/2025/06/25/13775/'/>", "KSeF"),
        (b"<Invoice xmlns='urn:sfti:documents:BasicInvoice:1:0'/>", "Svefaktura"),
        (b"<Invoice xmlns='http://isdoc.cz/namespace/2013'/>", "ISDOC"),
        (b"<Finvoice Version='3.0'/>", "Finvoice"),
        (b"<Invoice xmlns='http://rep.oio.dk/ubl/xml/schemas/0p71/pie/'/>", "OIOXML"),
        *(
            (f"<{name} xmlns='{UBL_NS}{name}-2'/>".encode(), f"(UBL {name})")
            for name in ("Order", "DespatchAdvice", "ApplicationResponse", "SelfBilledInvoice")
        ),
        (UBL.replace(b"urn:cen.eu:en16931:2017", b"OIOUBL-2.02"), "an OIOUBL invoice"),
        (
            UBL.replace(
                b"urn:cen.eu:en16931:2017", b"urn:www.cenbii.eu:transaction:biicoretrdm010"
            ),
            "Peppol BIS 2",
        ),
    ],
)
def test_what_is_no_invoice_is_named(data, what):
    with pytest.raises(EInvoiceError) as told:
        read_einvoice(data)
    assert what in str(told.value) and told.value.advice


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (b"<cbc:ID>R-2026-00015</cbc:ID>", b"", "BR-02"),
        (b"<cbc:IssueDate>2026-01-20</cbc:IssueDate>", b"", "BR-03"),
        (b">EUR</cbc:DocumentCurrencyCode>", b"></cbc:DocumentCurrencyCode>", "BR-05"),
        (b"cbc:PayableAmount", b"cbc:PrepaidAmount", "BR-15"),
    ],
)
def test_what_no_invoice_can_lack_is_refused_by_its_rule(before, after, rule):
    assert before in UBL
    with pytest.raises(EInvoiceError) as told:
        read_einvoice(UBL.replace(before, after))
    assert told.value.rule == rule


def test_figures_that_disagree_are_flagged_by_their_rules():
    document = document_of(0, shape="plain", kind="380")
    good = write_ubl(document, "en16931")
    cent = f"{document.totals.net_minor / 100:.2f}".encode()
    bad = good.replace(b">" + cent + b"</cbc:TaxExclusive", b">1.00</cbc:TaxExclusive")
    rules = {one.rule for one in read_einvoice(bad).findings}
    assert rules == {"BR-CO-13", "BR-CO-15"}


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        b"<!DOCTYPE lolz [<!ENTITY l 'lol'><!ENTITY m '&l;&l;&l;&l;'>]><lolz>&m;</lolz>",
        b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>",
        UBL.replace(b"<Invoice", b"<!DOCTYPE Invoice SYSTEM 'http://127.0.0.1/x.dtd'><Invoice", 1),
        "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE x []><x/>".encode("utf-16"),
    ],
)
def test_a_document_type_is_refused_and_nothing_is_fetched(data):
    with pytest.raises(EInvoiceError, match="DOCTYPE|damaged"):
        read_einvoice(data)


def test_sizes_and_depths_are_bounded():
    with pytest.raises(EInvoiceError, match="MB are read"):
        read_einvoice(b"<" + b"x" * MOST_BYTES)
    with pytest.raises(EInvoiceError):
        read_einvoice(b"<a>" * 5_000 + b"</a>" * 5_000)
    long = UBL.replace(b"1.00<", b"9" * 50 + b"<").replace(b">C62<", b">" + b"9" * 50 + b"<")
    read_einvoice(long)


def _mutants(count):
    rand = random.Random(7)
    for _ in range(count):
        data = bytearray(rand.choice((UBL, CII)))
        for _ in range(rand.randint(1, 6)):
            at = rand.randrange(len(data))
            what = rand.randrange(4)
            if what == 0:
                data[at] = rand.randrange(256)
            elif what == 1:
                del data[at : at + rand.randint(1, 60)]
            elif what == 2:
                data[at:at] = data[rand.randrange(len(data)) :][: rand.randint(1, 60)]
            else:
                data[at:at] = rand.choice(
                    (b"-", b"9" * 30, b"1e9", b"NaN", b"<a>", b"&#0;", b"\xff")
                )
        yield bytes(data)


def _end_in_an_answer(count):
    worst, refused = 0.0, 0
    for data in _mutants(count):
        began = monotonic()
        try:
            read_einvoice(data)
        except EInvoiceError:
            refused += 1
        worst = max(worst, monotonic() - began)
    assert worst < SECONDS and 0 < refused < count


def test_damaged_files_are_read_or_refused_and_never_crash():
    _end_in_an_answer(600)


@pytest.mark.release
def test_twenty_thousand_damaged_files_are_read_or_refused():
    _end_in_an_answer(20_000)
