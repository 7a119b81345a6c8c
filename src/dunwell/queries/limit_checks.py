"""Many limits at once against the ledger: what each would be before and after, and who decides."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dunwell.engine.authority import ALLOWED, NEEDS_APPROVAL, STAFF, Ask, AuthorityPolicy, judge
from dunwell.engine.limit_wishes import Change, Wish, changed, gives_nothing, is_known, total_minor
from dunwell.engine.limits import STANDARD, SUSPENSION, TEMPORARY, Row, granted
from dunwell.engine.money import LARGEST_MINOR
from dunwell.formats.limit_rows import LimitLine
from dunwell.models import Company, CreditLimit, CreditRating, Customer, CustomerScore
from dunwell.queries.authority import authority_in_force, certificates_that_count
from dunwell.queries.credit_appetite import AppetiteBook, appetite_verdict, published_appetite
from dunwell.queries.limits import approved_rows

NEW, LOWER, APPROVAL, KNOWN, REFUSED = "new", "lower", "approval", "known", "refused"
STATES = (REFUSED, APPROVAL, NEW, LOWER, KNOWN)
"""What becomes of a line, the ones a person looks at first: refused, put to somebody else,
granted, lowered, or in the ledger already."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A limit that is wanted for a customer; `has_day` says that its first day was told."""

    row: int
    customer_number: str
    wish: Wish
    has_day: bool = False
    reason: str = ""
    currency: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedLimit:
    """A line with its customer, the limit of its kind before, and what would become of it.

    Amounts in the company's currency; `before_minor` is None where there is none. `ask` is what
    authority is asked for, `rule`, `needs_role` and `text` what it says.
    """

    row: int
    customer_id: int | None
    customer_number: str
    customer_name: str
    wish: Wish
    before_minor: int | None
    state: str
    reason: str = ""
    told: str = ""
    ask: Ask | None = None
    rule: str = ""
    needs_role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What the records say of the customers asked about."""

    customers: Mapping[str, tuple[int, str, int | None]]
    rows: Mapping[int, list[Row]]
    waiting: Mapping[tuple[int, str], str]
    risks: Mapping[int, str]
    policy: AuthorityPolicy


def asked_of_lines(lines: Sequence[LimitLine], *, as_of: date) -> tuple[Asked, ...]:
    """Return the lines of a file as wishes; without a day they begin today."""
    return tuple(
        Asked(
            row=line.row,
            customer_number=line.customer_number,
            wish=Wish(line.kind, line.amount_minor, line.from_on or as_of, line.until_on),
            has_day=line.from_on is not None,
            reason=line.reason,
            currency=line.currency,
            problem=line.problem,
        )
        for line in lines
    )


def asked_of_change(
    company: Company, change: Change, *, customer_ids: Collection[int], from_on: date
) -> tuple[Asked, ...]:
    """Return the standard limits of customers as a change makes them; customers without are out.

    The limit that is changed is the one in force on `from_on`; its last day stays.
    """
    customers = Customer.objects.filter(company=company, pk__in=customer_ids).order_by("number")
    told = list(customers.values_list("pk", "number", "credit_limit_minor"))
    rows = approved_rows(company, customer_ids=[key for key, _, _ in told])
    found: list[Asked] = []
    for key, number, stated in told:
        own = [row for row in rows.get(key, ()) if row.kind == STANDARD]
        now = granted(own, on=from_on)
        before = stated if not own else now.base_minor
        if before is None or now.expired is not None:
            continue
        until_on = now.base.until_on if now.base is not None else None
        wish = Wish(STANDARD, changed(before, change), from_on, until_on)
        found.append(Asked(row=len(found) + 1, customer_number=number, wish=wish))
    return tuple(found)


def checked_limits(
    company: Company,
    asked: Sequence[Asked],
    *,
    roles: Collection[str],
    user_id: int | None,
    is_told: bool,
    as_of: date,
) -> tuple[CheckedLimit, ...]:
    """Return every line with what would become of it; six queries whatever their number.

    One more where the authority policy asks for certificates, one for the credit policy.
    `is_told`: they come from a file or program that kept the ledger until now, so the risk
    appetite is not held against them; else the book is read for it, where the company's own
    appetite stops or refers. Each line is held against it alone, as a limit by hand is.
    `roles` and `user_id` are those of the person who asks. A line is refused for what it says
    itself, an unknown customer, another currency than the company's, dates that make no sense,
    a second line of the same customer and kind, a wish that waits already, and what nobody may
    grant.
    """
    known = _known(company, asked, as_of=as_of)
    appetite = None if is_told else published_appetite(company, as_of=as_of)
    held = certificates_that_count(known.policy, company, user_id=user_id, as_of=as_of)
    seen: dict[tuple[str, str], int] = {}
    checked = []
    for line in asked:
        one = _checked(line, known, company=company, as_of=as_of)
        if one.state != REFUSED:
            at = (line.customer_number, line.wish.kind)
            if at in seen:
                one = _refused(one, f"Row {seen[at]} says another limit of this kind.")
            else:
                seen[at] = line.row
        if one.state == NEW:
            one = _judged(
                one,
                line,
                known,
                appetite,
                company=company,
                roles=frozenset(roles),
                certificates=held,
            )
        checked.append(one)
    return tuple(checked)


def _known(company: Company, asked: Sequence[Asked], *, as_of: date) -> _Known:
    numbers = {line.customer_number for line in asked}
    customers = {
        number: (key, name, stated)
        for key, number, name, stated in Customer.objects.filter(company=company).values_list(
            "pk", "number", "name", "credit_limit_minor"
        )
        if number in numbers
    }
    keys = {key for key, _, _ in customers.values()}
    waiting = CreditLimit.objects.filter(
        company=company, status=CreditLimit.Status.PROPOSED, customer__isnull=False
    )
    policy = authority_in_force(company, as_of=as_of).policy
    return _Known(
        customers=customers,
        rows=approved_rows(company, customer_ids=keys),
        waiting={
            (key, kind): by
            for key, kind, by in waiting.values_list("customer_id", "kind", "asked_by")
            if key is not None
        },
        risks=_risks(company, policy, as_of=as_of),
        policy=policy,
    )


def _risks(company: Company, policy: AuthorityPolicy, *, as_of: date) -> dict[int, str]:
    """Return the risk of each customer: the rating's, else that of the score; two queries."""
    scores = CustomerScore.objects.filter(customer__company=company, is_thin=False)
    risks = {key: policy.risk_of(band) for key, band in scores.values_list("customer_id", "band")}
    rated = CreditRating.objects.filter(company=company, as_of__lte=as_of).order_by("as_of", "id")
    risks.update(rated.values_list("customer_id", "risk"))
    return risks


