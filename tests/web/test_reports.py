"""Pages about reports and saved views."""

import re

import time_machine
from django.urls import reverse

from dunwell.models import Report, ReportSchedule, SavedView
from tests.actions.ledger_rows import invoice
from tests.conftest import AT


def test_a_pack_is_made_shown_and_handed_out(come_in, manager, customer, rival):
    invoice(customer, "R1", 600_00)
    with time_machine.travel(AT, tick=False):
        client = come_in(manager)
        assert "No report yet" in client.get(reverse("reports")).text
        form = client.get(reverse("report-make"))
        assert 'value="ageing"' in form.text
        wrong = {
            "name": "Pack", "sections": ["ageing"], "language": "en", "recipients": "nobody"
        }  # fmt: skip
        refused = client.post(reverse("report-make"), wrong)
        assert refused.status_code == 422 and "nobody is no mail address" in refused.text
        made = client.post(
            reverse("report-make"), {**wrong, "recipients": "a@x.example, b@x.example"}
        )
        report = Report.objects.get()
        assert made.url == reverse("report", args=[report.pk])
        shown = client.get(made.url).text
        assert "600.00" in shown and "b@x.example" in shown and report.sha256 in shown
        pdf = client.get(reverse("report-file", args=[report.pk, "pdf"]))
        assert pdf.content == bytes(report.pdf) and pdf["Content-Type"] == "application/pdf"
        assert client.get(reverse("report-file", args=[report.pk, "doc"])).status_code == 404
        assert "Pack" in client.get(reverse("reports")).text
        live = client.get(reverse("report-live"), {"section": "ageing"}).text
        assert "The desk today" in live and "600.00" in live
        assert come_in(rival).get(made.url).status_code == 404


def test_a_report_is_scheduled_and_ended(come_in, manager, reader):
    with time_machine.travel(AT, tick=False):
        client = come_in(manager)
        told = {
            "name": "Monday", "kind": "digest", "every": "week", "from_on": "2026-03-02",
            "sections": ["ageing", "cash"], "language": "de", "recipients": "a@x.example",
        }  # fmt: skip
        assert client.post(reverse("report-add"), told).status_code == 302
        one = ReportSchedule.objects.get()
        assert (one.every, one.recipients) == ("week", ["a@x.example"])
        assert "Monday" in client.get(reverse("reports")).text
        assert client.post(reverse("report-add"), told).status_code == 422
        end = reverse("report-end", args=[one.pk])
        assert come_in(reader).post(end).status_code == 403
        come_in(manager).post(end)
        one.refresh_from_db()
        assert one.ended_on is not None


def test_a_filtered_page_is_kept_found_again_shared_and_removed(come_in, manager, clerk):
    client = come_in(manager)
    page = client.get("/items/?scope=all&q=R1").text
    save = re.search(r'href="(/views/save/\?page=[^"]+)"', page)[1]
    assert "/items/?scope=all&amp;q=R1" in client.get(save).text
    told = {"name": "Mine", "address": "/items/?scope=all&q=R1", "is_shared": "on"}
    client.post(reverse("view-save"), told)
    view = SavedView.objects.get()
    assert (view.path, view.query) == ("/items/", "scope=all&q=R1")
    assert 'href="/items/?scope=all&amp;q=R1"' in client.get(reverse("saved-views")).text
    other = come_in(clerk)
    assert "Mine" in other.get(reverse("saved-views")).text
    other.post(reverse("view-remove"), {"name": "Mine"})
    assert SavedView.objects.count() == 1
    for bad in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert client.post(reverse("view-save"), {**told, "address": bad}).status_code == 422
    client = come_in(manager)
    client.post(reverse("view-remove"), {"name": "Mine"})
    assert SavedView.objects.count() == 0


def test_a_list_is_handed_out_as_parquet_with_its_types(come_in, manager, customer):
    import io

    import polars as pl

    invoice(customer, "R1", 600_00)
    answer = come_in(manager).get("/items/export.parquet?scope=all")
    frame = pl.read_parquet(io.BytesIO(answer.content))
    assert answer["Content-Type"] == "application/vnd.apache.parquet"
    assert frame["Item"].to_list() == ["R1"] and str(frame["Open"].to_list()[0]) == "600.00"
    assert frame.schema["Due"] == pl.Date and frame.schema["Open"] == pl.Decimal(38, 2)
