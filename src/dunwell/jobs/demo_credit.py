"""What credit is about, in the demo: a policy, limits, covers, orders, applicants, one of each.

Every scene is played once, whole or not at all, and looks for what it made before, so a killed
call goes on. Dora proposes, Lea or Felix approves; the day's cycle then rates, watches and asks
for reviews.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dunwell.actions.bureau_reports import record_report_file
from dunwell.actions.bureaus import add_bureau
from dunwell.actions.covers import CoverAsk, ask_cover, grant_cover
from dunwell.actions.credit_checks import check_orders
from dunwell.actions.credit_groups import add_group, join_group
from dunwell.actions.credit_holds import place_hold
from dunwell.actions.credit_points import record_data_point
from dunwell.actions.credit_releases import release_hold
from dunwell.actions.customer_links import add_link
from dunwell.actions.financial_statements import record_statement
from dunwell.actions.gate import system
from dunwell.actions.limits import propose_limit
from dunwell.actions.policies_by_kind import draft_document, publish_document
from dunwell.actions.scorecards import draft_scorecard, promote_scorecard
from dunwell.demo import credit as told
from dunwell.demo.customers import LEAD
from dunwell.engine.order_facts import OrderAsk
from dunwell.formats.policies import read_policy
from dunwell.jobs.demo_applications import applicants_wait, customers_are_screened
from dunwell.jobs.demo_credit_desk import (
    ANALYST,
    DIRECTOR,
    HOME,
    THOUSAND,
    CreditDesk,
    approve,
    granted,
    open_desk,
    played,
    times,
)
from dunwell.models import (
    BureauAccount,
    Company,
    Cover,
    CreditGroup,
    CreditLimit,
    Customer,
    FinancialStatement,
    Order,
    PolicyVersion,
    Scorecard,
)
from dunwell.queries.demo_credit import largest_family, smallest_hold
from dunwell.queries.policy_documents import standard_text

FEWEST_DEBTORS = 6
"""With fewer there are too few to choose from."""
POLICY_DAYS = 120
"""So long ago the credit policy was published."""
STANDARD_DAY, STANDARD_REVIEW = "2026-01-01", "2027-01-01"
REPORTS = 20
"""Reports about so many good payers, and as many debtors."""
ORDERS, OVER_EVERY = 20, 5
"""Orders of good payers; each fifth is for more than its limit."""
CONDITIONS = {"overdue_report_days": 30, "stop_delivery_days": 60, "claim_days": 180}
INSURER, BANK = "Hanse Kredit", "Demo Bank"


def play_credit(company: Company, *, as_of: date, at: datetime) -> int:
    """Play every scene that was not played yet; return how many were, 0 in a small ledger."""
    desk = open_desk(company, as_of=as_of, at=at)
    if desk is None or len(desk.debtors) < FEWEST_DEBTORS:
        return 0
    return played(desk, _SCENES)


def _policy_rules(desk: CreditDesk) -> bool:
    """Publish the shipped credit policy as of some months ago, written by Lea."""
    kind = PolicyVersion.Kind.CREDIT
    versions = PolicyVersion.objects.filter(company=desk.company, kind=kind)
    if versions.filter(status=PolicyVersion.Status.PUBLISHED).exists():
        return False
    day = desk.as_of - timedelta(days=POLICY_DAYS)
    then = datetime.combine(day, time(9), tzinfo=UTC)
    review = day + timedelta(days=365)
    text = standard_text(kind).replace(STANDARD_DAY, day.isoformat())
    text = text.replace(STANDARD_REVIEW, review.isoformat())
    text = text.replace("open_form: false", "open_form: true")
    draft = draft_document(actor=desk.actor(LEAD), kind=kind, text=text, at=then)
    publish_document(actor=desk.actor(DIRECTOR), version=draft, as_of=day, at=then)
    return True


def _card_decides(desk: CreditDesk) -> bool:
    """Let Dora write the policy's own card down as a scorecard, and Lea promote it."""
    if desk.has(Scorecard):
        return False
    document: Any = read_policy(standard_text(PolicyVersion.Kind.CREDIT)).document
    day = desk.as_of - timedelta(days=POLICY_DAYS)
    card = {
        **document["credit"]["scorecard"]["card"],
        "name": "customers",
        "valid_from": day.isoformat(),
    }
    written = draft_scorecard(actor=desk.actor(ANALYST), document={"scorecard": card}, at=desk.at)
    promote_scorecard(
        actor=desk.actor(LEAD),
        scorecard=written,
        reason="The card the policy carried, as one that can be compared with learned ones.",
        at=desk.at,
    )
    return True


