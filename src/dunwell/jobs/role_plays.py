"""A sentence of a practised call; a model may word the customer's answer where one is set up."""

from collections.abc import Mapping
from datetime import date, datetime

from dunwell.actions.gate import Actor
from dunwell.actions.role_plays import say_in_role_play
from dunwell.engine.role_plays import reply
from dunwell.jobs.phrasing import language_model, phrased
from dunwell.models import RolePlay
from dunwell.queries.curricula import shipped_personas


def say_and_hear(
    *, actor: Actor, role_play: RolePlay, text: str, version: int, as_of: date, at: datetime
) -> RolePlay:
    """Say one sentence as `say_in_role_play` does; a model may word what the script answers.

    The script alone decides what the customer does, and the points are of what was said to it.
    The model is told the script's answer, never the trainee's sentence.
    """
    return say_in_role_play(
        actor=actor,
        role_play=role_play,
        text=text,
        version=version,
        worded=_worded(role_play, text) if role_play.version == version else {},
        as_of=as_of,
        at=at,
    )


def _worded(play: RolePlay, text: str) -> Mapping[str, str]:
    """Return the script's next answer worded anew, nothing where no model is to be asked."""
    if play.status != RolePlay.Status.RUNNING:
        return {}
    script, sha = shipped_personas().get(play.persona, (None, ""))
    if script is None or sha != play.persona_sha or language_model() is None:
        return {}
    answer = reply(
        script, state=play.state, text=text, language=play.language, turn=play.version + 1
    )
    return {answer.say: phrased(answer.say, language=play.language).text}
