"""The files in deploy/ run: every command, option and setting they name exists, and they are tight."""

import argparse
import configparser
import re
import shlex
from pathlib import Path

import pytest
import yaml
from django.core.management import load_command_class

from dunwell import settings as _settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))
KNOWN = yaml.safe_load((ROOT / "docs" / "meanings.yaml").read_text("utf-8"))["settings"]
TIGHT = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "PrivateDevices": "yes", "CapabilityBoundingSet": "", "RestrictSUIDSGID": "yes",
    "SystemCallFilter": "@system-service", "UMask": "0077", "User": "dunwell",
}  # fmt: skip


def read(path):
    """A unit as section -> key -> values; systemd lets a key stand several times."""
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(path.read_text("utf-8"))
    return parser


def is_a_call(line):
    """Whether our command line takes it: the command exists and reads every option."""
    program, name, *words = line
    assert program.rsplit("/", 1)[-1] == "dunwell"
    parser = load_command_class("dunwell", name).create_parser("dunwell", name)
    parser.error = lambda told: pytest.fail(f"{name} {words}: {told}")
    return isinstance(parser.parse_args(words), argparse.Namespace)


def settings_in(text):
    names = re.findall(r"^\s*(?:ENV )?DUNWELL_(\w+)=", text, re.MULTILINE)
    return {name if name in KNOWN else name.removesuffix("_FILE") for name in names}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_service_calls_what_exists_with_no_more_rights_than_it_needs(path):
    told = read(path)["Service"]

    assert is_a_call(shlex.split(told["ExecStart"]))
    assert {name: told.get(name) for name in TIGHT} == TIGHT
    assert told["EnvironmentFile"] == "/etc/dunwell/dunwell.env"


def test_every_timer_has_its_service_and_a_time():
    named = {path.stem for path in UNITS} - {"dunwell"}

    assert {path.stem for path in TIMERS} == named
    for path in TIMERS:
        assert re.fullmatch(
            r"(\*-\*-\* \d\d:\d\d:\d\d|\*:0/\d+)", read(path)["Timer"]["OnCalendar"]
        )


def test_every_setting_that_is_named_exists():
    env = (DEPLOY / "dunwell.env").read_text("utf-8")
    image = (DEPLOY / "Containerfile").read_text("utf-8")
    backup = {"BACKUP_KEY"}

    assert len(settings_in(env)) > 8
    assert settings_in(env) - backup <= KNOWN.keys()
    assert settings_in(image) == {"DATA_DIR", "HTTPS"}
    assert _settings.HTTPS is False


def test_the_image_copies_what_is_there_and_does_not_run_as_root():
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    steps = [
        line.split(maxsplit=1)
        for line in text.replace("\\\n", " ").splitlines()
        if line[:1].isupper()
    ]
    copied = [
        words.split()[:-1] for step, words in steps if step == "COPY" and "--from" not in words
    ]
    command = next(words for step, words in steps if step == "CMD")

    assert {step for step, _ in steps} == {
        "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD",
    }  # fmt: skip
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []
    assert int(next(words for step, words in steps if step == "USER")) > 0
    assert is_a_call(yaml.safe_load(command))
    assert "--require-hashes -r requirements/run.lock" in text


def test_the_proxy_says_itself_what_the_desk_believes_about_the_client():
    text = (DEPLOY / "nginx.conf").read_text("utf-8")

    assert text.count("{") == text.count("}")
    assert "proxy_set_header X-Forwarded-Proto https;" in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    port = (
        read(DEPLOY / "systemd" / "dunwell.service")["Service"]["ExecStart"]
        .split("--port ")[1]
        .split()[0]
    )
    assert set(re.findall(r"proxy_pass http://127\.0\.0\.1:(\d+);", text)) == {port}


def test_the_guide_makes_the_tables_before_it_starts_the_service_and_starts_every_timer_again():
    guide = (ROOT / "docs" / "how-to" / "deploy.md").read_text("utf-8")
    calls = re.findall(r"^desk (.+)$", guide, re.MULTILINE)

    assert [is_a_call(["dunwell", *shlex.split(call)]) for call in calls] == [True] * 4
    assert guide.index("desk migrate") < guide.index("systemctl enable --now dunwell.service")
    again = re.search(
        r"^systemctl start dunwell\.service dunwell-\{(.+)\}\.timer$", guide, re.MULTILINE
    )
    assert {f"dunwell-{name}" for name in again[1].split(",")} == {path.stem for path in TIMERS}
