"""A clerk's queue of payments by keyboard: walk, choose, type, apply, take back; and its pages."""

import re

import pytest

from tests.browser.conftest import SIZES, press_and_load
from tests.browser.test_accessibility import findings, looks_of

pytestmark = [pytest.mark.browser, pytest.mark.dealt(one_in=10, of="journeys in a browser")]

PAGES = (
    "/cash/",
    "/cash/?status=posted",
    "/cash/?q=zzzz",
    "/cash/quality/",
    "/cash/unapplied/?currency=EUR",
    "/cash/payers/",
    "/cash/payers/add/",
    "/bank/",
    "/bank/files/",
    "/bank/entries/?treatment=all",
    "/bank/remittances/",
    "/refunds/",
    "/refunds/unclaimed/",
    "/refunds/payees/",
    "/cash-policy/",
    "/cash-policy/draft/",
    "/debits/",
    "/debits/add/",
    "/debits/returns/",
    "/debits/answer/",
    "/mandates/",
    "/books/",
    "/books/close/",
    "/books/journals/",
    "/books/journals/make/",
    "/books/exchange/",
    "/statements/",
)
FORMS = ("on-account/", "hold/")


def opened(open_page, text, **how):
    """The case of the first waiting payment whose text holds `text`."""
    page = open_page(f"/cash/?q={text}", **how)
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/cash/\d+/$"))
    page.locator("[data-workbench]").wait_for()
    return page


def heading(page):
    return page.get_by_role("heading", level=1).inner_text()


def amounts(page):
    """What the amount fields hold, empty ones left out."""
    boxes = page.locator('[name^="amount-"]')
    return [box.input_value() for box in boxes.all() if box.input_value()]


def told(page, text):
    page.locator("[data-sum]", has_text=text).wait_for()


def type_amount(page, text):
    """Write into the first amount field, and leave it so that keys are keys again."""
    page.locator('[name^="amount-"]').first.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)
    page.keyboard.press("Escape")


def take_back(page, reason):
    page.keyboard.press("u")
    box = page.locator("dialog#dialog[open]")
    box.get_by_label("Reason").fill(reason)
    page.keyboard.press("Enter")
    page.locator("#toasts", has_text="Taken back; the payment waits again.").wait_for()


@pytest.mark.dealt(one_in=12)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_about_cash_is_accessible_and_fits(open_page, path):
    assert findings(open_page(path, bypass_csp=True), looks_of(path)) == []


def test_a_case_and_its_forms_are_accessible(open_page):
    page = opened(open_page, "damaged", bypass_csp=True)
    page.locator("details summary", has_text="Difference").first.click()
    address = page.url
    found = findings(page)
    for form in FORMS:
        page.goto(address + form)
        found += findings(page)

    assert found == []


def test_a_posted_case_and_its_payment_are_accessible_and_name_each_other(open_page):
    page = open_page("/cash/?status=posted", bypass_csp=True)
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name="The payment and where it went").click()
    page.get_by_role("link", name="How it was matched").wait_for()
    found = findings(page)
    page.get_by_role("link", name="How it was matched").click()
    page.wait_for_url(re.compile(r"/cash/\d+/$"))

    assert found + findings(page) == []


def test_the_queue_is_opened_and_walked_by_keyboard(open_page, desk):
    page = open_page("/")
    page.keyboard.press("g")
    page.keyboard.press("y")
    page.wait_for_url(f"{desk.address}/cash/")
    names = page.locator("tbody th a").all_inner_texts()

    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/cash/\d+/$"))
    assert heading(page) == names[0]
    press_and_load(page, "j")
    assert heading(page) == names[1]
    press_and_load(page, "k")
    assert heading(page) == names[0]


def test_digits_choose_proposals_and_the_fields_follow(open_page):
    page = opened(open_page, "damaged")
    first = amounts(page)
    told(page, "All of it is put on items.")

    page.keyboard.press("2")
    page.locator('[name="proposal"][value="2"]:checked').wait_for()
    assert amounts(page) != first
    page.keyboard.press("1")
    page.locator('[name="proposal"][value="1"]:checked').wait_for()
    assert amounts(page) == first
    told(page, "All of it is put on items.")


