"""Training by the API: a call to its points, a quiz, and what belongs to somebody else."""

from dunwell.models import QuizSitting
from tests.api.conftest import add_token
from tests.engine.role_play_calls import GOOD_CALLS


def test_a_call_is_played_and_a_quiz_handed_in_by_their_owner_alone(
    company, collector, manager, rival
):
    mine = add_token(collector, company, rights=["training.take"])
    lead = add_token(manager, company, rights=["training.take", "training.lead"])
    play = mine.post("/training/calls", {"persona": "forgetful"}).json()["id"]
    for version, text in enumerate(GOOD_CALLS["forgetful", "en"]):
        said = {"text": text, "version": version}
        assert lead.post(f"/training/calls/{play}/say", said).status_code == 403
        assert mine.post(f"/training/calls/{play}/say", said).status_code == 200
    told = lead.get(f"/training/calls/{play}").json()
    assert (told["row"]["is_passed"], told["row"]["outcome"]) == (True, "promised")
    assert told["turns"][1]["findings"][0]["rule"] == "identified"
    assert [row["id"] for row in mine.get("/training/calls").json()["rows"]] == [play]

    sitting = mine.post("/training/quizzes", {"quiz": "contact_hours"}).json()["id"]
    shown = mine.get(f"/training/quizzes/{sitting}").json()
    assert {one["right"] for one in shown["questions"]} == {None}
    assert all(one["source"] for one in shown["questions"])
    assert lead.get(f"/training/quizzes/{sitting}").status_code == 403
    right = [one["right"] for one in QuizSitting.objects.get().questions]
    path = f"/training/quizzes/{sitting}/hand-in"
    assert mine.post(path, {"choices": [9] * 5}).status_code == 422
    assert mine.post(path, {"choices": right}).status_code == 200
    assert mine.get(f"/training/quizzes/{sitting}").json()["points"] == 100
    parts = mine.get("/training/curricula").json()[0]["parts"]
    assert [one["passed_on"] is not None for one in parts] == [True, False, True]

    asked = {"user_id": collector.pk, "curriculum": "disputes", "due_on": "2099-01-01"}
    number = lead.post("/training/assignments", asked).json()["id"]
    assert lead.post(f"/training/assignments/{number}/end", {}).status_code == 200
    other = {**asked, "user_id": rival.pk}
    assert lead.post("/training/assignments", other).status_code == 404
