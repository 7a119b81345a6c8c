"""Every page is free of what axe finds, in both themes, on a desktop and on a phone.

A page of many is tried when the hand has it, in one size and theme, other ones than its
neighbours; in the long tier all are in all four. Pages whose parts are everywhere come more often,
in each size and each theme.
"""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import credit_records, team_records
from tests.browser.conftest import SIZES
from tests.dealing import dealt

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
    "preload": False,
}
FIXED = (
    "/",
    "/worklist/?show=all",
    "/customers/",
    "/customers/?q=zzzz",
    "/promises/?outcome=any",
    "/messages/",
    "/messages/?status=draft",
    "/accounts/2fa/",
    "/accounts/password/set/",
    "/accounts/sessions/",
)
COLLECTIONS = (
    "/my-day/",
    "/call/",
    "/team/",
    "/levels/",
    "/segments/",
    "/segments/moves/",
    "/pools/",
    "/plans/",
    "/plans/instalments/",
    "/settlements/",
    "/incentives/",
    "/approvals/",
    "/charges/",
    "/charges/rates/",
    "/charges/rules/",
    "/contact-rules/",
    "/contact-rules/attempts/",
    "/letters/",
    "/escalations/",
    "/watches/",
    "/placements/",
    "/agencies/",
    "/legal/",
    "/limitation/",
    "/recoveries/",
    "/vat-relief/",
    "/policies/",
    "/policies/promises/",
    "/promises/calendar/",
    "/duplicates/",
    "/duplicates/merges/",
)
CREDIT = (
    "/credit/",
    "/credit/customers/",
    "/credit/stress/?pd_times=2&top=1",
    "/credit-reviews/?scope=all",
    "/credit-reviews/calendar/",
    "/warnings/",
    "/covers/",
    "/covers/?scope=requested",
    "/covers/deadlines/",
    "/covers/usage/",
    "/covers/claims/",
    "/covers/file/",
    "/limits/",
    "/limits/new/",
    "/limits/import/",
    "/limits/adjust/",
    "/credit-groups/",
    "/applications/",
    "/applications/new/",
    "/applications/screening/",
    "/orders/",
    "/orders/check/",
    "/credit-holds/",
    "/credit-policy/",
    "/credit-policy/try/",
    "/credit-policy/ratings/",
    "/policies/credit/",
    "/bureaus/",
    "/bureaus/questions/",
    "/scorecards/",
    "/scorecards/learn/",
    "/scorecards/write/",
)
OF_CREDIT = (
    "/limits/{waiting_limit_id}/",
    "/customers/{limit_customer_id}/limits/",
    "/customers/{limit_customer_id}/exposure/",
    "/customers/{limit_customer_id}/hierarchy/",
    "/credit-groups/{credit_group_id}/",
    "/duplicates/of/{limit_customer_id}/into/{order_customer_id}/",
    "/orders/{held_order_id}/",
    "/orders/of/{order_customer_id}/",
    "/credit-holds/{credit_hold_id}/",
    "/credit-policy/{credit_version_id}/",
    "/credit-policy/{credit_version_id}/replays/",
    "/credit-policy/replays/{credit_replay_id}/",
    "/customers/{bureau_customer_id}/credit-file/",
    "/financial-statements/{financial_statement_id}/",
    "/scorecards/{champion_scorecard_id}/",
    "/applications/{recommended_application_id}/",
    "/applications/{contested_application_id}/",
    "/applications/{draft_application_id}/answers/",
    "/covers/{cover_id}/",
    "/covers/{cover_id}/claim/",
    "/credit-reviews/{advised_review_id}/",
    "/warnings/{warning_id}/",
)
INSIGHT = (
    "/kpis/",
    "/kpis/dso/",
    "/analysis/",
    "/analysis/bridge/",
    "/analysis/benchmarks/",
    "/forecast/levers/",
    "/forecast/accuracy/",
    "/planning/",
    "/planning/budgets/",
    "/planning/scenarios/",
    "/planning/covenants/",
    "/risk/",
    "/risk/appetite/",
    "/risk/stress/",
    "/risk/rebalancing/",
    "/risk/signals/",
    "/provisions/",
    "/financing/",
    "/process/",
    "/process/bottlenecks/",
    "/initiatives/",
    "/targets/",
    "/portfolio-reviews/",
    "/advisors/",
    "/reports/",
    "/reports/today/",
    "/reports/add/",
    "/views/",
)
TOGETHER = (
    "/assistant/",
    "/hand-offs/?scope=all",
    "/mentions/",
    "/meetings/",
    "/suggestions/",
    "/team/on-call/",
    "/training/",
    "/training/people/",
    "/people/duties/",
    "/people/reviews/",
    "/privacy/",
    "/privacy/log/",
    "/desk-exports/",
    "/connections/",
    "/connections/new/",
    "/connections/new/odoo/",
    "/shadow/",
    "/kpis/dso/explained/",
)
OF_TOGETHER = (
    "/assistant/{talk_id}/",
    "/people/{colleague_id}/second-factor/",
    "/connections/{folder_connection_id}/",
    "/connections/{folder_connection_id}/files/",
    "/customers/{shared_customer_id}/case/",
    "/customers/{shared_customer_id}/copilot/",
    "/customers/{shared_customer_id}/copilot/email/",
    "/customers/{shared_customer_id}/hand-off/",
    "/privacy/customers/{shared_customer_id}/",
    "/hand-offs/{hand_off_id}/",
    "/meetings/{meeting_id}/",
    "/meetings/points/{meeting_point_id}/",
    "/meetings/agenda/{meeting_customer_id}/broken/{meeting_currency}/",
    "/team/absence/{absence_id}/",
    "/training/calls/{role_play_id}/",
    "/training/quizzes/{sitting_id}/",
)
ON_A_CUSTOMER = ("", "call/", "note/", "promise/", "dispute/", "hold/", "snooze/", "contact/")
SIGNED_OUT = ("/accounts/login/", "/sign-in/spent/")


