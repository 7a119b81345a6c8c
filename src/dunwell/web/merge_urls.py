"""Addresses of duplicates: the list, the preview of a merge, deciding it, and the way back."""

from django.urls import path

from dunwell.web import customer_merges, merge_listings

urlpatterns = [
    path("", customer_merges.twin_list, name="customer-twins"),
    path("export.<str:kind>", customer_merges.twin_export, name="customer-twins-export"),
    path("merges/", customer_merges.merge_list, name="merges"),
    path("merges/<int:merge_id>/", customer_merges.merge_show, name="merge"),
    path("merges/<int:merge_id>/do/", customer_merges.merge_do, name="merge-do"),
    path("merges/<int:merge_id>/decline/", customer_merges.merge_decline, name="merge-decline"),
    path("merges/<int:merge_id>/split/", customer_merges.merge_split, name="merge-split"),
    path(
        "merges/<int:merge_id>/<str:scope>/<str:place>/",
        merge_listings.merge_listed,
        name="merge-listed",
    ),
    path(
        "merges/<int:merge_id>/<str:scope>/<str:place>/export.<str:kind>",
        merge_listings.merge_listed_export,
        name="merge-listed-export",
    ),
    path("of/<int:customer_id>/", customer_merges.merge_choose, name="merge-choose"),
    path(
        "of/<int:customer_id>/into/<int:survivor_id>/",
        customer_merges.merge_preview_show,
        name="merge-preview",
    ),
    path(
        "of/<int:customer_id>/not/<int:other_id>/",
        customer_merges.distinct_mark,
        name="customers-distinct",
    ),
]
