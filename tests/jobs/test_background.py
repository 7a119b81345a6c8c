"""Work begun beside a page: once at a time, and what comes while it runs is not left behind."""

import threading

import pytest

from dunwell.jobs import background


@pytest.fixture
def begin(monkeypatch):
    """`begin` as outside of any transaction; the work of these tests asks no database."""

    class Outside:
        in_atomic_block = False

        def close(self):
            pass

    monkeypatch.setattr(background, "connection", Outside())
    return background.begin


def finished(key):
    """Wait for the thread of a key."""
    for thread in threading.enumerate():
        if thread.name == key:
            thread.join(30)


@pytest.mark.parametrize(("takes_later", "runs"), [(False, 1), (True, 2)])
def test_what_joins_a_queue_after_the_work_looked_is_taken_too(begin, takes_later, runs):
    looked, go_on, seen = threading.Event(), threading.Event(), []

    def work():
        seen.append(1)
        looked.set()
        assert go_on.wait(30)

    assert begin(work, key="queue", takes_later=takes_later)
    assert looked.wait(30)
    for _ in range(3):
        assert not begin(work, key="queue", takes_later=takes_later)
    go_on.set()
    finished("queue")
    assert len(seen) == runs
    assert begin(work, key="queue")
    finished("queue")
    assert len(seen) == runs + 1


def test_work_that_fails_lets_the_next_begin(begin, caplog):
    def fails():
        raise ValueError("no")

    assert begin(fails, key="fails", takes_later=True)
    finished("fails")
    assert "background work failed" in caplog.text
    assert begin(lambda: None, key="fails")
    finished("fails")
