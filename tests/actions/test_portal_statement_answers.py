"""Answers to statement lines: kept as said, a no opens a query or asks a colleague to look."""

import pytest

from dunwell.actions.gate import Forbidden, Refused, debtor
from dunwell.actions.portal_statement_answers import LineAnswer, answer_statement
from dunwell.models import DisputeCase, Event, StatementAnswer, Task
from dunwell.queries.statement_spans import read_span
from dunwell.queries.statements import preview
from tests.conftest import AT, TODAY, add_customer
from tests.portal.account_rows import filled
from tests.portal.seats import seat_of


@pytest.fixture
def rows(customer):
    return filled(customer)


@pytest.fixture
def seat(customer):
    return seat_of(customer)


def answer(seat, *answers, **changes):
    _, span = read_span({"span": "this_year"}, today=TODAY)
    values = {"actor": debtor(seat), "customer": seat.customer, "seat": seat, "span": span}
    return answer_statement(answers=answers, as_of=TODAY, at=AT, **{**values, **changes})


def key(item):
    return f"item:{item.pk}"


def test_what_agrees_and_what_does_not_is_kept_with_the_ledgers_amount(rows, seat):
    made = answer(
        seat,
        LineAnswer(line_key=key(rows["first"]), verdict="agrees"),
        LineAnswer(line_key=f"payment:{rows['paid'].pk}", verdict="disagrees", note="we paid 130"),
    )
    assert [(one.line_number, one.amount_minor, one.verdict, one.note) for one in made] == [
        ("R1", 100_00, "agrees", ""),
        ("Z1", -125_00, "disagrees", "we paid 130"),
    ]
    assert Task.objects.get().reason == "Statement: the customer disagrees with Z1"
    event = Event.objects.get(verb="statement_answer.given")
    assert event.actor == "jane@buyer.example (portal)" and event.data["agrees"] == ["R1"]


def test_a_no_opens_a_query_over_what_is_open(rows, seat):
    (made,) = answer(
        seat,
        LineAnswer(
            line_key=key(rows["first"]), verdict="disagrees", note="too dear", opens_query=True
        ),
    )
    case = DisputeCase.objects.get()
    assert made.case == case and (case.source, case.customer) == ("portal", seat.customer)
    assert case.disputes.get().amount_minor == 60_00
    assert not Task.objects.filter(kind="follow_up").exists()


def test_the_same_answer_again_is_not_kept_twice_and_another_is(rows, seat):
    said = LineAnswer(line_key=key(rows["first"]), verdict="agrees")
    assert len(answer(seat, said)) == 1
    assert answer(seat, said) == ()
    answer(seat, LineAnswer(line_key=key(rows["first"]), verdict="disagrees", note="no"))
    assert list(StatementAnswer.objects.order_by("id").values_list("verdict", flat=True)) == [
        "agrees",
        "disagrees",
    ]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (LineAnswer(line_key="item:1", verdict="disagrees", note=" "), "Say in a word"),
        (LineAnswer(line_key="item:999999", verdict="agrees"), "does not have"),
        (LineAnswer(line_key="item:1", verdict="perhaps"), "neither"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(rows, seat, said, words):
    if said.line_key == "item:1":
        said = LineAnswer(line_key=key(rows["first"]), verdict=said.verdict, note=said.note)
    with pytest.raises(Refused, match=words):
        answer(seat, said)
    assert not StatementAnswer.objects.exists() and not Task.objects.exists()


def test_who_only_looks_and_who_is_of_another_customer_is_turned_away(company, rows, seat):
    said = LineAnswer(line_key=key(rows["first"]), verdict="agrees")
    viewer = seat_of(seat.customer, role="viewer", email="vera@buyer.example")
    with pytest.raises(Forbidden):
        answer(viewer, said)
    other = seat_of(add_customer(company, "K2", "Other"), email="tom@other.example")
    with pytest.raises(Refused, match="another customer"):
        answer(other, said, customer=seat.customer)
    with pytest.raises(Refused, match="does not have"):
        answer(other, said)


def test_a_line_keeps_its_name_in_every_statement(company, rows, seat):
    answer(seat, LineAnswer(line_key=key(rows["first"]), verdict="agrees"))
    _, span = read_span({"span": "last_year"}, today=TODAY)
    assert key(rows["first"]) not in {
        line.key
        for account in preview(company, seat.customer, span=span).accounts
        for line in account.lines
    }
    assert StatementAnswer.objects.get().line_key == key(rows["first"])
