"""Reading feeds of signals over HTTP on loopback: new once, what fails is told, tasks by itself."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from dunwell.actions.gate import system
from dunwell.actions.signal_feeds import FeedTerms, add_feed
from dunwell.jobs.signals import read_feeds
from dunwell.models import RiskSignal, SignalFeed, Task
from tests.conftest import AT, add_customer

pytestmark = pytest.mark.django_db

PAGES = {
    "/rss": b"""<rss version="2.0"><channel><item><guid>1</guid><title>Rates rise in France</title>
<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item></channel></rss>""",
    "/json": b'[{"id": 1, "external_id": "x", "title": "Insolvency", "published_on": "2026-03-02",'
    b' "kind": "insolvency", "customer_number": "C2"}]',
    "/bomb": b'<!DOCTYPE r [<!ENTITY a "a">]><rss>&a;</rss>',
}


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        body = PAGES.get(self.path)
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_told):
        pass


@pytest.fixture
def host(settings):
    server = HTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.WEBHOOK_HOSTS = [f"127.0.0.1:{server.server_port}"]
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_feeds_are_read_once_and_failures_are_told(company, host):
    customer = add_customer(company, "C2")
    actor = system(company)
    for name, form, automatic in (
        ("rss", "feed", False),
        ("json", "json", True),
        ("bomb", "feed", False),
        ("gone", "feed", False),
    ):
        add_feed(
            actor=actor,
            terms=FeedTerms(
                name=name, url=f"{host}/{name}", form=form, region="FR", is_automatic=automatic
            ),
            at=AT,
        )
    assert read_feeds(company.pk)["new"] == 2
    counts = read_feeds(company.pk)
    assert (counts["new"], counts["known"], counts["failed"]) == (0, 2, 2)
    assert Task.objects.get(kind="signal").customer == customer
    assert RiskSignal.objects.get(source="json").status == "acted"
    assert RiskSignal.objects.get(source="rss").region == "FR"
    errors = dict(SignalFeed.objects.values_list("name", "error"))
    assert errors["gone"] == "it answered with status 404"
    assert "document type" in errors["bomb"]
    assert (errors["rss"], errors["json"]) == ("", "")


def test_a_host_inside_the_house_is_not_reached_unless_it_is_listed(company, host, settings):
    settings.WEBHOOK_HOSTS = []
    add_feed(actor=system(company), terms=FeedTerms(name="in", url=f"{host}/rss"), at=AT)
    assert read_feeds(company.pk)["failed"] == 1
    assert "https://" in SignalFeed.objects.get().error
