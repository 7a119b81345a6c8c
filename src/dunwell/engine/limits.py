"""Which limit applies on a day, for what was known on a day, out of a ledger nobody rewrites.

Of the approved rows of one scope (a customer, a group, a segment):

* the latest of a kind wins: greatest day it starts, then the moment it was decided, then its id;
* a standard limit ends the ones before it for good: when it runs out nothing comes back from
  under it, the limit is then 0 and marked as expired until somebody decides on a new one;
* a temporary limit replaces the standard one while it lasts, and what it covered returns after;
* an insured limit stands beside the standard one and adds to it; it ends like a standard one;
* a suspension makes the limit 0, whatever else is granted, until its last day or until a row
  of kind resumption decided later gives the limit back. It is a decision of its own, with the
  authority of the limit it gives back: a new standard limit or an import lifts no suspension.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

STANDARD, TEMPORARY, INSURED = "standard", "temporary", "insured"
SUSPENSION, RESUMPTION = "suspension", "resumption"
KINDS = (STANDARD, TEMPORARY, INSURED, SUSPENSION, RESUMPTION)

STATED = "customer"
"""Source of a limit that only the customer's own record states, without a row of the ledger."""

IN_FORCE, SCHEDULED, REPLACED = "in_force", "scheduled", "replaced"
SUPERSEDED, EXPIRED, LIFTED = "superseded", "expired", "lifted"
STATES = (IN_FORCE, SCHEDULED, REPLACED, SUPERSEDED, EXPIRED, LIFTED)
"""What an approved row is on a day; `replaced`: another kind stands over it while that lasts."""


@dataclass(frozen=True, slots=True)
class Row:
    """An approved row of the ledger; the amount in the company's minor units."""

    id: int
    kind: str
    amount_minor: int
    from_on: date
    until_on: date | None
    decided_on: date
    decided_at: datetime
    decided_by: str
    source: str

    @property
    def rank(self) -> tuple[date, datetime, int]:
        """Return what decides which of two rows of a kind is the later one."""
        return self.from_on, self.decided_at, self.id

    def lasts(self, on: date) -> bool:
        """Return whether a day lies within the row's dates, its last day included."""
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True, slots=True)
class Granted:
    """What one scope's rows come to on a day.

    `base` is the row that says the limit (temporary or standard), `insured` the one beside it,
    `suspension` the one that takes both away. `expired` is a standard limit that ran out with
    nothing after it.
    """

    base: Row | None = None
    insured: Row | None = None
    suspension: Row | None = None
    expired: Row | None = None

    @property
    def base_minor(self) -> int | None:
        """Return the limit but for insurance and suspensions; None: nothing was ever granted."""
        if self.base is not None:
            return self.base.amount_minor
        return 0 if self.expired is not None else None

    @property
    def is_empty(self) -> bool:
        """Return whether the scope says nothing about the day."""
        return not (self.base or self.insured or self.suspension or self.expired)


NOTHING = Granted()


@dataclass(frozen=True, slots=True)
class GroupLimit:
    """The limit that a customer's group shares, None where it has none; 0 while suspended."""

    id: int
    name: str
    limit_minor: int | None
    is_suspended: bool = False
    is_expired: bool = False
    row_ids: tuple[int, ...] = ()
    until_on: date | None = None
    approved_by: str = ""
    approved_on: date | None = None


