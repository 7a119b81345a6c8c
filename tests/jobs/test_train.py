"""Training: same rows, same bytes; nothing of the future; the winner of the back-test serves."""

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from dunwell.actions.gate import Forbidden, Refused
from dunwell.jobs.train import history_sha256, pooled, train, trained_model
from dunwell.models import Company, Event, Item, ModelVersion
from dunwell.queries.histories import company_history
from dunwell.queries.ledgers import Books
from dunwell.queries.model_versions import model_page, version_page
from tests.actions.ledger_rows import invoice
from tests.conftest import add_customer, add_user
from tests.jobs.demo_desk import AT, DAY, demo_company

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

WEEKS = 2
"""Snapshots of the back-test in tests."""


@pytest.fixture
def company(db):
    with time_machine.travel(AT, tick=False):
        yield demo_company(customers=40, items=900)


def learned(company, **fields):
    history = company_history(Books(company), as_of=DAY)
    given = {"tested_on": history, "company": company, "learned_from": [company.pk], **fields}
    return trained_model(history, weeks=WEEKS, **given)


def test_the_same_rows_day_and_seed_make_the_same_bytes(company):
    one, two, other = learned(company), learned(company), learned(company, seed=8)
    assert one == two
    assert one.training_sha256 == other.training_sha256


def test_what_is_booked_later_changes_no_training(company):
    day = DAY - timedelta(days=40)
    before = history_sha256(company_history(Books(company), as_of=day))
    customer = company.customers.order_by("pk").first()
    invoice(customer, "LATER", 100_00, issued_on=DAY - timedelta(days=39), due_on=DAY)
    later = history_sha256(company_history(Books(company), as_of=day))
    invoice(customer, "EARLIER", 100_00, issued_on=day, due_on=DAY)

    assert later == before
    assert history_sha256(company_history(Books(company), as_of=day)) != before


def test_the_first_version_is_the_winner_and_serves_the_next_one_waits(company):
    first = train(company.pk, as_of=DAY - timedelta(days=30), weeks=WEEKS)
    second = train(company.pk, as_of=DAY, weeks=WEEKS)

    rows = ModelVersion.objects.order_by("number").values_list("kind", "status", "trained_by")
    assert [row[1:] for row in rows] == [("serving", "system"), ("candidate", "system")]
    league = version_page(company, second.pk).league
    assert (first.kind, league.serves, league.is_worse, league.snapshots) == (
        first.league["serves"],
        second.kind,
        False,
        WEEKS,
    )
    naive = {"due_date", "customer_median", "customer_rate"}
    assert naive <= {row.model for row in league.rows}
    card = model_page(company).card
    assert (card["version"], card["training"]["to"], card["training"]["training_hash"]) == (
        "1",
        (DAY - timedelta(days=30)).isoformat(),
        first.training_sha256,
    )


def test_a_named_kind_is_recorded_and_marked_when_another_should_serve(company):
    version = train(company.pk, as_of=DAY, kind="due_date", weeks=WEEKS)
    assert (version.kind, version.league["is_worse"]) == ("due_date", True)
    with pytest.raises(Refused) as refusal:
        train(company.pk, as_of=DAY, kind="oracle")
    assert str(refusal.value) == (
        "There is no model oracle; use hazard, customer_median, customer_rate, due_date."
    )


def test_companies_are_pooled_by_choice_and_only_with_the_right_in_each(company):
    other = Company.objects.create(name="Other", country="DE", currency="EUR", created_at=AT)
    for number in range(5):
        invoice(add_customer(other, f"O{number}"), f"O{number}", 100_00,
                issued_on=DAY - timedelta(days=60), due_on=DAY - timedelta(days=30))  # fmt: skip
    mona = add_user(company, "mona", "credit_manager")
    with pytest.raises(Forbidden, match="mona does not work for Other"):
        train(company.pk, as_of=DAY, pooled_with=[other.pk], user_id=mona.pk, weeks=WEEKS)
    version = train(company.pk, as_of=DAY, pooled_with=[other.pk], weeks=WEEKS)
    alone, more = (company_history(Books(one), as_of=DAY) for one in (company, other))

    assert version.learned_from == [company.pk, other.pk]
    both = pooled([alone, more])
    assert both.items.height == alone.items.height + 5
    assert version.training_sha256 == history_sha256(both)
    assert both.items["item_id"].is_sorted()


def test_who_trains_by_hand_is_named_and_needs_the_right(company):
    mona, rita = (
        add_user(company, "mona", "credit_manager"),
        add_user(company, "rita", "read_only"),
    )
    version = train(company.pk, as_of=DAY, user_id=mona.pk, weeks=WEEKS)
    with pytest.raises(Forbidden):
        train(company.pk, as_of=DAY, user_id=rita.pk, weeks=WEEKS)
    told = Event.objects.filter(verb="model.trained").values_list("actor", "data__kind")
    assert (version.trained_by, list(told)) == ("mona", [("mona", version.kind)])


def test_without_items_there_is_nothing_to_learn_and_without_paid_ones_the_due_date_serves(db):
    empty = Company.objects.create(name="Empty", country="DE", currency="EUR", created_at=AT)
    with pytest.raises(Refused) as refusal:
        train(empty.pk, as_of=DAY)
    invoice(add_customer(empty, "K1"), "R1", 100_00, issued_on=DAY, due_on=DAY)
    with time_machine.travel(AT, tick=False):
        version = train(empty.pk, as_of=DAY)

    assert str(refusal.value) == "Empty has no items up to 2026-03-05; import its ledger first."
    assert (version.kind, version.status, version.league["rows"]) == ("due_date", "serving", [])


def test_the_command_prints_the_league_as_text_and_json(company):
    out, also = StringIO(), StringIO()
    given = {"company": company.name, "as_of": "2026-03-05", "weeks": WEEKS}
    call_command("train", **given, stdout=out)
    call_command("train", **given, format="json", stdout=also)
    lines, told = out.getvalue().splitlines(), json.loads(also.getvalue())

    version = ModelVersion.objects.get()
    assert lines[0] == (
        f"Version 1: {version.kind}, serving, learned from {version.paid_items:,} paid items "
        "up to 2026-03-05"
    )
    assert lines[1].startswith(f"Back-test of {WEEKS} weeks, ")
    assert {line.split()[-8] for line in lines[4:]} == {
        row["model"] for row in version.league["rows"]
    }
    assert (told["number"], told["artifact_sha256"], told["league"]) == (
        1,
        version.artifact_sha256,
        version.league,
    )
    with pytest.raises(CommandError, match="There is no company named 'Nobody'"):
        call_command("train", company="Nobody")
    with pytest.raises(CommandError, match="--as-of soon is not a day"):
        call_command("train", company=company.name, as_of="soon")


def test_training_does_not_touch_the_ledger(company):
    before = Item.objects.count()
    train(company.pk, as_of=DAY, weeks=WEEKS)
    assert Item.objects.count() == before
