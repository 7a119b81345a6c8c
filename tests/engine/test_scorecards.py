"""Scorecards: points by hand, frames like single subjects, and reasons that hold to the point."""

import random
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.documents import DocumentError
from dunwell.engine.protected_inputs import protected_ground
from dunwell.engine.scorecard_changes import told
from dunwell.engine.scorecard_terms import Value
from dunwell.engine.scorecards import pd_ppm, point_rows, reasons, score_one, score_rows
from dunwell.engine.scorecards_policy import read_scorecard
from tests.engine.scorecard_rows import DOCUMENT, document, subjects

CARD = read_scorecard(DOCUMENT)
WEAK: dict[str, Value] = {"years": 1, "use_ppm": 900_000, "form": "UG", "audited": False}
FORMS = ["GmbH", "AG", "UG", "KG", "", None]


def answers(frame: nw.LazyFrame, by: list[str]) -> list[dict[str, Any]]:
    return frame.collect().sort(by).to_native().to_dicts()


def values(draw: random.Random) -> dict[str, Value]:
    return {
        "years": draw.choice([None, *range(12)]),
        "use_ppm": draw.choice([None, draw.randrange(1_200_000)]),
        "form": draw.choice(FORMS),
        "audited": draw.choice([None, True, False]),
    }


def test_points_of_every_input_and_the_start_add_up():
    found = score_one(CARD, WEAK)
    assert [(part.input, part.place, part.points, part.lost) for part in found.parts] == [
        ("years", 0, -30, 50),
        ("use_ppm", 2, -25, 50),
        ("form", 1, -15, 25),
        ("audited", 1, 0, 15),
    ]
    assert (found.points, found.pd_ppm) == (330, 155_000)


def test_reasons_name_the_most_points_lost_first_with_the_nearest_way_back():
    found = score_one(CARD, WEAK)
    assert [
        (one.code, one.text, one.lost, one.change.to, told(one.change), one.change.gain)
        for one in found.reasons
    ] == [
        ("years", "In business for a year or less", 50, 2, "more than 1, up to 5", 50),
        (
            "use_ppm",
            "More than 70 % of the limit is used",
            50,
            700_000,
            "more than 99999, up to 700000",
            50,
        ),
        ("form", "Limited by little capital", 25, "GmbH", "one of GmbH, AG", 25),
        ("audited", "The statement is not audited", 15, "yes", "yes", 15),
    ]


def test_the_fewest_changes_that_reach_the_cut_off_are_told():
    assert [(one.input, one.to, one.gain) for one in score_one(CARD, WEAK).flips] == [
        ("years", 2, 50),
        ("use_ppm", 700_000, 50),
        ("form", "GmbH", 25),
    ]
    strong = {"years": 9, "use_ppm": 500_000, "form": "AG", "audited": True}
    assert score_one(CARD, strong).flips == ()


def test_a_good_score_still_names_what_it_could_gain_and_a_perfect_one_nothing():
    good = {"years": 4, "use_ppm": 500_000, "form": "AG", "audited": True}
    assert [(one.code, one.lost) for one in score_one(CARD, good).reasons] == [("years", 20)]
    assert score_one(CARD, {**good, "years": 9}).reasons == ()


def test_a_number_between_two_good_bins_goes_to_the_nearer_one():
    inputs = [
        {
            "name": "ratio",
            "kind": "number",
            "bins": [
                {"up_to": 1.0, "points": 10},
                {"up_to": 2.0, "points": -5, "reason": "Between one and two"},
                {"points": 10},
            ],
            "missing": {"points": 0, "reason": "Not known"},
        }
    ]
    card = read_scorecard({"scorecard": document(inputs=inputs)["scorecard"]})
    near_one, near_two = (
        score_one(card, {"ratio": value}).reasons[0].change for value in (1.2, 1.9)
    )
    assert (near_one.to, near_one.to_place, told(near_one)) == (1.0, 0, "1.0 or less")
    assert (near_two.to_place, told(near_two)) == (2, "more than 2.0")
    assert isinstance(near_two.to, float)
    assert 2.0 < near_two.to < 2.0000001
    frame = nw.from_native(
        pl.DataFrame({"subject_id": [1, 2, 3], "ratio": [1.2, 1.9, float("nan")]}).lazy()
    )
    assert [
        (row["subject_id"], row["place"], row["to_place"], row["gain"])
        for row in answers(point_rows(frame, card), ["subject_id"])
    ] == [(1, 1, 0, 15), (2, 1, 2, 15), (3, 3, 0, 10)]


