"""Who may what, of the actions about connections; see rights_matrix."""

RIGHTS_CONNECTIONS = {
    "connection_changes.claim_changes": "AM",
    "connection_changes.decide_changes": "M",
    "connection_changes.mark_written": "AM",
    "connection_changes.propose_changes": "AM",
    "connection_changes.propose_note": "AM",
    "connection_changes.put_back_changes": "AM",
    "connection_changes.record_trial": "AM",
    "connection_syncs.begin_sync": "AM",
    "connection_syncs.end_sync": "AM",
    "connection_syncs.fail_sync": "AM",
    "connection_syncs.note_system": "AM",
    "connection_syncs.take_page": "AM",
    "connections.add_connection": "A",
    "connections.ask_for_sync": "A",
    "connections.change_connection": "A",
    "connections.end_connection": "A",
    "connections.pull_again": "A",
    "connections.record_connection_test": "A",
}
