"""A saved import profile: how one system's exports are read, as a document a person can edit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import yaml

from dunwell.formats.currencies import ISO_CODES
from dunwell.formats.findings import LedgerError
from dunwell.formats.roles import ROLE_FIELDS

DATE_ORDERS = ("", "dmy", "mdy")
DECIMALS = ("", ".", ",")
TEXTS = ("name", "date_order", "decimal", "encoding", "delimiter", "sheet", "default_currency")

ALL_OPEN = "lists_all_open"


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleProfile:
    """How a table of one role is read: column -> field (empty: leave the column out)."""

    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    date_order: str = ""
    decimal: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """How files are read; an empty text leaves the choice to detection.

    `date_order` is dmy or mdy, `decimal` is "." or ",". What a role says goes before what the
    profile says. `lists_all_open` says that the files list everything that is open on the day they
    come in: what they no longer list is settled. `has_payments_by_number` says that no two
    customers share a payment number; only code says so, never a document.
    """

    name: str = ""
    date_order: str = ""
    decimal: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    default_currency: str = ""
    lists_all_open: bool = False
    has_payments_by_number: bool = False
    roles: Mapping[str, RoleProfile] = field(default_factory=lambda: MappingProxyType({}))

    def as_dict(self) -> dict[str, object]:
        """Return the profile as a plain document, for YAML or JSON; empty choices are left out."""
        document: dict[str, object] = {
            key: getattr(self, key) for key in (*TEXTS, ALL_OPEN) if getattr(self, key)
        }
        roles = {
            role: {
                key: value
                for key, value in (
                    ("columns", dict(told.columns)),
                    ("date_order", told.date_order),
                    ("decimal", told.decimal),
                )
                if value
            }
            for role, told in self.roles.items()
        }
        return {**document, "roles": roles} if roles else document

    def as_yaml(self) -> str:
        """Return the profile as YAML text."""
        return yaml.safe_dump(self.as_dict(), sort_keys=False, allow_unicode=True)


def read_profile(document: Mapping[str, object] | str) -> Profile:
    """Return the profile of a document or its YAML (or JSON) text.

    Raises LedgerError naming an unknown key, role, field or value.
    """
    if isinstance(document, str):
        try:
            loaded = yaml.safe_load(document)
        except yaml.YAMLError as error:
            raise LedgerError(f"profile: is not valid YAML: {error}") from error
        if not isinstance(loaded, Mapping):
            raise LedgerError(
                "profile: must be a document with keys such as roles and date_order."
            )
        document = loaded
    unknown = set(document) - {*TEXTS, ALL_OPEN, "roles"}
    if unknown:
        raise LedgerError(f"profile: unknown key {sorted(map(str, unknown))[0]!r}.")
    texts = {key: _text(document.get(key, ""), key) for key in TEXTS}
    lists_all_open = document.get(ALL_OPEN, False)
    if not isinstance(lists_all_open, bool):
        raise LedgerError(f"profile: {ALL_OPEN} must be true or false.")
    roles = document.get("roles", {})
    if not isinstance(roles, Mapping):
        raise LedgerError("profile: roles must map a role such as items to its columns.")
    profile = Profile(
        **texts,
        lists_all_open=lists_all_open,
        has_payments_by_number=False,
        roles=MappingProxyType({str(role): _role(role, told) for role, told in roles.items()}),
    )
    _check(profile.date_order, profile.decimal, where="profile")
    if profile.default_currency and profile.default_currency not in ISO_CODES:
        raise LedgerError(f"profile: {profile.default_currency!r} is not an ISO 4217 currency.")
    return profile


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise LedgerError(f"profile: {key} must be a text.")
    return value


def _check(date_order: str, decimal: str, *, where: str) -> None:
    if date_order not in DATE_ORDERS:
        raise LedgerError(f"{where}: date_order {date_order!r} must be dmy or mdy.")
    if decimal not in DECIMALS:
        raise LedgerError(f'{where}: decimal {decimal!r} must be "." or ",".')


def _role(role: object, told: object) -> RoleProfile:
    if role not in ROLE_FIELDS or not isinstance(told, Mapping):
        raise LedgerError(f"profile: {role!r} is not a role; roles are {', '.join(ROLE_FIELDS)}.")
    unknown = set(told) - {"columns", "date_order", "decimal"}
    if unknown:
        raise LedgerError(f"profile: unknown key {sorted(map(str, unknown))[0]!r} in role {role}.")
    columns = told.get("columns", {})
    if not isinstance(columns, Mapping):
        raise LedgerError(f"profile: columns of {role} must map a column to a field.")
    for column, name in columns.items():
        if name and name not in ROLE_FIELDS[str(role)]:
            raise LedgerError(
                f"profile: {name!r} for column {column!r} is not a field of {role}; fields are "
                f"{', '.join(ROLE_FIELDS[str(role)])}."
            )
    order, decimal = (
        _text(told.get("date_order", ""), "date_order"),
        _text(told.get("decimal", ""), "decimal"),
    )
    _check(order, decimal, where=f"profile, role {role}")
    return RoleProfile(
        columns=MappingProxyType({str(key): str(value or "") for key, value in columns.items()}),
        date_order=order,
        decimal=decimal,
    )
