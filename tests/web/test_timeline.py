"""The page with the whole story of a customer."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dunwell.actions.events import record_event
from dunwell.actions.gate import system
from dunwell.actions.notes import record_note
from tests.conftest import AT, TODAY, add_user
from tests.queries.test_timeline import talk


def page(client, customer, **query):
    return client.get(reverse("timeline", args=[customer.pk]), query).content.decode()


def test_it_is_searched_filtered_and_exported(come_in, collector, company, customer):
    talk(company, customer)
    record_note(
        actor=system(company), customer=customer, kind="note", text="will pay", as_of=TODAY, at=AT
    )
    client = come_in(collector)

    assert "We pay on Friday." in page(client, customer)
    found = page(client, customer, q="friday")
    assert "We pay on Friday." in found
    assert "will pay" not in found
    assert "We pay on Friday." not in page(client, customer, kind="note")
    file = (
        client.get(reverse("timeline-export", args=[customer.pk, "csv"]), {"kind": "inbound"})
        .getvalue()
        .decode("utf-8-sig")
    )
    assert file.count("We pay on Friday.") == 1
    assert len(file.strip().splitlines()) == 2


def test_moments_are_of_the_companys_zone(come_in, collector, company, customer):
    """As in the audit log: 13:00 UTC is 14:00 in Berlin; they were those of UTC."""
    talk(company, customer)
    client = come_in(collector)

    assert "Mar 5, 2026, 2:00" in page(client, customer)
    type(company).objects.filter(pk=company.pk).update(zone="Asia/Tokyo")
    assert "Mar 5, 2026, 10:00" in page(client, customer)


def test_a_wrong_day_or_cursor_shows_the_first_page(come_in, collector, company, customer):
    talk(company, customer)
    shown = page(come_in(collector), customer, **{"from": "soon", "cursor": "x", "kind": "none"})

    assert "We pay on Friday." in shown


@pytest.mark.parametrize("role", ["read_only", "admin"])
def test_who_may_not_read_words_reads_none_on_page_and_in_file(come_in, company, customer, role):
    talk(company, customer)
    client = come_in(add_user(company, "wanda", role))
    whole = page(client, customer)
    file = client.get(reverse("timeline-export", args=[customer.pk, "csv"])).getvalue().decode()

    assert "hidden for your role" in whole
    for told in (whole, file, page(client, customer, q="friday")):
        assert "We pay" not in told
        assert "ap@acme.example" not in told


def test_another_companys_customer_is_not_there(come_in, rival, customer):
    client = come_in(rival)

    for name, more in (("timeline", []), ("timeline-export", ["csv"])):
        assert client.get(reverse(name, args=[customer.pk, *more])).status_code == 404


def test_a_page_asks_as_many_questions_for_three_rows_as_for_one(
    come_in, collector, company, customer, django_assert_max_num_queries
):
    client, counts = come_in(collector), []
    for number in range(3):
        record_note(
            actor=system(company), customer=customer, kind="note", text=str(number), as_of=TODAY,
            at=AT + timedelta(hours=number),
        )  # fmt: skip
        with django_assert_max_num_queries(25) as asked:
            page(client, customer)
        counts.append(len(asked))
    assert counts[0] == counts[2]


@pytest.mark.parametrize(
    ("verb", "told"),
    [
        ("dispute_case.opened", "Dispute opened"),
        ("customer_invoicing.changed", "How a customer wants invoices changed"),
        ("hand_off.given_back", "Hand-off given back"),
        ("order.held", "Order held"),
        ("thing.never_heard_of", "Thing never heard of"),
    ],
)
def test_an_event_has_its_sentence_wherever_the_dot_stands(
    come_in, collector, company, customer, verb, told
):
    record_event(system(company), verb, customer, at=AT, customer_id=customer.pk)

    assert f'<span class="strong">{told}</span>' in page(come_in(collector), customer)
