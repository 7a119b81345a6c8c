"""Item numbers as customers write them: what of a text may name an item, and how surely.

`INV-2024-0112` is written `INV20240112`, `inv 2024/112`, `Invoice 112`, `0112` or, by a slip,
`INV-2024-0121`. Every run of neighbouring words is brought to the same forms as the item's
number; forms are compared through dictionaries, so cost does not grow with the book.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from dunwell.engine.matching.check_digits import Structured, structured_references
from dunwell.engine.matching.inputs import Item, Key, ordered

_LABELS_TEXT = (
    "INV INVOICE INVOICES INVS INVNO RE RG RGNR RECH RECHNUNG RECHNUNGEN RN RNR NR NO NUM "
    "NUMBER FACT FACTURE FAC FA FC FATTURA FACTURA FAKTURA FAKTUR BILL BELEG BELEGNR DOC "
    "DOCUMENT DOK REF REFERENCE REFERENZ VWZ YOUR OUR IHRE UNSERE PO ORDER BESTELLUNG CN CM "
    "CREDITNOTE GUTSCHRIFT AVOIR RFB N"
)
LABELS = frozenset(_LABELS_TEXT.split())
"""Words that only announce a number."""
BANK_LABELS = frozenset(
    ("CK", "CHK", "CHECK", "CHEQUE", "CHQ", "EFT", "TRACE", "TRN", "AUTH", "CONF")
)
"""Words before numbers of the bank or of a cheque, which name no item."""
LONGEST_RUN = 5
LONGEST_TEXT = 2_000
SURE_DIGITS = 5
"""A bare number of this many digits is no accident."""
NEAR_DIGITS = 3
_CHUNK = re.compile(r"[A-Z0-9]+")
_GROUPS = re.compile(r"[A-Z]+|[0-9]+")
_GAP = re.compile(r"^[\s\-_./#:,+°º]{0,3}$")
_PARTED = re.compile(r"\d[^A-Z0-9_/.-]+\d")
_JOINS = ("-", "/", ".", "_")
_SPLIT = re.compile(r"[\s;,|]+")


class Grade(IntEnum):
    """How surely a text names an item."""

    NONE = 0
    NEAR = 1
    WEAK = 2
    BARE = 3
    STRIPPED = 4
    EXACT = 5


@dataclass(frozen=True, slots=True)
class Forms:
    """A number in the forms that are compared; see `number_forms`."""

    plain: str
    stripped: str
    letters: str
    core: str
    tail: str
    digits: str


@lru_cache(maxsize=65_536)
def number_forms(text: str) -> Forms:
    """Return a number's forms: letters and digits only; without leading zeros; its letters;
    its digits without leading zeros; its last group of digits; all digits as they stand."""
    groups = _GROUPS.findall(text.upper())
    stripped, numbers, letters, digits, is_one = [], [], [], [], True
    for group in groups:
        if group < "A":  # digits come before letters
            bare = group.lstrip("0") or "0"
            digits.append(group)
            numbers.append(bare)
            stripped.append(bare)
        else:
            letters.append(group)
            stripped.append(group)
            # Letters between digits part two numbers: only the whole may be compared then.
            is_one = is_one and not numbers
    return Forms(
        plain="".join(groups),
        stripped="".join(stripped),
        letters="".join(letters),
        core="".join(numbers) if is_one else "",
        tail=numbers[-1] if numbers and is_one else "",
        digits="".join(digits),
    )


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring words that may be a number.

    `is_parted`: blanks stand between its digits. `is_inner`: cut out of a longer number.
    """

    forms: Forms
    start: int
    end: int
    is_parted: bool
    is_inner: bool = False


def number_runs(text: str) -> list[Run]:
    """Return every run of up to LONGEST_RUN neighbouring words that holds a digit."""
    upper = text[:LONGEST_TEXT].upper()
    chunks = [(m.start(), m.end(), m[0]) for m in _CHUNK.finditer(upper)]
    runs = []
    for first in range(len(chunks)):
        before = chunks[first - 1][2] if first else ""
        is_banks = before in BANK_LABELS and chunks[first][2].isdigit()
        if is_banks or chunks[first][2] in BANK_LABELS:
            continue
        for last in range(first, min(first + LONGEST_RUN, len(chunks))):
            if last > first and not _GAP.match(upper[chunks[last - 1][1] : chunks[last][0]]):
                break
            start, end = chunks[first][0], chunks[last][1]
            if not chunks[last][2].isalpha():
                words = upper[start:end]
                is_parted = last > first and _PARTED.search(words) is not None
                is_inner = _is_inner(upper, start, end)
                runs.append(Run(number_forms(words), start, end, is_parted, is_inner))
            elif last > first:
                break
    return runs


def _is_inner(text: str, start: int, end: int) -> bool:
    """Return whether digits go on before or behind the run, joined to it without a blank."""
    before, behind = text[max(start - 2, 0) : start], text[end : end + 2]
    joined = before[-1:] in _JOINS and before[:-1].isdigit()
    return joined or (behind[:1] in _JOINS and behind[1:].isdigit())


@dataclass(frozen=True, slots=True)
class Mention:
    """An item a text may name: how surely, and where the name stands."""

    item_id: Key
    grade: Grade
    start: int
    end: int
    how: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """What of a text may be a number, and its structured references."""

    runs: Sequence[Run]
    structured: Sequence[Structured]


def numbers_in(text: str) -> Numbers:
    """Return what of a text may name an item; the beginning of a long text."""
    return Numbers(number_runs(text), structured_references(text[:LONGEST_TEXT].upper()))


