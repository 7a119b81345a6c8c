"""The page about the domain we send from: asked in the background, findings with their cure."""

import pytest

from dunwell.models import Channel, DomainCheck
from tests.conftest import AT
from tests.connectors.zone_server import zone_server

ZONE = {
    ("acme.dev", "TXT"): ['"v=spf1 mx +all"'],
    ("acme.dev", "MX"): ["10 mx.acme.dev."],
    ("_dmarc.acme.dev", "TXT"): ['"v=DMARC1; p=none"'],
}


@pytest.fixture
def server(settings):
    settings.DEFAULT_FROM_EMAIL = "Credit <credit@acme.dev>"
    with zone_server(ZONE) as place:
        settings.NAME_SERVERS = [place]
        yield place


def test_a_check_shows_what_to_put_into_the_zone(come_in, manager, company, server):
    client = come_in(manager)
    before = client.get("/mail-domain/").text
    after = client.post("/mail-domain/check/", {"selectors": "s1, s2"}, follow=True).text

    assert "acme.dev" in before and "Not looked at yet" in before
    assert "3 to be mended" in after
    assert "it allows every server in the world" in after
    assert "v=spf1 mx -all" in after
    assert "s2._domainkey.acme.dev" in after
    assert "v=DMARC1; p=quarantine" in after
    assert 'value="s1, s2"' in after
    check = DomainCheck.objects.get()
    assert (check.domain, check.is_good, check.by) == ("acme.dev", False, "mona")


def test_the_senders_of_channels_are_looked_at_too(come_in, manager, company, server):
    Channel.objects.create(
        company=company, kind="email", provider="smtp", sender="dunning@acme.example",
        nonce="n", by="ada", recorded_at=AT,
    )  # fmt: skip
    page = come_in(manager).post("/mail-domain/check/", follow=True).text

    assert "acme.example is kept for examples" in page
    assert list(DomainCheck.objects.order_by("id").values_list("domain", flat=True)) == [
        "acme.dev",
        "acme.example",
    ]


def test_a_selector_that_is_none_and_no_domain_are_refused(come_in, manager, server, settings):
    client = come_in(manager)
    wrong = client.post("/mail-domain/check/", {"selectors": "s1._domainkey?"})
    settings.DEFAULT_FROM_EMAIL = "credit@localhost"
    nowhere = client.post("/mail-domain/check/")

    assert wrong.status_code == 422 and "is no selector" in wrong.text
    assert nowhere.status_code == 422 and "set DUNWELL_MAIL_FROM" in nowhere.text
    assert "No domain to look at" in client.get("/mail-domain/").text


def test_only_holders_of_the_right_may_ask(come_in, reader, server):
    client = come_in(reader)

    assert client.post("/mail-domain/check/").status_code == 403
    assert "Ask the name servers" not in client.get("/mail-domain/").text


def test_the_findings_are_exported(come_in, manager, server):
    client = come_in(manager)
    client.post("/mail-domain/check/")

    export = client.get("/mail-domain/export.csv").content.decode()

    assert "acme.dev,SPF: who may send for us,To be mended" in export
    assert client.get("/mail-domain/export.xlsx").content.startswith(b"PK")
    assert client.get("/mail-domain/progress/")["HX-Refresh"] == "true"


def test_one_check_and_three_take_the_same_queries(
    come_in, manager, server, django_assert_num_queries
):
    client = come_in(manager)
    client.post("/mail-domain/check/")
    client.get("/mail-domain/")
    with django_assert_num_queries(QUERIES):
        client.get("/mail-domain/")
    client.post("/mail-domain/check/")
    client.post("/mail-domain/check/")
    client.get("/mail-domain/")
    with django_assert_num_queries(QUERIES):
        client.get("/mail-domain/")


QUERIES = 8
