"""Outside services, one file each; the only place that talks to a network."""
