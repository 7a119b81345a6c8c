"""How strong a warning is, and whether signs speak of hardship or refusal."""

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.warning_strength import Sign, stance, strengths


def sign(code: str, kind: str = "unclear", *, severity: int = 1, evidence: int = 1) -> Sign:
    """Return a sign with one row behind it."""
    return Sign(code=code, kind=kind, severity=severity, evidence=evidence)


def test_strength_goes_by_severity_evidence_and_agreement() -> None:
    assert strengths(
        [
            sign("paying_later"),
            sign("silence", "refusal", severity=3, evidence=4),
            sign("promises_broken", "hardship", severity=2, evidence=3),
            sign("part_payments", "hardship", severity=1, evidence=40),
        ]
    ) == (300_000, 845_000, 630_000, 500_000)


def test_the_stance_needs_a_sign_of_its_kind() -> None:
    assert [
        stance(kinds)
        for kinds in (
            [],
            ["unclear"],
            ["unclear", "hardship"],
            ["refusal"],
            ["refusal", "hardship"],
        )
    ] == ["unclear", "unclear", "hardship", "refusal", "mixed"]


signs = st.builds(
    Sign,
    code=st.sampled_from(["a", "b", "c"]),
    kind=st.sampled_from(["hardship", "refusal", "unclear"]),
    severity=st.integers(1, 3),
    evidence=st.integers(0, 50),
)


@given(st.lists(signs, max_size=6))
def test_strength_lies_between_nothing_and_all_and_graver_is_never_weaker(
    found: list[Sign],
) -> None:
    told = strengths(found)
    assert all(300_000 <= one <= 1_000_000 for one in told)
    for one, strength in zip(found, told, strict=True):
        graver = Sign(code=one.code, kind=one.kind, severity=3, evidence=one.evidence)
        assert strengths([graver])[0] >= strengths([one])[0]
        assert strength >= strengths([one])[0]
