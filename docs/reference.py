"""Writes docs/reference/*.md from the code: `python docs/reference.py`, as `dev.py` sets it up.

`pages()` returns the text of every page; `tests/test_docs.py` compares them with the files, so
that a changed setting, column, figure, right, command or operation cannot leave the text behind.
"""
# ruff: noqa: INP001 -- a script beside the text it writes, not a package

import argparse
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import Any

import django
import yaml
from django.utils.translation import override

DOCS = Path(__file__).parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dunwell.settings")
django.setup()

from data_pages import DATA_PAGES, PICTURES, endings_part  # noqa: E402
from markdown_tables import Row, capital, code, codes, table  # noqa: E402
from scan import (  # noqa: E402
    SRC,
    asked_rights,
    listed_proofs,
    promise_rows,
    read_findings,
    sentence,
    setting_rows,
)
from told_events import event_rows  # noqa: E402

from dunwell import cli  # noqa: E402 -- Django must be set up first
from dunwell.actions.role_rights import RIGHTS, ROLE_RIGHTS, STAFF_ROLES  # noqa: E402
from dunwell.api import api  # noqa: E402
from dunwell.engine import (  # noqa: E402
    cases,
    strategy,
    strategy_branches,
    strategy_steps,
    wording,
)
from dunwell.engine.chase import GATE_REASONS, GatePolicy  # noqa: E402
from dunwell.engine.duty_pairs import DutyPair, held_together  # noqa: E402
from dunwell.engine.findings import FINDING_KINDS  # noqa: E402
from dunwell.engine.kpi_catalogue import KPIS, LEDGER_KPIS  # noqa: E402
from dunwell.engine.schema import FRAMES  # noqa: E402
from dunwell.formats.profile import ALL_OPEN, RoleProfile  # noqa: E402
from dunwell.formats.profile import TEXTS as PROFILE_TEXTS  # noqa: E402
from dunwell.formats.roles import REQUIRED, ROLE_FIELDS  # noqa: E402
from dunwell.jobs.cycle_steps import STEPS  # noqa: E402
from dunwell.models import Company, Role  # noqa: E402
from dunwell.queries.duty_pairs import duty_pairs  # noqa: E402
from dunwell.queries.reminders import REASONS as PLAN_REASONS  # noqa: E402
from dunwell.queries.verify import CHECKS  # noqa: E402

MEANINGS = yaml.safe_load((DOCS / "meanings.yaml").read_text(encoding="utf-8"))
NOTE = "<!-- Written by docs/reference.py from the code; change the code, then run it again. -->"


def told(kind: Mapping[str, str], names: Iterable[str], what: str) -> Mapping[str, str]:
    """Return the sentences of meanings.yaml; stop when they and the code differ."""
    differing = sorted(set(kind) ^ set(names))
    if differing:
        raise SystemExit(f"docs/meanings.yaml: {what} {differing[0]} is only there or in the code")
    return kind


def settings_page() -> str:
    """Return the settings with defaults."""
    rows = setting_rows()
    says = told(MEANINGS["settings"], [name for name, _ in rows], "setting")
    return (
        "# Settings\n\nEvery setting is an environment variable; Dunwell works with none set. A "
        "wrong value stops the start with the variable's name. With `_FILE` behind the name of a "
        "setting (`DUNWELL_SECRET_KEY_FILE`) its value is read from that file. What a company may "
        "tune (strategies, age of feeds, sending) is no setting but kept with the company.\n\n"
        + table(
            ("variable", "default", "meaning"),
            ((code(f"DUNWELL_{name}"), code(default), says[name]) for name, default in rows),
        )
    )


def frames_page() -> str:
    """Return the frames and columns the engine takes."""
    text = (
        "# Frames and columns\n\nWhat the engine (`dunwell.engine`) takes, as lazy Narwhals "
        "frames. Days (`*_day`) are day numbers, days since 1970-01-01; amounts (`*_minor`) are "
        "whole minor units beside their currency; rates (`*_ppm`) are parts per million.\n"
    )
    for name, frame in FRAMES.items():
        rows = (
            (code(column), told_.dtype.__name__, "may be empty" if told_.nullable else "",
             told_.meaning)
            for column, told_ in frame.items()
        )  # fmt: skip
        text += f"\n## {name}\n\n" + table(("column", "type", "", "meaning"), rows)
    return text


