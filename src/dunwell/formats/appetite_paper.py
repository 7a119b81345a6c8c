"""A statement of the risk appetite as paper: what was asked, the limits, and the arithmetic."""

from dataclasses import dataclass
from datetime import date

from dunwell.formats.typesetting import plain, typeset


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperLine:
    """One limit in words, ready to be set."""

    question: str
    measure: str
    most: str
    then: str
    arithmetic: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AppetitePaper:
    """The whole paper in words of one language; the same words give the same bytes."""

    company: str
    as_of: date
    title: str
    lead: str
    heads: tuple[str, str, str, str]
    lines: tuple[PaperLine, ...]


def appetite_pdf(paper: AppetitePaper) -> bytes:
    """Return the paper as PDF; raises TypesettingError where it cannot be set."""
    data = {
        "company": plain(paper.company),
        "day": [paper.as_of.year, paper.as_of.month, paper.as_of.day],
        "shown_day": paper.as_of.isoformat(),
        "title": plain(paper.title),
        "lead": plain(paper.lead),
        "heads": [plain(head) for head in paper.heads],
        "lines": [
            [
                plain(one.question),
                plain(one.measure),
                plain(one.most),
                plain(one.then),
                plain(one.arithmetic),
            ]
            for one in paper.lines
        ],
    }
    return typeset("appetite", data, on=paper.as_of)
