"""A language model behind an OpenAI-compatible address: one question, one text back.

Off until an address is set. It is asked to word a text anew or to name one of our intents, and
nothing it answers is believed: whoever asks checks the answer. No redirect is followed, no tool
is offered, and an answer that is late, too long or no text is none.
"""

import http.client
import json
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 8.0
LARGEST_QUESTION = 16_000
"""Characters of what is asked; a longer text is not sent."""
LARGEST_ANSWER = 256 * 1024
LONGEST_TEXT = 8_000
"""Characters of an answer that is looked at; a longer one is none."""
MOST_TOKENS = 1_500
PIECE = 16 * 1024
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
OK, TOO_MANY, SERVER_FAULT = 200, 429, 500


class LanguageModelError(RuntimeError):
    """The model gave no text; `is_passing` says whether asking again later can help."""

    def __init__(self, message: str, *, is_passing: bool) -> None:
        """Keep what went wrong, and whether it may pass."""
        super().__init__(message)
        self.is_passing = is_passing


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageModel:
    """Where the model is reached (up to and with /v1), its name and the token it is asked with.

    `timeout_seconds` bounds the whole call, not only each wait for the next piece.
    """

    address: str
    model: str
    token: str = ""
    timeout_seconds: float = TIMEOUT_SECONDS

    def ask(self, *, system: str, text: str) -> str:
        """Return what the model says to a text under our instruction; LanguageModelError if none.

        The text stands in a message of its own, so nothing in it is part of the instruction.
        """
        if len(text) > LARGEST_QUESTION:
            raise LanguageModelError(
                f"The text has {len(text):,} characters; at most {LARGEST_QUESTION:,} are asked.",
                is_passing=False,
            )
        question = {
            "model": self.model,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": text},
            ],
            "temperature": 0,
            "max_tokens": MOST_TOKENS,
            "stream": False,
        }
        status, body = self._post(json.dumps(question).encode())
        if status != OK:
            raise LanguageModelError(
                f"The language model answered with status {status}.",
                is_passing=status == TOO_MANY or status >= SERVER_FAULT,
            )
        return _text(body)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        until = time.monotonic() + self.timeout_seconds
        connection, path = self._connection()
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "Dunwell",
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            connection.request("POST", path, body, headers)
            with connection.getresponse() as answer:
                return answer.status, self._read(answer, until)
        except (OSError, http.client.HTTPException) as error:
            raise LanguageModelError(
                f"The language model could not be reached: {_reason(error)}.", is_passing=True
            ) from error
        except ValueError as error:
            raise LanguageModelError(
                "The address or the token of the language model holds a sign that cannot be sent.",
                is_passing=False,
            ) from error
        finally:
            connection.close()

    def _read(self, answer: http.client.HTTPResponse, until: float) -> bytes:
        """Return the whole answer; one that drips in past the time is late as a whole."""
        read = b""
        while piece := answer.read1(PIECE):
            read += piece
            if len(read) > LARGEST_ANSWER:
                raise LanguageModelError(
                    f"The language model answered more than {LARGEST_ANSWER:,} bytes.",
                    is_passing=False,
                )
            if time.monotonic() > until:
                raise TimeoutError
        return read

    def _connection(self) -> tuple[http.client.HTTPConnection, str]:
        try:
            parts = urlsplit(self.address)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port, parts = "", None, urlsplit("")
        path = f"{parts.path.rstrip('/')}/chat/completions"
        if parts.scheme == "https" and host:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(
                host, port, timeout=self.timeout_seconds, context=context
            ), path
        if parts.scheme == "http" and host in LOOPBACK:
            return http.client.HTTPConnection(host, port, timeout=self.timeout_seconds), path
        raise LanguageModelError(
            f"{self.address!r} must begin with https://, or be on this machine; what is said to "
            "customers goes out encrypted only.",
            is_passing=False,
        )


def _text(body: bytes) -> str:
    """Return the text of the first choice; LanguageModelError for anything else."""
    try:
        told = json.loads(body)
        said = told["choices"][0]["message"]["content"]
    except (ValueError, RecursionError, LookupError, TypeError) as error:
        raise LanguageModelError(
            "The language model answered nothing that can be read.", is_passing=False
        ) from error
    if not isinstance(said, str) or not said.strip():
        raise LanguageModelError("The language model answered no text.", is_passing=False)
    if len(said) > LONGEST_TEXT:
        raise LanguageModelError(
            f"The language model answered {len(said):,} characters; at most {LONGEST_TEXT:,} are "
            "looked at.",
            is_passing=False,
        )
    return said.strip()


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    return str(error) or type(error).__name__
