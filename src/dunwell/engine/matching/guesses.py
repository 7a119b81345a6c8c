"""Readings of a payment that names nothing: who paid, and which of its items the amount fits."""

from collections.abc import Mapping, Sequence

from dunwell.engine.matching.book import Book
from dunwell.engine.matching.claims import Claims
from dunwell.engine.matching.fits import Fit, fit_items
from dunwell.engine.matching.inputs import Item, Key, Payment, ordered
from dunwell.engine.matching.names import Likeness, likeness
from dunwell.engine.matching.payers import PayerGrade, PayerMatch
from dunwell.engine.matching.readings import Reading, read_fit
from dunwell.engine.matching.references import LABELS, Grade, number_forms
from dunwell.engine.matching.subsets import find_sums
from dunwell.engine.matching.words import ADVANCE, says

MOST_CUSTOMERS = 40
MOST_WHOLE = 5
CROWDED_ITEMS = 12
"""With more open items than this, some sum fits almost any amount by chance."""
SOON_DAYS = 10
"""Items due this soon after the payment are paid along with those due."""
SCORES = {
    "full": 60,
    "balance": 52,
    "discount": 50,
    "set": 44,
    "late_discount": 36,
    "fee": 38,
    "netting": 40,
    "fx": 30,
    "part": 20,
    "deduction": 22,
    "short": 14,
    "oldest": 10,
}


def guessed_readings(
    payment: Payment, claims: Claims, payers: Mapping[Key, PayerMatch], book: Book
) -> list[Reading]:
    """Return the readings that rest on payer and amount alone, best first."""
    if says(ADVANCE, claims.words):
        return []
    order = sorted(payers.values(), key=lambda m: (-m.grade, ordered(m.customer_id)))
    found: list[Reading] = []
    for match in order[:MOST_CUSTOMERS]:
        found += _of_customer(payment, claims, match, book)
    if not payers:
        found += _by_amount(payment, book)
    # Stable: of equal ones the older items stay in front.
    found.sort(key=lambda one: -one.score)
    return _doubted(found, payment, book, payers, says_number=_says_number(claims))


def _says_number(claims: Claims) -> bool:
    """Return whether the payer says a number that is no open item's: an advance, a slip."""
    if claims.is_remittance:
        return True
    return any(number_forms(one).letters in LABELS for one in claims.unknown)


def _of_customer(payment: Payment, claims: Claims, match: PayerMatch, book: Book) -> list[Reading]:
    """Return how the amount fits the customer's open items: one, all that is due, some, none."""
    whole = book.of_exactly(match.customer_id, payment.currency, payment.amount_minor)
    items = book.of_customer(match.customer_id, payment.currency)[: book.policy.subset_items]
    known = {one.item_id for one in items}
    items += [one for one in whole[:MOST_WHOLE] if one.item_id not in known]
    if not items:
        return []
    left = [book.left[one.item_id] for one in items]
    found = []
    for item, open_minor in zip(items, left, strict=True):
        if open_minor > 0 or open_minor == payment.amount_minor:
            reading = _single(payment, claims, match, item, open_minor, book)
            found += [reading] if reading else []
    if match.grade <= PayerGrade.UNKNOWN or payment.amount_minor < 0:
        return [one for one in found if one.cell.fit in {"full", "refund"}]
    found += _sets(payment, match, items, left, book)
    if not found:
        found += _oldest(payment, match, items, left)
    return found


def _single(
    payment: Payment, claims: Claims, match: PayerMatch, item: Item, left: int, book: Book
) -> Reading | None:
    """Return the reading that pays this one item, when the amount fits it tellingly."""
    if left == payment.amount_minor < 0:
        fit = Fit("refund", (left,), (), 0, why="pays the credit back")
        return _reading((item,), fit, match, score=SCORES["full"])
    if payment.amount_minor > left or payment.amount_minor * 2 < left:
        return None
    fit = fit_items(
        (item,),
        (left,),
        payment.amount_minor,
        words=claims.words,
        value_day=payment.value_day,
        policy=book.policy,
        netted=book.netted,
    )
    if fit.kind not in {"full", "discount", "late_discount", "fee", "netting", "fx"}:
        return None
    return _reading((item,), fit, match, score=SCORES[fit.kind])


def _sets(
    payment: Payment,
    match: PayerMatch,
    items: Sequence[Item],
    left: Sequence[int],
    book: Book,
) -> list[Reading]:
    """Return sums of several items: the whole balance, what is due, or any that fits."""
    found = []
    amount = payment.amount_minor
    due = [n for n, one in enumerate(items) if one.due_day <= payment.value_day + SOON_DAYS]
    for name, places in (("balance", range(len(items))), ("balance", due)):
        if len(places) > 1 and sum(left[n] for n in places) == amount:
            found.append(_sum_reading(items, left, places, name, match, "clear"))
    sums = find_sums(left, amount, steps=book.policy.subset_steps)
    several = [one for one in sums.found if len(one) > 1]
    doubt = "clear"
    if not sums.is_complete:
        doubt = "undecided"
    elif len(items) > CROWDED_ITEMS:
        doubt = "crowded"
    if len(sums.found) > 1:
        doubt = "rival"
    found += [_sum_reading(items, left, one, "set", match, doubt) for one in several]
    unique = {frozenset(one.keys): one for one in reversed(found)}
    return list(reversed(unique.values()))


