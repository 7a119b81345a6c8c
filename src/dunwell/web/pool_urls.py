"""Addresses of the pages about pools, under /pools/."""

from django.urls import path

from dunwell.web import pools

urlpatterns = [
    path("", pools.pool_list, name="pools"),
    path("export.<str:kind>", pools.pools_export, name="pools-export"),
    path("new/", pools.pool_add, name="pool-add"),
    path("<int:pool_id>/", pools.pool_show, name="pool"),
    path("<int:pool_id>/export.<str:kind>", pools.pool_export, name="pool-export"),
    path("<int:pool_id>/change/", pools.pool_change, name="pool-change"),
    path("<int:pool_id>/remove/", pools.pool_remove, name="pool-remove"),
]
