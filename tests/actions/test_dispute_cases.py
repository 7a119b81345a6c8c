from datetime import date, timedelta

import pytest

from dunwell.actions.dispute_cases import (
    DisputedLine,
    DisputedPart,
    edit_case,
    merge_cases,
    open_case,
    split_case,
)
from dunwell.actions.dispute_comments import write_to_customer
from dunwell.actions.dispute_evidence import add_evidence
from dunwell.actions.dispute_moves import (
    assign_case,
    escalate_case,
    reopen_case,
    review_case,
    wait_for,
    withdraw_case,
)
from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_payment
from dunwell.engine.collectable import collectable, promised
from dunwell.engine.items import open_items
from dunwell.engine.strategy import steps_frame
from dunwell.models import Dispute, DisputeCase, DisputeEvidence, DisputeLine, Escalation
from dunwell.queries.frames import disputes_frame, holds_frame
from dunwell.queries.ledgers import Books
from tests.actions.desk import acting, last_event, verbs
from tests.actions.dispute_rows import amounts, case_over, on, part_of, parts_of
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import TODAY, add_customer, add_user


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00)


@pytest.fixture
def resolver(company):
    return acting(add_user(company, "dora", "resolver"))


@pytest.fixture
def case(item):
    return case_over(item, 30_00)


def refused(action, **arguments):
    with pytest.raises(Refused) as refusal:
        action(**arguments)
    return str(refusal.value)


def test_a_case_is_numbered_routed_and_has_a_clock_and_a_chance(company, collector, item):
    case = case_over(item, 30_00, actor=acting(collector), note="agreed were 70")

    assert (case.number, case.title, case.status, case.team, case.route) == (
        *("D-000001", "R1", "new", "sales", "sales"),
    )
    # two and fifteen business days after Thursday, 5 March 2026
    assert (case.respond_by, case.resolve_by) == (date(2026, 3, 9), date(2026, 3, 26))
    assert case.validity_ppm == 599_888
    assert [one["code"] for one in case.validity["contributions"]] == ["base"]
    verb, actor, about, data = last_event(company)
    assert (verb, actor, about) == ("dispute_case.opened", "anna", item.customer_id)
    assert (data["number"], data["reason"], data["items"]) == (
        *("D-000001", "price"),
        [{"item": "R1", "amount_minor": 30_00, "currency": "EUR"}],
    )
    assert verbs(company) == ["dispute_case.opened"]
    assert amounts(case) == (30_00, 30_00, 0, 0, 0, 0, 0)
    # what frames, ageing and the chase gate read
    rows = disputes_frame(company, only_open=True).collect()
    assert rows["amount_minor"].to_list() == [30_00]


def test_what_the_route_leaves_to_the_collector_is_his_from_the_first_moment(company, collector):
    customer = add_customer(company, "K7", collector=collector)
    case = case_over(invoice(customer, "R7", 5_00), 5_00, reason="other")

    assert (case.status, case.owner, case.team) == ("assigned", collector, "receivables")


def test_lines_are_checked_to_the_cent_and_sum_to_the_part(company, customer, item):
    short = DisputedLine(
        line="10", quantity_milli=10_000, disputed_quantity_milli=3_000, price_minor=5_00
    )
    dear = DisputedLine(
        line="20", quantity_milli=4_000, price_minor=2_50, claimed_price_minor=2_25,
        amount_minor=1_00,
    )  # fmt: skip
    case = open_case(
        actor=system(company), customer=customer, reason="price", source="portal",
        parts=[DisputedPart(item=item, lines=(short, dear))], **on(),
    )  # fmt: skip

    assert part_of(case).amount_minor == 16_00
    assert list(DisputeLine.objects.order_by("pk").values_list("line", "amount_minor")) == [
        ("10", 15_00),
        ("20", 1_00),
    ]


