"""The pages of credit data: one story from the checklist to a bureau's answer, rights and figures."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.bureau_consents import record_consent
from dunwell.actions.bureau_reports import record_report
from dunwell.actions.credit_points import record_data_point
from dunwell.actions.financial_statements import record_statement
from dunwell.actions.gate import system
from dunwell.models import (
    BureauAccount,
    BureauPull,
    BureauReport,
    CreditDataPoint,
    Customer,
    FinancialStatement,
)
from dunwell.templatetags.credit_data import fact_value, share_text, times, z_score
from dunwell.templatetags.credit_data_texts import TEXTS
from dunwell.web import credit_file
from tests.actions.ledger_rows import invoice
from tests.actions.test_bureaus import bureau
from tests.api.credit_data_books import keep_credit_data
from tests.conftest import AT, TODAY, add_customer
from tests.connectors.bureau_server import bureau_server

FILE = "/customers/{}/credit-file/"
QUERIES = {
    FILE: 27,
    "/bureaus/": 6,
    "/bureaus/questions/": 6,
}
PAST = "?as_of=2026-01-15"


@pytest.fixture
def address(customer):
    return f"/customers/{customer.pk}/credit-file/"


def test_a_file_is_filled_in_and_a_bureau_is_asked(come_in, company, manager, customer, address):
    client = come_in(manager)
    empty = client.get(address).text
    assert "No report yet" in empty and "No statement yet" in empty and "0 / 16" in empty
    client.post(
        f"{address}point/?name=references_good",
        {"value": "yes", "source": "call", "on": TODAY.isoformat()},
    )
    client.post(
        f"{address}point/?name=order_book_minor",
        {"value": "1,200.50", "source": "mail", "on": TODAY.isoformat()},
    )
    client.post(f"{address}point/", {"name": "sites", "value": "three", "source": "web",
                                     "on": TODAY.isoformat()})  # fmt: skip
    assert list(CreditDataPoint.objects.order_by("pk").values_list("name", "value")) == [
        ("references_good", True),
        ("order_book_minor", 1_200_50),
        ("sites", "three"),
    ]
    with bureau_server(
        (200, {"reported_on": "2026-03-01", "score": 612, "pd_ppm": 12_500, "risk_class": "B2"})
    ) as server:
        client.post(
            "/bureaus/new/",
            {
                "name": "Web", "kind": "http", "address": server.address, "priority": 1,
                "max_age_days": 90, "currency": "EUR", "cost_minor": "4.50",
            },
        )  # fmt: skip
        form = client.get(f"{address}ask/").text
        assert "Web (€4.50)" in form
        client.post(f"{address}ask/", {"purpose": "application", "bureau": ""})
    page = client.get(address).text
    for text in (
        "2 / 16",
        "€1,200.50",
        "three",
        "612",
        "1.2",
        "B2",
        "€4.50",
        "Credit application",
    ):
        assert text in page, text
    export = client.get(f"{address}export.csv").text
    assert "bureau_pd_ppm,12500" in export and "point_sites,three" in export
    assert client.get(f"{address}export.xlsx").status_code == 200


def test_statements_are_typed_corrected_and_read_from_a_file(come_in, manager, customer, address):
    client = come_in(manager)
    typed = {
        "kind": "annual", "period_from": "2025-01-01", "period_to": "2025-12-31",
        "currency": "EUR", "scale": "1000", "revenue": "1,200.5", "total_assets": "800",
        "total_liabilities": "500", "equity": "299", "ebit": "100", "current_assets": "400",
        "current_liabilities": "200", "retained_earnings": "150",
    }  # fmt: skip
    assert client.post(f"{address}statement/", typed).status_code == 302
    first = FinancialStatement.objects.get()
    assert (first.scale, first.lines.get(name="revenue").amount_minor) == (1000, 1_200_500_00)
    page = client.get(address).text
    # 800 - 500 - 299 in thousands is within the rounding
    assert "€1,200,500.00" in page and "Safe" in page and "Balances" not in page
    wrong = client.post(f"{address}statement/?correct={first.pk}", {**typed, "equity": "250"})
    assert wrong.status_code == 422 and "Say why it is corrected" in wrong.text
    prefilled = client.get(f"{address}statement/?correct={first.pk}").text
    assert 'value="1200.50"' in prefilled
    client.post(
        f"{address}statement/?correct={first.pk}",
        {**typed, "equity": "250", "reason": "auditor's figure"},
    )
    page = client.get(address).text
    assert "Assets are not liabilities plus equity" in page and "€50,000.00" in page
    versions = client.get(f"/financial-statements/{first.pk}/").text
    assert (
        "Version 2" in versions
        and "auditor&#x27;s figure" in versions
        and "€299,000.00" in versions
    )

    sheet = b"in TEUR;;\nLine;2023;2024\nRevenue;1000;1100\nEquity;200;250\nGoodwill;1;2\n"
    told = {"currency": "EUR", "scale": "0", "decimal": ""}
    done = client.post(
        f"{address}statement-file/",
        {**told, "file": SimpleUploadedFile("s.csv", sheet)}, follow=True,
    ).text  # fmt: skip
    assert "2 statements are recorded." in done and "row 5: Goodwill" in done
    assert "Figures are in 1,000 EUR." in done and "€1,100,000.00" in done and "10.0" in done
    bad = client.post(
        f"{address}statement-file/", {**told, "file": SimpleUploadedFile("s.csv", b"x")}
    )
    assert bad.status_code == 422 and "no line of a financial statement" in bad.text


def test_reports_and_consents_are_entered_by_hand(come_in, company, manager, address):
    bureau(company, "Beta", kind="hand", address="")
    client = come_in(manager)
    key = BureauAccount.objects.get().pk
    client.post(
        f"{address}report/",
        {
            "bureau": key, "reported_on": "2026-03-01", "pd_percent": "1.25", "limit_minor": "5,000",
            "is_insolvent": "yes", "risk_class": "C",
        },
    )  # fmt: skip
    report = BureauReport.objects.get()
    assert (report.pd_ppm, report.limit_minor, report.currency, report.is_insolvent) == (
        12_500,
        5_000_00,
        "EUR",
        True,
    )
    client.post(f"{address}consent/", {"given_on": "2026-03-01", "evidence": "form 7"})
    page = client.get(address).text
    assert "Insolvency reported" in page and "form 7" in page and "holds" in page
    client.post(f"/bureau-consents/{company.bureau_consents.get().pk}/withdraw/")
    assert "does not hold" in client.get(address).text


def test_bureaus_that_disagree_are_told_apart_by_what_they_say(come_in, company, manager, address):
    keys = [bureau(company, name, kind="hand", address="").pk for name in ("Alpha", "Beta")]
    client = come_in(manager)

    def told(key, pd_percent, risk_class):
        client.post(
            f"{address}report/",
            {"bureau": key, "reported_on": "2026-03-01", "pd_percent": pd_percent,
             "risk_class": risk_class},
        )  # fmt: skip
        return " ".join(client.get(address).text.replace("\N{NO-BREAK SPACE}", " ").split())

    alone = told(keys[0], "1.25", "B")
    assert "differs by" not in alone and "Alpha" in alone
    both = told(keys[1], "4.75", "D")
    assert 'differs by <span class="num strong">3.5 %</span> · classes B, D' in both
    alike = told(keys[1], "1.25", "B")
    assert 'differs by <span class="num strong">0.0 %</span></p>' in alike


def test_costs_of_a_month_open_the_questions_they_sum(come_in, company, reader):
    keep_credit_data(company, today=TODAY, at=AT)
    client = come_in(reader)
    page = client.get("/bureaus/").text
    key = BureauAccount.objects.get().pk
    link = f"/bureaus/questions/?bureau={key}&amp;from=2026-03-01&amp;until=2026-03-31&amp;costed=1&amp;currency=EUR"
    assert link in page and "€12.50" in page and "March 2026" in page
    assert "€12.50" in client.get(link.replace("&amp;", "&")).text
    assert "No question here" in client.get("/bureaus/questions/?status=failed").text
    assert "12.50" in client.get("/bureaus/questions/export.csv?costed=1").text


def test_settings_are_changed_and_a_feed_is_read(come_in, company, admin, manager, customer):
    row = bureau(company)
    stated = {
        "name": "Alpha", "kind": "file", "address": "a.csv", "priority": 2, "max_age_days": 30,
        "currency": "EUR", "cost_minor": "1", "version": 1,
    }  # fmt: skip
    client = come_in(admin)
    assert 'value="12.50"' in client.get(f"/bureaus/{row.pk}/edit/").text
    client.post(f"/bureaus/{row.pk}/edit/", stated)
    row.refresh_from_db()
    assert (row.priority, row.is_active, row.cost_minor) == (2, False, 1_00)
    stale = client.post(f"/bureaus/{row.pk}/edit/", {**stated, "priority": 5})
    assert stale.status_code == 422 and "Somebody else has changed Alpha" in stale.text
    client = come_in(manager)
    feed = f"customer_number,score,reported_on\n{customer.number},5,2026-01-01\n9,1,2026-01-01\n"
    told = client.post(
        f"/bureaus/{row.pk}/reports/",
        {"file": SimpleUploadedFile("f.csv", feed.encode())}, follow=True,
    ).text  # fmt: skip
    assert "1 report is new." in told and "Row 2: no customer of ours is 9." in told


def test_a_day_gone_by_shows_what_was_known_then(come_in, company, reader, customer, address):
    keep_credit_data(company, today=TODAY, at=AT)
    invoice(customer, "R1", 10_00)
    client = come_in(reader)
    past = client.get(f"{address}{PAST}").text
    assert "This is what was known on" in past and "€10.00" not in past
    assert "€10.00" in client.get(f"{address}?as_of=2099-01-01").text
    assert "€10.00" in client.get(f"{address}?as_of=nonsense").text


def test_who_may_not_tell_is_not_offered_to(come_in, company, reader, rival, customer, address):
    keep_credit_data(company, today=TODAY, at=AT)
    client = come_in(reader)
    page = client.get(address).text
    assert (
        "Ask a bureau" not in page.replace("Ask a bureau, or enter", "")
        and "Enter a report" not in page
    )
    forms = ("point/", "ask/", "consent/", "report/", "statement/", "statement-file/")
    assert [client.get(f"{address}{form}").status_code for form in forms] == [403] * 6
    assert client.get("/bureaus/new/").status_code == 403
    assert come_in(rival).get(address).status_code == 404


def test_a_person_is_asked_about_with_a_consent_alone(come_in, company, manager):
    person = add_customer(company, "P1", party="person")
    bureau(company)
    client = come_in(manager)
    address = f"/customers/{person.pk}/credit-file/"
    refused = client.post(f"{address}ask/", {"purpose": "review", "bureau": ""})
    assert refused.status_code == 422 and "is a natural person, or may be one" in refused.text
    assert BureauPull.objects.count() == 0


def count(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def more_of(company, ids):
    """Two statements, reports, points and consents more of the same customer."""
    customer, actor = Customer.objects.get(pk=ids["bureau_customer_id"]), system(company)
    on = {"actor": actor, "customer": customer, "as_of": TODAY, "at": AT}
    for year, row in zip((2021, 2022), company.bureaus.order_by("pk"), strict=False):
        record_statement(
            kind="annual", period_from=date(year, 1, 1), period_to=date(year, 12, 31),
            currency="EUR", lines={"revenue": year, "equity": 1}, **on,
        )  # fmt: skip
        record_report(bureau=row, reported_on=date(year, 1, 1), score=year, **on)
        record_consent(given_on=date(year, 1, 1), evidence="form", **on)
        record_data_point(name=f"own_{year}", value=year, source="call", on=TODAY, **on)


def test_pages_take_as_many_queries_for_three_rows_as_for_one(
    come_in, company, reader, monkeypatch
):
    client = come_in(reader)
    ids = keep_credit_data(company, today=TODAY, at=AT)
    addresses = {path: path.format(ids["bureau_customer_id"]) for path in QUERIES}
    panels = credit_file.CREDIT_FILE_PANELS
    with_panels = count(client, addresses[FILE])
    # what others show above the data is theirs to bound; it may not grow either
    monkeypatch.setattr(credit_file, "CREDIT_FILE_PANELS", ())
    assert {path: count(client, address) for path, address in addresses.items()} == QUERIES
    keep_credit_data(company, "2", today=TODAY, at=AT)
    keep_credit_data(company, "3", today=TODAY, at=AT)
    more_of(company, ids)
    assert {path: count(client, address) for path, address in addresses.items()} == QUERIES
    monkeypatch.setattr(credit_file, "CREDIT_FILE_PANELS", panels)
    assert count(client, addresses[FILE]) == with_panels


def test_facts_read_by_their_unit():
    assert [
        fact_value("own_open_minor", "minor", 5_00, "EUR"),
        fact_value("own_days_late", "days", -3, "EUR"),
        fact_value("fs_current_ratio_ppm", "ppm", 1_500_000, "EUR"),
        fact_value("fs_equity_ratio_ppm", "ppm", 375_000, "EUR"),
        fact_value("fs_altman_z2_milli", "milli", 2_601, "EUR"),
        fact_value("bureau_is_insolvent", "", False, "EUR"),
        fact_value("fs_altman_zone", "", "safe", "EUR"),
        fact_value("own_months_known", "months", 7, "EUR"),
        fact_value("own_band", "", None, "EUR"),
    ] == ["€5.00", "-3 days", "1.50\u00d7", "37.5\xa0%", "2.60", "No", "Safe", "7", "\u2013"]
    assert (share_text(None), times(None), z_score(None)) == ("\u2013", "\u2013", "\u2013")


def test_every_label_of_the_engine_is_marked_for_the_catalogs():
    from dunwell.engine.credit_fact_names import FACTS
    from dunwell.engine.financial_ratios import ALTMAN, RATIOS
    from dunwell.engine.financial_statements import DERIVED, FINDINGS, LINES, SECTIONS

    labels = {row.label for table in (FACTS, LINES, DERIVED, RATIOS) for row in table.values()}
    labels |= {rule.meant_for for rule in ALTMAN.values()} | {
        *SECTIONS.values(),
        *FINDINGS.values(),
    }
    assert labels == set(TEXTS)