def kpis_page() -> str:
    """Return every figure with unit, formula and source."""
    heads = ("figure", "name", "unit", "formula", "formula id", "source")

    def rows(kpis: Iterable[Any]) -> Iterator[Row]:
        for kpi in kpis:
            yield code(kpi.id), kpi.name, kpi.unit, kpi.formula, code(kpi.formula_id), kpi.source

    more = [kpi for name, kpi in KPIS.items() if name not in LEDGER_KPIS]
    return (
        "# KPIs\n\nThe number behind the slash of a formula id goes up whenever the formula gives "
        "another value for the same inputs. A figure whose denominator is 0 has no value (n/a), "
        "never 0.\n\n## From a ledger alone\n\n`dunwell kpi`, the day's cycle and the API give "
        "these, per currency.\n\n"
        + table(heads, rows(LEDGER_KPIS.values()))
        + "\n## From other records\n\nThe day's cycle, the page of figures and the API give these "
        "from calls, conversations, answers, matches, forecasts, invoices and typed-in costs.\n\n"
        + table(heads, rows(more))
    )  # fmt: skip


def gate_page() -> str:
    """Return the reasons of the chase gate and its bounds."""
    own_age = Company._meta.get_field("feed_max_age_days").default
    bounds = [(code(field.name), code(field.default)) for field in fields(GatePolicy)]
    reasons = [(code(name), text) for name, text in {**GATE_REASONS, **PLAN_REASONS}.items()]
    return (
        "# Reasons of the chase gate\n\nOne gate decides whether a customer may be contacted, "
        "when the day is planned and again when a message is handed over. One reason is enough to "
        "block, and a fact that is not known blocks like its strictest value.\n\n"
        + table(("reason", "a customer is not contacted because"), reasons)
        + "\n## Bounds\n\n"
        + table(("bound", "value"), bounds)
        + "\nEvery company has its own `max_feed_age_days` (Settings, Company); it begins with "
        f"{own_age} days. Hours are minutes of the customer's day.\n"
    )


def rights_page() -> str:
    """Return which role holds which right, and where it is asked for."""
    asked, roles = asked_rights(), list(Role)
    rows = (
        (code(right), *("yes" if right in ROLE_RIGHTS[role] else "" for role in roles),
         codes(asked.get(right, ())))
        for right in sorted(RIGHTS)
    )  # fmt: skip
    apart = (
        (capital(pair.why), codes(sorted(pair.first)), codes(sorted(pair.second)), _by(pair))
        for pair in duty_pairs()
    )
    return (
        "# Rights by role\n\nA person may have several roles in a company, and different ones in "
        "another. A right is checked by the action itself, so pages, the API and programs are "
        "held to the same.\n\n"
        + table(("right", *(str(role.label) for role in roles), "asked for by"), rows)
        + "\n## Duties that are kept apart\n\nWhere two roles of one person bring both sides of "
        "a pair, the grant needs a reason and an end; who did one side does not do the other on "
        "the same record or customer. See [duties](../how-to/duties.md).\n\n"
        + table(("because", "one side", "other side", "brought together by"), apart)
    )


def _by(pair: DutyPair) -> str:
    """Return the pairs of roles of which neither brings both sides alone."""
    found = (
        " and ".join(sorted(str(role.label) for role in roles))
        for roles in combinations(STAFF_ROLES, 2)
        if held_together([pair], roles, ROLE_RIGHTS)
    )
    return "; ".join(sorted(found))


DJANGO_OPTIONS = {"--help", "--version", "--verbosity", "--settings", "--pythonpath",
                  "--traceback", "--no-color", "--force-color", "--skip-checks"}  # fmt: skip


def options(parser: argparse.ArgumentParser) -> list[Row]:
    """Return the arguments of a command, Django's own left out."""
    rows: list[Row] = []
    for action in parser._actions:  # noqa: SLF001 -- argparse lists its arguments nowhere else
        if set(action.option_strings) & DJANGO_OPTIONS:
            continue
        flag = action.option_strings[-1] if action.option_strings else ""
        value = action.metavar or ("" if action.nargs == 0 else action.dest.upper())
        name = f"{flag} {value}".strip()
        values = codes(choice for choice in action.choices or () if choice)
        default = action.default
        told_default = "" if default in (None, "", False, argparse.SUPPRESS, []) else code(default)
        need = "required" if action.required else told_default
        rows.append(
            (code(name), need, capital(": ".join(filter(None, (action.help or "", values)))))
        )
    return rows


def command_names() -> list[str]:
    """Return every command of the server that is Dunwell's own."""
    folder = SRC / "management" / "commands"
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


