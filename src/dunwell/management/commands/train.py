"""`dunwell train`: train a company's pay-date model and print how the models did in its past."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell.actions.gate import Refused
from dunwell.jobs.train import SEED, train
from dunwell.ml.trials import WEEKLY
from dunwell.models import Company, ModelVersion
from dunwell.queries.model_versions import LeagueRow, VersionPage, version_page

COLUMNS = {
    "CRPS": ("new", "days", "crps"),
    "MAE": ("new", "days", "mae"),
    "cover 80 %": ("new", "days", "cover_80"),
    "Brier": ("new", "late", "brier"),
    "AUC": ("new", "late", "auc"),
    "worklist": ("worklist", "model"),
    "cash 1-4": ("cash", "first_wape"),
}
"""What the table shows of `ml.league.Results`, by the path to it."""


class Command(BaseCommand):
    """Train and print the league table."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = (
        "Train a company's pay-date model on its own past and print how the models did; "
        "the first version serves at once, later ones wait to be promoted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the company, the day and how to train."""
        parser.add_argument("--company", required=True, metavar="NAME", help="whose past to use")
        parser.add_argument("--as-of", metavar="DAY", help="day such as 2026-03-05; else today")
        parser.add_argument(
            "--pool", action="append", metavar="NAME",
            help="another company to learn from as well; may be repeated",
        )  # fmt: skip
        parser.add_argument(
            "--kind", default="", choices=["", *ModelVersion.Kind.values],
            help="record this model; else the winner of the back-test",
        )  # fmt: skip
        parser.add_argument(
            "--weeks", type=int, default=WEEKLY.snapshots, help="snapshots of the back-test"
        )
        parser.add_argument("--seed", type=int, default=SEED, help="same seed, same model")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, **options: Any) -> None:
        """Train, then print the version and its league table."""
        company, *pool = (
            _company(name) for name in (options["company"], *(options["pool"] or ()))
        )
        try:
            version = train(
                company.pk,
                as_of=_day(options["as_of"]),
                seed=options["seed"],
                kind=options["kind"],
                pooled_with=[other.pk for other in pool],
                weeks=options["weeks"],
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        page = version_page(company, version.pk)
        if page is None:
            raise CommandError("The version was taken away meanwhile; train again.")
        lines = [_json(version)] if options["format"] == "json" else _table(page)
        for line in lines:
            self.stdout.write(line)


def _company(name: str) -> Company:
    company = Company.objects.filter(name=name, stage="open").first()
    if company is None:
        raise CommandError(f"There is no company named {name!r}.")
    return company


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CommandError(f"--as-of {text} is not a day; write it as 2026-03-05.") from error


def _json(version: ModelVersion) -> str:
    return json.dumps(
        {
            "number": version.number,
            "kind": version.kind,
            "status": version.status,
            "trained_as_of": version.trained_as_of.isoformat(),
            "paid_items": version.paid_items,
            "artifact_sha256": version.artifact_sha256,
            "training_sha256": version.training_sha256,
            "league": version.league,
        },
        indent=2,
    )


def _table(page: VersionPage) -> list[str]:
    """Return the version and the league table as lines of text."""
    version, league = page.version, page.league
    head = (
        f"Version {version.number}: {version.kind}, {version.status}, learned from "
        f"{version.paid_items:,} paid items up to {version.trained_as_of}"
    )
    if league is None:
        return [head, "There was too little history for a back-test."]
    told = (
        f"Back-test of {league.snapshots} weeks, {league.first_on} to {league.last_on}; "
        f"{league.serves} should serve ({league.reason['code']})"
    )
    names = f"  {'model':<18}" + "".join(f"{name:>12}" for name in COLUMNS)
    return [head, told, "", names, *(_line(row) for row in league.rows)]


def _line(row: LeagueRow) -> str:
    mark = "*" if row.is_best else " "
    return f"{mark} {row.model:<18}" + "".join(f"{_figure(row, p):>12}" for p in COLUMNS.values())


def _figure(row: LeagueRow, path: tuple[str, ...]) -> str:
    value: Any = row.figures
    for name in path:
        value = value[name]
    return "n/a" if value is None else f"{value:.3f}"
