"""Operations about credit groups. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CreditGroupIn
    from dunwell_client.generated.models import CreditGroupRow
    from dunwell_client.generated.models import CustomerLinkIn
    from dunwell_client.generated.models import CustomerLinkRow
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import GroupMemberIn
    from dunwell_client.generated.models import GroupMemberRow
    from dunwell_client.generated.models import Hierarchy
    from dunwell_client.generated.models import LastDayIn

    from dunwell_client.transport import Connection


class CreditGroupsArea:
    """Operations about credit groups."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_credit_groups(self, *, ended: bool | None = None) -> list[CreditGroupRow]:
        """List the groups that share a limit, with what their members use of it together.

        GET /api/v1/credit-groups
        """
        told: list[CreditGroupRow] = self._connection.call("GET", "/credit-groups", query={"ended": ended})
        return told

    def new_credit_group(self, body: CreditGroupIn, *, idempotency_key: str | None = None) -> Created:
        """Add a group without members.

        POST /api/v1/credit-groups
        """
        told: Created = self._connection.call("POST", "/credit-groups", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_credit_group(self, group_id: int) -> CreditGroupRow:
        """Show one group.

        GET /api/v1/credit-groups/{group_id}
        """
        told: CreditGroupRow = self._connection.call("GET", f"/credit-groups/{path_part(group_id)}")
        return told

    def list_group_members(self, group_id: int) -> list[GroupMemberRow]:
        """List everybody who is, was or will be in a group.

        GET /api/v1/credit-groups/{group_id}/members
        """
        told: list[GroupMemberRow] = self._connection.call("GET", f"/credit-groups/{path_part(group_id)}/members")
        return told

    def new_group_member(self, group_id: int, body: GroupMemberIn, *, idempotency_key: str | None = None) -> Created:
        """Put a customer into a group; a customer is in one group at a time.

        POST /api/v1/credit-groups/{group_id}/members
        """
        told: Created = self._connection.call("POST", f"/credit-groups/{path_part(group_id)}/members", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_membership(self, member_id: int, body: LastDayIn, *, idempotency_key: str | None = None) -> Done:
        """End a membership with its last day.

        POST /api/v1/credit-groups/members/{member_id}/leave
        """
        told: Done = self._connection.call("POST", f"/credit-groups/members/{path_part(member_id)}/leave", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_credit_group(self, group_id: int, *, idempotency_key: str | None = None) -> Done:
        """End a group today; its members leave.

        POST /api/v1/credit-groups/{group_id}/end
        """
        told: Done = self._connection.call("POST", f"/credit-groups/{path_part(group_id)}/end", takes_key=True, key=idempotency_key)
        return told

    def list_customer_links(self, customer_id: int) -> list[CustomerLinkRow]:
        """List every link of a customer and to it, those that hold and those that ended.

        GET /api/v1/customers/{customer_id}/links
        """
        told: list[CustomerLinkRow] = self._connection.call("GET", f"/customers/{path_part(customer_id)}/links")
        return told

    def show_hierarchy(self, customer_id: int, *, as_of: str | None = None) -> Hierarchy:
        """Show the tree around a customer with exposure and limit at every place, as of a day.

        GET /api/v1/customers/{customer_id}/hierarchy
        """
        told: Hierarchy = self._connection.call("GET", f"/customers/{path_part(customer_id)}/hierarchy", query={"as_of": as_of})
        return told

    def new_customer_link(self, body: CustomerLinkIn, *, idempotency_key: str | None = None) -> Created:
        """Say that another customer is the parent, guarantor, bill-to or payer.

        POST /api/v1/customer-links
        """
        told: Created = self._connection.call("POST", "/customer-links", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_customer_link(self, link_id: int, body: LastDayIn, *, idempotency_key: str | None = None) -> Done:
        """End a link with its last day.

        POST /api/v1/customer-links/{link_id}/end
        """
        told: Done = self._connection.call("POST", f"/customer-links/{path_part(link_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told