def commands_page() -> str:
    """Return every command with its options."""
    heads = ("option", "default", "meaning")
    text = (
        "# Commands\n\n`dunwell COMMAND`, or `python -m dunwell COMMAND`.\n\n## On files\n\nThese "
        "need no database and no Django. Ledgers are CSV, TSV, XLSX, Parquet and SQL dumps. Exit "
        f"code 0: answered; {cli.UNREADABLE_STATEMENT}: a bank file cannot be read; "
        f"{cli.UNREADABLE}: another file cannot be read, or an option does not fit it; "
        f"{cli.UNDECIDED}: a file leaves a question open, which is printed and a profile or an "
        "option answers.\n"
    )
    parser = cli._parser()  # noqa: SLF001 -- the command line is read where it is declared
    groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001
    for name, command in groups[0].choices.items():
        text += f"\n### dunwell {name}\n\n{capital(sentence(command.description))}.\n\n"
        text += table(heads, options(command))
    text += "\n## On the server\n\nThese use the database that the settings name.\n"
    for name in command_names():
        command = import_module(f"dunwell.management.commands.{name}").Command()
        own = options(command.create_parser("dunwell", name))
        text += f"\n### dunwell {name}\n\n{command.help}\n"
        text += f"\n{table(heads, own)}" if own else ""
    text += (
        "\n`dunwell migrate` brings the database up to date; it and every other command that "
        "`dunwell help` lists is Django's.\n\n## Steps of the cycle\n\n"
    )
    return text + "".join(f"{n}. `{name}`\n" for n, (name, _) in enumerate(STEPS, 1))


