"""Small audit files written by hand from the published schemas, and what a ledger of them says.

Structure: Skatteetaten's Norwegian SAF-T Financial 1.10 and 1.30, Portaria 302/2016 (PT 1.04_01),
the OECD's guidance for SAF-T 2.0, JPK_FA and JPK_KR of the Polish ministry of finance, article A47
A-1 of the French Livre des procédures fiscales. No sample of theirs is copied.
"""

from dunwell.formats.ledger import Ledger, read_ledger


def read(data: str | bytes, name: str = "audit.xml") -> Ledger:
    return read_ledger([(name, data if isinstance(data, bytes) else data.encode())])


def items(ledger: Ledger) -> list[tuple]:
    return (
        ledger.items.select("number", "customer_number", "kind", "currency", "amount_minor")
        .sort("number")
        .rows()
    )


def payments(ledger: Ledger) -> list[tuple]:
    return (
        ledger.payments.select("payment_number", "customer_number", "amount_minor")
        .sort("payment_number")
        .rows()
    )


def settled(ledger: Ledger) -> list[tuple]:
    return (
        ledger.allocations.filter(ledger.allocations["amount_minor"] > 0)
        .select("source", "source_number", "item_number", "amount_minor")
        .sort("item_number", "source_number")
        .rows()
    )


def codes(ledger: Ledger) -> set[str]:
    return set(ledger.findings["code"]) - {"due_missing", "due_from_terms"}


def open_minor(ledger: Ledger) -> int:
    """Return what is open: items less allocations, less money that is put on nothing."""
    return int(ledger.items["amount_minor"].sum()) - int(ledger.payments["amount_minor"].sum())


def norway(*, closing: str = "950.00", total: str = "3000.00", version: str = "1.30") -> str:
    """Return a general ledger: an opening balance, two invoices, a payment that names one."""
    if version == "1.30":
        balances = (
            "<n:BalanceAccount><n:AccountID>1500</n:AccountID>"
            "<n:OpeningDebitBalance>200.00</n:OpeningDebitBalance>"
            f"<n:ClosingDebitBalance>{closing}</n:ClosingDebitBalance></n:BalanceAccount>"
        )
    else:
        balances = (
            "<n:AccountID>1500</n:AccountID><n:OpeningDebitBalance>200.00</n:OpeningDebitBalance>"
            f"<n:ClosingDebitBalance>{closing}</n:ClosingDebitBalance>"
        )

    def booking(number: str, *lines: str) -> str:
        return (
            f"<n:Transaction><n:TransactionID>{number}</n:TransactionID><n:Period>3</n:Period>"
            "<n:TransactionDate>2025-03-01</n:TransactionDate><n:Description>Salg</n:Description>"
            "<n:SystemEntryDate>2025-03-01</n:SystemEntryDate>"
            f"<n:GLPostingDate>2025-03-0{number[-1]}</n:GLPostingDate>{''.join(lines)}"
            "</n:Transaction>"
        )

    def line(account: str, side: str, amount: str, *, reference: str = "", due: str = "") -> str:
        customer = "<n:CustomerID>10</n:CustomerID>" if account == "1500" else ""
        return (
            f"<n:Line><n:RecordID>1</n:RecordID><n:AccountID>{account}</n:AccountID>{customer}"
            f"<n:Description>x</n:Description><n:{side}Amount><n:Amount>{amount}</n:Amount>"
            f"</n:{side}Amount>"
            + (f"<n:ReferenceNumber>{reference}</n:ReferenceNumber>" if reference else "")
            + (f"<n:DueDate>{due}</n:DueDate>" if due else "")
            + "</n:Line>"
        )

    bookings = (
        booking(
            "T1",
            line("1500", "Debit", "1000.00", reference="F-1", due="2025-03-31"),
            line("3000", "Credit", "1000.00"),
        ),
        booking(
            "T2",
            line("1500", "Debit", "750.00", reference="F-2", due="2025-04-15"),
            line("3000", "Credit", "750.00"),
        ),
        booking(
            "T3",
            line("1920", "Debit", "1000.00"),
            line("1500", "Credit", "1000.00", reference="F-1"),
        ),
        booking(
            "T4",
            line("3000", "Debit", "250.00"),
            line("2700", "Credit", "250.00"),
        ),
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<n:AuditFile xmlns:n="urn:StandardAuditFile-Taxation-Financial:NO"><n:Header>'
        f"<n:AuditFileVersion>{version}</n:AuditFileVersion>"
        "<n:AuditFileCountry>NO</n:AuditFileCountry>"
        "<n:DefaultCurrencyCode>NOK</n:DefaultCurrencyCode><n:SelectionCriteria>"
        "<n:PeriodStart>1</n:PeriodStart><n:PeriodStartYear>2025</n:PeriodStartYear>"
        "</n:SelectionCriteria></n:Header><n:MasterFiles><n:Customers><n:Customer>"
        "<n:Name>Fjord AS</n:Name><n:Address><n:City>Oslo</n:City><n:Country>NO</n:Country>"
        f"</n:Address><n:CustomerID>10</n:CustomerID>{balances}</n:Customer></n:Customers>"
        "</n:MasterFiles><n:GeneralLedgerEntries><n:NumberOfEntries>4</n:NumberOfEntries>"
        f"<n:TotalDebit>{total}</n:TotalDebit><n:TotalCredit>{total}</n:TotalCredit>"
        "<n:Journal><n:JournalID>S</n:JournalID>"
        f"{''.join(bookings)}</n:Journal></n:GeneralLedgerEntries></n:AuditFile>"
    )


