"""Sealed values: what was sealed comes back, and nothing that was touched does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.sealing import (
    Keyring,
    KeyringError,
    SealError,
    hinted,
    key_number,
    mark,
    new_keyring,
    opened,
    read_keyring,
    sealed,
    with_new_key,
    without_key,
    write_keyring,
)
from tests.dealing import is_long_tier

RING = new_keyring()
PLACE = "dunwell_payee.account"
AT = "2026-03-05T09:00:00+00:00"


def seal(text, *, ring=RING, place=PLACE):
    return sealed(text, ring=ring, place=place)


def unseal(value, *, ring=RING, place=PLACE):
    return opened(value, ring=ring, place=place)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a11_3_2_what_was_sealed_comes_back_and_is_not_in_the_sealed_text(text):
    value = seal(text)
    assert unseal(value) == text and key_number(value) == 1
    assert len(text) < 4 or text not in value


def test_a11_3_3_any_changed_character_of_a_sealed_value_is_refused():
    value = seal("DE02120300000000202051")
    for at, was in enumerate(value):
        for other in {"A", "b", "-", "9", "~", "."} - {was}:
            with pytest.raises(SealError):
                unseal(value[:at] + other + value[at + 1 :])
    for cut in range(len(value)):
        with pytest.raises(SealError):
            unseal(value[:cut])


def test_a11_3_3_a_value_opens_in_its_own_place_and_under_its_own_key_alone():
    value = seal("DE02120300000000202051")
    with pytest.raises(SealError, match="changed, or is of another place"):
        unseal(value, place="dunwell_mandate.iban")
    with pytest.raises(SealError, match="changed, or is of another place"):
        unseal(value, ring=new_keyring())
    with pytest.raises(SealError, match="needs key 2, which is not in the keyring"):
        unseal(seal("x", ring=with_new_key(RING, at=AT)))
    with pytest.raises(SealError, match="is not sealed"):
        unseal("DE02120300000000202051")


def test_a11_3_4_no_nonce_comes_twice_in_100_000_values_or_a_million_in_the_long_tier():
    count = 1_000_000 if is_long_tier() else 100_000
    # the nonce is the first 12 bytes, 16 characters
    assert len({seal("x")[3:19] for _ in range(count)}) == count


def test_a11_1_1_a_new_key_seals_and_the_old_one_opens_until_it_is_dropped():
    old = seal("+49 40 1234567")
    ring = with_new_key(RING, at=AT)
    assert (ring.current, ring.retired) == (2, {1: AT})
    assert unseal(old, ring=ring) == "+49 40 1234567"
    assert key_number(seal("x", ring=ring)) == 2
    rest = without_key(ring, 1)
    with pytest.raises(SealError, match="needs key 1"):
        unseal(old, ring=rest)
    for number, why in ((2, "seals now"), (1, "There is no key 1")):
        with pytest.raises(KeyringError, match=why):
            without_key(rest, number)


def test_a_keyring_is_read_as_it_was_written_and_a_damaged_one_is_refused():
    ring = with_new_key(RING, at=AT)
    text = write_keyring(ring)
    assert read_keyring(text) == ring
    assert RING.marks.hex() not in repr(ring) and "keys" not in repr(ring)
    for damaged in ("", "[]", "{}", text[:-20], text.replace("ring 1", "ring 9"),
                    text.replace('"current": 2', '"current": 3')):  # fmt: skip
        with pytest.raises(KeyringError):
            read_keyring(damaged)


def test_equal_normal_forms_have_equal_marks_and_places_and_keys_have_their_own():
    def of(text, form, *, ring=RING, place=PLACE):
        return mark(text, ring=ring, place=place, form=form)

    assert of("de02 1203", "account") == of("DE021203", "account") != of("DE021204", "account")
    assert of("DE 136-695-976", "tax_id") == of("136695976", "tax_id")
    assert of("+49 40 123-45-67", "phone") == of("040 1234567", "phone")
    assert of("A", "exact") != of("a", "exact")
    assert of("A", "exact") != of("A", "exact", place="dunwell_mandate.iban")
    assert of("A", "exact") != of("A", "exact", ring=new_keyring())
    assert of("none", "phone") == of("", "account") == ""


def test_a_hint_is_a_third_at_most():
    assert [hinted(text) for text in ("", "12", "123456", "DE02120300000000202051")] == [
        "", "…", "…56", "…2051",
    ]  # fmt: skip


def test_a_keyring_without_retired_keys_has_none():
    assert isinstance(RING, Keyring) and RING.retired == {}
