"""How well a reader does on messages it did not learn from: figures, confusion, calibration."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dunwell.engine.intents import OTHER, Reading
from dunwell.ml.intents.fit import HeldOut
from dunwell.ml.intents.messages import Labelled
from dunwell.ml.intents.reader import PPM, Reader

BINS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A message, and what was read in it."""

    message: Labelled
    reading: Reading

    @property
    def truth(self) -> str:
        """Return the main label, or the one answered when the message is about that too."""
        answered = self.reading.label
        return answered if answered in self.message.labels else self.message.label

    @property
    def is_right(self) -> bool:
        """Return whether the message is about what was answered."""
        return self.reading.label in self.message.labels


def answers(found: HeldOut, like: Reader) -> list[Answer]:
    """Return what the readers of the folds read, with the calibration of `like`."""
    return [
        Answer(message=message, reading=_like(reader, like).read(message.text))
        for message, reader in zip(found.messages, found.readers, strict=True)
    ]


def paired(found: HeldOut, like: Reader) -> dict[str, int]:
    """Return how well two things in one message are found, from pairs of held-out messages.

    Each message is put before the next one of the same language and manner that is about
    something else. `precision_ppm` and `recall_ppm` are of labels, `both_ppm` of pairs.
    """
    hits = told = wanted = both = pairs = 0
    for row, first in enumerate(found.messages):
        second = _partner(found.messages, row)
        if second is None:
            continue
        labels = {*first.labels, *second.labels} - {OTHER}
        text = f"{first.text}\n{second.text}"
        read = set(_like(found.readers[row], like).read(text).labels) - {OTHER}
        hits, told, wanted = hits + len(read & labels), told + len(read), wanted + len(labels)
        both, pairs = both + (labels <= read), pairs + 1
    return {
        "pairs": pairs,
        "precision_ppm": share(hits, told),
        "recall_ppm": share(hits, wanted),
        "both_ppm": share(both, pairs),
    }


def judged(given: Sequence[Answer]) -> dict[str, Any]:
    """Return figures as JSON: by label, language and manner, confusion, calibration, surety."""
    labels = sorted({one.truth for one in given} | {one.reading.label for one in given})
    by_label = [_label(given, label) for label in labels]
    asked = [row["f1_ppm"] for row in by_label if row["messages"]]
    confusion = Counter((one.truth, one.reading.label) for one in given)
    return {
        "messages": len(given),
        "accuracy_ppm": _right(given),
        "macro_f1_ppm": round(sum(asked) / len(asked)) if asked else 0,
        "labels": by_label,
        "confusion": [
            {"truth": truth, "answer": answer, "messages": count}
            for (truth, answer), count in sorted(confusion.items())
        ],
        "languages": _grouped(given, [one.message.language for one in given]),
        "styles": _grouped(given, [one.message.style for one in given]),
        "calibration": _calibration(given),
        "ece_ppm": _error(given),
        **_surety(given),
    }


def share(part: int, whole: int) -> int:
    """Return a part in ppm of the whole, 0 of nothing."""
    return round(part * PPM / whole) if whole else 0


def _like(reader: Reader, like: Reader) -> Reader:
    return replace(
        reader, temperature=like.temperature, sure_ppm=like.sure_ppm, also_ppm=like.also_ppm
    )


def _partner(messages: Sequence[Labelled], row: int) -> Labelled | None:
    first = messages[row]
    for step in range(1, len(messages)):
        other = messages[(row + step) % len(messages)]
        is_like = (other.language, other.style) == (first.language, first.style)
        if is_like and not set(other.labels) & set(first.labels):
            return other
    return None


def _label(given: Sequence[Answer], label: str) -> dict[str, Any]:
    hits = sum(one.truth == one.reading.label == label for one in given)
    told = sum(one.reading.label == label for one in given)
    true = sum(one.truth == label for one in given)
    return {
        "label": label,
        "messages": true,
        "precision_ppm": share(hits, told),
        "recall_ppm": share(hits, true),
        "f1_ppm": share(2 * hits, told + true),
    }


def _grouped(given: Sequence[Answer], groups: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for group in sorted(set(groups)):
        of_group = [one for one, name in zip(given, groups, strict=True) if name == group]
        row = {"group": group, "messages": len(of_group), "accuracy_ppm": _right(of_group)}
        rows.append(row)
    return rows


def _right(given: Sequence[Answer]) -> int:
    return share(sum(one.is_right for one in given), len(given))


def _calibration(given: Sequence[Answer]) -> list[dict[str, int]]:
    """Return a row per tenth of confidence: how sure the reader was, how often it was right."""
    rows = []
    for place in range(BINS):
        inside = [one for one in given if _bin(one) == place]
        if inside:
            said = sum(one.reading.confidence_ppm for one in inside)
            rows.append(
                {
                    "from_ppm": place * PPM // BINS,
                    "messages": len(inside),
                    "said_ppm": round(said / len(inside)),
                    "right_ppm": _right(inside),
                }
            )
    return rows


def _bin(one: Answer) -> int:
    return min(one.reading.confidence_ppm * BINS // PPM, BINS - 1)


def _error(given: Sequence[Answer]) -> int:
    """Return the expected calibration error: what is said less what is right, by bin."""
    gaps = (
        abs(row["said_ppm"] - row["right_ppm"]) * row["messages"] for row in _calibration(given)
    )
    return round(sum(gaps) / len(given)) if given else 0


def _surety(given: Sequence[Answer]) -> dict[str, Any]:
    """Return how many messages about something the reader is sure of, and how many rightly.

    `kept_away_ppm`: of the messages about nothing we know, so many are not taken for something.
    """
    sure = [one for one in given if one.reading.is_sure and one.reading.label != OTHER]
    others = [one for one in given if one.message.labels == (OTHER,)]
    away = [one for one in others if not one.reading.is_sure or one.reading.label == OTHER]
    return {
        "sure": {
            "messages": len(sure),
            "answered_ppm": share(len(sure), len(given)),
            "precision_ppm": _right(sure),
            "kept_away_ppm": share(len(away), len(others)),
        }
    }