def operations() -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return tag, method, path and OpenAPI operation, in the order of the API."""
    found = []
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items():
        for method, operation in methods.items():
            found.append((operation["tags"][0], method.upper(), path, operation))
    return found


def api_page() -> str:
    """Return every operation of the REST API."""
    text = (
        "# REST operations\n\nThe OpenAPI document is at `/api/v1/openapi.json`. Amounts are "
        "whole minor units beside their currency, days are `YYYY-MM-DD`, lists go on by "
        "`cursor`. Where *key* stands, the header `Idempotency-Key` is required and makes a "
        "repeat harmless; see [how to use the API](../how-to/api.md).\n"
    )
    known = operations()
    for tag in dict.fromkeys(tag for tag, *_ in known):
        rows = []
        for _, method, path, operation in (one for one in known if one[0] == tag):
            names = [p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"]
            heads = [p["name"] for p in operation.get("parameters", ()) if p["in"] == "header"]
            rows.append((method, code(path), operation["summary"], codes(names),
                         "key" if "Idempotency-Key" in heads else ""))  # fmt: skip
        text += f"\n## {tag}\n\n" + table(("", "path", "does", "query", ""), rows)
    return f"{text}\n## What ends\n\n{endings_part()}"


def events_page() -> str:
    """Return every verb an event may have, found where it is written."""
    rows = ((code(verb), why, codes(data), codes(places))
            for verb, why, data, places in event_rows())  # fmt: skip
    return (
        "# Events\n\nEvery change leaves one event in the same transaction, chained by hash to "
        "the one before (see [verify the books](../how-to/verify-the-books.md)).\n\n"
        + table(("verb", "written when", "data", "by"), rows)
    )


def imports_page() -> str:
    """Return profile keys, roles and fields, and every finding."""
    needs = {
        role: "; ".join(" or ".join(map(code, group)) for group in groups)
        for role, groups in REQUIRED.items()
    }
    roles = ((code(role), needs.get(role, ""), codes(names)) for role, names in
             ROLE_FIELDS.items() if names)  # fmt: skip
    findings = ((code(name), action, text) for name, action, text in read_findings())
    data = ((code(name), kind.points, kind.reason) for name, kind in FINDING_KINDS.items())
    return (
        "# Imports: profile, fields and findings\n\n## Profile\n\nA profile is YAML or JSON. "
        f"Keys: {codes(PROFILE_TEXTS)}, `{ALL_OPEN}` and `roles`, which maps a role of the table "
        f"below to {codes(field.name for field in fields(RoleProfile))}. `columns` maps a column "
        "of the file to a field; an empty field leaves the column out. `date_order` is `dmy` or "
        f"`mdy`, `decimal` is `.` or `,`. `{ALL_OPEN}: true` says that the files list everything "
        "that is open: what they no longer list is settled.\n\n"
        + table(("role", "needs at least", "fields"), roles)
        + "\n## What reading files may find\n\nA refused row is not in the ledger, and its amount "
        "stands in the control totals as refused. A changed row is in the ledger, read as the "
        "reason says. A kept row is in the ledger as it stands.\n\n"
        + table(("finding", "the row is", "reason"), findings)
        + "\n## What a ledger's data may show\n\n`dunwell quality` lists these beside the ones "
        "above; points come off a customer's data score of 100.\n\n"
        + table(("finding", "points", "what is wrong and what to do"), data)
    )


def proofs_page() -> str:
    """Return every check of `dunwell verify`."""
    rows = [(check.id, check.proves) for check in CHECKS] + listed_proofs()
    return (
        "# Proofs of the books\n\n`dunwell verify`, the page *Verify* and `GET /api/v1/verify` "
        "run them; the numbers are kept, so that a proof can be cited.\n\n"
        + table(("proof", "what it proves"), ((code(name), text) for name, text in rows))
    )


def trust_page() -> str:
    """Return every promise of the programme with the tests that hold it."""
    rows = ((code(name), *told_) for name, *told_ in promise_rows())
    return (
        "# What is promised, and the tests that hold it\n\nRows T and I are the programme of "
        "[trust](../why/016-trust.md), rows A those of OWASP ASVS 5.0. Tests of the tier "
        "`default` run on every call, the others with `--release`. What is not met says open.\n\n"
        + table(("id", "promise", "tier", "tests", "figure"), rows)
    )


def strategy_page() -> str:
    """Return the fields of a strategy document, of its cases, and of wordings."""
    text = (
        "# Strategy documents\n\nYAML with `strategy:` and, beside it, `cases:`. An unknown field "
        "is refused, with its line. How to write one: "
        "[strategies](../how-to/strategies.md).\n"
    )
    words = {
        "channel": (*strategy_steps.CHANNELS, strategy_steps.DIALOGUE),
        "fallback": strategy_steps.CHANNELS,
        "counted": strategy_steps.COUNTED, "when": strategy_branches.SIGNALS,
        "unless": strategy_branches.SIGNALS, "signals": strategy_branches.SIGNALS,
        "pause_when": strategy.PAUSES, "paused": cases.PAUSED, "template": wording.TEMPLATES,
    }  # fmt: skip
    for title, kind in (
        ("strategy", strategy.Strategy), ("a step", strategy_steps.Step),
        ("when a branch of a step is taken", strategy_branches.Trigger), ("a case", cases.Case),
        ("an item of a case", cases.CaseItem), ("what a case expects", cases.Expectation),
    ):  # fmt: skip
        says = told(MEANINGS["strategy"][kind.__name__], [f.name for f in fields(kind)], "field")
        rows = ((code(f.name), _default(f), says[f.name],
                 codes(words.get(f.name, ())) if kind is not cases.Expectation else "")
                for f in fields(kind))  # fmt: skip
        text += f"\n## {title}\n\n" + table(("field", "default", "meaning", "values"), rows)
    text += "\n## Wordings\n\nTemplates a step may name:\n\n"
    text += table(("template", "for"), ((code(k), v) for k, v in wording.TEMPLATES.items()))
    text += "\nPlaceholders for one value, written in braces:\n\n"
    text += table(("placeholder", "becomes"), ((code(k), v) for k, v in wording.VALUES.items()))
    text += "\nPlaceholders that stand alone on a line and become many lines or none:\n\n"
    return text + table(("block", "becomes"), ((code(k), v) for k, v in wording.BLOCKS.items()))


def _default(field: Any) -> str:
    if field.name in {"min_open_minor", "owner"}:
        return code(0) if field.name == "min_open_minor" else ""
    if field.default_factory is not MISSING:
        return ""
    return "required" if field.default is MISSING else code(_yaml(field.default))


def _yaml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return {"None": "", "()": ""}.get(str(value), str(value))


PAGES: Mapping[str, Callable[[], str]] = {
    "settings": settings_page,
    "commands": commands_page,
    "imports": imports_page,
    "frames": frames_page,
    "kpis": kpis_page,
    "gate-reasons": gate_page,
    "strategy": strategy_page,
    "rights": rights_page,
    "api": api_page,
    "events": events_page,
    "proofs": proofs_page,
    "trust": trust_page,
    **DATA_PAGES,
}


def pages() -> dict[str, str]:
    """Return the text of every generated page by its file name."""
    with override("en"):
        return {f"{name}.md": f"{NOTE}\n\n{page()}" for name, page in PAGES.items()}


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / "reference" / name).write_text(text, encoding="utf-8")
    for name, picture in PICTURES.items():
        (DOCS / "img" / name).write_text(picture(), encoding="utf-8")
