"""Messages with labels: the shipped ones, read from text files, and what a team has accepted."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from dunwell.engine.intents import LABELS, by_weight

LANGUAGES = ("de", "en", "es", "fr")
STYLES = ("terse", "formal", "chatty", "mobile", "legal", "quoted")
"""Who writes: each of the shipped messages is in one manner; a test leaves one manner out."""

OWN = "own"
"""Style of messages a team has labelled itself."""

PHRASE = "phrase"
"""Style of turns of phrase: they are learned from, and count for no figure."""

PHRASE_WEIGHT = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """A message and what it is about, the main label first; `weight` counts as so many."""

    text: str
    labels: tuple[str, ...]
    language: str = ""
    style: str = OWN
    weight: float = 1.0

    @property
    def label(self) -> str:
        """Return the main label."""
        return self.labels[0]


def shipped_messages() -> tuple[Labelled, ...]:
    """Return the messages that come with the product; raise ValueError for a damaged file."""
    found: list[Labelled] = []
    for language in LANGUAGES:
        name = f"messages_{language}.txt"
        text = files("dunwell.ml.intents").joinpath(name).read_text(encoding="utf-8")
        found.extend(_read(text, language=language, name=name))
    return tuple(found)


def shipped_phrases() -> tuple[Labelled, ...]:
    """Return the turns of phrase that come with the product; raise ValueError for a bad file."""
    found: list[Labelled] = []
    for language in LANGUAGES:
        name = f"phrases_{language}.txt"
        text = files("dunwell.ml.intents").joinpath(name).read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), start=1):
            if not line or line.startswith("#"):
                continue
            label, colon, told = line.partition(": ")
            if not colon or label not in LABELS:
                raise ValueError(f"{name}, line {number}: write 'label: phrase | phrase'")
            found.extend(
                Labelled(
                    text=phrase.strip(),
                    labels=(label,),
                    language=language,
                    style=PHRASE,
                    weight=PHRASE_WEIGHT,
                )
                for phrase in told.split(" | ")
            )
    return tuple(found)


def _read(text: str, *, language: str, name: str) -> Iterator[Labelled]:
    label = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("# "):
            continue
        if line.startswith("## "):
            label = line[3:].strip()
            if label not in LABELS:
                raise ValueError(f"{name}, line {number}: there is no label {label!r}")
            continue
        head, colon, told = line.partition(": ")
        style, *also = head.split("+")
        if not colon or style not in STYLES or not label or set(also) - set(LABELS):
            raise ValueError(f"{name}, line {number}: write 'style[+label]: text' under a label")
        yield Labelled(
            text=told.replace("\\n", "\n"),
            labels=by_weight([label, *also]),
            language=language,
            style=style,
        )