@pytest.mark.parametrize(
    ("lines", "amount", "sentence"),
    [
        (
            [{"quantity_milli": 4_000, "price_minor": 2_50, "amount_minor": 9_99}],
            0,
            "Quantity and price of line 1 of R1 come to 10.00 EUR, not 9.99 EUR.",
        ),
        (
            [{"quantity_milli": 1_000, "disputed_quantity_milli": 2_000, "price_minor": 1}],
            0,
            "More is disputed of line 1 of R1 than was billed.",
        ),
        ([{"amount_minor": 5_00}], 6_00, "The lines of R1 come to 5.00 EUR, not 6.00 EUR."),
        ([{}], 0, "Nothing of line 1 of R1 is disputed; state a quantity, a price or an amount."),
        (
            [{"amount_minor": 5_00}, {"amount_minor": 5_00}],
            0,
            "A line of R1 stands twice; state it once.",
        ),
        (
            [{"amount_minor": 100_01}],
            0,
            "Dispute more than 0 and at most 100.00 EUR, the open amount of R1.",
        ),
        (
            [{"amount_minor": 1, "price_minor": -1}],
            0,
            "Quantities and prices of line 1 of R1 cannot be below 0.",
        ),
    ],
)
def test_lines_that_do_not_add_up_are_refused(company, customer, item, lines, amount, sentence):
    part = DisputedPart(
        item=item,
        amount_minor=amount,
        lines=tuple(DisputedLine(line="1", **line) for line in lines),
    )
    told = refused(
        open_case, actor=system(company), customer=customer, reason="price", parts=[part],
        source="staff", **on(),
    )  # fmt: skip
    assert (told, DisputeCase.objects.count(), Dispute.objects.count()) == (sentence, 0, 0)


def test_a_second_report_joins_the_case_and_the_larger_amount_stands(
    company, customer, case, item
):
    other = invoice(customer, "R2", 50_00)
    smaller = case_over(item, 20_00, source="mail", reason="other")
    assert smaller.pk == case.pk and parts_of(case) == [(30_00, True, "")]

    joined = open_case(
        actor=system(company), customer=customer, reason="price", source="portal",
        parts=[
            DisputedPart(item=other, amount_minor=5_00),
            DisputedPart(item=item, amount_minor=40_00),
        ],
        **on(1),
    )  # fmt: skip

    assert joined.pk == case.pk and DisputeCase.objects.count() == 1
    assert parts_of(case) == [
        (30_00, False, "More of the item is disputed"),
        (40_00, True, ""),
        (5_00, True, ""),
    ]
    assert amounts(case, days=1) == (45_00, 45_00, 0, 0, 0, 0, 0)
    assert amounts(case) == (30_00, 30_00, 0, 0, 0, 0, 0)
    assert verbs(company) == ["dispute_case.opened", *["dispute_case.joined"] * 2]


def test_a_report_of_another_line_adds_to_the_lines_that_are_there(company, customer, item):
    def report(*names):
        lines = tuple(DisputedLine(line=name, amount_minor=10_00) for name in names)
        return open_case(
            actor=system(company), customer=customer, reason="quality", source="chat",
            parts=[DisputedPart(item=item, lines=lines)], **on(),
        )  # fmt: skip

    case = report("1", "2")
    assert report("2", "3").pk == case.pk
    assert part_of(case).amount_minor == 30_00
    assert list(part_of(case).lines.order_by("pk").values_list("line", flat=True)) == [
        *("1", "2", "3"),
    ]


def test_foreign_and_settled_items_are_refused(company, customer, rival, item):
    stranger = invoice(add_customer(company, "K2"), "X1", 1_00)
    credit = invoice(customer, "C1", -5_00)
    say = {"actor": system(company), "customer": customer, "reason": "price", "source": "staff"}

    def told(*parts, **changes):
        return refused(open_case, **{**say, **changes}, parts=parts, **on())

    assert told() == "Name at least one item that is disputed."
    assert told(DisputedPart(item=stranger, amount_minor=1)) == "X1 belongs to another customer."
    assert told(DisputedPart(item=credit, amount_minor=1)) == (
        "Nothing of C1 is open, so nothing can be disputed."
    )
    twice = [DisputedPart(item=item, amount_minor=1)] * 2
    assert told(*twice) == "An item stands twice; state one amount for it."
    assert told(*twice[:1], source="fax").startswith("There is no source fax; use staff, portal")
    assert told(*twice[:1], reason="mood").startswith("There is no reason mood; use price,")
    assert told(*twice[:1], actor=acting(rival)) == "This customer belongs to another company."


