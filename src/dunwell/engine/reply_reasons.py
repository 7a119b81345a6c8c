"""Why a customer disputes an item, by the words of its message: a reason of the shipped policy."""

import re
from collections.abc import Mapping

from dunwell.engine.reply_facts import Quote

OTHER = "other"
WORDS: Mapping[str, tuple[str, ...]] = {
    "no_po": (
        r"purchase order", r"\bpo\b", r"bestellnummer", r"bestellnr", r"bon de commande",
        r"orden de compra", r"número de pedido",
    ),
    "duplicate": (
        r"\btwice\b", r"duplicat", r"already (?:billed|invoiced)", r"doppelt", r"en double",
        r"duplicad", r"deux fois", r"dos veces",
    ),
    "damage": (
        r"damag", r"\bbroken\b", r"beschädigt", r"endommag", r"cassée?s?\b", r"dañad",
        r"\brot[oa]s?\b",
    ),
    "not_received": (
        r"not (?:yet )?(?:been )?(?:received|delivered|arrived)", r"never (?:received|arrived)",
        r"nicht (?:erhalten|geliefert|angekommen)", r"pas (?:été )?(?:reçu|livr)",
        r"no (?:hemos )?recibi",
    ),
    "short_delivery": (
        r"short[ -]?(?:deliver|ship)", r"missing (?:units|items|pieces|goods)", r"only received",
        r"fehlmenge", r"\bfehl(?:en|ten)\b", r"zu wenig geliefert", r"manqu", r"incomplet",
        r"\bfaltan\b", r"faltante",
    ),
    "return": (
        r"\breturn(?:ed|s)\b", r"retoure", r"zurückge(?:sandt|schickt)", r"renvoy",
        r"\bdev(?:uel|ol)",
    ),
    "promotion": (r"promotion", r"aktions(?:rabatt|preis)", r"promoción"),
    "discount": (
        r"discount", r"rebate", r"skonto", r"rabatt", r"escompte", r"\bremise\b", r"descuento",
    ),
    "freight": (
        r"freight", r"shipping (?:cost|charge)", r"fracht", r"versandkosten",
        r"frais de (?:port|livraison)", r"\bflete\b", r"gastos de envío",
    ),
    "tax": (r"\bvat\b", r"\btax\b", r"mehrwertsteuer", r"umsatzsteuer", r"\btva\b", r"\biva\b"),
    "wrong_address": (
        r"wrong (?:billing |invoice )?address", r"falsche (?:rechnungs)?(?:adresse|anschrift)",
        r"mauvaise adresse", r"dirección (?:incorrecta|equivocada)",
    ),
    "cancelled": (r"cancell?ed", r"storniert", r"annulée?\b", r"cancelad"),
    "contract": (r"\bcontract", r"agreed terms", r"\bvertrag", r"\bcontrat"),
    "price": (
        r"\bprices?\b", r"overcharg", r"too (?:much|high)", r"preis", r"zu (?:viel|hoch)",
        r"\bprix\b", r"\btarif", r"\bprecio",
    ),
    "quality": (
        r"quality", r"faulty", r"does not work", r"defe(?:ctive|kt|ctuos)", r"qualität",
        r"mangelhaft", r"mängel", r"qualité", r"défaut", r"calidad",
    ),
}  # fmt: skip
"""Words of each reason in English, German, French and Spanish; the first reason that stands
counts, so the particular ones come first."""

_PATTERNS = {code: re.compile("|".join(words), re.IGNORECASE) for code, words in WORDS.items()}


def reason_of(text: str) -> tuple[str, tuple[Quote, ...]]:
    """Return the code of a dispute's reason by the words of a message, with the words."""
    for code, pattern in _PATTERNS.items():
        if found := pattern.search(text):
            return code, (Quote(quote=found.group(), start=found.start(), end=found.end()),)
    return OTHER, ()
