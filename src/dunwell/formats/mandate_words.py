"""The words of a SEPA Core mandate, as the European Payments Council prescribes them."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "en": (
        "SEPA Direct Debit Mandate\n"
        "Creditor: {creditor}, creditor identifier {creditor_id}\n\n"
        "By signing this mandate form, you authorise (A) {creditor} to send instructions to your "
        "bank to debit your account and (B) your bank to debit your account in accordance with "
        "the instructions from {creditor}.\n\n"
        "As part of your rights, you are entitled to a refund from your bank under the terms and "
        "conditions of your agreement with your bank. A refund must be claimed within 8 weeks "
        "starting from the date on which your account was debited. Your rights are explained in "
        "a statement that you can obtain from your bank.\n\n"
        "Type of payment: recurrent."
    ),
    "de": (
        "SEPA-Lastschriftmandat\n"
        "Gläubiger: {creditor}, Gläubiger-Identifikationsnummer {creditor_id}\n\n"
        "Ich ermächtige (A) {creditor}, Zahlungen von meinem Konto mittels Lastschrift "
        "einzuziehen. Zugleich (B) weise ich mein Kreditinstitut an, die von {creditor} auf mein "
        "Konto gezogenen Lastschriften einzulösen.\n\n"
        "Hinweis: Ich kann innerhalb von acht Wochen, beginnend mit dem Belastungsdatum, die "
        "Erstattung des belasteten Betrages verlangen. Es gelten dabei die mit meinem "
        "Kreditinstitut vereinbarten Bedingungen.\n\n"
        "Zahlungsart: wiederkehrende Zahlung."
    ),
}
"""Language -> text (EPC016-06, SEPA Direct Debit Core Rulebook, annex on translations)."""


def mandate_text(language: str, *, creditor: str, creditor_id: str) -> tuple[str, str]:
    """Return the language used (English where there is no other) and the text of a mandate."""
    used = language if language in TEXTS else "en"
    return used, TEXTS[used].format(creditor=creditor, creditor_id=creditor_id)
