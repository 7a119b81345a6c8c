"""Operations about bureaus. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AskedOut
    from dunwell_client.generated.models import BureauChange
    from dunwell_client.generated.models import BureauConsentIn
    from dunwell_client.generated.models import BureauCostRow
    from dunwell_client.generated.models import BureauIn
    from dunwell_client.generated.models import BureauPullRow
    from dunwell_client.generated.models import BureauReportIn
    from dunwell_client.generated.models import BureauRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PullIn
    from dunwell_client.generated.models import ReportsRead
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection, Files


class BureausArea:
    """Operations about bureaus."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def new_bureau_pull(self, customer_id: int, body: PullIn, *, idempotency_key: str | None = None) -> AskedOut:
        """Ask about a customer; the question waits to be asked, a report that is young enough stands.

        What waits is asked by /bureau-pulls/run, or by the server's own schedule.

        POST /api/v1/customers/{customer_id}/bureau-pulls
        """
        told: AskedOut = self._connection.call("POST", f"/customers/{path_part(customer_id)}/bureau-pulls", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_bureau_consent(self, customer_id: int, body: BureauConsentIn, *, idempotency_key: str | None = None) -> Created:
        """Record a customer's consent to be asked about.

        POST /api/v1/customers/{customer_id}/bureau-consents
        """
        told: Created = self._connection.call("POST", f"/customers/{path_part(customer_id)}/bureau-consents", body=body, takes_key=True, key=idempotency_key)
        return told

    def drop_bureau_consent(self, bureau_consent_id: int, *, idempotency_key: str | None = None) -> Done:
        """Note that a consent was withdrawn.

        POST /api/v1/bureau-consents/{bureau_consent_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/bureau-consents/{path_part(bureau_consent_id)}/withdraw", takes_key=True, key=idempotency_key)
        return told

    def new_bureau_report(self, customer_id: int, body: BureauReportIn, *, idempotency_key: str | None = None) -> Created:
        """Record a report or an external score that came another way.

        POST /api/v1/customers/{customer_id}/bureau-reports
        """
        told: Created = self._connection.call("POST", f"/customers/{path_part(customer_id)}/bureau-reports", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_bureaus(self) -> list[BureauRow]:
        """List the bureaus in the order they are asked.

        GET /api/v1/bureaus
        """
        told: list[BureauRow] = self._connection.call("GET", "/bureaus")
        return told

    def new_bureau(self, body: BureauIn, *, idempotency_key: str | None = None) -> Created:
        """Add a bureau to the waterfall.

        POST /api/v1/bureaus
        """
        told: Created = self._connection.call("POST", "/bureaus", body=body, takes_key=True, key=idempotency_key)
        return told

    def change_bureau(self, bureau_id: int, body: BureauChange, *, idempotency_key: str | None = None) -> Done:
        """Change a bureau; 409 when somebody changed it since `version`.

        PATCH /api/v1/bureaus/{bureau_id}
        """
        told: Done = self._connection.call("PATCH", f"/bureaus/{path_part(bureau_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def upload_bureau_reports(self, bureau_id: int, files: Files, *, idempotency_key: str | None = None) -> ReportsRead:
        """Read reports about our customers from one feed (CSV or JSON), all or none.

        POST /api/v1/bureaus/{bureau_id}/report-files
        """
        told: ReportsRead = self._connection.call("POST", f"/bureaus/{path_part(bureau_id)}/report-files", files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def list_bureau_pulls(self, *, status: Literal['', 'asked', 'claimed', 'answered', 'unknown', 'failed'] | None = None, bureau_id: int | None = None, customer_id: int | None = None, from_on: str | None = None, until_on: str | None = None, only_costed: bool | None = None, currency: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[BureauPullRow]:
        """List questions to bureaus, the newest first; `from_on` and `until_on` bound their end.

        GET /api/v1/bureau-pulls
        """
        told: Page[BureauPullRow] = self._connection.call("GET", "/bureau-pulls", query={"status": status, "bureau_id": bureau_id, "customer_id": customer_id, "from_on": from_on, "until_on": until_on, "only_costed": only_costed, "currency": currency, "cursor": cursor, "limit": limit})
        return told

    def run_bureau_pulls(self) -> Done:
        """Begin to ask what waits, in the background. Asking again asks nothing twice: no key.

        POST /api/v1/bureau-pulls/run
        """
        told: Done = self._connection.call("POST", "/bureau-pulls/run")
        return told

    def list_bureau_costs(self) -> list[BureauCostRow]:
        """List what answers of bureaus cost, by month, bureau and currency.

        GET /api/v1/bureau-costs
        """
        told: list[BureauCostRow] = self._connection.call("GET", "/bureau-costs")
        return told
