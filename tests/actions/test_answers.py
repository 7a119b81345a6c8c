from datetime import timedelta

import pytest

from dunwell.actions.answers import KeyReused, answer_once
from dunwell.actions.gate import Actor, Forbidden, Refused
from dunwell.models import IdempotencyKey, User
from tests.actions.desk import acting
from tests.conftest import AT


class Work:
    """Something to be done once: it leaves a row, and may refuse."""

    def __init__(self, refusal=None):
        self.times, self.refusal, self.name = 0, refusal, f"made {id(self)}"

    def __call__(self):
        self.times += 1
        User.objects.create_user(f"{self.name} {self.times}")
        if self.refusal:
            raise self.refusal
        return 201, {"id": self.times}


def once(actor, work, key="k", request="a", at=AT):
    return answer_once(actor=actor, key=key, request_hash=request, at=at, carry_out=work)


def test_a_request_is_carried_out_once_and_answered_the_same(clerk):
    work = Work()

    told = [once(acting(clerk), work) for _ in range(3)]
    later = once(acting(clerk), work, at=AT + timedelta(days=400))

    assert (told, later, work.times) == ([(201, {"id": 1})] * 3, (201, {"id": 1}), 1)


def test_a_key_of_another_request_is_refused_and_nothing_is_done(clerk):
    work = Work()
    once(acting(clerk), work)

    with pytest.raises(KeyReused) as refusal:
        once(acting(clerk), work, request="b")

    assert str(refusal.value) == (
        "This Idempotency-Key was used for another request; use a new key."
    )
    assert work.times == 1


def test_a_refusal_undoes_everything_and_may_be_corrected_under_the_key(clerk):
    before = User.objects.count()

    with pytest.raises(Refused):
        once(acting(clerk), Work(Refused("no")))

    assert (User.objects.count(), IdempotencyKey.objects.count()) == (before, 0)
    assert once(acting(clerk), Work(), request="b") == (201, {"id": 1})


def test_callers_and_companies_do_not_meet_in_a_key(clerk, collector, rival):
    works = {person: Work() for person in (clerk, collector, rival)}
    for person, work in works.items():
        once(acting(person), work)

    assert [work.times for work in works.values()] == [1, 1, 1]


def test_a_key_is_kept_as_a_hash_however_long_it_is(clerk):
    once(acting(clerk), Work(), key="k" * 255)

    assert len(IdempotencyKey.objects.get().key) == 64


def test_whoever_may_only_write_may_use_keys_and_who_may_nothing_may_not(company):
    writer = Actor(company=company, name="feed", rights=frozenset({"payment.record"}))
    nobody = Actor(company=company, name="nobody")

    assert once(writer, Work()) == (201, {"id": 1})
    with pytest.raises(Forbidden):
        once(nobody, Work())
