"""Operations about credit applications. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ActivationIn
    from dunwell_client.generated.models import ApplicationAnswersIn
    from dunwell_client.generated.models import ApplicationConsentIn
    from dunwell_client.generated.models import ApplicationDecisionIn
    from dunwell_client.generated.models import ApplicationDetail
    from dunwell_client.generated.models import ApplicationIn
    from dunwell_client.generated.models import ApplicationReferenceIn
    from dunwell_client.generated.models import ApplicationRow
    from dunwell_client.generated.models import ApplicationSignatureIn
    from dunwell_client.generated.models import AskedIn
    from dunwell_client.generated.models import AskedOnIn
    from dunwell_client.generated.models import ConditionEvidenceIn
    from dunwell_client.generated.models import ContestAnswerIn
    from dunwell_client.generated.models import ContestIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import JudgedIn
    from dunwell_client.generated.models import LetterOut
    from dunwell_client.generated.models import MatchIn
    from dunwell_client.generated.models import PaperToSign
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import RecommendationIn
    from dunwell_client.generated.models import ReportingAgencyIn
    from dunwell_client.generated.models import ToldIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection, Files


class CreditApplicationsArea:
    """Operations about credit applications."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_applications(self, *, scope: Literal['', 'open', 'drafts', 'granted', 'over'] | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ApplicationRow]:
        """List applications, the newest first, with the clock of each decision.

        GET /api/v1/applications
        """
        told: Page[ApplicationRow] = self._connection.call("GET", "/applications", query={"scope": scope, "search": search, "cursor": cursor, "limit": limit})
        return told

    def new_application(self, body: ApplicationIn, *, idempotency_key: str | None = None) -> Created:
        """Open an application as a draft.

        POST /api/v1/applications
        """
        told: Created = self._connection.call("POST", "/applications", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_application(self, application_id: int) -> ApplicationDetail:
        """Show one application: answers, documents, references, checks, proposal, decision.

        GET /api/v1/applications/{application_id}
        """
        told: ApplicationDetail = self._connection.call("GET", f"/applications/{path_part(application_id)}")
        return told

    def keep_application_answers(self, application_id: int, body: ApplicationAnswersIn, *, idempotency_key: str | None = None) -> Done:
        """Keep answers; those not named stay, and one that cannot be kept keeps all out.

        POST /api/v1/applications/{application_id}/answers
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/answers", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_application_consent(self, application_id: int, body: ApplicationConsentIn, *, idempotency_key: str | None = None) -> Done:
        """Keep what the applicant agrees to, word for word, with the moment.

        POST /api/v1/applications/{application_id}/consents
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/consents", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_application_reference(self, application_id: int, body: ApplicationReferenceIn, *, idempotency_key: str | None = None) -> Created:
        """Name somebody who knows the applicant; asked by mail once the screening is done.

        POST /api/v1/applications/{application_id}/references
        """
        told: Created = self._connection.call("POST", f"/applications/{path_part(application_id)}/references", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_application_document(self, application_id: int, document_kind: str, files: Files, *, idempotency_key: str | None = None) -> Created:
        """Send one file; its type is told by its bytes. The same bytes again are the same document.

        POST /api/v1/applications/{application_id}/documents/{document_kind}
        """
        told: Created = self._connection.call("POST", f"/applications/{path_part(application_id)}/documents/{path_part(document_kind)}", files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def send_application_link(self, application_id: int, *, idempotency_key: str | None = None) -> Done:
        """Mail the applicant a new link; the one before stops working.

        POST /api/v1/applications/{application_id}/link
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/link", takes_key=True, key=idempotency_key)
        return told

    def hand_in_application(self, application_id: int, *, idempotency_key: str | None = None) -> Done:
        """Submit a complete application; the clock of the decision starts.

        POST /api/v1/applications/{application_id}/submit
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/submit", takes_key=True, key=idempotency_key)
        return told

    def check_application(self, application_id: int, *, idempotency_key: str | None = None) -> Done:
        """Check numbers, account, likeness with customers and sanction lists; again at any time.

        POST /api/v1/applications/{application_id}/screen
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/screen", takes_key=True, key=idempotency_key)
        return told

    def match_application(self, application_id: int, body: MatchIn, *, idempotency_key: str | None = None) -> Done:
        """Say which customer the applicant already is; its own history then counts.

        POST /api/v1/applications/{application_id}/customer
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/customer", body=body, takes_key=True, key=idempotency_key)
        return told

    def judge_application_check(self, check_id: int, body: JudgedIn, *, idempotency_key: str | None = None) -> Done:
        """Say what a check that failed, or is to be looked at, comes to.

        POST /api/v1/application-checks/{check_id}/judge
        """
        told: Done = self._connection.call("POST", f"/application-checks/{path_part(check_id)}/judge", body=body, takes_key=True, key=idempotency_key)
        return told

    def gather_for_application(self, application_id: int, *, idempotency_key: str | None = None) -> Done:
        """Go on from the screening: the references are asked by mail.

        POST /api/v1/applications/{application_id}/gather
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/gather", takes_key=True, key=idempotency_key)
        return told

    def give_up_application_reference(self, reference_id: int, *, idempotency_key: str | None = None) -> Done:
        """Wait for a reference no longer; a late answer is still kept.

        POST /api/v1/application-references/{reference_id}/give-up
        """
        told: Done = self._connection.call("POST", f"/application-references/{path_part(reference_id)}/give-up", takes_key=True, key=idempotency_key)
        return told

    def ask_applicant(self, application_id: int, body: AskedIn, *, idempotency_key: str | None = None) -> Done:
        """Ask the applicant for more; the decision's clock stands until it has answered.

        POST /api/v1/applications/{application_id}/wait
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/wait", body=body, takes_key=True, key=idempotency_key)
        return told

    def resume_application(self, application_id: int, *, idempotency_key: str | None = None) -> Done:
        """Go on: what the applicant was asked for is here.

        POST /api/v1/applications/{application_id}/resume
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/resume", takes_key=True, key=idempotency_key)
        return told

    def drop_application(self, application_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """End an application at the applicant's wish.

        POST /api/v1/applications/{application_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/withdraw", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_application_paper(self, application_id: int) -> PaperToSign:
        """Show what the applicant declares by typing a name, and the hash of what is stated now.

        GET /api/v1/applications/{application_id}/paper
        """
        told: PaperToSign = self._connection.call("GET", f"/applications/{path_part(application_id)}/paper")
        return told

    def sign_application_paper(self, application_id: int, body: ApplicationSignatureIn, *, idempotency_key: str | None = None) -> Done:
        """Sign and submit: the statement word for word, the hash of the paper that was shown.

        POST /api/v1/applications/{application_id}/sign
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/sign", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_application_letter(self, application_id: int) -> LetterOut:
        """Show what the letter with the decision says; 404 before there is one.

        GET /api/v1/applications/{application_id}/letter
        """
        told: LetterOut = self._connection.call("GET", f"/applications/{path_part(application_id)}/letter")
        return told

    def rate_application(self, application_id: int, *, idempotency_key: str | None = None) -> Done:
        """Ask the credit policy; it decides alone where it may, else a person reviews.

        POST /api/v1/applications/{application_id}/score
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/score", takes_key=True, key=idempotency_key)
        return told

    def advise_on_application(self, application_id: int, body: RecommendationIn, *, idempotency_key: str | None = None) -> Done:
        """Say what should be decided; somebody else decides.

        POST /api/v1/applications/{application_id}/recommend
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/recommend", body=body, takes_key=True, key=idempotency_key)
        return told

    def decide_on_application(self, application_id: int, body: ApplicationDecisionIn, *, idempotency_key: str | None = None) -> Done:
        """Decide as was recommended; beyond one's authority an approval is asked for.

        POST /api/v1/applications/{application_id}/decide
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_condition_met(self, condition_id: int, body: ConditionEvidenceIn, *, idempotency_key: str | None = None) -> Done:
        """Record that a condition is met, with what shows it.

        POST /api/v1/application-conditions/{condition_id}/meet
        """
        told: Done = self._connection.call("POST", f"/application-conditions/{path_part(condition_id)}/meet", body=body, takes_key=True, key=idempotency_key)
        return told

    def drop_condition(self, condition_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Give a condition up; another person than who recommended the credit.

        POST /api/v1/application-conditions/{condition_id}/waive
        """
        told: Done = self._connection.call("POST", f"/application-conditions/{path_part(condition_id)}/waive", body=body, takes_key=True, key=idempotency_key)
        return told

    def activate_applicant(self, application_id: int, body: ActivationIn, *, idempotency_key: str | None = None) -> Done:
        """Make the applicant a customer with terms and a limit.

        POST /api/v1/applications/{application_id}/activate
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/activate", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_report_used(self, application_id: int, body: ReportingAgencyIn, *, idempotency_key: str | None = None) -> Done:
        """Record that a report on a person counted; a refusal then names the agency.

        POST /api/v1/applications/{application_id}/report
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/report", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_applicant_told(self, application_id: int, body: ToldIn, *, idempotency_key: str | None = None) -> Done:
        """Record that the applicant was told the decision another way than by mail.

        POST /api/v1/applications/{application_id}/told
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/told", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_reasons_asked(self, application_id: int, body: AskedOnIn, *, idempotency_key: str | None = None) -> Done:
        """Record that the applicant asked for the reasons; they are due by a day.

        POST /api/v1/applications/{application_id}/reasons
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/reasons", body=body, takes_key=True, key=idempotency_key)
        return told

    def send_application_reasons(self, application_id: int, *, idempotency_key: str | None = None) -> Done:
        """Mail the reasons that were asked for.

        POST /api/v1/applications/{application_id}/reasons/send
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/reasons/send", takes_key=True, key=idempotency_key)
        return told

    def note_decision_contested(self, application_id: int, body: ContestIn, *, idempotency_key: str | None = None) -> Done:
        """Record that a natural person wants a decision looked at again by a person.

        POST /api/v1/applications/{application_id}/contest
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/contest", body=body, takes_key=True, key=idempotency_key)
        return told

    def answer_contested_decision(self, application_id: int, body: ContestAnswerIn, *, idempotency_key: str | None = None) -> Done:
        """Record what the person found who looked again.

        POST /api/v1/applications/{application_id}/contest/answer
        """
        told: Done = self._connection.call("POST", f"/applications/{path_part(application_id)}/contest/answer", body=body, takes_key=True, key=idempotency_key)
        return told
