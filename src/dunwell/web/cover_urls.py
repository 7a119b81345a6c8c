"""Addresses of the pages about covers, under /covers/."""

from django.urls import path

from dunwell.web import cover_claims, cover_files, cover_steps, covers

urlpatterns = [
    path("", covers.cover_list, name="covers"),
    path("export.<str:kind>", covers.covers_export, name="covers-export"),
    path("file/", cover_files.cover_upload, name="cover-upload"),
    path("template.<str:kind>", cover_files.cover_template, name="cover-template"),
    path("grant/", cover_files.covers_grant, name="covers-grant"),
    path("deadlines/", covers.deadline_list, name="cover-deadlines"),
    path("deadlines/export.<str:kind>", covers.deadlines_export, name="cover-deadlines-export"),
    path("deadlines/<int:notice_id>/done/", cover_steps.notice_done, name="cover-notice-done"),
    path("usage/", covers.usage_list, name="cover-usage"),
    path("usage/export.<str:kind>", covers.usage_export, name="cover-usage-export"),
    path("claims/", cover_claims.claim_list, name="cover-claims"),
    path("claims/<int:claim_id>/pack.zip", cover_claims.claim_pack, name="cover-claim-pack"),
    path("claims/<int:claim_id>/file/", cover_claims.claim_file, name="cover-claim-file"),
    path("claims/<int:claim_id>/answer/", cover_claims.claim_answer, name="cover-claim-answer"),
    path("claims/<int:claim_id>/pay/", cover_claims.claim_pay, name="cover-claim-pay"),
    path("claims/<int:claim_id>/drop/", cover_claims.claim_drop, name="cover-claim-drop"),
    path("new/<int:customer_id>/", cover_steps.cover_add, name="cover-add"),
    path("<int:cover_id>/", covers.cover_show, name="cover"),
    path("<int:cover_id>/grant/", cover_steps.cover_grant, name="cover-grant"),
    path("<int:cover_id>/refuse/", cover_steps.cover_refuse, name="cover-refuse"),
    path("<int:cover_id>/end/", cover_steps.cover_end, name="cover-end"),
    path("<int:cover_id>/claim/", cover_claims.claim_draw, name="cover-claim-draw"),
]
