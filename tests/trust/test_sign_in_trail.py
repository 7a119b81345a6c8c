"""Who came in, who left and who failed to stands in the trail; nothing tells whether a name is known."""

import json
import sys
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from dunwell.actions.sign_ins import MOST_AN_HOUR, note_failed_sign_in
from dunwell.models import Event, Membership
from dunwell.queries.events import chain_check
from tests.conftest import AT
from tests.web.test_sign_in import (
    PASSWORD,
    _no_attempts_before,  # noqa: F401  a fixture
    code,
    enter,
    link,
    with_app,
    with_password,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _standing_clock(settings):
    settings.REQUIRE_MFA = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with time_machine.travel(AT, tick=False):
        yield


def told(user):
    """What the trail says of a person, in order: the verb, who, and the facts."""
    found = Event.objects.filter(subject="user", subject_id=user.pk).order_by("seq")
    return [
        (one.verb.removeprefix("user."), one.actor,
         {name: value for name, value in one.data.items() if name != "username"})
        for one in found
    ]  # fmt: skip


def test_a16_3_1_coming_in_failing_and_leaving_are_events(client, company, collector):
    with_app(collector)
    enter(client, "anna", "wrong")
    enter(client, "ANNA@northwind.example", "wrong")
    enter(client, "anna")
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    client.post("/accounts/logout/")

    failed = ("sign_in_failed", "system")
    assert told(collector) == [
        (*failed, {"by": "password", "is_last_of_hour": False}),
        (*failed, {"by": "password", "is_last_of_hour": False}),
        (*failed, {"by": "code", "is_last_of_hour": False}),
        ("signed_in", "anna", {"by": "password", "second_factor": "totp"}),
        ("signed_out", "anna", {}),
    ]
    assert chain_check(company).is_whole


def test_a16_3_1_a_link_a_change_of_person_and_confirming_anew_are_told(
    client, admin, reader, collector
):
    with_password(collector)
    client.force_login(reader)
    client.post(link(admin, collector))
    client.post("/accounts/reauthenticate/", {"password": "wrong"})
    client.post("/sign-in/of-nobody/")

    assert told(reader) == [("signed_out", "rita", {})]
    assert told(collector)[1:] == [
        ("signed_in", "anna", {"by": "link", "second_factor": ""}),
        ("sign_in_failed", "system", {"by": "password", "is_last_of_hour": False}),
    ]


def test_a16_3_1_every_company_of_the_person_is_told_and_no_other(client, reader, rival):
    with_password(reader)
    theirs = Membership.objects.get(user=rival, role="admin").company
    Membership.objects.create(user=reader, company=theirs, role="read_only")
    enter(client, "rita", "wrong")
    enter(client, "rolf", "wrong")
    enter(client, "rita")

    found = Event.objects.order_by("pk").values_list("company__name", "verb", "data__username")
    assert list(found) == [
        ("Northwind", "user.sign_in_failed", "rita"),
        ("Rival", "user.sign_in_failed", "rita"),
        ("Rival", "user.sign_in_failed", "rolf"),
        ("Northwind", "user.signed_in", "rita"),
        ("Rival", "user.signed_in", "rita"),
    ]


def test_a16_3_1_a_flood_of_attempts_on_one_name_leaves_ten_events_an_hour(collector):
    def attempts(number, at):
        return sum(note_failed_sign_in(login="anna", by="password", at=at) for _ in range(number))

    assert attempts(25, AT) == MOST_AN_HOUR == 10
    assert attempts(5, AT + timedelta(minutes=59)) == 0
    assert attempts(5, AT + timedelta(minutes=61)) == 5
    lasts = [facts["is_last_of_hour"] for _verb, _actor, facts in told(collector)]
    assert lasts == [False] * 9 + [True] + [False] * 5
    assert note_failed_sign_in(login="nobody", by="password", at=AT) == 0
    assert note_failed_sign_in(login="", by="link", at=AT) == 0


def test_a16_3_1_a_name_that_nobody_has_costs_the_answer_the_same_queries(client, collector):
    """What is asked beside the request is left out: in a test it is done within it."""
    with_password(collector)

    def queries(login):
        here = []

        def seen(execute, sql, params, many, context):
            frame = sys._getframe()
            while frame is not None and frame.f_code.co_name != "_note_all":
                frame = frame.f_back
            if frame is None:
                here.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(seen):
            answer = enter(client, login, "wrong")
        return answer.status_code, here

    enter(client, "warm", "wrong")
    known, unknown = queries("anna"), queries("anon")

    assert known == unknown
    assert [verb for verb, *_ in told(collector)] == ["sign_in_failed"]


def test_a16_3_1_the_log_has_each_failure_and_no_name(client, collector, caplog):
    with_password(collector)
    for login in ("anna", PASSWORD):
        enter(client, login, "wrong")
    for _ in range(6):
        enter(client, "anna", "wrong")

    lines = [vars(one) for one in caplog.records if one.msg.startswith("sign_in.")]
    kinds = [one["msg"] for one in lines]
    assert kinds == ["sign_in.failed"] * 6 + ["sign_in.limited"] * 2
    assert {(one["by"], one["client"]) for one in lines} == {("password", "127.0.0.1")}
    written = json.dumps(lines, default=str)
    assert "anna" not in written and PASSWORD not in written
    assert len(told(collector)) == 5


def test_a16_3_1_the_trail_shows_them_under_a_filter(client, reader):
    with_password(reader)
    enter(client, "rita", "wrong")
    enter(client, "rita")

    page = client.get("/audit/")
    assert 'href="?verb=user.sign"' in page.text
    rows = client.get("/audit/?verb=user.sign").text
    assert "Sign-in failed" in rows and "Signed in" in rows
    assert "subject=user" in rows or "rita" in rows
