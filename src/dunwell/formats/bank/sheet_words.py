"""Header words of bank exports in English, German, French, Spanish, Dutch and Italian."""

from collections.abc import Mapping

from dunwell.formats.words import plain_words


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FIELDS: Mapping[str, str] = {
    "booked": "date|booking date|booked|booked on|posting date|posted|post date|transaction date|"
    "trans date|date posted|entry date|operation date|date of transaction|buchungstag|"
    "buchungsdatum|buchung|datum|belegdatum|date operation|date d operation|"
    "date de l operation|date comptable|date de comptabilisation|date ecriture|fecha|"
    "fecha operacion|fecha de operacion|f operacion|fecha contable|fecha movimiento|"
    "boekdatum|boekingsdatum|transactiedatum|data|data contabile|data operazione|booked date|"
    "paid on|received on|payment date|completed date|date completed|date completed utc|date utc",
    "valued": "value date|value on|valued|valuta|valutadatum|wertstellung|wertstellungsdatum|wert|"
    "date valeur|date de valeur|fecha valor|f valor|fecha de valor|rentedatum|data valuta|"
    "available on|settlement date|interest date",
    "amount": "amount|transaction amount|amount in account currency|value|sum|total|betrag|umsatz|"
    "buchungsbetrag|betrag in kontowahrung|montant|montant operation|importe|"
    "importe operacion|importe movimiento|monto|bedrag|bedrag eur|importo|money|"
    "signed amount|booked amount",
    "debit": "debit|debits|debit amount|amount debit|withdrawal|withdrawals|withdrawal amount|"
    "paid out|money out|out|outflow|payments out|spent|soll|belastung|lastschrift|"
    "ausgang|ausgabe|debit montant|montant debit|debito|cargo|cargos|debe|adeudos|"
    "gastos|af|addebiti|addebito|dare|uscite|amount out",
    "credit": "credit|credits|credit amount|amount credit|deposit|deposits|deposit amount|"
    "paid in|money in|in|inflow|payments in|received|haben|gutschrift|eingang|"
    "einnahme|credit montant|montant credit|credito|abono|abonos|haber|ingresos|bij|"
    "accrediti|accredito|avere|entrate|amount in",
    "side": "d c|dc|dr cr|debit credit|debit or credit|credit debit|cr dr|debit credit indicator|"
    "credit debit indicator|sign|soll haben|s h|sh|soll haben kennzeichen|sens|debe haber|"
    "af bij|direction|dr or cr",
    "balance": "balance|running balance|account balance|balance after|closing balance|"
    "balance after transaction|new balance|ledger balance|saldo|kontostand|"
    "saldo nach buchung|solde|solde apres operation|solde apres|saldo despues|"
    "saldo disponible|saldo na mutatie|saldo finale|saldo posterior",
    "currency": "currency|ccy|cur|curr|currency code|account currency|wahrung|waehrung|whg|"
    "devise|monnaie|moneda|divisa|valuta code|munt|muntsoort|valuta iso",
    "fee": "fee|fees|charge|charges|bank charges|gebuhr|gebuehr|gebuhren|entgelt|spesen|frais|"
    "commission|comision|comisiones|kosten|commissione|commissioni",
    "original_amount": "original amount|amount currency|amount in currency|foreign amount|"
    "instructed amount|amount in foreign currency|originalbetrag|ursprungsbetrag|"
    "fremdwahrungsbetrag|montant devise|montant en devise|montant origine|"
    "importe original|importe divisa|transaction currency amount|orig amount",
    "original_currency": "original currency|foreign currency|instructed currency|"
    "originalwahrung|fremdwahrung|devise origine|moneda original|orig currency",
    "counterparty": "counterparty|counterparty name|counter party|partner|partner name|payee|"
    "payer|payer name|name|sender|sender name|beneficiary|beneficiary name|"
    "ordering party|remitter|merchant|customer|from|paid by|auftraggeber|"
    "empfanger|auftraggeber empfanger|beguenstigter zahlungspflichtiger|"
    "begunstigter zahlungspflichtiger|name zahlungsbeteiligter|zahlungsbeteiligter|"
    "zahlungspflichtige r|zahlungspflichtiger|auftraggeber begunstigter|"
    "empfanger zahlungspflichtiger|empfangername|contrepartie|tiers|beneficiaire|"
    "donneur d ordre|nom contrepartie|emetteur|contraparte|beneficiario|ordenante|"
    "nombre|naam|naam tegenpartij|tegenpartij|controparte|ordinante",
    "counterparty_account": "bank account|counterparty account|counterparty iban|partner account|"
    "partner iban|payee account|payer account|payer iban|sender iban|"
    "beneficiary account|beneficiary iban|account counterparty|"
    "kontonummer iban|iban zahlungsbeteiligter|iban kontonummer|gegenkonto|"
    "konto gegenseite|iban auftraggeber|iban des auftraggebers|"
    "compte contrepartie|iban contrepartie|cuenta contraparte|"
    "iban contraparte|tegenrekening|iban tegenpartij|iban controparte",
    "counterparty_bank": "bic|swift|bic swift|bank code|blz|bankleitzahl|counterparty bic|"
    "bic zahlungsbeteiligter|bic swift code|bic tegenpartij|bank name",
    "account": "account|account number|account no|account iban|own account|auftragskonto|konto|"
    "kontonummer|iban auftragskonto|compte|numero de compte|n compte|cuenta|"
    "numero de cuenta|rekening|rekeningnummer|iban rekening|conto|iban",
    "reference": "reference|ref|payment reference|customer reference|remittance reference|"
    "your reference|referenz|kundenreferenz|zahlungsreferenz|reference client|"
    "referencia|referencia cliente|betalingskenmerk|kenmerk|riferimento|"
    "invoice|invoice number|invoice no|structured reference|creditor reference",
    "end_to_end": "end to end id|end to end|endtoend id|end to end reference|e2e|e2e id|"
    "end to end referenz|kundenreferenz end to end|e2e referenz|reference de bout en bout",
    "bank_reference": "transaction id|transaction number|transaction ref|transaction reference|"
    "operation number|operation id|unique id|bank reference|id|payment id|"
    "entry id|fitid|bank ref|transaktionsnummer|buchungsnummer|vorgangsnummer|"
    "numero operation|n operation|numero de operacion|n operacion|"
    "transactiereferentie|trace number|statement line id",
    "mandate": "mandate|mandate reference|mandate id|mandatsreferenz|reference mandat|"
    "referencia mandato|machtigingskenmerk|sepa mandate",
    "cheque": "cheque|cheque number|cheque no|check number|check no|check|scheck nr|"
    "schecknummer|numero cheque|n cheque|numero de cheque|num cheque|chk num",
    "text": "label|description|details|detail|memo|narrative|text|particulars|remarks|note|notes|"
    "transaction details|transaction description|payment details|purpose|"
    "remittance information|additional information|message|verwendungszweck|buchungstext|"
    "beschreibung|text buchung|zahlungsgrund|mitteilung|libelle|libelle operation|"
    "libelle complementaire|detail operation|motif|communication|concepto|descripcion|"
    "observaciones|mas datos|movimiento|omschrijving|mededelingen|naam omschrijving|"
    "causale|descrizione|dettagli|subject",
    "code": "type|transaction type|transaction code|category code|code|booking type|umsatzart|"
    "buchungsart|vorgang|type operation|tipo|tipo movimiento|tipo operacion|mutatiesoort|"
    "tipologia|method",
    "status": "status|state|etat|statut|estado",
}
KNOWN_FIELDS: Mapping[str, str] = {
    plain_words(phrase): name for name, phrases in _FIELDS.items() for phrase in phrases.split("|")
}
"""Header phrase -> field."""

