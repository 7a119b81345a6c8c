"""The messages the assistant's reader is judged on, read from `messages.txt`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A text, its language, and the intents that are right for it."""

    text: str
    language: str
    intents: frozenset[str]


def judged_messages() -> list[Message]:
    """Return the messages in the order of the file."""
    lines = Path(__file__).with_name("messages.txt").read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        if line and not line.startswith("#"):
            head, _, text = line.partition(": ")
            language, _, intents = head.partition(" ")
            found.append(
                Message(text=text, language=language, intents=frozenset(intents.split("/")))
            )
    return found
