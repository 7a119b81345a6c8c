"""Operations about strategies. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Campaign
    from dunwell_client.generated.models import ChoiceIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import DryRun
    from dunwell_client.generated.models import LevelRow
    from dunwell_client.generated.models import Levels
    from dunwell_client.generated.models import MessageSignalIn
    from dunwell_client.generated.models import OverrideRow
    from dunwell_client.generated.models import PolicyRow
    from dunwell_client.generated.models import ReplayAnswer
    from dunwell_client.generated.models import ReplayIn
    from dunwell_client.generated.models import ReplayRow
    from dunwell_client.generated.models import StrategyIn
    from dunwell_client.generated.models import StrategyOverrideEndIn
    from dunwell_client.generated.models import StrategyOverrideIn
    from dunwell_client.generated.models import StrategyText
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class StrategiesArea:
    """Operations about strategies."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_levels(self, *, as_of: str | None = None) -> Levels:
        """Show items and customers by level now and next, and by why they sit there.

        GET /api/v1/levels
        """
        told: Levels = self._connection.call("GET", "/levels", query={"as_of": as_of})
        return told

    def list_level_items(self, *, level: int | None = None, next_level: int | None = None, state: str | None = None, customer_id: int | None = None, as_of: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[LevelRow]:
        """List the items on a level, the longest late first.

        GET /api/v1/levels/items
        """
        told: Page[LevelRow] = self._connection.call("GET", "/levels/items", query={"level": level, "next_level": next_level, "state": state, "customer_id": customer_id, "as_of": as_of, "cursor": cursor, "limit": limit})
        return told

    def show_campaign(self, *, strategy: str | None = None, level: int | None = None, channel: str | None = None, segment: str | None = None, version_id: int | None = None, sample_of: int | None = None) -> Campaign:
        """Show who would be contacted today under a choice, who not and why. Writes nothing.

        GET /api/v1/campaign
        """
        told: Campaign = self._connection.call("GET", "/campaign", query={"strategy": strategy, "level": level, "channel": channel, "segment": segment, "version_id": version_id, "sample_of": sample_of})
        return told

    def review_campaign(self, body: ChoiceIn, *, idempotency_key: str | None = None) -> Done:
        """Write the chosen contacts of today as drafts that wait for approval.

        POST /api/v1/campaign/review
        """
        told: Done = self._connection.call("POST", "/campaign/review", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_strategies(self, *, status: Literal['', 'draft', 'published', 'discarded'] | None = None, name: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PolicyRow]:
        """List versions of strategies, and which are in force.

        GET /api/v1/strategies
        """
        told: Page[PolicyRow] = self._connection.call("GET", "/strategies", query={"status": status, "name": name, "cursor": cursor, "limit": limit})
        return told

    def new_draft(self, body: StrategyIn, *, idempotency_key: str | None = None) -> Created:
        """Keep a new version as a draft; it is checked and its cases are run first.

        POST /api/v1/strategies
        """
        told: Created = self._connection.call("POST", "/strategies", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_dry_run(self, *, version_id: int | None = None) -> DryRun:
        """Show who would get what tonight, who not and why; with a version, under it instead.

        GET /api/v1/strategies/dry-run
        """
        told: DryRun = self._connection.call("GET", "/strategies/dry-run", query={"version_id": version_id})
        return told

    def show_strategy(self, version_id: int) -> StrategyText:
        """Show one version's document.

        GET /api/v1/strategies/{version_id}
        """
        told: StrategyText = self._connection.call("GET", f"/strategies/{path_part(version_id)}")
        return told

    def publish(self, version_id: int, *, idempotency_key: str | None = None) -> Done:
        """Publish a draft; its author is not the one who approves.

        POST /api/v1/strategies/{version_id}/publish
        """
        told: Done = self._connection.call("POST", f"/strategies/{path_part(version_id)}/publish", takes_key=True, key=idempotency_key)
        return told

    def discard(self, version_id: int, *, idempotency_key: str | None = None) -> Done:
        """Discard a draft.

        POST /api/v1/strategies/{version_id}/discard
        """
        told: Done = self._connection.call("POST", f"/strategies/{path_part(version_id)}/discard", takes_key=True, key=idempotency_key)
        return told

    def list_replays(self, *, version_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ReplayRow]:
        """List replays, the newest first, with how far each is.

        GET /api/v1/steering/replays
        """
        told: Page[ReplayRow] = self._connection.call("GET", "/steering/replays", query={"version_id": version_id, "cursor": cursor, "limit": limit})
        return told

    def new_replay(self, body: ReplayIn, *, idempotency_key: str | None = None) -> Created:
        """Replay past days under a strategy version; it goes on in the background.

        POST /api/v1/steering/replays
        """
        told: Created = self._connection.call("POST", "/steering/replays", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_replay(self, replay_id: int) -> ReplayAnswer:
        """Show what a finished replay found.

        GET /api/v1/steering/replays/{replay_id}
        """
        told: ReplayAnswer = self._connection.call("GET", f"/steering/replays/{path_part(replay_id)}")
        return told

    def list_overrides(self, customer_id: int) -> list[OverrideRow]:
        """List the overrides of a customer, those that ended too.

        GET /api/v1/steering/customers/{customer_id}/overrides
        """
        told: list[OverrideRow] = self._connection.call("GET", f"/steering/customers/{path_part(customer_id)}/overrides")
        return told

    def new_override(self, body: StrategyOverrideIn, *, idempotency_key: str | None = None) -> Created:
        """Depart from the strategy for a customer or one item.

        POST /api/v1/steering/overrides
        """
        told: Created = self._connection.call("POST", "/steering/overrides", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_one_override(self, override_id: int, body: StrategyOverrideEndIn, *, idempotency_key: str | None = None) -> Done:
        """Follow the strategy again.

        POST /api/v1/steering/overrides/{override_id}/end
        """
        told: Done = self._connection.call("POST", f"/steering/overrides/{path_part(override_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_signal(self, body: MessageSignalIn, *, idempotency_key: str | None = None) -> Created:
        """Tell that a message was delivered, viewed, answered, came back or was complained about.

        POST /api/v1/steering/signals
        """
        told: Created = self._connection.call("POST", "/steering/signals", body=body, takes_key=True, key=idempotency_key)
        return told
