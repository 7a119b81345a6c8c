"""Keeps a package from being built without what dev.py makes: its pages would have no style."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def lacking(root: Path) -> list[str]:
    """Return the files that a package needs, git does not keep and nobody has made here."""
    source = root / "src" / "dunwell"
    sheet = (root / "assets.txt").read_text(encoding="utf-8").splitlines()
    made = [
        source / "static" / "vendor" / Path(line).name
        for line in sheet
        if line and not line.startswith("#")
    ]
    made += [path.with_suffix(".mo") for path in source.glob("locale/*/LC_MESSAGES/*.po")]
    missing = [path.relative_to(root).as_posix() for path in made if not path.exists()]
    if not list(source.glob("ml/learned/*.reader")):
        missing.append("src/dunwell/ml/learned/*.reader")
    return missing


class Made(BuildHookInterface):  # type: ignore[type-arg]
    """Looks before a wheel or a source package is built; an editable install needs nothing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Stop the build with what is missing and the command that makes it."""
        missing = [] if version == "editable" else lacking(Path(self.root))
        if missing:
            raise SystemExit(
                f"{', '.join(missing)} is not there. Call `python3 dev.py demo --no-serve` in "
                "this folder first: it makes what the package carries."
            )
