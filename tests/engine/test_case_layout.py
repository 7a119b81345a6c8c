"""The drawing of a case: every node stands once in its lane, and lines cross no more than before."""

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.case_layout import crossings, placed


def test_lines_that_cross_are_undone():
    lanes = [["a", "b"], ["x", "y"]]
    edges = [("a", "y"), ("b", "x")]
    assert crossings(lanes, edges) == 1
    assert placed(lanes, edges) == [["a", "b"], ["y", "x"]]


LANES = st.lists(st.integers(0, 5), min_size=1, max_size=3).map(
    lambda sizes: [[f"{lane}.{n}" for n in range(size)] for lane, size in enumerate(sizes)]
)


@given(LANES, st.data())
def test_nothing_is_lost_and_no_more_lines_cross(lanes, data):
    names = [node for lane in lanes for node in lane] or ["none"]
    edges = data.draw(
        st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=9)
    )
    found = placed(lanes, edges)
    assert [sorted(lane) for lane in found] == [sorted(lane) for lane in lanes]
    assert crossings(found, edges) <= crossings(lanes, edges)
    assert placed(lanes, edges) == found
