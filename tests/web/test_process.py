"""The pages about the process: each figure opens, exports hold the same, others see nothing."""

import json
import re

import pytest
from django.urls import reverse

from dunwell.formats.ocel import read_ocel
from dunwell.jobs import process as jobs
from dunwell.models import ProcessMonth
from dunwell.templatetags.process import LETTERS
from tests.actions.process_rows import mapped

PAGES = ("", "-bottlenecks", "-variants", "-rework", "-conformance")


@pytest.fixture
def book(company, customer, collector):
    return mapped(company, customer, collector)


def test_every_page_shows_its_figures_and_each_opens_its_invoices(come_in, reader, book):
    client = come_in(reader)

    shown = {page: client.get(reverse(f"process{page}")) for page in PAGES}

    assert [page.status_code for page in shown.values()] == [200] * len(PAGES)
    assert "Invoice due" in shown[""].content.decode() and "<svg" in shown[""].content.decode()
    assert "15,000" in shown["-bottlenecks"].content.decode()
    assert "Reminded after a promise" in shown["-rework"].content.decode()
    assert "Two weeks late and nobody reminded" in shown["-conformance"].content.decode()
    opened = client.get(
        reverse("process-cases"), {"kind": "deviation", "name": "late_not_reminded"}
    ).content.decode()
    assert "R2" in opened and "R1" not in opened
    assert client.get(reverse("process-cases"), {"kind": "no"}).status_code == 404
    course = client.get(reverse("process-item", args=[book.pk])).content.decode()
    assert course.index("Promise made") < course.index("Reminder sent") < course.index("Paid in p")


def test_a_name_wider_than_its_box_stands_on_two_lines(come_in, reader, book):
    client = come_in(reader)
    client.cookies["django_language"] = "de"
    page = client.get(reverse("process")).content.decode()

    lines = re.findall(r"<tspan[^>]*>([^<]*)</tspan>", page)
    at = lines.index("Zahlungserinnerung")
    assert lines[at + 1] == "gesendet" and "Rechnung fällig" in lines
    assert max(map(len, lines)) <= LETTERS


def test_a_choice_narrows_and_nonsense_is_the_usual_one(come_in, reader, book):
    client = come_in(reader)

    small = client.get(reverse("process"), {"segment": "small"}).context["page"]
    none = client.get(reverse("process"), {"first": "2020-01", "last": "2020-02"})
    odd = client.get(reverse("process"), {"first": "x", "segment": "?", "currency": "ZZZ"})

    assert (small.invoices, small.amount_minor) == (1, 500_00)
    assert none.context["page"].invoices == 0 and "No invoices here" in none.content.decode()
    assert odd.context["page"].invoices == 2
    assert client.get(reverse("process-cases"), {"kind": "fit", "cursor": "x"}).status_code == 200


def test_exports_hold_what_the_pages_show(come_in, reader, book):
    client = come_in(reader)
    parts = ("steps", "stages", "variants", "rework", "conformance", "handovers")
    files = {part: client.get(reverse("process-export", args=[part, "csv"])) for part in parts}

    assert [one.status_code for one in files.values()] == [200] * len(parts)
    assert "Invoice due,still waiting,1,1,30,30" in files["steps"].content.decode()
    assert client.get(reverse("process-export", args=["no", "csv"])).status_code == 404
    cases = client.get(reverse("process-cases-export", args=["csv"]), {"kind": "fit",
                       "name": "deviates"}).content.decode()  # fmt: skip
    assert [line.split(",")[0] for line in cases.splitlines()[1:]] == ["R2", "R1"]
    log = read_ocel(client.get(reverse("process-log")).content, name="log")
    assert (len(log.events), len({one.type for one in log.objects})) == (9, 5)
    assert "Acme" not in json.dumps([one.id for one in log.objects])


def test_the_map_is_made_in_the_background_by_those_who_may(
    come_in, company, reader, manager, book, monkeypatch
):
    ProcessMonth.objects.all().delete()
    monkeypatch.setattr(jobs.LatestProgress, "begin", lambda self, *a, **k: started.append(k))
    started = []

    assert "Not made yet" in come_in(reader).get(reverse("process")).content.decode()
    assert come_in(reader).post(reverse("process-make")).status_code == 403
    assert come_in(manager).post(reverse("process-make")).status_code == 302
    assert started == [{"key": f"process {company.pk}"}]
    assert come_in(reader).get(reverse("process-cases"), {"kind": "fit"}).status_code == 404


def test_another_company_sees_nothing_of_it(come_in, rival, book):
    client = come_in(rival)

    assert "Not made yet" in client.get(reverse("process")).content.decode()
    assert client.get(reverse("process-item", args=[book.pk])).status_code == 404
    assert client.get(reverse("process-export", args=["steps", "csv"])).status_code == 404
