"""Readings of a payment that names items without amounts: sets of them, by how the sum fits."""

from collections.abc import Mapping, Sequence
from itertools import product

from dunwell.engine.matching.book import Book
from dunwell.engine.matching.claims import Claims
from dunwell.engine.matching.evidence import (
    FULL,
    PAYER_WEIGHT,
    REFERENCE_WEIGHT,
    payer_reasons,
    said_reason,
)
from dunwell.engine.matching.fits import Fit, fit_items
from dunwell.engine.matching.inputs import Item, Key, Payment
from dunwell.engine.matching.payers import PayerGrade, PayerMatch, grade_of
from dunwell.engine.matching.readings import Reading, read_fit
from dunwell.engine.matching.references import LABELS, Grade, is_near, number_forms
from dunwell.engine.matching.subsets import find_sums
from dunwell.engine.matching.words import CREDIT, says

MOST_COMBINATIONS = 64
"""Sets of doubtful numbers that are tried."""
MOST_NEAR = 200
"""Items of one customer that are compared with a number that may have a slip."""
Named = tuple[Item, Grade, str]
"""An item, how surely it is named, and by which words."""


def unstated_readings(
    payment: Payment, claims: Claims, payers: Mapping[Key, PayerMatch], book: Book
) -> list[Reading]:
    """Return readings of numbers without amounts: sets of them, weighed by how the sum fits."""
    options = []
    for claim in claims.claims:
        open_ones = [
            (book.items[one.item_id], one.grade, claim.said)
            for one in claim.mentions
            if book.left[one.item_id] and book.items[one.item_id].currency == payment.currency
        ]
        if open_ones:
            options.append(open_ones[:3])
    if not options:
        return slipped_readings(payment, claims, payers, book)
    found = []
    for combination in _combinations(options):
        if combination:
            reading = _set_reading(payment, claims, combination, payers, book)
            found += [reading] if reading else []
    found.sort(key=lambda one: -one.score)
    best = found[: book.policy.alternatives]
    if not best or not _settles(best[0]):
        best = _completed(payment, options, payers, book) + best
        best += slipped_readings(payment, claims, payers, book)
    return best


def _completed(
    payment: Payment,
    options: Sequence[Sequence[Named]],
    payers: Mapping[Key, PayerMatch],
    book: Book,
) -> list[Reading]:
    """Return readings that keep the sure items of one customer and find the rest by amount.

    One number of several is wrong or missing; the other items of that customer must make up
    exactly what is left.
    """
    sure = [one[0] for one in options if one[0][1] >= Grade.STRIPPED]
    customers = [one[0].customer_id for one in sure]
    if len(sure) < 2 and len(options) < 2:  # noqa: PLR2004 -- nothing to keep
        return []
    main = max(dict.fromkeys(customers), key=customers.count, default=None)
    kept = [one for one in sure if one[0].customer_id == main]
    keys = {one[0].item_id for one in kept}
    rest = payment.amount_minor - sum(book.left[key] for key in keys)
    if main is None or not kept or rest <= 0:
        return []
    others = [one for one in book.of_customer(main, payment.currency) if one.item_id not in keys][
        : book.policy.subset_items
    ]
    left = [book.left[one.item_id] for one in others]
    sums = find_sums(left, rest, steps=book.policy.subset_steps)
    doubt = "rival" if len(sums.found) > 1 else "clear" if sums.is_complete else "undecided"
    payer = grade_of(payers, main, has_payer=bool(payment.payer))
    found = []
    for places in sums.found[:2]:
        items = [one[0] for one in kept] + [others[n] for n in places]
        amounts = tuple(book.left[one.item_id] for one in items)
        fit = Fit("full", amounts, (), 0, why="the rest is found by its amount")
        reasons = [said_reason(said, grade, item) for item, grade, said in kept]
        reading = read_fit(
            items,
            fit,
            source="reference",
            reference=min(one[1] for one in kept),
            payer=payer,
            doubt=doubt,
            reasons=reasons,
            score=REFERENCE_WEIGHT[Grade.NEAR] + PAYER_WEIGHT[payer],
        )
        found.append(reading.with_fit("completed"))
    return found


def _settles(reading: Reading) -> bool:
    return reading.cell.fit.removesuffix("_set") in FULL


def _combinations(options: Sequence[Sequence[Named]]) -> list[list[Named]]:
    """Return sets of named items, the plain reading first; doubtful numbers may be no items."""
    first = [one[0] for one in options]
    plain = [first, [one for one in first if one[1] >= Grade.STRIPPED]]
    wider = [[*one, None] if one[0][1] < Grade.STRIPPED else list(one) for one in options[:8]]
    size = 1
    for one in wider:
        size *= len(one)
    if size <= MOST_COMBINATIONS:
        tail = first[8:]
        plain += [[*(n for n in combo if n), *tail] for combo in product(*wider)]
    unique: dict[tuple[str, ...], list[Named]] = {}
    for combo in plain:
        distinct = list({one[0].item_id: one for one in combo}.values())
        unique.setdefault(tuple(str(one[0].item_id) for one in distinct), distinct)
    return list(unique.values())


