"""Pulling orders from channels: windows, their ledger, runs, proofs and replays."""
