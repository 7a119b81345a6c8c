"""The kinds of outside ledger a connection can lead to, and what each needs to be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LONGEST_SETTING, LONGEST_STATEMENT = 300, 4_000
TLS = ("auto", "verify-full", "require", "disable")
FILES = ("folders", "ledger", "invoices", "bank")
AFTERWARDS = ("move", "leave")


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionField:
    """One setting of a connection: its name, what a person reads, and whether it may be empty.

    It has at most `most` characters; one that `is_long` is written in several lines. With
    `choices` it is one of them, the first where nothing is said. One that is `is_place` says whom
    the secret is shown to: another value needs the secret anew.
    """

    name: str
    label: str
    help: str = ""
    is_needed: bool = True
    is_address: bool = False
    is_long: bool = False
    is_place: bool = False
    choices: tuple[str, ...] = ()

    @property
    def most(self) -> int:
        """Return how many characters it may have."""
        return LONGEST_STATEMENT if self.is_long else LONGEST_SETTING

    def said(self, settings: Mapping[str, str]) -> str:
        """Return what settings say of it, or what holds where they say nothing."""
        return settings.get(self.name, "") or (self.choices[0] if self.choices else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionKind:
    """A kind of outside ledger: settings in the order a form shows them, and the secret's name.

    `about` says in a sentence what is read. Without `secret` none is asked for.
    """

    kind: str
    label: str
    about: str
    fields: tuple[ConnectionField, ...]
    secret: str = ""

    def is_moved(self, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
        """Return whether the secret would be shown to somebody else with the settings after."""
        return any(one.said(before) != one.said(after) for one in self.fields if one.is_place)


_ADDRESS = ConnectionField(
    name="address",
    label="Address",
    help="It begins with https://; a host inside the house is listed by your operator.",
    is_address=True,
    is_place=True,
)
_SELECT = "One SELECT whose columns are named as the guide says; :since is the last sync."
_TLS = (
    ConnectionField(
        name="tls",
        label="Encryption",
        help="verify-full: the certificate is checked, with its host name; require: encrypted and "
        "not checked; auto: verify-full, but on this machine none.",
        is_needed=False,
        is_place=True,
        choices=TLS,
    ),
    ConnectionField(
        name="root_certificate",
        label="Root certificate",
        help="PEM text of the authority that signed; empty: those this machine trusts.",
        is_needed=False,
        is_long=True,
        is_place=True,
    ),
)
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
        about="Customers, invoices, credit notes, payments and what settles what, by Odoo itself.",
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
        about="Customers, sales invoices, payment entries and journals, by ERPNext itself.",
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
        about="Parties, receivable lines and their reconciliations, by Tryton itself.",
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
        about="Customers, invoices and payments of a Stripe account.",
        fields=(
            ConnectionField(
                name="address",
                label="Address",
                help="Leave it empty: Stripe's own is taken.",
                is_needed=False,
                is_address=True,
                is_place=True,
            ),
        ),
        secret="Restricted key",  # noqa: S106  # nosec B106 -- the field's name
    ),
    ConnectionKind(
        kind="postgresql",
        label="PostgreSQL",
        about="Any ledger kept in PostgreSQL, by SELECT statements of yours.",
        fields=(
            ConnectionField(
                name="address",
                label="Host and port",
                help="Such as db.example:5432; your operator lists it.",
                is_place=True,
            ),
            ConnectionField(name="database", label="Database"),
            ConnectionField(name="user", label="User", help="One that may only read."),
            *_TLS,
            *_STATEMENTS,
        ),
        secret="Password",  # noqa: S106  # nosec B106 -- the field's name
    ),
    ConnectionKind(
        kind="sqlite",
        label="SQLite",
        about="Any ledger kept in an SQLite file, by SELECT statements of yours.",
        fields=(
            ConnectionField(
                name="address",
                label="File",
                help="Its whole path, in a folder that your operator lists.",
                is_place=True,
            ),
            *_STATEMENTS,
        ),
    ),
    ConnectionKind(
        kind="sftp",
        label="SFTP folder",
        about="Ledger exports, e-invoices and bank files that are laid into a folder.",
        fields=(
            ConnectionField(
                name="address",
                label="Host and port",
                help="Such as sftp.example:22; a host inside the house is listed by your "
                "operator.",
                is_place=True,
            ),
            ConnectionField(
                name="host_key",
                label="Fingerprint of the host key",
                help="SHA256:… as whoever runs the host tells it; several with spaces between.",
                is_place=True,
            ),
            ConnectionField(name="user", label="User"),
            ConnectionField(
                name="folder",
                label="Folder",
                help="Its path there; empty: where the user begins.",
                is_needed=False,
            ),
            ConnectionField(
                name="files",
                label="What the files are",
                help="folders: the sub-folders ledger, invoices and bank say it.",
                is_needed=False,
                choices=FILES,
            ),
            ConnectionField(
                name="patterns",
                label="Names of files",
                help="Such as *.csv *.xml; empty: all.",
                is_needed=False,
            ),
            ConnectionField(
                name="marker",
                label="Ending of the done-marker",
                help="Such as .done: a file is taken once a file of its name with this ending "
                "lies there. Empty: once two looks found it unchanged.",
                is_needed=False,
            ),
            ConnectionField(
                name="afterwards",
                label="Files that were taken",
                help="move: to done or refused there; leave: they stay, and nothing is written.",
                is_needed=False,
                choices=AFTERWARDS,
            ),
            ConnectionField(
                name="profile",
                label="Import profile",
                help="A saved one by which ledgers are read.",
                is_needed=False,
            ),
            ConnectionField(
                name="currency",
                label="Currency",
                help="Of bank accounts whose files tell none.",
                is_needed=False,
            ),
        ),
        secret="Password or private key",  # noqa: S106  # nosec B106 -- the field's name
    ),
)
KINDS: Mapping[str, ConnectionKind] = MappingProxyType({one.kind: one for one in _KINDS})
"""Every kind by its name; a connector that is added is added here and in `jobs.connections`."""
