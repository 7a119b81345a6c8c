"""A statement of account from the customer's page to its files, and a run over many, in a browser."""

import pytest

from tests.browser.test_accessibility import findings

pytestmark = [pytest.mark.browser, pytest.mark.dealt(one_in=10, of="journeys in a browser")]


def test_a_statement_is_previewed_and_issued_and_its_pages_are_accessible(open_page):
    page = open_page("/customers/?owing=1", bypass_csp=True)
    page.locator("main table tbody a").first.click()
    page.get_by_role("group", name="Actions").get_by_text("More").click()
    told = findings(page)
    page.get_by_role("link", name="Statement", exact=True).first.click()
    page.get_by_label("Span", exact=True).select_option("this_year")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("Nothing is issued yet.").wait_for()
    told += findings(page)

    page.get_by_role("button", name="Issue statement").click()
    page.get_by_text("proved from the ledger").wait_for()
    told += findings(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert download.value.suggested_filename.startswith("ST-000001-")
    assert told == []


def test_many_statements_are_made_with_progress_and_come_as_one_zip(open_page):
    page = open_page("/statements/", bypass_csp=True)
    told = findings(page)
    page.get_by_label("Span", exact=True).select_option("last_month")
    page.get_by_role("button", name="Make statements").click()
    page.get_by_role("link", name="Download ZIP").wait_for(timeout=120_000)
    told += findings(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download ZIP").click()

    assert download.value.suggested_filename.endswith(".zip")
    assert told == []
