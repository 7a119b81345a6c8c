"""The tables of an export as one set: which holds items, payments, customers, orders ..."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from dunwell.formats.cells import Reading
from dunwell.formats.columns import Recognition, recognise
from dunwell.formats.findings import LedgerError
from dunwell.formats.grid import Table
from dunwell.formats.profile import Profile, RoleProfile
from dunwell.formats.roles import ROLE_FIELDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One table, what it was recognised as, and how its cells are read."""

    table: Table
    found: Recognition
    reading: Reading


def recognised_sources(tables: Sequence[Table], profile: Profile) -> list[Source]:
    """Return every table with its role in the set and the reading the profile tells."""
    sources = [_source(table, profile) for table in tables]
    return _set_roles(sources, profile)


def _told(table: Table, profile: Profile) -> tuple[str, Mapping[str, str]]:
    """Return the role whose saved columns fit the table best, and those columns."""
    headers = set(table.cells.columns)
    best = ""
    columns: dict[str, str] = {}
    for role, saved in profile.roles.items():
        known = {column: name for column, name in saved.columns.items() if column in headers}
        if saved.columns and len(known) * 2 > len(saved.columns) and len(known) > len(columns):
            best, columns = role, known
    return best, columns


def _reading(profile: Profile, role: str) -> Reading:
    saved = profile.roles.get(role, RoleProfile())
    return Reading(
        date_order=saved.date_order or profile.date_order, decimal=saved.decimal or profile.decimal
    )


def _source(table: Table, profile: Profile, role: str = "") -> Source:
    told_role, told = _told(table, profile)
    if not told and table.fields:
        told_role, told = table.role, table.fields
    fields = [name for name in told.values() if name]
    if len(fields) != len(set(fields)):
        twice = next(name for name in fields if fields.count(name) > 1)
        raise LedgerError(
            f"{table.label}: the profile maps two columns to {twice}. Map one of them to "
            "another field."
        )
    found = recognise(table, told=told, role=role or told_role)
    return Source(table=table, found=found, reading=_reading(profile, found.role))


def _set_roles(sources: list[Source], profile: Profile) -> list[Source]:
    """Settle what only the set can tell: allocations, and orders where there are no invoices."""
    payments = [source for source in sources if source.found.role == "payments"]
    whole = [
        source
        for source in payments
        if "item_number" not in source.found.fields and "payment_number" in source.found.fields
    ]
    has_items = any(source.found.role == "items" for source in sources)
    settled = []
    for source in sources:
        fields = source.found.fields
        role = source.found.role
        if role == "payments" and whole and _links(fields):
            settled.append(_source(source.table, profile, "allocations"))
        elif role in {"orders", "order_lines"} and has_items:
            settled.append(
                Source(
                    table=source.table,
                    found=Recognition(
                        role="other",
                        reason="orders are no receivables where there are invoices",
                        matches=source.found.matches,
                    ),
                    reading=source.reading,
                )
            )
        else:
            settled.append(source)
    return settled


def _links(fields: Mapping[str, str]) -> bool:
    """Return whether a payments table only links payments to items."""
    return {"payment_number", "item_number"} <= set(fields) and not (
        {"customer_number", "method", "unapplied_amount"} & set(fields)
    )


def profile_of(sources: Sequence[Source], told: Profile) -> Profile:
    """Return the profile that reads such files again as they were read, for saving."""
    roles: dict[str, RoleProfile] = dict(told.roles)
    for source in sources:
        role = source.found.role
        if role not in ROLE_FIELDS or role == "other":
            continue
        saved = roles.get(role, RoleProfile())
        columns = {
            match.column: match.field
            for match in source.found.matches
            if match.field or match.reason == "as told"
        }
        roles[role] = RoleProfile(
            columns=MappingProxyType({**columns, **saved.columns}),
            date_order=saved.date_order,
            decimal=saved.decimal,
        )
    return Profile(
        name=told.name,
        date_order=told.date_order,
        decimal=told.decimal,
        encoding=told.encoding,
        delimiter=told.delimiter,
        sheet=told.sheet,
        default_currency=told.default_currency,
        lists_all_open=told.lists_all_open,
        roles=MappingProxyType(roles),
    )
