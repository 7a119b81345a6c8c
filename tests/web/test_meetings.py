"""Meetings and suggestions from beginning to end, and the digest that tells of them."""

import pytest

from dunwell.actions.gate import staff
from dunwell.actions.reports import add_schedule
from dunwell.jobs.report_mails import report_mail
from dunwell.jobs.reports import make_due_reports
from dunwell.models import Meeting, ReportMail, Survey, Voice
from dunwell.queries.meetings import meeting_decision_rows, meeting_detail
from dunwell.queries.stuck_money import agenda_rows
from tests.actions.escalation_rows import owing
from tests.actions.test_meetings import decided, held, initiative
from tests.conftest import AT, TODAY, add_customer


def test_stuck_money_is_put_on_the_agenda_decided_carried_out_and_told_to_stakeholders(
    come_in, company, manager, collector, customer, rival
):
    item = owing(customer)
    client = come_in(manager)
    agenda = client.get("/meetings/").text
    assert "1,500.00" in agenda and "Overdue and nobody has written or called" in agenda
    behind = client.get(f"/meetings/agenda/{customer.pk}/silent/EUR/")
    assert item.number in behind.text
    assert client.get(f"/meetings/agenda/{customer.pk}/held/EUR/").status_code == 404
    assert customer.name in client.get("/meetings/agenda/export.csv").text

    address = client.post("/meetings/add/", {"name": "Monday"})["Location"]
    assert client.post("/meetings/add/", {"name": "Monday"}).status_code == 422
    point = Meeting.objects.get().points.get()
    form = {"text": "call them", "owner": collector.pk, "due_on": "2026-03-01"}
    wrong = client.post(f"/meetings/points/{point.pk}/decide/", form)
    assert (wrong.status_code, "call them" in wrong.text) == (422, True)
    client.post(f"/meetings/points/{point.pk}/decide/", {**form, "due_on": "2026-03-12"})
    assert "call them" in client.get(address).text
    assert item.number in client.get(f"/meetings/points/{point.pk}/").text
    assert "call them" in client.get("/meetings/decisions/export.csv").text
    assert ",EUR,1500.00,1500.00,1" in client.get(f"{address}export.csv").text

    schedule = add_schedule(
        actor=staff(manager, company), name="To all", kind="team", every="week",
        sections=["stuck", "decided", "goals"], recipients=["cfo@northwind.example"],
        language="en", from_on=TODAY, at=AT,
    )  # fmt: skip

    monday = TODAY.replace(day=16)
    (report,) = make_due_reports(company, as_of=monday)
    assert make_due_reports(company, as_of=monday) == []
    mail = report_mail(ReportMail.objects.select_related("report", "company").get())
    assert (mail.to, report.schedule, mail.attachments) == ("cfo@northwind.example", schedule, ())
    assert f"The heaviest is {customer.name} with EUR 1,500.00" in mail.body
    assert "Late: call them" in mail.body

    decision = meeting_decision_rows(company, as_of=TODAY)[0]
    done = client.post(f"/meetings/decisions/{decision.id}/done/", {"outcome": "paid on Friday"})
    assert done["Location"] == address
    assert "paid on Friday" in client.get("/meetings/").text
    other = come_in(rival)
    kept, shown = f"/meetings/{point.meeting_id}/", f"/meetings/points/{point.pk}/"
    for path in (address, f"{kept}export.csv", shown, f"{shown}decide/"):
        assert other.get(path).status_code == 404


def test_a_suggestion_is_put_into_the_box_and_answered_by_an_improvement(
    come_in, company, manager, collector, customer, rival
):
    Survey.objects.create(
        company=company, customer=customer, kind="csat", occasion="payment", subject_id=1,
        nonce="n", token_hash="h", asked_on=TODAY, until_on=TODAY, score=2,
        comment="The invoice came late.", answered_at=AT, recorded_at=AT,
    )  # fmt: skip
    client = come_in(collector)
    assert client.post("/suggestions/add/", {"text": " "}).status_code == 422
    client.post("/suggestions/add/", {"text": "one list of holidays"})
    assert "without a name" in client.get("/suggestions/").text
    voice = Voice.objects.get()
    assert client.get(f"/suggestions/{voice.pk}/take/").status_code == 403

    client = come_in(manager)
    assert "The invoice came late." in client.get("/suggestions/").text
    client.post(f"/suggestions/hear/{Survey.objects.get().pk}/")
    heard = Voice.objects.get(survey__isnull=False)
    client.post(f"/suggestions/{heard.pk}/decline/", {"answer": "they moved"})
    better = initiative(manager)
    client.post(f"/suggestions/{voice.pk}/take/", {"initiative": better.pk, "answer": "in May"})
    assert "one list of holidays" in client.get(f"/initiatives/{better.pk}/").text
    taken = client.get("/suggestions/export.csv?status=taken").text
    assert "one list of holidays" in taken and "they moved" not in taken
    other = come_in(rival)
    assert other.get(f"/suggestions/{voice.pk}/take/").status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_an_agenda_and_a_meeting_are_read_with_as_many_queries_whatever_they_hold(
    company, manager, n, django_assert_num_queries
):
    for i in range(n):
        customer = add_customer(company, f"C{i}")
        owing(customer, number=f"R{i}")
    with django_assert_num_queries(9):
        assert len(agenda_rows(company, as_of=TODAY)) == n
    meeting = held(company, manager)
    for point in meeting.points.all():
        decided(manager, meeting, manager, f"call {point.pk}", point=point)
    with django_assert_num_queries(5):
        detail = meeting_detail(company, meeting.pk, as_of=TODAY)
    assert (len(detail.points), len(detail.decisions)) == (n, n)
