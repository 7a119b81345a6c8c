"""The documents say what the code does: generated pages, links, commands, settings, examples."""

import contextlib
import io
import re
import shlex
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from dunwell import cli
from dunwell.engine.credit_policy import read_credit_policy
from dunwell.engine.rehearsal import run_cases
from dunwell.engine.strategy import read_strategy
from dunwell.formats.profile import read_profile

pytestmark = pytest.mark.each

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^([ \t]*)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
LATER = {"docs/img/worklist-light.png"}
"""Pictures that are taken from the running desk, not kept with the text."""
GLOSSARY = """
account statement, action, actor, ADD, agency, aging, allocation, allowance, applied_on, authority,
BPDSO, broken, bucket, CEI, collection rate, company, connector, customer, days past due, deduction,
dispute, DSO, event, expected loss, exposure, frame, hold, instalment, item, kept, level, limit,
open amount, open item, payment, placement, plan, priority, promise, recorded_at, remittance advice,
review, right, run, segment, settlement, step, strategy, task, unapplied cash, value_on, worklist,
write-off
"""


def named(path):
    return path.relative_to(ROOT).as_posix()


@cache
def reference():
    """The generator, a script beside the documents."""
    sys.path.insert(0, str(DOCS))
    try:
        import reference
    finally:
        sys.path.remove(str(DOCS))
    return reference


@cache
def generated():
    """The pages as the code makes them, made once."""
    return reference().pages()


def fences(path, language):
    """The fenced blocks of a language, without the indentation they share."""
    for indent, told, text in FENCE.findall(path.read_text(encoding="utf-8")):
        if told == language:
            yield "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))


