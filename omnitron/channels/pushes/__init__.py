"""Telling channels what changed here."""