class NumberIndex:
    """Items by every form of their numbers and other references."""

    def __init__(self, items: Iterable[Item], texts: Mapping[str, Numbers] | None = None) -> None:
        """Index the items that may be named; settled ones too, so that a paid number is known.

        `texts` have been read before and are not read again.
        """
        self._texts = texts or {}
        self._forms: dict[Key, tuple[tuple[Forms, str], ...]] = {}
        self._by_form: dict[str, list[Key]] = {}
        self._by_tail: dict[str, list[Key]] = {}
        for item in sorted(items, key=lambda one: ordered(one.item_id)):
            names = self._forms[item.item_id] = _names(item)
            for form, _ in names:
                for text in {form.plain, form.stripped, form.digits, form.core} - {""}:
                    self._by_form.setdefault(text, []).append(item.item_id)
                if form.tail and form.tail != form.core:
                    self._by_tail.setdefault(form.tail, []).append(item.item_id)

    def mentions(self, text: str) -> list[Mention]:
        """Return the best mention of every item the text may name, in the text's order."""
        best: dict[Key, Mention] = {}
        numbers = self._texts.get(text) or numbers_in(text)
        for run in numbers.runs:
            for key in self._near_keys(run.forms):
                for form, how in self._forms[key]:
                    grade = compare(run.forms, form)
                    if grade < Grade.EXACT and (run.is_parted or run.is_inner):
                        grade = Grade.BARE if grade == Grade.STRIPPED else Grade.NONE
                    self._keep(best, key, grade, run, how)
        for one in numbers.structured:
            whole, body = number_forms(one.whole), number_forms(one.body)
            at = Run(whole, one.start, one.end, is_parted=False)
            for key in dict.fromkeys((*self._near_keys(whole), *self._near_keys(body))):
                for form, how in self._forms[key]:
                    if whole.plain == form.plain:
                        self._keep(best, key, Grade.EXACT, at, f"{one.standard} {how}")
                    elif len(form.core) >= NEAR_DIGITS and body.core == form.core:
                        grade = Grade.EXACT if one.is_strict else Grade.WEAK
                        self._keep(best, key, grade, at, f"{one.standard} {how}")
        return sorted(best.values(), key=lambda m: (m.start, -m.grade, ordered(m.item_id)))

    def _near_keys(self, forms: Forms) -> list[Key]:
        keys: dict[Key, None] = {}
        for text in (forms.plain, forms.stripped, forms.core):
            keys.update(dict.fromkeys(self._by_form.get(text, ())))
        keys.update(dict.fromkeys(self._by_tail.get(forms.core, ())))
        return list(keys)

    @staticmethod
    def _keep(best: dict[Key, Mention], key: Key, grade: Grade, run: Run, how: str) -> None:
        old = best.get(key)
        longer = (
            old is not None and grade == old.grade and run.end - run.start > old.end - old.start
        )
        if grade and (old is None or grade > old.grade or longer):
            best[key] = Mention(key, grade, run.start, run.end, how)


def _names(item: Item) -> tuple[tuple[Forms, str], ...]:
    """Return the forms of an item's number and other references, each with what it is."""
    names = [(number_forms(item.number), "number")]
    names += [(number_forms(one), "order") for one in _SPLIT.split(item.reference) if one]
    if _SPLIT.search(item.reference.strip()):
        names.append((number_forms(item.reference), "order"))
    return tuple(names)


def is_near(said: str, item: Item) -> bool:
    """Return whether the text is the item's number but for one slip of the hand.

    One digit changed, missing, doubled or two neighbours swapped, in numbers of the same
    series; at least NEAR_DIGITS digits must be left as they were.
    """
    return slipped(number_forms(said), number_forms(item.number))


def compare(run: Forms, item: Forms) -> Grade:
    """Return how surely a run of words is the item's number."""
    if run.plain == item.plain:
        sure = bool(item.letters) or len(item.digits) >= SURE_DIGITS
        return Grade.EXACT if sure else Grade.BARE
    same_digits = not run.letters and run.digits == item.digits
    if run.stripped == item.stripped or (same_digits and len(run.digits) >= SURE_DIGITS):
        return Grade.STRIPPED
    if not run.core or run.core not in {item.core, item.tail}:
        return Grade.NONE
    labelled = run.letters == item.letters or run.letters in LABELS
    announced = run.letters and (labelled or run.letters.removesuffix(item.letters) in LABELS)
    is_bare = not run.letters and len(run.digits) >= NEAR_DIGITS
    if run.core != item.core:
        return Grade.BARE if is_bare or run.letters in LABELS else Grade.WEAK
    is_long = len(item.core) >= SURE_DIGITS or (is_bare and len(run.digits) >= SURE_DIGITS)
    if announced or (is_long and not run.letters):
        return Grade.STRIPPED
    is_bare = not run.letters and len(item.core) >= NEAR_DIGITS
    return Grade.BARE if is_long or is_bare else Grade.WEAK


def slipped(run: Forms, item: Forms) -> bool:
    """Return whether two numbers of one series differ by one slip of the hand."""
    if run.letters and item.letters and run.letters != item.letters and run.letters not in LABELS:
        return run.digits == item.digits and OSA.distance(run.letters, item.letters) == 1
    if len(item.digits) < NEAR_DIGITS or run.plain == item.plain or not run.digits:
        return False
    if not run.core or not item.core or run.core == item.core:
        return False
    shorter = min(len(run.core), len(item.core))
    padded = OSA.distance(run.digits, item.digits, score_cutoff=1)
    bare = OSA.distance(run.core, item.core, score_cutoff=1) if shorter >= NEAR_DIGITS else 2
    return padded <= 1 or bare <= 1
