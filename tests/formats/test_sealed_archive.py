"""An encrypted stream comes back whole or not at all."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats import sealed_archive
from dunwell.formats.sealed_archive import (
    MAGIC,
    SALT,
    ArchiveError,
    SealedReader,
    SealedWriter,
    key_of,
    new_key,
)

KEY = key_of(new_key())
BEGIN = len(MAGIC) + SALT


def sealed(data, key=KEY):
    into = io.BytesIO()
    writer = SealedWriter(into, key)
    for start in range(0, len(data), 7):
        writer.write(data[start : start + 7])
    writer.close()
    return into.getvalue()


def opened(data, key=KEY):
    reader = SealedReader(io.BytesIO(data), key)
    return b"".join(iter(lambda: reader.read(5), b""))


@pytest.fixture(autouse=True)
def _small_frames(monkeypatch):
    monkeypatch.setattr(sealed_archive, "FRAME", 16)


def frames(data):
    """The frames of a sealed file, each with its length in front."""
    found, place = [], BEGIN
    while place < len(data):
        length = int.from_bytes(data[place : place + 4], "big") + 4
        found.append(data[place : place + length])
        place += length
    return found


@given(data=st.binary(max_size=100))
def test_what_is_sealed_comes_back(data):
    assert opened(sealed(data)) == data
    assert SealedReader(io.BytesIO(sealed(data)), KEY).read() == data


@given(data=st.binary(min_size=1, max_size=60), place=st.integers(0), bit=st.integers(0, 7))
def test_any_changed_bit_is_seen(data, place, bit):
    changed = bytearray(sealed(data))
    changed[place % len(changed)] ^= 1 << bit

    with pytest.raises(ArchiveError):
        opened(bytes(changed))


@given(data=st.binary(max_size=60), cut=st.integers(1))
def test_any_missing_end_and_any_surplus_is_seen(data, cut):
    whole = sealed(data)

    for wrong in (whole[: -(cut % len(whole)) or 0], whole + b"x", whole + whole[BEGIN:]):
        with pytest.raises(ArchiveError):
            opened(wrong)


def test_frames_out_of_order_left_out_or_of_another_file_are_seen():
    data = bytes(range(64))
    one, other = sealed(data), sealed(data)
    first, second, third, *rest = frames(one)
    stranger = frames(other)[1]

    for order in (
        [first, third, second, *rest],
        [first, third, *rest],
        [first, second, second, third, *rest],
        [first, stranger, third, *rest],
    ):
        with pytest.raises(ArchiveError):
            opened(one[:BEGIN] + b"".join(order))


def test_another_key_is_told_apart_from_another_file():
    with pytest.raises(ArchiveError, match="key does not open"):
        opened(sealed(b"x"), key_of(new_key()))
    with pytest.raises(ArchiveError, match="not a backup"):
        opened(b"PK\x03\x04")


@pytest.mark.parametrize("text", ["", "not base64 !", "c2hvcnQ="])
def test_a_key_that_is_none_is_refused(text):
    with pytest.raises(ArchiveError, match="key"):
        key_of(text)


def test_the_same_data_never_looks_the_same():
    assert sealed(b"data") != sealed(b"data")
