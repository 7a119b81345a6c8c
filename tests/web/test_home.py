import re
from datetime import timedelta

import pytest

from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import system
from dunwell.models import Feed, KpiValue, Run
from dunwell.templatetags.events import LOOKS
from dunwell.web.home import MOST_HAPPENED
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer
from tests.queries.test_worklist import ranked

QUERIES_OF_HOME = 24


def kpi(company, on, name, value, unit="minor"):
    KpiValue.objects.create(
        company=company, as_of=on, currency="EUR", kpi=name, value=value, unit=unit, formula=name
    )


def test_home_shows_ageing_figures_changes_and_what_to_do_first(come_in, collector, customer):
    company = customer.company
    invoice(customer, "R1", 300_00, due_on=TODAY - timedelta(days=5))
    invoice(customer, "R2", 700_00)
    for on, dso, overdue in ((TODAY - timedelta(days=1), "40.5", "20000"), (TODAY, "42", "30000")):
        kpi(company, on, "dso", dso, "days")
        kpi(company, on, "overdue", overdue)
    ranked(customer, 1)

    page = come_in(collector).get("/").text

    assert "€1,000.00" in page and "€300.00" in page
    assert "?currency=EUR&amp;bucket=1-30" in page
    assert "42 days" in page and "40.5 days on Mar 4, 2026" in page
    assert "+€100.00" in page
    assert f"customer={customer.pk}" in page


def test_home_of_an_empty_company_says_where_to_start(come_in, reader):
    page = come_in(reader).get("/").text

    assert "No open items yet" in page
    assert "cycle has never run" in page


@pytest.mark.parametrize(
    ("kind", "name", "begin"),
    [
        ("bank", "Sparkasse", "Sparkasse reaches"),
        ("ledger", "import", "The ledger export “import” reaches"),
    ],
)
def test_a_feed_that_is_too_old_is_a_warning(come_in, reader, company, kind, name, begin):
    Feed.objects.create(
        company=company,
        kind=kind,
        name=name,
        covers_until_on=TODAY - timedelta(days=9),
        received_at=AT,
    )

    assert f"{begin} only to Feb 24, 2026, 9 days ago." in come_in(reader).get("/").text


def test_the_cycle_runs_for_who_may_and_is_refused_to_others(come_in, manager, reader, customer):
    invoice(customer, "R1", 100_00)

    refused = come_in(reader).post("/cycle/")
    runs_before = Run.objects.count()
    done = come_in(manager).post("/cycle/", follow=True)

    assert refused.status_code == 403 and "cycle.run is missing" in refused.text
    assert runs_before == 0
    assert "cycle has run: 1 day," in done.text
    assert Run.objects.filter(company=customer.company, as_of=TODAY).exists()


def test_another_company_s_money_is_not_on_home(come_in, rival, customer):
    invoice(customer, "R1", 123_45)

    assert "123.45" not in come_in(rival).get("/").text


@pytest.mark.parametrize("count", [1, 3])
def test_home_costs_the_same_however_much_there_is(
    come_in, collector, company, count, django_assert_num_queries
):
    for rank in range(1, count + 1):
        customer = add_customer(company, f"K{rank}", collector=collector)
        invoice(customer, f"R{rank}", 5_00)
        ranked(customer, rank)
    client = come_in(collector)

    with django_assert_num_queries(QUERIES_OF_HOME):
        client.get("/")


def test_what_happened_since_yesterday_is_shown_with_a_way_to_its_rows(come_in, reader, company):
    KpiValue.objects.create(
        company=company,
        as_of=TODAY,
        currency="EUR",
        kpi="changed_payment_received",
        value="123450",
        unit="minor",
        formula="changed_payment_received",
        inputs={"count": 3},
    )
    Run.objects.create(
        company=company,
        kind="cycle",
        as_of=TODAY,
        step="write_reminders",
        changed=0,
        finished_at=AT,
    )

    page = come_in(reader).get("/").text

    assert 'href="/payments/"' in page
    assert "Payments received" in page and "€1,234.50" in page


def test_the_many_kinds_of_events_of_a_first_day_are_folded_but_a_few(
    come_in, reader, company, customer
):
    """Named are records one can open, the most frequent first; all others wait in the fold."""
    known = [verb for verb, look in LOOKS.items() if look.page][:40]
    record_events(
        system(company),
        [
            Fact(verb=verb, subject="customer", subject_id=customer.pk)
            for verb in ("absence.recorded", *known, "watch.ended", "watch.ended")
        ],
        at=AT,
    )

    page = come_in(reader).get("/").text
    changed = page[page.index('id="changed-title"') :]
    named, _, folded = changed.partition("<details")

    labels = re.findall(r'class="grow">([^<]+)</span>', named)
    assert labels[0] == "Watch ended" and len(labels) == MOST_HAPPENED
    assert "more kinds of events" in folded
    assert "Absence recorded" in folded and "Absence recorded" not in named
