"""Addresses of the pages about approvals, under /approvals/."""

from django.urls import path

from dunwell.web import approvals

urlpatterns = [
    path("", approvals.approval_list, name="approvals"),
    path("export.<str:kind>", approvals.approvals_export, name="approvals-export"),
    path("<int:request_id>/approve/", approvals.approval_approve, name="approval-approve"),
    path("<int:request_id>/reject/", approvals.approval_reject, name="approval-reject"),
    path("<int:request_id>/withdraw/", approvals.approval_withdraw, name="approval-withdraw"),
]
