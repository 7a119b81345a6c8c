"""The company's risk appetite against its book: gauges, and what is left for a customer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from dunwell.engine.appetite_measures import (
    STOP,
    WATCH,
    AppetiteLimit,
    BookRow,
    Sums,
    Whole,
)
from dunwell.engine.authority import (
    ALLOWED,
    NEEDS_APPROVAL,
    NEVER,
    Ask,
    AuthorityPolicy,
    Verdict,
    may_approve,
)
from dunwell.engine.book_gauges import book_gauges
from dunwell.engine.credit_appetite import Gauge, breaches, headroom
from dunwell.engine.credit_classes import Classes
from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.money import from_minor
from dunwell.engine.stress import book_row
from dunwell.models import Company
from dunwell.queries.book_rows import book_in_force, company_book
from dunwell.queries.credit_policies import credit_policy_in_force
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept

PARTS_SHOWN = 3
"""So many of the customers a limit is made of are shown beside it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AppetiteLeft:
    """What the appetite leaves one customer: `others` measures the book without it."""

    others: tuple[Sums, ...]
    row: BookRow

    def most(self, limit_minor: int) -> int:
        """Return how much of a limit for the customer fits, what it owes now included."""
        now = self.row.exposure_minor or 0
        more = max(0, limit_minor - now)
        return limit_minor - more + headroom(self.others, self.row, more_minor=more)

    def breached(self, limit_minor: int) -> tuple[Gauge, ...]:
        """Return the limits of the appetite that a limit used in full would pass."""
        more = max(0, limit_minor - (self.row.exposure_minor or 0))
        return breaches(self.others, self.row, more_minor=more) if more else ()


def credit_book(company: Company, policy: CreditPolicy, *, as_of: date) -> tuple[BookRow, ...]:
    """Return every customer with its exposure, class, places and loss rates.

    Whoever has no rating counts as the class of the unscored. 12 queries at most.
    """
    book = company_book(company, policy, as_of=as_of, with_limits=False)
    return tuple(book_row(row) for row in book.credit_rows())


def appetite_gauges(
    company: Company, *, as_of: date, most_parts: int | None = None
) -> tuple[Gauge, ...]:
    """Return every limit of the appetite with how much of it is used.

    `most_parts`: so many of the customers each is made of are told, all when None.
    """
    return _gauges(company, as_of=as_of, most_parts=most_parts)[0]


def gauges_shown(company: Company, *, as_of: date) -> tuple[Gauge, ...]:
    """Return the same with the PARTS_SHOWN largest parts of each; of a large book it is kept."""
    found, _customers = kept(
        company,
        ("appetite gauges", as_of),
        lambda: _gauges(company, as_of=as_of, most_parts=PARTS_SHOWN),
        is_worth=lambda told: told[1] >= MANY_CUSTOMERS,
    )
    return found


def _gauges(
    company: Company, *, as_of: date, most_parts: int | None
) -> tuple[tuple[Gauge, ...], int]:
    """Return the gauges and of how many customers they are."""
    in_force = credit_policy_in_force(company, as_of=as_of)
    appetite = in_force.policy.appetite
    if not appetite:
        return (), 0
    book = book_in_force(company, in_force, as_of=as_of, with_limits=False)
    return book_gauges(appetite, book, most_parts=most_parts), len(book.rows)


class AppetiteBook:
    """The book against what stops or refers, read once for any number of its customers."""

    def __init__(
        self, acting: Sequence[AppetiteLimit], book: Sequence[BookRow], classes: Classes
    ) -> None:
        self._rows = {row.customer_id: row for row in book}
        self._whole = [Whole(limit, book) for limit in acting]
        self._classes = classes

    def left(self, row: BookRow) -> AppetiteLeft:
        """Return what is left for a customer in the class of `row`, owing what it owes now."""
        now = self._rows.get(row.customer_id) or replace(row, exposure_minor=0)
        own = replace(
            now,
            risk_class=row.risk_class,
            country=row.country,
            pd_ppm=row.pd_ppm,
            lgd_ppm=row.lgd_ppm,
        )
        return AppetiteLeft(others=tuple(one.without(now) for one in self._whole), row=own)

    def left_of(self, customer_id: int) -> AppetiteLeft:
        """Return what is left for a customer of the book in the class it has.

        A class that the policy has no more counts as that of the unscored.
        """
        row = self._rows[customer_id]
        is_known = row.risk_class in self._classes.names
        return self.left(row if is_known else replace(row, risk_class=self._classes.unscored))


def appetite_book(company: Company, policy: CreditPolicy, *, as_of: date) -> AppetiteBook | None:
    """Return the book to ask what is left of the appetite, None where nothing stops or refers."""
    acting = [limit for limit in policy.appetite if limit.then != WATCH]
    if not acting:
        return None
    return AppetiteBook(acting, credit_book(company, policy, as_of=as_of), policy.classes)


def published_appetite(company: Company, *, as_of: date) -> AppetiteBook | None:
    """Return the same of the policy the company published, None where it has none of its own."""
    in_force = credit_policy_in_force(company, as_of=as_of)
    if not in_force.is_published:
        return None
    return appetite_book(company, in_force.policy, as_of=as_of)


def appetite_left(
    company: Company, policy: CreditPolicy, *, row: BookRow, as_of: date
) -> AppetiteLeft | None:
    """Return what is left for a customer of a class, None where nothing is stopped or referred.

    `row` says who it is and the class it would be in; its exposure is read here.
    """
    book = appetite_book(company, policy, as_of=as_of)
    return None if book is None else book.left(row)


def appetite_verdict(
    left: AppetiteLeft,
    *,
    limit_minor: int,
    ask: Ask,
    verdict: Verdict,
    policy: AuthorityPolicy,
    currency: str,
) -> Verdict:
    """Return the verdict of authority on a limit as the appetite leaves it.

    A breach of a limit that stops is NEVER, with what still fits; of one that refers it takes a
    second person, the first on the ladder who may approve it, NEVER where nobody may.
    """
    breached = () if verdict.status == NEVER else left.breached(limit_minor)
    if not breached:
        return verdict
    told, rule = ", ".join(gauge.limit.name for gauge in breached), f"{ask.act}/appetite"
    if any(gauge.limit.then == STOP for gauge in breached):
        most = from_minor(left.most(limit_minor), currency)
        return _stopped(
            rule,
            text=f"Used in full, this limit would pass the risk appetite ({told}). At most "
            f"{most:,} {currency} fits; ask for that, or change the appetite first.",
        )
    if verdict.status != ALLOWED:
        return verdict
    role = next((role for role in policy.ladder if may_approve(ask, policy, roles=[role])), "")
    if not role:
        return _stopped(
            rule,
            text=f"This would pass the risk appetite ({told}), and nobody may approve it.",
        )
    return Verdict(
        status=NEEDS_APPROVAL,
        needs_role=role,
        rule=rule,
        text=f"Used in full, this would pass the risk appetite ({told}); "
        f"a {role.replace('_', ' ')} may approve it.",
    )


def _stopped(rule: str, *, text: str) -> Verdict:
    return Verdict(status=NEVER, needs_role="", rule=rule, text=text)
