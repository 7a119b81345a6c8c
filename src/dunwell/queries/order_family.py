"""Whom a customer shares a limit with: its group, the parents above it, who guarantees for it.

Parents are links of the day; what a customer's record says counts where no link was ever made. A
circle of parents counts everybody in it once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dunwell.models import Company
from dunwell.queries import order_sql as sql
from dunwell.queries.exposures import Scope
from dunwell.queries.fetched_rows import fetched

MOST_LEVELS = 20


@dataclass(slots=True)
class Family:
    """Groups and their members, parents and children, guarantors with the most they answer for."""

    groups: dict[int, int] = field(default_factory=dict)
    members: dict[int, list[int]] = field(default_factory=dict)
    parent: dict[int, int] = field(default_factory=dict)
    children: dict[int, list[int]] = field(default_factory=dict)
    guarantors: dict[int, list[tuple[int, int | None]]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    _totals: dict[str, int | None] = field(default_factory=dict)

    def group_total(self, group: int, exposures: Mapping[int, int | None]) -> int | None:
        """Return what the members of a group come to, None where one is not known."""
        return self._total(f"group/{group}", self.members.get(group, ()), exposures)

    def below_total(self, key: int, exposures: Mapping[int, int | None]) -> int | None:
        """Return what a customer and everybody below come to, None where one is not known."""
        if f"below/{key}" in self._totals:
            return self._totals[f"below/{key}"]
        return self._total(f"below/{key}", self.below(key), exposures)

    def _total(
        self, name: str, keys: Iterable[int], exposures: Mapping[int, int | None]
    ) -> int | None:
        if name not in self._totals:
            found = [exposures.get(key, 0) for key in keys]
            known = [one for one in found if one is not None]
            self._totals[name] = sum(known) if len(known) == len(found) else None
        return self._totals[name]

    def parents(self, key: int) -> list[int]:
        """Return everybody above a customer, the nearest first; a top of others is its own."""
        found = [key] if key in self.children else []
        one = self.parent.get(key)
        while one is not None and one not in found and one != key:
            found.append(one)
            one = self.parent.get(one)
        return found

    def below(self, key: int) -> set[int]:
        """Return a customer and everybody below it."""
        found, waiting = {key}, [key]
        while waiting:
            for child in self.children.get(waiting.pop(), ()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return found

    def above(self) -> set[int]:
        """Return everybody whose limit counts beside the customers' own."""
        return {*self.parent.values(), *self.children} | {
            guarantor for some in self.guarantors.values() for guarantor, _ in some
        }

    def shared(self) -> set[int]:
        """Return everybody whose exposure counts beside the customers' own."""
        return {
            *(member for some in self.members.values() for member in some),
            *(child for some in self.children.values() for child in some),
            *self.above(),
        }

    def name(self, key: int) -> str:
        """Return the name of a customer as the sentences say it."""
        return self.names.get(key, f"customer {key}")


def sharing(
    company: Company, customer_ids: Collection[int], *, as_of: date
) -> tuple[set[int], set[int]]:
    """Return the customers and the groups whose limits these customers use on a day."""
    only = Scope(company, customer_ids)
    keys = [row[0] for row in only.customers]
    found = families(company, {key: (key, "", "") for key in keys}, only=only, as_of=as_of)
    customers = set(keys)
    for key in keys:
        customers.update(found.parents(key))
        customers.update(guarantor for guarantor, _ in found.guarantors.get(key, ()))
    return customers, {found.groups[key] for key in keys if key in found.groups}


