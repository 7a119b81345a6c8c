"""A session ends while somebody types in a dialog: after signing in the words stand there again."""

import pytest

pytestmark = pytest.mark.browser

PASSWORD = "a long sentence for one test"
SOMEBODY = f"""
from dunwell.models import Membership, User
from dunwell.queries.companies import open_demo
user = User.objects.create_user("typist", "typist@demo.example", "{PASSWORD}")
Membership.objects.create(company=open_demo(), user=user, role="collector")
"""
END_ONE = """
from django.contrib.sessions.backends.db import SessionStore
session = SessionStore("{key}")
session["began_at"], session["seen_at"] = 0, 0
session.save()
"""


def test_words_in_a_dialog_come_back_after_the_session_ended(desk, open_page):
    # of their own: a changed password ends every session, and others share the lead's
    desk.manage("shell", "-v", "0", "-c", SOMEBODY)
    page = open_page("/customers/", is_signed_in=False)

    def sign_in():
        page.get_by_label("Name or e-mail").or_(page.locator("[name=login]")).first.fill("typist")
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/accounts/" not in address)

    sign_in()
    page.locator("main table tbody a").first.click()
    page.locator("[data-key=n]").click()
    box = page.locator("dialog#dialog[open]")
    box.locator("textarea").fill("She called, and will pay on Friday.")
    box.locator("select[name=kind]").select_option(index=1)
    stood, kind = page.url, box.locator("select[name=kind]").input_value()

    cookie = next(one for one in page.context.cookies() if "session" in one["name"])
    desk.manage("shell", "-v", "0", "-c", END_ONE.format(key=cookie["value"]))
    box.locator("button:not([data-cancel])").last.click()
    page.locator("#toasts", has_text="You are signed out").wait_for()
    page.reload()
    sign_in()

    box.locator("textarea").wait_for()
    page.locator("#typed-before").wait_for()
    assert page.url == stood
    assert box.locator("textarea").input_value() == "She called, and will pay on Friday."
    assert box.locator("select[name=kind]").input_value() == kind
    page.reload()
    page.locator("[data-key=n]").wait_for()
    assert page.locator("dialog[open], #typed-before").count() == 0
