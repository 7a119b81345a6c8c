"""What the check before issue found, as sentences: what is wrong and what to do."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from dunwell.engine.prebill import PrebillFinding

WORDS: Mapping[str, object] = {
    "po_missing": _("The customer asks for an order number on every invoice; enter it."),
    "buyer_reference_missing": _(
        "XRechnung needs the buyer reference (Leitweg-ID); enter it here or with the customer."
    ),
    "reference_missing": _("Peppol needs a buyer reference or an order number; enter one."),
    "customer_endpoint_missing": _(
        "The electronic address of the customer is missing; enter it with the customer."
    ),
    "profile_endpoint_missing": _("Our electronic address is missing; enter it in settings."),
    "contact_missing": _(
        "XRechnung needs our contact with phone and mail address; enter them in settings."
    ),
    "customer_address_incomplete": _(
        "The billing address lacks %(missing)s; complete it with the customer."
    ),
    "profile_address_incomplete": _("Our own address lacks %(missing)s; complete it in settings."),
    "seller_tax_missing": _("Our VAT or tax number is missing; enter it in settings."),
    "seller_vat_invalid": _("Our VAT number %(number)s is not valid; correct it in settings."),
    "bank_missing": _("No account is named to pay to; enter our IBAN in settings."),
    "buyer_vat_missing": _(
        "Tax category %(category)s needs the customer's VAT number; enter it with the customer."
    ),
    "buyer_vat_invalid": _("The customer's VAT number %(number)s is not valid; ask for it."),
    "not_abroad": _(
        "A supply inside the EU goes to another country, but the customer is in %(country)s too; "
        "choose another tax code."
    ),
    "outside_mixed": _("What lies outside VAT cannot stand beside taxed lines; split it."),
    "exemption_missing": _(
        "Tax category %(category)s needs the reason why no tax is charged; enter it with the "
        "tax code."
    ),
    "nothing_due": _("Nothing is left to pay, so there is nothing to issue."),
    "too_many_decimals": _(
        "Amounts in %(currency)s have three decimals; electronic formats take two. Use PDF."
    ),
    "price_differs": _("Line %(line)s: the price %(price)s differs from %(agreed)s agreed."),
    "order_currency": _("The order is in %(currency)s; what is billed of it is not counted."),
    "over_order": _("More would be billed than is left of order %(order)s; check the amounts."),
    "duplicate": _("%(number)s of %(day)s is over the same amount; it may be billed twice."),
    "terms_differ": _("The terms are %(terms)s, agreed are %(agreed)s."),
    "terms_unknown": _(
        "The terms do not say when it is due; write such as Net 30, or enter the due date."
    ),
    "period_closed": _("The books are closed until %(until)s; issue it on a later day."),
    "delivery_missing": _("Neither delivery date nor period is stated; enter one."),
    "delivery_ahead": _("The delivery date %(day)s lies ahead."),
    "disputed_before": _(
        "The customer was right to dispute %(n)s invoices as: %(reason)s, last on %(day)s; look "
        "whether this one is right."
    ),
    "line_disputed_before": _(
        "%(product)s was rightly disputed %(n)s times as: %(reason)s, last on %(day)s; look "
        "whether this line is right."
    ),
    "on_hold": _("The customer or its order is on credit hold."),
}
"""By code of `engine.prebill`."""


def finding_words(finding: PrebillFinding) -> str:
    """Return the sentence of a finding in the language of the moment."""
    return str(WORDS[finding.code]) % finding.values