@dataclass(frozen=True, slots=True)
class LimitInForce:
    """The limit of one customer on a day, in minor units of `currency`, the company's.

    `limit_minor` is what may be used: `base_minor` + `lifted_minor` (insured rows and covers that
    lift it), 0 while suspended, None where no limit was ever granted. `base_minor` stays what
    was granted while a suspension stands. `kind`, `until_on`, `approved_by`, `approved_on` and
    `source` are those of the row that decides: the suspension, else the base, else the insured
    one. `row_ids` and `cover_ids` are what it is made of. `scope` is customer or segment, empty
    for none. `missing_rates`: covers in these currencies lift nothing, for want of a rate.
    `group` holds beside it; a suspended group suspends its members.
    """

    currency: str
    limit_minor: int | None = None
    base_minor: int | None = None
    lifted_minor: int = 0
    kind: str = ""
    row_ids: tuple[int, ...] = ()
    cover_ids: tuple[int, ...] = ()
    until_on: date | None = None
    is_suspended: bool = False
    is_expired: bool = False
    group: GroupLimit | None = None
    approved_by: str = ""
    approved_on: date | None = None
    source: str = ""
    scope: str = ""
    missing_rates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lift:
    """A cover that lifts the limit, by its amount in home minor units; None without a rate."""

    cover_id: int
    currency: str
    amount_minor: int | None


@dataclass(slots=True)
class _Sorted:
    """The rows of a scope that are known and have begun, by kind."""

    kinds: dict[str, list[Row]] = field(default_factory=dict)

    def latest(self, kind: str) -> Row | None:
        return max(self.kinds.get(kind, ()), key=lambda row: row.rank, default=None)


def granted(rows: Iterable[Row], *, on: date, known_on: date | None = None) -> Granted:
    """Return what the approved rows of one scope come to on a day, as known on a day."""
    begun = _Sorted()
    for row in rows:
        if row.from_on <= on and (known_on is None or row.decided_on <= known_on):
            begun.kinds.setdefault(row.kind, []).append(row)
    if not begun.kinds:
        return NOTHING
    standard, insured = begun.latest(STANDARD), begun.latest(INSURED)
    temporary = max(
        (row for row in begun.kinds.get(TEMPORARY, ()) if row.lasts(on)),
        key=lambda row: row.rank,
        default=None,
    )
    has_standard = standard is not None and standard.lasts(on)
    return Granted(
        base=temporary or (standard if has_standard else None),
        insured=insured if insured is not None and insured.lasts(on) else None,
        suspension=_suspension(begun, on),
        expired=standard if temporary is None and not has_standard else None,
    )


def _suspension(begun: _Sorted, on: date) -> Row | None:
    """Return the latest suspension that lasts and that no later decision has ended."""
    ends = begun.kinds.get(RESUMPTION, ())
    standing = [
        row
        for row in begun.kinds.get(SUSPENSION, ())
        if row.lasts(on) and not any(_lifts(end, row) for end in ends)
    ]
    return max(standing, key=lambda row: row.rank, default=None)


def _lifts(end: Row, suspension: Row) -> bool:
    return (
        end.from_on >= suspension.from_on
        and (end.decided_at, end.id) > (suspension.decided_at, suspension.id)
    )  # fmt: skip


def limit_in_force(
    own: Granted,
    segment: Granted,
    *,
    currency: str,
    stated_minor: int | None = None,
    lifts: Sequence[Lift] = (),
    group: GroupLimit | None = None,
) -> LimitInForce:
    """Return the limit of one customer out of its own rows, its segment's, covers and its group.

    A customer's own limit beats its segment's, kind by kind; `stated_minor`, what its record
    says, counts as a standard limit of its own where the ledger has none.
    """
    has_own = own.base is not None or own.expired is not None
    stated = None if has_own else stated_minor
    said = own if has_own or stated is not None else segment
    suspension = own.suspension or segment.suspension
    insured = own.insured or segment.insured
    base_minor = said.base_minor if stated is None else stated
    is_suspended = suspension is not None or (group is not None and group.is_suspended)
    lifting = [lift for lift in lifts if lift.amount_minor is not None]
    lifted = sum(lift.amount_minor or 0 for lift in lifting)
    lifted += insured.amount_minor if insured is not None else 0
    limit: int | None = None
    if is_suspended:
        limit = 0
    elif base_minor is not None or insured is not None or lifting:
        limit = (base_minor or 0) + lifted
    decides, is_stated = suspension, False
    if decides is None:
        decides, is_stated = said.base or said.expired, stated is not None
        if base_minor is None:
            decides = insured
    own_rows = (own.suspension, own.base, own.expired, own.insured)
    made_of = (suspension, said.base, insured)
    return LimitInForce(
        currency=currency,
        limit_minor=limit,
        base_minor=base_minor,
        lifted_minor=lifted,
        kind=STANDARD if is_stated else decides.kind if decides else "",
        row_ids=tuple(row.id for row in made_of if row is not None),
        cover_ids=tuple(lift.cover_id for lift in lifting),
        until_on=decides.until_on if decides else None,
        is_suspended=is_suspended,
        is_expired=stated is None and said.expired is not None,
        group=group,
        approved_by=decides.decided_by if decides else "",
        approved_on=decides.decided_on if decides else None,
        source=STATED if is_stated else decides.source if decides else "",
        scope=_scope(is_own=is_stated or decides in own_rows, is_said=is_stated or bool(decides)),
        missing_rates=tuple(sorted({x.currency for x in lifts if x.amount_minor is None})),
    )


