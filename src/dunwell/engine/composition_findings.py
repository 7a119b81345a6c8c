"""What stands against a message before it goes out: a block, or a warning its sender confirms."""

from collections.abc import Sequence
from dataclasses import dataclass

from dunwell.engine.phrases import PhraseHit
from dunwell.engine.stated_amounts import AmountFinding


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One finding: `part` is subject, body, or what else it is about; line from 1, 0 for none."""

    code: str
    part: str
    line: int
    text: str
    is_blocking: bool

    def document(self) -> dict[str, object]:
        """Return the finding as it is kept with a message whose sender confirmed it."""
        return {"code": self.code, "part": self.part, "line": self.line, "text": self.text}


def block(code: str, part: str, text: str) -> Finding:
    """Return a finding with which the message does not go out."""
    return Finding(code=code, part=part, line=0, text=text, is_blocking=True)


def warning(code: str, part: str, text: str) -> Finding:
    """Return a finding its sender may confirm."""
    return Finding(code=code, part=part, line=0, text=text, is_blocking=False)


def text_findings(
    hits: Sequence[PhraseHit], amounts: Sequence[AmountFinding], *, part: str = "body"
) -> tuple[Finding, ...]:
    """Return phrases that are not said and amounts that do not agree, blocks first."""
    found = [
        Finding(
            code="phrase",
            part=hit.part or part,
            line=hit.line,
            text=hit.text,
            is_blocking=hit.is_blocking,
        )
        for hit in hits
    ] + [
        Finding(
            code=f"amount_{one.kind}",
            part=part,
            line=one.line,
            text=f"{part}, line {one.line}: “{one.quote}”. {one.text}",
            is_blocking=one.is_blocking,
        )
        for one in amounts
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_blocking, one.part, one.line)))