def _pt_customer(number: str, name: str) -> str:
    return (
        f"<Customer><CustomerID>{number}</CustomerID><AccountID>Desconhecido</AccountID>"
        f"<CustomerTaxID>999999990</CustomerTaxID><CompanyName>{name}</CompanyName>"
        "<BillingAddress><AddressDetail>Rua 1</AddressDetail><City>Lisboa</City>"
        "<PostalCode>1000-001</PostalCode><Country>PT</Country></BillingAddress>"
        "<SelfBillingIndicator>0</SelfBillingIndicator></Customer>"
    )


def _pt_invoice(number: str, customer: str, side: str, net: str, gross: str, status: str) -> str:
    return (
        f"<Invoice><InvoiceNo>{number}</InvoiceNo><DocumentStatus><InvoiceStatus>{status}"
        "</InvoiceStatus></DocumentStatus><InvoiceDate>2025-03-01</InvoiceDate>"
        f"<InvoiceType>{number[:2]}</InvoiceType><CustomerID>{customer}</CustomerID>"
        f"<Line><LineNumber>1</LineNumber><{side}Amount>{net}</{side}Amount></Line>"
        f"<DocumentTotals><NetTotal>{net}</NetTotal><GrossTotal>{gross}</GrossTotal>"
        "</DocumentTotals></Invoice>"
    )


def portugal() -> bytes:
    """Return invoices, one annulled and one paid at once, and a receipt that uses a credit note."""
    invoices = (
        _pt_invoice("FT 1/1", "C1", "Credit", "100.00", "123.00", "N")
        + _pt_invoice("NC 1/1", "C1", "Debit", "20.00", "24.60", "N")
        + _pt_invoice("FR 1/1", "C2", "Credit", "50.00", "61.50", "N")
        + _pt_invoice("FT 1/2", "C2", "Credit", "70.00", "70.00", "A")
        + _pt_invoice("FT 1/3", "C2", "Credit", "30.00", "36.90", "N")
    )

    def line(document: str, side: str, amount: str) -> str:
        return (
            f"<Line><LineNumber>1</LineNumber><SourceDocumentID><OriginatingON>{document}"
            "</OriginatingON><InvoiceDate>2025-03-01</InvoiceDate></SourceDocumentID>"
            f"<{side}Amount>{amount}</{side}Amount></Line>"
        )

    text = (
        '<?xml version="1.0" encoding="windows-1252"?>'
        '<AuditFile xmlns="urn:OECD:StandardAuditFile-Tax:PT_1.04_01"><Header>'
        "<AuditFileVersion>1.04_01</AuditFileVersion><FiscalYear>2025</FiscalYear>"
        "<StartDate>2025-01-01</StartDate><CurrencyCode>EUR</CurrencyCode></Header><MasterFiles>"
        + _pt_customer("C1", "Padaria São João")
        + _pt_customer("C2", "Loja Lda")
        + "<Product><ProductCode>X</ProductCode></Product></MasterFiles><SourceDocuments>"
        "<SalesInvoices><NumberOfEntries>5</NumberOfEntries><TotalDebit>20.00</TotalDebit>"
        f"<TotalCredit>180.00</TotalCredit>{invoices}</SalesInvoices><Payments>"
        "<NumberOfEntries>2</NumberOfEntries><TotalDebit>24.60</TotalDebit>"
        "<TotalCredit>123.00</TotalCredit><Payment><PaymentRefNo>RC 1/1</PaymentRefNo>"
        "<TransactionDate>2025-04-01</TransactionDate><PaymentType>RC</PaymentType>"
        "<DocumentStatus><PaymentStatus>N</PaymentStatus></DocumentStatus><PaymentMethod>"
        "<PaymentMechanism>TB</PaymentMechanism><PaymentAmount>98.40</PaymentAmount>"
        "</PaymentMethod><CustomerID>C1</CustomerID>"
        + line("FT 1/1", "Credit", "123.00")
        + line("NC 1/1", "Debit", "24.60")
        + "</Payment><Payment><PaymentRefNo>RC 1/2</PaymentRefNo>"
        "<TransactionDate>2025-04-02</TransactionDate><DocumentStatus><PaymentStatus>A"
        "</PaymentStatus></DocumentStatus><CustomerID>C2</CustomerID>"
        + line("FT 1/3", "Credit", "36.90")
        + "</Payment></Payments></SourceDocuments></AuditFile>"
    )
    return text.encode("cp1252")


