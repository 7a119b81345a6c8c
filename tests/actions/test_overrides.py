"""A strategy is departed from with a reason, for a time, and followed again."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import Refused
from dunwell.actions.overrides import end_override, set_override
from dunwell.actions.signals import record_signal
from dunwell.models import Signal, StrategyOverride
from dunwell.queries.steering import overrides_frame, signals_frame, steering
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

YESTERDAY = TODAY - timedelta(days=1)


def depart(user, customer, **changes):
    arguments = {"kind": "skip", "level": 2, "reason": "agreed", "as_of": TODAY, "at": AT}
    return set_override(actor=acting(user), customer=customer, **{**arguments, **changes})


def rows(frame):
    return frame.collect("polars").to_native().rows()


def test_an_override_holds_from_its_day_to_its_end(company, collector, customer):
    item = invoice(customer, "R1", 100_00)
    depart(collector, customer, item=item, until_on=TODAY + timedelta(days=1))

    assert last_event(company) == (
        "override.set",
        "anna",
        customer.pk,
        {"item": "R1", "kind": "skip", "level": 2, "reason": "agreed", "until_on": "2026-03-06"},
    )
    held = [(customer.pk, item.pk, "skip", None, 2, None)]
    found = [
        rows(overrides_frame(company, as_of=TODAY + timedelta(days=n))) for n in (-1, 0, 1, 2)
    ]
    assert found == [[], held, held, []]


def test_the_same_again_is_the_same_and_another_value_replaces_it(company, collector, customer):
    first = depart(collector, customer, kind="hold_level", level=2)
    again = depart(collector, customer, kind="hold_level", level=2)
    other = depart(collector, customer, kind="hold_level", level=3)
    depart(collector, customer, level=1)
    depart(collector, customer, level=2)

    first.refresh_from_db()
    assert (first.pk, first.ended_on, other.ended_on) == (again.pk, TODAY, None)
    assert sorted(rows(overrides_frame(company, as_of=TODAY))) == [
        (customer.pk, None, "hold_level", None, 3, None),
        (customer.pk, None, "skip", None, 1, None),
        (customer.pk, None, "skip", None, 2, None),
    ]
    assert verbs(company)[:3] == ["override.set", "override.ended", "override.set"]


def test_it_ends_once_with_a_reason(company, collector, customer):
    override = depart(collector, customer)
    stop = {"actor": acting(collector), "as_of": TODAY, "at": AT}

    with pytest.raises(Refused, match="Say why the override ends"):
        end_override(override=override, reason=" ", **stop)
    end_override(override=override, reason="paid", **stop)
    with pytest.raises(Refused, match="Somebody else has just ended this override"):
        end_override(override=override, reason="paid", **stop)
    override.refresh_from_db()
    with pytest.raises(Refused, match="This override ended on 2026-03-05"):
        end_override(override=override, reason="paid", **stop)
    assert rows(overrides_frame(company, as_of=TODAY)) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "mood"}, "There is no override mood; use assign, skip, hold_level, channel."),
        ({"level": None}, "State a level between 0 and 99."),
        ({"reason": " "}, "Say why the strategy is not followed."),
        ({"until_on": YESTERDAY}, "The last day of the override has already passed."),
        (
            {"kind": "assign", "strategy": "gentle"},
            "No strategy gentle is in force; there is none at all.",
        ),
        (
            {"kind": "channel", "channel": "call"},
            "Channel call cannot stand in; use email, letter, portal.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(
    company, collector, customer, change, sentence
):
    with pytest.raises(Refused) as refusal:
        depart(collector, customer, **change)

    assert str(refusal.value) == sentence
    assert (StrategyOverride.objects.count(), verbs(company)) == (0, [])


def test_another_customers_item_is_refused(company, collector, customer):
    other = invoice(add_customer(company, "K2"), "R2", 1_00)

    with pytest.raises(Refused, match="This item belongs to another customer"):
        depart(collector, customer, item=other)


def test_a_signal_told_twice_is_known_once(company, collector, customer):
    told = {
        "actor": acting(collector), "customer": customer, "source": "mailer", "as_of": TODAY,
        "at": AT,
    }  # fmt: skip
    first = record_signal(kind="viewed", external_id="e1", on=YESTERDAY, **told)
    again = record_signal(kind="viewed", external_id="e1", **told)
    record_signal(kind="delivered", external_id="e2", **told)

    assert (first.pk, Signal.objects.count()) == (again.pk, 2)
    assert verbs(company) == ["signal.viewed", "signal.delivered"]
    assert rows(signals_frame(company)) == [
        (customer.pk, None, "viewed", (YESTERDAY - YESTERDAY.min).days - 719_162)
    ]
    with pytest.raises(Refused, match="mailer told e1 before, as viewed"):
        record_signal(kind="bounced", external_id="e1", **told)
    with pytest.raises(Refused, match="which has not come"):
        record_signal(kind="viewed", external_id="e3", on=TODAY + timedelta(days=1), **told)


def test_without_branches_only_the_overrides_are_read(company, django_assert_num_queries):
    with django_assert_num_queries(1):
        steered = steering(company, strategies=(), as_of=TODAY)
    assert (steered.branching, steered.overrides) == (None, None)
