"""What the copilot knows of one customer, and the sentences it says: plain values, no texts.

A sentence is a key with slots; its words are the reader's language's. It names the records its
figures come from, so that whoever reads it can open them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Record:
    """One record a sentence rests on: what it is, its key, and the name people know it by."""

    kind: str
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in minor units of a currency."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Days:
    """A number of days."""

    days: int


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole in parts per million."""

    ppm: int


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of something; `noun` is one of NOUNS."""

    count: int
    noun: str


@dataclass(frozen=True, slots=True)
class Named:
    """A code that has a name in the reader's language; `of` says which list it stands in.

    `text` stands where the list has no name for it: a rule that a policy adds.
    """

    of: str
    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """A value in a unit, as the score or a figure measured it; empty text where there is none."""

    value: str
    unit: str


NOUNS = ("item", "point")

Slot = Amount | Days | Share | Counted | Named | Measured | date | int | str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One thing to say: the key of its words, what stands in them, and where it comes from."""

    key: str
    slots: Mapping[str, Slot] = field(default_factory=dict)
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceFact:
    """What is owed in one currency, in minor units."""

    currency: str
    open_minor: int
    overdue_minor: int
    unapplied_minor: int
    items: int
    oldest_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemFact:
    """One open item; `is_free`: neither disputed, promised nor held, so it may be asked for."""

    id: int
    number: str
    currency: str
    open_minor: int
    amount_minor: int
    due_on: date
    days_late: int
    is_free: bool

    @property
    def record(self) -> Record:
        """Return the item as a record."""
        return Record("item", str(self.id), self.number)


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseFact:
    """One promise to pay: open, or failed (broken, or kept in part)."""

    id: int
    currency: str
    amount_minor: int
    due_on: date
    outcome: str

    @property
    def record(self) -> Record:
        """Return the promise as a record."""
        return Record("promise", str(self.id), self.due_on.isoformat())


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeFact:
    """One open dispute about a part of an item."""

    case_id: int | None
    case: str
    item: str
    currency: str
    amount_minor: int
    reason: str
    opened_on: date

    @property
    def record(self) -> Record:
        """Return the dispute as a record."""
        return Record("dispute", str(self.case_id or ""), self.case or self.item)


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldFact:
    """One hold that stands; an empty `item` holds the whole customer."""

    id: int
    reason: str
    item: str
    note: str
    from_on: date
    until_on: date | None

    @property
    def record(self) -> Record:
        """Return the hold as a record."""
        return Record("hold", str(self.id), self.item)


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentFact:
    """The newest payment."""

    number: str
    currency: str
    amount_minor: int
    value_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class HabitFact:
    """How the customer pays: days late it usually is, share of items late, items behind it."""

    label: str
    usual_days: int
    late_ppm: int
    settled: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PointFact:
    """One row of a score: what was measured (None without evidence) and the points for it."""

    reason: str
    unit: str
    measured: int | None
    neutral: int
    evidence: int
    points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreFact:
    """The score of a day; `base` and the points add up to it."""

    on: date
    score: int
    base: int
    band: str
    is_thin: bool
    change: int | None
    points: tuple[PointFact, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RankFact:
    """The place on the worklist and what it rests on, amounts in home minor units.

    `score_minor` is the extra cash expected per minute; `action` what is suggested, empty for
    nothing that may be done.
    """

    rank: int
    of: int
    currency: str
    due_minor: int
    promised_minor: int
    disputed_minor: int
    collect_minor: int
    extra_minor: int
    minutes: int
    score_minor: int
    action: str
    blocked: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class WayFact:
    """Whether a customer may be contacted by a channel now, and why not."""

    channel: str
    is_allowed: bool
    rule: str
    text: str
    next_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CopilotFacts:
    """Everything the copilot knows of one customer on a day; it says nothing that is not here.

    `cycle_on` is the day of the newest cycle that ran, None before the first.
    """

    customer_id: int
    number: str
    name: str
    as_of: date
    balances: tuple[BalanceFact, ...] = ()
    items: tuple[ItemFact, ...] = ()
    open_promises: tuple[PromiseFact, ...] = ()
    failed_promise: PromiseFact | None = None
    disputes: tuple[DisputeFact, ...] = ()
    holds: tuple[HoldFact, ...] = ()
    payment: PaymentFact | None = None
    habit: HabitFact | None = None
    last_contact_on: date | None = None
    score: ScoreFact | None = None
    rank: RankFact | None = None
    cycle_on: date | None = None
    ways: tuple[WayFact, ...] = ()
    is_opted_out: bool = False

    @property
    def record(self) -> Record:
        """Return the customer as a record."""
        return Record("customer", str(self.customer_id), self.number)

    @property
    def overdue(self) -> tuple[ItemFact, ...]:
        """Return the items past their due day, the oldest first."""
        return tuple(item for item in self.items if item.days_late > 0)

    @property
    def is_held(self) -> bool:
        """Return whether the whole customer is held."""
        return any(not hold.item for hold in self.holds)
