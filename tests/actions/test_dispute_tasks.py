"""Evidence of a dispute, and questions about it to colleagues and guests."""

from datetime import date

import pytest

from dunwell.actions.dispute_evidence import add_evidence, remove_evidence
from dunwell.actions.dispute_tasks import answer_task, ask_colleague, cancel_task, task_link_token
from dunwell.actions.gate import Refused, system
from dunwell.actions.uploads import Upload
from dunwell.models import DisputeEvidence
from dunwell.queries.link_tokens import hashed_link
from tests.actions.desk import acting
from tests.actions.dispute_rows import case_over, on
from tests.actions.ledger_rows import invoice
from tests.conftest import add_user

PDF = b"%PDF-1.4 proof"


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00)


@pytest.fixture
def resolver(company):
    return acting(add_user(company, "dora", "resolver"))


@pytest.fixture
def case(item):
    return case_over(item, 30_00)


def refused(action, **arguments):
    with pytest.raises(Refused) as refusal:
        action(**arguments)
    return str(refusal.value)


def test_evidence_is_kept_under_its_hash_and_moves_the_chance(resolver, case, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    before = case.validity_ppm
    kept = add_evidence(
        actor=resolver, case=case, kind="price_list", name="list.exe", data=PDF, **on()
    )
    same = add_evidence(actor=resolver, case=case, kind="price_list", data=PDF, **on())

    case.refresh_from_db()
    assert (kept.pk, kept.name, kept.media_type, kept.supports, kept.size_bytes) == (
        *(same.pk, "list.pdf", "application/pdf", "us", 14),
    )
    assert case.validity_ppm < before
    assert case.validity["contributions"][1] == {
        "code": "for_us",
        "detail": "price_list",
        "weight_milli": -900,
    }
    remove_evidence(actor=resolver, evidence=kept, **on())
    case.refresh_from_db()
    assert case.validity_ppm == before
    assert (tmp_path / "uploads" / kept.sha256).read_bytes() == PDF
    for change, sentence in [
        ({"kind": "price_list"}, "Add a file, or say in words what the evidence is."),
        ({"kind": "price_list", "data": b"MZ"}, "Send a PDF, a picture (PNG, JPEG, TIFF)"),
        ({"kind": "rumour", "note": "x"}, "There is no kind of evidence rumour; use proof_of"),
    ]:
        told = refused(add_evidence, actor=resolver, case=case, **change, **on())
        assert told.startswith(sentence)


def test_a_colleague_is_asked_and_answers_once(company, collector, resolver, case):
    task = ask_colleague(
        actor=resolver, case=case, question="Which price?", assignee=collector, **on()
    )
    case.refresh_from_db()
    assert (case.status, task.due_on, task.token_hash) == (
        *("waiting_internal", date(2026, 3, 10), ""),
    )
    before = case.validity_ppm
    done = answer_task(
        actor=acting(collector), task=task, answer="The old one", verdict="valid", **on(1)
    )
    case.refresh_from_db()
    assert (done.answered_by, done.verdict, case.status) == ("anna", "valid", "in_review")
    assert case.validity_ppm > before
    assert refused(answer_task, actor=resolver, task=task, answer="no", **on(1)) == (
        "anna answered this on 2026-03-06."
    )
    assert refused(cancel_task, actor=resolver, task=task, **on(1)) == (
        "anna answered this on 2026-03-06."
    )


def test_a_guest_answers_by_a_link_that_dies_with_the_question(
    company, resolver, case, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    ask = {"actor": resolver, "case": case, "question": "Was it delivered?"}
    task = ask_colleague(**ask, guest_name="Carl", guest_email="carl@carrier.example", **on())
    other = ask_colleague(**ask, guest_name="Eva", guest_email="eva@carrier.example", **on())

    assert task.token_hash == hashed_link(task_link_token(task))
    cancel_task(actor=resolver, task=other, **on())
    other.refresh_from_db()
    assert other.token_hash == ""
    answer_task(
        actor=system(company), task=task, answer="Yes", verdict="invalid", answered_by="Carl",
        files=[Upload(name="pod.pdf", data=PDF)], **on(),
    )  # fmt: skip
    case.refresh_from_db()
    kept = DisputeEvidence.objects.get()
    assert (case.status, kept.kind, kept.name, kept.by) == (
        *("in_review", "statement", "pod.pdf", "Carl"),
    )
    assert refused(ask_colleague, **ask, **on()) == (
        "Ask one: a colleague, or a guest with name and e-mail address."
    )
    assert refused(ask_colleague, **ask, guest_name="X", guest_email="x", **on()) == (
        "x is not an e-mail address."
    )
