"""Who may give how much credit: every route that gives any, every role, risk, amount, request.

The routes are found in the code (`credit_routes.py`), so that one nobody listed here fails. What
is expected is read from the standard authority policy as it is written, by the few lines below
and not by the engine; who may use a route at all is said beside it.
"""

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest
import time_machine
from django.db import transaction

from dunwell.engine.authority import RISKS
from dunwell.models import Company, Role
from dunwell.queries.policy_documents import standard_document
from tests.conftest import AT
from tests.dealing import hand
from tests.trust import credit_drives as drives
from tests.trust.credit_drives import GIVEN, NOTHING, UNRATED, Case, Desk
from tests.trust.credit_routes import OTHERS, ROOTS, asking, giving_routes

ASK, RELEASE = {"credit_analyst", "credit_manager"}, {
    "credit_analyst", "credit_manager", "finance_director",
}  # fmt: skip
DECIDE = {"credit_manager", "finance_director"}
ASKED, BATCH, RELEASED = "asked", "batch", "released"
SECOND, APPROVED, REVIEWED, ACTIVATED, NEVER = (
    "second", "approved", "reviewed", "activated", "never",
)  # fmt: skip
BOTH, STANDING = ("limit", "temporary_limit"), ("limit",)

ROUTES = {
    # name: (how it is decided, acts, roles that may use it, how it is driven, what came of it)
    "limit-add": (ASKED, BOTH, ASK, drives.limit_page, drives.limit_outcome),
    "new_limit": (ASKED, BOTH, ASK, drives.limit_call, drives.limit_outcome),
    "mcp propose_limit": (ASKED, STANDING, ASK, drives.limit_tool, drives.limit_outcome),
    "limit-file": (ASKED, BOTH, ASK, drives.lines_page, drives.limit_outcome),
    "new_limits": (ASKED, BOTH, ASK, drives.lines_call, drives.limit_outcome),
    "limit-adjust": (ASKED, STANDING, ASK, drives.change_page, drives.limit_outcome),
    "change_limits": (ASKED, STANDING, ASK, drives.change_call, drives.limit_outcome),
    "credit-hold-release": (
        ASKED, ("release",), RELEASE, drives.release_page, drives.hold_outcome,
    ),
    "release_credit_hold": (
        ASKED, ("release",), RELEASE, drives.release_call, drives.hold_outcome,
    ),
    "credit-holds-release": (
        ASKED, ("release",), RELEASE, drives.releases_page, drives.hold_outcome,
    ),
    "application-decide": (
        SECOND, ("terms",), DECIDE, drives.decide_page, drives.application_outcome,
    ),
    "decide_on_application": (
        SECOND, ("terms",), DECIDE, drives.decide_call, drives.application_outcome,
    ),
    "application-tell": (
        ACTIVATED, STANDING, ASK, drives.activate_page, drives.limit_outcome,
    ),
    "activate_applicant": (
        ACTIVATED, STANDING, ASK, drives.activate_call, drives.limit_outcome,
    ),
    "approval-approve": (APPROVED, BOTH, DECIDE, drives.approve_page, drives.limit_outcome),
    "decide_on_request": (APPROVED, BOTH, DECIDE, drives.approve_call, drives.limit_outcome),
    "approval-reject": (NEVER, STANDING, DECIDE, drives.reject_page, drives.limit_outcome),
    "credit-review-decide": (
        REVIEWED, STANDING, DECIDE, drives.review_page, drives.limit_outcome,
    ),
    "decide_credit_review": (
        REVIEWED, STANDING, DECIDE, drives.review_call, drives.limit_outcome,
    ),
}  # fmt: skip
BY_THE_POLICY = frozenset({"application-score", "rate_application"})
"""Where the published policy decides alone: `test_who_presses_the_button_is_nothing_to_the_policy`."""
OF_DISPUTES = frozenset({"dispute-decide", "decide_dispute_resolution"})
"""They put a request about a disputed amount to whoever may: what they give up is no credit."""
ONCE_ONLY = frozenset({"credit-holds-release"})
"""Releases of several orders at once, which let no later ones through."""

LADDER = standard_document("authority")["authority"]["ladder"]
GRANTS = standard_document("authority")["authority"]["grants"]


def cells(act, risk):
    return [row for row in GRANTS if row["act"] == act and risk in row.get("risks", RISKS)]


