"""Operations about policies. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PolicyGlance
    from dunwell_client.generated.models import PolicyIn
    from dunwell_client.generated.models import PolicyRow
    from dunwell_client.generated.models import PolicyText
    from dunwell_client.generated.models import TextInForce
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PoliciesArea:
    """Operations about policies."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_policy_kinds(self) -> list[PolicyGlance]:
        """List every kind of policy with the version in force and the drafts that wait.

        GET /api/v1/policies
        """
        told: list[PolicyGlance] = self._connection.call("GET", "/policies")
        return told

    def list_policies(self, kind: str, *, status: Literal['', 'draft', 'published', 'discarded'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PolicyRow]:
        """List versions of a kind of policy, and which is in force.

        GET /api/v1/policies/{kind}
        """
        told: Page[PolicyRow] = self._connection.call("GET", f"/policies/{path_part(kind)}", query={"status": status, "cursor": cursor, "limit": limit})
        return told

    def new_policy(self, kind: str, body: PolicyIn, *, idempotency_key: str | None = None) -> Created:
        """Keep a new version as a draft; it is checked and its cases are played first.

        POST /api/v1/policies/{kind}
        """
        told: Created = self._connection.call("POST", f"/policies/{path_part(kind)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_policy_in_force(self, kind: str) -> TextInForce:
        """Show the document that applies today; without a version it is the standard.

        GET /api/v1/policies/{kind}/in-force
        """
        told: TextInForce = self._connection.call("GET", f"/policies/{path_part(kind)}/in-force")
        return told

    def show_policy(self, kind: str, policy_id: int) -> PolicyText:
        """Show one version's document.

        GET /api/v1/policies/{kind}/{policy_id}
        """
        told: PolicyText = self._connection.call("GET", f"/policies/{path_part(kind)}/{path_part(policy_id)}")
        return told

    def publish_policy_version(self, kind: str, policy_id: int, *, idempotency_key: str | None = None) -> Done:
        """Publish a draft; its author is not the one who approves.

        POST /api/v1/policies/{kind}/{policy_id}/publish
        """
        told: Done = self._connection.call("POST", f"/policies/{path_part(kind)}/{path_part(policy_id)}/publish", takes_key=True, key=idempotency_key)
        return told

    def discard_policy_version(self, kind: str, policy_id: int, *, idempotency_key: str | None = None) -> Done:
        """Discard a draft.

        POST /api/v1/policies/{kind}/{policy_id}/discard
        """
        told: Done = self._connection.call("POST", f"/policies/{path_part(kind)}/{path_part(policy_id)}/discard", takes_key=True, key=idempotency_key)
        return told
