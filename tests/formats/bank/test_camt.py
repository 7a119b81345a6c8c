"""camt messages of our own making: batches, charges, returns, currencies, odd and hostile files."""

import pytest

from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.statement import RemittedItem
from tests.formats.bank.bank_files import codes, read_text, refusal, short

HOLDER = "DE89370400440532013000"


def camt(entries="", *, balances="", root="BkToCstmrStmt", box="Stmt", space="053.001.08"):
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{space}"><{root}><{box}><Id>S1</Id>'
        f"<CreDtTm>2026-01-05T18:00:00</CreDtTm><Acct><Id><IBAN>{HOLDER}</IBAN></Id><Ccy>EUR</Ccy>"
        f"<Ownr><Nm>Northwind</Nm></Ownr></Acct>{balances}{entries}</{box}></{root}></Document>"
    )


def entry(amount, mark="CRDT", inner="", *, money="EUR", before=""):
    return (
        f'<Ntry><Amt Ccy="{money}">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{before}'
        "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt>"
        f"<ValDt><Dt>2026-01-06</Dt></ValDt><AcctSvcrRef>B1</AcctSvcrRef>{inner}</Ntry>"
    )


def details(*transactions):
    return "<NtryDtls>" + "".join(f"<TxDtls>{t}</TxDtls>" for t in transactions) + "</NtryDtls>"


def balance(code, amount, mark="CRDT", day="2026-01-05"):
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        f"<CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def statement(text):
    return read_text(text).statements[0]


def paid(amount, name, mark="", money="EUR"):
    mark = f"<CdtDbtInd>{mark}</CdtDbtInd>" if mark else ""
    return (
        f'<Refs><EndToEndId>E-{name}</EndToEndId></Refs><Amt Ccy="{money}">{amount}</Amt>{mark}'
        f"<RltdPties><Dbtr><Nm>{name}</Nm></Dbtr><Cdtr><Nm>Northwind</Nm></Cdtr></RltdPties>"
    )


def test_a_batch_that_adds_up_becomes_one_entry_per_payment():
    found = statement(camt(entry("30.00", inner=details(paid("10", "Ann"), paid("20", "Bob")))))
    assert [(e.amount_minor, e.counterparty, e.reference, e.group_id) for e in found.entries] == [
        (1000, "Ann", "E-Ann", "B1"),
        (2000, "Bob", "E-Bob", "B1"),
    ]


def test_payments_and_returns_in_one_batch_keep_their_own_signs():
    inner = details(paid("10", "Ann", "CRDT"), paid("4", "Bob", "DBIT"))
    found = statement(camt(entry("6.00", inner=inner)))
    assert [e.amount_minor for e in found.entries] == [1000, -400]


def test_charges_kept_from_a_batch_are_an_entry_of_their_own():
    charges = "<Chrgs><Rcrd><Amt Ccy='EUR'>0.50</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>"
    inner = charges + details(paid("10", "Ann"), paid("20", "Bob"))
    found = statement(camt(entry("29.50", inner=inner)))
    assert [(e.amount_minor, e.charges_minor) for e in found.entries] == [
        (1000, 0),
        (2000, 0),
        (-50, 0),
    ]
    assert found.entries[-1].text == "Bank charges"


def test_a_batch_that_does_not_add_up_stays_one_entry_with_parts():
    inner = details(paid("10", "Ann"), paid("21", "Bob"))
    (found,) = statement(camt(entry("30.00", inner=inner))).entries
    assert found.amount_minor == 3000
    assert found.counterparty == ""
    assert [(part.amount_minor, part.counterparty) for part in found.parts] == [
        (1000, "Ann"),
        (2100, "Bob"),
    ]


def test_a_batch_in_another_currency_stays_one_entry_with_parts():
    inner = details(paid("10", "Ann", money="USD"), paid("20", "Bob", money="USD"))
    (found,) = statement(camt(entry("30.00", inner=inner))).entries
    assert [(part.amount_minor, part.currency) for part in found.parts] == [
        (1000, "USD"),
        (2000, "USD"),
    ]