def _bureau_reports(desk: CreditDesk) -> bool:
    """Bring a bureau's file in, with reports about good payers and debtors."""
    if desk.has(BureauAccount):
        return False
    bureau = add_bureau(
        actor=desk.actor(LEAD),
        name=told.BUREAU,
        kind=BureauAccount.Kind.FILE,
        address=told.BUREAU_FILE,
        cost_minor=8_50,
        currency=HOME,
        at=desk.at,
    )
    about = [*desk.payers[:REPORTS], *desk.debtors[:REPORTS]]
    record_report_file(
        actor=desk.actor(ANALYST),
        bureau=bureau,
        name=told.BUREAU_FILE,
        data=told.bureau_feed([one.number for one in about], as_of=desk.as_of),
        **desk.when,
    )
    return True


def _statements_are_kept(desk: CreditDesk) -> bool:
    """Keep three years of three sound customers and a weak one, and what was found out."""
    if desk.has(FinancialStatement):
        return False
    actor = desk.actor(ANALYST)
    for place, customer in enumerate([*desk.payers[:3], desk.debtors[0]]):
        revenue = 40 * (customer.credit_limit_minor or 10 * THOUSAND)
        is_weak = place == len(told.POINTS)
        for first, last, lines in told.statements(revenue, is_weak=is_weak, as_of=desk.as_of):
            record_statement(
                actor=actor,
                customer=customer,
                kind=FinancialStatement.Kind.ANNUAL,
                period_from=first,
                period_to=last,
                currency=HOME,
                lines=lines,
                is_audited=not is_weak,
                **desk.when,
            )
    for customer, points in zip(desk.payers, told.POINTS, strict=False):
        for name, value in points.items():
            record_data_point(
                actor=actor,
                customer=customer,
                name=name,
                value=value,
                source="Call with the owner",
                on=desk.as_of - timedelta(days=9),
                **desk.when,
            )
    return True


def _limits_are_asked_for(desk: CreditDesk) -> bool:
    """Grant three limits for a while, suspend one, and leave two for somebody to decide."""
    if CreditLimit.objects.filter(company=desk.company, from_on__gte=desk.recent_on).exists():
        return False
    for place, days in ((3, 20), (4, 28), (5, 45)):
        customer = desk.payers[place]
        granted(
            desk,
            customer=customer,
            kind=CreditLimit.Kind.TEMPORARY,
            amount_minor=times(customer, 13),
            until_on=desk.as_of + timedelta(days=days),
            reason="A large order for the season; paid within terms for years.",
        )
    propose_limit(
        actor=desk.actor(ANALYST),
        customer=desk.debtors[4],
        kind=CreditLimit.Kind.SUSPENSION,
        amount_minor=0,
        from_on=desk.as_of,
        reason="Does not answer, and nothing was paid for weeks.",
        **desk.when,
    )
    for place in (6, 7):
        propose_limit(
            actor=desk.actor(ANALYST),
            customer=desk.payers[place],
            kind=CreditLimit.Kind.STANDARD,
            amount_minor=times(desk.payers[place], 15),
            from_on=desk.as_of,
            reason="Buys more every quarter and pays in time.",
            **desk.when,
        )
    return True


def _group_has_a_limit(desk: CreditDesk) -> bool:
    """Make a group of a family with a limit for all, and say who stands behind whom."""
    if desk.has(CreditGroup):
        return False
    family = largest_family(desk.company)[:3]
    members = [*family, *(one for one in desk.payers[8:] if one not in family)][:3]
    group = add_group(actor=desk.actor(LEAD), name=f"{members[0].name} group", at=desk.at)
    for one in members:
        joined = {"customer": one, "from_on": desk.as_of, **desk.when}
        join_group(actor=desk.actor(LEAD), group=group, **joined)
    granted(
        desk,
        group=group,
        kind=CreditLimit.Kind.STANDARD,
        amount_minor=sum(times(one, 9) for one in members),
        reason="One roof for all of them, a tenth below the sum of their own limits.",
    )
    links = {"actor": desk.actor(ANALYST), "from_on": desk.as_of, **desk.when}
    add_link(customer=members[1], other=members[0], kind="parent", **links)
    add_link(
        customer=desk.debtors[3],
        other=desk.payers[1],
        kind="guarantor",
        most_minor=20 * THOUSAND,
        reason="Letter of comfort of its owner's other company.",
        **links,
    )
    return True


