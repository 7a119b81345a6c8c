"""Every text a page shows is in the German catalog, translated, with the same placeholders."""

import ast
import os
import re
import subprocess
import sys
from gettext import GNUTranslations

import pytest

from dunwell.engine.assistant_intents import INTENTS
from dunwell.engine.chase import GATE_REASONS
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.engine.wording import TEMPLATES
from dunwell.formats.connection_kinds import KINDS as CONNECTION_KINDS
from dunwell.formats.refusals import AMOUNT_REASONS, DATE_REASONS
from dunwell.formats.roles import ROLE_FIELDS
from dunwell.queries.duty_pairs import duty_pairs
from dunwell.queries.reminders import REASONS
from dunwell.queries.verify import CHECKS
from dunwell.templatetags.assistant_talks import MATTERS
from dunwell.templatetags.connection_kind_names import WORDS as KIND_WORDS
from dunwell.templatetags.events import LOOKS
from dunwell.templatetags.imports import FIELD_LABELS
from dunwell.templatetags.sentences import CONTEXT
from dunwell.templatetags.ui import GATE_LABELS
from tools.messages import LANGUAGES, SOURCE, catalog_path, found, read_catalog, template_catalog

pytestmark = pytest.mark.each

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalog_holds_every_text_and_nothing_else(language):
    wanted = {(message.id, message.context) for message in template_catalog() if message.id}
    held = {(message.id, message.context) for message in read_catalog(language) if message.id}

    assert sorted(map(str, wanted - held)) == [], "run python -m tools.messages"
    assert sorted(map(str, held - wanted)) == [], "run python -m tools.messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_with_its_placeholders(language):
    for message in read_catalog(language):
        if not message.id:
            continue
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(texts), f"not translated: {message.id}"
        wanted = set(PLACEHOLDER.findall(sources[-1]))
        for text in texts:
            found = set(PLACEHOLDER.findall(text))
            assert found <= wanted, f"{message.id}: unknown placeholder in {text}"
        # a sentence may need a value less where its English has one for a plural
        is_whole = set(PLACEHOLDER.findall(texts[-1])) == wanted
        assert is_whole or message.context == CONTEXT, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalog_is_the_written_one(language):
    """Pages read the compiled file; `python3 dev.py` makes it."""
    with catalog_path(language).with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)

    for message in read_catalog(language):
        if not message.id:
            continue
        if not isinstance(message.id, str):
            read = [compiled.ngettext(*message.id, n) for n in (1, 2)]
            assert read == list(message.string)
        elif message.context:
            assert compiled.pgettext(message.context, message.id) == message.string
        else:
            assert compiled.gettext(message.id) == message.string


def test_the_collector_runs_without_a_set_up_desk():
    asked = [sys.executable, "-c", "import tools.messages"]
    bare = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    done = subprocess.run(asked, env=bare, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_one_singular_has_one_plural():
    """A catalog finds a text by its singular; a second plural would be lost without a word."""
    plurals = {}
    for _file, _line, text, context in found():
        if isinstance(text, tuple):
            plurals.setdefault((text[0], context), set()).add(text[1])

    assert [pair for pair in plurals.items() if len(pair[1]) > 1] == []


def words(code):
    return code.replace("_", " ").replace(".", " ")


def nodes_of(path, *, naming):
    """Return the syntax of a file, or nothing where what is looked for never stands."""
    text = path.read_text(encoding="utf-8")
    return ast.walk(ast.parse(text)) if naming in text else ()


def called(call):
    """Return the last name of what is called, without the objects before it."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def finding_codes():
    """Return every code that the readers of files give a finding, as written in the code."""
    codes = {*AMOUNT_REASONS, *DATE_REASONS}
    for path in [*(SOURCE / "formats").glob("*.py"), *(SOURCE / "formats/books").glob("*.py")]:
        # what the plain layout of matching refuses is told on the command line alone
        # and findings about a mail domain have sentences of their own (templatetags/domain_checks)
        if path.stem in {"decisions", "match_rows", "mail_domain_check"}:
            continue
        for node in nodes_of(path, naming="code="):
            if isinstance(node, ast.keyword) and node.arg == "code":
                codes |= {node.value.value} if isinstance(node.value, ast.Constant) else set()
    return codes - {"mapping", "decimal", "date_order", True}


def verbs():
    """Return every verb that an action leaves in the audit trail, as written in the code."""
    written = set()
    for path in (SOURCE / "actions").rglob("*.py"):
        for node in nodes_of(path, naming="record_event"):
            if isinstance(node, ast.Call) and called(node).endswith("record_event"):
                written |= {one.value for one in node.args if isinstance(one, ast.Constant)}
    return written


FIXED = {
    "proofs": [check.proves for check in CHECKS],
    "figures": [
        text for kpi in KPIS.values() for text in (kpi.name, kpi.unit, kpi.formula, kpi.source)
    ],
    "message templates": list(TEMPLATES.values()),
    "duties kept apart": [pair.why for pair in duty_pairs()],
    "reasons of the plan": list(REASONS.values()),
    "fields of files": [
        words(field).capitalize()
        for fields in ROLE_FIELDS.values()
        for field in fields
        if field not in FIELD_LABELS
    ],
    "findings": [words(code).capitalize() for code in sorted(finding_codes())],
    "events": [words(verb) for verb in sorted(verbs()) if verb not in LOOKS],
    "kinds of connections": [
        text
        for kind in CONNECTION_KINDS.values()
        for text in (
            *((kind.label,) if kind.label in KIND_WORDS else ()),
            kind.about,
            *((kind.secret,) if kind.secret else ()),
            *(text for one in kind.fields for text in (one.label, one.help) if text),
        )
    ],
}


@pytest.mark.parametrize("texts", FIXED.values(), ids=FIXED)
def test_texts_that_records_carry_are_in_the_catalog(texts):
    held = {message.id for message in read_catalog("de") if message.id}

    assert sorted(set(texts) - held) == [], "add it to templatetags/catalogs.py"


def test_every_reason_of_the_gate_has_a_label():
    assert set(GATE_REASONS) - set(GATE_LABELS) == set()


def test_every_intent_of_the_assistant_has_a_name():
    assert set(INTENTS) - set(MATTERS) == set()


def german(client, settings, user, address):
    settings.REQUIRE_MFA = False
    client.force_login(user)
    client.cookies["django_language"] = "de"
    return client.get(address).text


def test_pages_read_german_for_who_chose_it(client, settings, reader):
    home = german(client, settings, reader, "/")
    audit = german(client, settings, reader, "/audit/")

    assert '<html lang="de"' in home
    for words_of_home in ("Meine Arbeitsliste", "Zahlungszusagen", "Noch keine offenen Posten"):
        assert words_of_home in home
    assert "My worklist" not in home
    assert '<option value="importbatch">Import</option>' in audit
