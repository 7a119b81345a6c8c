"""`dunwell scorecard`: a card learned from a table, written to a file, and a table scored by it."""

import csv
import io
import json

import numpy as np
import pytest

from dunwell import cli
from dunwell.engine.scorecards import score_one
from dunwell.engine.scorecards_policy import read_scorecard


@pytest.fixture
def past(tmp_path):
    draw = np.random.default_rng(3)
    lines = ["years,form,owner_age,result"]
    for _ in range(300):
        years, form = int(draw.integers(0, 30)), draw.choice(["GmbH", "UG", "?"])
        odds = 1.0 - years / 8 + (form == "UG")
        result = "bad" if draw.random() < 1 / (1 + np.exp(-odds)) else "good"
        lines.append(f"{years},{form},{int(draw.integers(20, 70))},{result}")
    path = tmp_path / "past.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def answer(capsys, *arguments):
    code = cli.main(["scorecard", *[str(part) for part in arguments]])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def learn(capsys, past, *more):
    return answer(capsys, past, "--target", "result", "--bad", "bad", "--method", "woe", *more)


def test_a_card_is_learned_written_and_scores_the_same_table(capsys, past, tmp_path):
    card = tmp_path / "card.json"
    code, out, _ = learn(capsys, past, "--card", card, "--leave-out", "owner_age")
    assert code == 0
    assert "AUC, woe" in out and "AUC, trees" in out and "GmbH" in out

    code, out, _ = answer(capsys, past, "--card", card, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert (code, len(rows)) == (0, 300)
    read = read_scorecard(json.loads(card.read_text(encoding="utf-8")))
    source = list(csv.DictReader(io.StringIO(past.read_text(encoding="utf-8"))))
    for row, told in list(zip(source, rows, strict=True))[:50]:
        form = None if row["form"] == "?" else row["form"]
        alone = score_one(read, {"years": int(row["years"]), "form": form})
        assert (told["points"], told["pd_ppm"]) == (str(alone.points), str(alone.pd_ppm))
        reasons = [told[f"reason_{n}"] for n in range(1, 5) if told[f"reason_{n}"]]
        assert len(reasons) == len(alone.reasons)
        for reason, one in zip(reasons, alone.reasons, strict=True):
            assert one.text in reason and f"(+{one.change.gain} if" in reason


def test_the_whole_answer_is_json(capsys, past):
    code, out, _ = learn(capsys, past, "--format", "json", "--protected", "owner_age")
    found = json.loads(out)
    assert code == 0
    assert set(found) == {"report", "card"}
    assert list(found["report"]["fairness"]) == ["owner_age"]
    assert "owner_age" not in {one["name"] for one in found["card"]["scorecard"]["inputs"]}


def test_the_refused_are_let_in_by_their_likely_outcome(capsys, past, tmp_path):
    refused = tmp_path / "refused.csv"
    refused.write_text("years,form,owner_age\n" + "1,UG,30\n" * 60, encoding="utf-8")
    _, out, _ = learn(capsys, past, "--format", "json")
    alone = json.loads(out)
    more = ("--refused", refused, "--harder", "3", "--format", "json")
    code, out, _ = learn(capsys, past, *more)
    both = json.loads(out)
    assert code == 0
    assert (alone["report"]["notes"][0], both["report"]["notes"][0]) == (
        "rejects_unknown",
        "rejects_guessed",
    )
    assert alone["card"] != both["card"]
    assert both["report"]["rows"] == 300

    refused.write_text("years,owner_age\n1,30\n", encoding="utf-8")
    code, _, err = learn(capsys, past, "--refused", refused)
    assert code == 2 and "there is no column 'form'; add it" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "give --target and --bad to learn a scorecard, or --card to score the file by one"),
        (("--target", "result"), "give --bad, the value of result that means gone bad"),
        (("--target", "result", "--bad", "lost"), "In no row does column 'result' read 'lost'"),
        (
            ("--target", "result", "--bad", "bad", "--persons"),
            "Column 'owner_age' speaks of age, which may not score a natural person",
        ),
        (
            ("--target", "result", "--bad", "bad", "--protected", "sex"),
            "there is no column 'sex' to look at as protected",
        ),
        (("--card", "no_such_card.json"), "no_such_card.json"),
    ],
)
def test_what_cannot_be_done_is_told_with_what_to_do(capsys, past, arguments, sentence):
    code, out, err = answer(capsys, past, *arguments)
    assert (code, out) == (2, "")
    assert sentence in err


def test_a_file_that_is_no_card_is_refused_with_the_place(capsys, past, tmp_path):
    card = tmp_path / "card.json"
    card.write_text("{", encoding="utf-8")
    _, _, err = answer(capsys, past, "--card", card)
    assert "no JSON" in err
    card.write_text('{"scorecard": {"name": "x"}}', encoding="utf-8")
    _, _, err = answer(capsys, past, "--card", card)
    assert "scorecard: valid_from must be a day" in err
