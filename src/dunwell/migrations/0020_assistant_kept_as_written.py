"""What was said to the assistant, among colleagues and in training stays as it was written.

A mention is acknowledged and a hand-off taken on; what was asked of whom stays. A call that was
played to its end and a quiz that was handed in are over.
"""

from django.db import migrations

from dunwell.migrations._triggers import refusing

KEPT = "what was said, asked and decided stays as it was written"
FUNCTION = "dunwell_kept_as_written"
TALK = "company_id, customer_id, seat_id, started_on, started_at"
MENTION = 'company_id, customer_id, user_id, note_id, comment_id, "by", at, answer_by_at'
HAND_OFF = 'company_id, customer_id, subject, subject_id, what, context, "by", asked_on, asked_at'
DECISION = "meeting_id, point_id, company_id, text, owner_id, due_on, recorded_at"
VOICE = "company_id, author_id, survey_id, text, said_on, recorded_at"
CERTIFICATE = "company_id, user_id, kind, issued_on, expires_on, proof, recorded_at"
ASSIGNMENT = "company_id, user_id, curriculum"
TEAM_MAIL = 'company_id, user_id, customer_id, kind, key, "to", message_id'
TABLES = {
    "assistantconversation": (TALK, KEPT, FUNCTION),
    "assistantturn": ("", KEPT, FUNCTION),
    "casecomment": ("", KEPT, FUNCTION),
    "mention": (MENTION, KEPT, FUNCTION),
    "handoff": (HAND_OFF, KEPT, FUNCTION),
    "meeting": ("", KEPT, FUNCTION),
    "meetingpoint": ("", KEPT, FUNCTION),
    "meetingdecision": (DECISION, KEPT, FUNCTION),
    "voice": (VOICE, KEPT, FUNCTION),
    "teammail": (TEAM_MAIL, KEPT, FUNCTION),
    "roleplay": ("", KEPT, FUNCTION),
    "roleplayturn": ("", KEPT, FUNCTION),
    "quizsitting": ("", KEPT, FUNCTION),
    "quizanswer": ("", KEPT, FUNCTION),
    "certificate": (CERTIFICATE, KEPT, FUNCTION),
    "curriculumassignment": (ASSIGNMENT, KEPT, FUNCTION),
}
ONCE = {
    "roleplay": "OLD.status <> 'running'",
    "quizsitting": "OLD.handed_in_on IS NOT NULL",
}


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0019_assistant")]

    operations = [migrations.RunPython(refusing(TABLES, once=ONCE), migrations.RunPython.noop)]
