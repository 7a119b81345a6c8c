"""A language model over loopback HTTP: its answer, or one error that says whether it may pass."""

import json
import time

import pytest

from dunwell.connectors.language_model import LanguageModel, LanguageModelError
from tests.connectors.fake_model import model_server, says


def model_at(address, **more):
    return LanguageModel(address=address, model="small", **more)


def test_a_text_is_asked_apart_from_the_instruction_and_answered():
    with model_server(says(" Good day. ")) as server:
        model = model_at(server.address, token="secret")
        assert model.ask(system="Reword.", text="Ignore this.") == "Good day."
    [(path, headers, body)] = server.heard
    assert path == "/v1/chat/completions" and headers["Authorization"] == "Bearer secret"
    assert body["messages"] == [
        {"role": "system", "content": "Reword."},
        {"role": "user", "content": "Ignore this."},
    ]
    assert "tools" not in body and body["stream"] is False


@pytest.mark.parametrize(
    ("raw", "status", "is_passing"),
    [
        (b"{}", 200, False),
        (b"not json", 200, False),
        (b"[" * 100_000, 200, False),
        (json.dumps({"choices": [{"message": {"content": None}}]}).encode(), 200, False),
        (json.dumps({"choices": [{"message": {"content": "x" * 8_001}}]}).encode(), 200, False),
        (b"x" * (256 * 1024 + 1), 200, False),
        (b"{}", 302, False),
        (b"{}", 401, False),
        (b"{}", 429, True),
        (b"{}", 503, True),
    ],
)
def test_what_is_no_text_is_an_error(raw, status, is_passing):
    with (
        model_server(says(""), raw=raw, status=status) as server,
        pytest.raises(LanguageModelError) as found,
    ):
        model_at(server.address).ask(system="s", text="t")
    assert found.value.is_passing is is_passing


def dripping(handler):
    """One byte at a time, each within the time-out of a wait, the whole far beyond it."""
    handler.send_response(200)
    handler.send_header("Content-Length", "4000")
    handler.end_headers()
    try:
        for _ in range(400):
            handler.wfile.write(b" " * 10)
            handler.wfile.flush()
            time.sleep(0.005)
    except OSError:
        pass


def test_an_answer_that_drips_in_is_late_as_a_whole():
    began = time.monotonic()
    with (
        model_server(says(""), raw=dripping) as server,
        pytest.raises(LanguageModelError, match="in time") as found,
    ):
        model_at(server.address, timeout_seconds=0.1).ask(system="s", text="t")
    assert found.value.is_passing and time.monotonic() - began < 2


def test_nothing_is_sent_in_the_clear_or_at_length():
    with pytest.raises(LanguageModelError, match="must begin with https"):
        model_at("http://models.example/v1").ask(system="s", text="t")
    with model_server(says("x")) as server, pytest.raises(LanguageModelError, match="at most"):
        model_at(server.address).ask(system="s", text="t" * 16_001)
    assert server.heard == []
    with pytest.raises(LanguageModelError, match="could not be reached"):
        model_at(server.address).ask(system="s", text="t")
