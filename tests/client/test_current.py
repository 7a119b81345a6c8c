"""The client is what the document of the API says, and runs without Dunwell and Django."""

import subprocess
import sys

import pytest

from dunwell.api import api
from tools.client import COMMAND, ROOT, TARGET, client_files, read, stale

pytestmark = pytest.mark.each

SOURCE = ROOT / "client" / "src"
DOCUMENT = read(api.get_openapi_schema())


def test_the_written_client_is_current():
    assert stale(DOCUMENT) == [], f"the API changed: run `.venv/bin/{COMMAND}` and commit"


def test_a_changed_operation_makes_it_stale():
    path = dict(DOCUMENT["paths"]["/api/v1/payments"])
    changed = {
        **DOCUMENT,
        "paths": {**DOCUMENT["paths"], "/api/v1/payments": {"get": path["get"]}},
    }

    assert stale(changed) == ["payments.py"]


def test_every_operation_is_a_method_of_its_area():
    written = client_files(DOCUMENT)
    told = {
        operation["operationId"]
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
    }
    methods = "\n".join(text for name, text in written.items() if name != "models.py")

    assert len(told) > 900
    assert {name for name in told if f"    def {name}(self" not in methods} == set()


def test_it_runs_where_neither_dunwell_nor_django_can_be_imported():
    names = sorted(path.stem for path in TARGET.glob("*.py") if path.stem != "__init__")
    code = (
        "import sys; sys.modules['django'] = sys.modules['dunwell'] = None\n"
        f"import importlib\nfor name in {names}: importlib.import_module('dunwell_client.generated.' + name)\n"
        "import dunwell_client as client\n"
        "desk = client.Dunwell('http://127.0.0.1:1', 'dw_x')\n"
        "assert type(desk.payments).__name__ == 'PaymentsArea'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(SOURCE)})