def test_charges_and_the_instructed_amount_of_one_payment_are_told_beside_it():
    inner = details(
        "<AmtDtls><InstdAmt><Amt Ccy='JPY'>1500</Amt></InstdAmt></AmtDtls>"
        "<Chrgs><TtlChrgsAndTaxAmt Ccy='EUR'>1.25</TtlChrgsAndTaxAmt></Chrgs>"
    )
    (found,) = statement(camt(entry("8.75", inner=inner))).entries
    assert (found.amount_minor, found.charges_minor) == (875, 125)
    assert (found.original_minor, found.original_currency) == (1500, "JPY")


def test_a_return_names_the_customer_though_roles_are_those_of_the_first_payment():
    inner = details(
        "<RltdPties><Dbtr><Nm>Ann</Nm></Dbtr><DbtrAcct><Id><IBAN>AT611904300234573201</IBAN></Id>"
        f"</DbtrAcct><Cdtr><Nm>NW</Nm></Cdtr><CdtrAcct><Id><IBAN>{HOLDER}</IBAN></Id></CdtrAcct>"
        "</RltdPties><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    )
    text = camt(entry("10", "DBIT", inner, before="<RvslInd>true</RvslInd>"))
    (found,) = statement(text).entries
    assert (found.amount_minor, found.is_reversal, found.return_reason) == (-1000, True, "AC04")
    assert (found.counterparty, found.counterparty_account) == ("Ann", "AT611904300234573201")


def test_documents_of_a_structured_remittance_are_items():
    inner = details(
        "<RmtInf><Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>R-7</Nb>"
        "<RltdDt>2025-12-01</RltdDt></RfrdDocInf><RfrdDocAmt><DuePyblAmt Ccy='EUR'>100</DuePyblAmt>"
        "<DscntApldAmt><Amt Ccy='EUR'>2</Amt></DscntApldAmt><RmtdAmt Ccy='EUR'>98</RmtdAmt>"
        "</RfrdDocAmt></Strd><Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CREN</Cd></CdOrPrtry></Tp>"
        "<Nb>G-1</Nb></RfrdDocInf><RfrdDocAmt><CdtNoteAmt Ccy='EUR'>8</CdtNoteAmt></RfrdDocAmt>"
        "</Strd></RmtInf>"
    )
    (found,) = statement(camt(entry("90", inner=inner))).entries
    assert [(i.reference, i.paid_minor, i.gross_minor, i.discount_minor) for i in found.items] == [
        ("R-7", 9800, 10000, 200),
        ("G-1", -800, None, None),
    ]
    assert all(isinstance(item, RemittedItem) for item in found.items)


def test_a_reference_in_free_text_counts_only_with_right_check_digits():
    right = details("<RmtInf><Ustrd>Invoice RF18 5390 0754 7034 thanks</Ustrd></RmtInf>")
    wrong = details("<RmtInf><Ustrd>Invoice RF19 5390 0754 7034 thanks</Ustrd></RmtInf>")
    found = statement(camt(entry("1", inner=right) + entry("1", inner=wrong))).entries
    assert [e.reference for e in found] == ["RF18539007547034", ""]


@pytest.mark.parametrize(
    ("root", "box", "kind", "name"),
    [
        ("BkToCstmrAcctRpt", "Rpt", "interim", "camt.052"),
        ("BkToCstmrStmtV01", "Stmt", "statement", "camt.053"),
        ("BkToCstmrDbtCdtNtfctn", "Ntfctn", "notification", "camt.054"),
    ],
)
@pytest.mark.parametrize("version", range(1, 14))
def test_all_three_messages_are_read_in_every_version(root, box, kind, name, version):
    space = f"{name[-3:]}.001.{version:02d}"
    file = read_text(camt(entry("1.50"), root=root, box=box, space=space))
    assert (file.format, file.statements[0].kind) == (name, kind)
    assert short(file.statements[0].entries) == [("2026-01-06", 150, "EUR")]


def test_prefixes_comments_and_envelopes_do_not_matter():
    text = camt(entry("1.50")).replace("<Ntry>", "<!-- here --><Ntry>")
    wrapped = f"<Envelope><Header><Id>x</Id></Header>{text}</Envelope>"
    prefixed = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><c:Document xmlns:c="urn:x:camt.053.001.02">'
        "<c:BkToCstmrStmt><c:Stmt><c:Id>S</c:Id><c:Ntry><c:Amt Ccy='EUR'>1.5</c:Amt>"
        "<c:CdtDbtInd>DBIT</c:CdtDbtInd><c:ValDt><c:Dt>2026-01-06+01:00</c:Dt></c:ValDt>"
        "<c:AddtlNtryInf>Gebühr</c:AddtlNtryInf></c:Ntry></c:Stmt></c:BkToCstmrStmt></c:Document>"
    )
    assert short(statement(wrapped).entries) == [("2026-01-06", 150, "EUR")]
    (found,) = read_bank_file(prefixed.encode("latin-1"), "f").statements[0].entries
    assert (found.amount_minor, found.text) == (-150, "Gebühr")


