"""Values that lie sealed in a database, and the file of keys that opens them.

A sealed value is text: `~`, the key's number, a point, then 12 bytes of nonce and the ciphertext
of AES-256-GCM as base64url without padding. Key number and place (table.column) are authenticated,
so that no value can be put elsewhere. What must be found again is marked: HMAC-SHA256 of its
normal form under a key of its own, cut to 128 bits (a blind index; NIST SP 800-107 on cutting).
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORM = "dunwell keyring 1"
KEY, NONCE = 32, 12
MARK = 32
"""Characters of a mark."""
PHONE_DIGITS = 9
"""As many last digits of a number tell whose it is, however it is written."""

_SEALED = re.compile(r"~([1-9][0-9]{0,5})\.([A-Za-z0-9_-]+)")


class SealError(ValueError):
    """A value cannot be opened: not sealed, changed, of another place, or its key is not here."""


class KeyringError(ValueError):
    """The file of keys is missing or is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyring:
    """The keys by number, the one that seals now, and the one of the marks.

    `retired` says since when (ISO, UTC) a key seals no more.
    """

    keys: Mapping[int, bytes] = field(repr=False)
    current: int
    marks: bytes = field(repr=False)
    retired: Mapping[int, str] = field(default_factory=dict)


def new_keyring() -> Keyring:
    """Return a keyring with one fresh key."""
    return Keyring(keys={1: os.urandom(KEY)}, current=1, marks=os.urandom(KEY))


def with_new_key(ring: Keyring, *, at: str) -> Keyring:
    """Return the keyring with one more key, which seals from now on; `at` is ISO, UTC."""
    number = max(ring.keys) + 1
    return Keyring(
        keys={**ring.keys, number: os.urandom(KEY)},
        current=number,
        marks=ring.marks,
        retired={**ring.retired, ring.current: at},
    )


def without_key(ring: Keyring, number: int) -> Keyring:
    """Return the keyring without a key; raise KeyringError where it seals now or is not there."""
    if number not in ring.keys:
        raise KeyringError(f"There is no key {number} in the keyring.")
    if number == ring.current:
        raise KeyringError(f"Key {number} seals now; run `dunwell keys rotate` first.")
    return Keyring(
        keys={key: value for key, value in ring.keys.items() if key != number},
        current=ring.current,
        marks=ring.marks,
        retired={key: since for key, since in ring.retired.items() if key != number},
    )


def write_keyring(ring: Keyring) -> str:
    """Return the text of a keyring's file."""
    return json.dumps(
        {
            "form": FORM,
            "current": ring.current,
            "keys": {str(key): _text(value) for key, value in sorted(ring.keys.items())},
            "retired": {str(key): since for key, since in sorted(ring.retired.items())},
            "marks": _text(ring.marks),
        },
        indent=1,
    )


def read_keyring(text: str) -> Keyring:
    """Return the keyring of a file's text; raise KeyringError when it is none."""
    try:
        told = json.loads(text)
        if told["form"] != FORM:
            raise KeyringError(f"The keyring is of another form: {told['form']!r}.")
        ring = Keyring(
            keys={int(key): _bytes(value) for key, value in told["keys"].items()},
            current=int(told["current"]),
            marks=_bytes(told["marks"]),
            retired={int(key): str(since) for key, since in told["retired"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, KeyringError):
            raise
        raise KeyringError("The keyring file is damaged; bring back a copy of it.") from error
    if ring.current not in ring.keys or any(
        len(k) != KEY for k in (*ring.keys.values(), ring.marks)
    ):
        raise KeyringError("The keyring file is damaged; bring back a copy of it.")
    return ring


def sealed(text: str, *, ring: Keyring, place: str) -> str:
    """Return a text sealed for a place (table.column) under the current key."""
    nonce = os.urandom(NONCE)
    cipher = _cipher(ring.keys[ring.current])
    body = cipher.encrypt(nonce, text.encode(), _bound(ring.current, place))
    return f"~{ring.current}.{_text(nonce + body)}"


def opened(value: str, *, ring: Keyring, place: str) -> str:
    """Return the text of a sealed value; raise SealError where a single character is another."""
    number = key_number(value)
    if number is None:
        raise SealError(f"A value of {place} is not sealed.")
    key = ring.keys.get(number)
    if key is None:
        raise SealError(f"A value of {place} needs key {number}, which is not in the keyring.")
    text = value.split(".", 1)[1]
    try:
        body = _bytes(text)
        # many texts decode to the same bytes; only one of them is what was written
        if _text(body) == text:
            plain = _cipher(key).decrypt(body[:NONCE], body[NONCE:], _bound(number, place))
            return plain.decode()
    except (InvalidTag, ValueError) as error:
        raise SealError(f"A value of {place} was changed, or is of another place.") from error
    raise SealError(f"A value of {place} was changed.")


def key_number(value: str) -> int | None:
    """Return the number of the key that sealed a value, None for text that is not sealed."""
    found = _SEALED.fullmatch(value)
    return int(found[1]) if found else None


def mark(text: str, *, ring: Keyring, place: str, form: str) -> str:
    """Return the mark by which a text is found again; empty where its normal form is."""
    plain = FORMS[form](text)
    if not plain:
        return ""
    told = f"{place}\0{plain}".encode()
    return hmac.new(ring.marks, told, hashlib.sha256).hexdigest()[:MARK]


def hinted(text: str) -> str:
    """Return what events may say of a sealed text: its last characters, a third of it at most."""
    shown = min(4, len(text) // 3)
    return f"…{text[len(text) - shown :]}" if text else ""


def _account(text: str) -> str:
    """Return letters and digits alone: however an account is written, it is the same."""
    return "".join(one for one in text.upper() if one.isalnum())


def _tax_id(text: str) -> str:
    """Return letters and digits without the country in front, which some leave out."""
    plain = _account(text)
    return plain[2:] if plain[:2].isalpha() else plain


def _phone(text: str) -> str:
    return "".join(one for one in text if one.isdigit())[-PHONE_DIGITS:]


FORMS: Mapping[str, Callable[[str], str]] = {
    "account": _account,
    "tax_id": _tax_id,
    "phone": _phone,
    "exact": str,
}
"""Normal forms: what is equal in one has the same mark."""


def _bound(number: int, place: str) -> bytes:
    return f"{number}:{place}".encode()


@lru_cache(maxsize=64)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(str(error)) from error
