"""Screening customers: everybody against a new list, then only what is new on either side."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.sanctions import load_list
from dunwell.formats.sanctions import read_sanctions
from dunwell.jobs.sanctions import rescreen_customers, screening_due
from dunwell.models import Customer, ScreeningHit
from tests.actions.application_rows import acting
from tests.actions.test_sanctions import loaded
from tests.conftest import AT, TODAY, add_customer

FIRST = "id,name\n1,Northern Shipping Lines\n2,Aurora Metal Trading\n"


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        yield


def hits():
    return list(ScreeningHit.objects.order_by("id").values_list("uid", "customer__number"))


def test_a_new_list_meets_everybody_once_and_then_newcomers_alone(company):
    analyst = acting(company, "nora")
    add_customer(company, "K1", name="Northern Shipping Line")
    loaded(analyst, FIRST)
    assert [rescreen_customers(company.pk) for _ in range(2)] == [1, 0]
    assert screening_due(company, as_of=TODAY) == ()

    newcomer = add_customer(company, "K2", name="Aurora Metals Trading")
    Customer.objects.filter(pk=newcomer.pk).update(recorded_at=AT + timedelta(hours=2))
    assert rescreen_customers(company.pk) == 1
    assert hits() == [("1", "K1"), ("2", "K2")]


def test_of_a_new_version_only_what_differs_is_compared(company):
    analyst = acting(company, "nora")
    add_customer(company, "K1", name="Northern Shipping Line")
    add_customer(company, "K2", name="Borealis Glass Works")
    loaded(analyst, FIRST)
    rescreen_customers(company.pk)
    loaded(analyst, FIRST + "3,Borealis Glassworks,\n".replace(",\n", "\n"))

    (due,) = screening_due(company, as_of=TODAY)
    assert [one.uid for one in due.hits] == ["3"]
    assert rescreen_customers(company.pk) == 1
    assert hits() == [("1", "K1"), ("3", "K2")]


def test_without_a_list_nothing_is_asked(company, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert screening_due(company, as_of=TODAY) == ()


def test_customers_are_read_once_however_many_lists_are_new(
    company,
):
    analyst = acting(company, "nora")
    add_customer(company, "K1", name="Northern Shipping Line")
    own = read_sanctions([("own.csv", FIRST.encode())])
    for source in ("eu", "own"):
        load_list(actor=analyst, file=replace(own, source=source), sha256=source * 8, at=AT)

    with CaptureQueriesContext(connection) as asked:
        due = screening_due(company, as_of=TODAY)
    assert [[hit.uid for hit in one.hits] for one in due] == [["1"], ["1"]]
    assert sum('FROM "dunwell_customer"' in one["sql"] for one in asked) == 1
