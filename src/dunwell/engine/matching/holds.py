"""Payments nobody may post without a person: returns, alarms, disputes, duplicates, paid items."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dunwell.engine.matching.book import Book
from dunwell.engine.matching.claims import Claims
from dunwell.engine.matching.inputs import Item, Key, Payment
from dunwell.engine.matching.names import Likeness, likeness, name_words
from dunwell.engine.matching.payers import PayerGrade, PayerMatch, grade_of
from dunwell.engine.matching.policy import MatchPolicy
from dunwell.engine.matching.references import Grade
from dunwell.engine.matching.words import (
    CONTESTED,
    LEGAL,
    RETURNED,
    SANCTION,
    folded,
    names_one,
    says,
)

OWNERS = {
    "sanctioned": "compliance",
    "compliance_review": "compliance",
    "on_hold": "compliance",
    "frozen": "compliance",
    "hold": "credit manager",
    "legal": "legal",
    "legal_hold": "legal",
    "disputed": "credit manager",
    "contested": "credit manager",
    "held_customer": "credit manager",
    "other_company": "treasury",
    "returned": "cash application",
    "outgoing": "cash application",
    "post_dated": "cash application",
    "duplicate": "cash application",
    "possible_duplicate": "cash application",
    "already_paid": "cash application",
    "escalate_word": "credit manager",
}
"""Who looks at a held payment, by the reason it is held for."""
_LEGAL_FORMS_TEXT = (
    "inc corp corporation llc ltd limited plc gmbh ag kg sarl sas sa spa srl sl bv nv ab as "
    "aps oy kk pty pte llp lp fze fzco"
)
LEGAL_FORMS = frozenset(_LEGAL_FORMS_TEXT.split())
_PLACES_TEXT = (
    "north south east west northern southern eastern western europe america americas asia "
    "africa uk us usa canada germany deutschland france italia iberia nordic benelux apac "
    "emea international holdings holding"
)
PLACES = frozenset(_PLACES_TEXT.split())


STATUS_HOLDS = ("disputed", "on_hold", "legal_hold", "hold", "frozen", "held_customer")
"""Holds that end by themselves, when what they rest on has ended. All others wait for a person."""
SETTLED_HOLDS = ("duplicate", "already_paid")
"""Holds of payments that name only what is settled: nobody else is kept from it for them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """Why a payment is held: a code of OWNERS, a sentence, and the items it is about."""

    code: str
    why: str
    item_ids: tuple[Key, ...] = ()

    @property
    def owner(self) -> str:
        """Return who must look at it."""
        return OWNERS.get(self.code, "credit manager")


def payment_hold(
    payment: Payment,
    claims: Claims,
    payers: Mapping[Key, PayerMatch],
    book: Book,
    *,
    as_of_day: int | None,
) -> Hold | None:
    """Return why the payment itself must be held, whatever it pays; None when nothing speaks."""
    items = tuple(m.item_id for c in claims.claims for m in c.mentions[:1] if _is_sure(m.grade))
    if payment.held:
        return Hold(code=payment.held, why="a person is to decide it", item_ids=items)
    whole = f"{folded(payment.payer)} {claims.words}".strip()
    if says(RETURNED, whole):
        return Hold(code="returned", why="a returned payment: reverse the first", item_ids=items)
    if payment.amount_minor == 0:
        return Hold(code="outgoing", why="no money moved", item_ids=items)
    found = _alarm(payment, claims, whole, book)
    if found is None and as_of_day is not None and payment.value_day > as_of_day:
        found = Hold(code="post_dated", why="its value day has not come")
    owners = {book.items[key].customer_id for key in items}
    owners |= {key for key, one in payers.items() if one.grade == PayerGrade.KNOWN}
    if found is None and owners & {*book.policy.held_customers}:
        found = Hold(code="held_customer", why="nothing is posted for this customer")
    if found:
        return replace(found, item_ids=items)
    return item_hold(items, book)


def _alarm(payment: Payment, claims: Claims, whole: str, book: Book) -> Hold | None:
    """Return the hold for what in payer or text must be looked at before posting."""
    if found := _sanction(payment, whole, book):
        return found
    if says(LEGAL, whole):
        return Hold(code="legal", why="the text speaks of a legal matter")
    if word := names_one(whole, book.policy.escalate_words):
        return Hold(code="escalate_word", why=f"the text says {word}")
    if other := _other_company(claims.words, book.policy):
        return Hold(code="other_company", why=f"meant for {other}")
    return None


