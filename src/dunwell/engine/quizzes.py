"""Questions drawn from rules as they stand: a figure left out, or what follows from a case.

The same rules and seed draw the same questions, so a sitting can be checked again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

CHOICES = 4
GAP = "…"
FIGURE, FOLLOWS = "figure", "follows"
"""What is asked: the figure that was left out, or what follows."""

_FIGURE = re.compile(r"(?<![\w.,])(\d{1,2})((?:[.:]\d\d)?)(?![\d,])")


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleText:
    """A rule as the reader is told it; `source` is where it stands, such as a section of a law."""

    id: str
    text: str
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question with its choices; `right` is the index of the right one.

    `rule` and `source` say what it was drawn from and where that stands.
    """

    rule: str
    source: str
    asks: str
    text: str
    choices: tuple[str, ...]
    right: int


def drawn(rules: Sequence[RuleText], *, seed: str, most: int) -> tuple[Question, ...]:
    """Return at most `most` questions, each of another rule; fewer where the rules give no more.

    A rule without a figure and without "case; what follows" gives none.
    """
    once = {one.id: one for one in rules}
    texts = [one.text for one in once.values()]
    order = sorted(once, key=lambda rule: _digest(seed, rule))
    asked = (_question(once[rule], texts, seed) for rule in order)
    return tuple([one for one in asked if one is not None][:most])


def points_of(right: int, asked: int) -> int:
    """Return the share of right answers, 0 to 100, rounded down; 0 where nothing was asked."""
    return 100 * right // asked if asked else 0


def _question(rule: RuleText, texts: Sequence[str], seed: str) -> Question | None:
    text = rule.text
    figures = list(_FIGURE.finditer(text))
    if figures:
        hit = figures[int(_digest(seed, rule.id)[:8], 16) % len(figures)]
        shown = f"{text[: hit.start()]}{GAP}{text[hit.end() :]}"
        return _asked(rule, FIGURE, shown, hit.group(), _near(hit), seed)
    case, _, follows = text.partition("; ")
    others = {other.partition("; ")[2] for other in texts if not _FIGURE.search(other)}
    others -= {follows, ""}
    if not follows or len(others) < CHOICES - 1:
        return None
    wrong = sorted(others, key=lambda other: _digest(seed, f"{rule.id}/{other}"))
    return _asked(rule, FOLLOWS, case, follows, wrong[: CHOICES - 1], seed)


def _near(hit: re.Match[str]) -> list[str]:
    """Return figures beside the right one, written as it is."""
    number, rest = int(hit.group(1)), hit.group(2)
    near = [number + 1, number - 1, number + 2, number + 3]
    return [f"{one}{rest}" for one in near if one > 0][: CHOICES - 1]


def _asked(
    rule: RuleText, asks: str, text: str, right: str, wrong: Sequence[str], seed: str
) -> Question:
    choices = sorted((right, *wrong), key=lambda choice: _digest(seed, f"{rule.id}:{choice}"))
    return Question(
        rule=rule.id,
        source=rule.source,
        asks=asks,
        text=text,
        choices=tuple(choices),
        right=choices.index(right),
    )


def _digest(seed: str, text: str) -> str:
    return sha256(f"{seed}\n{text}".encode()).hexdigest()