def oecd() -> str:
    """Return an OECD 2.0 file: an invoice by an amount and an indicator, money in the ledger."""
    return (
        '<AuditFile xmlns="urn:OECD:StandardAuditFile-Tax:2.00"><Header>'
        "<AuditFileVersion>2.00</AuditFileVersion><AuditFileCountry>LU</AuditFileCountry>"
        "<DefaultCurrencyCode>EUR</DefaultCurrencyCode><SelectionCriteria><SelectionStartDate>"
        "2025-01-01</SelectionStartDate></SelectionCriteria></Header><MasterFiles><Customers>"
        "<Customer><Name>Kunde</Name><CustomerID>K1</CustomerID><AccountID>4000</AccountID>"
        "</Customer></Customers></MasterFiles><GeneralLedgerEntries><NumberOfEntries>1"
        "</NumberOfEntries><TotalDebit>40</TotalDebit><TotalCredit>40</TotalCredit><Journal>"
        "<Transaction><TransactionID>B7</TransactionID><GLPostingDate>2025-02-20</GLPostingDate>"
        "<Line><AccountID>5100</AccountID><DebitAmount><Amount>40</Amount></DebitAmount></Line>"
        "<Line><AccountID>4000</AccountID><CustomerID>K1</CustomerID><SourceDocumentID>R-9"
        "</SourceDocumentID><CreditAmount><Amount>40</Amount></CreditAmount></Line>"
        "</Transaction></Journal></GeneralLedgerEntries><SourceDocuments><SalesInvoices>"
        "<NumberOfEntries>1</NumberOfEntries><TotalDebit>0</TotalDebit><TotalCredit>100"
        "</TotalCredit><Invoice><InvoiceNo>R-9</InvoiceNo><CustomerInfo><CustomerID>K1"
        "</CustomerID></CustomerInfo><InvoiceDate>2025-02-01</InvoiceDate><InvoiceType>380"
        "</InvoiceType><Line><DebitCreditIndicator>C</DebitCreditIndicator><InvoiceLineAmount>"
        "<Amount>100</Amount></InvoiceLineAmount></Line><InvoiceDocumentTotals><GrossTotal>117"
        "</GrossTotal></InvoiceDocumentTotals></Invoice></SalesInvoices></SourceDocuments>"
        "</AuditFile>"
    )


def poland_invoices(*, total: str = "196.80") -> str:
    """Return a JPK_FA of an invoice and a correction of it."""

    def invoice(number: str, amount: str, kind: str, more: str = "") -> str:
        return (
            f"<Faktura><KodWaluty>PLN</KodWaluty><P_1>2025-05-02</P_1><P_2A>{number}</P_2A>"
            "<P_3A>Łódzka Huta SA</P_3A><P_3B>Łódź</P_3B><P_3C>My</P_3C><P_4B>1111111111</P_4B>"
            f"<P_5A>PL</P_5A><P_5B>7251801126</P_5B><P_15>{amount}</P_15>"
            f"<RodzajFaktury>{kind}</RodzajFaktury>{more}</Faktura>"
        )

    return (
        '<?xml version="1.0" encoding="UTF-8"?><JPK xmlns="http://jpk.mf.gov.pl/wzor/2022/02/17/02171/">'
        '<Naglowek><KodFormularza kodSystemowy="JPK_FA (4)" wersjaSchemy="1-0">JPK_FA'
        "</KodFormularza><DataOd>2025-05-01</DataOd></Naglowek>"
        + invoice("FV/1", "246.00", "VAT")
        + invoice("KOR/1", "-49.20", "KOREKTA", "<NrFaKorygowanej>FV/1</NrFaKorygowanej>")
        + f"<FakturaCtrl><LiczbaFaktur>2</LiczbaFaktur><WartoscFaktur>{total}</WartoscFaktur>"
        "</FakturaCtrl><FakturaWiersz><P_2B>FV/1</P_2B></FakturaWiersz></JPK>"
    )


