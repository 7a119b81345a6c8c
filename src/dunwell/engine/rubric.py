"""What a practised call was worth: compliance, empathy, negotiation, outcome, line by line.

Deterministic: every rule counts once, at the first line it is met in, and is told with the words
it was met by. Of the breaches the worst caps its dimension, so that no politeness outweighs a
threat. Points are 0 to 100.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dunwell.engine.call_moves import Heard, heard

COMPLIANCE, EMPATHY, NEGOTIATION, OUTCOME = "compliance", "empathy", "negotiation", "outcome"
DIMENSIONS = (COMPLIANCE, EMPATHY, NEGOTIATION, OUTCOME)
WEIGHTS = {COMPLIANCE: 40, EMPATHY: 20, NEGOTIATION: 20, OUTCOME: 20}
BASES = {COMPLIANCE: 60, EMPATHY: 40, NEGOTIATION: 30}

PASS_TOTAL, PASS_COMPLIANCE, PASS_OUTCOME = 70, 80, 60
"""Passed at least with these: a good result by a forbidden way is no pass."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Merit:
    """A move that earns points in a dimension, once."""

    move: str
    dimension: str
    points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """A move that costs points, once, and caps its dimension.

    `after`: counts only once the customer has said so. `contact_rule` is the rule of
    `contact_rules.yaml` it breaks, empty where the source is a law on words alone.
    """

    rule: str
    move: str
    dimension: str
    points: int
    cap: int
    source: str
    after: str = ""
    contact_rule: str = ""


MERITS = (
    Merit(move="identified", dimension=COMPLIANCE, points=10),
    Merit(move="right_party", dimension=COMPLIANCE, points=10),
    Merit(move="purpose", dimension=COMPLIANCE, points=5),
    Merit(move="convenience", dimension=COMPLIANCE, points=10),
    Merit(move="rights", dimension=COMPLIANCE, points=5),
    Merit(move="offers_help", dimension=COMPLIANCE, points=5),
    Merit(move="feelings", dimension=EMPATHY, points=30),
    Merit(move="thanks", dimension=EMPATHY, points=10),
    Merit(move="asks_why", dimension=EMPATHY, points=10),
    Merit(move="offers_help", dimension=EMPATHY, points=10),
    Merit(move="asks_why", dimension=NEGOTIATION, points=15),
    Merit(move="options", dimension=NEGOTIATION, points=15),
    Merit(move="date", dimension=NEGOTIATION, points=15),
    Merit(move="amount", dimension=NEGOTIATION, points=10),
    Merit(move="documents", dimension=NEGOTIATION, points=10),
    Merit(move="checks", dimension=NEGOTIATION, points=15),
    Merit(move="pause", dimension=NEGOTIATION, points=15),
    Merit(move="specialist", dimension=NEGOTIATION, points=10),
    Merit(move="files_claim", dimension=NEGOTIATION, points=15),
    Merit(move="confirms", dimension=NEGOTIATION, points=15),
)
_ALWAYS_WANTED = ("identified", "right_party", "purpose", "feelings", "confirms")
"""Moves a good call has whoever the customer is; one that is missing is told."""


def _breach(
    rule: str, cap: int, source: str, *, after: str = "", contact_rule: str = ""
) -> Breach:
    return Breach(
        rule=rule,
        move="asks_payment" if after else rule,
        dimension=COMPLIANCE,
        points=10,
        cap=cap,
        source=source,
        after=after,
        contact_rule=contact_rule,
    )