LOOKS = [(size, theme) for size in SIZES for theme in ("light", "dark")]
PAIRS = [("desktop", "light"), ("phone", "dark")]
"""Each size and each theme once."""


def looks_of(path):
    """The sizes and themes a page is tried in."""
    return list(dealt(dict(enumerate(LOOKS)), path, 1).values())


def findings(page, looks=LOOKS, *, part=None):
    """What axe finds in the sizes and themes, and pages that scroll sideways as a whole.

    A menu that is open covers links of the page, which then count as too small: it is a `part`.
    """
    told = []
    for size, theme in looks:
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found = Axe().run(page, context=part, options=RULES).response["violations"]
        told += [
            f"{size} {theme} {rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for rule in found
            for node in rule["nodes"]
        ]
        if page.evaluate(IS_TOO_WIDE):
            told.append(f"{size} {theme}: the page is wider than its window")
    return told


IS_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def opened(open_page):
    """Open a page for axe, which writes a style of its own that our policy forbids."""

    def without_policy(path, **how):
        return open_page(path, bypass_csp=True, **how)

    return without_policy


@pytest.mark.dealt(one_in=8)
@pytest.mark.parametrize("path", FIXED)
def test_a_page_is_accessible(opened, path):
    assert findings(opened(path), PAIRS) == []


@pytest.mark.dealt(one_in=20)
@pytest.mark.parametrize("path", COLLECTIONS)
def test_a_page_of_collections_is_accessible(opened, path):
    page = opened(path)
    assert page.locator("h1").count() == 1
    assert findings(page, looks_of(path)) == []


@pytest.mark.dealt(one_in=20)
@pytest.mark.parametrize("path", INSIGHT)
def test_a_page_of_insight_is_accessible(opened, path):
    page = opened(path)
    assert page.locator("h1").count() == 1
    assert findings(page, looks_of(path)) == []


