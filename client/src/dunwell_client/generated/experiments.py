"""Operations about experiments. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ChoiceRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ExperimentIn
    from dunwell_client.generated.models import ExperimentPage
    from dunwell_client.generated.models import ExperimentRow
    from dunwell_client.generated.models import StopIn
    from dunwell_client.generated.models import VerdictIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ExperimentsArea:
    """Operations about experiments."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_experiments(self, *, status: Literal['', 'draft', 'running', 'stopped', 'decided'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ExperimentRow]:
        """List experiments with the customers of each arm, the newest first.

        GET /api/v1/experiments
        """
        told: Page[ExperimentRow] = self._connection.call("GET", "/experiments", query={"status": status, "cursor": cursor, "limit": limit})
        return told

    def new_experiment(self, body: ExperimentIn, *, idempotency_key: str | None = None) -> Created:
        """Write an experiment down as a draft: arms, shares and days are fixed before it starts.

        POST /api/v1/experiments
        """
        told: Created = self._connection.call("POST", "/experiments", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_experiment(self, experiment_id: int) -> ExperimentPage:
        """Show one experiment with its arms, and what it shows so far with intervals of 95 %.

        Effects are shares in parts per million of the money paid within 14 days, contacted less
        left alone; `low_ppm` and `high_ppm` of the whole hold on whichever day one looks. In a
        timing experiment the outcome is that all that was asked came within 14 days: by weighing
        (`ips_ppm`) and doubly robust (`robust_ppm`) for every hour, and `gain_ppm` of the mails as
        they went out over sending all at the ordinary hour.

        GET /api/v1/experiments/{experiment_id}
        """
        told: ExperimentPage = self._connection.call("GET", f"/experiments/{path_part(experiment_id)}")
        return told

    def begin_experiment(self, experiment_id: int, *, idempotency_key: str | None = None) -> Done:
        """Let a draft run from its first day on; one of a kind runs at a time.

        POST /api/v1/experiments/{experiment_id}/start
        """
        told: Done = self._connection.call("POST", f"/experiments/{path_part(experiment_id)}/start", takes_key=True, key=idempotency_key)
        return told

    def end_experiment(self, experiment_id: int, body: StopIn, *, idempotency_key: str | None = None) -> Done:
        """End a running experiment or drop a draft; customers held out are free from now on.

        POST /api/v1/experiments/{experiment_id}/stop
        """
        told: Done = self._connection.call("POST", f"/experiments/{path_part(experiment_id)}/stop", body=body, takes_key=True, key=idempotency_key)
        return told

    def decide_on_experiment(self, experiment_id: int, body: VerdictIn, *, idempotency_key: str | None = None) -> Done:
        """Keep what was learned from a stopped experiment, with today's figures it rests on.

        POST /api/v1/experiments/{experiment_id}/decide
        """
        told: Done = self._connection.call("POST", f"/experiments/{path_part(experiment_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_choices(self, *, customer_id: int | None = None, experiment_id: int | None = None, as_of: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ChoiceRow]:
        """List what was chosen for each customer, of what, by which chance; the latest day first.

        Amounts are in the company's currency. `propensity_ppm` is the chance the action had among
        those `permitted`; 1000000 where nothing was left to chance.

        GET /api/v1/choices
        """
        told: Page[ChoiceRow] = self._connection.call("GET", "/choices", query={"customer_id": customer_id, "experiment_id": experiment_id, "as_of": as_of, "cursor": cursor, "limit": limit})
        return told

    def count_choices(self, *, as_of: str | None = None) -> dict[str, int]:
        """Count the choices of a day by action; `held_out` of them were made by chance.

        GET /api/v1/choices/counts
        """
        told: dict[str, int] = self._connection.call("GET", "/choices/counts", query={"as_of": as_of})
        return told
