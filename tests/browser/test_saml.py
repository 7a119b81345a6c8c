"""Signing in by SAML in a real browser, whose cookies stay at home when another site sends a form."""

import contextlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, Desk, _wait_until_served
from tests.migrated import put_sqlite
from tests.ports import free_port
from tests.trust.saml_server import SamlProvider

pytestmark = pytest.mark.browser

RECORDS = """
from dunwell import clock
from dunwell.actions.companies import add_company
from dunwell.models import Membership, Role, User
company = add_company(
    name="Corner Shop", zone="UTC", country="DE", currency="EUR", language="en", at=clock.now()
)
anna = User.objects.create(username="anna", email="anna@northwind.example")
Membership.objects.create(user=anna, company=company, role=Role.COLLECTOR)
"""


@dataclass(frozen=True)
class SamlDesk(Desk):
    """A desk at which people sign in by SAML."""

    told: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self):
        path = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
        return {
            **{name: told for name, told in os.environ.items() if not name.startswith("DUNWELL_")},
            "DJANGO_SETTINGS_MODULE": "dunwell.settings",
            "DUNWELL_DATA_DIR": str(self.folder),
            "PYTHONPATH": path,
            **self.told,
        }


@pytest.fixture(scope="module")
def provider():
    provider = SamlProvider()
    yield provider
    provider.close()


@pytest.fixture(scope="module")
def saml_desk(provider):
    """A served company at `localhost`; the provider at 127.0.0.1 is another site for browsers."""
    with tempfile.TemporaryDirectory(prefix="dunwell-saml-") as folder:
        metadata = Path(folder) / "provider.xml"
        metadata.write_text(provider.metadata(), "utf-8")
        port = free_port()
        desk = SamlDesk(
            address=f"http://localhost:{port}",
            folder=Path(folder),
            told={
                "DUNWELL_SAML_PROVIDER": provider.issuer,
                "DUNWELL_SAML_METADATA_FILE": str(metadata),
                "DUNWELL_SAML_NAME": "Northwind SAML",
                "DUNWELL_SAML_MATCH_EMAIL": "1",
                "DUNWELL_REQUIRE_MFA": "0",
            },
        )
        put_sqlite(desk.folder)
        desk.manage("shell", "-v", "0", "-c", RECORDS)
        with (desk.folder / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "django", "serve", "--port", str(port)],
                cwd=ROOT, env=desk.environment, stdout=log, stderr=log,
            )  # fmt: skip
            try:
                _wait_until_served(desk, server)
                yield desk
            finally:
                server.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    server.wait(timeout=10)
                if server.poll() is None:
                    server.kill()
                    server.wait()


@pytest.mark.parametrize("script", [True, False])
def test_a6_8_2_a_browser_comes_in_by_saml_from_another_site(browser, provider, saml_desk, script):
    provider.honest()
    context = browser.new_context(java_script_enabled=script)
    context.set_default_timeout(10_000)
    page = context.new_page()
    asked = []
    page.on("request", lambda one: asked.append((one.method, one.url.split("?")[0], one)))

    page.goto(f"{saml_desk.address}/accounts/login/?next=/customers/")
    page.get_by_role("button", name="Northwind SAML").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    waiting = {one["name"] for one in context.cookies(saml_desk.address)}
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(f"{saml_desk.address}/customers/")

    answer = f"{saml_desk.address}/accounts/saml/answer/"
    across = [one for method, url, one in asked if (method, url) == ("POST", answer)]
    kept = {one["name"] for one in context.cookies(saml_desk.address)}
    assert "sessionid" in waiting
    # what the design is for: the session did not come with the other site's form
    assert "sessionid" not in across[0].all_headers().get("cookie", "")
    assert "saml" not in kept
    expect(
        page.get_by_role("button", name="anna").or_(page.get_by_text("anna")).first
    ).to_be_attached()
    context.close()


def test_a6_8_2_an_answer_put_into_somebody_elses_browser_signs_nobody_in(
    browser, provider, saml_desk
):
    """A thief sends their own answer from another browser, to have the victim work as them."""
    provider.honest()
    thief, victim = browser.new_context(), browser.new_context()
    begun = thief.new_page()
    begun.goto(f"{saml_desk.address}/accounts/login/")
    begun.get_by_role("button", name="Northwind SAML").click()
    expect(begun.get_by_role("button", name="Go on")).to_be_visible()
    form = begun.content()
    sent = victim.new_page()
    # a page of the provider's, which is another site than the desk
    sent.goto(provider.issuer.replace("metadata", "about"))
    sent.set_content(form)
    sent.get_by_role("button", name="Go on").click()

    expect(sent.get_by_role("heading", name="You are not signed in")).to_be_visible()
    sent.goto(f"{saml_desk.address}/customers/")
    assert "/accounts/login/" in sent.url
    thief.close()
    victim.close()
