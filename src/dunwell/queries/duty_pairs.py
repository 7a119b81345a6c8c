"""Pairs of duties that are kept apart, who holds both sides, and what was allowed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from django.db.models import Q, QuerySet

from dunwell.engine.duty_pairs import DutyPair, held_together, read_pairs
from dunwell.formats.policies import read_policy
from dunwell.models import Company, DutyOverride, Event, Membership

USED = "duty_override"
"""What an event says of an act that only an override allowed: the override's key."""

AT_ONCE = 500
"""Customers of one question about many."""


@cache
def duty_pairs() -> tuple[DutyPair, ...]:
    """Return the pairs of `policies/duties.yaml`, in its order."""
    text = (files("dunwell") / "policies" / "duties.yaml").read_text(encoding="utf-8")
    return read_pairs(read_policy(text).document)


@cache
def guarded_acts() -> Mapping[str, tuple[tuple[DutyPair, frozenset[str]], ...]]:
    """Return by act (an event's verb) the pairs it is a side of, and the acts it is kept from."""
    found: dict[str, list[tuple[DutyPair, frozenset[str]]]] = {}
    for pair in duty_pairs():
        for act in sorted(pair.first_acts | pair.second_acts):
            found.setdefault(act, []).append((pair, pair.against(act)))
    return {act: tuple(rows) for act, rows in found.items()}


def standing_override(
    company: Company, *, user_id: int, pair: str, at: datetime
) -> DutyOverride | None:
    """Return what allows a person both sides of a pair at a moment, or None."""
    return DutyOverride.objects.filter(
        company=company, user=user_id, pair=pair, ended_at=None, granted_at__lte=at, ends_at__gt=at
    ).first()


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptApartRow:
    """One person who holds both sides of a pair, or did by an override.

    `state` is `open` (held without an override: every act on the same object is refused),
    `allowed`, `over` (it ran out) or `ended`. `used` counts acts that only the override allowed.
    """

    id: int | None
    user_id: int
    username: str
    pair: str
    why: str
    state: str
    reason: str
    by: str
    granted_at: datetime | None
    ends_at: datetime | None
    used: int


def duty_conflicts(
    company: Company, *, rights: Mapping[str, frozenset[str]], at: datetime
) -> tuple[KeptApartRow, ...]:
    """Return what is held together now and every override there was, what is open first.

    `rights` are `actions.role_rights.ROLE_RIGHTS`. Three queries.
    """
    roles: dict[int, set[str]] = {}
    names: dict[int, str] = {}
    held = Membership.objects.filter(company=company, user__is_active=True, role__in=rights)
    for key, name, role in held.values_list("user", "user__username", "role"):
        roles.setdefault(key, set()).add(role)
        names[key] = name
    overrides = list(
        DutyOverride.objects.filter(company=company)
        .select_related("user")
        .order_by("-granted_at", "-id")
    )
    used: dict[int, int] = {}
    marked = Event.objects.filter(company=company, verb__in=guarded_acts())
    for key in marked.filter(data__has_key=USED).values_list(f"data__{USED}", flat=True):
        used[int(key)] = used.get(int(key), 0) + 1
    whys = {pair.id: pair.why for pair in duty_pairs()}
    rows = [_row(one, whys.get(one.pair, ""), used.get(one.pk, 0), at=at) for one in overrides]
    allowed = {(row.user_id, row.pair) for row in rows if row.state == "allowed"}
    opened = [
        KeptApartRow(
            id=None, user_id=key, username=names[key], pair=pair.id, why=pair.why, state="open",
            reason="", by="", granted_at=None, ends_at=None, used=0,
        )
        for key in sorted(roles, key=lambda one: names[one])
        for pair in held_together(duty_pairs(), roles[key], rights)
        if (key, pair.id) not in allowed
    ]  # fmt: skip
    return (*opened, *rows)


def _row(one: DutyOverride, why: str, used: int, *, at: datetime) -> KeptApartRow:
    state = "ended" if one.ended_at is not None else "over" if one.ends_at <= at else "allowed"
    return KeptApartRow(
        id=one.pk,
        user_id=one.user_id,
        username=one.user.username,
        pair=one.pair,
        why=why,
        state=state,
        reason=one.reason,
        by=one.by,
        granted_at=one.granted_at,
        ends_at=one.ends_at,
        used=used,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """Who is about to do something, on which record of which customer."""

    company: Company
    name: str
    subject: str
    subject_id: int
    customer_id: int | None

    def shares(self, pair: DutyPair) -> Q:
        """Return the condition for earlier acts on what the pair calls the same object."""
        if pair.object == "customer":
            return Q(customer_id=self.customer_id, customer_id__isnull=False)
        return Q(subject=self.subject, subject_id=self.subject_id)


def earlier_act(act: Act, pairs: Collection[tuple[DutyPair, frozenset[str]]]) -> Event | None:
    """Return the newest act of the person on the other side of one of the pairs, or None.

    By hand or by a token; one query, however many pairs.
    """
    other = Q(pk=None)
    for pair, acts in pairs:
        other |= act.shares(pair) & Q(verb__in=acts)
    acts_before = _acts_of(act.company, act.name, {v for _, acts in pairs for v in acts})
    return acts_before.filter(other).order_by("-seq").first()


def customers_acted_for(
    company: Company, *, name: str, acts: Collection[str], customers: Collection[int]
) -> frozenset[int]:
    """Return for which customers a person did one of the acts; a query per 500 customers."""
    keys = sorted(customers)
    found: set[int | None] = set()
    for start in range(0, len(keys), AT_ONCE):
        some = _acts_of(company, name, acts).filter(customer_id__in=keys[start : start + AT_ONCE])
        found.update(some.values_list("customer_id", flat=True))
    return frozenset(key for key in found if key is not None)


def _acts_of(company: Company, name: str, acts: Collection[str]) -> QuerySet[Event]:
    who = Q(actor=name) | Q(actor__startswith=f"{name} via ")
    return Event.objects.filter(who, company=company, verb__in=acts)
