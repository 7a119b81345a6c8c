"""What a company charges for late payment: by group of customers, off until it says otherwise.

The first group that fits a customer decides. Amounts are minor units of the item's currency, rates
and shares ppm, times days.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine import documents
from dunwell.engine.charges.late_rules import MOST_PPM, PARTIES, YEARS
from dunwell.engine.charges.reference_rates import PPM
from dunwell.engine.documents import DocumentError

OFF, ACCRUE, BILL = "off", "accrue", "bill"
MODES = (OFF, ACCRUE, BILL)
"""Nothing is charged; it is worked out and shown; it is billed as well, once a month."""

STATUTORY, BY_CONTRACT = "statutory", "contract"
"""Instead of the id of a rule: the law of the customer's country, or the contract alone."""

_NAME = re.compile("[a-z][a-z0-9_]{0,79}")
_COUNTRY = re.compile("[A-Z]{2}")
_CURRENCY = re.compile("[A-Z]{3}")
_GROUP = {
    *("name", "segments", "countries", "parties", "assume_party", "law", "mode", "rule"),
    *("registered", "contract_rate_ppm", "is_yearly_stated", "max_rate_ppm", "year", "since"),
    *("grace_days", "cap_ppm", "pause_disputed", "compensation", "is_told", "notice_level"),
    *("fees", "min_bill_minor", "due_days"),
}
_CASE = {
    *("name", "segment", "country", "party", "currency", "amount_minor", "issued_on", "due_on"),
    *("paid_on", "paid_minor", "noticed_on", "as_of", "expect"),
}
_EXPECT = {"mode", "rule", "interest_minor", "compensation_minor"}


