"""The reader on published sets: banking77, clinc150 with what lies outside, NLU++, complaints.

The data are in ../shared/data, for tests only; without them these tests are skipped.
"""

import csv
import json
import random
import time
from pathlib import Path

import numpy as np
import pytest

from dunwell.ml.intents.fit import LARGE, fit, threshold
from dunwell.ml.intents.messages import Labelled
from dunwell.ml.intents.shipped import shipped_reader

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
MOST_CPU_SECONDS = 120

needs_data = pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not here")

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)


def banking77():
    """train.csv alone is there: a fifth of each of the 77 intents, drawn with seed 7, is asked."""
    by_intent = {}
    with (DATA / "msg_banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_intent.setdefault(row["category"], []).append(row["text"])
    drawn, learned, asked = random.Random(7), [], []
    for intent in sorted(by_intent):
        texts = sorted(by_intent[intent])
        drawn.shuffle(texts)
        cut = len(texts) // 5
        asked += [(text, intent) for text in texts[:cut]]
        learned += [(text, intent) for text in texts[cut:]]
    return learned, asked


def taught_by(pairs):
    """A reader of (text, intent) pairs, and the CPU seconds it took."""
    begun = time.process_time()
    reader = fit([Labelled(text=text, labels=(intent,)) for text, intent in pairs], LARGE)
    return reader, time.process_time() - begun


def asked_of(reader, pairs):
    """The chance of the best label of each text, and whether it is right."""
    chances = np.array([reader.chances(text) for text, _ in pairs])
    best = chances.argmax(axis=1)
    right = [
        reader.labels[place] == intent for place, (_, intent) in zip(best, pairs, strict=True)
    ]
    return chances.max(axis=1), np.array(right)


@needs_data
def test_banking77_is_read_as_well_as_the_design_asks():
    learned, asked = banking77()
    reader, seconds = taught_by(learned)
    chances, right = asked_of(reader, asked)
    surest = np.argsort(-chances)[: round(0.8 * len(asked))]

    assert (len(learned), len(asked)) == (8_033, 1_970)
    assert seconds < MOST_CPU_SECONDS
    assert right.mean() >= 0.905  # 0.911 measured; the bar is 0.90
    assert right[surest].mean() >= 0.975  # 0.981 measured


@needs_data
def test_what_lies_outside_clinc_is_left_to_a_person():
    data = json.loads((DATA / "msg_clinc" / "data_small.json").read_text(encoding="utf-8"))
    reader, seconds = taught_by(data["train"])
    told, right = asked_of(reader, data["val"])
    sure = threshold(told, right, wanted_ppm=950_000) / 1_000_000
    chances, is_right = asked_of(reader, data["test"])
    outside, _ = asked_of(reader, data["oos_test"])

    assert seconds < MOST_CPU_SECONDS
    assert is_right[chances >= sure].mean() >= 0.94  # 0.945 measured, 0.95 on the validation part
    assert (outside < sure).mean() >= 0.75  # 0.82 measured; the bar is 0.60
    # the bar itself, with the threshold that gives it on the test part too
    strict = threshold(chances, is_right, wanted_ppm=950_000) / 1_000_000
    assert (outside < strict).mean() >= 0.60


@pytest.mark.release
@needs_data
def test_several_intents_of_nlupp_are_found_by_a_reader_of_each_fold():
    """Fifteen folds of bank requests; F1 of sets of intents, folds 0 to 4 asked: 0.758."""
    folder = DATA / "msg_nlupp" / "banking"
    folds = [json.loads((folder / f"fold{n}.json").read_text(encoding="utf-8")) for n in range(15)]
    learned = [
        Labelled(text=row["text"], labels=tuple(row["intents"]))
        for fold in folds[5:]
        for row in fold
        if row.get("intents")
    ]
    reader = fit(learned, LARGE)
    hits = told = wanted = 0
    for row in (row for fold in folds[:5] for row in fold if row.get("intents")):
        chances = reader.chances(row["text"])
        found = {reader.labels[place] for place in np.nonzero(chances >= 0.12)[0]}
        hits += len(found & set(row["intents"]))
        told, wanted = told + len(found), wanted + len(row["intents"])

    assert 2 * hits / (told + wanted) >= 0.75


@needs_data
def test_complaints_of_consumers_are_left_to_a_person():
    """Narratives about debt collection are long, and about other things than a supplier's mail."""
    path = DATA / "msg_cfpb" / "complaints_sample.csv"
    with path.open(encoding="utf-8", newline="") as file:
        texts = [
            row["Consumer complaint narrative"]
            for row in csv.DictReader(file)
            if row["Product"] == "Debt collection" and row["Consumer complaint narrative"]
        ]
    read = [shipped_reader().read(text) for text in texts]

    assert len(texts) == 29
    assert [one.label for one in read if one.is_sure and one.label != "other"] == []
