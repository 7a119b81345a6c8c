"""Words in the cells of a ledger export: kinds of item, states, yes and no, in four languages."""

from collections.abc import Callable, Mapping

import polars as pl

from dunwell.formats.words import plain_words


def _by_word(groups: Mapping[str, str]) -> Mapping[str, str]:
    return {word: value for value, words in groups.items() for word in words.split("|")}


KINDS = _by_word(
    {
        "invoice": "invoice|inv|i|in|bill|debit note|dn|debit memo|sales invoice|rechnung|re|"
        "rg|rv|dr|ausgangsrechnung|rechnungen|"
        "facture|fac|fa|fact|vente|factura|fra|ft|normal|ri|f|faktura",
        "credit_note": "credit note|creditnote|credit memo|cn|cm|c|credit|credit memorandum|"
        "crn|gutschrift|gs|gu|dg|rechnungskorrektur|"
        "storno|stornorechnung|avoir|av|note de credit|nota de credito|abono|nc|"
        "rectificativa|factura rectificativa|credit invoice|refund",
        "fee": "fee|dunning fee|late fee|charge|mahngebuhr|gebuhr|frais|penalite|cargo|"
        "comision|gasto|recargo",
        "interest": "interest|finance charge|late interest|zinsen|verzugszinsen|zins|"
        "interets|interet|interets de retard|intereses|interes",
        "opening": "opening|opening balance|balance forward|balance brought forward|b f|"
        "eroffnungssaldo|anfangsbestand|saldovortrag|eb|"
        "report a nouveau|a nouveau|solde initial|solde d ouverture|saldo inicial|apertura",
        "payment": "payment|pmt|pay|receipt|cash|unapplied payment|customer payment|"
        "unapplied cash|on account|unallocated payment|dz|zahlung|zahlungseingang|ze|akonto|"
        "reglement|paiement|encaissement|acompte|virement|pago|cobro|recibo|anticipo",
    }
)
"""Word -> kind of row; `payment` rows go to the payments."""

STATES = _by_word(
    {
        "open": "open|awaiting payment|outstanding|unpaid|overdue|due|not paid|pending|current|"
        "active|past due|sent|issued|posted|approved|invoiced|"
        "offen|unbezahlt|uberfallig|fallig|ausstehend|nicht bezahlt|ouvert|ouverte|impaye|"
        "impayee|non paye|non payee|a payer|en attente|echu|non regle|non reglee|"
        "abierto|abierta|pendiente|impagado|impagada|vencido|vencida|no pagado|no pagada|"
        "por cobrar",
        "paid": "paid|closed|settled|cleared|paid in full|fully paid|complete|completed|"
        "reconciled|"
        "bezahlt|ausgeglichen|beglichen|geschlossen|erledigt|voll bezahlt|paye|payee|regle|"
        "reglee|solde|soldee|lettre|lettree|clos|encaisse|"
        "pagado|pagada|cobrado|cobrada|cerrado|cerrada|liquidado|liquidada|saldado|saldada",
        "partial": "partially paid|partial|part paid|partly paid|partial payment|teilbezahlt|"
        "teilweise bezahlt|teilzahlung|"
        "partiellement paye|partiellement payee|paye partiellement|partiel|partielle|"
        "acompte verse|"
        "parcialmente pagado|parcialmente pagada|parcial|pago parcial|pagado parcialmente",
        "cancelled": "cancelled|canceled|void|voided|deleted|reversed|annulled|storniert|"
        "annulliert|geloscht|annule|annulee|anulado|anulada|cancelado|cancelada",
        "draft": "draft|awaiting approval|proforma|pro forma|not posted|entwurf|vorlage|"
        "brouillon|borrador",
        "disputed": "disputed|in dispute|dispute|strittig|reklamiert|bestritten|en litige|"
        "litige|conteste|contestee|en disputa|disputado|disputada|reclamado",
    }
)
"""Word -> state of an item."""

YES = frozenset(
    [
        "yes",
        "y",
        "true",
        "1",
        "x",
        "ja",
        "j",
        "oui",
        "o",
        "si",
        "s",
        "wahr",
        "vrai",
        "t",
        "on",
        "verdadero",
        "disputed",
    ]
)
NO = frozenset(
    ["no", "n", "false", "0", "nein", "non", "falsch", "faux", "f", "off", "none", "falso"]
)
WAYS = _by_word(
    {
        "paper": "paper|post|postal|by post|letter|print|printed|paper bill|postal mail|"
        "papier|brief|per post|postversand|druck|gedruckt|courrier|poste|par courrier|imprime|"
        "papel|correo postal|carta|impreso",
        "electronic": "electronic|electronically|paperless|email|e mail|by email|edi|portal|pdf|"
        "xml|e invoice|einvoice|e bill|online|peppol|facturx|factur x|zugferd|xrechnung|"
        "elektronisch|per e mail|per email|e rechnung|erechnung|electronique|par courriel|"
        "courriel|par email|electronico|electronica|correo electronico|por correo electronico",
    }
)
"""Word -> how a document went out. A bare "mail" is none: it means post here and e-mail there."""

CREDIT_SIDES = frozenset(["h", "c", "cr", "credit", "haben", "haber", "k"])
"""What a debit/credit column says for credit; all else is debit."""
OPEN_FLAG_HEADERS = frozenset({"is open", "open", "open flag"})


def mapped(series: pl.Series, read: Callable[[str], str | None]) -> pl.Series:
    """Return `read` of each text, called once per distinct text; null stays null."""
    found = {text: read(text) for text in series.unique().to_list() if text is not None}
    return series.replace_strict(found, default=None, return_dtype=pl.String)


def kind_of(text: str) -> str:
    """Return the kind a cell says, or an empty text."""
    plain = plain_words(text)
    return KINDS.get(plain, KINDS.get(plain.rstrip("s"), ""))


def state_of(text: str) -> str:
    """Return the state a cell says, or an empty text."""
    return STATES.get(plain_words(text), "")


def flag_of(text: str) -> str:
    """Return "yes", "no", or an empty text when the cell says neither."""
    plain = plain_words(text) or text.strip()
    if plain in YES:
        return "yes"
    return "no" if plain in NO else ""


def way_of(text: str, *, yes: str) -> str:
    """Return paper or electronic as a cell says, `yes` being what a bare yes means there.

    Empty when the cell says neither.
    """
    flag = flag_of(text)
    if flag:
        return yes if flag == "yes" else {"paper": "electronic", "electronic": "paper"}[yes]
    return WAYS.get(plain_words(text), "")


def is_open_flag(text: str) -> str:
    """Return the state for a yes/no cell in a column such as `isOpen`."""
    return {"yes": "open", "no": "paid"}.get(flag_of(text), state_of(text))