def _scope(*, is_own: bool, is_said: bool) -> str:
    if not is_said:
        return ""
    return "customer" if is_own else "segment"


def group_limit(group_id: int, name: str, own: Granted) -> GroupLimit:
    """Return the limit a group shares: its rows by the same rules, without covers."""
    decides = own.suspension or own.base or own.expired or own.insured
    limit: int | None = None
    if own.suspension is not None:
        limit = 0
    elif own.base_minor is not None or own.insured is not None:
        limit = (own.base_minor or 0) + (own.insured.amount_minor if own.insured else 0)
    made_of = (own.suspension, own.base, own.insured)
    return GroupLimit(
        id=group_id,
        name=name,
        limit_minor=limit,
        is_suspended=own.suspension is not None,
        is_expired=own.expired is not None,
        row_ids=tuple(row.id for row in made_of if row is not None),
        until_on=decides.until_on if decides else None,
        approved_by=decides.decided_by if decides else "",
        approved_on=decides.decided_on if decides else None,
    )


def states(rows: Sequence[Row], *, on: date, known_on: date | None = None) -> dict[int, str]:
    """Return what each approved row of one scope is on a day, by its id; one of STATES.

    A row that was not known on the day asked about is left out.
    """
    rows = [row for row in rows if known_on is None or row.decided_on <= known_on]
    now = granted(rows, on=on, known_on=known_on)
    used = {row.id for row in (now.base, now.insured, now.suspension) if row is not None}
    return {row.id: _state(row, rows, used, on=on, now=now) for row in rows}


def _state(row: Row, rows: Sequence[Row], used: set[int], *, on: date, now: Granted) -> str:
    if row.from_on > on:
        return SCHEDULED
    if row.id in used:
        is_covered = now.suspension is not None and row.id != now.suspension.id
        return REPLACED if is_covered else IN_FORCE
    if not row.lasts(on):
        return EXPIRED
    if row.kind in (SUSPENSION, RESUMPTION):
        return _stop_state(row, rows, on=on, now=now)
    is_later = any(x.kind == row.kind and x.from_on <= on and x.rank > row.rank for x in rows)
    return SUPERSEDED if is_later and row.kind != TEMPORARY else REPLACED


def _stop_state(row: Row, rows: Sequence[Row], *, on: date, now: Granted) -> str:
    """Return what a suspension that does not stand, or the end of one, is on a day."""
    begun = [x for x in rows if x.kind == RESUMPTION and x.from_on <= on]
    if row.kind == SUSPENSION:
        return LIFTED if any(_lifts(x, row) for x in begun) else REPLACED
    is_over = now.suspension is not None or any(x.rank > row.rank for x in begun)
    return SUPERSEDED if is_over else IN_FORCE