OPENING_WORDS = (
    "opening balance",
    "balance at start of period",
    "balance brought forward",
    "starting balance",
    "previous balance",
    "start balance",
    "beginning balance",
    "anfangssaldo",
    "alter kontostand",
    "anfangsbestand",
    "saldo alt",
    "solde initial",
    "ancien solde",
    "solde precedent",
    "solde en debut de periode",
    "saldo inicial",
    "saldo anterior",
    "beginsaldo",
    "saldo iniziale",
)
CLOSING_WORDS = (
    "closing balance",
    "balance at end of period",
    "balance carried forward",
    "ending balance",
    "end balance",
    "new balance",
    "current balance",
    "endsaldo",
    "neuer kontostand",
    "schlusssaldo",
    "endbestand",
    "saldo neu",
    "kontostand",
    "solde final",
    "nouveau solde",
    "solde en fin de periode",
    "solde actuel",
    "saldo final",
    "saldo actual",
    "eindsaldo",
    "saldo finale",
)
TOTAL_WORDS = _words(
    "total totals sum summe gesamt gesamtsumme totaux somme totales suma totaal totale"
)
ACCOUNT_WORDS = (
    "account number",
    "account no",
    "account iban",
    "account",
    "iban",
    "kontonummer",
    "konto",
    "numero de compte",
    "compte",
    "numero de cuenta",
    "cuenta",
    "rekeningnummer",
    "rekening",
)
CURRENCY_WORDS = ("currency", "wahrung", "waehrung", "devise", "moneda", "divisa", "munt")
DEBIT_SIDES = _words(
    "d dr dbit debit debits db s soll debe cargo af a - dare out outgoing belastung lastschrift "
    "debito withdrawal"
)
CREDIT_SIDES = _words(
    "c cr crdt credit credits h haben haber abono bij b + avere in incoming gutschrift credito "
    "deposit"
)
STATUS_WORDS: Mapping[str, str] = {
    **dict.fromkeys(
        ("pending", "vorgemerkt", "en attente", "pendiente", "authorised", "authorized", "hold"),
        "pending",
    ),
    **dict.fromkeys(
        (
            "declined",
            "failed",
            "cancelled",
            "canceled",
            "reverted",
            "rejected",
            "denied",
            "expired",
        ),
        "information",
    ),
}
"""Words of a status column that say that no money has moved; all others are booked."""
