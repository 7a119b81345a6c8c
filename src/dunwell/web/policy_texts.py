"""Policy documents as text on pages: the editor's form, reading with cases, and differences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dunwell.engine.documents import DocumentError
from dunwell.formats.policies import LARGEST_BYTES, PolicyError, line_of, read_policy

AROUND = 3
"""Lines that stay the same and are shown around a difference."""

SAME, GONE, NEW, SKIPPED = "same", "gone", "new", "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A YAML text as far as it could be read: policy and cases, or what is wrong where.

    `policy` and `results` are what the kind's own reader and rehearsal return.
    """

    policy: Any
    results: Sequence[Any] = ()
    error: str = ""
    line: int | None = None

    @property
    def failed(self) -> int:
        """Return how many cases did not come out."""
        return sum(not result.is_passed for result in self.results)


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffLine:
    """A line of the difference between two texts; `number` is that of the newer text."""

    mark: str
    text: str
    number: int | None = None


class DraftForm(forms.Form):
    """The document as text; the editor keeps its line breaks."""

    text = forms.CharField(
        label=_("Policy and its cases, in YAML"),
        max_length=LARGEST_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 32, "spellcheck": "false", "class": "code"}),
    )

    def clean_text(self) -> str:
        """Return the text with the line breaks the version is stored with."""
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n").rstrip("\n") + "\n"


def read_text(
    text: str,
    *,
    read: Callable[[Mapping[str, object]], Any],
    play_cases: Callable[[Any], Sequence[Any]],
) -> Reading:
    """Return a text read and its cases played, or the first thing wrong in it with its line."""
    try:
        document = read_policy(text)
    except PolicyError as error:
        # the page tells it; its line is read from it as it was said
        words = f"{error}"
        number = words.removeprefix("line ").split(":", 1)[0]
        line = int(number) if words.startswith("line ") and number.isdigit() else None
        return Reading(policy=None, error=words, line=line)
    try:
        policy = read(document.document)
    except DocumentError as error:
        line = line_of(document, f"{error}")
        return Reading(policy=None, error=f"line {line}: {error}", line=line)
    return Reading(policy=policy, results=play_cases(policy))


def differences(before: str, after: str) -> tuple[DiffLine, ...]:
    """Return what differs between two texts line by line; nothing where they are the same."""
    old, new = before.splitlines(), after.splitlines()
    found: list[DiffLine] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(AROUND):
        if found:
            found.append(DiffLine(mark=SKIPPED, text=""))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                found += _lines(SAME, new, new_from, new_to)
                continue
            found += [DiffLine(mark=GONE, text=line) for line in old[old_from:old_to]]
            found += _lines(NEW, new, new_from, new_to)
    return tuple(found)


def _lines(mark: str, lines: Sequence[str], first: int, last: int) -> list[DiffLine]:
    return [
        DiffLine(mark=mark, text=line, number=number)
        for number, line in enumerate(lines[first:last], first + 1)
    ]
