"""The programme of trust: what TRUST.md promises, one test each."""