def _covers_are_held(desk: CreditDesk) -> bool:
    """Insure three debtors, hold a guarantee that ends soon, and wait for one insurer's answer."""
    if desk.has(Cover):
        return False
    for place, customer in enumerate(desk.debtors[:3]):
        number = f"HK-7{place + 1:02}"
        cover = _cover_asked(desk, customer, number=number, conditions=CONDITIONS)
        _cover_granted(desk, cover, ends_in=240)
    guarantee = _cover_asked(desk, desk.payers[2], kind="guarantee", provider=BANK, number="AV-93")
    _cover_granted(desk, guarantee, ends_in=24)
    _cover_asked(desk, desk.payers[9], conditions=CONDITIONS)
    return True


def _orders_are_checked(desk: CreditDesk) -> bool:
    """Check orders of a day, force a hold, and release the smallest of those held."""
    if desk.has(Order):
        return False
    wishes = []
    for place, one in enumerate(desk.payers[:ORDERS]):
        is_over = place % OVER_EVERY == OVER_EVERY - 1
        wishes.append((one, times(one, 12) if is_over else times(one, 1) // 4))
    wishes += [(one, 2 * THOUSAND) for one in desk.debtors[:5]]
    asks = [
        (
            customer,
            OrderAsk(
                number=f"SO-{5_001 + place}",
                currency=HOME,
                amount_minor=amount,
                terms=customer.terms,
                ordered_on=desk.as_of,
                deliver_on=desk.as_of + timedelta(days=3 + place % 5),
                source="Shop",
            ),
        )
        for place, (customer, amount) in enumerate(wishes)
    ]
    check_orders(actor=system(desk.company), wishes=asks, **desk.when)
    place_hold(
        actor=desk.actor(ANALYST),
        customer=desk.debtors[5],
        reason="New owner; nobody knows yet who signs.",
        review_on=desk.as_of + timedelta(days=7),
        **desk.when,
    )
    hold = smallest_hold(desk.company)
    if hold is not None:
        reason = "Pays as soon as it is delivered; agreed on the phone."
        release_hold(actor=desk.actor(ANALYST), hold=hold, reason=reason, **desk.when)
        approve(desk, "credithold", hold.pk)
    return True


def _cover_asked(
    desk: CreditDesk,
    customer: Customer,
    *,
    kind: str = "insurance",
    provider: str = INSURER,
    number: str = "",
    conditions: dict[str, int] | None = None,
) -> Cover:
    ask = CoverAsk(
        kind=kind,
        provider=provider,
        number=number,
        currency=HOME,
        asked_minor=max(times(customer, 10), 5 * THOUSAND),
        share_ppm=900_000 if kind == "insurance" else told.PPM,
        conditions=conditions or {},
    )
    return ask_cover(actor=desk.actor(ANALYST), customer=customer, ask=ask, **desk.when)


def _cover_granted(desk: CreditDesk, cover: Cover, *, ends_in: int) -> None:
    grant_cover(
        actor=desk.actor(LEAD),
        cover=cover,
        amount_minor=cover.asked_minor,
        from_on=desk.as_of - timedelta(days=365 - ends_in),
        until_on=desk.as_of + timedelta(days=ends_in),
        **desk.when,
    )


_SCENES: tuple[Callable[[CreditDesk], bool], ...] = (
    _policy_rules,
    _card_decides,
    _bureau_reports,
    _statements_are_kept,
    _limits_are_asked_for,
    _group_has_a_limit,
    _covers_are_held,
    _orders_are_checked,
    customers_are_screened,
    applicants_wait,
)
"""In this order: orders are checked against the limits and covers before them."""
