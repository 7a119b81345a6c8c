"""Calls that no module of ours makes: shells, code made of words, pickles, guessable secrets."""

import ast
import importlib
import re
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password

import dunwell
from dunwell.engine.mentions import mentioned

pytestmark = pytest.mark.each

SOURCE = Path(dunwell.__file__).parent
INVENTED = frozenset({"demo", "ml", "engine"})
"""Folders whose chance is seeded on purpose: invented days, learning and simulations."""
TOLD = re.compile(
    r"subprocess|shell|popen|system\(|eval\(|exec\(|(?<!re\.)\bcompile\(|__import__|pickle|marshal|shelve|dill|joblib"
    r"|yaml|random\.|secrets\."
)
"""Without one of these words a file makes none of the calls, and is not read on."""
READERS = frozenset({"engine", "formats", "connectors", "queries"})
"""Folders that read what strangers wrote."""
PIECES = ("a", "1", " ", ".,", "-", "a@", "1.", "a ", " 1", "\r\n", "<a", "EUR 1", "https://a.")
"""What is repeated: letters, digits, signs, and pairs that can be read in two ways."""


@pytest.fixture(scope="module")
def calls():
    """(file, what is called, its keywords, its arguments) of every call of the product."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if TOLD.search(text) else ():
            if isinstance(node, ast.Call):
                words = {one.arg: ast.unparse(one.value) for one in node.keywords}
                name = ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""  # fmt: skip
                found.append((path.relative_to(SOURCE), name, words, node.args))
    return found


def where(calls, is_wrong):
    return [f"{path}: {name}" for path, name, words, args in calls if is_wrong(name, words, args)]


def test_a1_2_5_no_shell_is_run_and_no_code_is_made_of_words(calls):
    shells = (
        "os.system",
        "os.popen",
        "subprocess.getoutput",
        "eval",
        "exec",
        "compile",
        "__import__",
    )

    assert where(calls, lambda name, words, args: name in shells) == []
    assert where(calls, lambda name, words, args: words.get("shell", "False") != "False") == []
    programs = [one for one in calls if one[1] in {"subprocess.run", "subprocess.Popen"}]
    assert len(programs) > 1
    # what is run is a list of words, never one line that a shell would read
    assert [str(path) for path, _, _, args in programs if isinstance(args[0], ast.JoinedStr | ast.Constant)] == []  # fmt: skip


def patterns():
    """Every pattern that is held against words of strangers, by where it is."""
    for path in sorted(SOURCE.rglob("*.py")):
        if path.parts[len(SOURCE.parts)] in READERS and "re.compile(" in path.read_text(
            encoding="utf-8"
        ):
            name = ".".join(("dunwell", *path.relative_to(SOURCE).with_suffix("").parts))
            for held, pattern in vars(importlib.import_module(name)).items():
                if isinstance(pattern, re.Pattern):
                    yield f"{name}.{held}", pattern


def test_a1_2_9_no_pattern_is_kept_busy_by_a_text_made_for_it():
    # four hundred signs take a pattern that tries every way longer than anybody would wait
    evil = [piece * (400 // len(piece)) + "!" for piece in PIECES]
    slow, seen = {}, 0
    for where_it_is, pattern in patterns():
        seen += 1
        for text in evil:
            tried = text.encode() if isinstance(pattern.pattern, bytes) else text
            began = time.process_time()
            pattern.search(tried)
            if (took := time.process_time() - began) > 0.05:
                slow[where_it_is] = (tried[:8], round(took, 2))

    assert slow == {}
    assert seen > 200


def test_a1_2_9_a_name_is_no_pattern():
    names = ["a+b", "(a*)*", "anna"]
    assert mentioned("@aab @(a*)* @anna", names) == ("(a*)*", "anna")


def test_a1_5_2_nothing_is_unpickled_and_no_yaml_makes_objects(calls):
    def makes_objects(name, words, args):
        return (
            name.startswith(("pickle.", "marshal.", "shelve.", "dill.", "joblib.load"))
            or name in {"yaml.load", "yaml.unsafe_load", "yaml.full_load"}
            or words.get("allow_pickle", "False") != "False"
        )

    assert where(calls, makes_objects) == []
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")


def test_a11_5_1_no_secret_is_drawn_from_a_chance_that_can_be_guessed(calls):
    drawn = [
        str(path)
        for path, name, _, _ in calls
        if name.startswith("random.") and path.parts[0] not in INVENTED
    ]
    short = [
        f"{path}: {name}"
        for path, name, _, args in calls
        if name in {"secrets.token_urlsafe", "secrets.token_bytes", "secrets.token_hex"}
        and args
        and isinstance(args[0], ast.Constant)
        and args[0].value < 16
    ]

    assert (drawn, short) == ([], [])


def test_a11_4_2_passwords_are_kept_by_argon2id():
    assert make_password("a long sentence").startswith("argon2$argon2id$")
