"""The page of the rules with their sources: every rule of law that ships, from its own data."""
# ruff: noqa: INP001 -- a script beside the text it writes, not a package

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from markdown_tables import Row, code, table

import dunwell

POLICIES = Path(dunwell.__file__).parent / "policies"
FILES = {
    "contact_rules": ("Who may be contacted, when and how", "rules"),
    "late_payment": ("What may be charged for late payment", "rules"),
    "limitation": ("When a claim becomes time-barred", "rules"),
    "legal_blocks": ("Sentences put below a message", "blocks"),
    "phrases": ("What no text to a customer says", "phrases"),
    "adverse_action": ("What an applicant for credit is told", "rules"),
    "surcharges": ("What may be added for a way to pay", "rules"),
    "vat_relief": ("When VAT of a bad debt comes back", "rules"),
    "reference_rates": ("Official rates interest is worked out from", "rates"),
}
"""Files of rules, what each is about, and under which key its rules stand."""
EVIDENCE = {
    "P": "primary text read",
    "S": "secondary source read",
    "M": "from memory, with the text named",
    "own": "a rule of the product",
}
KINDS = re.compile(r"\b(P|S|M|own)\b")
HEADS = ("rule", "says", "where", "in force", "source", "known by", "looked at")


def ruled(name: str) -> list[dict[str, Any]]:
    """Return the rules of a shipped file, each as its data."""
    document = yaml.safe_load((POLICIES / f"{name}.yaml").read_text(encoding="utf-8"))
    rules: list[dict[str, Any]] = document[FILES[name][1]]
    return rules


def says(rule: Mapping[str, Any]) -> str:
    """Return a rule in words."""
    return str(rule.get("text") or rule.get("title") or rule.get("why"))


def where(rule: Mapping[str, Any]) -> str:
    """Return the countries and states a rule is for; a phrase is of a language."""
    scope = {**rule, **rule.get("scope", {})}
    named = [*scope.get("countries", []), *filter(None, [scope.get("country")])]
    named += [f"not {one}" for one in scope.get("regions_not", scope.get("except_regions", []))]
    named += scope.get("regions", [])
    if not named and "language" in rule:
        return f"in {rule['language']}"
    return ", ".join(map(str, named)) or ("" if "values" in rule else "everywhere")


def in_force(rule: Mapping[str, Any]) -> str:
    """Return from when to when; nothing where the data sets no bound."""
    if "values" in rule:
        if not rule["values"]:
            return "no value ships: enter it"
        return f"known from {rule['values'][0][0]} until {rule['known_until']}"
    first, last = rule.get("effective_from"), rule.get("effective_to")
    return " ".join([*([f"from {first}"] if first else []), *([f"until {last}"] if last else [])])


def rule_rows(name: str) -> Iterator[Row]:
    """Yield what stands in the table of one file, in the order of its rules."""
    for rule in ruled(name):
        # the phrases say once, at the top of their file, that they come from secondary sources
        told = str(rule.get("evidence") or ("S" if rule.get("source") else "own"))
        known = KINDS.sub(lambda kind: EVIDENCE[kind[0]], told)
        yield (code(rule.get("id") or rule["name"]), says(rule), where(rule), in_force(rule),
               rule.get("source", ""), known, rule.get("last_verified", ""))  # fmt: skip


def rules_page() -> str:
    """Return every rule of law that ships, with its source and how well it is known."""
    text = (
        "# Rules and their sources\n\nWhat law asks is data with dates, so that a new rule is a "
        "new row and last year is judged by last year's. A fact that is not known (the kind of a "
        "customer, its state) counts as what the strictest rule needs. What is *known by* memory "
        "or from secondary sources is to be checked before you rely on it; none of it is legal "
        "advice. A rule of the product may be replaced by a company's own policy, law only made "
        "narrower. See [contact rules](../how-to/contact-rules.md), "
        "[interest and fees](../how-to/interest-and-fees.md) and "
        "[courts and limitation](../how-to/courts-and-insolvency.md).\n"
    )
    for name, (title, _) in FILES.items():
        rows = list(rule_rows(name))
        text += f"\n## {title}\n\n{len(rows)} rows of `policies/{name}.yaml`.\n\n"
        text += table(HEADS, rows)
    return text
