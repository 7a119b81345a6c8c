"""Addresses of the pages about dispute cases, causes and credit requests, under /disputes/."""

from django.urls import path

from dunwell.web import (
    causes,
    dispute_board,
    dispute_cases,
    dispute_comments,
    dispute_letters,
    dispute_requests,
    dispute_steps,
)

urlpatterns = [
    path("", dispute_board.dispute_board, name="disputes"),
    path("list/", dispute_board.dispute_list, name="disputes-list"),
    path("export.<str:kind>", dispute_board.disputes_export, name="disputes-export"),
    path("assign/", dispute_board.disputes_assign, name="disputes-assign"),
    path("new/<int:customer_id>/", dispute_cases.dispute_new, name="dispute-new"),
    path("of/<int:dispute_id>/", dispute_cases.dispute_of_item, name="dispute-of"),
    path("tasks/", dispute_cases.dispute_tasks, name="dispute-tasks"),
    path("tasks/<int:task_id>/link/", dispute_steps.dispute_task_link, name="dispute-task-link"),
    path(
        "tasks/<int:task_id>/answer/",
        dispute_steps.dispute_task_answer,
        name="dispute-task-answer",
    ),
    path(
        "tasks/<int:task_id>/cancel/",
        dispute_steps.dispute_task_cancel,
        name="dispute-task-cancel",
    ),
    path(
        "resolutions/<int:resolution_id>/",
        dispute_letters.dispute_resolution,
        name="dispute-resolution",
    ),
    path(
        "resolutions/<int:resolution_id>/letter.pdf",
        dispute_letters.denial_file,
        name="denial-file",
    ),
    path(
        "resolutions/<int:resolution_id>/letter/send/",
        dispute_letters.denial_send,
        name="denial-send",
    ),
    path("causes/", causes.cause_list, name="causes"),
    path("causes/export.<str:kind>", causes.causes_export, name="causes-export"),
    path("causes/checks/", causes.billing_check_list, name="billing-checks"),
    path(
        "causes/checks/export.<str:kind>",
        causes.billing_checks_export,
        name="billing-checks-export",
    ),
    path("causes/actions/new/", causes.cause_action_add, name="cause-action-add"),
    path(
        "causes/actions/<int:action_id>/done/",
        causes.cause_action_finish,
        name="cause-action-finish",
    ),
    path(
        "causes/actions/<int:action_id>/reopen/",
        causes.cause_action_reopen,
        name="cause-action-reopen",
    ),
    path(
        "causes/actions/<int:action_id>/drop/", causes.cause_action_drop, name="cause-action-drop"
    ),
    path("credit-requests/", dispute_requests.credit_request_list, name="credit-requests"),
    path(
        "credit-requests/export.<str:kind>",
        dispute_requests.credit_requests_export,
        name="credit-requests-export",
    ),
    path(
        "credit-requests/file/", dispute_requests.credit_requests_file, name="credit-requests-file"
    ),
    path(
        "credit-requests/answers/",
        dispute_requests.credit_requests_answers,
        name="credit-requests-answers",
    ),
    path(
        "credit-requests/answers/template.<str:kind>",
        dispute_requests.credit_requests_template,
        name="credit-requests-template",
    ),
    path(
        "credit-requests/<int:request_id>/refuse/",
        dispute_requests.credit_request_refuse,
        name="credit-request-refuse",
    ),
    path(
        "credit-requests/<int:request_id>/match/",
        dispute_requests.credit_request_match,
        name="credit-request-match",
    ),
    path(
        "evidence/<int:evidence_id>/",
        dispute_steps.dispute_evidence_file,
        name="dispute-evidence-file",
    ),
    path(
        "evidence/<int:evidence_id>/remove/",
        dispute_steps.dispute_evidence_remove,
        name="dispute-evidence-remove",
    ),
    path(
        "resolutions/<int:resolution_id>/decide/",
        dispute_steps.dispute_decide,
        name="dispute-decide",
    ),
    path("<int:case_id>/", dispute_cases.dispute_case, name="dispute"),
    path("<int:case_id>/assign/", dispute_cases.dispute_assign, name="dispute-assign"),
    path("<int:case_id>/review/", dispute_cases.dispute_review, name="dispute-review"),
    path("<int:case_id>/say/", dispute_comments.dispute_say, name="dispute-say"),
    path("<int:case_id>/wait/", dispute_cases.dispute_wait, name="dispute-wait"),
    path("<int:case_id>/edit/", dispute_cases.dispute_edit, name="dispute-edit"),
    path("<int:case_id>/escalate/", dispute_cases.dispute_escalate, name="dispute-escalate"),
    path("<int:case_id>/withdraw/", dispute_cases.dispute_withdraw, name="dispute-withdraw"),
    path("<int:case_id>/reopen/", dispute_cases.dispute_reopen, name="dispute-reopen"),
    path("<int:case_id>/merge/", dispute_cases.dispute_merge, name="dispute-merge"),
    path("<int:case_id>/split/", dispute_cases.dispute_split, name="dispute-split"),
    path("<int:case_id>/ask/", dispute_steps.dispute_ask, name="dispute-ask"),
    path(
        "<int:case_id>/evidence/", dispute_steps.dispute_evidence_add, name="dispute-evidence-add"
    ),
    path(
        "<int:case_id>/papers/<int:document_id>/",
        dispute_steps.dispute_paper_add,
        name="dispute-paper-add",
    ),
    path("<int:case_id>/resolve/", dispute_steps.dispute_resolve, name="dispute-resolve"),
    path(
        "<int:case_id>/resolve/sums/",
        dispute_steps.dispute_resolve_sums,
        name="dispute-resolve-sums",
    ),
]
