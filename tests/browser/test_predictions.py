"""The pages that look ahead in a browser: accessible in both themes and sizes, by keyboard too."""

import re

import pytest

from tests.browser.test_accessibility import findings, looks_of

pytestmark = [pytest.mark.browser, pytest.mark.dealt(one_in=10, of="journeys in a browser")]

PAGES = (
    "/models/",
    "/models/?scope=book",
    "/models/1/",
    "/models/1/promote/",
    "/forecast/",
    "/forecast/EUR/1/",
    "/scores/",
    "/scores/?show=warnings",
    "/scores/?q=zzzz",
    "/anomalies/",
    "/anomalies/?status=dismissed",
    "/experiments/",
    "/experiments/add/",
)


@pytest.mark.dealt(one_in=12)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_that_looks_ahead_is_accessible_and_fits(open_page, path):
    assert findings(open_page(path, bypass_csp=True), looks_of(path)) == []


def test_an_item_says_when_it_will_be_paid_accessibly(open_page):
    page = open_page("/items/?scope=open&kind=invoice&sort=-open", bypass_csp=True)
    page.locator("tbody th a").first.click()
    page.get_by_role("heading", name="When it will be paid").wait_for()
    page.get_by_role("heading", name="Why").wait_for()

    assert findings(page) == []


def test_a_week_of_the_forecast_opens_by_keyboard(open_page):
    page = open_page("/forecast/")
    page.locator(".cash-week").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/forecast/[A-Z]{3}/2/"))
    page.get_by_role("heading", name="Components").wait_for()


def test_keys_lead_to_the_pages_that_look_ahead(open_page, desk):
    page = open_page("/")
    for letter, path in (("f", "forecast"), ("r", "scores"), ("n", "anomalies"), ("d", "models")):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        page.wait_for_url(f"{desk.address}/{path}/")


def test_a_finding_is_dismissed_by_keyboard_alone(open_page):
    page = open_page("/anomalies/")
    before = page.locator("[data-finding]").count()
    page.keyboard.press("j")
    first = page.locator(".finding.is-current a").first.inner_text()
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.locator(".finding.is-current a").first.inner_text() == first

    page.keyboard.press("x")
    box = page.get_by_role("dialog")
    box.get_by_label("Why is it in order?").wait_for()
    page.keyboard.type("agreed with the customer")
    page.keyboard.press("Enter")
    page.get_by_text("it is not brought up again").first.wait_for()
    page.wait_for_function(
        "n => document.querySelectorAll('[data-finding]').length < n", arg=before
    )

    page.goto(page.url.split("?")[0] + "?status=dismissed")
    page.get_by_text("agreed with the customer").wait_for()


def test_a_version_is_trained_from_its_page(open_page):
    page = open_page("/models/")
    page.get_by_role("button", name="Train a new version").click()
    page.get_by_role("progressbar", name="Training a new version").wait_for()
    page.get_by_text(re.compile("Training ended with version")).wait_for(timeout=90_000)


def test_a_holdout_is_stopped_and_another_planned_and_started(open_page):
    page = open_page("/experiments/", bypass_csp=True)
    page.get_by_role("link", name="Reminded or not").click()
    page.get_by_role("link", name="Stop").click()
    box = page.get_by_role("dialog")
    box.get_by_label("Reason").fill("only a trial")
    box.get_by_role("button", name="Stop").click()
    page.get_by_role("link", name="Decide").wait_for()

    page.goto(page.url.partition("/experiments/")[0] + "/experiments/")
    page.get_by_role("link", name="Plan a holdout").first.click()
    page.get_by_label("Name").fill("What a reminder brings")
    page.get_by_role("button", name="Keep as draft").click()
    page.get_by_role("button", name="Start").click()
    page.get_by_text("Nothing was decided by chance yet").wait_for()
    assert findings(page) == []