def covered(limits, amount, months):
    return (
        limits is not None
        and (limits["amount_minor"] == "any" or amount <= limits["amount_minor"])
        and months <= limits["months"]
    )


def is_alone(act, role, risk, amount, months):
    return any(
        row["role"] == role and covered(row.get("alone"), amount, months)
        for row in cells(act, risk)
    )


def approving(act, risk, amount, months):
    """The roles that may approve it, from the lowest rung up."""
    able = {
        row["role"] for row in cells(act, risk) if covered(row.get("approves"), amount, months)
    }
    return [role for role in LADDER if role in able]


def asked(act, role, risk, amount, months):
    """What becomes of a wish of somebody in a role; who is not rated is the strictest of all."""
    if not risk:
        return max((asked(act, role, one, amount, months) for one in RISKS), key=strictness)
    if is_alone(act, role, risk, amount, months):
        return GIVEN
    able = approving(act, risk, amount, months)
    return f"waits for {able[0]}" if able else NOTHING


def strictness(outcome):
    if outcome in (GIVEN, NOTHING):
        return -1 if outcome == GIVEN else len(LADDER)
    return LADDER.index(outcome.removeprefix("waits for "))


def may_approve(act, role, risk, amount, months):
    return all(role in approving(act, one, amount, months) for one in ([risk] if risk else RISKS))


def expected(how, act, case):
    """What the document says becomes of a case whose role may use the route."""
    of = (case.risk, case.amount, case.months)
    if how == ASKED:
        return asked(act, case.role, *of)
    if how == ACTIVATED:
        wish = asked("limit", "credit_analyst", *of)
        is_approved = may_approve("limit", "finance_director", *of)
        return GIVEN if wish != NOTHING and is_approved else wish
    if how == SECOND:
        return second(case)
    wish = asked(act, "credit_analyst", *of)
    if wish in (GIVEN, NOTHING):
        return wish
    if how == NEVER:
        return NOTHING
    return GIVEN if may_approve(act, case.role, *of) else wish


def second(case):
    """A decision about limit and terms by another than who recommended it."""
    found = []
    for act, months in (("limit", 0), ("terms", case.months)):
        of = (act, case.role, case.risk, case.amount, months)
        wish = asked(*of)
        found.append(GIVEN if wish != NOTHING and may_approve(*of) else wish)
    return max(found, key=strictness)


def amounts(act, risk):
    """Every step of a risk with a minor unit less and more."""
    acts = ("limit", "terms") if act == "terms" else (act,)
    steps = {
        row[part]["amount_minor"]
        for one in acts for at in ([risk] if risk else RISKS) for row in cells(one, at)
        for part in ("alone", "approves") if part in row
    }  # fmt: skip
    return sorted(step + by for step in steps - {"any"} for by in (-1, 0, 1))


def spans(act, risk):
    """Every step of months with one more; standing limits have none."""
    if act == "limit":
        return [0]
    steps = {
        row[part]["months"] for at in ([risk] if risk else RISKS) for row in cells(act, at)
        for part in ("alone", "approves") if part in row
    }  # fmt: skip
    least = 1 if act == "temporary_limit" else 0
    return sorted({max(step + by, least) for step in steps for by in (0, 1)})


def asked_of(name, act, risk):
    """(amount, months): every amount for the shortest time, every time with the least amount."""
    if name in ONCE_ONLY:
        return [(amount, 0) for amount in amounts(act, risk)]
    first = spans(act, risk)[0]
    return sorted(
        {(amount, first) for amount in amounts(act, risk)}
        | {(amounts(act, risk)[0], months) for months in spans(act, risk)}
    )