def item_hold(item_ids: Iterable[Key], book: Book) -> Hold | None:
    """Return the hold that the status of one of the items asks for."""
    for key in item_ids:
        item = book.items[key]
        if item.status in book.policy.held_statuses:
            what = item.status.replace("_", " ")
            why = f"item {item.number} is {what}"
            return Hold(code=item.status, why=why, item_ids=(key,))
    return None


def contested(claims: Claims, *, is_full: bool) -> Hold | None:
    """Return the hold for a payment in full whose text disputes: the two do not go together."""
    if is_full and says(CONTESTED, claims.words):
        return Hold(code="contested", why="pays in full, yet the text speaks of a dispute")
    return None


def settled_hold(
    payment: Payment, claims: Claims, payers: Mapping[Key, PayerMatch], book: Book
) -> Hold | None:
    """Return the hold for a payment that names only items with nothing left to pay.

    `duplicate` when payments of this batch settled them, else `already_paid`. A number of
    somebody else's item is no proof and holds nothing.
    """
    named: list[Item] = []
    for claim in claims.claims:
        for one in claim.mentions[:1]:
            item = book.items[one.item_id]
            amount = claim.amount_minor or payment.amount_minor
            told = one.grade >= Grade.STRIPPED or abs(amount) == abs(item.amount_minor)
            payer = grade_of(payers, item.customer_id, has_payer=bool(payment.payer))
            if told and one.grade >= Grade.BARE and payer > PayerGrade.OTHER:
                named.append(item)
    if not named or any(book.left[one.item_id] for one in named):
        return None
    keys = tuple(one.item_id for one in named)
    takers = sorted({str(p) for key in keys for p in book.taken_by.get(key, ())})
    if takers:
        why = f"names only items that payment {', '.join(takers)} settles"
        return Hold(code="duplicate", why=why, item_ids=keys)
    return Hold(code="already_paid", why="names only items that are settled", item_ids=keys)


def outgoing_hold(payment: Payment) -> Hold | None:
    """Return the hold of money out that pays no credit back."""
    if payment.amount_minor < 0:
        return Hold(code="outgoing", why="money out, and no credit it would pay back")
    return None


def repeated_hold(payment: Payment, earlier: Sequence[Payment], days: int) -> Hold | None:
    """Return the hold for a payment equal to one of the same payer a few days before."""
    for one in earlier:
        if 0 <= payment.value_day - one.value_day <= days:
            why = f"the same amount came from the same payer with payment {one.payment_id}"
            return Hold(code="possible_duplicate", why=why)
    return None


def _is_sure(grade: Grade) -> bool:
    return grade >= Grade.STRIPPED


def _sanction(payment: Payment, whole: str, book: Book) -> Hold | None:
    """Return the hold of a payer who must go to compliance first."""
    name = book.payers.texts.get(payment.payer, "")
    for listed in book.policy.sanctioned_names:
        if likeness(name, book.payers.texts.get(listed, "")) >= Likeness.CLOSE:
            why = f"the payer reads like {listed} on the sanctions list"
            return Hold(code="sanctioned", why=why)
    if says(SANCTION, whole):
        return Hold(code="sanctioned", why="the text speaks of sanctions")
    words = set(folded(payment.payer).replace(".", "").split())
    form = next((one for one in book.policy.review_forms if one in words), "")
    if form:
        why = f"compliance sees payers of the form {form.upper()} first"
        return Hold(code="compliance_review", why=why)
    return None


def _other_company(words: str, policy: MatchPolicy) -> str:
    """Return the name in the text that is like one of ours but another company's, else empty."""
    for own in policy.own_names:
        plain = [w for w in name_words(folded(own).replace(".", "")) if w not in LEGAL_FORMS]
        forms = [w for w in name_words(folded(own).replace(".", "")) if w in LEGAL_FORMS]
        said = name_words(words.replace(".", ""))
        for n in range(len(said) - len(plain)):
            if list(said[n : n + len(plain)]) != plain:
                continue
            behind = said[n + len(plain)]
            if behind not in forms and (behind in PLACES or behind in LEGAL_FORMS):
                return " ".join([*plain, behind]).title()
    return ""
