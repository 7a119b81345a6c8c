"""What a company decides about cash: matching, small differences, refunds, debits, accounts.

One document, versioned like a strategy; a version is in force from its `valid_from` on.
Amounts are minor units of the company's own currency, rates ppm, times days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dunwell.engine.matching.policy import MatchPolicy


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
    code to retry, fix (ask the customer, mandate suspended) or stop (mandate ended).
    """

    notice_days: int = 14
    lead_days: int = 2
    retry_days: tuple[int, ...] = (5, 10)
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
    numbers of the general ledger."""

    name: str = "cash"
    matching: MatchPolicy = field(default_factory=MatchPolicy)
    write_off: WriteOffPolicy = field(default_factory=WriteOffPolicy)
    returned: ReturnPolicy = field(default_factory=ReturnPolicy)
    debit: DebitPolicy = field(default_factory=DebitPolicy)
    refund_evidence: bool = True
    order: str = "oldest_due"
    accounts: Mapping[str, str] = field(default_factory=dict)


STANDARD_CASH = CashPolicy()
