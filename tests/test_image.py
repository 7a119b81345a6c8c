"""The image's steps, run one by one without a container engine: it builds, migrates and serves.

What the base image and the system's packages bring is this machine's own, and so is who runs it. Like `dev.py` it
fetches packages, so it belongs to the long tier.
"""

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import urllib3

from tests.ports import free_port

ROOT = Path(__file__).parents[1]
PLACES = {"/opt/dunwell": "opt", "/var/lib/dunwell": "data"}


def stages():
    """The steps of each stage, as pairs of a word and what it is told."""
    text = (ROOT / "deploy" / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line[:1].isupper()]
    first, second = (place for place, step in enumerate(steps) if step[0] == "FROM")
    return steps[first:second], steps[second:]


def of(steps, word):
    return [told for step, told in steps if step == word]


def moved(text, place):
    """A text with folders of the image in a place of the test."""
    for path, name in PLACES.items():
        text = text.replace(path, str(place / name))
    return text


def copied(place, names):
    """Only what a fresh checkout holds of the names."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z", *names], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, tracked.split("\0")):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, place / name)


def environment(place, **told):
    """What stands in an image, and how this machine reaches what it fetches."""
    kept = ("HTTP", "HTTPS", "NO_PROXY", "PIP", "NPM", "SSL", "REQUESTS", "NODE")
    return {
        **{name: text for name, text in os.environ.items() if name.upper().startswith(kept)},
        "PATH": os.environ["PATH"],
        "HOME": str(place / "home"),
        **told,
    }


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The place where the first stage was built."""
    if not (ROOT / ".git").exists():
        pytest.skip("no checkout: what an image is given can't be told")
    place, steps = tmp_path_factory.mktemp("image"), stages()[0]
    for name in ("src", "home", "data"):
        (place / name).mkdir()
    copied(place / "src", [n for told in of(steps, "COPY") for n in told.split()[:-1]])
    for told in of(steps, "RUN"):
        done = subprocess.run(
            ["bash", "-c", moved(told, place)], cwd=place / "src", env=environment(place),
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    shutil.rmtree(place / "src")
    yield place
    shutil.rmtree(place)


@pytest.mark.release
def test_the_image_is_built_migrated_and_serves(image):
    steps, port = stages()[1], str(free_port())
    env = environment(image)
    for told in of(steps, "ENV"):
        for name, text in (part.split("=", 1) for part in shlex.split(told)):
            env[name] = moved(text, image).replace("$PATH", env["PATH"])
    who = {"cwd": image / "data", "env": env}
    serve = [part.replace("8000", port) for part in json.loads(of(steps, "CMD")[0])]
    health = json.loads(of(steps, "HEALTHCHECK")[0].removeprefix("CMD ").replace("8000", port))

    early = subprocess.run(serve, check=False, capture_output=True, text=True, **who)
    assert early.returncode == 1
    assert "run `dunwell migrate` first" in early.stderr
    subprocess.run(["dunwell", "migrate"], check=True, capture_output=True, **who)
    desk = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who)
    try:
        patient = urllib3.Retry(total=200, backoff_factor=0.05, backoff_max=0.1)
        with urllib3.PoolManager() as pool:
            ready = pool.request("GET", f"http://127.0.0.1:{port}/ready/", retries=patient)
        subprocess.run(health, check=True, capture_output=True, **who)
    finally:
        desk.terminate()
        desk.wait(60)

    assert json.loads(ready.data) == {"ready": True, "missing": []}