def anchors(path):
    """The anchors GitHub and others make of a page's headings."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", sorted(reference().PAGES))
def test_the_reference_is_what_the_code_says(name):
    kept = (DOCS / "reference" / f"{name}.md").read_text(encoding="utf-8")

    assert kept == generated()[f"{name}.md"], "run: python docs/reference.py"


def test_nothing_else_lies_in_the_reference():
    kept = {path.name for path in (DOCS / "reference").iterdir()}

    assert kept == {f"{name}.md" for name in reference().PAGES}


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_link_and_anchor_leads_somewhere(path):
    broken = []
    for target in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        place, _, anchor = target.partition("#")
        found = (path.parent / place).resolve() if place else path
        if target.startswith(("https://", "http://")) or named(found) in LATER:
            continue
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(target)
    assert broken == []


def test_every_page_is_in_the_index():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]

    assert [page for page in pages if f"({page})" not in index and page != "README.md"] == []


FOLDERS = (
    "actions|api|connectors|demo|docs|engine|formats|jobs|models|policies|queries|tests|tools"
)
FILE = re.compile(rf"`((?:(?:{FOLDERS}|web|templatetags)/[\w./-]*|\w+)\.(?:py|yaml|html))`")


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_file_a_page_names_is_there(path):
    places = (ROOT, ROOT / "src" / "dunwell", ROOT / "tests" / "formats")
    named_files = set(FILE.findall(path.read_text(encoding="utf-8")))
    anywhere = {found.name for found in (ROOT / "src").rglob("*.*")}
    missing = [
        name
        for name in named_files
        if not any((place / name).exists() for place in places)
        and not ("/" not in name and name in anywhere | {"erp.yaml"})
    ]
    assert missing == []


OTHERS = ("createuser", "createdb", "install ", "pg_", "systemctl ", "useradd ")
"""Programs of others that name our user, service or database."""


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_command_and_option_a_page_shows_is_there(path):
    text = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
    known = {
        part.split("\n", 1)[0]: set(re.findall(r"`(--[\w-]+)", part))
        for part in text.split("### dunwell ")[1:]
    }
    known |= {name: {"--help"} for name in ("migrate", "shell", "help")}
    wrong = []
    for block in [*fences(path, "console"), *fences(path, "cron"), *fences(path, "ini")]:
        for line in block.replace("\\\n", " ").splitlines():
            for name, rest in re.findall(
                r"(?:\bdunwell|/bin/dunwell) ([a-z_]+(?:-[a-z]+)*)\b([^|;&>#]*)", line
            ):
                if line.lstrip("$ ").startswith(OTHERS):
                    continue
                if name == "set":  # the user of a cron line
                    continue
                options = set(re.findall(r"(?<=\s)(--[a-z-]+)", rest))
                if name not in known or options - known[name]:
                    wrong.append(line)
    assert wrong == []


def test_every_developer_command_a_page_shows_is_there():
    known = set(re.findall(r"^python3 dev\.py (\w+)", (ROOT / "dev.py").read_text(), re.MULTILINE))
    shown = {
        name
        for path in PAGES
        for name in re.findall(r"dev\.py (\w+)", path.read_text(encoding="utf-8"))
    }
    assert {"demo", "test"} <= shown <= known


def test_every_setting_that_pages_name_exists():
    known = {f"DUNWELL_{name}" for name, _ in reference().setting_rows()}
    known |= {f"{name}_FILE" for name in known}
    text = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    shown = set(re.findall(r"DUNWELL_[A-Z_]*[A-Z]", text))

    # secrets of bureaus, channels and mailboxes stand in variables that whoever adds them names
    named = ("DUNWELL_BUREAU_", "DUNWELL_CHANNEL", "DUNWELL_MAILBOX_", "DUNWELL_PAYMENT_")
    known |= {"DUNWELL_BACKUP_KEY", "DUNWELL_BACKUP_KEY_FILE"}  # of a command, not of the desk
    assert {name for name in shown - known if not name.startswith(named)} == set()


def test_the_glossary_covers_the_words_of_the_house():
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| (.+?) \|", text, re.MULTILINE)[2:]
    words = {word for cell in cells for word in cell.split(", ")}

    assert {" ".join(word.split()) for word in GLOSSARY.split(",")} - words == set()
    assert cells == sorted(cells, key=str.lower)


def told(line, folder):
    """What a command on files prints: its answer, then its remarks."""
    command, *filters = (shlex.split(part) for part in line.split("|"))
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        cli.main(command[1:])
    lines = out.getvalue().splitlines()
    for one in filters:
        assert one[0] == "head", line
        lines = lines[: int(one[1].lstrip("-"))]
    return [*lines, *err.getvalue().splitlines()]


def test_the_tutorial_prints_what_it_shows(tmp_path):
    page = DOCS / "tutorial.md"
    names = re.findall(r"Save this as `([\w.]+)`", page.read_text(encoding="utf-8"))
    for name, text in zip(names, fences(page, "csv"), strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    shown = [block.splitlines() for block in fences(page, "console")]

    assert len(shown) == 5
    assert shown == [[lines[0], *told(lines[0].removeprefix("$ "), tmp_path)] for lines in shown]


def test_every_address_the_guide_of_the_api_shows_is_one_of_the_api():
    text = (DOCS / "how-to" / "api.md").read_text(encoding="utf-8")
    known = re.findall(r"`/api/v1(/[^`]*)`", generated()["api.md"])
    patterns = [re.compile(re.sub(r"{\w+}", "[^/]+", path.replace(".", r"\."))) for path in known]
    shown = {path.rstrip("/.") for path in re.findall(r"\$DESK(/[\w/.-]*)", text)}

    assert {"/mentions", "/training/certificates", "/copilot/customers/36"} < shown
    assert [path for path in sorted(shown) if not any(p.fullmatch(path) for p in patterns)] == []


def test_the_profile_and_the_strategy_of_the_guides_are_valid():
    profile = next(fences(DOCS / "how-to" / "import-a-ledger.md", "yaml"))
    document = yaml.safe_load(next(fences(DOCS / "how-to" / "strategies.md", "yaml")))

    assert read_profile(profile).name == "our ERP"
    assert [r.message() for r in run_cases(read_strategy(document)) if not r.is_passed] == []


def test_every_section_of_the_credit_policy_the_guides_show_can_be_read():
    standard = ROOT / "src" / "dunwell" / "policies" / "credit_standard.yaml"
    document = yaml.safe_load(standard.read_text(encoding="utf-8"))
    shown = {}
    for name in ("check-orders", "reviews-and-covers"):
        for block in fences(DOCS / "how-to" / f"{name}.md", "yaml"):
            shown |= yaml.safe_load(block)
    policy = read_credit_policy({**document, "credit": {**document["credit"], **shown}})

    assert shown.keys() == {"orders", "reviews", "warnings", "covers"}
    assert policy.reviews.months == {"low": 12, "medium": 6, "high": 3, "D": 4}


def test_nothing_written_names_a_machine_or_a_registry():
    own = re.compile(r"/(?:work|tmp|root|home)/|pypi\.|registry\.npm|artifactory", re.IGNORECASE)
    files = [*PAGES, *DOCS.rglob("*.py"), *DOCS.rglob("*.yaml")]

    assert [named(path) for path in files if own.search(path.read_text(encoding="utf-8"))] == []


def test_a_verb_that_is_told_through_a_function_is_in_the_reference():
    page = (ROOT / "docs" / "reference" / "events.md").read_text("utf-8")
    rows = {row.split("`")[1] for row in page.splitlines() if row.startswith("| `")}

    assert {"customer_link.added", "plan.accepted", "cash.posted", "customer_merge.closed"} <= rows
    # chosen by the code: in a table, by a condition, as a member of a status, by a record
    assert {"autopay.resumed", "limit.suspended", "task.done", "gap.raised"} <= rows
    assert [row for row in rows if "{" in row] == []
