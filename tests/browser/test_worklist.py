"""The collector's day by keyboard: move, call in three keys, promise, note, snooze, search, help."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.dealt(one_in=10, of="journeys in a browser")]

LIST = "/worklist/?show=all"


def current(page):
    return page.locator(".entry.is-current a").inner_text()


def shown(page):
    """The customer shown beside the list, once it is the one marked in the list."""
    name = current(page)
    page.locator("#detail h2", has_text=name).wait_for()
    return name


def dialog(page):
    box = page.locator("dialog#dialog[open]")
    box.wait_for()
    return box


def names(page):
    return page.locator(".entry a").all_inner_texts()


def toast(page, text):
    page.locator("#toasts", has_text=text).wait_for()


def test_j_and_k_walk_through_the_list_and_enter_opens_the_customer(open_page):
    page = open_page(LIST)
    first, second, third = names(page)[:3]
    assert current(page) == first

    page.keyboard.press("j")
    assert shown(page) == second
    page.keyboard.press("ArrowDown")
    assert shown(page) == third
    page.keyboard.press("k")
    assert shown(page) == second
    assert f"customer={page.locator('.entry.is-current').get_attribute('data-id')}" in page.url

    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    assert page.get_by_role("heading", level=1).inner_text() == second


def test_a_call_takes_three_keys_and_the_next_customer_is_up(open_page):
    page = open_page(LIST)
    called, following = names(page)[:2]

    page.keyboard.press("c")
    dialog(page).get_by_text("How did the call go?").wait_for()
    page.keyboard.press("1")  # reached
    page.keyboard.press("1")  # no cash now
    page.keyboard.press("3")  # call again in a week

    toast(page, f"Call with {called} recorded.")
    page.wait_for_function(
        "name => document.querySelector('.entry.is-current a')?.innerText === name", arg=following
    )
    assert shown(page) == following
    assert called not in names(page)


def test_a_call_without_an_answer_asks_for_no_reason(open_page):
    page = open_page(LIST)
    called = current(page)

    page.keyboard.press("c")
    dialog(page).get_by_text("How did the call go?").wait_for()
    page.keyboard.press("2")  # no answer
    assert not dialog(page).get_by_text("Why is it not paid?").is_visible()
    page.keyboard.press("5")  # keep on the list

    toast(page, f"Call with {called} recorded.")
    assert called in names(page)


def test_a_promise_is_prefilled_and_takes_two_keys(open_page):
    page = open_page(LIST)
    row = page.locator(".entry", has_not=page.locator(".chip", has_text="disputed")).first
    row.click()
    name = shown(page)

    page.keyboard.press("p")
    box = dialog(page)
    box.get_by_label("Promised for", exact=True).wait_for()
    assert box.locator("tbody input:checked").count() >= 1
    box.get_by_label("Promised for", exact=True).press("Enter")

    toast(page, f"Promise of {name} for")


def test_a_refusal_is_shown_in_the_dialog_and_gets_the_focus(open_page):
    page = open_page(LIST)

    page.keyboard.press("p")
    box = dialog(page)
    box.get_by_label("Promised for", exact=True).fill("2020-01-01")
    box.get_by_label("Promised for", exact=True).press("Enter")

    alert = box.get_by_role("alert")
    alert.wait_for()
    assert "already passed" in alert.inner_text()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"


def test_n_writes_a_note_and_s_puts_a_customer_aside(open_page):
    page = open_page(LIST)
    noted = current(page)

    page.keyboard.press("n")
    dialog(page).get_by_label("Text").fill("Asked for a copy of the invoice.")
    dialog(page).get_by_role("button", name="Record note").click()
    toast(page, f"Note on {noted} recorded.")

    page.wait_for_function(
        "name => document.querySelector('.entry.is-current a')?.innerText !== name", arg=noted
    )
    snoozed = shown(page)
    page.keyboard.press("s")
    dialog(page).get_by_text("Until when?").wait_for()
    page.keyboard.press("3")  # in a week
    toast(page, f"{snoozed} is put aside until")
    page.wait_for_function(
        "name => ![...document.querySelectorAll('.entry a')].some(a => a.innerText === name)",
        arg=snoozed,
    )


def test_e_shows_the_message_that_is_ready(open_page):
    page = open_page(LIST)
    page.locator(".entry", has=page.locator(".chip", has_text="E-mail ready")).first.click()
    shown(page)

    page.keyboard.press("e")

    assert "E-mail" in dialog(page).inner_text()
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_keys_do_nothing_while_somebody_types(open_page):
    page = open_page(LIST)
    first = current(page)

    page.get_by_label("Filter this list").press_sequentially("cjk?")

    assert current(page) == first
    assert page.locator("dialog[open]").count() == 0
    assert page.get_by_label("Filter this list").input_value() == "cjk?"


def test_slash_searches_question_mark_helps_and_g_goes(open_page):
    page = open_page("/")
    page.keyboard.press("?")
    page.locator("dialog#keys").get_by_text("Call result").wait_for()
    page.keyboard.press("Escape")

    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url(re.compile("/worklist/"))
    name = current(page)

    page.keyboard.press("/")
    page.keyboard.type(name[:12])
    page.locator("#search-results a").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/"))


def test_on_a_phone_a_customer_is_a_page_of_its_own(open_page):
    page = open_page(LIST, size="phone")
    assert not page.locator("#detail").is_visible()
    name = names(page)[0]

    page.locator(".entry").first.click()
    page.wait_for_url(re.compile("customer="))
    assert page.locator("#detail h2").inner_text() == name
    assert not page.locator(".split-list").is_visible()

    page.get_by_role("link", name="Worklist", exact=True).first.click()
    page.locator(".entry").first.wait_for()


def test_everything_works_without_a_script(open_page):
    page = open_page(LIST, script=False)
    name = names(page)[3]
    page.get_by_role("link", name=name, exact=True).first.click()
    assert page.locator("#detail h2").inner_text() == name

    page.locator("#detail").get_by_role("link", name="Note").click()
    page.get_by_label("Text").fill("Written without a script.")
    page.get_by_role("button", name="Record note").click()

    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    assert page.locator("#toasts").inner_text() == f"Note on {name} recorded."
    page.get_by_text("Written without a script.").first.wait_for()


def test_the_theme_changes_at_once_and_stays(open_page):
    page = open_page("/")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)

    page.get_by_label("Your menu").click()
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(background)
    page.reload()

    assert dark != light
    assert page.evaluate(background) == dark
    assert page.locator("html").get_attribute("data-theme") == "dark"
