"""Scorecards built from data: weight of evidence, boosted stumps, and how good they are."""
