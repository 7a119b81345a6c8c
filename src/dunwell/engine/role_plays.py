"""A scripted customer to practise with: a state machine that answers what the trainee does."""

from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.engine import documents
from dunwell.engine.call_moves import LANGUAGES, MOVES, heard
from dunwell.engine.documents import DocumentError

FACTS = ("disputed", "insolvent", "ceased", "vulnerable")
"""What a customer may have said that changes what may be asked of it."""

OUT_OF_TIME = "out_of_time"
"""The outcome where the customer had no more time; worth nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reaction:
    """Goes to a state where any of `when` was heard and none of `unless`."""

    when: tuple[str, ...]
    unless: tuple[str, ...]
    to: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One state: what the persona says on coming to it and on staying, and where it goes.

    An `outcome` ends the call. `facts` are known from here on.
    """

    name: str
    say: Mapping[str, str]
    again: Mapping[str, str]
    facts: tuple[str, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    otherwise: str = ""
    outcome: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Persona:
    """A whole script; `outcomes` says what each end is worth, 0 to 100."""

    name: str
    label: Mapping[str, str]
    scene: Mapping[str, str]
    most_turns: int
    start: str
    outcomes: Mapping[str, int]
    always: tuple[Reaction, ...]
    states: Mapping[str, Standing]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What the persona answers and where it stands then; an outcome ends the call."""

    say: str
    state: str
    outcome: str = ""


def reply(persona: Persona, *, state: str, text: str, language: str, turn: int) -> Reply:
    """Return the persona's answer to the trainee's `turn`-th text (from 1).

    The same script, state and text give the same answer. Raises KeyError for a state that is
    none of the script's.
    """
    here = persona.states[state]
    moves = {one.move for one in heard(text, language=language)}
    to = next(
        (
            one.to
            for one in (*persona.always, *here.reactions)
            if moves & set(one.when) and not moves & set(one.unless)
        ),
        here.otherwise,
    )
    there = persona.states[to]
    words = there.again if to == state else there.say
    outcome = there.outcome
    if not outcome and turn >= persona.most_turns:
        outcome = OUT_OF_TIME
    return Reply(say=words[language], state=to, outcome=outcome)


def read_persona(document: object) -> Persona:
    """Return a persona of its YAML document; raise DocumentError for anything that cannot run."""
    stated = documents.fields(document, "persona")
    name = documents.text(stated, "persona", "persona")
    where = f"persona {name}"
    documents.known(
        stated,
        {*("persona", "label", "scene", "most_turns", "start", "outcomes", "always", "states")},
        where,
    )
    outcomes = documents.fields(stated.get("outcomes"), f"{where}, outcomes")
    states = {
        key: _standing(key, value, where)
        for key, value in documents.fields(stated.get("states"), f"{where}, states").items()
    }
    persona = Persona(
        name=name,
        label=_said(stated, "label", where),
        scene=_said(stated, "scene", where),
        most_turns=documents.number(stated, "most_turns", where, smallest=3, largest=30),
        start=documents.text(stated, "start", where),
        outcomes={
            key: documents.number(outcomes, key, f"{where}, outcomes", largest=100)
            for key in outcomes
        },
        always=_reactions(stated.get("always"), where),
        states=states,
    )
    _refuse_loose_ends(persona, where)
    return persona


def _standing(name: str, value: object, where: str) -> Standing:
    where = f"{where}, state {name}"
    stated = documents.fields(value, where)
    documents.known(stated, {"say", "again", "facts", "moves", "otherwise", "outcome"}, where)
    say = _said(stated, "say", where)
    facts = documents.names(stated.get("facts"), "facts", where)
    for fact in facts:
        documents.choice(fact, "facts", FACTS, where)
    outcome = str(stated.get("outcome", ""))
    return Standing(
        name=name,
        say=say,
        again=_said(stated, "again", where) if "again" in stated else say,
        facts=facts,
        reactions=_reactions(stated.get("moves"), where),
        otherwise=name if outcome else documents.text(stated, "otherwise", where, default=name),
        outcome=outcome,
    )


def _reactions(value: object, where: str) -> tuple[Reaction, ...]:
    found = []
    for entry in documents.rows([] if value is None else value, "moves", where):
        stated = documents.fields(entry, where)
        documents.known(stated, {"when", "unless", "to"}, where)
        one = Reaction(
            when=documents.names(stated.get("when"), "when", where),
            unless=documents.names(stated.get("unless"), "unless", where),
            to=documents.text(stated, "to", where),
        )
        for move in (*one.when, *one.unless):
            documents.choice(move, "move", MOVES, where)
        found.append(one)
    return tuple(found)


def _said(stated: Mapping[str, object], name: str, where: str) -> Mapping[str, str]:
    texts = documents.fields(stated.get(name), f"{where}, {name}")
    documents.known(texts, LANGUAGES, f"{where}, {name}")
    return {
        language: documents.text(texts, language, f"{where}, {name}") for language in LANGUAGES
    }


def _refuse_loose_ends(persona: Persona, where: str) -> None:
    """Raise DocumentError for a state that is not there or never reached, and a worthless end."""
    ways = {
        key: {one.to for one in (*state.reactions, *persona.always)} | {state.otherwise}
        for key, state in persona.states.items()
    }
    missing = ({persona.start} | set().union(*ways.values())) - persona.states.keys()
    if missing:
        raise DocumentError(f"{where}: state {min(missing)!r} is named and not there; add it")
    reached, edge = set(), {persona.start}
    while edge:
        reached |= edge
        edge = set().union(*(ways[key] for key in edge)) - reached
    if lost := persona.states.keys() - reached:
        raise DocumentError(f"{where}: state {min(lost)!r} is never reached; lead to it")
    ends = {state.outcome for state in persona.states.values() if state.outcome}
    if ends != persona.outcomes.keys():
        raise DocumentError(f"{where}: outcomes must be those of its states: {sorted(ends)}")
