"""The case of a customer: every desk's matters joined to the items, which sum to what is open."""

from datetime import timedelta

import pytest

from dunwell.actions.hand_offs import ask_hand_off
from dunwell.actions.holds import place_hold
from dunwell.models import CaseComment, Conversation, CreditHold, Dispute, DisputeCase, Order, Task
from dunwell.queries.case_graph import MOST_ITEMS, OpenSum, case_graph, stands
from tests.actions.desk import acting
from tests.actions.escalation_rows import owing, raised
from tests.conftest import AT, TODAY, add_customer, add_user

ON = {"as_of": TODAY, "at": AT}
READS = frozenset({"timeline.words"})


def disputed(customer, item, number="D-000001"):
    case = DisputeCase.objects.create(
        company=customer.company, customer=customer, number=number, title="Too dear",
        reason="price", source="staff", opened_on=TODAY, recorded_at=AT,
        resolve_by=TODAY - timedelta(days=1),
    )  # fmt: skip
    Dispute.objects.create(
        company=customer.company, customer=customer, item=item, amount_minor=40_00, reason="price",
        opened_on=TODAY, case=case, recorded_at=AT,
    )  # fmt: skip
    return case


def held_order(customer, number="O1"):
    order = Order.objects.create(
        company=customer.company, customer=customer, number=number, status="held", currency="EUR",
        amount_minor=900_00, billed_minor=100_00, ordered_on=TODAY, recorded_at=AT,
    )  # fmt: skip
    hold = CreditHold.objects.create(
        company=customer.company, customer=customer, order=order, kind="auto", raised_by="system",
        raised_on=TODAY, recorded_at=AT,
    )  # fmt: skip
    return order, hold


def talk(customer):
    return Conversation.objects.create(
        company=customer.company, customer=customer, subject="Where is it?", opened_at=AT,
    )  # fmt: skip


def test_a_hold_stands_through_its_last_day_and_not_after_it(collector, customer):
    hold = place_hold(
        actor=acting(collector), customer=customer, reason="manual", note="n", until_on=TODAY, **ON
    )

    def holds(day):
        graph = case_graph(customer, rights=READS, as_of=day)
        return [node.id for node in graph.nodes if node.kind == "hold"]

    assert (holds(TODAY), holds(TODAY + timedelta(days=1))) == ([hold.pk], [])


def test_what_stands_is_joined_and_told_to_every_desk(company, collector, manager, customer):
    add_user(company, "sara", "sales")
    item, other = owing(customer), owing(customer, 200_00, number="R2", days_late=-9)
    case, (order, hold) = disputed(customer, item), held_order(customer)
    raised(collector, customer)
    place_hold(
        actor=acting(collector), customer=customer, item=other, reason="manual", note="n", **ON
    )
    work = ask_hand_off(
        actor=acting(collector), customer=customer, to_desk="sales", what="Ask who signs",
        subject="order", subject_id=order.pk, **ON,
    )  # fmt: skip
    graph = case_graph(customer, rights=READS, as_of=TODAY)
    nodes = {node.kind: node for node in graph.nodes}
    assert nodes.keys() == {
        "item", "dispute", "order", "credit_hold", "escalation", "hold", "hand_off",
    }  # fmt: skip
    assert {(edge.first, edge.second, edge.why) for edge in graph.edges} == {
        (f"dispute-{case.pk}", f"item-{item.pk}", "covers"),
        (f"credit_hold-{hold.pk}", f"order-{order.pk}", "holds"),
        (f"hold-{nodes['hold'].id}", f"item-{other.pk}", "covers"),
        (f"hand_off-{work.pk}", f"order-{order.pk}", "about"),
    }
    assert (nodes["dispute"].amount_minor, nodes["dispute"].is_late) == (40_00, True)
    assert (nodes["order"].amount_minor, nodes["order"].desk) == (800_00, "sales")
    assert graph.sums == (
        OpenSum(currency="EUR", items=2, open_minor=1_700_00, overdue_minor=1_500_00),
    )
    desks = {line.desk: (line.matters, line.late) for line in graph.desks}
    assert desks == {
        "credit": (1, 0), "collections": (1, 0), "cash": (0, 0), "disputes": (1, 1),
        "sales": (2, 1), "support": (0, 0),
    }  # fmt: skip
    assert stands(customer, "order", order.pk)
    assert not stands(add_customer(company, "K2"), "order", order.pk)


def test_too_many_items_fold_into_one_and_still_sum(company, customer):
    items = [
        owing(customer, 10_00 + n, days_late=n, number=f"R{n}") for n in range(MOST_ITEMS + 3)
    ]
    disputed(customer, items[0])
    graph = case_graph(customer, rights=frozenset(), as_of=TODAY)
    shown = [node for node in graph.nodes if node.kind == "item"]
    assert len(shown) == MOST_ITEMS
    assert sum(node.amount_minor for node in shown) == graph.sums[0].open_minor
    assert sum(node.count for node in shown) == graph.sums[0].items == MOST_ITEMS + 3
    # the newest is drawn all the same: a dispute is joined to it
    assert f"item-{items[0].pk}" in {node.key for node in shown}


def test_what_was_written_is_not_told_to_who_may_not_read_words(company, customer):
    kept = talk(customer)
    CaseComment.objects.create(
        company=company, customer=customer, text="who signs?", on=TODAY, by="mona", at=AT
    )
    told = [
        (graph.nodes[0].label, len(graph.remarks))
        for rights in (READS, frozenset({"case.share"}), frozenset())
        for graph in [case_graph(customer, rights=rights, as_of=TODAY)]
    ]
    assert told == [("Where is it?", 1), (f"#{kept.pk}", 1), (f"#{kept.pk}", 0)]


@pytest.mark.parametrize("rows", [1, 3])
def test_it_asks_the_same_however_much_there_is(
    company, customer, rows, django_assert_num_queries
):
    for n in range(rows):
        item = owing(customer, number=f"R{n}")
        disputed(customer, item, number=f"D-{n}")
        held_order(customer, f"O{n}")
        talk(customer)
        Task.objects.create(
            company=company, customer=customer, kind="call", item=item, reason="r", due_on=TODAY,
            as_of=TODAY, recorded_at=AT,
        )  # fmt: skip
    with django_assert_num_queries(18):
        case_graph(customer, rights=READS, as_of=TODAY)
