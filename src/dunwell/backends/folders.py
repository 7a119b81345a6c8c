"""Where a backend finds its tables and leaves its results: Parquet files by name."""

import shutil
from errno import ENOENT
from pathlib import Path

RESULTS = "results"
"""Folder of the results, below the tables unless another is named."""


class Folders:
    """The tables of a folder: `NAME.parquet`, a file or a folder of files, or a folder NAME."""

    def __init__(self, folder: Path, out: Path | None = None) -> None:
        self.folder = Path(folder).resolve()
        self.out = Path(out).resolve() if out else self.folder / RESULTS

    def files(self, name: str) -> list[Path]:
        """Return the files of a table, in order; FileNotFoundError where there are none."""
        for place in (self.folder / f"{name}.parquet", self.folder / name):
            if place.is_file():
                return [place]
            if found := sorted(place.rglob("*.parquet")):
                return found
        raise FileNotFoundError(
            ENOENT, f"no {name}.parquet and no folder {name}", str(self.folder)
        )

    def target(self, name: str) -> Path:
        """Return where a result goes, with nothing there."""
        self.out.mkdir(parents=True, exist_ok=True)
        place = self.out / f"{name}.parquet"
        if place.is_dir():
            shutil.rmtree(place)
        place.unlink(missing_ok=True)
        return place
