"""Ledgerwire: the contract and the Python SDK made of it."""
