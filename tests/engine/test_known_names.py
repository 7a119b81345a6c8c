"""Customers found by the words of their names: by one walk, or by all words noted once."""

from dunwell.engine.matching.known_names import MOST_CANDIDATES, WALKS, KnownNames

NAMES = {
    3: "acme foods",
    1: "acme tools north",
    2: "bolt bolt works",
    9: "acmefoods",
    4: "7 seas trading",
    5: "boltun werke",
    **{100 + n: f"common name {n}" for n in range(MOST_CANDIDATES + 1)},
}
TEXTS = ("acme foods", "bolt", "invoice 12 of acme tools", "common", "st", "7 seas", "cn7", "x")


def told(known, text):
    asked = known.asked(text)
    return (
        list(known.called(asked.whole)),
        [list(known.with_word(one)) for one in asked.words],
        [list(known.beginning(one)) for one in asked.starts],
        [list(known.with_initials(one)) for one in asked.initials],
    )


def test_a_walk_finds_what_a_text_asks_for_in_the_order_of_keys():
    known = KnownNames(NAMES)
    known.look_for(TEXTS)
    assert known.called("acmefoods") == [3, 9]
    assert known.with_word("acme") == [1, 3]
    assert known.with_word("bolt") == [2]
    assert known.beginning("acme") == [9]
    # a word of four letters begins with three of them
    assert known.beginning("acm") == [1, 3]
    assert known.with_initials("st") == [4]
    # a word of so many names says nothing
    assert known.with_word("common") == known.beginning("comm") == ()


def test_who_asks_often_is_told_the_same():
    known = KnownNames(NAMES)
    for text in TEXTS:
        known.look_for([text])
        often = KnownNames(NAMES)
        for one in ("acme", "y", "z", "y", text)[-WALKS - 2 :]:
            often.look_for([one])
        once = KnownNames(NAMES)
        once.look_for([text])
        assert told(known, text) == told(often, text) == told(once, text)
