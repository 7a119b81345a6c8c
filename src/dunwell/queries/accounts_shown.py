"""Who sees an account or tax number whole: those who work with it. Others see its end."""

from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any, TypeVar

from dunwell.formats.sealing import hinted
from dunwell.queries.pages import Page

WORK_WITH = {
    "account": frozenset({"refund.propose", "refund.approve", "payee.approve"}),
    "iban": frozenset({"mandate.edit"}),
    "vat_id": frozenset({"customer.edit", "contact.edit", "refund.propose", "limit.propose"}),
}
"""By name of the field: the rights whose holders need the number itself."""
Row = TypeVar("Row", bound=Any)


def shown(row: Row, rights: Collection[str]) -> Row:
    """Return a row with the numbers its reader has no work with cut to their end."""
    hidden = {
        one.name: hinted(getattr(row, one.name))
        for one in fields(row)
        if one.name in WORK_WITH and not WORK_WITH[one.name] & set(rights)
    }
    return replace(row, **hidden) if hidden else row


def shown_page(page: Page[Row], rights: Collection[str]) -> Page[Row]:
    """Return a page with each of its rows as its reader may see it."""
    return replace(page, rows=tuple(shown(row, rights) for row in page.rows))