def _checked(line: Asked, known: _Known, *, company: Company, as_of: date) -> CheckedLimit:
    """Return the line judged by itself and by what the ledger says of its customer."""
    key, name, stated = known.customers.get(line.customer_number, (None, "", None))
    rows = known.rows.get(key or 0, [])
    now = granted([row for row in rows if row.kind == line.wish.kind], on=line.wish.from_on)
    before = now.base_minor
    if line.wish.kind == STANDARD and before is None:
        before = stated
    elif now.insured is not None:
        before = now.insured.amount_minor
    one = CheckedLimit(
        row=line.row,
        customer_id=key,
        customer_number=line.customer_number,
        customer_name=name,
        wish=line.wish,
        before_minor=before,
        state=NEW,
        told=line.reason,
    )
    if problem := _problem(line, key, company=company):
        return _refused(one, problem)
    if is_known(line.wish, rows, has_day=line.has_day, stated_minor=stated):
        return replace(one, state=KNOWN)
    if key is not None and (by := known.waiting.get((key, line.wish.kind))) is not None:
        return _refused(one, f"{by} asked for another limit; that is decided first.")
    if line.wish.until_on is not None and line.wish.until_on < as_of:
        return _refused(one, f"It ended on {line.wish.until_on}; a limit that is over gives none.")
    if gives_nothing(line.wish, rows, stated_minor=stated):
        return replace(one, state=LOWER)
    return one


def _problem(line: Asked, key: int | None, *, company: Company) -> str:
    """Return what is wrong with a line by itself, empty when nothing is."""
    wish = line.wish
    wrong = (
        (bool(line.problem), f"{line.problem}."),
        (key is None, f"There is no customer {line.customer_number}."),
        (
            line.currency not in {"", company.currency},
            f"Limits are in {company.currency}, not in {line.currency}.",
        ),
        (not 0 <= wish.amount_minor <= LARGEST_MINOR, "A limit is an amount of 0 or more."),
        (
            wish.kind == SUSPENSION and wish.amount_minor > 0,
            "A suspension has no amount; write 0.",
        ),
        (
            wish.kind == TEMPORARY and wish.until_on is None,
            "A temporary limit needs its last day.",
        ),
        (
            wish.until_on is not None and wish.until_on < wish.from_on,
            f"Its last day {wish.until_on} is before the first, {wish.from_on}.",
        ),
    )
    return next((text for is_wrong, text in wrong if is_wrong), "")


def _judged(
    one: CheckedLimit,
    line: Asked,
    known: _Known,
    appetite: AppetiteBook | None,
    *,
    company: Company,
    roles: frozenset[str],
    certificates: frozenset[str],
) -> CheckedLimit:
    """Return the line judged by the authority policy and the appetite, as one by hand is."""
    key = one.customer_id or 0
    stated = known.customers[line.customer_number][2]
    total = total_minor(line.wish, known.rows.get(key, []), stated_minor=stated)
    ask = Ask(
        act=line.wish.act,
        source=STAFF,
        roles=roles,
        risk=known.risks.get(key, ""),
        amount_minor=total,
        concession_ppm=0,
        months=line.wish.months,
        currency=company.currency,
        certificates=certificates,
    )
    verdict = judge(ask, known.policy)
    if appetite is not None:
        verdict = appetite_verdict(
            appetite.left_of(key),
            limit_minor=total,
            ask=ask,
            verdict=verdict,
            policy=known.policy,
            currency=company.currency,
        )
    states = {ALLOWED: NEW, NEEDS_APPROVAL: APPROVAL}
    return replace(
        one,
        state=states.get(verdict.status, REFUSED),
        ask=ask,
        rule=verdict.rule,
        needs_role=verdict.needs_role,
        reason="" if verdict.status == ALLOWED else verdict.text,
    )


def _refused(one: CheckedLimit, reason: str) -> CheckedLimit:
    return replace(one, state=REFUSED, reason=reason)


def grouped(checked: Sequence[CheckedLimit]) -> dict[str, int]:
    """Return how many lines there are in each state."""
    counts: dict[str, int] = defaultdict(int)
    for one in checked:
        counts[one.state] += 1
    return {state: counts[state] for state in STATES}