def test_a_probability_lies_on_the_line_between_two_points_and_ends_beyond():
    assert [pd_ppm(CARD, points) for points in (0, 300, 350, 400, 450, 500, 900)] == [
        200_000,
        200_000,
        125_000,
        50_000,
        30_000,
        10_000,
        10_000,
    ]


def test_the_cases_of_the_card_come_out():
    for case in CARD.cases:
        found = score_one(CARD, case.values)
        assert (found.points, case.pd_ppm or found.pd_ppm) == (case.points, found.pd_ppm)


def test_a_frame_is_scored_like_each_subject_alone():
    draw = random.Random(3)
    rows = [values(draw) for _ in range(400)]
    frame = subjects(*rows)
    scores = answers(score_rows(frame, CARD), ["subject_id"])
    parts = answers(point_rows(frame, CARD), ["subject_id", "input_no"])
    told_reasons = answers(reasons(frame, CARD), ["subject_id", "rank"])
    for number, row in enumerate(rows, 1):
        alone = score_one(CARD, row)
        score = scores[number - 1]
        assert score == {
            "subject_id": number,
            "points": alone.points,
            "pd_ppm": alone.pd_ppm,
            **{f"{part.input}_points": part.points for part in alone.parts},
        }
        mine = [part for part in parts if part["subject_id"] == number]
        assert [(part["place"], part["points"], part["lost"]) for part in mine] == [
            (part.place, part.points, part.lost) for part in alone.parts
        ]
        assert [
            (one["input"], one["lost"] or one["below_best"], one["to_place"], one["gain"])
            for one in told_reasons
            if one["subject_id"] == number
        ] == [(one.code, one.lost, one.change.to_place, one.change.gain) for one in alone.reasons]


def test_a_column_that_is_not_there_is_missing_for_everybody():
    frame = nw.from_native(pl.DataFrame({"subject_id": [1], "years": [9]}).lazy())
    (row,) = answers(score_rows(frame, CARD), ["subject_id"])
    assert row["points"] == score_one(CARD, {"years": 9}).points == 435


def test_texts_where_a_number_is_read_are_refused():
    frame = nw.from_native(pl.DataFrame({"subject_id": [1], "years": ["nine"]}).lazy())
    with pytest.raises(ValueError, match="years is read as String; the card wants a number"):
        score_rows(frame, CARD)
    with pytest.raises(ValueError, match="years is 'nine'; give a number, or nothing"):
        score_one(CARD, {"years": "nine"})


def test_changing_a_named_factor_to_the_policys_level_moves_the_score_in_all_of_1000_cases():
    draw = random.Random(17)
    moved = named = flipped = 0
    for _ in range(1_000):
        row = values(draw)
        before = score_one(CARD, row)
        assert score_one(CARD, row).reasons == before.reasons
        assert len(before.reasons) <= 4
        could_gain = sum(part.below_best > 0 for part in before.parts)
        assert len(before.reasons) >= min(2, could_gain)
        for reason in before.reasons:
            after = score_one(CARD, {**row, reason.code: reason.change.to})
            named += 1
            moved += after.points == before.points + reason.change.gain > before.points
        if before.points < 450 and before.flips:
            after = score_one(CARD, {**row, **{one.input: one.to for one in before.flips}})
            flipped += after.points >= 450
            less = score_one(CARD, {**row, **{one.input: one.to for one in before.flips[:-1]}})
            assert less.points < 450
    assert moved == named > 2_000
    assert flipped > 500


edges = st.lists(st.integers(-50, 50), min_size=0, max_size=5, unique=True).map(sorted)


@st.composite
def cards(draw: st.DrawFn) -> dict[str, Any]:
    """Documents of one to three inputs of whole numbers, with any points."""
    points = st.integers(-60, 60)
    inputs = []
    for number in range(draw(st.integers(1, 3))):
        cut = draw(edges)
        worth = [draw(points) for _ in range(len(cut) + 1)]
        inputs.append(
            {
                "name": f"fact_{number}",
                "bins": [
                    {
                        "points": value,
                        "reason": "r",
                        **({"up_to": cut[at]} if at < len(cut) else {}),
                    }
                    for at, value in enumerate(worth)
                ],
                "missing": {"points": draw(points), "reason": "not known"},
                "policy_points": draw(st.integers(min(worth), max(worth))),
            }
        )
    return {"scorecard": document(inputs=inputs)["scorecard"]}


