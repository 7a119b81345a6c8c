"""How the settlement reports of payment services are known: header words per field and service."""

from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.formats.words import plain_words


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A payment service's report: fields by header words, and those by which it is known.

    `marks` must all be there. `name` stands for the account where the report tells none.
    """

    name: str
    marks: tuple[str, ...]
    fields: Mapping[str, str]

    def columns(self, header: list[str]) -> dict[str, str]:
        """Return field -> column of a header; the first column of each field counts."""
        found: dict[str, str] = {}
        words = {
            plain_words(phrase): name
            for name, phrases in self.fields.items()
            for phrase in phrases.split("|")
        }
        for column in header:
            name = words.get(plain_words(column))
            if name and name not in found:
                found[name] = column
        return found

    def fits(self, header: list[str]) -> bool:
        """Return whether the header has every mark of this service."""
        found = self.columns(header)
        return all(any(name in found for name in mark.split("|")) for mark in self.marks)


PAYPAL = Service(
    name="PayPal",
    marks=("booked", "currency", "gross", "net", "id", "time|zone"),
    fields={
        "booked": "date|datum|fecha|data",
        "time": "time|uhrzeit|hora|heure|ora|tijd",
        "zone": "timezone|time zone|zeitzone|zona horaria|fuseau horaire|tijdzone|fuso orario",
        "currency": "currency|wahrung|divisa|devise|valuta",
        "gross": "gross|brutto|bruto|brut|avant commission|lordo",
        "fee": "fee|fees|gebuhr|entgelt|comision|tarifa|commission|frais|kosten|tariffa|"
        "vergoeding",
        "net": "net|netto|neto|net apres commission|netto bedrag",
        "balance": "balance|guthaben|saldo|solde",
        "id": "transaction id|transaktionscode|id de transaccion|numero de transaction|"
        "codice transazione|transactiereferentie",
        "counterparty": "name|nombre|nom|naam|nome",
        "from": "from email address|absender e mail adresse|correo electronico del remitente|"
        "de l adresse email|adresse email de l expediteur",
        "to": "to email address|empfanger e mail adresse|direccion de correo electronico del "
        "destinatario|a l adresse email",
        "reference": "invoice number|invoice id|rechnungsnummer|id de factura|numero de factura|"
        "numero de facture|factuurnummer|numero fattura",
        "related": "reference txn id|zugehoriger transaktionscode|id de referencia de trans|"
        "id de referencia de transaccion|numero de la transaction de reference",
        "code": "type|typ|tipo|description|descripcion|beschreibung|omschrijving",
        "status": "status|estado|etat|stato",
        "impact": "balance impact|auswirkung auf guthaben|impacto en el saldo|impact sur le solde",
        "subject": "subject|betreff|asunto|objet",
        "note": "note|hinweis|nota|remarque",
        "bank": "bank name|nombre del banco",
        "bank_account": "bank account|cuenta bancaria",
    },
)
STRIPE = Service(
    name="Stripe",
    marks=("id", "booked", "gross", "fee", "net", "currency"),
    fields={
        "id": "balance transaction id|id",
        "booked": "created utc|created|effective at utc|effective at|created date utc",
        "valued": "available on utc|available on",
        "currency": "currency",
        "gross": "gross|amount",
        "fee": "fee",
        "net": "net",
        "code": "reporting category|type",
        "reference": "invoice number|invoice id",
        "related": "source id|source|charge id",
        "note": "description",
        "counterparty": "customer name",
        "from": "customer email",
        "group": "automatic payout id|transfer|payout id",
        "original_amount": "customer facing amount",
        "original_currency": "customer facing currency",
        "status": "status",
    },
)
ADYEN = Service(
    name="Adyen",
    marks=("id", "booked", "code", "net_debit", "net_credit", "currency"),
    fields={
        "account": "merchant account",
        "id": "psp reference",
        "reference": "merchant reference",
        "method": "payment method",
        "booked": "creation date",
        "valued": "booking date",
        "code": "type",
        "related": "modification reference",
        "original_currency": "gross currency",
        "gross_debit": "gross debit gc",
        "gross_credit": "gross credit gc",
        "currency": "net currency",
        "net_debit": "net debit nc",
        "net_credit": "net credit nc",
        "commission": "commission nc",
        "markup": "markup nc",
        "scheme": "scheme fees nc",
        "interchange": "interchange nc",
        "note": "modification merchant reference",
        "group": "batch number",
    },
)
SERVICES = (ADYEN, STRIPE, PAYPAL)
REVERSALS = (
    "chargeback",
    "reversal",
    "refund",
    "dispute",
    "payment failure",
    "rucklastschrift",
    "ruckzahlung",
    "reembolso",
    "remboursement",
    "secondchargeback",
    "refunded",
)
"""Words in a transaction type by which money that came goes back."""
PENDING = frozenset({"pending", "ausstehend", "pendiente", "en attente", "in behandeling"})
VOID = frozenset(
    {
        *("denied", "canceled", "cancelled", "failed", "expired", "voided", "removed"),
        *("abgelehnt", "storniert", "cancelado", "rechazado", "annule", "refuse"),
    }
)
MEMO = frozenset({"memo"})
"""Balance impact of rows that move nothing."""