def test_the_rest_follows_what_is_typed_and_too_much_cannot_be_applied(open_page):
    page = opened(open_page, "MELKOSTAD")
    apply = page.locator("[data-apply]")
    assert page.locator("[data-sum]").get_attribute("aria-live") == "polite"

    type_amount(page, "200.00")
    told(page, "50.00 EUR stays on account")
    assert apply.is_enabled()
    type_amount(page, "250.01")
    told(page, "0.01 EUR more than is left")
    assert apply.is_disabled()
    type_amount(page, "a lot")
    page.locator("[data-sum].is-over").wait_for()
    assert apply.is_disabled()

    type_amount(page, "199.50")
    page.keyboard.press("s")
    told(page, "All of it is put on items.")
    assert amounts(page) == ["250.00"]


def test_a_german_types_amounts_with_a_comma(open_page, desk):
    page = open_page("/cash/?q=MELKOSTAD")
    page.context.add_cookies([{"name": "django_language", "value": "de", "url": desk.address}])
    page.reload()
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/cash/\d+/$"))
    assert page.locator("[data-workbench]").get_attribute("data-decimal") == ","
    assert amounts(page) == ["250,00"]

    type_amount(page, "0.200,25")
    told(page, "49,75 EUR")
    page.keyboard.press("s")
    page.locator("[data-sum].is-even").wait_for()
    assert amounts(page) == ["250,00"]


def test_found_rows_stay_when_something_is_typed_in_them(open_page):
    page = opened(open_page, "transfer as agreed")
    assert page.locator("[data-row]").count() == 0

    page.keyboard.press("f")
    page.keyboard.type("INV-1020")
    same = page.locator("#found [data-row]:not([data-foreign])").first
    same.wait_for()
    kept = same.get_attribute("data-row")
    left = int(page.locator("[data-workbench]").get_attribute("data-left"))
    page.locator(f'[name="amount-{kept}"]').fill(f"0.{left % 100:02}")
    told(page, f"{left // 100}.00 EUR stays on account")

    find = page.locator("#find")
    find.fill("INV-1021")
    page.locator(f'[data-rows] > [data-row="{kept}"]').wait_for()
    assert page.locator(f'[name="amount-{kept}"]').input_value() == f"0.{left % 100:02}"
    find.fill("no such thing")
    page.get_by_text("No further open item holds this text.").wait_for()
    assert page.locator("[data-row]").count() == 1


def test_a_applies_the_next_case_opens_and_u_takes_it_back(open_page):
    page = opened(open_page, "MELKOSTAD")
    address, name = page.url, heading(page)

    page.keyboard.press("a")
    page.wait_for_url(re.compile(r"/cash/\d+/\?after=\d+$"))
    assert heading(page) != name
    page.get_by_text(f"{name} is applied.").wait_for()

    take_back(page, "the wrong customer")
    page.goto(address)
    page.get_by_text("To be decided").wait_for()
    page.get_by_text("the wrong customer").first.wait_for()


def test_who_was_faster_is_right_and_the_other_is_told(open_page):
    slow = opened(open_page, "MELKOSTAD")
    fast = open_page(f"/{slow.url.split('/', 3)[3]}")
    fast.keyboard.press("a")
    fast.wait_for_url(re.compile(r"\?after=\d+$"))

    slow.keyboard.press("a")
    alert = slow.get_by_role("alert")
    alert.wait_for()
    assert "lead" in alert.inner_text()

    take_back(fast, "to be looked at again")


def test_a_case_is_decided_on_a_phone_without_a_script(open_page):
    page = open_page("/cash/?q=MELKOSTAD", size="phone", script=False)
    page.locator("tbody th a").first.click()
    name = heading(page)
    page.get_by_role("button", name="Apply").click()
    page.get_by_text(f"{name} is applied.").first.wait_for()
    assert page.viewport_size == SIZES["phone"]

    page.get_by_role("link", name="Take it back").click()
    page.get_by_label("Reason").fill("only tried")
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("To be decided").first.wait_for()
