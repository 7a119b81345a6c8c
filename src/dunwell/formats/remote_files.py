"""Files in a folder of another machine: which of them are to be taken, and as what."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain

DONE, REFUSED = "done", "refused"
REASON = ".reason.txt"
UNFINISHED = (".part", ".tmp", ".filepart")
"""How names end while a file is still being written."""

FOLDERS = ("ledger", "invoices", "bank")
"""Sub-folders that say what their files are, in the order in which they are taken."""

LONGEST_PLACE = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteFile:
    """One entry of a folder there: size in bytes, time of writing in seconds, 0 where not told."""

    folder: str
    name: str
    size: int
    written: int
    is_regular: bool = True

    @property
    def place(self) -> str:
        """Return its path from the folder of the connection."""
        return f"{self.folder}/{self.name}" if self.folder else self.name

    @property
    def identity(self) -> tuple[str, int, int]:
        """Return what makes it the file it is, as far as it can be known without its content."""
        return (self.place, self.size, self.written)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileRules:
    """Which files a connection takes: as what, of which names, and when they are whole.

    `files` is one of FOLDERS for all files of one folder, else the sub-folders say it. `patterns`
    are shell patterns, any name where there are none. With `marker` a file is whole once another
    one of its name with that ending lies beside it.
    """

    files: str = ""
    patterns: tuple[str, ...] = ()
    marker: str = ""

    @property
    def folders(self) -> tuple[tuple[str, str], ...]:
        """Return the folders to look into, each with what its files are."""
        if self.files in FOLDERS:
            return (("", self.files),)
        return tuple((one, one) for one in FOLDERS)

    def is_taken(self, name: str) -> bool:
        """Return whether a file of a name is taken at all."""
        told = name.lower()
        if told.startswith(".") or told.endswith(UNFINISHED) or self._is_marker(told):
            return False
        return not self.patterns or any(fnmatchcase(told, one.lower()) for one in self.patterns)

    def marks(self, name: str) -> tuple[str, ...]:
        """Return the names of which one must lie beside a file; none where none is needed."""
        if not self.marker:
            return ()
        stem, dot, _ = name.rpartition(".")
        return (name + self.marker, *([stem + self.marker] if dot and stem else []))

    def whole(self, names: Collection[str], name: str) -> bool:
        """Return whether a marker among the names says that a file is whole."""
        return any(one in names for one in self.marks(name))

    def _is_marker(self, told: str) -> bool:
        return bool(self.marker) and told.endswith(self.marker.lower())


def file_rules(settings: Mapping[str, str]) -> FileRules:
    """Return the rules that settings of a connection say."""
    return FileRules(
        files=settings.get("files", ""),
        patterns=tuple(settings.get("patterns", "").replace(",", " ").split()),
        marker=settings.get("marker", "").strip(),
    )


def is_plain_name(name: str) -> bool:
    """Return whether a name is one, and leads nowhere else; others are never used in a path."""
    return (
        bool(name)
        and name not in {".", ".."}
        and not {"/", "\\"} & set(name)
        and name.isprintable()
    )


def oldest_first(files: Sequence[RemoteFile]) -> list[RemoteFile]:
    """Return files in the order in which they were written."""
    return sorted(files, key=lambda one: (one.written, one.name))


def free_names(name: str) -> Iterator[str]:
    """Yield a name, then the same with a number in it, for a place where it may be taken."""
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    return chain([name], (f"{stem}-{number}{dot}{ending}" for number in range(2, 1_000)))
