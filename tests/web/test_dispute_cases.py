"""Pages about dispute cases: opened, moved, proved, asked about, resolved, and seen on the board."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.models import CreditRequest, DisputeCase, DisputeEvidence, DisputeTask
from tests.actions.desk import acting
from tests.actions.dispute_rows import case_over, resolve
from tests.actions.ledger_rows import invoice
from tests.conftest import add_customer

QUERIES = {"/disputes/": 12, "/disputes/list/": 14, "/disputes/tasks/": 5}
QUERIES_OF_A_CASE = 22
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


def test_a_case_is_opened_by_line_moved_and_resolved(come_in, customer, manager):
    item = invoice(customer, "R1", 100_00)
    client = come_in(manager)
    address = f"/disputes/new/{customer.pk}/"
    assert "Disputed of R1" in client.get(address).text
    empty = client.post(address, {"reason": "price"})
    assert empty.status_code == 422 and "at least one item" in empty.text
    client.post(
        address,
        {"title": "Two too few", "reason": "short_delivery", "line_item_0": item.pk,
         "line_line_0": "10", "line_description_0": "Bolts", "line_quantity_0": "5",
         "line_disputed_0": "2", "line_price_0": "20.00"},
    )  # fmt: skip
    case = DisputeCase.objects.get()
    page = client.get(f"/disputes/{case.pk}/").text
    assert "Two too few" in page and "Bolts" in page and "2 of 5 disputed" in page
    assert "required and missing" in page and "€40.00" in page
    client.post(f"/disputes/{case.pk}/review/")
    client.post(f"/disputes/{case.pk}/wait/", {"who": "customer", "note": "photos"})
    assert "The clock stands still" in client.get(f"/disputes/{case.pk}/").text
    client.post(f"/disputes/{case.pk}/assign/", {"owner": manager.pk, "team": "claims"})
    client.post(f"/disputes/{case.pk}/edit/", {"title": "Bolts", "reason": "short_delivery"})
    client.post(f"/disputes/{case.pk}/escalate/", {"reason": "they shout"})
    case.refresh_from_db()
    assert (case.owner, case.team, case.title, case.is_escalated) == (
        manager, "claims", "Bolts", True,
    )  # fmt: skip
    part = case.disputes.get()
    sums = client.post(
        f"/disputes/{case.pk}/resolve/sums/",
        {f"credit_{part.pk}": "30.00", f"write_off_{part.pk}": "4.00"},
    ).text
    assert "€30.00" in sums and "€4.00" in sums and "€6.00" in sums
    too_much = client.post(
        f"/disputes/{case.pk}/resolve/", {f"credit_{part.pk}": "41.00", "reason": "agreed"}
    )
    assert too_much.status_code == 422 and "At most €40.00 of R1" in too_much.text
    without = client.post(
        f"/disputes/{case.pk}/resolve/", {f"credit_{part.pk}": "30.00", "reason": "agreed"}
    )
    assert without.status_code == 422 and "The checklist asks for" in without.text
    client.post(
        f"/disputes/{case.pk}/resolve/",
        {f"credit_{part.pk}": "30.00", "reason": "agreed", "missing_evidence": "phone"},
    )
    case.refresh_from_db()
    assert case.status == "resolved"
    page = client.get(f"/disputes/{case.pk}/").text
    assert "Partly valid" in page and "Letter about what is denied" in page
    assert CreditRequest.objects.get().number in page
    assert "they shout" in page


def test_evidence_is_kept_and_served_as_a_download_only(come_in, customer, manager, rival):
    case = case_over(invoice(customer, "R1", 100_00), 40_00)
    client = come_in(manager)
    wrong = client.post(
        f"/disputes/{case.pk}/evidence/",
        {"kind": "price_list", "file": SimpleUploadedFile("a.exe", b"MZ" + b"\0" * 64)},
    )
    assert wrong.status_code == 422
    client.post(
        f"/disputes/{case.pk}/evidence/",
        {"kind": "price_list", "file": SimpleUploadedFile("list.png", PNG), "note": "2026"},
    )
    found = DisputeEvidence.objects.get()
    got = client.get(f"/disputes/evidence/{found.pk}/")
    assert got.content == PNG and got["Content-Disposition"].startswith("attachment")
    assert "is there" in client.get(f"/disputes/{case.pk}/").text
    assert come_in(rival).get(f"/disputes/evidence/{found.pk}/").status_code == 404
    client = come_in(manager)
    client.post(f"/disputes/evidence/{found.pk}/remove/")
    found.refresh_from_db()
    assert found.removed_at is not None


def test_colleagues_are_asked_and_answer(come_in, customer, manager, collector):
    case = case_over(invoice(customer, "R1", 100_00), 40_00)
    client = come_in(manager)
    nobody = client.post(f"/disputes/{case.pk}/ask/", {"question": "Agreed?"})
    assert nobody.status_code == 422
    client.post(f"/disputes/{case.pk}/ask/", {"question": "Agreed?", "assignee": collector.pk})
    task = DisputeTask.objects.get()
    client = come_in(collector)
    assert "Agreed?" in client.get("/disputes/tasks/").text
    client.post(f"/disputes/tasks/{task.pk}/answer/", {"answer": "No", "verdict": "invalid"})
    assert "the customer is wrong" in client.get(f"/disputes/{case.pk}/").text
    assert "Nobody asks you" in client.get("/disputes/tasks/").text


def test_a_case_is_merged_split_withdrawn_and_opened_again(come_in, customer, manager):
    one = case_over(invoice(customer, "R1", 100_00), 40_00)
    two = case_over(invoice(customer, "R2", 100_00), 30_00)
    client = come_in(manager)
    client.post(f"/disputes/{two.pk}/merge/", {"number": one.number})
    assert one.number in client.get(f"/disputes/{two.pk}/").text
    part = one.disputes.get(item__number="R2")
    client.post(
        f"/disputes/{one.pk}/split/", {"parts": [part.pk], "reason": "tax", "title": "Apart"}
    )
    fresh = DisputeCase.objects.get(title="Apart")
    assert fresh.disputes.get() == part
    client.post(f"/disputes/{fresh.pk}/withdraw/", {"reason": "they pay"})
    assert "Open again" in client.get(f"/disputes/{fresh.pk}/").text
    client.post(f"/disputes/{fresh.pk}/reopen/", {"reason": "they do not"})
    fresh.refresh_from_db()
    assert fresh.status == "in_review"


def test_the_list_filters_sums_gives_many_and_exports(come_in, customer, manager, collector):
    big = case_over(invoice(customer, "R1", 100_00), 40_00)
    small = case_over(invoice(customer, "R2", 100_00), 5_00, reason="tax")
    client = come_in(manager)
    page = client.get("/disputes/list/").text
    assert "€45.00" in page and big.number in page and small.number in page
    page = client.get("/disputes/list/?amount=20&reason=price").text
    assert big.number in page and small.number not in page and "€40.00" in page
    assert client.get("/disputes/list/?cursor=nonsense&amount=x").status_code == 200
    client.post(
        "/disputes/assign/", {"case": [big.pk, small.pk], "owner": collector.pk, "team": ""}
    )
    assert client.post("/disputes/assign/", {"owner": collector.pk}).status_code == 422
    mine = come_in(collector).get("/disputes/list/?scope=mine").text
    assert big.number in mine and small.number in mine
    told = client.get("/disputes/export.csv?reason=tax").text
    assert small.number in told and "5.00" in told and big.number not in told
    board = client.get("/disputes/").text
    assert "business days left" in board and "€45.00" in board


def test_credit_requests_go_out_come_back_and_are_matched(come_in, customer, manager):
    for n in (1, 2):
        case = case_over(invoice(customer, f"R{n}", 100_00), 40_00)
        resolve(case, acting(manager), credit=40_00)
    one, two = CreditRequest.objects.order_by("pk")
    client = come_in(manager)
    assert "€80.00" in client.get("/disputes/credit-requests/").text
    first = client.post("/disputes/credit-requests/file/", {"kind": "csv"})
    assert one.number in first.text and two.number in first.text
    chosen = {"kind": "csv", "request": [one.pk, two.pk]}
    assert client.post("/disputes/credit-requests/file/", chosen).content == first.content
    assert client.post("/disputes/credit-requests/file/", {"kind": "csv"}).status_code == 422
    note = invoice(customer, "G1", -40_00)
    answers = f"request,credit_note,refusal\n{one.number},G1,\nXX,,no\n".encode()
    file = SimpleUploadedFile("answers.csv", answers)
    page = client.post("/disputes/credit-requests/answers/", {"file": file}).text
    assert "Settled: 1, refused: 0" in page and "there is no credit request XX" in page
    one.refresh_from_db()
    assert (one.status, one.credit_item) == ("done", note)
    other = invoice(customer, "G2", -40_00)
    assert "G2" in client.get(f"/disputes/credit-requests/{two.pk}/match/").text
    client.post(f"/disputes/credit-requests/{two.pk}/match/", {"note": other.pk})
    two.refresh_from_db()
    assert two.status == "done"
    told = client.get("/disputes/credit-requests/export.csv?scope=all").text
    assert "G1" in told and "G2" in told


def test_the_pareto_leads_to_the_cases_that_sum_to_it(come_in, customer, manager):
    case = case_over(invoice(customer, "R1", 100_00), 40_00)
    resolve(case, acting(manager), credit=40_00, days=15)
    case_over(invoice(customer, "R2", 100_00), 5_00, reason="tax")
    client = come_in(manager)
    page = client.get("/disputes/causes/?until=2026-04-30").text
    assert "€45.00" in page and "15.00" in page and "89" in page
    cause = DisputeCase.objects.get(pk=case.pk).root_cause
    assert f"cause={cause}" in page
    listed = client.get(
        f"/disputes/list/?scope=all&cause={cause}&since=2026-01-01&until=2026-05-01"
    ).text
    assert case.number in listed and "€5.00" not in listed
    assert (
        cause.replace("_", " ").split(" ")[0]
        in client.get("/disputes/causes/export.csv?until=2026-04-30").text.lower()
    )
    action = {"root_cause": cause, "action": "New list", "owner": manager.pk}
    client.post("/disputes/causes/actions/new/", {**action, "due_on": "2026-04-01"})
    page = client.get("/disputes/causes/").text
    assert "New list" in page and "Under way" in page
    assert "Nothing to check" in client.get("/disputes/causes/checks/").text


@pytest.mark.parametrize("who", ["reader", "admin"])
def test_who_may_not_edit_reads_and_another_company_sees_nothing(
    come_in, customer, rival, request, who
):
    case = case_over(invoice(customer, "R1", 100_00), 40_00)
    client = come_in(request.getfixturevalue(who))
    for page in ("/disputes/", "/disputes/list/", f"/disputes/{case.pk}/", "/disputes/causes/",
                 "/disputes/credit-requests/", "/disputes/causes/checks/"):  # fmt: skip
        assert client.get(page).status_code == 200
    for page in ("assign", "review", "wait", "resolve", "ask", "evidence", "merge", "split"):
        assert client.get(f"/disputes/{case.pk}/{page}/").status_code == 403
    client = come_in(rival)
    for page in ("", "assign/", "resolve/", "evidence/", "ask/", "withdraw/"):
        assert client.get(f"/disputes/{case.pk}/{page}").status_code == 404


@pytest.mark.parametrize("address", sorted(QUERIES))
def test_lists_read_as_often_for_one_case_as_for_three(
    come_in, company, manager, django_assert_num_queries, address
):
    client = come_in(manager)
    for n in range(3):
        case_over(invoice(add_customer(company, f"C{n}"), f"R{n}", 100_00), 40_00)
        if n in (0, 2):
            client.get(address)
            with django_assert_num_queries(QUERIES[address]):
                client.get(address)


def test_a_case_reads_as_often_with_one_part_as_with_three(
    come_in, company, manager, customer, django_assert_num_queries
):
    client = come_in(manager)
    case = case_over(invoice(customer, "R1", 100_00), 40_00)
    client.get(f"/disputes/{case.pk}/")
    with django_assert_num_queries(QUERIES_OF_A_CASE):
        client.get(f"/disputes/{case.pk}/")
    for n in (2, 3):
        other = case_over(invoice(customer, f"R{n}", 100_00), 40_00)
        client.post(f"/disputes/{other.pk}/merge/", {"number": case.number})
    with django_assert_num_queries(QUERIES_OF_A_CASE):
        client.get(f"/disputes/{case.pk}/")
