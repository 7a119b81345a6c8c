"""What programs are told, and the signature of Standard Webhooks."""

import base64
import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from dunwell.formats.webhook_letters import (
    SignatureError,
    check_signature,
    secret_text,
    signature,
    webhook_letter,
)

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
SECRET, OTHER = secret_text(b"k" * 32), secret_text(b"o" * 32)


def letter(**changes):
    told = {
        "company": "Northwind", "company_id": 7, "seq": 41, "at": AT, "verb": "promise.recorded",
        "subject": "promise", "subject_id": 3, "customer_id": 9, "actor": "anna",
        "data": {"amount_minor": 120_00, "currency": "EUR", "note": "Grüße"},
    }  # fmt: skip
    return webhook_letter(**{**told, **changes})


def test_the_published_example_of_the_standard_comes_out():
    # test vector of the Standard Webhooks reference libraries
    assert (
        signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            b'{"test": 2432232314}',
        )
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_a_letter_says_what_happened_to_what_and_is_the_same_bytes_each_time():
    told = letter()

    assert told == letter()
    assert told.id == "evt_7_41"
    assert json.loads(told.body) == {
        "type": "promise.recorded",
        "timestamp": "2026-03-05T09:00:00+00:00",
        "company": {"id": 7, "name": "Northwind"},
        "data": {
            "seq": 41,
            "subject": "promise",
            "subject_id": 3,
            "customer_id": 9,
            "actor": "anna",
            "details": {"amount_minor": 12_000, "currency": "EUR", "note": "Grüße"},
        },
    }


def test_the_receiver_accepts_it_under_the_old_and_the_new_secret():
    told = letter()
    headers = told.headers([OTHER, SECRET], at=AT)

    for secret in (SECRET, OTHER):
        assert check_signature(headers, told.body, [secret], now=AT) == "evt_7_41"
    assert len(headers["webhook-signature"].split()) == 2


def damaged(chance, headers, body):
    """One of the ways in which a call can be forged, late or changed on its way."""
    way = chance.randrange(7)
    headers = dict(headers)
    if way == 0:
        headers["webhook-signature"] = signature(
            secret_text(chance.randbytes(32)), headers["webhook-id"],
            headers["webhook-timestamp"], body,
        )  # fmt: skip
    elif way == 1:
        off = chance.choice((-1, 1)) * chance.randrange(301, 10**6)
        headers["webhook-timestamp"] = str(int(AT.timestamp()) + off)
        headers["webhook-signature"] = signature(
            SECRET, headers["webhook-id"], headers["webhook-timestamp"], body
        )
    elif way == 2:
        body = json.dumps(json.loads(body), indent=chance.randrange(1, 4)).encode()
    elif way == 3:
        del headers[chance.choice(("webhook-id", "webhook-timestamp", "webhook-signature"))]
    elif way == 4:
        headers["webhook-id"] = f"evt_7_{chance.randrange(100, 10**6)}"
    elif way == 5:
        place = chance.randrange(len(body))
        body = body[:place] + bytes([body[place] ^ (1 << chance.randrange(8))]) + body[place + 1 :]
    else:
        raw = base64.b64encode(chance.randbytes(32)).decode()
        headers["webhook-signature"] = chance.choice(
            ("", "v1,", f"v2,{raw}", f"v1,{raw}", "ü", "v1," + "A" * 9_999, " " * 50)
        )
    return headers, body


def test_none_of_500_forged_late_or_changed_calls_is_accepted():
    chance = random.Random(7)
    told = letter()
    headers = told.headers([SECRET], at=AT)

    for _ in range(500):
        with pytest.raises(SignatureError):
            check_signature(*damaged(chance, headers, told.body), [SECRET], now=AT)


@pytest.mark.parametrize("moment", ["", "1e9", "-5", "٣", "9" * 40, "1614265330.5"])
def test_a_moment_that_is_no_number_is_refused(moment):
    headers = {**letter().headers([SECRET], at=AT), "webhook-timestamp": moment}

    with pytest.raises(SignatureError):
        check_signature(headers, letter().body, [SECRET], now=AT)


def test_five_minutes_of_difference_are_accepted():
    told = letter()
    headers = told.headers([SECRET], at=AT)

    for off in (-300, 300):
        now = AT + timedelta(seconds=off)
        assert check_signature(headers, told.body, [SECRET], now=now) == "evt_7_41"