@pytest.mark.dealt(one_in=20)
@pytest.mark.parametrize("path", CREDIT)
def test_a_page_of_credit_is_accessible(opened, path):
    page = opened(path)
    assert page.locator("h1").count() == 1
    assert findings(page, looks_of(path)) == []


@pytest.fixture(scope="session")
def credit(desk):
    """The keys of one record of every kind of credit, added to the desk once."""
    return json.loads(desk.manage("shell", "-c", credit_records.CALL).splitlines()[-1])


@pytest.mark.dealt(one_in=20)
@pytest.mark.parametrize("path", OF_CREDIT)
def test_a_page_about_a_record_of_credit_is_accessible(opened, credit, path):
    page = opened(path.format(**credit))
    assert page.locator("h1").count() == 1
    assert findings(page, looks_of(path)) == []


@pytest.fixture(scope="session")
def shared(desk):
    """The keys of what colleagues share, of training and of a talk, added to the desk once."""
    return json.loads(desk.manage("shell", "-c", team_records.CALL).splitlines()[-1])


@pytest.mark.dealt(one_in=20)
@pytest.mark.parametrize("path", TOGETHER + OF_TOGETHER)
def test_a_page_of_what_people_share_is_accessible(opened, shared, path):
    page = opened(path.format(**shared))
    assert page.locator("h1").count() == 1
    assert findings(page, looks_of(path)) == []


def test_the_page_a_follow_up_leads_to_is_accessible(opened, shared):
    page = opened("/follow-up/{follow_up}/".format(**shared), is_signed_in=False)
    assert page.get_by_role("log").count() == 1
    assert findings(page, PAIRS) == []


def test_the_form_of_an_applicant_is_accessible(opened, credit):
    page = opened("/apply/{company_slug}/".format(**credit), is_signed_in=False)
    assert page.locator("h1").count() == 1
    assert findings(page) == []


@pytest.mark.parametrize("path", SIGNED_OUT)
def test_a_page_before_sign_in_is_accessible(opened, path):
    assert findings(opened(path, is_signed_in=False)) == []


@pytest.mark.dealt(one_in=8)
@pytest.mark.parametrize("path", ON_A_CUSTOMER)
def test_a_page_about_a_customer_is_accessible(opened, desk, path):
    page = opened("/worklist/?show=all")
    page.goto(desk.address + page.locator(".entry").first.get_attribute("data-customer") + path)

    assert findings(page, PAIRS) == []


@pytest.mark.dealt(one_in=6, of="parts for axe")
def test_a_message_is_accessible(opened):
    page = opened("/messages/")
    page.locator("td a").first.click()
    page.wait_for_url(re.compile(r"/messages/\d+/"))

    assert findings(page) == []


@pytest.mark.dealt(one_in=6, of="parts for axe")
def test_menus_and_dialogs_are_accessible(opened):
    page = opened("/worklist/?show=all")
    page.get_by_label("Your menu").click()
    assert findings(page, PAIRS, part="details.menu[open]") == []

    page.keyboard.press("Escape")
    page.set_viewport_size(SIZES["desktop"])
    page.keyboard.press("?")
    page.locator("dialog#keys[open]").wait_for()
    assert findings(page, PAIRS) == []

    page.keyboard.press("Escape")
    page.set_viewport_size(SIZES["desktop"])
    page.keyboard.press("p")
    page.locator("dialog#dialog[open] form").last.wait_for()
    assert findings(page) == []


@pytest.mark.dealt(one_in=6, of="parts for axe")
def test_a_refused_form_is_accessible(opened, desk):
    page = opened("/worklist/?show=all")
    page.goto(desk.address + page.locator(".entry").first.get_attribute("data-customer") + "note/")
    page.get_by_role("button", name="Record note").click()
    page.get_by_text("This field is required.").wait_for()

    assert findings(page) == []
