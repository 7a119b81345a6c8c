"""The kinds of outside ledger a connection can lead to, and what each needs to be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LONGEST_SETTING, LONGEST_STATEMENT = 300, 4_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionField:
    """One setting of a connection: its name, what a person reads, and whether it may be empty.

    It has at most `most` characters; one that `is_long` is written in several lines.
    """

    name: str
    label: str
    help: str = ""
    is_needed: bool = True
    is_address: bool = False
    is_long: bool = False

    @property
    def most(self) -> int:
        """Return how many characters it may have."""
        return LONGEST_STATEMENT if self.is_long else LONGEST_SETTING


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionKind:
    """A kind of outside ledger: settings in the order a form shows them, and the secret's name.

    Without `secret` none is asked for.
    """

    kind: str
    label: str
    fields: tuple[ConnectionField, ...]
    secret: str = ""


_ADDRESS = ConnectionField(
    name="address",
    label="Address",
    help="It begins with https://; a host inside the house is listed by your operator.",
    is_address=True,
)
_SELECT = "One SELECT whose columns are named as the guide says; :since is the last sync."
_STATEMENTS = (
    ConnectionField(name="customers", label="Customers", help=_SELECT, is_long=True),
    ConnectionField(name="items", label="Documents", help=_SELECT, is_long=True),
    ConnectionField(
        name="payments", label="Payments", help=_SELECT, is_needed=False, is_long=True
    ),
    ConnectionField(
        name="allocations", label="Allocations", help=_SELECT, is_needed=False, is_long=True
    ),
    ConnectionField(
        name="open",
        label="Open items",
        help="One SELECT of all that is open now, for the tie-out; without it there is none.",
        is_needed=False,
        is_long=True,
    ),
    ConnectionField(
        name="start",
        label="First value of :since",
        help="Empty: 1900-01-01 00:00:00. Say 0 where rows are told apart by a rising number.",
        is_needed=False,
    ),
)
_KINDS = (
    ConnectionKind(
        kind="odoo",
        label="Odoo",
        fields=(
            _ADDRESS,
            ConnectionField(name="database", label="Database"),
            ConnectionField(
                name="user",
                label="User",
                help="Up to Odoo 18. From 19 on leave it empty: the key alone signs in.",
                is_needed=False,
            ),
            ConnectionField(
                name="company",
                label="Company there",
                help="Its name in Odoo, where there are several.",
                is_needed=False,
            ),
        ),
        secret="API key or password",  # noqa: S106  # nosec B106 -- the field's name
    ),
    ConnectionKind(
        kind="erpnext",
        label="ERPNext",
        fields=(
            _ADDRESS,
            ConnectionField(name="key", label="API key", help="Of a user of its own there."),
            ConnectionField(
                name="company",
                label="Company there",
                help="Its name in ERPNext, where there are several.",
                is_needed=False,
            ),
        ),
        secret="API secret",  # noqa: S106  # nosec B106 -- the field's name
    ),
    ConnectionKind(
        kind="tryton",
        label="Tryton",
        fields=(
            _ADDRESS,
            ConnectionField(name="database", label="Database"),
            ConnectionField(name="user", label="User"),
            ConnectionField(
                name="company",
                label="Company there",
                help="Its name in Tryton, where the user has several.",
                is_needed=False,
            ),
            ConnectionField(
                name="category",
                label="Category of customers",
                help="A party category; empty: all parties but companies and employees.",
                is_needed=False,
            ),
        ),
        secret="Password",  # noqa: S106  # nosec B106 -- the field's name
    ),
    ConnectionKind(
        kind="stripe",
        label="Stripe invoices",
        fields=(
            ConnectionField(
                name="address",
                label="Address",
                help="Leave it empty: Stripe's own is taken.",
                is_needed=False,
                is_address=True,
            ),
        ),
        secret="Restricted key",  # noqa: S106  # nosec B106 -- the field's name
    ),
    ConnectionKind(
        kind="postgresql",
        label="PostgreSQL",
        fields=(
            ConnectionField(
                name="address",
                label="Host and port",
                help="Such as db.example:5432; your operator lists it.",
            ),
            ConnectionField(name="database", label="Database"),
            ConnectionField(name="user", label="User", help="One that may only read."),
            *_STATEMENTS,
        ),
        secret="Password",  # noqa: S106  # nosec B106 -- the field's name
    ),
    ConnectionKind(
        kind="sqlite",
        label="SQLite",
        fields=(
            ConnectionField(
                name="address",
                label="File",
                help="Its whole path, in a folder that your operator lists.",
            ),
            *_STATEMENTS,
        ),
    ),
)
KINDS: Mapping[str, ConnectionKind] = MappingProxyType({one.kind: one for one in _KINDS})
"""Every kind by its name; a connector that is added is added here and in `jobs.connections`."""
