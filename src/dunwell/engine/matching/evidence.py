"""How much each piece of evidence weighs, and how it is said to a person."""

from collections.abc import Mapping, Sequence

from dunwell.engine.matching.inputs import Item, Key
from dunwell.engine.matching.payers import PayerGrade, PayerMatch
from dunwell.engine.matching.references import Grade
from dunwell.engine.matching.words import THIRD_PARTY, says

REFERENCE_WEIGHT = {
    Grade.EXACT: 40,
    Grade.STRIPPED: 36,
    Grade.BARE: 26,
    Grade.NEAR: 20,
    Grade.WEAK: 12,
    Grade.NONE: 0,
}
PAYER_WEIGHT = {
    PayerGrade.KNOWN: 20,
    PayerGrade.RELATED: 20,
    PayerGrade.CLOSE: 18,
    PayerGrade.LOOSE: 12,
    PayerGrade.UNKNOWN: 4,
    PayerGrade.OTHER: -16,
}
FULL = ("full", "credit", "discount")
"""Fits that leave nothing to explain."""


def payer_reasons(
    payers: Mapping[Key, PayerMatch], items: Sequence[Item], words: str
) -> list[str]:
    """Return who paid for the items' customers, and that somebody paid on behalf of them."""
    keys = dict.fromkeys(one.customer_id for one in items)
    reasons = [payers[key].why for key in keys if key in payers]
    if says(THIRD_PARTY, words):
        return [*reasons, "the text says that it is paid on behalf of the customer"]
    return reasons or ["the payer is not known as the customer"]


def said_reason(said: str, grade: Grade, item: Item) -> str:
    """Return why a text means this item, in words."""
    if grade == Grade.NONE:
        if not said:
            return f"item {item.number} has exactly the amount said for the payment"
        return f"item {item.number} has exactly the amount said for {said}"
    if grade == Grade.NEAR:
        return f"{said} is one slip away from item {item.number}"
    if grade <= Grade.BARE:
        return f"{said} may be item {item.number}"
    return f"{said} names item {item.number}"
