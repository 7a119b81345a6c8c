"""What an installation is made of, as CycloneDX 1.6: every package of the lock file, by hash.

Called by `python3 dev.py sbom [FILE]` in the environment that the tests run in; licences are what
the installed packages say of themselves. Nothing of it depends on the day or the machine, so that
two builds of one commit are equal byte for byte.
"""

import json
import re
import sys
import uuid
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
REFERENCE = "pkg:pypi/dunwell"


def locked(text: str) -> list[tuple[str, str, str, list[str]]]:
    """Return (name, version, marker, hashes) of every package of a lock file, by name."""
    found: list[tuple[str, str, str, list[str]]] = []
    for line in text.splitlines():
        if at := PINNED.match(line):
            found.append((at[1].lower(), at[2], (at[3] or "").strip(), []))
        elif told := HASH.search(line):
            found[-1][3].append(told[1])
    return sorted(found)


def licence_of(name: str) -> list[dict[str, object]]:
    """Return what an installed package says of its licence; nothing where it is not installed."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    if expression := told.get("License-Expression"):
        return [{"expression": expression}]
    classes = [one for one in told.get_all("Classifier") or () if one.startswith("License ::")]
    words = [one.rsplit(" :: ", 1)[-1] for one in classes]
    if not words and (text := (told.get("License") or "").strip()):
        words = [text.splitlines()[0][:80]]
    return [{"license": {"name": word}} for word in words]


def component(name: str, version: str, marker: str, hashes: list[str]) -> dict[str, object]:
    """Return a package as CycloneDX tells it: purl, the hash of each of its files, licence."""
    purl = f"pkg:pypi/{name}@{version}"
    made: dict[str, object] = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "scope": "optional" if marker else "required",
        "properties": [{"name": "dunwell:file:sha256", "value": one} for one in hashes],
    }
    if marker:
        made["description"] = f"only where {marker}"
    if licences := licence_of(name):
        made["licenses"] = licences
    return made


def bill() -> dict[str, object]:
    """Return the whole document of the lock file that an installation is made from."""
    text = (ROOT / "requirements" / "run.lock").read_text(encoding="utf-8")
    assets = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    components = [component(*one) for one in locked(text)]
    components += [
        {
            "type": "library",
            "bom-ref": f"pkg:npm/{name.replace('@', '%40')}@{told['version']}",
            "name": name,
            "version": told["version"],
            "purl": f"pkg:npm/{name.replace('@', '%40')}@{told['version']}",
            "scope": "required",
            **({"licenses": [{"expression": told["license"]}]} if "license" in told else {}),
        }
        for name, told in sorted(
            (path.rsplit("node_modules/", 1)[-1], told) for path, told in assets.items() if path
        )
    ]
    about = {"type": "application", "bom-ref": REFERENCE, "name": "dunwell"}
    about["version"] = re.search(
        r'__version__ = "([^"]+)"', (ROOT / "src" / "dunwell" / "__init__.py").read_text("utf-8")
    )[1]  # type: ignore[index]  # hatch reads the version there, too
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, text)}",
        "version": 1,
        "metadata": {"component": about},
        "components": components,
        "dependencies": [{"ref": REFERENCE, "dependsOn": [one["bom-ref"] for one in components]}],
    }


def main() -> None:
    """Write the document to the file that is named, else to standard output."""
    text = json.dumps(bill(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
