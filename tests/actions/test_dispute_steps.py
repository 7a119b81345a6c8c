from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.cause_actions import (
    add_cause_action,
    drop_cause_action,
    finish_cause_action,
    reopen_cause_action,
)
from dunwell.actions.dispute_adoption import adopt_disputes
from dunwell.actions.dispute_moves import wait_for, withdraw_case
from dunwell.actions.dispute_steps import watch_disputes
from dunwell.actions.dispute_tasks import ask_colleague
from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_payment
from dunwell.actions.policies_by_kind import draft_document, publish_document
from dunwell.engine.dispute_validity import ClaimFacts, validity
from dunwell.models import (
    Adjustment,
    CauseAction,
    CreditRequest,
    Dispute,
    DisputeCase,
    DisputeResolution,
    DisputeTask,
    Escalation,
)
from dunwell.queries.dispute_facts import case_validities
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.policy_documents import standard_text
from tests.actions.desk import acting, verbs
from tests.actions.dispute_rows import amounts, case_over, on, parts_of, resolve
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.conftest import AT, TODAY, add_customer, add_user


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00)


@pytest.fixture
def resolver(company):
    return acting(add_user(company, "dora", "resolver"))


def watch(company, days=0):
    return watch_disputes(actor=system(company), **on(days))


def told(company):
    """The verbs of what happened to cases, in order, without where they begin."""
    return [verb.partition(".")[2] for verb in verbs(company) if verb != "dispute_case.opened"]


def test_a_case_that_is_late_goes_up_once(company, item):
    case = case_over(item, 30_00)
    # to be answered by Monday, 9 March
    assert watch(company, 4) == 0
    assert watch(company, 5) == 1
    assert watch(company, 6) == 0

    case.refresh_from_db()
    assert (case.is_escalated, Escalation.objects.get().reason) == (
        *(True, "D-000001 was to be answered in time and is not"),
    )


def test_a_case_that_waits_for_the_customer_is_not_late_and_one_that_waits_for_us_is(
    company, customer, resolver, item
):
    his = case_over(item, 30_00)
    ours = case_over(invoice(customer, "R2", 50_00), 50_00)
    wait_for(actor=resolver, case=his, who="customer", **on())
    wait_for(actor=resolver, case=ours, who="colleagues", **on())

    assert watch(company, 60) == 1
    ours.refresh_from_db()
    assert ours.is_escalated


def test_a_case_of_which_everything_was_paid_ends_by_itself(company, customer, item):
    case = case_over(item, 30_00)
    money = payment(customer, "B1", 100_00, value_on=TODAY)
    apply_payment(actor=system(company), payment=money, amounts={item: 80_00}, **on())
    assert watch(company) == 0
    apply_payment(actor=system(company), payment=money, amounts={item: 20_00}, **on(1))

    assert watch(company, 1) == 1

    case.refresh_from_db()
    assert (case.status, parts_of(case)) == (
        *("withdrawn", [(30_00, False, "Paid or settled otherwise")]),
    )
    assert amounts(case, days=1) == (30_00, 0, 0, 30_00, 0, 0, 0)


def test_a_resolved_case_closes_once_its_credit_note_is_here(company, customer, resolver, item):
    case = case_over(item, 30_00)
    resolve(case, resolver, credit=20_00, denied=10_00)
    assert watch(company) == 0
    day = TODAY + timedelta(days=2)
    invoice(customer, "G1", -20_00, issued_on=day, due_on=day, reference="R1", **on(2))

    # the note settles the request, and nothing keeps the case open any more
    assert watch(company, 2) == 2

    case.refresh_from_db()
    assert (case.status, case.closed_on, CreditRequest.objects.get().status) == (
        *("closed", day, "done"),
    )
    assert told(company) == ["resolved", "credited", "closed"]
    assert watch(company, 2) == 0
    assert breaks(company) == {}


