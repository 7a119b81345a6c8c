"""Strategies over the API: a whole document is drafted, shown, tried and published."""

from importlib.resources import files

SHIPPED = files("dunwell.policies").joinpath("strategy_standard.yaml").read_text(encoding="utf-8")


def test_a_shipped_strategy_goes_in_as_a_draft_and_comes_out_unchanged(as_manager):
    made = as_manager.post("/strategies", {"text": SHIPPED})
    key = made.json()["id"]

    assert made.status_code == 201
    assert as_manager.get(f"/strategies/{key}").json() == {"text": SHIPPED}
    assert as_manager.get("/strategies?status=draft").json()["rows"][0]["id"] == key


def test_a_wrong_document_is_refused_with_the_place(as_manager):
    answer = as_manager.post("/strategies", {"text": "strategy: {name: x, steps: []}\n"})

    assert answer.status_code == 422
    assert "strategy" in answer.json()["detail"]
