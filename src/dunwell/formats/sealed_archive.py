"""An encrypted file that is written and read as a stream, and cannot be cut or reordered unseen.

Form: the line `MAGIC`, 16 bytes of salt, then frames of four bytes length and ciphertext. Each
frame is AES-256-GCM under a key of this file alone (HKDF-SHA256 of the given key and the salt);
its nonce is the frame's number and whether it is the last (the STREAM construction of Hoang,
Reyhanitabar, Rogaway and Vizar, 2015). The first frame is empty: it tells a wrong key from damage.
"""

import base64
import binascii
import hashlib
import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"dunwell backup 1\n"
SALT = 16
KEY = 32
FRAME = 1 << 20
"""Bytes of one frame's text; a reader holds no more than this."""

TAG = 16
LENGTH = struct.Struct(">I")


class ArchiveError(ValueError):
    """The file cannot be opened: not one of ours, another key, cut, or changed."""


def new_key() -> str:
    """Return a new key as text, for a file of its own."""
    return base64.urlsafe_b64encode(os.urandom(KEY)).decode()


def key_of(text: str) -> bytes:
    """Return the 32 bytes of a key's text; raise ArchiveError when it is none."""
    try:
        key = base64.urlsafe_b64decode(text.strip().encode())
    except (ValueError, binascii.Error) as error:
        raise ArchiveError(
            "The backup key is not one: make it with `dunwell backup --new-key`."
        ) from error
    if len(key) != KEY:
        raise ArchiveError(f"The backup key has {len(key)} bytes; it needs {KEY}.")
    return key


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY, salt=salt, info=MAGIC).derive(key))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class HashedReader:
    """A file that is hashed while it is read."""

    def __init__(self, source: BinaryIO) -> None:
        """Read from the source's present place."""
        self._source, self._total = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes, fewer at the end."""
        data = self._source.read(size)
        self._total.update(data)
        return data

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of all that was read."""
        return self._total.hexdigest()


class SealedWriter:
    """A file to write to; what is written goes encrypted into another, whole when closed."""

    def __init__(self, into: BinaryIO, key: bytes) -> None:
        """Begin the file."""
        salt = os.urandom(SALT)
        self._into, self._cipher = into, _cipher(key, salt)
        self._held, self._number = bytearray(), 0
        into.write(MAGIC + salt)
        self._put(b"", is_last=False)

    def write(self, data: bytes) -> int:
        """Take bytes; a frame goes out when it is full and more follows."""
        self._held += data
        while len(self._held) > FRAME:
            self._put(bytes(self._held[:FRAME]), is_last=False)
            del self._held[:FRAME]
        return len(data)

    def flush(self) -> None:
        """Hold what does not fill a frame yet."""

    def close(self) -> None:
        """Write the last frame, without which no reader takes the file for whole."""
        self._put(bytes(self._held), is_last=True)
        self._held.clear()

    def _put(self, text: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, is_last=is_last), text, MAGIC)
        self._into.write(LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


class SealedReader:
    """A file to read from: the text of an encrypted one, each frame checked before it is given."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        """Read the beginning; raise ArchiveError for a file that is not ours or another key."""
        if source.read(len(MAGIC)) != MAGIC:
            raise ArchiveError("This is not a backup of Dunwell.")
        salt = source.read(SALT)
        if len(salt) != SALT:
            raise ArchiveError("The backup is cut after its first line.")
        self._source, self._cipher = source, _cipher(key, salt)
        self._held, self._number, self._is_over = b"", 0, False
        try:
            self._next()
        except ArchiveError as error:
            raise ArchiveError(
                "The key does not open this backup, or its beginning is damaged."
            ) from error

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes, fewer at the end; raise ArchiveError where it is not whole."""
        parts, missing = [], size
        while missing:
            if not self._held:
                if self._is_over:
                    break
                self._next()
                continue
            part = self._held if missing < 0 else self._held[:missing]
            self._held = self._held[len(part) :]
            parts.append(part)
            missing -= len(part) if missing > 0 else 0
        return b"".join(parts)

    def _next(self) -> None:
        head = self._source.read(LENGTH.size)
        if len(head) != LENGTH.size:
            raise ArchiveError(f"The backup is cut after frame {self._number}.")
        (length,) = LENGTH.unpack(head)
        if not TAG <= length <= FRAME + TAG:
            raise ArchiveError(f"The backup is damaged at frame {self._number + 1}.")
        sealed = self._source.read(length)
        for is_last in (False, True):
            try:
                self._held = self._cipher.decrypt(
                    _nonce(self._number, is_last=is_last), sealed, MAGIC
                )
            except InvalidTag:
                continue
            if is_last and self._source.read(1):
                break
            self._number, self._is_over = self._number + 1, is_last
            return
        raise ArchiveError(f"The backup is damaged at frame {self._number + 1}.")
