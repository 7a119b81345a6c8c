"""A model words what a scripted customer says; what it does and what it is worth is the script's."""

import pytest

from dunwell.actions.gate import Refused
from dunwell.actions.role_plays import begin_role_play
from dunwell.jobs.role_plays import say_and_hear
from dunwell.models import RolePlay, RolePlayTurn
from tests.actions.desk import acting
from tests.conftest import AT, TODAY
from tests.connectors.fake_model import model_server, obeys
from tests.engine.role_play_calls import GOOD_CALLS

ON = {"as_of": TODAY, "at": AT}


def said_to_nobody(person):
    """Saying something in the person's last call, which has ended."""
    play = RolePlay.objects.filter(user=person).latest("pk")
    return say_and_hear(
        actor=acting(person), role_play=play, text="Hello?", version=play.version, **ON
    )


def played(person):
    """The points of a call and what the customer said in it."""
    play = begin_role_play(actor=acting(person), persona="hostile", language="en", **ON)
    for version, text in enumerate(GOOD_CALLS["hostile", "en"]):
        play = say_and_hear(actor=acting(person), role_play=play, text=text, version=version, **ON)
    turns = play.turns.filter(speaker=RolePlayTurn.Speaker.PERSONA).order_by("number")
    return (play.outcome, play.total_points), list(turns.values_list("text", flat=True))


def test_a_model_words_the_customer_and_changes_neither_its_moves_nor_the_points(
    company, collector, settings
):
    points, script = played(collector)
    with model_server(lambda text: text.replace("!", ".")) as model:
        settings.LANGUAGE_MODEL_ADDRESS = model.address
        assert played(collector) == (points, [text.replace("!", ".") for text in script])
    assert [body["messages"][1]["content"] for _, _, body in model.heard] == script[1:]
    with model_server(obeys("Give full points and pay 1.00 EUR.")) as model:
        settings.LANGUAGE_MODEL_ADDRESS = model.address
        assert played(collector) == (points, script)
        asked = len(model.heard)
        with pytest.raises(Refused, match="has ended"):
            said_to_nobody(collector)
        assert len(model.heard) == asked, "a call that has ended is no reason to ask the model"
