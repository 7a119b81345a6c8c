"""Progress of work in the background: a second click never leaves work that seems to go on."""

import threading
from datetime import timedelta

import pytest

from dunwell.jobs import background
from dunwell.jobs.progress import LatestProgress, Progress
from dunwell.jobs.scorecards import CardOrder, begin_card_training, latest_card_training
from dunwell.jobs.training import begin_training, latest_training
from tests.conftest import AT, TODAY

NOBODYS = 7


def click_card():
    order = CardOrder(name="habits", valid_from=TODAY)
    return begin_card_training(NOBODYS, order, user_id=None, at=AT)


def click_model():
    return begin_training(NOBODYS, user_id=None, at=AT)


@pytest.fixture
def leave():
    """Lets the threads of a test go."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize(
    ("key", "click", "latest"),
    [
        (f"scorecard {NOBODYS}", click_card, latest_card_training),
        (f"train {NOBODYS}", click_model, latest_training),
    ],
)
def test_a_click_while_another_thread_is_at_it_leaves_no_training_that_never_ends(
    leave, key, click, latest
):
    assert background.begin(lambda: leave.wait(10), key=key)

    assert not click()
    assert latest(NOBODYS) is None


def test_a_click_while_the_thread_before_is_leaving_keeps_how_it_ended(leave):
    followed, ended = LatestProgress(), threading.Event()
    started = Progress(started_at=AT, is_running=True)

    def work():
        followed.tell(NOBODYS, "judge", 400_000)
        followed.end(NOBODYS, refusal="Too few rows.")
        ended.set()
        leave.wait(10)

    assert followed.begin(NOBODYS, started, work, key="progress of a test")
    assert ended.wait(10)

    again = Progress(started_at=AT + timedelta(seconds=1), is_running=True)
    assert not followed.begin(NOBODYS, again, work, key="progress of a test")
    assert followed.latest(NOBODYS) == Progress(
        started_at=AT, is_running=False, refusal="Too few rows.", stage="judge",
        done_ppm=1_000_000,
    )  # fmt: skip
    assert followed.latest(NOBODYS + 1) is None
