"""Mandates in numbers: judged line by line, added all or none, and the same again adds nothing."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.mandate_files import add_mandates, receive_mandate_file
from dunwell.actions.uploads import Upload, upload_path
from dunwell.formats.mandate_rows import MandateLine
from dunwell.models import Event, Mandate
from dunwell.queries.mandate_checks import checked_lines
from tests.actions.debit_rows import THEIRS
from tests.actions.desk import acting
from tests.conftest import AT, TODAY, add_customer


def told(row, number, **changes):
    values = {"reference": f"M-{row}", "customer_number": number, "iban": THEIRS, **changes}
    return MandateLine(row=row, **values)


def add(user, lines, rows=None):
    return add_mandates(actor=acting(user), lines=lines, rows=rows, as_of=TODAY, at=AT)


def judged(company, lines):
    return [(one.state, one.reason) for one in checked_lines(company, lines, as_of=TODAY)]


def test_lines_become_mandates_signed_ones_active_at_once(company, clerk, customer):
    other = add_customer(company, "K2", "Beta")
    lines = [
        told(2, customer.number, signed_on=TODAY, iban="de02 1203 0000 0000 2020 51"),
        told(3, other.number, scheme="B2B", is_recurring=False, debtor="Beta Holding"),
    ]
    found = add(clerk, lines)
    assert (found.added, found.known) == (2, 0)
    first, second = Mandate.objects.order_by("pk")
    assert (first.status, first.signed_on, first.iban, first.bic, first.debtor) == (
        "active", TODAY, THEIRS, "BYLADEM1001", customer.name,
    )  # fmt: skip
    assert (second.status, second.scheme, second.is_recurring, second.debtor) == (
        "draft", "B2B", False, "Beta Holding",
    )  # fmt: skip
    told_of = Event.objects.filter(subject="mandate").order_by("pk")
    verbs = list(told_of.values_list("verb", "customer_id"))
    assert verbs == [
        ("mandate.added", customer.pk), ("mandate.signed", customer.pk), ("mandate.added", other.pk),
    ]  # fmt: skip
    # the same lines again, and also once the second is signed
    assert add(clerk, lines).known == 2
    assert Mandate.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"number": "NOBODY"}, "There is no customer NOBODY."),
        ({"iban": "DE02120300000000202052"}, "The account number cannot be right"),
        ({"iban": "BR1800360305000010009795493C1"}, "Accounts in BR cannot be debited"),
        ({"bic": "XX"}, "The BIC cannot be right"),
        ({"reference": "M//1"}, "The reference must have 1 to 35 characters"),
        ({"reference": "M-ü"}, "The reference must have 1 to 35 characters"),
        ({"debtor": "x" * 71}, "more than 70 characters"),
        ({"signed_on": TODAY + timedelta(days=1)}, "cannot be signed on"),
        ({"problem": "the IBAN is missing"}, "the IBAN is missing."),
    ],
)
def test_a_line_that_cannot_be_added_says_why(company, clerk, customer, changes, reason):
    line = told(2, **{"number": customer.number, **changes})
    ((state, said),) = judged(company, [line])
    assert state == "refused" and reason in said
    with pytest.raises(Refused, match="Row 2: .*Nothing was added"):
        add(clerk, [told(1, customer.number), line])
    assert Mandate.objects.count() == 0


def test_a_reference_is_given_once_in_the_file_and_in_the_books(company, clerk, customer):
    other = add_customer(company, "K2", "Beta")
    add(clerk, [told(2, customer.number)])
    assert judged(
        company,
        [
            told(2, customer.number),
            told(2, other.number),
            told(4, other.number, reference="X"),
            told(5, customer.number, reference="X"),
        ],
    ) == [
        ("known", ""),
        (
            "refused",
            "There is another mandate M-2 already, with other figures; a mandate is never changed.",
        ),
        ("new", ""),
        ("refused", "Row 4 has the reference too; a reference is given once."),
    ]


def test_a_customer_gets_one_active_mandate(company, clerk, customer):
    lines = [told(2, customer.number, signed_on=TODAY), told(3, customer.number, signed_on=TODAY)]
    assert [state for state, _ in judged(company, lines)] == ["new", "refused"]
    # the chosen line alone can be added
    assert add(clerk, lines, rows={2}).added == 1
    ((state, reason),) = judged(company, lines[1:])
    assert (state, reason) == (
        "refused",
        f"{customer.name} has the active mandate M-2; end it first.",
    )
    assert judged(company, [told(9, customer.number)]) == [("new", "")]


def test_nothing_chosen_too_many_and_no_right_are_refused(company, clerk, collector, customer):
    with pytest.raises(Refused, match="No line was chosen"):
        add(clerk, [told(2, customer.number)], rows=set())
    with pytest.raises(Refused, match="send at most"):
        add(clerk, [told(n, customer.number) for n in range(2_001)])
    with pytest.raises(Forbidden):
        add(collector, [told(2, customer.number)])


def test_the_queries_do_not_grow_with_the_lines(company, customer, django_assert_num_queries):
    lines = [told(n, customer.number) for n in range(60)]
    with django_assert_num_queries(3):
        checked_lines(company, lines[:1], as_of=TODAY)
    with django_assert_num_queries(3):
        checked_lines(company, lines, as_of=TODAY)


def test_a_file_is_kept_until_its_lines_are_chosen(company, clerk):
    data = f"Mandate reference,Customer number,IBAN\nM-1,1,{THEIRS}\n".encode()
    sha256 = receive_mandate_file(actor=acting(clerk), file=Upload(name="m.csv", data=data), at=AT)
    assert upload_path(sha256).read_bytes() == data
    for wrong, sentence in (
        (b"", "m.csv is empty"),
        (b"a,b\n1,2\n", "m.csv: first row: no column"),
    ):
        with pytest.raises(Refused, match=sentence):
            receive_mandate_file(actor=acting(clerk), file=Upload(name="m.csv", data=wrong), at=AT)
