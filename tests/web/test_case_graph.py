"""The pages colleagues share: the case, remarks, mentions, hand-offs, absence and who is on call."""

import pytest

from dunwell.models import Absence, CaseComment, Duty, HandOff, Mention
from tests.actions.escalation_rows import owing
from tests.conftest import TODAY, add_customer, add_user


@pytest.fixture
def sara(company):
    return add_user(company, "sara", "sales")


def test_a_collector_and_sales_work_on_one_case(come_in, company, collector, customer, sara):
    item = owing(customer)

    def desk():
        return come_in(collector)

    def sales():
        return come_in(sara)

    case = f"/customers/{customer.pk}/case/"
    page = desk().get(case).text
    assert '<svg class="case-map"' in page and f"/items/{item.pk}/" in page
    assert "1 open item in EUR" in page and "€1,500.00" in page
    empty = desk().post(f"{case}remark/", {"text": " ", "about": ""})
    assert empty.status_code == 422
    desk().post(f"{case}remark/", {"text": "@sara who signs?", "about": f"item-{item.pk}"})
    assert (CaseComment.objects.get().subject_id, Mention.objects.get().user) == (item.pk, sara)
    assert "who signs?" in sales().get("/mentions/").text
    sales().post(f"/mentions/{Mention.objects.get().pk}/seen/")
    assert "Nobody calls you." in sales().get("/mentions/").text
    twice = sales().post(f"/mentions/{Mention.objects.get().pk}/seen/")
    assert twice.status_code == 422

    asked = {"to_desk": "sales", "person": sara.pk, "what": "Ask who signs", "about": ""}
    wrong = desk().post(f"/customers/{customer.pk}/hand-off/", {**asked, "to_desk": "support"})
    assert wrong.status_code == 422 and "Ask who signs" in wrong.text
    desk().post(f"/customers/{customer.pk}/hand-off/", asked)
    work = HandOff.objects.get()
    assert "Ask who signs" in sales().get("/hand-offs/").text
    assert "8 office hours left" in sales().get(f"/hand-offs/{work.pk}/").text
    assert "Take it on" not in desk().get(f"/hand-offs/{work.pk}/").text
    sales().post(f"/hand-offs/{work.pk}/take/")
    sales().post(f"/hand-offs/{work.pk}/done/", {"result": "The CFO"})
    assert HandOff.objects.get().result == "The CFO"
    assert desk().post(f"/hand-offs/{work.pk}/withdraw/", {"reason": "late"}).status_code == 422
    assert "The CFO" in desk().get("/hand-offs/?scope=over").text
    assert "Ask who signs" in desk().get("/hand-offs/export.csv?scope=over").text
    assert "R1" in desk().get(f"{case}export.csv").text
    assert desk().get("/mentions/export.csv?scope=all").status_code == 200


def test_another_company_s_records_are_absent(come_in, company, customer, sara, rival):
    work = HandOff.objects.create(
        company=company, customer=customer, what="x", to_desk="sales", by="anna", asked_on=TODAY,
        asked_at="2026-03-05T09:00Z", answer_by_at="2026-03-05T12:00Z",
    )  # fmt: skip
    browser = come_in(rival)
    for path in (f"/customers/{customer.pk}/case/", f"/hand-offs/{work.pk}/"):
        assert browser.get(path).status_code == 404


def test_absence_and_on_call(come_in, company, collector, manager, customer, sara):
    sam = add_user(company, "sam", "sales")

    def lead():
        return come_in(manager)

    def sales():
        return come_in(sam)

    day = TODAY.isoformat()
    noted = lead().post(
        "/team/absence/",
        {"user": sara.pk, "kind": "sick", "from_on": day, "until_on": day, "cover": sam.pk,
         "note": "Ask for the order first"},
    )  # fmt: skip
    assert noted.status_code == 302
    away = Absence.objects.get()
    page = sales().get(f"/team/absence/{away.pk}/").text
    assert "Ask for the order first" in page and "I cover" in page
    sales().post(f"/team/absence/{away.pk}/seen/")
    assert "who knows" in lead().get("/team/").text
    wrong = lead().post(
        "/team/on-call/add/",
        {"role": "sales", "user": collector.pk, "from_on": day, "until_on": day},
    )
    assert wrong.status_code == 422 and "does not hold the role sales" in wrong.text
    lead().post(
        "/team/on-call/add/", {"role": "sales", "user": sam.pk, "from_on": day, "until_on": day}
    )
    assert "sam" in sales().get("/team/on-call/").text
    assert "Sales,sam," in sales().get("/team/on-call/export.csv").text
    lead().post(f"/team/on-call/{Duty.objects.get().pk}/end/")
    assert "Nobody is on call" in sales().get("/team/on-call/").text


def test_the_page_asks_the_same_whatever_the_rows(
    come_in, company, collector, django_assert_num_queries
):
    browser = come_in(collector)
    for number in (1, 2):
        customer = add_customer(company, f"K{number}")
        for n in range(number * number):
            owing(customer, number=f"R{number}{n}")
        with django_assert_num_queries(22):
            browser.get(f"/customers/{customer.pk}/case/")
