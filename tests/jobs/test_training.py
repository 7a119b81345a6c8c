"""Training begun by a page: once at a time, and its end is told, whatever it was."""

from datetime import timedelta

import pytest

from dunwell.jobs import training
from dunwell.jobs.progress import LatestProgress
from dunwell.jobs.train import STAGES, train
from dunwell.jobs.training import FAILED, Training, begin_training, latest_training
from dunwell.models import Company, ModelVersion
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY


@pytest.fixture(autouse=True)
def _no_training_before(monkeypatch):
    monkeypatch.setattr(training, "_progress", LatestProgress())


def test_a_training_ends_with_the_version_it_made(company, manager, customer):
    invoice(customer, "R1", 100_00)

    assert begin_training(company.pk, user_id=manager.pk, at=AT)
    assert latest_training(company.pk) == Training(
        started_at=AT, is_running=False, number=1, stage="record", done_ppm=1_000_000
    )
    assert ModelVersion.objects.get().trained_by == "mona"


def test_every_stage_is_told_in_its_order(company, customer):
    invoice(customer, "R1", 100_00)
    told = []
    train(company.pk, as_of=TODAY, tell=lambda stage, done: told.append((stage, done)))

    # the only item is too young to be tested on
    assert told == list(STAGES.items()) == sorted(told, key=lambda one: one[1])
    assert told[0][1] == 0 and told[-1][1] < 1_000_000


def test_within_the_back_test_every_answer_of_a_model_moves_the_progress_on(company, customer):
    for n in range(3):
        issued = TODAY - timedelta(days=100 + n)
        invoice(customer, f"R{n}", 100_00, issued_on=issued, due_on=issued + timedelta(days=30))
    told = []
    train(company.pk, as_of=TODAY, tell=lambda stage, done: told.append((stage, done)))

    seen = [done for stage, done in told if stage == "test"]
    # three naive models on each of the last four weeks that can be judged
    assert len(seen) == 1 + 3 * 4
    assert seen == sorted(set(seen))
    assert (seen[0], seen[-1]) == (STAGES["test"], STAGES["fit"])


def test_a_refusal_is_kept_for_the_page(company, collector, customer):
    invoice(customer, "R1", 100_00)

    assert begin_training(company.pk, user_id=collector.pk, at=AT)
    ended = latest_training(company.pk)
    assert (ended.is_running, ended.number) == (False, 0)
    assert "model.train is missing" in ended.refusal


def test_a_failure_says_where_to_look(db):
    with pytest.raises(Company.DoesNotExist):
        begin_training(0, user_id=None, at=AT)

    assert latest_training(0) == Training(
        started_at=AT, is_running=False, refusal=FAILED, done_ppm=1_000_000
    )


def test_one_training_of_a_company_runs_at_a_time(company, manager):
    running = Training(started_at=AT, is_running=True)
    training._progress.begin(company.pk, running, lambda: None, key="somebody else's")

    assert not begin_training(company.pk, user_id=manager.pk, at=AT)
    assert latest_training(company.pk) is running
    assert latest_training(company.pk + 1) is None
