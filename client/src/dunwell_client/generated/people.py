"""Operations about people. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AccessReviewIn
    from dunwell_client.generated.models import AccessReviewRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import DutyOverrideIn
    from dunwell_client.generated.models import DutyPairOut
    from dunwell_client.generated.models import KeptApartRow
    from dunwell_client.generated.models import LinkMade
    from dunwell_client.generated.models import PastReviewRow
    from dunwell_client.generated.models import ResetIn
    from dunwell_client.generated.models import RolesIn
    from dunwell_client.generated.models import TokenIn
    from dunwell_client.generated.models import TokenMade
    from dunwell_client.generated.models import TokenRow
    from dunwell_client.generated.models import UserIn
    from dunwell_client.generated.models import UserRow

    from dunwell_client.transport import Connection


class PeopleArea:
    """Operations about people."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_users(self) -> list[UserRow]:
        """List people, their roles, and roles that should not be held together.

        GET /api/v1/users
        """
        told: list[UserRow] = self._connection.call("GET", "/users")
        return told

    def new_user(self, body: UserIn, *, idempotency_key: str | None = None) -> Created:
        """Add a person.

        POST /api/v1/users
        """
        told: Created = self._connection.call("POST", "/users", body=body, takes_key=True, key=idempotency_key)
        return told

    def change_roles(self, user_id: int, body: RolesIn, *, idempotency_key: str | None = None) -> Done:
        """Replace a person's roles; they act on the person's next request.

        PUT /api/v1/users/{user_id}/roles
        """
        told: Done = self._connection.call("PUT", f"/users/{path_part(user_id)}/roles", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_link(self, user_id: int) -> LinkMade:
        """Make a one-time sign-in link. Not repeatable: a kept answer would store the secret.

        POST /api/v1/users/{user_id}/sign-in-link
        """
        told: LinkMade = self._connection.call("POST", f"/users/{path_part(user_id)}/sign-in-link")
        return told

    def reset_factor(self, user_id: int, body: ResetIn, *, idempotency_key: str | None = None) -> Done:
        """Take away a lost second factor and end every session of the person.

        They set up a new one before anything else opens, where their role needs it. Whoever made
        them a sign-in link within a day is refused where another admin could do this.

        POST /api/v1/users/{user_id}/second-factor-reset
        """
        told: Done = self._connection.call("POST", f"/users/{path_part(user_id)}/second-factor-reset", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_tokens(self) -> list[TokenRow]:
        """List API tokens; the tokens themselves are stored nowhere.

        GET /api/v1/tokens
        """
        told: list[TokenRow] = self._connection.call("GET", "/tokens")
        return told

    def new_token(self, body: TokenIn) -> TokenMade:
        """Make a token. Not repeatable: an answer kept for a repeat would store the secret.

        POST /api/v1/tokens
        """
        told: TokenMade = self._connection.call("POST", "/tokens", body=body)
        return told

    def end_token(self, token_id: int, *, idempotency_key: str | None = None) -> Done:
        """Revoke a token at once.

        DELETE /api/v1/tokens/{token_id}
        """
        told: Done = self._connection.call("DELETE", f"/tokens/{path_part(token_id)}", takes_key=True, key=idempotency_key)
        return told

    def list_duty_pairs(self) -> list[DutyPairOut]:
        """List what is kept apart.

        GET /api/v1/duty-overrides/pairs
        """
        told: list[DutyPairOut] = self._connection.call("GET", "/duty-overrides/pairs")
        return told

    def list_duty_overrides(self) -> list[KeptApartRow]:
        """List who holds both sides of a pair without leave, then every override there was.

        GET /api/v1/duty-overrides
        """
        told: list[KeptApartRow] = self._connection.call("GET", "/duty-overrides")
        return told

    def new_duty_override(self, body: DutyOverrideIn, *, idempotency_key: str | None = None) -> Created:
        """Allow a person both sides of a pair for a time; one that stands is ended.

        POST /api/v1/duty-overrides
        """
        told: Created = self._connection.call("POST", "/duty-overrides", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_duty_override(self, duty_override_id: int) -> KeptApartRow:
        """Show one override: where it stands, and how many acts it allowed.

        GET /api/v1/duty-overrides/{duty_override_id}
        """
        told: KeptApartRow = self._connection.call("GET", f"/duty-overrides/{path_part(duty_override_id)}")
        return told

    def end_duty_override(self, duty_override_id: int, *, idempotency_key: str | None = None) -> Done:
        """End an override at once; what is over stays so.

        POST /api/v1/duty-overrides/{duty_override_id}/end
        """
        told: Done = self._connection.call("POST", f"/duty-overrides/{path_part(duty_override_id)}/end", takes_key=True, key=idempotency_key)
        return told

    def list_access_reviews(self) -> list[AccessReviewRow]:
        """List everybody's roles with the last look at them, whose turn comes first.

        GET /api/v1/access-reviews
        """
        told: list[AccessReviewRow] = self._connection.call("GET", "/access-reviews")
        return told

    def new_access_review(self, body: AccessReviewIn, *, idempotency_key: str | None = None) -> Created:
        """Record a look at a person's roles; what is taken is gone with the next request.

        POST /api/v1/access-reviews
        """
        told: Created = self._connection.call("POST", "/access-reviews", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_past_access_reviews(self) -> list[PastReviewRow]:
        """List every look there was, the newest first.

        GET /api/v1/access-reviews/past
        """
        told: list[PastReviewRow] = self._connection.call("GET", "/access-reviews/past")
        return told

    def show_access_review(self, access_review_id: int) -> PastReviewRow:
        """Show one look: what was held, and what was taken.

        GET /api/v1/access-reviews/{access_review_id}
        """
        told: PastReviewRow = self._connection.call("GET", f"/access-reviews/{path_part(access_review_id)}")
        return told
