"""Readings of a payment that names items: every number it says, weighed with amount and payer."""

from collections.abc import Mapping

from dunwell.engine.matching.book import Book
from dunwell.engine.matching.claims import Claims
from dunwell.engine.matching.inputs import Key, Payment
from dunwell.engine.matching.named import slipped_readings, unstated_readings
from dunwell.engine.matching.payers import PayerMatch
from dunwell.engine.matching.readings import Reading
from dunwell.engine.matching.stated import stated_readings


def named_readings(
    payment: Payment, claims: Claims, payers: Mapping[Key, PayerMatch], book: Book
) -> list[Reading]:
    """Return the readings that rest on what the payment says, best first.

    Items already settled by other payments of the batch no longer count; see `holds` for those.
    """
    if not claims.claims:
        return slipped_readings(payment, claims, payers, book)
    found: list[Reading] = []
    if claims.is_stated:
        found += stated_readings(payment, claims, payers, book)
    if not claims.is_stated or not found or not claims.is_remittance:
        found += unstated_readings(payment, claims, payers, book)
    found.sort(key=lambda one: -one.score)
    unique = {one.parts: one for one in reversed(found)}
    return [one for one in found if unique[one.parts] is one]