def test_a_case_is_assigned_reviewed_and_waits(company, collector, resolver, case):
    assigned = assign_case(actor=resolver, case=case, owner=collector, **on())
    assert (assigned.status, assigned.owner, assigned.team) == ("assigned", collector, "sales")
    waiting = wait_for(actor=resolver, case=case, who="colleagues", **on())
    assert (waiting.status, waiting.paused_on, waiting.responded_on) == (
        *("waiting_internal", None, None),
    )
    asked = wait_for(actor=resolver, case=case, who="customer", note="which price?", **on(1))
    assert (asked.status, asked.paused_on, asked.responded_on) == (
        *("waiting_customer", TODAY + timedelta(days=1), TODAY + timedelta(days=1)),
    )
    # Friday to Thursday: four business days given back
    back = review_case(actor=resolver, case=case, **on(7))
    assert (back.status, back.paused_on, back.resolve_by) == (
        *("in_review", None, date(2026, 4, 1)),
    )
    assert verbs(company)[1:] == [
        f"dispute_case.{verb}" for verb in ("assigned", "waiting", "waiting", "reviewed")
    ]
    # the same again changes nothing
    assert review_case(actor=resolver, case=case, **on(8)).status == "in_review"
    assert len(verbs(company)) == 5


def test_nobody_from_outside_gets_a_case(resolver, rival, case):
    told = refused(assign_case, actor=resolver, case=case, owner=rival, **on())
    assert told == "rolf does not work for Northwind."
    assert refused(review_case, actor=acting(rival), case=case, **on()) == (
        "This case belongs to another company."
    )


def test_an_escalated_case_asks_whoever_the_matrix_names_once(resolver, customer, case, item):
    escalate_case(actor=resolver, case=case, reason="no proof yet", **on())

    case.refresh_from_db()
    found = Escalation.objects.get()
    assert (case.is_escalated, found.kind, found.reason) == (
        *(True, "dispute", "D-000001: no proof yet"),
    )
    assert refused(escalate_case, actor=resolver, case=case, reason="again", **on()) == (
        "D-000001 is escalated already."
    )


def test_a_withdrawn_case_is_owed_again_and_can_be_reopened_for_a_time(resolver, case, item):
    withdraw_case(actor=resolver, case=case, reason="found the order", **on(1))

    case.refresh_from_db()
    assert (case.status, case.closed_on) == ("withdrawn", TODAY + timedelta(days=1))
    assert parts_of(case) == [(30_00, False, "Withdrawn: found the order")]
    assert amounts(case, days=1) == (30_00, 0, 0, 0, 0, 0, 30_00)
    assert refused(review_case, actor=resolver, case=case, **on(1)) == (
        "D-000001 is marked: withdrawn; reopen it first."
    )
    assert refused(reopen_case, actor=resolver, case=case, reason="late", **on(32)) == (
        "D-000001 ended on 2026-03-06; the policy allows 30 days to reopen it. Open a new case."
    )

    reopen_case(actor=resolver, case=case, reason="wrong order", **on(5))

    case.refresh_from_db()
    # fifteen business days after Tuesday, 10 March
    assert (case.status, case.closed_on, case.resolve_by) == (
        *("in_review", None, date(2026, 3, 31)),
    )
    assert amounts(case, days=5) == (30_00, 30_00, 0, 0, 0, 0, 0)
    assert amounts(case, days=4) == (30_00, 0, 0, 0, 0, 0, 30_00)


def test_what_was_paid_meanwhile_is_not_disputed_anew(company, customer, resolver, case, item):
    withdraw_case(actor=resolver, case=case, reason="paid", **on(1))
    money = payment(customer, "B1", 100_00, value_on=TODAY)
    apply_payment(actor=system(company), payment=money, amounts={item: 90_00}, **on(2))

    reopen_case(actor=resolver, case=case, reason="not quite", **on(3))
    assert part_of(case).amount_minor == 10_00
    withdraw_case(actor=resolver, case=case, reason="paid", **on(4))
    apply_payment(actor=system(company), payment=money, amounts={item: 10_00}, **on(5))
    assert refused(reopen_case, actor=resolver, case=case, reason="no", **on(6)) == (
        "Nothing of D-000001 is open any more; open a new case if need be."
    )