class ChargesPolicyError(DocumentError):
    """The policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelFee:
    """What a reminder of a level costs, for items in one currency."""

    level: int
    currency: str
    fee_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeGroup:
    """How customers of some segments, countries and kinds are charged; no names mean all.

    `law` names the country whose law holds where it is not the customer's own; `assume_party`
    is what a customer counts as whose kind is not recorded. Nothing before `since` is charged,
    and nothing that is late for at most `grace_days`. `is_told`: the customer was told that
    interest runs from 30 days after the due date. A reminder from `notice_level` on is the notice
    and the letter a rule asks for. `min_bill_minor` is what a bill has at least.
    """

    name: str
    mode: str = OFF
    segments: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    assume_party: str = ""
    law: str = ""
    rule: str = STATUTORY
    registered: tuple[str, ...] = ()
    contract_rate_ppm: int | None = None
    is_yearly_stated: bool = True
    max_rate_ppm: int | None = None
    year: str = ""
    since: date = date.max
    grace_days: int = 0
    cap_ppm: int | None = None
    pauses_disputed: bool = True
    with_compensation: bool = True
    is_told: bool = False
    notice_level: int = 1
    fees: tuple[LevelFee, ...] = ()
    min_bill_minor: int = 0
    due_days: int = 14

    def fits(self, *, segment: str, country: str, party: str) -> bool:
        """Return whether the group is about such a customer."""
        return (
            (not self.segments or segment in self.segments)
            and (not self.countries or country in self.countries)
            and (not self.parties or (party or self.assume_party) in self.parties)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargesCase:
    """An item and its payment, and what should be charged by `as_of`; empty: not asked."""

    name: str
    segment: str
    country: str
    party: str
    currency: str
    amount_minor: int
    issued_on: date
    due_on: date
    paid_on: date | None
    paid_minor: int
    noticed_on: date | None
    as_of: date
    expect: Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargesPolicy:
    """The whole document."""

    name: str = "charges"
    valid_from: date = date.min
    groups: tuple[ChargeGroup, ...] = ()
    cases: tuple[ChargesCase, ...] = field(default_factory=tuple)

    @property
    def is_off(self) -> bool:
        """Return whether nobody is charged anything."""
        return all(group.mode == OFF for group in self.groups)

    def group_of(self, *, segment: str, country: str, party: str) -> ChargeGroup | None:
        """Return the first group that fits a customer, None where none does."""
        return next(
            (
                group
                for group in self.groups
                if group.fits(segment=segment, country=country, party=party)
            ),
            None,
        )


def read_charges_policy(document: Mapping[str, object]) -> ChargesPolicy:
    """Build the policy from {charges: …, cases: […]}; raise ChargesPolicyError."""
    try:
        outer = documents.fields(document, "document")
        documents.known(outer, {"charges", "cases"}, "document")
        body = documents.fields(outer.get("charges"), "charges")
        documents.known(body, {"name", "valid_from", "groups"}, "charges")
        groups = tuple(
            _group(row, f"charges, group {number}")
            for number, row in enumerate(
                documents.rows(body.get("groups"), "groups", "charges"), 1
            )
        )
        _check_names([group.name for group in groups])
        return ChargesPolicy(
            name=_name(documents.text(body, "name", "charges", default="charges"), "charges"),
            valid_from=documents.day(body.get("valid_from"), "valid_from", "charges"),
            groups=groups,
            cases=tuple(
                _case(row, f"charges, case {number}")
                for number, row in enumerate(
                    documents.rows(outer.get("cases") or [], "cases", "charges"), 1
                )
            ),
        )
    except ChargesPolicyError:
        raise
    except DocumentError as error:
        raise ChargesPolicyError(str(error)) from error


def _check_names(names: list[str]) -> None:
    if not names:
        raise ChargesPolicyError("charges: groups is empty; name at least one, with mode: off")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ChargesPolicyError(f"charges: group {twice[0]} stands twice")


def _name(name: str, where: str) -> str:
    if not _NAME.fullmatch(name):
        raise ChargesPolicyError(
            f"{where}: name {name!r} cannot be used; write a-z, 0-9 and _, beginning with a letter"
        )
    return name


def _group(row: object, where: str) -> ChargeGroup:
    stated = documents.fields(row, where)
    documents.known(stated, _GROUP, where)
    mode = stated.get("mode", OFF)
    # YAML reads a bare `off` as false
    mode = OFF if mode is False else documents.choice(mode, "mode", MODES, where)
    if mode != OFF and stated.get("since") is None:
        raise ChargesPolicyError(f"{where}: since is missing; write the first day that may cost")
    parties = documents.names(stated.get("parties"), "parties", where)
    for party in parties:
        documents.choice(party, "parties", PARTIES, where)
    assumed = documents.text(stated, "assume_party", where, default="")
    if assumed:
        documents.choice(assumed, "assume_party", PARTIES, where)
    year = documents.text(stated, "year", where, default="")
    return ChargeGroup(
        name=_name(documents.text(stated, "name", where), where),
        mode=mode,
        segments=documents.names(stated.get("segments"), "segments", where),
        countries=_countries(stated.get("countries"), where),
        parties=parties,
        assume_party=assumed,
        law="".join(_countries([stated["law"]], where)) if stated.get("law") else "",
        rule=documents.text(stated, "rule", where, default=STATUTORY),
        registered=documents.names(stated.get("registered"), "registered", where),
        contract_rate_ppm=_optional(stated, "contract_rate_ppm", where, MOST_PPM),
        is_yearly_stated=documents.switch(stated, "is_yearly_stated", where, default=True),
        max_rate_ppm=_optional(stated, "max_rate_ppm", where, MOST_PPM),
        year=documents.choice(year, "year", YEARS, where) if year else "",
        since=documents.day(stated["since"], "since", where) if stated.get("since") else date.max,
        grace_days=documents.number(stated, "grace_days", where, default=0, largest=365),
        cap_ppm=_optional(stated, "cap_ppm", where, PPM),
        pauses_disputed=documents.switch(stated, "pause_disputed", where, default=True),
        with_compensation=documents.switch(stated, "compensation", where, default=True),
        is_told=documents.switch(stated, "is_told", where),
        notice_level=documents.number(stated, "notice_level", where, default=1, largest=99),
        fees=tuple(
            _fee(fee, f"{where}, fee {number}")
            for number, fee in enumerate(
                documents.rows(stated.get("fees") or [], "fees", where), 1
            )
        ),
        min_bill_minor=documents.number(stated, "min_bill_minor", where, default=0),
        due_days=documents.number(stated, "due_days", where, default=14, largest=365),
    )


def _fee(row: object, where: str) -> LevelFee:
    stated = documents.fields(row, where)
    documents.known(stated, {"level", "currency", "fee_minor"}, where)
    currency = documents.text(stated, "currency", where)
    if not _CURRENCY.fullmatch(currency):
        raise ChargesPolicyError(f"{where}: currency {currency!r} is no code such as EUR")
    return LevelFee(
        level=documents.number(stated, "level", where, smallest=1, largest=99),
        currency=currency,
        fee_minor=documents.number(stated, "fee_minor", where, smallest=1),
    )


def _countries(value: object, where: str) -> tuple[str, ...]:
    found = documents.names(value, "countries", where)
    for code in found:
        if not _COUNTRY.fullmatch(code):
            raise ChargesPolicyError(f"{where}: {code!r} is no country; write a code such as DE")
    return found


def _optional(stated: Mapping[str, object], name: str, where: str, largest: int) -> int | None:
    if stated.get(name) is None:
        return None
    return documents.number(stated, name, where, largest=largest)


def _case(row: object, where: str) -> ChargesCase:
    stated = documents.fields(row, where)
    documents.known(stated, _CASE, where)
    due_on = documents.day(stated.get("due_on"), "due_on", where)
    amount = documents.number(stated, "amount_minor", where, smallest=1)
    paid_on = documents.optional_day(stated, "paid_on", where)
    as_of = documents.optional_day(stated, "as_of", where) or paid_on
    if as_of is None:
        raise ChargesPolicyError(f"{where}: say as_of, the day asked about, or paid_on")
    return ChargesCase(
        name=documents.text(stated, "name", where),
        segment=documents.text(stated, "segment", where, default="standard"),
        country=documents.text(stated, "country", where, default=""),
        party=documents.text(stated, "party", where, default=""),
        currency=documents.text(stated, "currency", where),
        amount_minor=amount,
        issued_on=documents.optional_day(stated, "issued_on", where) or due_on,
        due_on=due_on,
        paid_on=paid_on,
        paid_minor=documents.number(stated, "paid_minor", where, default=amount, largest=amount),
        noticed_on=documents.optional_day(stated, "noticed_on", where),
        as_of=as_of,
        expect=_expected(stated.get("expect"), f"{where}, expect"),
    )


def _expected(value: object, where: str) -> Mapping[str, str | int]:
    stated = documents.fields(value, where)
    documents.known(stated, _EXPECT, where)
    if not stated:
        raise ChargesPolicyError(f"{where}: state at least one of {', '.join(sorted(_EXPECT))}")
    found: dict[str, str | int] = {}
    for name in stated:
        if name in {"interest_minor", "compensation_minor"}:
            found[name] = documents.number(stated, name, where)
        elif name == "mode":
            is_off = stated[name] is False
            found[name] = OFF if is_off else documents.choice(stated[name], name, MODES, where)
        else:
            found[name] = documents.text(stated, name, where, default="")
    return found
