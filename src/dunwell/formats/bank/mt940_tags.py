"""MT940 and MT942 as tagged lines: messages, their tags, continuation lines, end marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TAGS = frozenset(
    ("13", "13C", "13D", "20", "21", "25", "25P", "28", "28C", "34F", "60F", "60M", "61", "62F")
) | frozenset(("62M", "64", "65", "86", "90C", "90D", "NS"))
"""Tags of the two messages; other text between colons is text of the line before."""
_TAG = re.compile(r":(\d\d[A-Z]?|NS):(.*)", re.DOTALL)
_BLOCK = re.compile(r"^(?:\{[^4{}][^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\{[^4]:\})*\{4:")
_CUT_TAG = re.compile(r"\n:\n(?=(?:61|86|62F|62M|64):)")
"""A tag that the bank cut after its first colon; joined so that lines keep their numbers."""
_CLOCK_BEFORE = re.compile(r"(?:^|[T\s])[0-2]\d$")
_CLOCK_AFTER = re.compile(r":[0-5]\d(?::[0-5]\d)?(?!\d)")
ENDS = frozenset({"62F", "62M", "64", "65", "90C", "90D"})
"""Tags after which a line that begins with a hyphen ends the message."""


@dataclass(slots=True)
class Field:
    """A tag, its text by lines, and the number of its first line in the file."""

    tag: str
    lines: list[str]
    line: int


@dataclass(slots=True)
class Message:
    """The fields of one statement message in the order of the file."""

    fields: list[Field] = field(default_factory=list)

    def first(self, *tags: str) -> Field | None:
        """Return the first field of one of the tags, or None."""
        return next((found for found in self.fields if found.tag in tags), None)


def messages(text: str) -> Iterator[Message]:
    """Yield the messages of a file; a `:20:` begins one, `-` or `-}` ends it.

    Text between messages (bank headers, SWIFT blocks) is left out. Fields after an end without a
    `:20:` of their own come as a message that has none.
    """
    message = Message()
    is_open, is_ending = False, False
    lines = _CUT_TAG.sub("\n\n:", text).split("\n")
    for number, raw in enumerate(lines, 1):
        line = _BLOCK.sub("", raw.strip("\x00\x01\x02\x03\ufeff").rstrip(), count=1)
        found = _tag(line, message if is_open else None)
        if found:
            tag, rest = found
            if tag == "20" and message.fields:
                yield message
                message = Message()
            if not is_open and tag != "20" and message.fields:
                yield message
                message = Message()
            is_open = True
            is_ending = tag in ENDS or (is_ending and tag == "86")
            message.fields.append(Field(tag, [rest], number))
        elif is_open and _ends(line, lines, number, is_ending=is_ending):
            is_open, is_ending = False, False
        elif is_open and message.fields:
            message.fields[-1].lines.append(line)
    if message.fields:
        yield message


def _tag(line: str, message: Message | None) -> tuple[str, str] | None:
    """Return (tag, text) of a line that begins a field, or None."""
    match = _TAG.match(line)
    if not match or match[1] not in TAGS:
        return None
    if message and message.fields and message.fields[-1].tag in {"86", "NS"}:
        before = message.fields[-1].lines[-1]
        if _CLOCK_AFTER.match(line) and _CLOCK_BEFORE.search(before):
            return None
    return match[1], match[2]


def _ends(line: str, lines: list[str], number: int, *, is_ending: bool) -> bool:
    """Return whether this line ends the message; a hyphen inside a text does not."""
    if line.startswith("-}"):
        return True
    if not line.startswith("-"):
        return False
    if is_ending:
        return True
    if line != "-":
        return False
    following = next((rest.strip() for rest in lines[number : number + 20] if rest.strip()), "")
    return not following or following.startswith((":20:", "{1:", "{"))
