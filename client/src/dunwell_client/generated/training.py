"""Operations about training. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import CertificateRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CurriculumIn
    from dunwell_client.generated.models import CurriculumRow
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import LearnerRow
    from dunwell_client.generated.models import QuizAnswersIn
    from dunwell_client.generated.models import QuizIn
    from dunwell_client.generated.models import QuizSittingRow
    from dunwell_client.generated.models import RevocationIn
    from dunwell_client.generated.models import RolePlayDetail
    from dunwell_client.generated.models import RolePlayIn
    from dunwell_client.generated.models import RolePlayRow
    from dunwell_client.generated.models import SentenceIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class TrainingArea:
    """Operations about training."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_curricula(self) -> list[CurriculumRow]:
        """List every curriculum as it stands for the token's owner, the own role's first.

        GET /api/v1/training/curricula
        """
        told: list[CurriculumRow] = self._connection.call("GET", "/training/curricula")
        return told

    def list_learners(self) -> list[LearnerRow]:
        """List all people with their curricula, certificates and what they were asked to learn.

        GET /api/v1/training/people
        """
        told: list[LearnerRow] = self._connection.call("GET", "/training/people")
        return told

    def list_certificates(self, *, user_id: int | None = None) -> list[CertificateRow]:
        """List certificates of the token's owner, for a lead of anybody; the newest first.

        GET /api/v1/training/certificates
        """
        told: list[CertificateRow] = self._connection.call("GET", "/training/certificates", query={"user_id": user_id})
        return told

    def show_certificate(self, certificate_id: int) -> CertificateRow:
        """Show one certificate, one's own or, for a lead, anybody's.

        GET /api/v1/training/certificates/{certificate_id}
        """
        told: CertificateRow = self._connection.call("GET", f"/training/certificates/{path_part(certificate_id)}")
        return told

    def ask_to_learn(self, body: CurriculumIn, *, idempotency_key: str | None = None) -> Created:
        """Ask somebody to learn a curriculum, of their own role or another.

        POST /api/v1/training/assignments
        """
        told: Created = self._connection.call("POST", "/training/assignments", body=body, takes_key=True, key=idempotency_key)
        return told

    def ask_no_longer(self, curriculum_assignment_id: int, *, idempotency_key: str | None = None) -> Done:
        """Ask no longer.

        POST /api/v1/training/assignments/{curriculum_assignment_id}/end
        """
        told: Done = self._connection.call("POST", f"/training/assignments/{path_part(curriculum_assignment_id)}/end", takes_key=True, key=idempotency_key)
        return told

    def take_back_certificate(self, certificate_id: int, body: RevocationIn, *, idempotency_key: str | None = None) -> Done:
        """Take a certificate back from today on.

        POST /api/v1/training/certificates/{certificate_id}/revoke
        """
        told: Done = self._connection.call("POST", f"/training/certificates/{path_part(certificate_id)}/revoke", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_role_plays(self, *, cursor: str | None = None, limit: int | None = None) -> Page[RolePlayRow]:
        """List practised calls, the newest first: one's own, for a lead everybody's.

        GET /api/v1/training/calls
        """
        told: Page[RolePlayRow] = self._connection.call("GET", "/training/calls", query={"cursor": cursor, "limit": limit})
        return told

    def begin_call(self, body: RolePlayIn, *, idempotency_key: str | None = None) -> Created:
        """Begin a call, or return the one with the same customer that goes on.

        POST /api/v1/training/calls
        """
        told: Created = self._connection.call("POST", "/training/calls", body=body, takes_key=True, key=idempotency_key)
        return told

    def get_role_play(self, role_play_id: int) -> RolePlayDetail:
        """Return one call with all that was said, and what every line was worth.

        GET /api/v1/training/calls/{role_play_id}
        """
        told: RolePlayDetail = self._connection.call("GET", f"/training/calls/{path_part(role_play_id)}")
        return told

    def say_sentence(self, role_play_id: int, body: SentenceIn, *, idempotency_key: str | None = None) -> Done:
        """Say the next sentence; the customer answers, and the last one is scored.

        POST /api/v1/training/calls/{role_play_id}/say
        """
        told: Done = self._connection.call("POST", f"/training/calls/{path_part(role_play_id)}/say", body=body, takes_key=True, key=idempotency_key)
        return told

    def give_up_call(self, role_play_id: int, *, idempotency_key: str | None = None) -> Done:
        """Give a call up; it has no points.

        POST /api/v1/training/calls/{role_play_id}/give-up
        """
        told: Done = self._connection.call("POST", f"/training/calls/{path_part(role_play_id)}/give-up", takes_key=True, key=idempotency_key)
        return told

    def begin_a_quiz(self, body: QuizIn, *, idempotency_key: str | None = None) -> Created:
        """Draw the questions of a quiz, or return the sitting that is not handed in.

        POST /api/v1/training/quizzes
        """
        told: Created = self._connection.call("POST", "/training/quizzes", body=body, takes_key=True, key=idempotency_key)
        return told

    def get_quiz(self, sitting_id: int) -> QuizSittingRow:
        """Return one's own sitting; what is right is told once it is handed in.

        GET /api/v1/training/quizzes/{sitting_id}
        """
        told: QuizSittingRow = self._connection.call("GET", f"/training/quizzes/{path_part(sitting_id)}")
        return told

    def hand_in_a_quiz(self, sitting_id: int, body: QuizAnswersIn, *, idempotency_key: str | None = None) -> Done:
        """Answer all questions at once.

        POST /api/v1/training/quizzes/{sitting_id}/hand-in
        """
        told: Done = self._connection.call("POST", f"/training/quizzes/{path_part(sitting_id)}/hand-in", body=body, takes_key=True, key=idempotency_key)
        return told
