"""The pictures of roles and guides: taken from the running desk, on one day, in the light theme.

Long tier. `python3 dev.py test --release --pictures tests/browser/test_pictures.py` writes them into
docs/img; without `--pictures` they are taken and looked at, and docs/img stays as it is.
"""

import re
import struct
import zlib

import pytest

from tests.browser.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.release]

IMG = ROOT / "docs" / "img"
SIZE = {"width": 1280, "height": 800}
PAGES = {
    "credit-manager": ("/credit/", "Credit portfolio"),
    "collector": ("/worklist/?show=all", "My worklist"),
    "cash-application-clerk": ("/cash/", "Cash application"),
    "dispute-resolver": ("/disputes/", "Disputes"),
    "cfo": ("/forecast/", "Cash forecast"),
    "admin-and-auditor": ("/verify/", "Verify the books"),
}
"""Address and heading of what a role's page shows; the debtor's has a test of its own."""
GUIDES = {
    "apply-cash": ("/cash/", r"/cash/\d+/"),
    "check-orders": ("/credit-holds/", ""),
    "disputes": ("/disputes/", r"/disputes/\d+/"),
    "plan-ahead": ("/planning/", ""),
    "shared-inbox": ("/inbox/", ""),
    "strategies": ("/strategies/", r"/strategies/\d+/"),
}
"""Guides whose page is shown: an address, and the first link there that is followed."""
PORTAL = """
from dunwell import clock
from dunwell.actions.gate import system
from dunwell.actions.portal_links import send_sign_in_link
from dunwell.jobs.demo_debtors import demo_seat
from dunwell.models import Company
from dunwell.queries.portal_links import portal_address
company = Company.objects.get()
link = send_sign_in_link(
    actor=system(company), seat=demo_seat(company), site="{site}", at=clock.now()
)
print(portal_address(link, "{site}"))
"""


def shades(png):
    """How many values the decoded lines of a PNG have: an empty page has one or two."""
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    return len(set(zlib.decompress(data)))


def taken(page, name, request):
    """The picture of a page; written into docs/img only where that was asked for."""
    page.evaluate("document.fonts.ready")
    png = page.screenshot(animations="disabled", caret="hide", scale="css")
    if request.config.getoption("--pictures"):
        (IMG / f"{name}.png").write_bytes(png)
    return png


@pytest.fixture
def paper(browser, desk, signed_in):
    """A page of the desk as a picture shows it: light, in English, of one size."""
    contexts = []

    def opened(address, *, is_signed_in=True):
        context = browser.new_context(
            viewport=SIZE, storage_state=signed_in if is_signed_in else None,
            color_scheme="light", locale="en-GB", reduced_motion="reduce",
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("role", PAGES)
def test_the_page_of_a_role_makes_a_picture(desk, paper, request, role):
    path, heading = PAGES[role]
    page = paper(desk.address + path)

    if role == "admin-and-auditor":
        page.get_by_role("main").get_by_role("button", name=re.compile("^Verify")).first.click()
        page.get_by_text("holds", exact=True).first.wait_for()
    assert page.get_by_role("heading", level=1).first.inner_text() == heading
    assert shades(taken(page, f"role-{role}", request)) > 50


@pytest.mark.parametrize("guide", GUIDES)
def test_the_page_of_a_guide_makes_a_picture(desk, paper, request, guide):
    path, following = GUIDES[guide]
    page = paper(desk.address + path)

    if following:
        links = page.get_by_role("main").get_by_role("link")
        targets = links.evaluate_all("all => all.map(one => one.getAttribute('href'))")
        page.goto(desk.address + next(one for one in targets if re.fullmatch(following, one)))
    assert page.get_by_role("heading", level=1).first.inner_text() != ""
    assert shades(taken(page, f"guide-{guide}", request)) > 50


def test_the_portal_makes_a_picture(desk, paper, request):
    told = desk.manage("shell", "-v", "0", "-c", PORTAL.format(site=desk.address))
    page = paper(told.split()[-1], is_signed_in=False)
    page.get_by_role("button", name="Open").or_(
        page.get_by_role("button", name="Sign in")
    ).first.click()
    page.wait_for_url("**/portal/")
    # a customer's people begin in their own language
    if page.locator("html").get_attribute("lang") != "en":
        page.get_by_role("button", name="English", exact=True).click()
        page.locator("html[lang=en]").wait_for(state="attached")

    assert shades(taken(page, "role-debtor", request)) > 50
