"""Readings of a payment that says an amount for everything it pays: one choice per line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dunwell.engine.matching.book import Book
from dunwell.engine.matching.claims import Claim, Claims
from dunwell.engine.matching.evidence import (
    FULL,
    PAYER_WEIGHT,
    REFERENCE_WEIGHT,
    payer_reasons,
    said_reason,
)
from dunwell.engine.matching.fits import Fit, Shortfall, fit_items
from dunwell.engine.matching.inputs import Item, Key, Payment, ordered
from dunwell.engine.matching.payers import PayerGrade, PayerMatch, grade_of
from dunwell.engine.matching.readings import REFERENCES, Cell, Part, Reading
from dunwell.engine.matching.references import Grade, is_near
from dunwell.engine.matching.words import ADVANCE, says

BELIEVED = 40
"""A line is read as an item from this weight on."""
RIVAL = 12
"""A second reading this close to the best is a rival."""
ACCIDENTS = {
    (Grade.BARE, payer, kind)
    for payer in (PayerGrade.OTHER, PayerGrade.UNKNOWN)
    for kind in ("short", "over", "far_over")
}
"""A bare number, a strange payer and an amount that does not fit are no evidence together."""
MOST_NEAR = 200
"""Items of one customer that are compared with a number that may have a slip."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An item one claim may mean, with how surely and how the amount fits."""

    item: Item
    grade: Grade
    payer: PayerGrade
    fit: Fit
    score: int


def stated_readings(
    payment: Payment, claims: Claims, payers: Mapping[Key, PayerMatch], book: Book
) -> list[Reading]:
    """Return the reading of claims that all say their amount, and one per runner-up."""
    options = [choices_of(claim, payment, payers, book) for claim in claims.claims]
    total = sum(claim.amount_minor or 0 for claim in claims.claims)
    chosen = _distinct(options)
    if not any(chosen):
        return []
    best = _lines_reading(payment, claims, options, chosen, total, payers)
    found = [best] if best else []
    if len(options) == 1:
        for other in options[0][1 : 1 + book.policy.alternatives]:
            runner = _lines_reading(payment, claims, options, [other], total, payers)
            found += [runner] if runner else []
    return found


def choices_of(
    claim: Claim, payment: Payment, payers: Mapping[Key, PayerMatch], book: Book
) -> list[Choice]:
    """Return the items a claim with an amount may mean, best first.

    Besides the items its number names: those of the likely payers whose number is one slip away,
    or whose open amount is exactly the one said.
    """
    has_payer = bool(payment.payer)
    if _is_settled(claim, payers, book, has_payer=has_payer):
        return []
    said = {one.item_id: one.grade for one in claim.mentions}
    choices = _weighed(claim, payment, payers, book, said)
    sure = choices and choices[0].grade >= Grade.STRIPPED and choices[0].fit.kind in FULL
    if not sure or choices[0].payer < PayerGrade.LOOSE:
        wider = _unsaid(claim, payment, payers, book)
        grades = {key: grade for key, grade in wider.items() if key not in said}
        choices += _weighed(claim, payment, payers, book, grades)
    choices.sort(key=lambda c: (-c.score, c.item.due_day, ordered(c.item.item_id)))
    return choices


def _unsaid(
    claim: Claim, payment: Payment, payers: Mapping[Key, PayerMatch], book: Book
) -> dict[Key, Grade]:
    """Return items the claim does not name but may mean: by a slip, or by payer and amount."""
    grades = {}
    for customer_id, match in payers.items():
        own = book.of_customer(customer_id, payment.currency)[:MOST_NEAR]
        own += book.of_exactly(customer_id, payment.currency, claim.amount_minor or 0)
        for item in own:
            if claim.said and is_near(claim.said, item):
                grades[item.item_id] = Grade.NEAR
            elif match.grade >= PayerGrade.LOOSE:
                grades[item.item_id] = Grade.NONE
    for item in book.of_amount(payment.currency, claim.amount_minor or 0):
        if item.item_id not in grades and is_near(claim.said, item):
            grades[item.item_id] = Grade.NEAR
    return grades


def _weighed(
    claim: Claim,
    payment: Payment,
    payers: Mapping[Key, PayerMatch],
    book: Book,
    grades: Mapping[Key, Grade],
) -> list[Choice]:
    """Return the items whose amount makes the claim believable, with their weight."""
    amount = claim.amount_minor or 0
    choices = []
    for key, grade in grades.items():
        item, left = book.items[key], book.left[key]
        if item.currency != payment.currency or left * amount <= 0:
            continue
        if grade == Grade.NONE and says(ADVANCE, claim.memo):
            continue
        payer = grade_of(payers, item.customer_id, has_payer=bool(payment.payer))
        fit = _line_fit(item, left, amount, claim, payment, book)
        if _is_telling(grade, fit.kind) and (grade, payer, fit.kind) not in ACCIDENTS:
            score = REFERENCE_WEIGHT[grade] + PAYER_WEIGHT[payer] + fit.weight
            choices.append(Choice(item, grade, payer, fit, score))
    choices.sort(key=lambda c: (-c.score, c.item.due_day, ordered(c.item.item_id)))
    return choices