def poland_books() -> str:
    """Return a JPK_KR: a balance brought forward, an invoice, and money that names it."""

    def entry(number: str, document: str, amount: str) -> str:
        return (
            f'<Dziennik typ="G"><LpZapisuDziennika>{number}</LpZapisuDziennika>'
            f"<NrZapisuDziennika>{number}</NrZapisuDziennika><OpisDziennika>S</OpisDziennika>"
            f"<NrDowoduKsiegowego>{document}</NrDowoduKsiegowego><RodzajDowodu>FV</RodzajDowodu>"
            f"<DataOperacji>2025-05-0{number}</DataOperacji><DataDowodu>2025-05-0{number}"
            f"</DataDowodu><DataKsiegowania>2025-05-0{number}</DataKsiegowania>"
            f"<KodOperatora>x</KodOperatora><OpisOperacji>opis</OpisOperacji>"
            f"<DziennikKwotaOperacji>{amount}</DziennikKwotaOperacji></Dziennik>"
        )

    def posting(number: str, debit: tuple[str, str], credit: tuple[str, str]) -> str:
        return (
            f'<KontoZapis typ="G"><LpZapisu>1</LpZapisu><NrZapisu>{number}</NrZapisu>'
            f"<KodKontaWinien>{debit[0]}</KodKontaWinien><KwotaWinien>{debit[1]}</KwotaWinien>"
            f"<KodKontaMa>{credit[0]}</KodKontaMa><KwotaMa>{credit[1]}</KwotaMa></KontoZapis>"
        )

    return (
        '<JPK xmlns="http://jpk.mf.gov.pl/wzor/2016/03/09/03091/"><Naglowek>'
        '<KodFormularza kodSystemowy="JPK_KR (1)">JPK_KR</KodFormularza><DataOd>2025-05-01'
        "</DataOd><DomyslnyKodWaluty>PLN</DomyslnyKodWaluty></Naglowek>"
        '<ZOiS typ="G"><KodKonta>201-7</KodKonta><OpisKonta>Huta SA</OpisKonta>'
        "<BilansOtwarciaWinien>10.00</BilansOtwarciaWinien><BilansOtwarciaMa>0.00"
        "</BilansOtwarciaMa></ZOiS>"
        + entry("1", "FV/9", "123.00")
        + entry("2", "FV/9", "100.00")
        + "<DziennikCtrl><LiczbaWierszyDziennika>2</LiczbaWierszyDziennika><SumaKwotOperacji>"
        "223.00</SumaKwotOperacji></DziennikCtrl>"
        + posting("1", ("201-7", "123.00"), ("null", "0.00"))
        + posting("1", ("null", "0.00"), ("700", "123.00"))
        + posting("2", ("130", "100.00"), ("201-7", "100.00"))
        + "<KontoZapisCtrl><LiczbaWierszyKontoZapisj>3</LiczbaWierszyKontoZapisj><SumaWinien>"
        "223.00</SumaWinien><SumaMa>223.00</SumaMa></KontoZapisCtrl></JPK>"
    )


FEC_HEADER = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
    "Montantdevise\tIdevise"
)


def fec_row(  # noqa: PLR0917 -- the columns of the format
    journal: str,
    number: str,
    day: str,
    account: str,
    piece: str,
    debit: str,
    credit: str,
    customer: str = "",
    letter: str = "",
) -> str:
    return "\t".join(
        [
            *(journal, {"AN": "A nouveaux", "VE": "Ventes", "BQ": "Banque"}[journal], number, day),
            *(account, "Compte", customer, f"Société {customer}" if customer else "", piece, day),
            *(f"Écriture {piece}", debit, credit, letter, "20250310" if letter else "", day),
            *("", ""),
        ]
    )


def fec() -> str:
    """Return a FEC: a balance brought forward, an invoice, a credit note, lettered with money."""
    rows = [
        FEC_HEADER,
        fec_row("AN", "1", "20250101", "41100000", "FA-0", "300,00", "0,00", "C1", "AA"),
        fec_row("AN", "1", "20250101", "89000000", "FA-0", "0,00", "300,00"),
        fec_row("VE", "2", "20250115", "41100000", "FA-1", "1200,00", "0,00", "C1", "AA"),
        fec_row("VE", "2", "20250115", "70700000", "FA-1", "0,00", "1200,00"),
        fec_row("VE", "3", "20250120", "41100000", "FA-2", "240,00", "0,00", "C2"),
        fec_row("VE", "3", "20250120", "70700000", "FA-2", "0,00", "240,00"),
        fec_row("VE", "4", "20250125", "41100000", "AV-1", "0,00", "120,00", "C1", "AA"),
        fec_row("VE", "4", "20250125", "70700000", "AV-1", "120,00", "0,00"),
        fec_row("BQ", "5", "20250210", "51200000", "RB-7", "1380,00", "0,00"),
        fec_row("BQ", "5", "20250210", "41100000", "RB-7", "0,00", "1380,00", "C1", "AA"),
        fec_row("BQ", "6", "20250215", "51200000", "RB-8", "100,00", "0,00"),
        fec_row("BQ", "6", "20250215", "41100000", "RB-8", "0,00", "100,00", "C2"),
    ]
    return "\r\n".join(rows) + "\r\n"
