"""What a debtor said, paid and was sent stays as it was written.

An invoice never changes once it is issued; an offer keeps its terms, a checkout its amount, an
answer its words, whatever becomes of them.
"""

from django.db import migrations

from dunwell.migrations._triggers import refusing

KEPT = "what passed between us and a debtor stays as it was written"
FUNCTION = "dunwell_kept_as_written"
CHECKOUT = "customer_id, provider_id, number, key, currency, amount_minor, surcharge_minor"
EVENT = "provider_id, event_id, kind, subject_id, payload, sha256, happened_at, told_at"
OFFER = "customer_id, item_id, steps, terms, open_minor, most_minor, until_on"
COMMENT = "side, kind, text, credit_minor, currency, recorded_at"
TABLES = {
    "invoice": ("", KEPT, FUNCTION),
    "invoicefile": ("", KEPT, FUNCTION),
    "taxrate": ("", KEPT, FUNCTION),
    "deliverynote": ("", KEPT, FUNCTION),
    "invoiceresponse": ("", KEPT, FUNCTION),
    "checkout": (CHECKOUT, KEPT, FUNCTION),
    "checkoutline": ("", KEPT, FUNCTION),
    "receipt": ("", KEPT, FUNCTION),
    "providerevent": (EVENT, KEPT, FUNCTION),
    "providerpayoutline": ("", KEPT, FUNCTION),
    "transfer": ("", KEPT, FUNCTION),
    "transferitem": ("", KEPT, FUNCTION),
    "mandateconsent": ("", KEPT, FUNCTION),
    "autopayline": ("", KEPT, FUNCTION),
    "earlypaymentoffer": (OFFER, KEPT, FUNCTION),
    "portalview": ("", KEPT, FUNCTION),
    "portalrequest": ("", KEPT, FUNCTION),
    "portallink": ("customer_id, purpose, nonce, token_hash, expires_at", KEPT, FUNCTION),
    "portalmail": ('"to", subject, body', KEPT, FUNCTION),
    "disputecomment": (COMMENT, KEPT, FUNCTION),
    "statementanswer": ("", KEPT, FUNCTION),
    "supplierstatement": ("", KEPT, FUNCTION),
    "supplierstatementline": ("", KEPT, FUNCTION),
}
ONCE = {"invoice": "OLD.status = 'issued'"}


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0015_debtors_side")]

    operations = [migrations.RunPython(refusing(TABLES, once=ONCE), migrations.RunPython.noop)]
