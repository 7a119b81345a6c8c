"""The bill of materials names every package of the lock file, each file's hash, and no more."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements" / "run.lock").read_text("utf-8")


def test_a15_1_2_the_bill_of_materials_is_the_lock_file_and_the_page_assets(tmp_path):
    for name in ("one.json", "two.json"):
        subprocess.run([sys.executable, ROOT / "tools" / "sbom.py", tmp_path / name], check=True)
    told = json.loads((tmp_path / "one.json").read_text("utf-8"))
    parts = told["components"]
    packages = [one for one in parts if one["purl"].startswith("pkg:pypi/")]
    assets = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]

    assert (told["bomFormat"], told["specVersion"], told["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(
        r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", told["serialNumber"]
    )
    assert {f"{one['name']}=={one['version']}" for one in packages} == {
        line.split()[0].lower() for line in LOCK.splitlines() if re.match(r"[\w.-]+==", line)
    }
    hashes = [kept["value"] for one in packages for kept in one["properties"]]
    assert sorted(hashes) == sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK))
    assert len(parts) - len(packages) == len(assets) - 1
    # every part is named once, and the product depends on all of them
    names = [one["bom-ref"] for one in parts]
    assert len(set(names)) == len(names)
    assert told["dependencies"] == [{"ref": "pkg:pypi/dunwell", "dependsOn": names}]
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_a15_1_2_what_is_installed_here_says_its_licence(tmp_path):
    subprocess.run([sys.executable, ROOT / "tools" / "sbom.py", tmp_path / "x"], check=True)
    parts = json.loads((tmp_path / "x").read_text("utf-8"))["components"]

    silent = {one["name"] for one in parts if "licenses" not in one and "description" not in one}
    # saxonche's wheel says nothing; its sources are under MPL-2.0
    assert silent <= {"saxonche"}
    told = json.dumps([one.get("licenses") for one in parts])
    assert not re.search(r"\bAGPL|(?<!L)GPL-|SSPL|BUSL|General Public License v3 \(GPL", told)