def tried(name, *, roles=frozenset(Role)):
    """(act, risk, role, amount, months) of a route: all in the long tier, else a hand of them.

    A role that may not use the route is refused before anything is read: it tries one amount.
    """
    _how, acts, may, _drive, _read = ROUTES[name]
    every = [
        (act, risk, role, amount, months)
        for act, risk, role in product(acts, (*RISKS, UNRATED), map(Role, sorted(roles)))
        if role in may or (act, risk) == (acts[0], "low")
        for amount, months in asked_of(name, act, risk)[: None if role in may else 1]
    ]
    chosen = {f"{one[0]} {one[1]} {one[2].value} {one[3]} {one[4]}": one for one in every}
    return hand(chosen, name, one_in=max(len(chosen) // FEW, 1)).values()


FEW = 12
"""Cases of a route that a hand tries; the actions behind them try the whole grid every time
(`tests/actions/test_credit_authority.py`)."""


@pytest.fixture(scope="module")
def desk(standing):
    with time_machine.travel(AT, tick=False):
        company = Company.objects.create(
            name="Northwind", zone="Europe/Berlin", country="DE", currency="EUR", created_at=AT
        )
        made = Desk(company=company)
        assert all((made.people, made.asker, made.customers, made.recommended, made.gathered))
        assert all((made.browsers, made.programs))
        return made


@pytest.fixture(autouse=True)
def _standing(settings, db):
    settings.REQUIRE_MFA = False
    with time_machine.travel(AT, tick=False):
        yield


def outcome(drive, read, case, act):
    """What became of a case; all it wrote is taken back."""
    with transaction.atomic():
        drive(case, act)
        found = read(case)
        transaction.set_rollback(True)
    return found


@pytest.mark.each
def test_every_route_that_gives_credit_is_in_the_matrix_and_asks_the_authority():
    assert giving_routes() == ROUTES.keys() | BY_THE_POLICY | OF_DISPUTES
    inner = {
        ("dunwell.actions.approvals", "_check_authority"),
        ("dunwell.queries.credit_appetite", "appetite_verdict"),
        ("dunwell.actions.limit_batches", "_authority"),
    }
    assert asking() == set(ROOTS) - {
        ("dunwell.actions.approvals", "decide_approval"),
        ("dunwell.actions.limit_batches", "_added"),
    } | OTHERS | inner  # fmt: skip


@pytest.mark.parametrize("name", ROUTES)
def test_every_role_risk_and_amount_is_given_what_the_document_says(desk, name):
    how, _acts, may, drive, read = ROUTES[name]
    wrong, seen = {}, Counter()
    for act, risk, role, amount, months in tried(name):
        case = Case(desk=desk, role=role, risk=risk, amount=amount, months=months)
        wanted = expected(how, act, case) if role in may else kept(how, act, case)
        found = outcome(drive, read, case, act)
        seen[found] += 1
        if found != wanted:
            wrong[act, risk, role.value, amount, months] = (found, wanted)
    assert wrong == {}
    assert seen.total() >= FEW


def kept(how, act, case):
    """What is there though the role may not use the route: the wish of who asked for it."""
    if how not in (APPROVED, NEVER):
        return NOTHING
    return asked(act, "credit_analyst", case.risk, case.amount, case.months)


OWN = {name for name, row in ROUTES.items() if row[0] in (SECOND, APPROVED, REVIEWED)}


@pytest.mark.parametrize("name", sorted(OWN))
def test_nobody_decides_on_what_they_asked_for_themselves(desk, name):
    how, _acts, may, drive, read = ROUTES[name]
    for act, risk, role, amount, months in tried(name, roles=may & ASK):
        author = desk.people[role].username
        case = Case(
            desk=desk, role=role, risk=risk, amount=amount, months=months, author=author
        )  # fmt: skip
        found = outcome(drive, read, case, act)
        wish = asked(act, role, risk, amount, months)
        # a limit that was within the author's authority never asked anybody
        assert found == (wish if how == APPROVED else NOTHING), (act, risk, amount, months)


def test_who_presses_the_button_is_nothing_to_the_policy(desk):
    told = {}
    for role in Role:
        case = Case(desk=desk, role=role, risk="low", amount=1)
        for name in sorted(BY_THE_POLICY):
            with transaction.atomic():
                told[role, name] = drives.scored(case, name)
                transaction.set_rollback(True)
    # nothing is known of the applicant: a person decides, whoever asked the policy
    untouched = ("gathering", "", None)
    may = dict.fromkeys(ASK, ("in_review", "refer", None))
    assert told == {
        (role, name): may.get(role, untouched) for role, name in product(Role, BY_THE_POLICY)
    }


def test_the_matrix_notices_a_cell_that_is_wider_than_it_is_written(desk):
    case = Case(desk=desk, role=Role.CREDIT_ANALYST, risk="low", amount=25_000_00)
    assert expected(ASKED, "limit", case) == GIVEN
    above = replace(case, amount=case.amount + 1)
    assert expected(ASKED, "limit", above) == "waits for credit_manager"
    unknown = replace(case, risk=UNRATED)
    assert expected(ASKED, "limit", unknown) == "waits for credit_manager"
