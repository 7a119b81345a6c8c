"""Cash application as a library: `match` payments to open items, `match_answer` as plain data."""

from dunwell.engine.matching.answers import Matching, match_answer
from dunwell.engine.matching.matcher import match
from dunwell.engine.matching.policy import MatchPolicy

__all__ = ["MatchPolicy", "Matching", "match", "match_answer"]
