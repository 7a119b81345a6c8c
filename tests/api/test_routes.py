"""The generated matrix: every operation, every caller. An operation not listed fails here."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from dunwell import clock
from dunwell.actions.role_rights import RIGHTS, ROLE_RIGHTS, STAFF_ROLES
from dunwell.api import api
from dunwell.models import (
    Absence,
    ApprovalRequest,
    Company,
    CreditLimit,
    Event,
    HandOff,
    QuizSitting,
    Role,
    RolePlay,
    User,
)
from tests.api.books import keep_books
from tests.api.conftest import Program, add_token, digest
from tests.api.operations import ALL, OPERATIONS, WITHOUT_KEY, operations, send
from tests.api.placement_books import take_seat
from tests.api.share_books import keep_shared
from tests.conftest import AT, add_user
from tests.dealing import hand, share

ROUTES = operations(api.get_openapi_schema())
WRITES = [route for route in ROUTES if route[1] != "GET"]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
CALLERS = {
    "A": Role.ADMIN,
    "M": Role.CREDIT_MANAGER,
    "C": Role.COLLECTOR,
    "K": Role.CLERK,
    "D": Role.RESOLVER,
    "R": Role.READ_ONLY,
    "P": Role.PARTNER,
    "N": Role.CREDIT_ANALYST,
    "F": Role.FINANCE_DIRECTOR,
}


@pytest.fixture
def company(kept, db):
    return Company.objects.get(pk=kept[0])


@pytest.fixture
def ids(kept, db):
    return kept[1]


@pytest.fixture
def today(company):
    return clock.today(company.zone)


@pytest.fixture(scope="module")
def as_stranger(standing):
    """A program that holds every right, but in another company with books of its own."""
    # an hour before ours: a batch of letters is named by its moment, in every company anew
    with time_machine.travel(AT - timedelta(hours=1), tick=False):
        other = Company.objects.create(name="Rival", zone="Europe/Berlin", created_at=AT)
        keep_books(other, "x")
        return add_token(add_user(other, "omri", *STAFF_ROLES), other, rights=sorted(RIGHTS))


def undone(call):
    """What a call answers, its changes taken back again."""
    with transaction.atomic():
        answer = call()
        transaction.set_rollback(True)
    return answer


def caller(company, letter):
    if letter == "no token":
        return Program("")
    if letter == "0":
        return add_token(add_user(company, "nora", Role.CLERK), company, rights=[])
    person = add_user(company, "callie", CALLERS[letter])
    if letter == "P":
        take_seat(company, person)
    return add_token(person, company, rights=sorted(ROLE_RIGHTS[CALLERS[letter]]))


def expected(name, letter):
    if letter == "no token":
        return 401
    return "done" if letter in OPERATIONS[name].may else 403


@pytest.mark.parametrize("letter", [*CALLERS, "0", "no token"])
def test_every_operation_answers_every_caller_as_the_table_says(company, ids, today, letter):
    program = caller(company, letter)
    told, few = {}, share(ROUTES, letter, one_in=24)
    for name, method, path, _ in few:
        answer = undone(lambda: send(program, name, method, path, ids, today))  # noqa: B023
        told[name] = "done" if answer.status_code in {200, 201, 202} else answer.status_code
        if told[name] not in {"done", 401, 403}:
            told[name] = (answer.status_code, answer.content[:300])

    assert len(told) == len(few) > len(ROUTES) // 50
    assert {n: found for n, found in told.items() if found != expected(n, letter)} == {}


def test_the_table_lists_every_operation_and_no_other():
    assert {name for name, *_ in ROUTES} == OPERATIONS.keys()
    assert len(ROUTES) == len(OPERATIONS)
    assert WITHOUT_KEY.keys() <= OPERATIONS.keys()


def test_a_right_of_the_table_is_a_right_of_the_roles():
    assert all(set(call.may) <= set(ALL) | {"0", "P"} for call in OPERATIONS.values())


def test_a_record_of_another_company_is_absent_and_untouched(ids, today, as_stranger):
    before = digest()
    told = {
        name: send(as_stranger, name, method, path, ids, today).status_code
        for name, method, path, _ in ROUTES
        if "_id}" in path and not path.startswith("/partner/")
    }

    assert {name: found for name, found in told.items() if found != 404} == {}
    assert len(told) == 523
    assert digest() == before


def names_a_record(body):
    """Whether a body carries the key of a record."""
    return any(field.endswith(("_id", "_ids")) and value for field, value in body.items())


def test_a_body_that_names_another_company_s_record_is_refused(ids, today, as_stranger):
    before = digest()
    told = {
        name: send(as_stranger, name, method, path, ids, today).status_code
        for name, method, path, _ in ROUTES
        if "{" not in path and callable(OPERATIONS[name].body)
    }
    named = ("new_item", "new_payment", "add_promise", "add_dispute", "add_hold", "assign")

    assert [told[name] for name in named] == [404] * 6
    assert told["allow_messages"] == 422
    taken = {name for name, status in told.items() if status in {200, 201, 202}}
    assert {"new_draft", "new_rate", "close_period", "new_budget"} < taken
    assert {name for name in taken if names_a_record(OPERATIONS[name].body(ids, today))} == set()
    assert digest() != before


def test_a_filter_by_another_company_s_record_finds_nothing(ids, as_stranger):
    customer = ids["customer_id"]
    for path in (
        f"/items?scope=all&customer_id={customer}",
        f"/items?scope=all&as_of=2026-01-01&customer_id={customer}",
        f"/payments?customer_id={customer}",
        f"/promises?customer_id={customer}",
        f"/disputes?only_open=false&customer_id={customer}",
        f"/holds?only_active=false&customer_id={customer}",
        f"/customer-merges?customer_id={ids['survivor_id']}",
        f"/tasks?status=&customer_id={customer}",
        f"/messages?customer_id={customer}",
        f"/events?customer_id={customer}",
        f"/customers?collector_id={ids['user_id']}",
        f"/predictions?customer_id={customer}",
        f"/anomalies?status=&customer_id={customer}",
        f"/choices?customer_id={customer}",
        f"/choices?experiment_id={ids['running_id']}",
    ):
        assert as_stranger.get(path).json()["rows"] == [], path
    assert (
        as_stranger.get(f"/strategies/dry-run?version_id={ids['version_id']}").status_code == 404
    )


def test_a_method_an_address_does_not_have_is_405(ids, as_anyone):
    paths = {}
    for _, method, path, _ in ROUTES:
        paths.setdefault(path, set()).add(method)
    told = set()
    for path, has in hand(paths, "methods", one_in=4).items():
        concrete = re.sub(r"{(\w+)}", lambda found: str(ids.get(found[1], 1)), path)
        for method in set(METHODS) - has:
            answer = as_anyone.call(method, concrete)
            told.add((method, answer.status_code, set(answer["Allow"].split(", ")) == has))

    assert told == {(method, 405, True) for method, *_ in told}
    assert {method for method, *_ in told} == set(METHODS)


def test_every_write_asks_for_a_key_and_says_so(company, ids, today, as_anyone):
    before = digest()
    declared = {
        name
        for name, _, _, told in WRITES
        if any(one["name"] == "Idempotency-Key" and one["required"] for one in told["parameters"])
    }
    answers = {
        name: send(as_anyone, name, method, path, ids, today, **{"Idempotency-Key": ""})
        for name, method, path, _ in WRITES
        if name not in WITHOUT_KEY
    }

    assert declared == answers.keys()
    assert {answer.status_code for answer in answers.values()} == {400}
    assert all("Idempotency-Key" in answer.json()["detail"] for answer in answers.values())
    assert digest() == before


def test_the_same_key_answers_the_same_and_another_request_under_it_is_refused(
    company, ids, today, as_anyone
):
    # only who asked may take a request back
    ApprovalRequest.objects.filter(pk=ids["own_request_id"]).update(requested_by="omni")
    CreditLimit.objects.filter(pk=ids["waiting_limit_id"]).update(asked_by="omni")
    # and only who practises goes on with a call or a quiz
    omni = User.objects.get(username="omni")
    RolePlay.objects.filter(pk=ids["role_play_id"]).update(user=omni)
    QuizSitting.objects.filter(pk=ids["sitting_id"]).update(user=omni)
    # only whom a mention calls sees it, only who asked takes a hand-off back, only who covers knows
    ids = {**ids, **keep_shared(company, omni, "OMNI", today=today, at=AT)}
    HandOff.objects.filter(pk=ids["hand_off_id"]).update(by_user=omni)
    Absence.objects.filter(pk=ids["absence_id"]).update(cover=omni)
    told = {}
    for name, method, path, _ in share(WRITES, "same key", one_in=12):
        # a partner's are a story of their own: our people may not even try
        if name in WITHOUT_KEY or path.startswith("/partner/"):
            continue
        with transaction.atomic():
            first = send(as_anyone, name, method, path, ids, today, key="same")
            after = Event.objects.count()
            second = send(as_anyone, name, method, path, ids, today, key="same")
            other = send(as_anyone, name, method, f"{path}?other=1", ids, today, key="same")
            told[name] = (
                first.status_code in {200, 201, 202},
                second.content == first.content,
                second.status_code == first.status_code,
                other.status_code,
                Event.objects.count() == after,
            )
            transaction.set_rollback(True)

    assert told == dict.fromkeys(told, (True, True, True, 409, True))


def test_two_callers_may_choose_the_same_key(ids, today, as_anyone, as_clerk):
    path = f"/customers/{ids['customer_id']}/notes"
    one = as_anyone.post(path, {"kind": "note", "text": "one"}, key="same")
    two = as_clerk.post(path, {"kind": "note", "text": "two"}, key="same")

    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json() != two.json()
