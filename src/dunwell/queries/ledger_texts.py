"""Numbers, references and payers of a company's rows as engine frames, for telling copies."""

import narwhals.stable.v2 as nw

from dunwell.engine.number_forms import ITEM_TEXTS, PAYMENT_TEXTS
from dunwell.models import Company
from dunwell.queries.frames import read_frame


def item_texts_frame(company: Company) -> nw.LazyFrame:
    """Return number and reference of every item, in columns ITEM_TEXTS."""
    return read_frame(
        "SELECT i.id, i.number, i.reference FROM dunwell_item i WHERE i.company_id = %s",
        [company.pk],
        ITEM_TEXTS,
    )


def payment_texts_frame(company: Company) -> nw.LazyFrame:
    """Return number, payer and reference of every payment, in columns PAYMENT_TEXTS."""
    return read_frame(
        "SELECT p.id, p.number, p.payer, p.reference FROM dunwell_payment p "
        "WHERE p.company_id = %s",
        [company.pk],
        PAYMENT_TEXTS,
    )