def test_pages_of_a_statement_open_and_close_with_interim_balances():
    first = statement(camt(entry("5"), balances=balance("OPBD", 10) + balance("ITBD", 15)))
    second = statement(camt(entry("5"), balances=balance("ITBD", 15) + balance("CLBD", 20)))
    assert (first.opening_minor, first.closing_minor) == (1000, 1500)
    assert (second.opening_minor, second.closing_minor) == (1500, 2000)
    assert first.findings == second.findings == ()


def test_pending_entries_and_notices_move_no_balance():
    pending = entry("7").replace("BOOK", "PDNG")
    notice = entry("9").replace("BOOK", "INFO")
    found = statement(
        camt(entry("5") + pending + notice, balances=balance("PRCD", 10) + balance("CLBD", 15))
    )
    assert [e.status for e in found.entries] == ["booked", "pending", "information"]
    assert found.findings == ()


def test_a_gap_in_the_sums_is_a_finding_with_the_amount():
    text = camt(entry("5"), balances=balance("OPBD", 10) + balance("CLBD", 14))
    (found,) = statement(text).findings
    assert (found.code, found.severity) == ("balance_gap", "error")
    assert found.reason == (
        "opening 10.00 EUR and entries 5.00 EUR make 15.00 EUR, not the closing 14.00 EUR: "
        "-1.00 EUR are unexplained. Ask the bank for the statement again"
    )


def test_a_balance_in_another_currency_is_left_out_and_said():
    foreign = balance("CLBD", 14).replace("EUR", "USD")
    file = read_text(camt(entry("5"), balances=balance("OPBD", 10) + foreign))
    assert file.statements[0].closing_minor is None
    assert codes(file) == ["balance_currency", "no_balances"]


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (camt(entry("1.234")), "statement S1, entry 1", "1.234 has more decimals than EUR allows"),
        (camt(entry("1,00")), "statement S1, entry 1", "'1,00' is not an amount"),
        (camt(entry("1e3")), "statement S1, entry 1", "'1e3' is not an amount"),
        (camt(entry("9" * 20)), "statement S1, entry 1", "larger than this ledger can hold"),
        (camt(entry("1", money="EUX")), "statement S1, entry 1", "'EUX' is no currency code"),
        (camt(entry("1", "C")), "statement S1, entry 1", "neither CRDT nor DBIT"),
        (camt(entry("1") + entry("1").replace("2026-01-05", "2026-02-30")), "entry 2", "no day"),
        (camt(entry("1"))[:-30], "line 1, column", "the XML is damaged or cut off"),
        ("<BkToCstmrStmt>" * 80, "line 1", "nests deeper"),
    ],
)
def test_what_cannot_be_read_exactly_is_refused_with_its_place(text, place, reason):
    file, where, why = refusal(text)
    assert file == "f"
    assert place in where
    assert reason in why


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY x "aaaaaaaaaa"><!ENTITY y "&x;&x;&x;&x;&x;">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]>',
    ],
)
def test_document_types_and_entities_are_never_opened(head):
    _, place, reason = refusal(head + camt(entry("1")))
    assert place == "line 1"
    assert reason.startswith("the file declares a document type or an entity")
