"""Who pays for others is found by name without comparing every name, and none is missed."""

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.matching.names import Likeness, likeness
from dunwell.engine.matching.related import NameIndex

WORDS = (
    *("acme", "acmee", "manufacturing", "mfg", "the", "global", "services", "group", "logistics"),
    *("log", "ag", "gmbh", "stichting", "huis", "foobar", "foo", "bar", "3m", "7", "berlin"),
    *("treasury", "payments", "muellerei", "mueller", "schmidt", "schmid", "co"),
)
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)


@given(known=st.lists(names, max_size=25), asked=st.lists(names, max_size=5))
def test_the_index_finds_exactly_the_names_that_are_close(known, asked):
    index = NameIndex(known)
    for name in asked:
        close = {one for one in known if likeness(name, one) >= Likeness.CLOSE}
        assert index.close(name) == sorted(close)


@given(name=names, at=st.integers(0, 40), letter=st.sampled_from("aeirst "))
def test_a_slip_of_the_hand_is_found_as_far_as_it_is_close(name, at, letter):
    slipped = " ".join((name[:at] + letter + name[at + 1 :]).split())
    is_close = likeness(slipped, name) >= Likeness.CLOSE
    assert NameIndex([name]).close(slipped) == ([name] if is_close else [])


def test_a_customer_whose_name_is_a_number_is_compared_with_a_name_of_several_words():
    assert likeness("acme trading berlin", "3m") == Likeness.OTHER