def test_a_question_is_reminded_of_once(company, resolver, collector, item):
    case = case_over(item, 30_00)
    ask_colleague(actor=resolver, case=case, question="Why?", assignee=collector, **on())
    # due on Tuesday, 10 March: reminded of on the Monday
    assert watch(company, 3) == 0
    assert watch(company, 4) == 1
    assert watch(company, 4) == 0

    assert DisputeTask.objects.get().reminded_on == date(2026, 3, 9)


def policy(company, approver, **changes):
    text = standard_text("disputes").replace("2026-01-01", TODAY.isoformat())
    for before, after in changes.values():
        assert before in text
        text = text.replace(before, after)
    version = draft_document(actor=system(company), kind="disputes", text=text, at=AT)
    publish_document(actor=acting(approver), version=version, as_of=TODAY, at=AT)


def test_small_cases_end_by_the_rule_while_the_months_budget_lasts(company, customer, manager):
    small = "{name: small amounts, below_minor: 2500, outcome: write_off, month_minor: 50000,"
    policy(
        company,
        manager,
        on=(f"{small} is_on: false}}", f"{small.replace('50000', '3000')} is_on: true}}"),
    )
    cases = [
        case_over(invoice(customer, f"R{n}", 100_00), amount)
        for n, amount in enumerate((20_00, 25_00, 15_00, 10_00))
    ]

    # 20 and 10 are within 30 a month; 25 is not small, 15 more would be too much
    watch(company)

    assert [DisputeCase.objects.get(pk=case.pk).status for case in cases] == [
        *("closed", "new", "new", "closed"),
    ]
    assert list(Adjustment.objects.order_by("pk").values_list("amount_minor", flat=True)) == [
        *(20_00, 10_00),
    ]
    assert open_amounts(company) == {"R0": 80_00, "R1": 100_00, "R2": 100_00, "R3": 90_00}
    assert breaks(company) == {}
    # the next month has a budget of its own
    watch(company, 28)
    assert DisputeCase.objects.get(pk=cases[2].pk).status == "closed"


def test_parts_told_by_an_export_get_cases_with_a_clock_of_today(company, customer, item):
    closed = invoice(customer, "R2", 50_00)
    old = {"company": company, "customer": customer, "recorded_at": AT, "reason": "price"}
    opened = TODAY - timedelta(days=5)
    Dispute.objects.create(**old, item=item, amount_minor=1_00, opened_on=opened)
    Dispute.objects.create(
        **old, item=closed, amount_minor=2_00, opened_on=opened, closed_on=TODAY
    )

    assert adopt_disputes(company, as_of=TODAY, at=AT) == 2
    assert adopt_disputes(company, as_of=TODAY, at=AT) == 0

    rows = DisputeCase.objects.order_by("pk")
    assert list(rows.values_list("number", "title", "status", "opened_on", "resolve_by")) == [
        ("D-000001", "R1", "new", opened, date(2026, 3, 26)),
        ("D-000002", "R2", "closed", opened, None),
    ]
    # not judged yet, and judged by the step
    assert rows[0].validity_ppm is None
    watch(company)
    assert rows[0].validity_ppm == 599_888


def cause(actor, days=0, **changes):
    values = {
        "root_cause": "picking",
        "action": "Scan every box",
        "due_on": TODAY + timedelta(days=30),
        **changes,
    }
    return add_cause_action(actor=actor, **values, **on(days))


