"""Addresses of the pages about segments, under /segments/."""

from django.urls import path

from dunwell.web import segment_customer, segment_learned, segment_moves, segments

urlpatterns = [
    path("", segments.segment_list, name="segments"),
    path("export.<str:kind>", segments.segments_export, name="segments-export"),
    path("members/", segments.segment_members, name="segment-members"),
    path("members/export.<str:kind>", segments.members_export, name="segment-members-export"),
    path("moves/", segment_moves.segment_matrix, name="segment-moves"),
    path("moves/customers/", segment_moves.segment_moved, name="segment-moved"),
    path(
        "moves/customers/export.<str:kind>",
        segment_moves.moved_export,
        name="segment-moved-export",
    ),
    path("preview/<int:draft_id>/", segment_moves.segment_preview, name="segment-preview"),
    path(
        "preview/<int:draft_id>/customers/",
        segment_moves.segment_preview_customers,
        name="segment-preview-customers",
    ),
    path("learned/", segment_learned.segments_learned, name="segments-learned"),
    path(
        "customer/<int:customer_id>/", segment_customer.segment_customer, name="segment-customer"
    ),
    path(
        "customer/<int:customer_id>/clear/",
        segment_customer.segment_clear,
        name="segment-clear",
    ),
]
