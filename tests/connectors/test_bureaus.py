"""Asking bureaus over HTTP and in feed files: answered, unknown, busy, denied, damaged."""

import socket
from datetime import date

import pytest

from dunwell.connectors.bureau_file import FileBureau
from dunwell.connectors.bureau_http import HttpBureau
from dunwell.formats.bureau_answers import (
    BureauAnswerError,
    BureauBusyError,
    BureauDeniedError,
    BureauError,
    BureauRequest,
    BureauUnreachableError,
)
from tests.connectors.bureau_server import bureau_server

ASKED = BureauRequest(
    reference="dunwell-1-7", customer_number="1001", name="Größe & Söhne", purpose="review"
)
GOOD = {"reported_on": "2026-03-01", "score": 612, "probability_of_default": 0.0125}


def ask(bureau, **changes):
    waits = []
    made = HttpBureau(
        bureau="Alpha", address=bureau.address, token="secret-7", pause=waits.append, **changes
    )
    return made.ask(ASKED), waits


def test_a_question_is_asked_once_with_token_purpose_and_reference():
    with bureau_server((200, GOOD)) as bureau:
        answer, waits = ask(bureau)
    assert (answer.bureau, answer.score, answer.pd_ppm, answer.reported_on, waits) == (
        "Alpha",
        612,
        12_500,
        date(2026, 3, 1),
        [],
    )
    ((path, headers, body),) = bureau.heard
    assert (path, headers["Authorization"], headers["Idempotency-Key"], body) == (
        "/v1/reports?x=1",
        "Bearer secret-7",
        "dunwell-1-7",
        ASKED.document(),
    )


def test_a_customer_the_bureau_does_not_know_is_no_error():
    with bureau_server((404, {"detail": "unknown"})) as bureau:
        assert ask(bureau)[0] is None


def test_a_busy_bureau_is_asked_again_with_the_pause_it_wants():
    with bureau_server((429, {}, {"Retry-After": "7"}), (503, {}), (200, GOOD)) as bureau:
        answer, waits = ask(bureau)
    assert (answer.score, waits, len(bureau.heard)) == (612, [7.0, 4.0], 3)


def test_a_bureau_that_stays_busy_or_wants_long_patience_is_asked_later():
    with bureau_server((500, b"oops")) as bureau, pytest.raises(BureauBusyError) as caught:
        ask(bureau)
    assert (caught.value.permanent, len(bureau.heard)) == (False, 3)
    with bureau_server((429, {}, {"Retry-After": "3600"})) as bureau:
        with pytest.raises(BureauBusyError):
            ask(bureau)
        assert len(bureau.heard) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 302])
def test_a_refusal_is_final_and_a_redirect_is_not_followed(status):
    headers = {"Location": "http://127.0.0.1:9/"}
    with (
        bureau_server((status, {}, headers)) as bureau,
        pytest.raises(BureauDeniedError) as caught,
    ):
        ask(bureau)
    assert (caught.value.permanent, len(bureau.heard)) == (True, 1)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "no JSON"),
        ([1], "no object"),
        ({"score": 5}, "reported_on"),
        (b"9" * 1_048_600, "more than 1,048,576 bytes"),
    ],
)
def test_an_answer_that_cannot_be_read_is_said_so(body, message):
    with bureau_server((200, body)) as bureau, pytest.raises(BureauAnswerError, match=message):
        ask(bureau)


def test_a_bureau_that_is_not_there_or_does_not_answer_is_asked_later():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        address = f"http://127.0.0.1:{port}/"
        with pytest.raises(BureauUnreachableError) as caught:
            HttpBureau(bureau="Alpha", address=address).ask(ASKED)
        assert caught.value.permanent is False
        silent.listen()
        with pytest.raises(BureauUnreachableError, match="did not answer in time"):
            HttpBureau(bureau="Alpha", address=address, timeout_seconds=0.05).ask(ASKED)


@pytest.mark.parametrize(
    "address",
    ["http://bureau.example/", "ftp://127.0.0.1/", "https://", "nonsense", "http://[::1", ""],
)
def test_nothing_is_asked_unencrypted_but_on_the_loopback(address):
    with pytest.raises(BureauError, match="must begin with https|is no address"):
        HttpBureau(bureau="Alpha", address=address).ask(ASKED)


def test_a_token_that_no_header_can_hold_is_an_error_of_ours():
    with bureau_server((200, GOOD)) as bureau, pytest.raises(BureauError, match="cannot be sent"):
        HttpBureau(bureau="Alpha", address=bureau.address, token="a\nb").ask(ASKED)


def test_a_feed_file_is_looked_up(tmp_path):
    feed = tmp_path / "alpha.csv"
    bureau = FileBureau(bureau="Alpha", path=feed)
    with pytest.raises(BureauUnreachableError, match="alpha.csv cannot be opened"):
        bureau.ask(ASKED)
    feed.write_text("customer_number,score,reported_on\n1001,5,2026-01-01\n", encoding="utf-8")
    assert bureau.ask(ASKED).score == 5
    feed.write_text("customer_number,score,reported_on\n7,5,2026-01-01\n", encoding="utf-8")
    assert bureau.ask(ASKED) is None
