"""Training on a team's own messages beside the shipped ones, and the card that judges it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dunwell.ml.intents.fit import Tell, calibrated, fit, held_out
from dunwell.ml.intents.judge import Answer, answers, judged, paired
from dunwell.ml.intents.messages import PHRASE, STYLES, Labelled
from dunwell.ml.intents.reader import PPM, Reader

FEWEST_OWN = 20
"""So many of a team's messages must be left to judge on, or no figure is given."""

NEWEST_PPM = 300_000
"""The newest of a team's messages, judged by a reader that learned from the older ones."""

SLACK_PPM = 10_000
"""A lower F1 on the shipped messages within this is chance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """A reader with its card; see `docs/how-to/message-reader.md` for what the figures say."""

    reader: Reader
    card: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Incumbent:
    """What serves now: the reader, its F1 by the same protocol, and how many of the team's
    messages, the oldest, it has learned from already."""

    reader: Reader
    macro_f1_ppm: int
    learned_own: int = 0


def trained_reader(
    taught: Sequence[Labelled],
    own: Sequence[Labelled],
    incumbent: Incumbent | None = None,
    tell: Tell | None = None,
) -> Trained:
    """Return a reader of shipped and own messages (the oldest own first), with its card.

    Each manner of writing of the shipped messages is left out once; the newest own messages are
    asked of a reader that knows only the older ones. `is_worse`: the incumbent does better.
    """
    found = held_out((*taught, *own), _folds(taught, own), tell=tell)
    reader = calibrated(fit((*taught, *own)), found)
    card: dict[str, Any] = {
        "protocol": "leave-style-out",
        "learned_from": {
            "messages": sum(one.style != PHRASE for one in taught),
            "phrases": sum(one.style == PHRASE for one in taught),
            "own": len(own),
        },
        "temperature": reader.temperature,
        "sure_ppm": reader.sure_ppm,
        "also_ppm": reader.also_ppm,
        **judged(answers(found, reader)),
        "pairs": paired(found, reader),
        **_on_own(taught, own, reader, incumbent),
    }
    is_lower = incumbent is not None and card["macro_f1_ppm"] < incumbent.macro_f1_ppm - SLACK_PPM
    card["is_worse"] = bool(card.get("is_worse_on_own")) or is_lower
    return Trained(reader=reader, card=card)


def _folds(taught: Sequence[Labelled], own: Sequence[Labelled]) -> list[int]:
    """Return a fold per manner of writing; phrases and own messages are always learned from."""
    of_style = [STYLES.index(one.style) if one.style in STYLES else -1 for one in taught]
    return [*of_style, *(-1 for _ in own)]


def _on_own(
    taught: Sequence[Labelled],
    own: Sequence[Labelled],
    like: Reader,
    incumbent: Incumbent | None,
) -> dict[str, Any]:
    """Return how the newest own messages are read, and by the incumbent if it is new to them."""
    newest = len(own) * NEWEST_PPM // PPM
    if newest < FEWEST_OWN:
        return {"own": None, "incumbent_own": None, "is_worse_on_own": False}
    folds = [*(-1 for _ in range(len(taught) + len(own) - newest)), *(0 for _ in range(newest))]
    given = answers(held_out((*taught, *own), folds), like)
    figures = judged(given)
    unseen = min(newest, len(own) - incumbent.learned_own) if incumbent else 0
    if incumbent is None or unseen < FEWEST_OWN:
        return {"own": figures, "incumbent_own": None, "is_worse_on_own": False}
    theirs = [
        Answer(message=one, reading=incumbent.reader.read(one.text)) for one in own[-unseen:]
    ]
    ours = sum(one.is_right for one in given[-unseen:])
    return {
        "own": figures,
        "incumbent_own": judged(theirs),
        "is_worse_on_own": ours < sum(one.is_right for one in theirs),
    }
