"""The operations of segments and pools, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
WHY = {"reason": "agreed by phone"}
OF_SEGMENT = {"customer_id": "segment_customer_id"}
RULE = {"oldest_days": {"from": 30}, "country": ["DE"]}
SEGMENT_OPERATIONS = {
    "list_segments": (ALL,),
    "list_overlaps": (ALL,),
    "list_segment_members": (ALL,),
    "list_segment_moves": (ALL,),
    "show_segment_matrix": (ALL,),
    "list_moved_customers": (ALL,),
    "preview_segments": (ALL,),
    "show_learned_segments": (ALL,),
    "show_customer_segment": (ALL, None, OF_SEGMENT),
    "put_into_segment": ("M", {"segment": "giants", **WHY}),
    "clear_customer_segment": ("M", WHY, OF_SEGMENT),
    "list_pools": (ALL,),
    "show_pool": (ALL,),
    "show_pool_aging": (ALL,),
    "list_pool_customers": (ALL,),
    "new_pool": ("M", {"name": "Late Germans", "rule": RULE}),
    "edit_pool": ("M", {"name": "Giants", "rule": RULE, "seen": 1}),
    "drop_pool": ("M", {}),
}