def _is_telling(grade: Grade, kind: str) -> bool:
    """Return whether the fit makes up for what the number leaves open."""
    if grade >= Grade.BARE:
        return True
    if grade == Grade.NEAR:
        return kind not in {"short", "over", "far_over", "fee", "late_discount"}
    return kind in {*FULL, "told_deduction"}


def _is_settled(
    claim: Claim, payers: Mapping[Key, PayerMatch], book: Book, *, has_payer: bool
) -> bool:
    """Return whether the claim surely means an item of its amount that is settled already."""
    for one in claim.mentions:
        item = book.items[one.item_id]
        is_whole = item.amount_minor == claim.amount_minor and not book.left[one.item_id]
        payer = grade_of(payers, item.customer_id, has_payer=has_payer)
        if one.grade >= Grade.STRIPPED and is_whole and payer > PayerGrade.OTHER:
            return True
    return False


def _line_fit(
    item: Item, left: int, amount: int, claim: Claim, payment: Payment, book: Book
) -> Fit:
    if amount < 0:
        kind = "credit" if amount == left else "short"
        kind = "refund" if payment.amount_minor < 0 else kind
        used = max(amount, left)
        return Fit(kind, (used,), (), amount - used, why="a credit note the payer takes")
    memo = claim.memo.replace("less credit", " ")
    return fit_items(
        (item,),
        (left,),
        amount,
        words=memo,
        value_day=payment.value_day,
        policy=book.policy,
        netted=book.netted,
    )


def _distinct(options: Sequence[Sequence[Choice]]) -> list[Choice | None]:
    """Return one choice per claim, no item twice: the surest claims choose first."""
    order = sorted(
        range(len(options)), key=lambda n: (-options[n][0].score if options[n] else 0, n)
    )
    chosen: list[Choice | None] = [None] * len(options)
    used: set[Key] = set()
    for n in order:
        for choice in options[n]:
            if choice.item.item_id not in used and choice.score >= BELIEVED:
                chosen[n] = choice
                used.add(choice.item.item_id)
                break
    return chosen


def _lines_reading(
    payment: Payment,
    claims: Claims,
    options: Sequence[Sequence[Choice]],
    chosen: Sequence[Choice | None],
    total: int,
    payers: Mapping[Key, PayerMatch],
) -> Reading | None:
    """Return the reading made of one choice per line, or None when it needs more than was paid."""
    taken = [one for one in chosen if one is not None]
    amounts = [choice.fit.amounts[0] for choice in taken]
    spare = payment.amount_minor - sum(amounts)
    if spare * payment.amount_minor < 0 or not taken:
        return None
    doubt = "stated" if total == payment.amount_minor else "mismatch"
    if len(taken) < len(chosen):
        doubt = "unknown_line"
    elif any(_has_rival(o, c) for o, c in zip(options, chosen, strict=True) if c):
        doubt = "rival"
    kinds = [choice.fit.kind for choice in taken]
    worst = min(taken, key=lambda choice: choice.score)
    kind = "credit" if "credit" in kinds else worst.fit.kind
    if kind == "credit" and worst.fit.kind not in FULL:
        kind = worst.fit.kind
    name = f"{kind}_set" if len(taken) > 1 and kind != "credit" else kind
    grade = min(choice.grade for choice in taken)
    payer = min(choice.payer for choice in taken)
    parts = tuple(Part(c.item.item_id, c.fit.amounts[0], c.fit.amounts[0]) for c in taken)
    reasons = [
        reason
        for claim, choice in zip(claims.claims, chosen, strict=True)
        if choice
        for reason in _line_reasons(claim, choice)
    ]
    reasons += payer_reasons(payers, [choice.item for choice in taken], claims.words)
    shortfalls: list[Shortfall] = [s for c in taken for s in c.fit.shortfalls]
    cell = Cell("reference", name, REFERENCES[grade], payer.name.lower(), doubt)
    score = min(choice.score for choice in taken)
    return Reading(parts, cell, tuple(dict.fromkeys(reasons)), tuple(shortfalls), spare, score)


def _line_reasons(claim: Claim, choice: Choice) -> tuple[str, ...]:
    return (said_reason(claim.said, choice.grade, choice.item), choice.fit.why)


def _has_rival(options: Sequence[Choice], chosen: Choice) -> bool:
    return any(
        other.item.item_id != chosen.item.item_id and chosen.score - other.score < RIVAL
        for other in options[:4]
    )
