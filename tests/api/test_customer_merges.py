"""Merging duplicates as a program sees it: pairs, preview, four eyes, refusals, and the way back."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.customer_merges import mark_distinct, merge_customers
from dunwell.actions.gate import Refused
from dunwell.models import Customer, CustomerMerge, DistinctCustomers, Event, Item
from tests.actions.desk import acting
from tests.actions.exports import items_csv
from tests.actions.exports import merged as imported
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.actions.merge_rows import ON, merged_by, proposed
from tests.api.conftest import add_token
from tests.conftest import AT, TODAY, add_customer

pytestmark = pytest.mark.both
WHY = {"reason": "the same tax number"}
SUMS = {"currency": "EUR", "open_minor": 70_00, "unapplied_minor": 30_00}
"""What the twin brings: a document of 70.00 and money of 30.00."""


@pytest.fixture(autouse=True)
def _now():
    """The clock of programs stands where the rows were made."""
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def twin(company, customer):
    """A second record of Acme that owes and has paid something."""
    found = add_customer(company, "K2", "Acme GmbH")
    invoice(customer, "R9", 7_00)
    invoice(found, "R1", 70_00)
    payment(found, "B1", 30_00)
    return found


def refused(answer):
    """The status of a refusal, and the sentence that says what to do."""
    return answer.status_code, answer.json()["detail"]


def test_pairs_are_told_with_their_reasons_page_by_page(company, as_collector, customer, twin):
    third = add_customer(company, "K3", "Acme Gmbh")
    first = as_collector.get("/customer-merges/twins?limit=2").json()
    last = as_collector.get(f"/customer-merges/twins?limit=2&cursor={first['next']}").json()

    assert first["rows"][0] == {
        "first_id": customer.pk, "first_number": "K1", "first": "Acme",
        "second_id": twin.pk, "second_number": "K2", "second": "Acme GmbH",
        "reasons": ["name"], "points": 40,
    }  # fmt: skip
    pairs = [(row["first_id"], row["second_id"]) for row in first["rows"] + last["rows"]]
    assert pairs == [(customer.pk, twin.pk), (customer.pk, third.pk), (twin.pk, third.pk)]
    assert (len(first["rows"]), last["next"]) == (2, "")
    wrong = as_collector.get("/customer-merges/twins?cursor=x")
    assert (wrong.status_code, "no cursor of this list" in wrong.json()["detail"]) == (400, True)


def test_a_pair_told_apart_is_not_listed_again(company, as_clerk, customer, twin):
    body = {"customer_id": twin.pk, "other_id": customer.pk, "reason": "two branches"}
    told = as_clerk.post("/customer-merges/distinct", body, key="apart")
    again = as_clerk.post("/customer-merges/distinct", body, key="apart")

    assert (told.status_code, told.json()) == (200, {"changed": 1})
    assert (again.status_code, again.content) == (200, told.content)
    row = DistinctCustomers.objects.get()
    assert (row.first, row.second, row.reason, row.by) == (
        customer, twin, "two branches", "carla via erp",
    )  # fmt: skip
    assert as_clerk.get("/customer-merges/twins").json()["rows"] == []
    alone = {"customer_id": twin.pk, "other_id": twin.pk}
    assert refused(as_clerk.post("/customer-merges/distinct", alone)) == (
        422, "A record cannot be merged into itself; choose two.",
    )  # fmt: skip


def test_a_preview_tells_sums_and_rows_and_writes_nothing(as_clerk, customer, twin):
    count = Event.objects.count()
    seen = as_clerk.get(f"/customer-merges/preview/{twin.pk}/{customer.pk}").json()
    assert seen == {
        "merged_id": twin.pk, "merged_number": "K2", "merged": "Acme GmbH",
        "survivor_id": customer.pk, "survivor_number": "K1", "survivor": "Acme",
        "hindrances": [],
        "moves": [{"place": "item", "rows": 1}, {"place": "payment", "rows": 1}],
        "merged_holdings": [SUMS],
        "survivor_holdings": [{"currency": "EUR", "open_minor": 7_00, "unapplied_minor": 0}],
        "after_holdings": [{"currency": "EUR", "open_minor": 77_00, "unapplied_minor": 30_00}],
        "becomes_opted_out": False,
    }  # fmt: skip
    assert (Event.objects.count(), CustomerMerge.objects.count()) == (count, 0)
    alone = as_clerk.get(f"/customer-merges/preview/{twin.pk}/{twin.pk}")
    assert refused(alone) == (422, "A record cannot be merged into itself; choose two.")


def test_what_stands_against_it_is_told_with_what_to_do_in_the_reader_s_language(
    as_clerk, customer, twin
):
    invoice(customer, "R1", 5_00)
    path = f"/customer-merges/preview/{twin.pk}/{customer.pk}"
    sentence = "Both records have a document of the same kind and number; reverse one first."
    assert as_clerk.get(path).json()["hindrances"] == [
        {"kind": "item", "where": "R1", "text": sentence}
    ]
    german = as_clerk.call("GET", path, **{"Accept-Language": "de"}).json()["hindrances"]
    assert german[0]["text"].startswith("Beide Datensätze haben einen Beleg gleicher Art")
    body = {"merged_id": twin.pk, "survivor_id": customer.pk, **WHY}
    assert refused(as_clerk.post("/customer-merges", body)) == (
        422, f"K2 cannot be merged into K1: {sentence} (R1)",
    )  # fmt: skip
    assert not CustomerMerge.objects.exists()


def test_one_proposes_a_second_merges_and_the_split_gives_back(
    company, as_clerk, as_manager, customer, twin
):
    body = {"merged_id": twin.pk, "survivor_id": customer.pk, **WHY}
    made = as_clerk.post("/customer-merges", body, key="merge-k2")
    again = as_clerk.post("/customer-merges", body, key="merge-k2")
    path = f"/customer-merges/{made.json()['id']}"
    assert (made.status_code, again.status_code, again.json()) == (201, 201, made.json())
    waiting = as_clerk.get(path).json()
    assert waiting == {
        "merge": {
            "id": made.json()["id"],
            "merged_id": twin.pk, "merged_number": "K2", "merged": "Acme GmbH",
            "survivor_id": customer.pk, "survivor_number": "K1", "survivor": "Acme",
            "status": "proposed", "reason": "the same tax number", "author": "carla via erp",
            "proposed_on": str(TODAY),
            "decided_by": "", "decided_on": None, "split_by": "", "split_on": None,
        },
        "moves": [{"place": "item", "rows": 1}, {"place": "payment", "rows": 1}],
        "holdings": [SUMS],
        "hindrances": [],
        "returns": [],
    }  # fmt: skip
    assert as_clerk.get("/customer-merges/twins").json()["rows"] == []

    done = as_manager.post(f"{path}/merge", key="do-it")
    assert (done.status_code, done.json()) == (200, {"changed": 1})
    assert Item.objects.get(number="R1").customer == customer
    count = Event.objects.count()
    assert as_manager.post(f"{path}/merge", key="do-it").content == done.content
    assert as_manager.post(f"{path}/merge").json() == {"changed": 1}
    assert Event.objects.count() == count
    told = as_clerk.get(path).json()
    assert (told["merge"]["status"], told["merge"]["decided_by"]) == ("merged", "mona via erp")
    assert (told["holdings"], told["hindrances"]) == ([SUMS], [])
    assert {"place": "item", "rows": 1} in told["moves"]
    came = items_csv("K2;Acme GmbH;R3;invoice;2026-02-05;2026-03-04;EUR;9.00;9.00")
    imported(company, came)
    told = as_clerk.get(path).json()
    assert {"place": "item", "rows": 1} in told["moves"]
    assert told["returns"] == [{"place": "item", "rows": 2}, {"place": "payment", "rows": 1}]

    split = as_manager.post(f"{path}/split", {"reason": "two branches"}, key="back")
    assert as_manager.post(f"{path}/split", {"reason": "two branches"}, key="back").content == (
        split.content
    )
    assert (split.status_code, split.json()) == (200, {"changed": 1})
    assert Item.objects.get(number="R1").customer == twin
    assert Item.objects.get(number="R3").customer == twin
    told = as_clerk.get(path).json()
    assert (told["merge"]["status"], told["returns"]) == ("split", [])
    assert breaks(company) == {}


def test_who_proposed_cannot_merge_and_what_is_over_stays(
    company, as_manager, as_clerk, manager, customer, twin
):
    others = [add_customer(company, f"M{n}", f"Many {n}") for n in range(2)]
    merge = proposed(manager, twin, customer)
    path = f"/customer-merges/{merge.pk}"
    own = refused(as_manager.post(f"{path}/merge"))
    assert own == (422, "You proposed this merge; somebody else has to decide it.")
    body = {"merged_id": others[0].pk, "survivor_id": others[1].pk, **WHY}
    made = as_manager.post("/customer-merges", body).json()["id"]
    by_program = CustomerMerge.objects.get(pk=made)
    with pytest.raises(Refused, match="somebody else has to decide it"):
        merge_customers(actor=acting(manager), merge=by_program, **ON)
    early = refused(as_manager.post(f"{path}/split", WHY))
    assert (early[0], "This merge is marked: waits for approval" in early[1]) == (422, True)
    declined = as_clerk.post(f"{path}/decline", {"reason": "a branch"}, key="no")
    assert (declined.status_code, declined.json()) == (200, {"changed": 1})
    assert as_clerk.post(f"{path}/decline", {"reason": "a branch"}, key="no").status_code == 200
    assert len(as_clerk.get("/customer-merges/twins").json()["rows"]) == 1
    late = refused(as_manager.post(f"{path}/merge"))
    assert (late[0], "This merge is marked: not merged" in late[1]) == (422, True)
    assert as_clerk.post(f"{path}/decline", {"reason": "a branch"}).status_code == 422


def test_a_decline_may_say_that_they_are_two_customers(as_clerk, clerk, customer, twin):
    merge = proposed(clerk, twin, customer)
    body = {"reason": "a branch", "is_distinct": True}
    assert as_clerk.post(f"/customer-merges/{merge.pk}/decline", body).json() == {"changed": 1}
    assert DistinctCustomers.objects.get().reason == "a branch"
    assert as_clerk.get("/customer-merges/twins").json()["rows"] == []
    told = as_clerk.get(f"/customer-merges/{merge.pk}").json()
    assert (told["moves"], told["holdings"], told["hindrances"]) == ([], [], [])


def test_what_ties_both_is_told_before_anybody_splits(
    company, as_manager, clerk, manager, customer, twin
):
    merge = merged_by(clerk, manager, twin, customer)
    survivor = Customer.objects.get(pk=customer.pk)
    merged_by(clerk, manager, survivor, add_customer(company, "K3"))
    path = f"/customer-merges/{merge.pk}"
    text = "The survivor was merged into another record since; split that merge first."
    assert as_manager.get(path).json()["hindrances"] == [
        {"kind": "merge", "where": "K3", "text": text}
    ]
    assert refused(as_manager.post(f"{path}/split", WHY)) == (
        422, f"K2 cannot be split off: {text} (K3)",
    )  # fmt: skip


def test_merges_are_listed_by_status_and_by_record(company, as_collector, clerk, manager, twin):
    others = [add_customer(company, f"M{n}", f"Many {n}") for n in range(5)]
    done = merged_by(clerk, manager, others[0], others[1])
    waits = proposed(clerk, others[2], others[3])
    ours = merged_by(clerk, manager, others[4], twin)

    def listed(query):
        page = as_collector.get(f"/customer-merges?{query}").json()
        return [row["id"] for row in page["rows"]], page["next"]

    assert listed("") == ([ours.pk, waits.pk, done.pk], "")
    assert listed("status=merged") == ([ours.pk, done.pk], "")
    assert listed("status=proposed") == ([waits.pk], "")
    assert listed(f"customer_id={twin.pk}") == listed(f"customer_id={others[4].pk}")
    assert listed(f"customer_id={twin.pk}") == ([ours.pk], "")
    keys, place = listed("limit=2")
    assert (keys, listed(f"limit=2&cursor={place}")) == ([ours.pk, waits.pk], ([done.pk], ""))
    assert as_collector.get("/customer-merges?status=undone").status_code == 422


def test_without_the_right_nothing_is_told_or_done(
    company, as_collector, as_clerk, clerk, customer, twin
):
    merge = proposed(clerk, twin, customer)
    path, count = f"/customer-merges/{merge.pk}", Event.objects.count()
    body = {"merged_id": customer.pk, "survivor_id": twin.pk, **WHY}
    pair = {"customer_id": customer.pk, "other_id": twin.pk}
    nobody = add_token(clerk, company, name="bare", rights=[])
    answers = [
        *(nobody.get(one) for one in ("/customer-merges", "/customer-merges/twins", path)),
        as_collector.get(f"/customer-merges/preview/{twin.pk}/{customer.pk}"),
        as_collector.post("/customer-merges", body),
        as_collector.post("/customer-merges/distinct", pair),
        as_collector.post(f"{path}/decline", WHY),
        as_clerk.post(f"{path}/merge"),
        as_clerk.post(f"{path}/split", WHY),
    ]
    assert [answer.status_code for answer in answers] == [403] * len(answers)
    merge.refresh_from_db()
    assert (merge.status, Event.objects.count()) == ("proposed", count)


def test_another_company_s_records_are_not_there(as_clerk, rival, clerk, customer, twin):
    theirs = add_customer(rival.memberships.first().company, "K1", "Acme GmbH")
    merge = proposed(clerk, twin, customer)
    path = f"/customer-merges/{merge.pk}"
    rights = ["ledger.view", "merge.propose", "merge.decide"]
    full = add_token(rival, theirs.company, name="full", rights=rights)
    assert full.get("/customer-merges").json()["rows"] == []
    assert full.get("/customer-merges/twins").json()["rows"] == []
    pair = {"merged_id": theirs.pk, "survivor_id": customer.pk, **WHY}
    told = {"customer_id": theirs.pk, "other_id": customer.pk}
    answers = [
        full.get(path),
        full.get(f"/customer-merges/preview/{theirs.pk}/{customer.pk}"),
        full.post("/customer-merges", pair),
        full.post("/customer-merges/distinct", told),
        full.post(f"{path}/merge"),
        full.post(f"{path}/decline", WHY),
        full.post(f"{path}/split", WHY),
        as_clerk.get(f"/customer-merges/preview/{customer.pk}/{theirs.pk}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)


def test_a_write_needs_a_key_and_a_reason(as_clerk, customer, twin):
    body = {"merged_id": twin.pk, "survivor_id": customer.pk, **WHY}
    without = as_clerk.call("POST", "/customer-merges", body, **{"Idempotency-Key": ""})
    assert without.status_code == 400
    for wrong in ({"reason": ""}, {"reason": "x" * 301}, {"reason": " "}, {"force": True}):
        assert as_clerk.post("/customer-merges", body | wrong).status_code == 422
    assert not CustomerMerge.objects.exists()


def test_lists_cost_the_same_for_one_row_and_for_three(company, as_clerk, clerk, customer, twin):
    proposed(clerk, add_customer(company, "P0", "Pair 0"), add_customer(company, "P1", "Pear 1"))
    paths = ("/customer-merges", "/customer-merges/twins")
    few = {path: queries(as_clerk, path) for path in paths}
    for n in range(2):
        one, other = (add_customer(company, f"Q{n}{m}", f"Quay {n}") for m in range(2))
        proposed(clerk, one, other)
        add_customer(company, f"S{n}", "Acme GmbH")
    many = {path: queries(as_clerk, path) for path in paths}

    assert [rows for rows, _ in few.values()] == [1, 1]
    assert [rows for rows, _ in many.values()] == [3, 6]
    assert [asked for _, asked in few.values()] == [asked for _, asked in many.values()]


def queries(program, path):
    """How many rows a list has, and what it asks the database for them."""
    with CaptureQueriesContext(connection) as context:
        rows = program.get(path).json()["rows"]
    return len(rows), len(context.captured_queries)


def test_pages_go_on_behind_a_pair_that_somebody_decided(company, as_clerk, clerk, customer, twin):
    third = add_customer(company, "K3", "Acme GmbH")
    first = as_clerk.get("/customer-merges/twins?limit=1").json()
    mark_distinct(actor=acting(clerk), first=customer, second=twin, at=AT)
    rest = as_clerk.get(f"/customer-merges/twins?cursor={first['next']}").json()["rows"]

    assert [(row["first_id"], row["second_id"]) for row in first["rows"]] == [
        (customer.pk, twin.pk)
    ]
    assert [(row["first_id"], row["second_id"]) for row in rest] == [
        (customer.pk, third.pk), (twin.pk, third.pk),
    ]  # fmt: skip


def test_a_record_that_was_merged_names_the_one_to_go_on_at(
    company, as_clerk, clerk, manager, customer, twin
):
    before = as_clerk.get(f"/customers/{twin.pk}").json()
    third = add_customer(company, "K3")
    merged_by(clerk, manager, twin, customer)
    merged_by(clerk, manager, customer, third)

    told = as_clerk.get(f"/customers/{twin.pk}").json()
    open_one = as_clerk.get(f"/customers/{third.pk}").json()
    note = as_clerk.post(f"/customers/{twin.pk}/notes", {"kind": "note", "text": "x"})

    assert (before["merged_into_id"], before["merged_into"]) == (None, "")
    assert (told["merged_into_id"], told["merged_into"]) == (third.pk, "K3")
    assert (open_one["merged_into_id"], open_one["merged_into"]) == (None, "")
    assert (note.status_code, note.json()) == (422, {
        "detail": "K2 was merged into K3; go on at K3.", "merged_into_id": third.pk,
    })  # fmt: skip