def families(
    company: Company, rows: Mapping[int, tuple[Any, ...]], *, only: Scope, as_of: date
) -> Family:
    """Return whom the customers belong to; three queries where nobody belongs to anybody.

    `rows` are the customers asked for by id, their name the third value.
    """
    found = Family(names={key: row[2] for key, row in rows.items()})
    asked = list(rows)
    if not asked:
        return found
    if only.named:
        _climb(found, asked, as_of)
        _descend(found, {*asked, *found.above()}, as_of)
    else:
        _whole(found, company, as_of)
    _members(found, company, asked if only.named else None, as_of)
    missing = sorted(found.above() - found.names.keys())
    if missing:
        marks = ", ".join(["%s"] * len(missing))
        for key, _number, name, *_rest in fetched(
            sql.CUSTOMERS.format(whose=f"id IN ({marks})"), missing
        ):
            found.names[key] = name
    return found


def _climb(found: Family, asked: Iterable[int], as_of: date) -> None:
    """Read parents and guarantors, level by level."""
    level, seen = sorted(asked), set(asked)
    for number in range(MOST_LEVELS):
        marks = ", ".join(["%s"] * len(level))
        rows = fetched(
            f"{sql.UP.format(whose=f'customer_id IN ({marks})')} UNION ALL "
            f"{sql.UP_RECORD.format(whose=f'id IN ({marks})')}",
            [*level, as_of, as_of, *level],
        )
        _take(found, rows, with_guarantors=number == 0)
        level = sorted({found.parent[key] for key in level if key in found.parent} - seen)
        seen.update(level)
        if not level:
            return


def _descend(found: Family, tops: set[int], as_of: date) -> None:
    """Read everybody below, level by level."""
    level, seen = sorted(tops), set(tops)
    for _level in range(MOST_LEVELS):
        marks = ", ".join(["%s"] * len(level))
        rows = fetched(
            f"{sql.DOWN.format(whose=f'other_id IN ({marks})')} UNION ALL "
            f"{sql.DOWN_RECORD.format(whose=f'parent_id IN ({marks})')}",
            [*level, as_of, as_of, *level],
        )
        new = {key for key, _parent, _kind in rows} - seen
        if new:
            # a link of the day beats the record of a child met on the way down
            marks = ", ".join(["%s"] * len(new))
            up = fetched(
                f"{sql.UP.format(whose=f'customer_id IN ({marks})')} UNION ALL "
                f"{sql.UP_RECORD.format(whose=f'id IN ({marks})')}",
                [*sorted(new), as_of, as_of, *sorted(new)],
            )
            _take(found, up, with_guarantors=False)
            new = {key for key in new if found.parent.get(key) in seen}
        for key in new | {key for key, _, _ in rows if found.parent.get(key) in seen}:
            _adopt(found, key)
        seen |= new
        level = sorted(new)
        if not level:
            return


def _whole(found: Family, company: Company, as_of: date) -> None:
    own = "company_id = %s"
    rows = fetched(
        f"{sql.UP.format(whose=own)} UNION ALL {sql.UP_RECORD.format(whose=own)}",
        [company.pk, as_of, as_of, company.pk],
    )
    _take(found, rows, with_guarantors=True)
    for key in list(found.parent):
        _adopt(found, key)


def _take(found: Family, rows: list[tuple[Any, ...]], *, with_guarantors: bool) -> None:
    for key, other, kind, most in rows:
        if kind == "parent":
            found.parent[key] = other
        elif kind == "guarantor" and with_guarantors:
            found.guarantors.setdefault(key, []).append((other, most))
    for key, other, kind, _most in rows:
        if kind == "record":
            found.parent.setdefault(key, other)


def _adopt(found: Family, key: int) -> None:
    children = found.children.setdefault(found.parent[key], [])
    if key not in children:
        children.append(key)


def _members(found: Family, company: Company, asked: list[int] | None, as_of: date) -> None:
    only, values = "", [as_of, as_of, company.pk]
    if asked is not None:
        marks = ", ".join(["%s"] * len(asked))
        only = sql.SAME_GROUPS.format(marks=marks)
        values += asked
    members = defaultdict(list, found.members)
    for group, customer in fetched(sql.MEMBERS.format(only=only), values):
        members[group].append(customer)
        found.groups[customer] = group
    found.members = dict(members)
