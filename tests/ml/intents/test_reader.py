"""The reader of messages: folding, several things in one message, abstaining, bytes and back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.intents import Extract, Reading, by_weight, extract_of
from dunwell.ml.artifact import ArtifactError
from dunwell.ml.intents.artifact import dump, load
from dunwell.ml.intents.fit import (
    TooFewMessages,
    best_temperature,
    calibrated,
    fit,
    held_out,
    threshold,
)
from dunwell.ml.intents.judge import answers, judged
from dunwell.ml.intents.messages import Labelled
from dunwell.ml.intents.texts import folded, pieces, sentences, without_quotes, words
from dunwell.ml.intents.train import Incumbent, trained_reader
from tests.ml.intents.small import small_lessons, small_reader


def test_a_text_is_folded_to_words_without_numbers_accents_and_quotes():
    text = (
        "> Überfällig: 1.250,00\nBezahlt am 3.11.2026, siehe ap@x.example und https://x.example!"
    )

    assert words(folded(text)) == ["bezahlt", "am", "0", "siehe", "zmail", "und", "zlink"]


def test_pieces_of_a_word_mark_its_ends():
    assert list(pieces(["abc"], most=3)) == [" a", "ab", "bc", "c ", " ab", "abc", "bc "]
    assert list(pieces(["a"])) == [" a", "a ", " a "]


def test_quoted_lines_are_blanked_in_place():
    assert without_quotes("> ours\nyours") == "      \nyours"
    assert without_quotes("> only\n> quotes") == "> only\n> quotes"


def test_sentences_are_lines_and_what_stops_end():
    assert sentences("We paid 811. 812 goes out Friday!\n> ours\nThanks; bye") == [
        "We paid 811.",
        "812 goes out Friday!",
        "Thanks",
        "bye",
    ]


def test_what_was_learned_is_read():
    reader = small_reader()

    assert reader.read("we already paid that").label == "paid_already"
    assert reader.read("the goods are damaged").label == "dispute"
    assert reader.read("will pay next Friday").labels == ("promise",)


def test_two_things_in_one_message_are_both_told_the_heavier_first():
    reader = small_reader(also_ppm=400_000)

    read = reader.read("We will pay on Friday. The goods were damaged, wrong price.")

    assert read.labels == ("dispute", "promise")
    assert read.label == "dispute"


def test_a_message_without_a_known_word_is_something_else_and_unsure():
    assert small_reader().read("12 / 7") == Reading(
        label="other", confidence_ppm=0, is_sure=False, labels=("other",)
    )


def test_below_its_threshold_a_reader_abstains():
    sure = small_reader().read("We will pay on Friday.")
    bar = sure.confidence_ppm

    assert small_reader(sure_ppm=bar).read("We will pay on Friday.").is_sure
    assert not small_reader(sure_ppm=bar + 1).read("We will pay on Friday.").is_sure


def test_labels_are_sorted_by_what_they_mean_for_action():
    assert by_weight(["promise", "cease", "other", "promise"]) == ("cease", "promise", "other")


def test_the_same_messages_give_the_same_bytes_and_bytes_give_the_reader_back():
    first, again = fit(small_lessons()), fit(small_lessons())
    content = dump(first)

    assert content == dump(again)
    back = load(content)
    assert dump(back) == content
    assert back.read("goods damaged") == first.read("goods damaged")


def test_damaged_and_foreign_bytes_are_no_reader():
    content = dump(small_reader())

    for bad in (b"", b"PK", content[:100], content[:-30]):
        with pytest.raises(ArtifactError, match="the bytes are no reader"):
            load(bad)


@given(st.text(max_size=300))
def test_chances_sum_to_one_and_reading_never_fails(text):
    reader = small_reader()

    assert np.isclose(reader.chances(text).sum(), 1)
    read = reader.read(text)
    assert read.label == read.labels[0]
    assert 0 <= read.confidence_ppm <= 1_000_000


def test_one_label_is_too_little_to_learn():
    only = [Labelled(text="paid", labels=("paid_already",))]

    with pytest.raises(TooFewMessages, match="at least two labels"):
        fit(only)


def test_the_threshold_is_the_lowest_chance_with_the_wanted_share_right():
    chances = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    right = np.array([True, True, False, True, False])

    assert threshold(chances, right, wanted_ppm=750_000) == 600_000
    assert threshold(chances, right, wanted_ppm=1_000_000) == 800_000
    assert threshold(chances, ~right, wanted_ppm=950_000) == 1_000_000


def test_held_out_messages_are_judged_by_readers_that_did_not_learn_from_them():
    lessons = small_lessons()
    folds = [["terse", "chatty", "formal"].index(one.style) for one in lessons]
    found = held_out(lessons, folds)
    like = calibrated(small_reader(), found)
    card = judged(answers(found, like))

    assert best_temperature(found) == like.temperature
    assert card["messages"] == 12
    assert sum(row["messages"] for row in card["labels"]) == 12
    assert sum(row["messages"] for row in card["confusion"]) == 12
    assert sum(row["messages"] for row in card["calibration"]) == 12
    assert [row["group"] for row in card["styles"]] == ["chatty", "formal", "terse"]
    right = sum(row["messages"] for row in card["confusion"] if row["truth"] == row["answer"])
    assert card["accuracy_ppm"] == round(right * 1_000_000 / 12)


def test_a_reader_learns_a_word_of_the_team_and_is_judged_on_the_newest():
    own = [
        Labelled(text=f"flurb zork {word}", labels=("hardship",), language="en", weight=2.0)
        for word in ("one", "two", "three", "four", "five", "six", "seven") * 10
    ]
    ours = trained_reader(small_lessons(), own, Incumbent(reader=small_reader(), macro_f1_ppm=0))

    assert ours.reader.read("flurb").label == "hardship"
    assert ours.card["own"]["messages"] == 21
    assert ours.card["own"]["accuracy_ppm"] == 1_000_000
    assert ours.card["incumbent_own"]["accuracy_ppm"] == 0
    assert not ours.card["is_worse"]


def test_a_reader_that_reads_the_teams_messages_worse_than_the_serving_one_says_so():
    own = [
        Labelled(text=f"flurb {number}", labels=(label,), language="en")
        for number in range(35)
        for label in ("hardship", "cease")
    ]
    knows = fit([Labelled(text="flurb", labels=("cease",)), *small_lessons()])
    mixed = [replace(one, labels=("cease",)) if row >= 49 else one for row, one in enumerate(own)]
    mixed = [
        replace(one, labels=("hardship",)) if row < 49 else one for row, one in enumerate(mixed)
    ]

    card = trained_reader(small_lessons(), mixed, Incumbent(reader=knows, macro_f1_ppm=0)).card

    assert card["own"]["accuracy_ppm"] == 0
    assert card["is_worse"]


def test_messages_the_serving_reader_has_learned_from_are_no_measure_of_it():
    own = [Labelled(text=f"flurb {number}", labels=("hardship",)) for number in range(70)]
    knows = Incumbent(reader=small_reader(), macro_f1_ppm=0, learned_own=60)

    assert trained_reader(small_lessons(), own, knows).card["incumbent_own"] is None


def test_an_extract_is_read_back_from_json_and_tells_its_value():
    day = Extract(kind="date", value="2026-12-04", quote="Friday", start=3, end=9, role="pay_by")
    money = Extract(kind="amount", value="125000 EUR", quote="1.250,00", start=0, end=8)

    assert extract_of(day.as_dict()) == day
    assert day.day.isoformat() == "2026-12-04"
    assert money.money == (125_000, "EUR")
    with pytest.raises(ValueError, match="a date is no amount"):
        _ = day.money
    with pytest.raises(ValueError, match="an? amount is no date"):
        _ = money.day
