"""The frame of every page: sign-in, company, theme, language, errors, and what a browser may run."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client
from lucide.templatetags.lucide import lucide

from dunwell.models import Membership
from dunwell.templatetags.dates import day_near
from dunwell.templatetags.events import LOOKS
from dunwell.templatetags.icons import drawn
from dunwell.templatetags.money import money, money_input, money_whole, read_money
from dunwell.templatetags.places import CONTROL, DAILY
from dunwell.templatetags.ui import GATE_LABELS
from tests.conftest import AT

TEMPLATES = settings.PACKAGE / "templates"
SCRIPTS = settings.PACKAGE / "static" / "js"


def test_sign_in_offers_password_and_passkey_and_a_wrong_password_is_told(client, reader):
    page = client.get("/accounts/login/")
    wrong = client.post("/accounts/login/", {"login": "rita", "password": "wrong"})

    assert "Sign in with a passkey" in page.text
    assert 'role="alert"' in wrong.text


def test_a_link_signs_in_once_and_then_says_so(client, admin, reader):
    from dunwell.actions.users import make_sign_in_link
    from tests.actions.desk import acting

    token = make_sign_in_link(actor=acting(admin), user=reader, at=AT)

    shown = client.get(f"/sign-in/{token}/")
    first = client.post(f"/sign-in/{token}/")
    second = client.post(f"/sign-in/{token}/")

    assert "Welcome" in shown.text
    assert (first.status_code, first["Location"]) == (302, "/")
    assert second.status_code == 422 and "was used or has expired" in second.text


def test_somebody_without_a_role_is_told(come_in, reader):
    Membership.objects.all().delete()

    page = come_in(reader).get("/")

    assert page.status_code == 403
    assert "You have no role in any company" in page.text


def test_a_person_of_two_companies_changes_between_them_and_to_no_third(
    come_in, reader, rival, company
):
    other = rival.memberships.first().company
    client = come_in(reader)
    refused = client.post("/company/", {"company": other.pk})
    Membership.objects.create(company=other, user=reader, role="read_only")

    client.post("/company/", {"company": other.pk})

    assert refused.status_code == 404
    assert 'aria-current="true">' in client.get("/").text
    assert client.get("/").context["company"] == other


def test_theme_and_language_are_kept_in_cookies(client, come_in, reader):
    come_in(reader)
    client.post("/theme/", {"theme": "dark", "next": "/customers/"})
    assert 'data-theme="dark"' in client.get("/").text
    client.post("/theme/", {"theme": "system"})
    assert "data-theme=" not in client.get("/").text.split(">")[1]

    client.post("/language/", {"language": "de"})
    assert '<html lang="de"' in client.get("/").text


def test_what_is_not_there_is_a_page_of_ours(come_in, reader):
    page = come_in(reader).get("/customers/999/")

    assert page.status_code == 404
    assert "There is nothing here" in page.text and "a company you do not work for" in page.text

    page = Client().get("/portal/no-such-page/")
    assert page.status_code == 404
    assert 'href="/portal/"' in page.text and "a company you do not work for" not in page.text


def test_the_error_page_needs_nothing():
    assert "Something broke on our side" in get_template("500.html").render()


def test_no_template_holds_a_script_a_style_or_a_handler():
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        scripts = re.findall(r"<script(?![^>]*(src=|application/json))", text)
        found = re.findall(r"\s(?:style|on[a-z]+)=[\"']|<style", text)
        assert (path.name, scripts, found) == (path.name, [], [])


def test_no_script_evaluates_text():
    for path in SCRIPTS.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|\.innerHTML|\.style\b", text), path.name


def test_every_icon_there_is_can_be_drawn():
    names = {place.icon for place in (*DAILY, *CONTROL)} | {look.icon for look in LOOKS.values()}
    for path in TEMPLATES.rglob("*.html"):
        names |= set(re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8")))

    for name in names:
        as_theirs = lucide(name, size=16, **{"class": "glyph", "aria_hidden": "true"})
        assert drawn(name, 16, "glyph") == as_theirs


def test_every_reason_of_the_gate_has_a_name_and_a_sentence():
    from dunwell.engine.chase import GATE_REASONS

    assert set(GATE_REASONS) <= set(GATE_LABELS)


@pytest.mark.parametrize(
    ("minor", "currency", "shown", "whole", "typed"),
    [
        (1_234_56, "EUR", "€1,234.56", "€1,235", "1234.56"),
        (-50, "EUR", "-€0.50", "-€1", "-0.50"),
        (1_234, "JPY", "¥1,234", "¥1,234", "1234"),
        (1_234_567, "KWD", "KWD 1,234.567", "KWD 1,235", "1234.567"),
        (9_99, "XXX", "XXX 9.99", "XXX 10", "9.99"),
    ],
)
def test_amounts_read_and_are_typed_exactly(minor, currency, shown, whole, typed):
    assert money(minor, currency).replace("\N{NO-BREAK SPACE}", " ") == shown
    assert money_whole(minor, currency).replace("\N{NO-BREAK SPACE}", " ") == whole
    assert money_input(minor, currency) == typed
    assert read_money(typed, currency) == minor


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(2026, 12, 31), "Dec 31"),
        (date(2027, 1, 1), "Jan 1, 2027"),
        (date(2025, 6, 17), "Jun 17, 2025"),
    ],
)
def test_a_short_day_tells_its_year_where_it_is_not_that_of_the_page(day, shown):
    assert day_near(day, date(2026, 11, 28)) == shown


def test_the_vendor_folder_is_complete():
    for name in ("tabler.min.css", "inter-latin-wght-normal.woff2"):
        assert (Path(settings.PACKAGE) / "static" / "vendor" / name).exists(), "run dev.py first"


def test_no_shape_of_a_chart_is_left_black():
    styles = "".join(path.read_text() for path in (SCRIPTS.parent / "css").glob("*.css"))
    shape = re.compile(r'<(?:rect|circle|path|polygon)[^>]* class="([a-z -]+)"')
    names = {
        name
        for path in TEMPLATES.rglob("*.html")
        for names in shape.findall(path.read_text())
        for name in names.split()
    }
    assert len(names) > 20
    assert sorted(name for name in names if f".{name}" not in styles) == []