def _set_reading(
    payment: Payment,
    claims: Claims,
    named: Sequence[Named],
    payers: Mapping[Key, PayerMatch],
    book: Book,
) -> Reading | None:
    """Return the reading that pays exactly these named items, with their credit notes."""
    items = [one[0] for one in named]
    left = [book.left[one.item_id] for one in items]
    if payment.amount_minor < 0:
        return _refund(payment, named, left, payers)
    if sum(left) <= 0:
        return None
    fit = fit_items(
        items,
        left,
        payment.amount_minor,
        words=claims.words,
        value_day=payment.value_day,
        policy=book.policy,
        netted=book.netted,
    )
    if fit.kind in {"short", "deduction", "part"} and says(CREDIT, claims.words):
        items, left, fit = _with_credit(payment, items, left, fit, book)
    grade = min(one[1] for one in named)
    payer = min(grade_of(payers, one.customer_id, has_payer=bool(payment.payer)) for one in items)
    is_doubtful = grade < Grade.BARE or (grade == Grade.BARE and payer < PayerGrade.LOOSE)
    if is_doubtful and fit.kind not in FULL:
        return None
    score = REFERENCE_WEIGHT[grade] + PAYER_WEIGHT[payer]
    reasons = [said_reason(said, one_grade, item) for item, one_grade, said in named]
    reasons += payer_reasons(payers, items, claims.words)
    doubt = "clear"
    if len({one.customer_id for one in items}) > 1:
        doubt = "several_customers"
    elif fit.kind not in FULL and _says_more(claims, items):
        doubt = "unknown_number"
    elif fit.kind not in FULL and _may_be_slip(named, payment, book):
        doubt = "slip"
    return read_fit(
        items,
        fit,
        source="reference",
        reference=grade,
        payer=payer,
        doubt=doubt,
        reasons=reasons,
        score=score,
    )


def _may_be_slip(named: Sequence[Named], payment: Payment, book: Book) -> bool:
    """Return whether a number could be another open item's of the same customer, by one slip."""
    for item, _, said in named:
        for other in book.of_customer(item.customer_id, payment.currency)[:MOST_NEAR]:
            if other.item_id != item.item_id and is_near(said, other):
                return True
    return False


def _says_more(claims: Claims, items: Sequence[Item]) -> bool:
    """Return whether the text holds another number of the kind, which is no item's."""
    series = {number_forms(one.number).letters for one in items} | LABELS
    return any(number_forms(one).letters in series for one in claims.unknown)


def _refund(
    payment: Payment,
    named: Sequence[Named],
    left: Sequence[int],
    payers: Mapping[Key, PayerMatch],
) -> Reading | None:
    """Return the reading of money out that pays back exactly the named credit notes."""
    if sum(left) != payment.amount_minor or max(left) > 0:
        return None
    items = [one[0] for one in named]
    grade = min(one[1] for one in named)
    payer = min(grade_of(payers, one.customer_id, has_payer=bool(payment.payer)) for one in items)
    return read_fit(
        items,
        Fit("refund", tuple(left), (), 0, why="pays the credit back"),
        source="reference",
        reference=grade,
        payer=payer,
        doubt="clear",
        reasons=[said_reason(said, one_grade, item) for item, one_grade, said in named],
        score=REFERENCE_WEIGHT[grade] + PAYER_WEIGHT[payer],
    )


def _with_credit(
    payment: Payment, items: list[Item], left: list[int], fit: Fit, book: Book
) -> tuple[list[Item], list[int], Fit]:
    """Return the set with a credit note of the same customer that explains what is short."""
    short = sum(left) - payment.amount_minor
    credits_ = [
        one
        for one in book.of_customer(items[0].customer_id, payment.currency)
        if book.left[one.item_id] == -short
    ]
    if not credits_:
        return items, left, fit
    amounts = (*left, -short)
    why = f"the amount is exactly what is open less credit {credits_[0].number}"
    return [*items, credits_[0]], list(amounts), Fit("credit", amounts, (), 0, why=why)


def slipped_readings(
    payment: Payment, claims: Claims, payers: Mapping[Key, PayerMatch], book: Book
) -> list[Reading]:
    """Return readings of a single number with a slip in it, when amount and payer agree."""
    texts = {*claims.unknown, *(claim.said for claim in claims.claims)}
    found = []
    for item in book.of_amount(payment.currency, payment.amount_minor):
        if any(is_near(text, item) for text in texts):
            payer = grade_of(payers, item.customer_id, has_payer=bool(payment.payer))
            fit = Fit(
                "full", (payment.amount_minor,), (), 0, why="the amount is exactly what is open"
            )
            score = REFERENCE_WEIGHT[Grade.NEAR] + PAYER_WEIGHT[payer]
            said = next(text for text in sorted(texts) if is_near(text, item))
            reason = said_reason(said, Grade.NEAR, item)
            found.append(
                read_fit(
                    (item,),
                    fit,
                    source="reference",
                    reference=Grade.NEAR,
                    payer=payer,
                    doubt="clear",
                    reasons=(reason,),
                    score=score,
                )
            )
    return found