def _sum_reading(
    items: Sequence[Item],
    left: Sequence[int],
    places: Sequence[int],
    name: str,
    match: PayerMatch,
    doubt: str,
) -> Reading:
    chosen = [items[n] for n in places]
    amounts = tuple(left[n] for n in places)
    why = f"{len(chosen)} items add up to exactly the amount"
    fit = Fit("full", amounts, (), 0, why=why)
    reading = _reading(chosen, fit, match, score=SCORES[name] - len(chosen), doubt=doubt)
    return reading if name == "set" else _renamed(reading, name)


def _oldest(
    payment: Payment, match: PayerMatch, items: Sequence[Item], left: Sequence[int]
) -> list[Reading]:
    """Return the reading that pays the oldest items first, as far as the money reaches."""
    rest, chosen, amounts = payment.amount_minor, [], []
    for item, open_minor in zip(items, left, strict=True):
        if rest > 0 and open_minor > 0:
            chosen.append(item)
            amounts.append(min(rest, open_minor))
            rest -= amounts[-1]
    if not chosen:
        return []
    fit = Fit("short", tuple(amounts), (), rest, why="nothing fits: oldest items first")
    doubt = "clear" if len(items) == 1 else "rival"
    return [_renamed(_reading(chosen, fit, match, score=SCORES["oldest"], doubt=doubt), "oldest")]


def _by_amount(payment: Payment, book: Book) -> list[Reading]:
    """Return the items of exactly this amount when nobody knows who paid."""
    items = book.of_amount(payment.currency, payment.amount_minor)
    name = book.payers.texts.get(payment.payer, "")
    hinted = [
        one
        for one in items
        if likeness(name, book.payers.names[one.customer_id]) >= Likeness.LOOSE
    ]
    items = hinted or items
    fit = Fit("full", (payment.amount_minor,), (), 0, why="the amount is exactly what is open")
    doubt = "clear" if len(items) == 1 else "rival"
    return [
        read_fit(
            (item,),
            fit,
            source="amount",
            reference=Grade.NONE,
            payer=PayerGrade.LOOSE if hinted else PayerGrade.UNKNOWN,
            doubt=doubt,
            reasons=(f"only the amount points to item {item.number}",),
            score=0,
        )
        for item in items[: book.policy.alternatives]
    ]


def _reading(
    items: Sequence[Item], fit: Fit, match: PayerMatch, *, score: int, doubt: str = "clear"
) -> Reading:
    return read_fit(
        items,
        fit,
        source="payer",
        reference=Grade.NONE,
        payer=match.grade,
        doubt=doubt,
        reasons=(match.why,),
        score=score + 10 * match.grade - fit.weight,
    )


def _renamed(reading: Reading, name: str) -> Reading:
    return reading.with_fit(name)


def _doubted(
    found: Sequence[Reading],
    payment: Payment,
    book: Book,
    payers: Mapping[Key, PayerMatch],
    *,
    says_number: bool,
) -> list[Reading]:
    """Return the readings with their doubt: an equal rival, or something said that is not met."""
    answer = []
    named = {key for key, match in payers.items() if match.is_named}
    for one in found:
        doubt = one.cell.doubt
        rivals = [
            other
            for other in found
            if other.keys != one.keys
            and other.cell.fit == one.cell.fit
            and other.score >= one.score - RIVAL
        ]
        if doubt == "clear" and rivals:
            doubt = "twin" if _are_twins(one, rivals, book) else "rival"
        if doubt == "clear" and one.cell.fit != "oldest" and is_plain(payment.amount_minor):
            doubt = "plain"
        if doubt in {"clear", "plain"} and says_number:
            doubt = "unknown_number"
        if named and not named & {book.items[key].customer_id for key in one.keys}:
            doubt = "names_other"
        if any(book.is_named_by_others(key, payment.payment_id) for key in one.keys):
            doubt = "named_by_others"
        answer.append(one if doubt == one.cell.doubt else one.with_doubt(doubt))
    return sorted(answer, key=lambda one: one.cell.doubt == "named_by_others")


RIVAL = 9
PLAIN_DIGITS = 3


def is_plain(amount_minor: int) -> bool:
    """Return whether an amount has so few digits (1200.00, 486.00) that equal ones are common."""
    return len(str(abs(amount_minor)).rstrip("0")) <= PLAIN_DIGITS


def _are_twins(one: Reading, rivals: Sequence[Reading], book: Book) -> bool:
    """Return whether all rivals are items of the same customer, so that the oldest is taken."""
    customers = {book.items[key].customer_id for r in (one, *rivals) for key in r.keys}
    return len(customers) == 1
