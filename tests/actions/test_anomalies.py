"""Anomalies: found once, decided by a person, never brought up again."""

import json
from datetime import timedelta

import polars as pl
import pytest
from django.db import IntegrityError, transaction

from dunwell.actions.anomalies import decide_anomaly, find_anomalies
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.models import Anomaly
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY

TYPES = {
    "identity": pl.String, "kind": pl.String, "severity": pl.Int64, "measured": pl.Int64,
    "usual": pl.Int64, "unit": pl.String, "facts": pl.String, "customer_id": pl.Int64,
    "item_id": pl.Int64, "payment_id": pl.Int64, "other_item_id": pl.Int64,
    "other_payment_id": pl.Int64,
}  # fmt: skip


def finding(identity, **fields):
    return {
        **dict.fromkeys(TYPES),
        "identity": identity,
        "kind": "amount",
        "severity": 2,
        "measured": 100_00,
        "usual": 10_00,
        "unit": "minor",
        "facts": json.dumps({"items": 12}),
        **fields,
    }


def find(company, *rows, as_of=TODAY):
    return find_anomalies(
        actor=system(company), rows=pl.DataFrame(rows, schema=TYPES), as_of=as_of, at=AT
    )


@pytest.fixture
def found(company, customer):
    item = invoice(customer, "R1", 100_00)
    row = finding(f"amount:item:{item.pk}", item_id=item.pk, customer_id=customer.pk)
    find(company, row)
    return Anomaly.objects.get()


def test_a_finding_is_kept_once_with_its_figures(company, customer):
    item, money = invoice(customer, "R1", 100_00), payment(customer, "P1", 50_00)
    rows = [
        finding("amount:1", item_id=item.pk, customer_id=customer.pk),
        finding("twice:1", kind="duplicate", payment_id=money.pk, measured=None, usual=None),
    ]
    told = [find(company, *rows), find(company, *rows, as_of=TODAY + timedelta(days=1))]

    first, second = Anomaly.objects.order_by("identity")
    assert (told, first.item, first.measured, first.usual, first.facts) == (
        [2, 0],
        item,
        100_00,
        10_00,
        {"items": 12},
    )
    assert (second.payment, second.measured, second.status, second.found_on) == (
        money,
        None,
        "open",
        TODAY,
    )
    assert (verbs(company), last_event(company)[3]) == (
        ["anomalies.found"],
        {"as_of": "2026-03-05", "found": 2},
    )


def test_a_dismissed_finding_stays_dismissed_when_it_is_found_again(company, found, clerk):
    decide_anomaly(
        actor=acting(clerk), anomaly=found, status="dismissed", reason="yearly fee", at=AT
    )
    again = find(company, finding(found.identity, item_id=found.item_id))

    found.refresh_from_db()
    assert (again, found.status, found.decided_by, found.reason) == (
        0,
        "dismissed",
        "carla",
        "yearly fee",
    )
    assert last_event(company) == (
        "anomaly.dismissed",
        "carla",
        found.customer_id,
        {"kind": "amount", "reason": "yearly fee"},
    )


def refusal(actor, anomaly, status, reason=""):
    with pytest.raises(Refused) as caught:
        decide_anomaly(actor=actor, anomaly=anomaly, status=status, reason=reason, at=AT)
    return str(caught.value)


def test_what_cannot_be_decided_is_said(company, found, manager, rival):
    stale = Anomaly.objects.get(pk=found.pk)
    assert [
        refusal(acting(manager), found, "open"),
        refusal(acting(manager), found, "dismissed", " "),
        refusal(acting(rival), found, "confirmed"),
    ] == [
        "A finding can be confirmed or dismissed, not open.",
        "Say why this is in order.",
        "This finding belongs to another company.",
    ]
    decide_anomaly(actor=acting(manager), anomaly=found, status="confirmed", at=AT)
    raced = refusal(acting(manager), stale, "dismissed", "no")
    found.refresh_from_db()
    assert [raced, refusal(acting(manager), found, "dismissed", "no")] == [
        "Somebody else has just decided this finding; load the page again.",
        "This finding is confirmed already.",
    ]


def test_who_collects_may_not_decide(found, collector):
    with pytest.raises(Forbidden):
        decide_anomaly(actor=acting(collector), anomaly=found, status="confirmed", at=AT)


def test_a_finding_has_one_subject(company, customer):
    item, money = invoice(customer, "R1", 100_00), payment(customer, "P1", 50_00)
    for subjects in ({}, {"item_id": item.pk, "payment_id": money.pk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            find(company, finding("x", **subjects))
