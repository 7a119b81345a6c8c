"""The pages of figures: all of them, one with its parts, and rows behind every input."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dunwell.actions.collection_costs import record_collection_cost
from dunwell.actions.figures import record_figures
from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.engine.kpi_tables import KPI_INPUTS, PARAMETERS
from dunwell.models import CollectionCost, Run
from dunwell.queries.kpi_inputs import Asked, input_frame
from dunwell.queries.kpi_slices import kpi_slices
from dunwell.queries.ledgers import Books
from dunwell.templatetags.figures import figure_course
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture
def book(company, customer, collector):
    """Two customers, one with a collector; something paid, something late; a cost; figures."""
    actor = system(company)
    other = add_customer(company, "B1", "Borg")
    customer.collector = collector
    customer.save()
    for number, one in enumerate((customer, other), 1):
        old = TODAY - timedelta(days=70)
        item = invoice(
            one, f"F{number}", 100_00 * number, issued_on=old, due_on=old + timedelta(days=30),
            as_of=old,
        )  # fmt: skip
        invoice(one, f"G{number}", 40_00 * number, due_on=TODAY + timedelta(days=9))
        made = payment(one, f"P{number}", 70_00 * number)
        apply_payment(
            actor=actor, payment=made, amounts={item: 60_00 * number}, as_of=TODAY, at=AT
        )
    record_collection_cost(
        actor=actor, kind="staff", on=TODAY, currency="EUR", amount_minor=9_00, reference="V1",
        collector=collector, as_of=TODAY, at=AT,
    )  # fmt: skip
    record_figures(actor=actor, books=Books(company), as_of=TODAY, at=AT)
    return company


DIMENSIONS = ("company", "customer", "segment", "collector", "strategy", "currency")


def test_every_input_of_every_figure_and_part_has_rows_that_sum_to_it(book):
    checked = 0
    for dimension in DIMENSIONS:
        sums = {}
        for one in kpi_slices(book, as_of=TODAY, dimension=dimension):
            asked = Asked(as_of=TODAY, dimension=dimension, key=one.key)
            for name in KPI_INPUTS[one.kpi]:
                place = (one.key, one.currency, name)
                if name not in PARAMETERS and one.inputs[name] and place not in sums:
                    rows = input_frame(book, name=name, currency=one.currency, asked=asked)
                    sums[place] = rows["amount"].sum()
                if place in sums:
                    assert sums[place] == one.inputs[name], (dimension, place)
                    checked += 1
    assert checked > 100


def test_the_pages_show_figures_parts_and_rows(book, come_in, collector):
    client = come_in(collector)
    page = client.get(reverse("kpis")).content.decode()
    assert "Days sales outstanding" in page
    assert "n/a" in page
    one = client.get(reverse("kpi", args=["cost_to_collect"]), {"by": "collector"})
    told = one.context["slices"]
    assert [(part.label, str(part.value)) for part in told] == [
        (collector.username, "15.00"),
        ("", "None"),
    ]
    assert one.context["value"] == "5.00"
    rows = client.get(reverse("kpi-input", args=["overdue_minor"])).context
    assert [(row.number, row.amount) for row in rows["page"].rows] == [
        ("F2", 80_00),
        ("F1", 40_00),
    ]
    assert rows["total"] == 120_00
    part = {"dimension": "collector", "key": str(collector.pk)}
    mine = client.get(reverse("kpi-input", args=["overdue_minor"]), part).context
    assert mine["total"] == 40_00
    for name, args in (
        ("kpis-export", ["csv"]),
        ("kpi-slices-export", ["dso", "csv"]),
        ("kpi-input-export", ["overdue_minor", "csv"]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 200
    assert client.get(reverse("kpi", args=["luck"])).status_code == 404
    assert client.get(reverse("kpi-input", args=["luck"])).status_code == 404


def test_a_day_gone_by_and_another_window_are_worked_out(book, come_in, collector):
    client = come_in(collector)
    before = {"as_of": (TODAY - timedelta(days=1)).isoformat(), "window": "365"}
    page = client.get(reverse("kpi", args=["overdue_share"]), before)
    assert page.context["value"] == "71.43"
    known = {"known": (TODAY - timedelta(days=1)).isoformat()}
    page = client.get(reverse("kpi", args=["overdue_share"]), known)
    assert page.context["value"] == "100.00"


def test_a_kept_figure_says_since_when_it_is_kept_and_where_its_rows_have_changed(
    book, customer, come_in, collector
):
    Run.objects.create(
        company=book, kind="cycle", as_of=TODAY, step="record_figures", changed=1, finished_at=AT
    )
    client, rows = come_in(collector), reverse("kpi-input", args=["receivables_minor"])
    for address in (reverse("kpis"), reverse("kpi", args=["dso"])):
        page = client.get(address)
        assert page.context["choice"].kept_at == AT
        assert "Kept by the day" in page.content.decode()
    same = client.get(rows)
    assert (same.context["total"], same.context["kept"]) == (240_00, None)
    assert "cycle kept it; what is recorded now" not in same.content.decode()
    invoice(customer, "H1", 5_00, issued_on=TODAY, due_on=TODAY + timedelta(days=9))
    later = client.get(rows)
    assert (later.context["total"], later.context["kept"]) == (245_00, 240_00)
    assert "cycle kept it; what is recorded now" in later.content.decode()
    worked_out = client.get(reverse("kpi", args=["dso"]), {"window": "365"})
    assert worked_out.context["choice"].kept_at is None


def test_a_big_book_asks_before_it_reads_everything(book, come_in, collector, monkeypatch):
    monkeypatch.setattr("dunwell.queries.kpi_inputs.BIG_BOOK", 2)
    client = come_in(collector)
    page = client.get(reverse("kpi-input", args=["receivables_minor"]))
    assert [one.amount for one in page.context["shares"]] == [160_00, 80_00]
    heavy = client.get(reverse("kpis"), {"window": "30"})
    assert "Work it out now" in heavy.content.decode()
    done = client.get(reverse("kpis"), {"window": "30", "work": "1"})
    assert "Work it out now" not in done.content.decode()


def test_a_cost_is_typed_in_once_and_taken_back(company, come_in, manager):
    client = come_in(manager)
    told = {
        "kind": "legal", "on": TODAY.isoformat(), "amount": "12.50", "currency": "EUR",
        "reference": "L-7",
    }  # fmt: skip
    for _ in range(2):
        assert client.post(reverse("collection-cost-add"), told).status_code == 302
    wrong = client.post(reverse("collection-cost-add"), {**told, "amount": "13.00"})
    assert (wrong.status_code, "typed in already" in wrong.content.decode()) == (422, True)
    cost = CollectionCost.objects.get()
    assert (cost.amount_minor, cost.recorded_by) == (12_50, manager.username)
    client.post(reverse("collection-cost-withdraw", args=[cost.pk]))
    assert CollectionCost.objects.get().withdrawn_on == TODAY
    assert "taken back" in client.get(reverse("collection-costs")).content.decode()


def test_the_course_of_a_figure_says_its_scale(book, come_in, collector):
    page = come_in(collector).get(reverse("kpi", args=["dso"])).context
    figure = figure_course([(TODAY - timedelta(days=30), "40.5"), (TODAY, "38")], page["about"])
    assert (str(figure["bottom"]), str(figure["top"]), figure["unit"]) == ("38", "40.5", "days")
    assert figure_course([(TODAY, "")], page["about"])["line"] == ""


def test_customers_without_a_segment_have_a_name_among_benchmarks(book, come_in, collector):
    page = come_in(collector).get(reverse("benchmarks")).content.decode()
    assert "No segment" in page and '<th scope="row"></th>' not in page
