"""A folder that others drop files into: read when they are whole, moved when they are dealt with.

Everything goes by the folder's own handle and never through a link, so that nothing outside it
is read, written or moved, whatever lies in it.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dunwell.actions.gate import Refused

DONE, REFUSED = "done", "refused"
REASON = ".reason.txt"
UNFINISHED = (".part", ".tmp", ".filepart")
"""How names end while a file is still being written."""

LONGEST_NAME = 200
"""Bytes of a name after a move; what is added to it must fit into the 255 of a file system."""

FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
NEW_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class MovedOnError(Exception):
    """The file is not the one that was looked at any more: somebody writes or moves it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DroppedFile:
    """One entry of the folder as it was seen: its size in bytes and when it was last written."""

    name: str
    size: int
    is_link: bool
    is_regular: bool
    written_at: float
    seal: tuple[int, ...]

    @property
    def shown(self) -> str:
        """The name as it can be printed and kept."""
        return printable(self.name)


class DropFolder:
    """One folder, held open; `opened` makes it."""

    def __init__(self, handle: int) -> None:
        """Take the handle of the folder, which stays the caller's to close."""
        self.handle = handle

    @contextmanager
    def inner(self, name: str) -> Iterator["DropFolder | None"]:
        """Open a folder in this one; None where there is none. Raises Refused for a link."""
        try:
            handle = os.open(name, FOLDER_FLAGS, dir_fd=self.handle)
        except FileNotFoundError:
            yield None
            return
        except OSError as error:
            raise Refused(
                f"{name} is no folder that can be read here ({error.strerror}); links are not"
                " followed. Put a real folder there."
            ) from error
        try:
            yield DropFolder(handle)
        finally:
            os.close(handle)

    def files(self) -> list[DroppedFile]:
        """Return what may be taken, oldest first: no folders, nothing hidden or unfinished.

        Links and what else is no file are returned too: they are to be refused.
        """
        found = []
        for name in os.listdir(self.handle):  # noqa: PTH208 -- by handle
            if name.startswith(".") or name.lower().endswith(UNFINISHED):
                continue
            with suppress(FileNotFoundError):
                told = os.stat(name, dir_fd=self.handle, follow_symlinks=False)
                if not stat.S_ISDIR(told.st_mode):
                    found.append(_seen(name, told))
        return sorted(found, key=lambda one: (one.written_at, one.name))

    def read(self, file: DroppedFile) -> bytes:
        """Return the bytes of a file; raises MovedOnError when it changed since it was seen."""
        try:
            handle = os.open(file.name, FILE_FLAGS, dir_fd=self.handle)
        except FileNotFoundError as error:
            raise MovedOnError from error
        with os.fdopen(handle, "rb") as content:
            _check_same(file, os.fstat(handle))
            # no more than was seen, whatever is being added to it meanwhile
            data = content.read(file.size + 1)
            _check_same(file, os.fstat(handle))
        if len(data) != file.size:
            raise MovedOnError
        return data

    def move(self, file: DroppedFile, into: Sequence[str], *, reason: str = "") -> str:
        """Move a file into a folder below, made if needed; return its place from here.

        A name that is there gets a number. `reason` is written beside it first, so that a file
        that was moved has one. Raises MovedOnError when it changed since it was seen.
        """
        with ExitStack() as stack:
            target = self.handle
            for part in into:
                with suppress(FileExistsError):
                    os.mkdir(part, 0o750, dir_fd=target)
                target = os.open(part, FOLDER_FLAGS, dir_fd=target)
                stack.callback(os.close, target)
            name = _free_name(file.name, target)
            try:
                _check_same(file, os.stat(file.name, dir_fd=self.handle, follow_symlinks=False))
            except FileNotFoundError as error:
                raise MovedOnError from error
            if reason:
                _write(name + REASON, reason, target)
            os.replace(file.name, name, src_dir_fd=self.handle, dst_dir_fd=target)
        return "/".join([*into, printable(name)])


@contextmanager
def opened(folder: Path, listed: Sequence[Path]) -> Iterator[tuple[Path, DropFolder]]:
    """Open a folder below one of those listed; yields its real path too.

    Raises Refused where it is none, or lies elsewhere once links and `..` are resolved.
    """
    try:
        path = folder.resolve(strict=True)
        handle = os.open(path, FOLDER_FLAGS)
    except (OSError, ValueError, RuntimeError) as error:
        raise Refused(f"{folder} is no folder that can be read. Give its whole path.") from error
    try:
        if not any(path.is_relative_to(one.resolve()) for one in listed):
            raise Refused(
                f"{folder} is {path}, which lies in no listed folder. List it in"
                " DUNWELL_CONNECTION_FOLDERS."
            )
        yield path, DropFolder(handle)
    finally:
        os.close(handle)


def printable(name: str) -> str:
    """Return a file name with question marks for what is no text, or would break a line."""
    text = os.fsencode(name).decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _seen(name: str, told: os.stat_result) -> DroppedFile:
    return DroppedFile(
        name=name,
        size=told.st_size,
        is_link=stat.S_ISLNK(told.st_mode),
        is_regular=stat.S_ISREG(told.st_mode),
        written_at=told.st_mtime,
        seal=_seal(told),
    )


def _seal(told: os.stat_result) -> tuple[int, ...]:
    return (told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns)


def _check_same(file: DroppedFile, told: os.stat_result) -> None:
    if _seal(told) != file.seal:
        raise MovedOnError


def _free_name(name: str, target: int) -> str:
    """Return the name, cut and numbered where it must be, under which nothing lies there yet.

    A reason without its file is what a process left that died between both: it is written anew.
    """
    stem = Path(name).stem
    suffix = os.fsdecode(os.fsencode(Path(name).suffix)[:40])
    number = 1
    while True:
        end = suffix if number == 1 else f"-{number}{suffix}"
        stem_bytes = os.fsencode(stem)[: LONGEST_NAME - len(os.fsencode(end))]
        tried = os.fsdecode(stem_bytes) + end
        # what was dropped as X.reason.txt has a reason of its own, and is not written over
        if not _lies_there(tried, target) and not _lies_there(tried + REASON * 2, target):
            return tried
        number += 1


def _lies_there(name: str, target: int) -> bool:
    try:
        os.stat(name, dir_fd=target, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _write(name: str, text: str, target: int) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=target)
    handle = os.open(name, NEW_FLAGS, 0o640, dir_fd=target)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
