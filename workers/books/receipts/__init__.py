"""Receipts: reading them, keeping them, and finding the bank line that paid each."""
