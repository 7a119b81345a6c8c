"""Who paid: account, learned alias, name, somebody who pays for others, in falling certainty."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

from dunwell.engine.matching.inputs import Key, Payment, Relation
from dunwell.engine.matching.known_names import PREFIX, KnownNames
from dunwell.engine.matching.names import (
    Likeness,
    likeness,
    squeezed,
)
from dunwell.engine.matching.related import NameIndex
from dunwell.engine.number_forms import letters_and_digits

MOST_ALIKE = 4
"""Customers that only read like the payer, beside one that is known, whose items are looked at."""
ALIKE = 60.0
"""Names that only begin alike are compared from this share of common letters on."""


class PayerGrade(IntEnum):
    """How surely the payer is a customer, or pays for one."""

    OTHER = 0
    UNKNOWN = 1
    LOOSE = 2
    CLOSE = 3
    RELATED = 4
    KNOWN = 5


@dataclass(frozen=True, slots=True)
class PayerMatch:
    """One customer a payment may come from, with the reason; `is_named`: the text names it."""

    customer_id: Key
    grade: PayerGrade
    why: str
    is_named: bool = False


@dataclass(slots=True)
class PayerBook:
    """Customers by everything that may give them away; names are normalised.

    `names`: customer to name. `texts`: any text of a payment to its normalised form.
    """

    names: Mapping[Key, str]
    texts: Mapping[str, str]
    aliases: Sequence[tuple[str, Key]]
    accounts: Sequence[tuple[str, Key]]
    relations: Sequence[Relation]
    _known: KnownNames = field(init=False)
    _by_alias: dict[str, list[Key]] = field(default_factory=dict)
    _by_account: dict[str, list[Key]] = field(default_factory=dict)
    _paid_by: dict[Key, list[Relation]] = field(default_factory=dict)
    _payers: NameIndex = field(init=False)
    _pays_for: dict[str, list[int]] = field(default_factory=dict)
    _named: dict[tuple[str, bool], dict[Key, Likeness]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Build the dictionaries once; each look-up then costs the same in any book."""
        self._known = KnownNames(self.names)
        for text, key in self.aliases:
            self._by_alias.setdefault(squeezed(self.texts.get(text, "")), []).append(key)
        for account, key in self.accounts:
            self._by_account.setdefault(letters_and_digits(account), []).append(key)
        self._know_relations()

    def hear(self, texts: Mapping[str, str], told: Iterable[str]) -> None:
        """Know the texts of the next payments; what was compared for others is forgotten.

        `told`: which of the texts these payments say.
        """
        self.texts = texts
        self._known.look_for({texts.get(text, "") for text in told} - {""})
        self._named.clear()
        self._payers.forget()

    def _know_relations(self) -> None:
        for place, one in enumerate(self.relations):
            if one.payer_customer_id is not None:
                self._paid_by.setdefault(one.payer_customer_id, []).append(one)
            if one.kind != "netting" and one.payer:
                self._pays_for.setdefault(self.texts.get(one.payer, ""), []).append(place)
        self._payers = NameIndex(self._pays_for)

    def payers(self, payment: Payment) -> dict[Key, PayerMatch]:
        """Return the customers the payment may come from or be made for, with the best reason."""
        found: dict[Key, PayerMatch] = {}
        sure = payment.customer_id
        for key in self._by_account.get(letters_and_digits(payment.account), ()):
            if sure in {None, key}:
                _keep(found, key, PayerGrade.KNOWN, why="the account is the customer's")
        name = self.texts.get(payment.payer, "")
        for key in self._by_alias.get(squeezed(name), ()) if name else ():
            _keep(found, key, PayerGrade.KNOWN, why=f"{payment.payer} is a known alias")
        for key, like in self.alike(name).items():
            why = f"payer {payment.payer} reads like the customer"
            _keep(found, key, _GRADES[like], why=why)
        if sure is not None:
            # what gave the customer away is said rather than that it is known
            _keep(found, sure, PayerGrade.KNOWN, why="the payment is recorded for the customer")
        for text in (payment.reference, payment.text):
            self._from_text(found, self.texts.get(text, ""))
        self._related(found, name)
        self._without_twins(found)
        return found

    @staticmethod
    def likely(possible: Mapping[Key, PayerMatch]) -> set[Key]:
        """Return the customers whose whole open balance may be paid.

        A mere hint is not enough, nor one of many likenesses when somebody else surely is the
        payer: items of such customers are found only by their number or amount.
        """
        sure = {key for key, match in possible.items() if match.grade >= PayerGrade.RELATED}
        alike = {key for key, match in possible.items() if match.grade >= PayerGrade.LOOSE}
        is_known = any(match.grade == PayerGrade.KNOWN for match in possible.values())
        return sure if is_known and len(alike) - len(sure) > MOST_ALIKE else alike

    def alike(self, name: str, *, is_text: bool = False) -> dict[Key, Likeness]:
        """Return the customers whose name is at least a hint of this one.

        Of a text that is no name, initials say nothing (`RFB INV 7`).
        """
        if not name:
            return {}
        if (name, is_text) not in self._named:
            found = dict.fromkeys(self._candidates(name))
            if not is_text:
                found.update(dict.fromkeys(self._by_letters(name)))
            grades = {key: likeness(name, self.names[key]) for key in found}
            self._named[name, is_text] = {key: grade for key, grade in grades.items() if grade}
        return self._named[name, is_text]

    def _candidates(self, name: str) -> list[Key]:
        """Return the customers worth comparing: a telling word shared, or a beginning."""
        known, asked = self._known, self._known.asked(name)
        found = dict.fromkeys(known.called(asked.whole))
        for word in asked.words:
            found.update(dict.fromkeys(known.with_word(word)))
        for start in asked.starts:
            if keys := known.beginning(start):
                texts = known.wholes(start)
                like = extract(asked.whole, texts, scorer=ratio, score_cutoff=ALIKE, limit=None)
                found.update((keys[place], None) for place in sorted(one[2] for one in like))
        return list(found)

    def _by_letters(self, name: str) -> list[Key]:
        """Return the customers whose initials the name may be."""
        known = self._known
        initials = known.asked(name).initials
        return list(dict.fromkeys(key for one in initials for key in known.with_initials(one)))

    def _from_text(self, found: dict[Key, PayerMatch], text: str) -> None:
        """Add the customers whose whole name stands in the remittance text."""
        if not text:
            return
        whole = f" {text} "
        alike = self.alike(text, is_text=True)
        inside = {
            key: self.names[key]
            for key in alike
            if len(squeezed(self.names[key])) > PREFIX and f" {self.names[key]} " in whole
        }
        longest = max((len(name) for name in inside.values()), default=0)
        for key, like in alike.items():
            if len(inside.get(key, "")) == longest > 0:
                _keep(found, key, PayerGrade.RELATED, why="the text names the customer")
                found[key] = replace(found[key], is_named=True)
            elif like >= Likeness.CLOSE and not longest:
                _keep(found, key, PayerGrade.CLOSE, why="the text reads like the customer")

    def _related(self, found: dict[Key, PayerMatch], name: str) -> None:
        places = [place for like in self._payers.close(name) for place in self._pays_for[like]]
        for one in (self.relations[place] for place in sorted(places)):
            what = one.kind
            why = f"{one.payer} pays for the customer ({what})"
            _keep(found, one.customer_id, PayerGrade.RELATED, why=why)
        for key, match in list(found.items()):
            if match.grade >= PayerGrade.CLOSE:
                for one in self._paid_by.get(key, ()):
                    what = one.kind
                    why = f"the payer pays for the customer ({what})"
                    _keep(found, one.customer_id, PayerGrade.RELATED, why=why)

    def _without_twins(self, found: dict[Key, PayerMatch]) -> None:
        """Lower what is only close when another customer is the payer itself."""
        if any(match.grade == PayerGrade.KNOWN for match in found.values()):
            for key, match in list(found.items()):
                if match.grade == PayerGrade.CLOSE:
                    found[key] = replace(match, grade=PayerGrade.LOOSE)


_GRADES = {
    Likeness.HINT: PayerGrade.UNKNOWN,
    Likeness.LOOSE: PayerGrade.LOOSE,
    Likeness.CLOSE: PayerGrade.CLOSE,
    Likeness.SAME: PayerGrade.KNOWN,
}


def grade_of(payers: Mapping[Key, PayerMatch], customer_id: Key, *, has_payer: bool) -> PayerGrade:
    """Return how surely this customer paid: OTHER only when somebody else surely did.

    Of a payment without the payer's name only an account or a record says that surely.
    """
    if customer_id in payers:
        return payers[customer_id].grade
    best = max((m.grade for m in payers.values()), default=PayerGrade.OTHER)
    sure = PayerGrade.CLOSE if has_payer else PayerGrade.KNOWN
    return PayerGrade.OTHER if best >= sure else PayerGrade.UNKNOWN


def _keep(found: dict[Key, PayerMatch], key: Key, grade: PayerGrade, *, why: str) -> None:
    if key not in found or grade > found[key].grade:
        found[key] = PayerMatch(key, grade, why)
