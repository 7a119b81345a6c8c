"""Addresses of the portal's assistant as staff see it, and of training."""

from django.urls import path

from dunwell.web import assistant, curricula, quizzes, role_plays

urlpatterns = [
    path("assistant/", assistant.assistant_talks, name="assistant-talks"),
    path("assistant/export.<str:kind>", assistant.assistant_export, name="assistant-export"),
    path("assistant/switch/", assistant.assistant_turn_switch, name="assistant-switch"),
    path("assistant/<int:talk_id>/", assistant.assistant_talk_page, name="assistant-talk"),
    path("training/", curricula.curricula_home, name="curricula"),
    path("training/people/", curricula.learners, name="learners"),
    path("training/people/export.<str:kind>", curricula.learners_export, name="learners-export"),
    path("training/people/calls.<str:kind>", curricula.calls_export, name="calls-export"),
    path("training/people/ask/", curricula.curriculum_assign, name="curriculum-assign"),
    path(
        "training/people/asked/<int:curriculum_assignment_id>/end/",
        curricula.assignment_end,
        name="assignment-end",
    ),
    path(
        "training/certificates/<int:certificate_id>/revoke/",
        curricula.certificate_revoke,
        name="certificate-revoke",
    ),
    path("training/calls/export.<str:kind>", curricula.own_calls_export, name="own-calls-export"),
    path("training/calls/begin/", role_plays.role_play_begin, name="role-play-begin"),
    path("training/calls/<int:role_play_id>/", role_plays.role_play_show, name="role-play"),
    path(
        "training/calls/<int:role_play_id>/give-up/",
        role_plays.role_play_abandon,
        name="role-play-abandon",
    ),
    path("training/quizzes/begin/", quizzes.quiz_begin, name="quiz-begin"),
    path("training/quizzes/<int:sitting_id>/", quizzes.quiz_show, name="quiz"),
]