@given(cards(), st.lists(st.tuples(*[st.none() | st.integers(-60, 60)] * 3), max_size=8))
def test_on_any_card_every_reason_holds_and_frames_agree(stated, rows):
    card = read_scorecard(stated)
    table = {f"fact_{at}": [row[at] for row in rows] for at in range(3)}
    frame = nw.from_native(
        pl.DataFrame(
            {"subject_id": list(range(len(rows))), **table},
            schema={"subject_id": pl.Int64, **dict.fromkeys(table, pl.Int64)},
        ).lazy()
    )
    scores = answers(score_rows(frame, card), ["subject_id"])
    found = answers(reasons(frame, card), ["subject_id", "rank"])
    for number, row in enumerate(rows):
        facts = {f"fact_{at}": value for at, value in enumerate(row)}
        alone = score_one(card, facts)
        assert (scores[number]["points"], scores[number]["pd_ppm"]) == (
            alone.points,
            alone.pd_ppm,
        )
        assert card.lowest <= alone.points <= card.highest
        assert [(one["input"], one["gain"]) for one in found if one["subject_id"] == number] == [
            (one.code, one.change.gain) for one in alone.reasons
        ]
        for one in alone.reasons:
            after = score_one(card, {**facts, one.code: one.change.to})
            assert after.points == alone.points + one.change.gain > alone.points


def with_input(**changes: Any) -> dict[str, Any]:
    first = {**DOCUMENT["scorecard"]["inputs"][0], **changes}
    return document(inputs=[first])


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        (document(name="Trade card"), "scorecard: name 'Trade card' cannot be used"),
        (document(start=None), "scorecard: start must be a whole number, found None"),
        (document(colour="red"), "scorecard: field 'colour' is not known"),
        (document(inputs=[]), "scorecard: 0 inputs are stated; give 1 to 200 of them"),
        (
            document(inputs=DOCUMENT["scorecard"]["inputs"][:1] * 2),
            "scorecard: input 'years' is stated twice; keep one of them",
        ),
        (
            with_input(bins=[{"up_to": 5, "points": 1}, {"up_to": 1, "points": 1}, {"points": 1}]),
            "scorecard, input years: up_to must rise from bin to bin; sort the bins",
        ),
        (
            with_input(bins=[{"up_to": 5, "points": 1}]),
            "scorecard, input years: every bin but the last needs up_to",
        ),
        (
            with_input(bins=[{"up_to": 5, "points": -1}, {"points": 1}], policy_points=1),
            "bin 1 of 3: -1 points are less than the best bin's 1; give the reason",
        ),
        (
            with_input(policy_points=41),
            "policy_points is 41 but no bin has more than 40; lower it",
        ),
        (
            document(calibration=[{"points": 1, "pd_ppm": 5}, {"points": 2, "pd_ppm": 6}]),
            "points must rise and pd_ppm must not",
        ),
        (document(calibration=[]), "give at least one row of points and pd_ppm"),
    ],
)
def test_a_document_that_cannot_be_used_is_refused_with_the_place(stated, sentence):
    with pytest.raises(DocumentError) as told_error:
        read_scorecard(stated)
    assert sentence in str(told_error.value)


@pytest.mark.parametrize(
    ("name", "ground"),
    [
        ("age", "age"),
        ("AGE", "age"),
        ("customerAge", "age"),
        ("date_of_birth", "age"),
        ("personal_status_sex", "sex"),
        ("MARRIAGE", "marital status"),
        ("foreign_worker", "national origin"),
        ("fs_age_days", ""),
        ("average_days_late", ""),
        ("own_share_late_ppm", ""),
        ("usage", ""),
    ],
)
def test_a_name_gives_away_the_protected_ground(name, ground):
    assert protected_ground(name) == ground


def test_a_protected_input_is_refused_for_natural_persons_and_for_them_alone():
    stated = with_input(name="age")
    del stated["cases"]
    assert read_scorecard(stated).inputs[0].name == "age"
    stated["scorecard"]["subjects"] = "natural_persons"
    with pytest.raises(DocumentError, match="input age: it speaks of age, which may not score"):
        read_scorecard(stated)


def test_a_share_is_told_as_percent_where_the_catalogue_knows_it():
    share = {
        "name": "own_share_late_ppm",
        "bins": [
            {"up_to": 125_000, "points": 40},
            {"points": -5, "reason": "Pays many items late"},
        ],
        "missing": {"points": 0, "reason": "Not known"},
    }
    card = read_scorecard({"scorecard": document(inputs=[share])["scorecard"]})
    way = score_one(card, {"own_share_late_ppm": 300_000}).reasons[0].change
    assert (way.to, told(way)) == (125_000, "12.5 % or less")