def test_an_action_against_a_cause_is_shown_to_work_by_the_drop_of_disputed_invoices(
    company, resolver
):
    customer = add_customer(company, "K9")
    action = finish_cause_action(actor=resolver, cause_action=cause(resolver), **on())

    def month(first, disputed, days):
        """Twenty invoices of a month, some of them disputed for the cause."""
        for n in range(20):
            day = TODAY + timedelta(days=days)
            one = invoice(
                customer, f"{first}{n}", 10_00, issued_on=day, due_on=day, **on(max(days, 0))
            )
            if n < disputed:
                case = case_over(one, 10_00, reason="short_delivery", days=max(days, 0))
                withdraw_case(actor=resolver, case=case, reason="test", **on(max(days, 0)))
                DisputeCase.objects.filter(pk=case.pk).update(root_cause="picking")

    month("A", 12, -20)
    watch(company, 5)
    action.refresh_from_db()
    assert (action.status, action.figures["cases_before"], action.figures["invoices_after"]) == (
        *("done", 12, 0),
    )
    month("B", 1, 10)
    # invoices of the last thirty days may still be disputed
    watch(company, 30)
    action.refresh_from_db()
    assert action.status == "done"

    watch(company, 45)

    action.refresh_from_db()
    assert (action.status, action.figures["cases_after"], action.figures["invoices_after"]) == (
        *("effective", 1, 20),
    )
    assert action.figures["drop_ppm"] == 550_000 and action.figures["low_ppm"] > 0


def test_an_action_without_effect_is_said_to_be_so_after_a_year(company, resolver):
    action = finish_cause_action(actor=resolver, cause_action=cause(resolver), **on())
    watch(company, 365)
    assert CauseAction.objects.get().status == "done"
    watch(company, 366)
    action.refresh_from_db()
    assert action.status == "not_effective"
    assert reopen_cause_action(actor=resolver, cause_action=action, **on(367)).status == "open"


def test_actions_against_causes_are_refused_without_sense(company, rival, resolver):
    for change, sentence in [
        ({"root_cause": "weather"}, "There is no root cause weather; use price_master,"),
        ({"action": " "}, "Say what is to be done."),
        ({"due_on": TODAY - timedelta(days=1)}, "The day by which it is to be done has passed"),
        ({"owner": rival}, "rolf does not work for Northwind."),
    ]:
        with pytest.raises(Refused) as refusal:
            cause(resolver, **change)
        assert str(refusal.value).startswith(sentence)
    action = drop_cause_action(
        actor=resolver, cause_action=cause(resolver), reason="no money", **on()
    )
    with pytest.raises(Refused) as refusal:
        finish_cause_action(actor=resolver, cause_action=action, **on())
    assert str(refusal.value) == "This action is marked: dropped; load the page again."


def test_cases_of_a_bulk_are_judged_at_once_and_each_as_if_alone(company, customer):
    other = add_customer(company, "K9")
    policy = dispute_policy_in_force(company, as_of=TODAY).policy
    told = {"company": company, "recorded_at": AT, "opened_on": TODAY}
    rows = [("price", customer), ("price", other), ("quality", customer), ("price", customer)]
    for place, (reason, owing) in enumerate(rows):
        bill = invoice(owing, f"B{place}", 50_00)
        Dispute.objects.create(
            **told, customer=owing, item=bill, reason=reason, amount_minor=(50_00, 1_00)[place % 2]
        )
    adopt_disputes(company, as_of=TODAY, at=AT)
    cases = list(DisputeCase.objects.order_by("pk"))
    for case, kind, given in zip(
        [*cases, cases[0]], ("valid_credit", "partial", "invalid_denied", "valid_credit", "write_off"),
        (50_00, 50, 0, 1_00, 0), strict=True,
    ):  # fmt: skip
        DisputeResolution.objects.create(
            case=case, kind=kind, status="done", credit_minor=given, currency="EUR",
            proposed_by="anna", proposed_at=AT,
        )  # fmt: skip

    with CaptureQueriesContext(connection) as together:
        found = case_validities(cases, policy)
    with CaptureQueriesContext(connection) as alone:
        one_by_one = {case.pk: case_validities([case], policy)[case.pk] for case in cases}

    assert found == one_by_one
    assert (len(together), len(alone)) == (6, 24)
    # what was decided of the case itself, and given up without a word, says nothing of it
    assert found[cases[0].pk] == validity(
        policy.reason_rule("price"),
        policy.validity,
        ClaimFacts(decided=2, right=1.5, customer_decided=2, customer_right=1.0, is_whole=True),
    )
