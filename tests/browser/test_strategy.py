"""Strategies and the other pages of control in a browser."""

import pytest

from tests.browser.test_accessibility import findings, looks_of

pytestmark = [pytest.mark.browser, pytest.mark.dealt(one_in=10, of="journeys in a browser")]

PAGES = (
    "/items/",
    "/items/?as_of=2025-12-31",
    "/items/1/",
    "/payments/",
    "/payments/add/",
    "/imports/",
    "/strategies/",
    "/strategies/1/",
    "/strategies/1/dry-run/",
    "/strategies/draft/?from=1",
    "/strategies/wordings/",
    "/verify/",
    "/audit/?check=1",
    "/people/",
    "/people/add/",
    "/settings/",
    "/settings/rates/",
    "/settings/tokens/",
)


@pytest.mark.dealt(one_in=12)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_control_is_accessible_and_fits(open_page, path):
    assert findings(open_page(path, bypass_csp=True), looks_of(path)) == []


def test_a_strategy_is_drafted_checked_tried_out_and_discarded(open_page, desk):
    page = open_page("/strategies/")
    page.get_by_role("link", name="standard", exact=True).first.click()
    page.get_by_role("link", name="Draft from this").click()
    text = page.locator("textarea")
    good = text.input_value()

    text.fill(good.replace("channel: call", "channel: fax", 1))
    page.get_by_role("button", name="Check and run cases").click()
    page.get_by_role("alert").wait_for()
    assert "channel" in page.get_by_role("alert").inner_text()
    assert page.locator(".editor-lines .is-wrong").count() == 1

    page.locator("textarea").fill(good.replace("min_days_between: 6", "min_days_between: 60"))
    page.get_by_role("button", name="Check and run cases").click()
    assert "do not come out" in page.get_by_role("alert").inner_text() or "does not come out" in (
        page.get_by_role("alert").inner_text()
    )

    page.locator("textarea").fill(good.replace("grace_days: 2", "grace_days: 1"))
    page.get_by_role("button", name="Keep as draft").click()
    page.get_by_role("link", name="Dry run").click()
    page.get_by_role("heading", name="Against the version in force").wait_for()
    page.go_back()
    page.get_by_role("button", name="Discard").click()
    page.get_by_text("is discarded").wait_for()


def test_the_books_are_verified_by_a_button(open_page):
    page = open_page("/verify/", bypass_csp=True)
    page.get_by_role("button", name="Verify the books").click()
    page.get_by_text("checks hold").first.wait_for(timeout=30_000)
    assert page.get_by_text("holds", exact=True).count() > 10
    assert findings(page) == []


def test_an_item_is_written_off_in_a_dialog(open_page):
    page = open_page("/items/?scope=open&kind=invoice&sort=-amount")
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name="Write off").click()
    box = page.get_by_role("dialog")
    box.get_by_label("Amount").fill("1.00")
    box.get_by_label("Reason").fill("rounding")
    box.get_by_role("button", name="Write off").click()
    page.get_by_text("taken off").wait_for()
    page.get_by_role("table", name="Amounts put on this item").get_by_text("rounding").wait_for()
