"""Operations about model. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import CheckRow
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ModelPage
    from dunwell_client.generated.models import PromotionIn
    from dunwell_client.generated.models import RejectionIn
    from dunwell_client.generated.models import TrainingBegun
    from dunwell_client.generated.models import TrainingState
    from dunwell_client.generated.models import VersionPage
    from dunwell_client.generated.models import VersionRow

    from dunwell_client.transport import Connection


class ModelArea:
    """Operations about model."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_model(self) -> ModelPage:
        """Show the model that serves: its league table, its card, the last checks, what waits.

        Everything is empty before the first training. Chances and rates of checks are parts per
        million; figures of the league are floats, in days where they are errors of the pay day.

        GET /api/v1/model
        """
        told: ModelPage = self._connection.call("GET", "/model")
        return told

    def start_training(self) -> TrainingBegun:
        """Train a new version up to today, in the background. Trained twice it is kept once: no key.

        A company's first version serves at once, a later one waits for its promotion.

        POST /api/v1/model/train
        """
        told: TrainingBegun = self._connection.call("POST", "/model/train")
        return told

    def show_training(self) -> TrainingState:
        """Show how the last training stands: whether it goes on, and which version it made.

        GET /api/v1/model/training
        """
        told: TrainingState = self._connection.call("GET", "/model/training")
        return told

    def list_checks(self, *, limit: int | None = None) -> list[CheckRow]:
        """List the weekly checks of what served: calibration, drift, alarms; the newest first.

        GET /api/v1/model/checks
        """
        told: list[CheckRow] = self._connection.call("GET", "/model/checks", query={"limit": limit})
        return told

    def list_versions(self, *, limit: int | None = None) -> list[VersionRow]:
        """List versions of the model, the newest first.

        GET /api/v1/model/versions
        """
        told: list[VersionRow] = self._connection.call("GET", "/model/versions", query={"limit": limit})
        return told

    def show_version(self, model_version_id: int) -> VersionPage:
        """Show one version with the back-test it was chosen by, and its card.

        GET /api/v1/model/versions/{model_version_id}
        """
        told: VersionPage = self._connection.call("GET", f"/model/versions/{path_part(model_version_id)}")
        return told

    def promote_version(self, model_version_id: int, body: PromotionIn, *, idempotency_key: str | None = None) -> Done:
        """Put a version to serve from the next scoring on; who trained it is not the one to do so.

        POST /api/v1/model/versions/{model_version_id}/promote
        """
        told: Done = self._connection.call("POST", f"/model/versions/{path_part(model_version_id)}/promote", body=body, takes_key=True, key=idempotency_key)
        return told

    def reject_version(self, model_version_id: int, body: RejectionIn, *, idempotency_key: str | None = None) -> Done:
        """Turn a candidate down, with the reason; it can never serve.

        POST /api/v1/model/versions/{model_version_id}/reject
        """
        told: Done = self._connection.call("POST", f"/model/versions/{path_part(model_version_id)}/reject", body=body, takes_key=True, key=idempotency_key)
        return told
