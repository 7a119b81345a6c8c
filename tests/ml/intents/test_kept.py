"""Readers kept when the product was built: read back the same, and never when stale or damaged."""

import numpy as np
import pytest

from dunwell.ml.assistant.reader import assistant_reader, learned_intents
from dunwell.ml.intents import kept as module
from dunwell.ml.intents.fit import fit
from dunwell.ml.intents.kept import file_name, keep, kept
from dunwell.ml.intents.messages import Labelled
from tests.dealing import is_long_tier

TEXTS = ("we pay on friday", "the money left today", "this price is wrong", "wrong goods came")


@pytest.fixture
def reader():
    labels = ("promise", "paid", "dispute", "dispute")
    return fit(
        [Labelled(text=text, labels=(one,)) for text, one in zip(TEXTS, labels, strict=True)]
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_folder", lambda: tmp_path)
    return tmp_path


def never():
    raise AssertionError("this reader was kept")


def test_a_kept_reader_says_what_the_learned_one_says(reader, folder):
    keep("small", reader, folder)
    again = kept("small", never)

    assert again.labels == reader.labels
    for text in (*TEXTS, "goods", ""):
        assert np.array_equal(again.scores(text), reader.scores(text))


def test_what_is_missing_stale_or_damaged_is_learned(reader, folder, monkeypatch):
    assert kept("small", lambda: reader) is reader

    path = keep("small", reader, folder)
    path.write_bytes(path.read_bytes()[:-40])
    assert kept("small", lambda: reader) is reader

    keep("small", reader, folder)
    monkeypatch.setattr(module, "digest", lambda: "of another source")
    assert kept("small", lambda: reader) is reader
    keep("small", reader, folder)
    assert [one.name for one in folder.iterdir()] == [file_name("small")]


@pytest.mark.skipif(not is_long_tier(), reason="learning takes some ten seconds")
def test_the_assistant_reads_what_it_would_learn_today():
    learned, served = learned_intents(), assistant_reader().intents
    assert np.array_equal(learned.weights, served.weights)
    assert np.array_equal(learned.vocabulary.rarity, served.vocabulary.rarity)
    assert learned.vocabulary.words == served.vocabulary.words
    assert learned.vocabulary.pieces == served.vocabulary.pieces
