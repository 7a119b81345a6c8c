"""Training begun by a page: once at a time, and its end is told, whatever it was."""

import pytest

from dunwell.jobs import training
from dunwell.jobs.train import STAGES, train
from dunwell.jobs.training import FAILED, Training, begin_training, latest_training
from dunwell.models import Company, ModelVersion
from tests.actions.ledger_rows import invoice
from tests.conftest import AT


@pytest.fixture(autouse=True)
def _no_training_before():
    training._latest.clear()
    yield
    training._latest.clear()


def test_a_training_ends_with_the_version_it_made(company, manager, customer):
    invoice(customer, "R1", 100_00)

    assert begin_training(company.pk, user_id=manager.pk, at=AT)
    assert latest_training(company.pk) == Training(
        started_at=AT, is_running=False, number=1, stage="record"
    )
    assert latest_training(company.pk).done_ppm == 1_000_000
    assert ModelVersion.objects.get().trained_by == "mona"


def test_every_stage_is_told_in_its_order_and_moves_the_progress_on(company, customer):
    invoice(customer, "R1", 100_00)
    told = []
    train(company.pk, tell=told.append)

    assert told == list(STAGES) == sorted(STAGES, key=lambda stage: STAGES[stage])
    seen = [Training(started_at=AT, is_running=True, stage=stage).done_ppm for stage in told]
    assert seen == list(STAGES.values())
    assert seen[0] == 0 and seen[-1] < 1_000_000


def test_a_refusal_is_kept_for_the_page(company, collector, customer):
    invoice(customer, "R1", 100_00)

    assert begin_training(company.pk, user_id=collector.pk, at=AT)
    ended = latest_training(company.pk)
    assert (ended.is_running, ended.number) == (False, 0)
    assert "model.train is missing" in ended.refusal


def test_a_failure_says_where_to_look(db):
    with pytest.raises(Company.DoesNotExist):
        begin_training(0, user_id=None, at=AT)

    assert latest_training(0) == Training(started_at=AT, is_running=False, refusal=FAILED)


def test_one_training_of_a_company_runs_at_a_time(company, manager):
    running = Training(started_at=AT, is_running=True)
    training._latest[company.pk] = running

    assert not begin_training(company.pk, user_id=manager.pk, at=AT)
    assert latest_training(company.pk) is running
    assert latest_training(company.pk + 1) is None
