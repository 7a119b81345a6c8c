"""A model as bytes: the same again after a round trip, and never a crash from damaged ones."""

import io
import json
import zipfile
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dunwell.ml.artifact import VERSION, ArtifactError, dump, load, unread_version
from dunwell.ml.hazard_fit import LARGE, fit_hazard
from dunwell.ml.naive import NAIVE
from dunwell.ml.pay_date import fit, learned
from tests.ml.books import requests, sample_history

BOOK = sample_history(120)
NAMES = pytest.mark.parametrize("name", [*NAIVE, *learned()])


@cache
def content(name):
    return dump(fit(BOOK, name))


def answers(model):
    told = model.curves(BOOK, requests(BOOK))
    return told.model, told.paid.tobytes(), told.tail.tobytes()


def tampered(name, change):
    """Return the bytes of a model with some of its parts changed, whole as an archive."""
    with zipfile.ZipFile(io.BytesIO(content(name))) as file:
        parts = {part: file.read(part) for part in file.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for part, data in parts.items():
            file.writestr(part, data)
    return out.getvalue()


def head(**changes):
    """Return a change of the model's JSON head."""

    def change(parts):
        parts["model.json"] = json.dumps(json.loads(parts["model.json"]) | changes).encode()

    return change


@NAMES
def test_the_same_model_gives_the_same_bytes(name):
    assert dump(fit(sample_history(120), name)) == content(name)


@NAMES
def test_a_model_answers_alike_after_a_round_trip(name):
    back = load(content(name))
    assert back.name == name
    assert answers(back) == answers(fit(BOOK, name))
    assert dump(back) == content(name)


def test_a_large_model_with_all_its_parts_answers_alike_after_a_round_trip():
    model = fit_hazard(BOOK, size=replace(LARGE, tilt_trees=5, day_trees=5, late_trees=5))
    back = load(dump(model))
    assert (back.own is None, back.late_weight, len(back.fits)) == (False, 0.5, 1)
    assert back.fits[0].late_trees is not None
    assert answers(back) == answers(model)
    assert dump(back) == dump(model)


@NAMES
def test_damaged_bytes_are_refused_or_harmless_never_a_crash(name):
    whole, random = content(name), np.random.default_rng(6)
    # half of the damage where an archive keeps its directory, the rest anywhere
    directory = whole.index(b"PK\x01\x02")
    refused = 0
    for round_ in range(80):
        damaged = bytearray(whole)
        first = directory if round_ % 2 else 0
        for place in random.integers(first, len(whole), random.integers(1, 4)):
            damaged[place] ^= 1 << int(random.integers(0, 8))
        if round_ % 8 == 0:
            damaged = damaged[: int(random.integers(0, len(whole)))]
        try:
            model = load(bytes(damaged))
        except ArtifactError:
            refused += 1
        else:
            assert answers(model) == answers(load(whole))
    assert refused > 40


@pytest.mark.parametrize("noise", [b"", b"PK", b"{}", bytes(range(256)) * 20])
def test_bytes_that_are_no_archive_are_refused(noise):
    with pytest.raises(ArtifactError, match="the bytes are no model"):
        load(noise)


@NAMES
def test_a_model_of_another_version_is_refused_by_its_number(name):
    with pytest.raises(ArtifactError, match=f"of version {VERSION + 1}, not {VERSION}"):
        load(tampered(name, head(version=VERSION + 1)))


def test_learned_models_of_an_older_version_are_refused_and_naive_ones_still_read():
    old = {name: tampered(name, head(version=1)) for name in (*NAIVE, *learned())}
    for name in NAIVE:
        assert unread_version(old[name]) is None
        assert dump(load(old[name])) == content(name)
    for name in learned():
        assert unread_version(old[name]) == 1
        with pytest.raises(ArtifactError, match=f"of version 1, not {VERSION}"):
            load(old[name])


@NAMES
def test_what_is_read_has_no_version_that_is_not(name):
    assert unread_version(content(name)) is None
    assert unread_version(tampered(name, head(version=VERSION + 1))) == VERSION + 1


@pytest.mark.parametrize("noise", [b"", b"PK", b"{}", bytes(range(256)) * 20])
def test_bytes_that_are_no_archive_have_no_version(noise):
    assert unread_version(noise) is None


@NAMES
def test_every_part_must_be_there_and_none_beside(name):
    with zipfile.ZipFile(io.BytesIO(content(name))) as file:
        parts = file.namelist()
    for part in parts:
        with pytest.raises(ArtifactError):
            load(tampered(name, lambda found, part=part: found.pop(part)))
    with pytest.raises(ArtifactError, match="lacks or adds parts: .*more"):
        load(tampered(name, lambda found: found.update(more=b"1")))


@NAMES
def test_parts_that_are_not_what_they_should_be_are_refused(name):
    with zipfile.ZipFile(io.BytesIO(content(name))) as file:
        arrays = [
            part for part in file.namelist() if part.endswith(".npy") and "masked" not in part
        ]
        texts = [part for part in file.namelist() if part.endswith(".txt")]
    one = io.BytesIO()
    np.save(one, np.ones(3))
    pickled = io.BytesIO()
    np.save(pickled, np.array([{"a": 1}], object), allow_pickle=True)
    wrong = [(part, data) for part in arrays for data in (one, pickled)]
    changes = [(part, data.getvalue()) for part, data in wrong]
    changes += [(part, data) for part in arrays + texts for data in (b"", b"\xff\xfe nonsense")]
    changes += [("model.json", data) for data in (b"[]", b"null", b"{", b"\xff", b"{}", b"7")]
    for part, data in changes:
        with pytest.raises(ArtifactError):
            load(tampered(name, lambda found, part=part, data=data: found.update({part: data})))


@NAMES
def test_a_head_that_lacks_or_mistakes_a_word_is_refused(name):
    with zipfile.ZipFile(io.BytesIO(content(name))) as file:
        words = json.loads(file.read("model.json"))

    def without(word):
        def change(parts):
            left = {key: value for key, value in words.items() if key != word}
            parts["model.json"] = json.dumps(left).encode()

        return change

    for word in words:
        with pytest.raises(ArtifactError):
            load(tampered(name, without(word)))
    for word in set(words) - {"name", "version"}:
        with pytest.raises(ArtifactError):
            load(tampered(name, head(**{word: None})))
    with pytest.raises(ArtifactError):
        load(tampered(name, head(name="oracle")))
