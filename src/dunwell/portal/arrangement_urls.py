"""Addresses of promises, plans, settlements, queries and messages, under /portal/."""

from django.urls import path

from dunwell.portal import (
    arrangements_home,
    arrangements_plans,
    arrangements_promises,
    arrangements_settlements,
    portal_disputes,
    portal_messages,
)

urlpatterns = [
    path("arrangements/", arrangements_home.arrangements_home, name="portal-arrangements"),
    path("arrangements/hardship/", arrangements_home.hardship_add, name="portal-hardship"),
    path("arrangements/promise/", arrangements_promises.promise_add, name="portal-promise"),
    path(
        "arrangements/promise/<int:promise_id>/move/",
        arrangements_promises.promise_move,
        name="portal-promise-move",
    ),
    path(
        "arrangements/promise/<int:promise_id>/withdraw/",
        arrangements_promises.promise_withdraw,
        name="portal-promise-withdraw",
    ),
    path("arrangements/plan/", arrangements_plans.plan_ask, name="portal-plan-ask"),
    path("arrangements/plan/<int:plan_id>/", arrangements_plans.plan_show, name="portal-plan"),
    path(
        "arrangements/plan/<int:plan_id>/accept/",
        arrangements_plans.plan_accept,
        name="portal-plan-accept",
    ),
    path(
        "arrangements/plan/<int:plan_id>/decline/",
        arrangements_plans.plan_decline,
        name="portal-plan-decline",
    ),
    path(
        "arrangements/plan/<int:plan_id>/letter.pdf",
        arrangements_plans.plan_letter,
        name="portal-plan-letter",
    ),
    path(
        "arrangements/settlement/",
        arrangements_settlements.settlement_ask,
        name="portal-settlement-ask",
    ),
    path(
        "arrangements/settlement/<int:settlement_id>/",
        arrangements_settlements.settlement_show,
        name="portal-settlement",
    ),
    path(
        "arrangements/settlement/<int:settlement_id>/accept/",
        arrangements_settlements.settlement_accept,
        name="portal-settlement-accept",
    ),
    path(
        "arrangements/settlement/<int:settlement_id>/decline/",
        arrangements_settlements.settlement_decline,
        name="portal-settlement-decline",
    ),
    path("disputes/", portal_disputes.query_list, name="portal-disputes"),
    path("disputes/new/", portal_disputes.query_new, name="portal-dispute-new"),
    path("disputes/<int:case_id>/", portal_disputes.query_show, name="portal-dispute"),
    path(
        "disputes/<int:case_id>/comment/",
        portal_disputes.query_comment,
        name="portal-dispute-comment",
    ),
    path(
        "disputes/<int:case_id>/answer/<int:comment_id>/",
        portal_disputes.query_answer,
        name="portal-dispute-answer",
    ),
    path(
        "disputes/<int:case_id>/withdraw/",
        portal_disputes.query_withdraw,
        name="portal-dispute-withdraw",
    ),
    path(
        "disputes/<int:case_id>/reopen/",
        portal_disputes.query_reopen,
        name="portal-dispute-reopen",
    ),
    path(
        "disputes/file/<int:evidence_id>/",
        portal_disputes.query_file,
        name="portal-dispute-file",
    ),
    path(
        "disputes/letter/<int:resolution_id>/",
        portal_disputes.query_letter,
        name="portal-dispute-letter",
    ),
    path("messages/", portal_messages.message_list, name="portal-messages"),
    path("messages/new/", portal_messages.message_new, name="portal-message-new"),
    path("messages/<int:conversation_id>/", portal_messages.message_show, name="portal-message"),
    path(
        "messages/file/<str:kind>/<int:file_id>/",
        portal_messages.message_file,
        name="portal-message-file",
    ),
    path("feedback/<int:survey_id>/", portal_messages.feedback, name="portal-feedback"),
]
