"""The reader that comes with the product, trained from the shipped messages."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from dunwell.ml.intents.fit import Tell, fit
from dunwell.ml.intents.kept import kept
from dunwell.ml.intents.messages import (
    LANGUAGES,
    Labelled,
    shipped_messages,
    shipped_phrases,
)
from dunwell.ml.intents.reader import Reader
from dunwell.ml.intents.train import trained_reader

CARD = "shipped_card.json"


def taught() -> tuple[Labelled, ...]:
    """Return what the shipped reader learns from: messages and turns of phrase."""
    return (*shipped_messages(), *shipped_phrases())


@lru_cache(maxsize=1)
def shipped_card() -> Mapping[str, Any]:
    """Return the figures measured when the shipped messages were last changed."""
    text = files("dunwell.ml.intents").joinpath(CARD).read_text(encoding="utf-8")
    card: Mapping[str, Any] = json.loads(text)
    return card


@lru_cache(maxsize=1)
def shipped_reader() -> Reader:
    """Return the reader of the shipped messages; learned here, for seconds, if none is kept."""
    card = shipped_card()
    return replace(
        kept("messages", learned_messages),
        temperature=float(card["temperature"]),
        sure_ppm=int(card["sure_ppm"]),
        also_ppm=int(card["also_ppm"]),
    )


def learned_messages() -> Reader:
    """Return a reader of the shipped messages, learned now and not calibrated."""
    return fit(taught())


@lru_cache(maxsize=1)
def shipped_version() -> str:
    """Return the digest of what the shipped reader is made of: the same on every machine."""
    names = [f"{kind}_{one}.txt" for kind in ("messages", "phrases") for one in LANGUAGES]
    digest = hashlib.sha256()
    for name in (*names, CARD):
        digest.update(files("dunwell.ml.intents").joinpath(name).read_bytes())
    return digest.hexdigest()


def measured_card(tell: Tell | None = None) -> dict[str, Any]:
    """Return the card of the shipped reader, measured anew: each manner of writing left out once.

    Takes some ten seconds.
    """
    return dict(trained_reader(taught(), (), tell=tell).card)
