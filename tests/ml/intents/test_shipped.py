"""The shipped messages and their reader: enough, distinct, of every label; what its card says."""

import time
from collections import Counter

import pytest

from dunwell.engine.intents import LABELS, WEIGHTS
from dunwell.ml.intents import messages
from dunwell.ml.intents.fit import held_out
from dunwell.ml.intents.messages import LANGUAGES, STYLES, shipped_messages, shipped_phrases
from dunwell.ml.intents.shipped import (
    measured_card,
    shipped_card,
    shipped_reader,
    shipped_version,
    taught,
)


def test_every_label_is_shipped_in_every_language_and_manner():
    found = shipped_messages()
    languages = Counter((one.label, one.language) for one in found)
    styles = Counter((one.label, one.style) for one in found)

    assert len({one.text for one in found}) >= 900
    assert set(WEIGHTS) == set(LABELS)
    assert min(languages[label, language] for label in LABELS for language in LANGUAGES) >= 13
    assert min(styles[label, style] for label in LABELS for style in STYLES) >= 8
    assert sum(len(one.labels) > 1 for one in found) >= 12


def test_no_turn_of_phrase_is_one_of_the_messages():
    assert not {one.text for one in shipped_messages()} & {
        one.text for one in shipped_phrases() if len(one.text.split()) > 2
    }


@pytest.mark.parametrize("line", ["shouting: paid", "terse paid", "terse+nonsense: paid"])
def test_a_damaged_line_is_named(line):
    with pytest.raises(ValueError, match="messages_en.txt, line 2"):
        list(messages._read(f"## promise\n{line}", language="en", name="messages_en.txt"))


def test_the_card_says_what_the_reader_is_and_how_it_was_measured():
    card, reader = shipped_card(), shipped_reader()

    assert card["learned_from"] == {
        "messages": len(shipped_messages()),
        "phrases": len(shipped_phrases()),
        "own": 0,
    }
    assert (reader.temperature, reader.sure_ppm, reader.also_ppm) == (
        card["temperature"], card["sure_ppm"], card["also_ppm"],
    )  # fmt: skip
    assert card["macro_f1_ppm"] >= 770_000
    assert card["sure"]["precision_ppm"] >= 950_000
    assert {row["label"] for row in card["labels"]} == set(LABELS)
    assert len(shipped_version()) == 64


def test_a_message_is_read_within_two_milliseconds():
    reader, found = shipped_reader(), shipped_messages()[::4]
    begun = time.process_time()
    for one in found:
        reader.read(one.text)

    assert (time.process_time() - begun) / len(found) < 0.002


def test_a_manner_never_seen_is_read_as_the_card_says():
    lessons = taught()
    folds = [0 if one.style == "formal" else -1 for one in lessons]
    found = held_out(lessons, folds)
    best = found.scores.argmax(axis=1)
    right = [
        found.labels[place] in one.labels for place, one in zip(best, found.messages, strict=True)
    ]

    assert sum(right) / len(right) >= 0.8


@pytest.mark.release
def test_the_card_measured_anew_is_the_shipped_one():
    new, kept = measured_card(), shipped_card()

    for name in ("macro_f1_ppm", "accuracy_ppm", "sure_ppm", "ece_ppm"):
        assert new[name] == pytest.approx(kept[name], abs=10_000), name
