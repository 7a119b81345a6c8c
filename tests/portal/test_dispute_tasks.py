"""The guest's page: one question, the least of facts, one answer, and no way to guess it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.actions.dispute_tasks import ask_colleague, cancel_task, task_link_token
from dunwell.models import DisputeEvidence, Event
from tests.actions.desk import acting
from tests.actions.dispute_rows import case_over, on
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


@pytest.fixture(autouse=True)
def _standing_clock():
    cache.clear()
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        yield
    cache.clear()


@pytest.fixture
def task(customer, manager):
    case = case_over(invoice(customer, "R1", 100_00), 40_00, reason="short_delivery")
    return ask_colleague(
        actor=acting(manager),
        case=case,
        question="Was all of it unloaded?",
        guest_name="Pit Driver",
        guest_email="pit@carrier.example",
        due_on=TODAY + timedelta(days=3),
        **on(),
    )


def address(task):
    return f"/guest/dispute/{task_link_token(task)}/"


def test_a_guest_sees_the_question_and_no_customer_and_looking_changes_nothing(
    client, task, customer
):
    before = Event.objects.count()
    page = client.get(address(task))
    assert page.status_code == 200 and page["Cache-Control"] == "no-store"
    assert "Was all of it unloaded?" in page.text and "R1" in page.text and "€40.00" in page.text
    assert customer.name not in page.text and customer.number not in page.text
    task.refresh_from_db()
    assert task.answered_at is None and Event.objects.count() == before


def test_a_guest_answers_once_with_a_file(client, task):
    empty = client.post(address(task), {"answer": " "})
    assert empty.status_code == 422
    sent = {"answer": "One pallet short", "verdict": "valid",
            "papers": SimpleUploadedFile("note.png", PNG)}  # fmt: skip
    assert "Thank you" in client.post(address(task), sent).text
    task.refresh_from_db()
    assert (task.answer, task.verdict, task.answered_by) == (
        "One pallet short", "valid", "Pit Driver",
    )  # fmt: skip
    assert DisputeEvidence.objects.get(case=task.case).name == "note.png"
    again = client.post(address(task), {"answer": "changed my mind"})
    assert again.status_code == 422 and "This link is closed" in again.text
    assert client.get(address(task)).status_code == 422


def test_the_link_dies_when_taken_back_and_two_weeks_after_its_day(client, task, manager):
    last = task.due_on + timedelta(days=14)
    with time_machine.travel(AT + (last - TODAY), tick=False):
        assert client.get(address(task)).status_code == 200
    with time_machine.travel(AT + (last - TODAY) + timedelta(days=1), tick=False):
        assert client.get(address(task)).status_code == 422
    cancel_task(actor=acting(manager), task=task, **on())
    assert client.get(address(task)).status_code == 422


def test_guesses_find_nothing_and_are_stopped_after_two_hundred(client, task):
    codes = [client.get(f"/guest/dispute/guess{n}/").status_code for n in range(300)]
    assert set(codes) == {422, 429} and codes.count(422) == 200
    assert client.get(address(task)).status_code == 429


def test_the_page_of_the_link_shows_it_to_who_may_edit(client, task, manager, reader, settings):
    settings.REQUIRE_MFA = False
    client.force_login(manager)
    page = client.get(f"/disputes/tasks/{task.pk}/link/")
    assert address(task) in page.text and "mailto:pit%40carrier.example" in page.text
    client.force_login(reader)
    assert client.get(f"/disputes/tasks/{task.pk}/link/").status_code == 403
