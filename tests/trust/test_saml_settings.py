"""Settings of SAML that do not fit stop the start, each with the variable's name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trust.saml_server import SamlProvider

ROOT = Path(__file__).parents[2]
LOAD = "import dunwell.settings"
WITHOUT = f"import sys; sys.modules['onelogin'] = None; {LOAD}"


@pytest.fixture(scope="module")
def provider():
    made = SamlProvider()
    made.close()
    return made


def started(tmp_path, told, code=LOAD):
    """The exit code and the last line of a process that reads the settings."""
    own = {name: one for name, one in os.environ.items() if not name.startswith("DUNWELL_")}
    own["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True,
        env=own | {"DUNWELL_DATA_DIR": str(tmp_path)}
        | {f"DUNWELL_{name}": one for name, one in told.items()},
    )  # fmt: skip
    return done.returncode, (done.stderr.strip().splitlines() or [""])[-1]


def test_what_fits_starts_and_reads_the_metadata_from_a_file(tmp_path, provider):
    file = tmp_path / "provider.xml"
    file.write_text(provider.metadata(), "utf-8")

    assert started(
        tmp_path, {"SAML_PROVIDER": provider.issuer, "SAML_METADATA_FILE": str(file)}
    ) == (0, "")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"SAML_PROVIDER": "x"}, "set one of DUNWELL_SAML_METADATA_FILE and DUNWELL_SAML_METADATA_U"),
        ({"SAML_PROVIDER": "x", "SAML_METADATA": "y", "SAML_METADATA_URL": "https://z"}, "set one of"),
        ({"SAML_PROVIDER": "x", "SAML_METADATA": "y"}, "DUNWELL_SAML_METADATA does not hold: the XML"),
        ({"SAML_PROVIDER": "x", "SAML_METADATA_URL": "http://z.example"}, "not reached by https"),
        ({"SAML_ONLY": "1"}, "DUNWELL_SAML_ONLY is 1; set DUNWELL_SAML_PROVIDER, too."),
        (
            {"SAML_PROVIDER": "x", "SAML_METADATA_URL": "https://z", "OIDC_ISSUER": "https://i",
             "OIDC_CLIENT_ID": "c"}, "are both set",
        ),
    ],
    ids=["no metadata", "two", "damaged", "in the clear", "only", "with openid"],
)  # fmt: skip
def test_what_does_not_fit_stops_the_start(tmp_path, told, said):
    code, last = started(tmp_path, told)

    assert code == 1
    assert "ImproperlyConfigured" in last
    assert said in last


def test_without_the_extra_the_start_says_what_to_install(tmp_path):
    told = {"SAML_PROVIDER": "x", "SAML_METADATA_URL": "https://id.example/metadata"}

    code, last = started(tmp_path, told, WITHOUT)
    assert (code, last.partition(": ")[2]) == (
        1,
        "DUNWELL_SAML_PROVIDER is set, but SAML is not installed: pip install 'dunwell[saml]'",
    )
    assert started(tmp_path, {}, WITHOUT) == (0, "")