def test_merged_cases_are_one_with_the_earlier_days(company, customer, resolver, case):
    other = case_over(invoice(customer, "R2", 50_00), 50_00, reason="duplicate", days=1)
    add_evidence(actor=resolver, case=case, kind="price_list", note="of 2026", **on(1))
    asked = write_to_customer(actor=resolver, case=case, kind="question", text="Which?", **on(1))

    kept = merge_cases(actor=resolver, case=case, into=other, **on(2))

    case.refresh_from_db()
    assert (case.status, case.merged_into, kept.pk) == ("merged", other, other.pk)
    assert amounts(kept, days=2) == (80_00, 80_00, 0, 0, 0, 0, 0)
    # five business days of a duplicate, two of an answer to the price
    assert (kept.respond_by, kept.resolve_by) == (date(2026, 3, 9), date(2026, 3, 13))
    assert DisputeEvidence.objects.get().case == kept
    assert list(kept.comments.all()) == [asked] and not case.comments.exists()
    assert refused(merge_cases, actor=resolver, case=case, into=other, **on(2)) == (
        "D-000001 is marked: merged into another case; reopen it first."
    )
    stranger = case_over(invoice(add_customer(company, "K2"), "X1", 1_00), 1_00)
    assert refused(merge_cases, actor=resolver, case=stranger, into=other, **on(2)) == (
        "D-000003 and D-000002 are about different customers."
    )


def test_a_split_part_takes_its_history_along(company, customer, resolver, item):
    second = invoice(customer, "R2", 50_00)
    case = case_over(item, 30_00)
    case_over(item, 40_00)
    open_case(
        actor=system(company), customer=customer, reason="price", source="mail",
        parts=[DisputedPart(item=item, amount_minor=1), DisputedPart(item=second, amount_minor=9_00)],
        **on(),
    )  # fmt: skip
    part = Dispute.objects.get(item=item, closed_on=None)

    fresh = split_case(actor=resolver, case=case, disputes=[part], reason="quality", **on(1))

    assert (fresh.number, fresh.reason, fresh.team, fresh.title) == (
        *("D-000002", "quality", "quality", "R1"),
    )
    assert parts_of(fresh) == [
        (30_00, False, "More of the item is disputed"),
        (40_00, True, ""),
    ]
    assert amounts(fresh, days=1) == (40_00, 40_00, 0, 0, 0, 0, 0)
    assert amounts(case, days=1) == (9_00, 9_00, 0, 0, 0, 0, 0)
    rest = list(Dispute.objects.filter(case=case, closed_on=None))
    assert refused(split_case, actor=resolver, case=case, disputes=rest, **on(1)) == (
        "Something has to stay in D-000001; leave at least one part there."
    )


def test_another_reason_is_judged_anew(company, resolver, case):
    edited = edit_case(
        actor=resolver, case=case, reason="discount", root_cause="billing_run", **on()
    )

    assert (edited.reason, edited.root_cause, part_of(case).reason) == (
        *("discount", "billing_run", "discount"),
    )
    assert edited.validity_ppm < 400_000
    assert refused(edit_case, actor=resolver, case=case, root_cause="weather", **on()).startswith(
        "There is no root cause weather; use price_master,"
    )


def test_an_answer_to_an_e_invoice_says_in_its_own_code_what_is_wrong(company, item):
    case = case_over(item, 5_00, reason="QTY", source="e_invoice")

    assert (case.reason, case.source, case.team) == ("short_delivery", "e_invoice", "logistics")
    told = refused(case_over, item=item, amount_minor=1, reason="QTY", source="api")
    assert told.startswith("There is no reason QTY; use price,")


@pytest.mark.parametrize("paid", [0, 60_00, 80_00])
def test_only_the_disputed_part_is_not_asked_for(company, customer, case, item, paid):
    if paid:
        money = payment(customer, "B1", paid, value_on=TODAY)
        apply_payment(actor=system(company), payment=money, amounts={item: paid}, **on())
    books = Books(company)
    ledger = books.still_open(as_of=TODAY)
    found = collectable(
        open_items(ledger.items, ledger.allocations, as_of=TODAY),
        books.customers,
        steps_frame([], as_of=TODAY),
        disputes=ledger.disputes,
        promised=promised(ledger.promises, ledger.allocations, ledger.items, as_of=TODAY),
        holds=holds_frame(company),
        as_of=TODAY,
    ).collect()

    left = 100_00 - paid
    disputed = min(30_00, left)
    assert found["disputed_minor"].to_list() == [disputed]
    assert found["collect_minor"].to_list() == [left - disputed]
    assert amounts(case)[1] == disputed
