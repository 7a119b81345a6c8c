"""What somebody from outside sees: its areas, signed files, nothing to change, a trace of it all."""

import hashlib
from datetime import timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from dunwell.models import AdvisorAccess, AdvisorTrace, Event, User
from tests.conftest import AT

FORM = {
    "name": "Olga Orth",
    "email": "olga@audit.example",
    "firm": "Orth & Partner",
    "role": "auditor",
    "areas": ["ledger", "control"],
    "reason": "year-end audit",
    "starts_at": (AT - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
    "ends_at": (AT + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
}


def test_an_auditor_is_invited_reads_takes_a_signed_file_and_is_gone_on_the_minute(  # noqa: PLR0915  one story
    client, admin, company, customer, tmp_path
):
    company.zone = "UTC"
    company.save()
    client.force_login(admin)
    wrong = client.post("/advisors/invite/", {**FORM, "areas": []})
    assert wrong.status_code == 422 and "Orth &amp; Partner" in wrong.text
    shown = client.post("/advisors/invite/", FORM).text
    link = shown.partition('id="secret">')[2].partition("<")[0]
    client.logout()
    link = link.removeprefix("http://testserver")
    assert "Ledger: customers" in client.get(link).text
    assert not AdvisorAccess.objects.get().accepted_at
    assert client.post(link)["Location"] == "/my-access/"
    assert "Your access" in client.get("/my-access/").text
    assert client.get("/")["Location"] == "/my-access/"

    page = client.get("/items/")
    assert page.status_code == 200
    assert 'href="/views/"' not in page.text, "refused to them"
    assert 'href="/credit/"' not in page.text and 'href="/audit/"' in page.text
    assert client.get("/credit/").status_code == 403
    assert client.get("/advisors/").status_code == 403
    assert client.post(f"/customers/{customer.pk}/note/", {"text": "x"}).status_code == 403
    assert client.post("/cycle/").status_code == 403
    assert client.get("/api/v1/items").status_code == 200
    assert client.get("/api/v1/limits").status_code == 403
    assert client.delete("/api/v1/items").status_code in {403, 405}

    file = client.get("/items/export.csv")
    assert file["Content-Disposition"].endswith('.signed.zip"')
    digest = hashlib.sha256(file.content).hexdigest()
    assert AdvisorTrace.objects.get(kind="export").sha256 == digest
    assert Event.objects.get(verb="advisor.exported").data["sha256"] == digest
    kinds = list(AdvisorTrace.objects.order_by("id").values_list("kind", "path"))
    assert ("view", "/items/") in kinds and ("refused", "/credit/") in kinds
    assert ("view", "/api/v1/items") in kinds

    with time_machine.travel(AT + timedelta(minutes=59, seconds=59), tick=False):
        assert client.get("/items/").status_code == 200
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        gone = client.get("/items/")
        assert gone.status_code == 403 and "no role in any company" in gone.text
        assert client.get("/api/v1/items").status_code == 401

    client.force_login(admin)
    found = client.post("/advisors/verify/", {"file": SimpleUploadedFile("a.zip", file.content)})
    assert "genuine" in found.text and "knows this file" in found.text
    wrong = SimpleUploadedFile("a.zip", file.content[:-40])
    assert "not genuine" in client.post("/advisors/verify/", {"file": wrong}).text
    kept = tmp_path / "taken.signed.zip"
    kept.write_bytes(file.content)
    call_command("verify_export", str(kept))
    access = AdvisorAccess.objects.get()
    detail = client.get(f"/advisors/{access.pk}/").text
    assert "/items/export.csv" in detail and digest in detail
    assert digest in client.get(f"/advisors/{access.pk}/export.csv").text
    assert "Olga Orth" in client.get("/advisors/").text
    assert User.objects.get(email="olga@audit.example").has_usable_password() is False


def test_the_link_tells_the_end_by_the_clock_of_the_company(client, admin, company):
    company.zone = "Asia/Tokyo"
    company.save()
    client.force_login(admin)
    ends_at = (AT + timedelta(hours=12)).astimezone(ZoneInfo(company.zone))
    form = {**FORM, "ends_at": f"{ends_at:%Y-%m-%dT%H:%M}"}
    shown = client.post("/advisors/invite/", form).text
    link = shown.partition('id="secret">')[2].partition("<")[0].removeprefix("http://testserver")
    client.logout()

    assert f"{ends_at:%-I:%M}\u202f{ends_at:%p}" in client.get(link).text


def test_another_company_has_none_of_it(client, admin, rival, company):
    client.force_login(admin)
    client.post("/advisors/invite/", {**FORM, "ends_at": "2026-03-09T18:00"})
    access = AdvisorAccess.objects.get()
    client.force_login(rival)
    for page in (f"/advisors/{access.pk}/", f"/advisors/{access.pk}/export.csv"):
        assert client.get(page).status_code == 404
    assert "Olga" not in client.get("/advisors/").text
