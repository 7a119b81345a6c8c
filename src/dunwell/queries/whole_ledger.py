"""The ledger with all its history: through the mirror where one stands, else from the database.

The rows are the same either way; only their cost differs.
"""

import logging

import narwhals.stable.v2 as nw
from django.conf import settings

from dunwell.formats.mirror import MirrorError
from dunwell.models import Company
from dunwell.queries import frames
from dunwell.queries.mirror import standing_mirror
from dunwell.queries.mirror_rows import SOURCES

logger = logging.getLogger(__name__)


def whole_items(company: Company) -> nw.LazyFrame:
    """Return all items of a company in columns ITEMS."""
    found = _mirrored(company, "items")
    return frames.items_frame(company) if found is None else found


def whole_allocations(company: Company) -> nw.LazyFrame:
    """Return all allocations of a company in columns ALLOCATIONS."""
    found = _mirrored(company, "allocations")
    return frames.allocations_frame(company) if found is None else found


def whole_payments(company: Company) -> nw.LazyFrame:
    """Return all payments of a company in columns PAYMENTS."""
    found = _mirrored(company, "payments")
    return frames.payments_frame(company) if found is None else found


def _mirrored(company: Company, name: str) -> nw.LazyFrame | None:
    """Return a frame read through the mirror, None where the database is to be read."""
    if not settings.MIRROR:
        return None
    try:
        mirror = standing_mirror(company)
        if mirror is None:
            return None
        rows = mirror.whole(name).select(*SOURCES[name].frame)
    except MirrorError as error:
        logger.warning(
            "company %s: %s The ledger is read in place of its mirror; "
            "`dunwell mirror refresh` makes it anew.",
            company.pk,
            error,
        )
        return None
    return nw.from_native(rows.lazy())
