"""What a company decides about cash: matching, small differences, refunds, debits, accounts.

One document, versioned like a strategy; a version is in force from its `valid_from` on.
Amounts are minor units of the company's own currency, rates ppm, times days.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dunwell.engine import documents
from dunwell.engine.allocation_orders import ORDER_NAMES
from dunwell.engine.cash_cases import LADDER_STEPS, CashCase, read_cash_cases
from dunwell.engine.documents import DocumentError
from dunwell.engine.matching.policy import MatchPolicy
from dunwell.engine.return_reasons import RETURN_REASONS

ACCOUNTS = (
    *("receivable", "unapplied", "bank", "sales", "opening", "charges"),
    *("netting", "refunds", "offset", "write_off", "discount", "fx", "concession", "recovery"),
    *("commission", "provider", "fees", "allowance", "impairment", "loan", "finance"),
)
"""Accounts of ours that a document may give numbers of the general ledger."""

PORTAL = ("approve", "at_once", "off")
"""What becomes of a mandate signed in the portal."""

PPM = 1_000_000
_NAME = re.compile("[a-z][a-z0-9_]{0,79}")
_ACCOUNT_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/ -]{0,39}")
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "min_precision_ppm": (500_000, PPM),
    "fee_minor": (0, documents.LARGEST),
    "fee_ppm": (0, PPM),
    "tolerance_minor": (0, documents.LARGEST),
    "over_minor": (0, documents.LARGEST),
    "discount_grace_days": (0, 365),
    "fx_tolerance_ppm": (0, PPM),
    "subset_steps": (0, 1_000_000),
    "subset_items": (1, 5_000),
    "alternatives": (1, 20),
    "duplicate_days": (0, 365),
}
"""Whole numbers of `matching`, with the smallest and the largest value."""
_WORDS = ("sanctioned_names", "review_forms", "escalate_words", "own_names", "held_statuses")
"""Lists of words of `matching`."""
_LISTS = ("unearned_rates_ppm", "held_customers")
_FIELDS = {
    *("name", "valid_from", "matching", "write_off", "returned", "debit"),
    *("refund_evidence", "unclaimed_days", "order", "accounts", "cases"),
}


class CashPolicyError(DocumentError):
    """The cash policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WriteOffPolicy:
    """Small differences given up without a second person, within a budget.

    At most `item_minor` and `item_ppm` of an item, and `month_minor` in a calendar month over all
    items; more than that is a decision of its own.
    """

    item_minor: int = 500
    item_ppm: int = 20_000
    month_minor: int = 50_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnPolicy:
    """What a returned payment costs the customer; 0 charges nothing."""

    fee_minor: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitPolicy:
    """Direct debit: when customers are told, and what a return leads to.

    `notice_days` lie between the pre-notification and the debit; `retry_days` are the days after
    a return on which it is tried again, one per attempt. `ladder` maps a return's ISO reason
    code to retry, fix (ask the customer, mandate suspended) or stop (mandate ended). `portal`
    says what becomes of a mandate a customer signs in the portal: approve (a person of ours checks
    it first), at_once, or off.
    """

    notice_days: int = 14
    lead_days: int = 2
    retry_days: tuple[int, ...] = (5, 10)
    portal: str = "approve"
    ladder: Mapping[str, str] = field(
        default_factory=lambda: {
            "AM04": "retry",
            "MS03": "retry",
            "AC01": "fix",
            "AC04": "stop",
            "AC06": "fix",
            "AC13": "stop",
            "AG01": "fix",
            "AG02": "fix",
            "BE05": "fix",
            "FF05": "fix",
            "MD01": "stop",
            "MD02": "fix",
            "MD06": "fix",
            "MD07": "stop",
            "MS02": "fix",
            "RC01": "fix",
            "RR01": "fix",
            "RR02": "fix",
            "RR03": "fix",
            "RR04": "fix",
            "SL01": "fix",
        }
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class CashPolicy:
    """The whole document. `order` names an allocation order, `accounts` maps our accounts to the
    numbers of the general ledger.

    `refund_evidence`: a payee needs a note of where its account number comes from. Money nobody
    used for `unclaimed_days` is listed as unclaimed. The standard is valid from the beginning of
    time: it applies until a company publishes a policy of its own.
    """

    name: str = "cash"
    valid_from: date = date.min
    matching: MatchPolicy = field(default_factory=MatchPolicy)
    write_off: WriteOffPolicy = field(default_factory=WriteOffPolicy)
    returned: ReturnPolicy = field(default_factory=ReturnPolicy)
    debit: DebitPolicy = field(default_factory=DebitPolicy)
    refund_evidence: bool = True
    unclaimed_days: int = 365
    order: str = "oldest_due"
    accounts: Mapping[str, str] = field(default_factory=dict)
    cases: tuple[CashCase, ...] = ()


STANDARD_CASH = CashPolicy()


def read_cash_policy(document: Mapping[str, object]) -> CashPolicy:
    """Build a cash policy from a parsed document, naming the first wrong field.

    Takes a file of the form {cash: …, cases: […]}. A field left out keeps the standard, in
    `debit.ladder` a code left out as well. Raises CashPolicyError.
    """
    try:
        outer = documents.fields(document, "document")
        documents.known(outer, {"cash", "cases"}, "document")
        body = documents.fields(outer.get("cash"), "cash")
        return _policy(body, outer.get("cases", []))
    except CashPolicyError:
        raise
    except DocumentError as error:
        raise CashPolicyError(str(error)) from error


def _policy(body: Mapping[str, object], cases: object) -> CashPolicy:
    documents.known(body, _FIELDS - {"cases"}, "cash")
    standard = STANDARD_CASH
    order = documents.choice(body.get("order", standard.order), "order", ORDER_NAMES, "cash")
    return CashPolicy(
        name=_name(documents.text(body, "name", "cash", default=standard.name)),
        valid_from=documents.day(body.get("valid_from"), "valid_from", "cash"),
        matching=_matching(_section(body, "matching")),
        write_off=_write_off(_section(body, "write_off")),
        returned=_returned(_section(body, "returned")),
        debit=_debit(_section(body, "debit")),
        refund_evidence=documents.switch(
            body, "refund_evidence", "cash", default=standard.refund_evidence
        ),
        unclaimed_days=documents.number(
            body,
            "unclaimed_days",
            "cash",
            default=standard.unclaimed_days,
            smallest=1,
            largest=7_300,
        ),
        order=order,
        accounts=_accounts(_section(body, "accounts")),
        cases=read_cash_cases(cases),
    )


def _section(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return the fields of a part; a part left out, or left empty, has none."""
    value = body.get(name)
    return {} if value is None else documents.fields(value, f"cash, {name}")


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise CashPolicyError(
            f"cash: name {name!r} cannot be used; write a-z, 0-9 and _, beginning with a letter"
        )
    return name


def _matching(stated: Mapping[str, object]) -> MatchPolicy:
    where, standard = "cash, matching", STANDARD_CASH.matching
    documents.known(stated, {*_BOUNDS, *_WORDS, *_LISTS}, where)
    changes: dict[str, Any] = {
        name: documents.number(stated, name, where, smallest=smallest, largest=largest)
        for name, (smallest, largest) in _BOUNDS.items()
        if name in stated
    }
    for name in _WORDS:
        if name in stated:
            changes[name] = documents.names(stated[name], name, where)
    if "unearned_rates_ppm" in stated:
        changes["unearned_rates_ppm"] = _numbers(stated, "unearned_rates_ppm", where, 1, PPM)
    if "held_customers" in stated:
        changes["held_customers"] = _customers(stated["held_customers"], where)
    return replace(standard, **changes)


def _customers(value: object, where: str) -> tuple[int | str, ...]:
    """Return numbers of customers, each once, as they are written."""
    found: list[int | str] = []
    for entry in documents.rows([] if value is None else value, "held_customers", where):
        if isinstance(entry, bool) or not isinstance(entry, int | str) or entry in {*found, ""}:
            raise CashPolicyError(
                f"{where}: held_customers holds {entry!r}; write each customer's number once"
            )
        found.append(entry)
    return tuple(found)


def _numbers(
    stated: Mapping[str, object], name: str, where: str, smallest: int, largest: int
) -> tuple[int, ...]:
    listed = documents.rows(stated[name], name, where)
    return tuple(
        documents.number({name: entry}, name, where, smallest=smallest, largest=largest)
        for entry in listed
    )


def _write_off(stated: Mapping[str, object]) -> WriteOffPolicy:
    where, standard = "cash, write_off", STANDARD_CASH.write_off
    documents.known(stated, {"item_minor", "item_ppm", "month_minor"}, where)
    return WriteOffPolicy(
        item_minor=documents.number(stated, "item_minor", where, default=standard.item_minor),
        item_ppm=documents.number(
            stated, "item_ppm", where, default=standard.item_ppm, largest=PPM
        ),
        month_minor=documents.number(stated, "month_minor", where, default=standard.month_minor),
    )


def _returned(stated: Mapping[str, object]) -> ReturnPolicy:
    where = "cash, returned"
    documents.known(stated, {"fee_minor"}, where)
    fee = documents.number(
        stated, "fee_minor", where, default=STANDARD_CASH.returned.fee_minor, largest=1_000_000_000
    )
    return ReturnPolicy(fee_minor=fee)


def _debit(stated: Mapping[str, object]) -> DebitPolicy:
    where, standard = "cash, debit", STANDARD_CASH.debit
    documents.known(stated, {"notice_days", "lead_days", "retry_days", "portal", "ladder"}, where)
    retry_days = standard.retry_days
    if "retry_days" in stated:
        retry_days = _numbers(stated, "retry_days", where, 1, 90)
        if list(retry_days) != sorted(set(retry_days)):
            raise CashPolicyError(
                f"{where}: retry_days are {list(retry_days)}; list them in ascending order"
            )
    ladder = documents.fields(stated.get("ladder", {}), f"{where}, ladder")
    for code, step in ladder.items():
        if code not in RETURN_REASONS:
            raise CashPolicyError(
                f"{where}, ladder: {code!r} is no reason code; use one such as AM04 or MD06"
            )
        documents.choice(step, str(code), LADDER_STEPS, f"{where}, ladder")
    return DebitPolicy(
        notice_days=documents.number(
            stated, "notice_days", where, default=standard.notice_days, largest=90
        ),
        lead_days=documents.number(
            stated, "lead_days", where, default=standard.lead_days, largest=30
        ),
        retry_days=retry_days,
        portal=documents.choice(stated.get("portal", standard.portal), "portal", PORTAL, where),
        ladder={**standard.ladder, **{str(code): str(step) for code, step in ladder.items()}},
    )


def _accounts(stated: Mapping[str, object]) -> Mapping[str, str]:
    where = "cash, accounts"
    documents.known(stated, ACCOUNTS, where)
    for account in stated:
        number = documents.text(stated, account, where)
        if not _ACCOUNT_NUMBER.fullmatch(number):
            raise CashPolicyError(
                f"{where}: {account} {number!r} is no account number; "
                "write up to 40 letters, digits and . _ / -"
            )
    return {account: str(number) for account, number in stated.items()}