BREACHES = (
    _breach("arrest", 5, "15 USC 1692e(4)"),
    _breach("intimidation", 10, "15 USC 1692d(1)"),
    _breach("third_party", 10, "15 USC 1692c(b)"),
    _breach("abuse", 20, "15 USC 1692d(2)"),
    _breach("seizure", 25, "15 USC 1692e(4)"),
    _breach("suit", 30, "15 USC 1692e(5)"),
    _breach("must_pay", 40, "UWG s.4a(1)"),
    _breach("pressure", 80, "UWG s.4a(1)"),
    _breach(
        "asked_though_disputed",
        50,
        "12 CFR 1006.38(d)",
        after="disputed",
        contact_rule="US-REGF-VALPERIOD",
    ),
    _breach(
        "asked_though_insolvent",
        30,
        "InsO s.87; 11 USC 362(a)(6)",
        after="insolvent",
        contact_rule="OWN-ATTORNEY",
    ),
    _breach(
        "asked_though_ceased", 40, "12 CFR 1006.6(c)", after="ceased", contact_rule="OWN-CEASE"
    ),
    _breach("asked_though_vulnerable", 50, "product", after="vulnerable"),
    Breach(
        rule="cold", move="abuse", dimension=EMPATHY, points=40, cap=10, source="product"
    ),
    Breach(
        rule="dismissive", move="dismissive", dimension=EMPATHY, points=30, cap=30,
        source="product",
    ),
    Breach(
        rule="gives_in", move="gives_in", dimension=NEGOTIATION, points=20, cap=60,
        source="product",
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class CallLine:
    """One sentence of the one who is scored; `facts` are what the customer had said before."""

    number: int
    text: str
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What a rule found: where, by which words, what it gave (below 0: what it cost).

    Line 0 without points: something a good call has was not there. `cap` is 100 where none.
    """

    line: int
    dimension: str
    rule: str
    points: int
    quote: str = ""
    cap: int = 100
    source: str = ""
    contact_rule: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """The points of each dimension and the whole, whether it passes, and why."""

    points: Mapping[str, int]
    total: int
    is_passed: bool
    findings: tuple[Finding, ...]


def scored(lines: Sequence[CallLine], *, language: str, outcome_points: int) -> Scored:
    """Return what a call was worth; `outcome_points` is what its end is worth in its script.

    A call in which nothing was said has no points in any dimension.
    """
    findings: list[Finding] = []
    met: set[str] = set()
    for line in lines:
        told = {one.move: one for one in heard(line.text, language=language)}
        findings += _merits(line, told, met)
        findings += _breaches(line, told, met)
    points = {name: _points(name, findings) if lines else 0 for name in BASES}
    points[OUTCOME] = outcome_points if lines else 0
    total = sum(WEIGHTS[name] * points[name] for name in DIMENSIONS) // 100
    findings += [
        Finding(line=0, dimension=one.dimension, rule=one.move, points=0)
        for one in MERITS
        if one.move in _ALWAYS_WANTED and f"{one.dimension}/{one.move}" not in met
    ]
    passed = total >= PASS_TOTAL and points[COMPLIANCE] >= PASS_COMPLIANCE
    return Scored(
        points=points,
        total=total,
        is_passed=passed and points[OUTCOME] >= PASS_OUTCOME,
        findings=tuple(findings),
    )


def _merits(line: CallLine, told: Mapping[str, Heard], met: set[str]) -> list[Finding]:
    found = []
    for one in MERITS:
        name = f"{one.dimension}/{one.move}"
        if one.move not in told or name in met:
            continue
        met.add(name)
        found.append(
            Finding(
                line=line.number,
                dimension=one.dimension,
                rule=one.move,
                points=one.points,
                quote=told[one.move].quote,
            )
        )
    return found


def _breaches(line: CallLine, told: Mapping[str, Heard], met: set[str]) -> list[Finding]:
    found = []
    for one in BREACHES:
        if one.move not in told or one.rule in met or (one.after and one.after not in line.facts):
            continue
        met.add(one.rule)
        found.append(
            Finding(
                line=line.number,
                dimension=one.dimension,
                rule=one.rule,
                points=-one.points,
                quote=told[one.move].quote,
                cap=one.cap,
                source=one.source,
                contact_rule=one.contact_rule,
            )
        )
    return found


def _points(dimension: str, findings: Sequence[Finding]) -> int:
    mine = [one for one in findings if one.dimension == dimension]
    raw = BASES[dimension] + sum(one.points for one in mine)
    cap = min((one.cap for one in mine), default=100)
    return max(0, min(raw, cap))
