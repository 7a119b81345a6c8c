"""A seeded, realistic sample ledger; pure, so that the demo, the tests and the bench share it."""
