"""A payment provider in small, for demo and tests: hosted page, webhooks, refunds, payouts."""
