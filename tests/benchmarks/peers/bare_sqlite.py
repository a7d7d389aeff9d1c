"""The floor: the rows that categorizing writes, written by bare sqlite3 with nothing around them.

One transaction per hundred lines, as durable as ours: the state and category of each line, its journal entry with
two lines, the log lines as JSON and the job's checkpoint.
"""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

BATCH = 100
TABLES = """
CREATE TABLE lines (id TEXT PRIMARY KEY, category TEXT, state TEXT, source TEXT, confidence REAL, reason TEXT);
CREATE TABLE entries (id TEXT PRIMARY KEY, line TEXT UNIQUE, date TEXT, currency TEXT, state TEXT);
CREATE TABLE sides (id TEXT, position INTEGER, account TEXT, debit TEXT, credit TEXT, PRIMARY KEY (id, position));
CREATE TABLE logs (job TEXT, number INTEGER, lines TEXT, PRIMARY KEY (job, number));
CREATE TABLE jobs (id TEXT PRIMARY KEY, checkpoint TEXT);
"""


def lines_a_second(path: Path, count: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.executescript(TABLES)
    ids = [f"{number:036d}" for number in range(count)]
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO lines (id, state) VALUES (?, 'imported')", [(each,) for each in ids])
    connection.execute("INSERT INTO jobs VALUES ('job', '')")
    connection.execute("COMMIT")
    began = time.perf_counter()
    for start in range(0, count, BATCH):
        _write(connection, start // BATCH, ids[start : start + BATCH])
    seconds = time.perf_counter() - began
    connection.close()
    return count / seconds


def _write(connection: sqlite3.Connection, number: int, ids: list[str]) -> None:
    decided = [("Office Supplies", "proposed", "rule", 1.0, "rule: contains OFFICE", each) for each in ids]
    sides = [(each, side, "Checking", "12.30", "0") for each in ids for side in (1, 2)]
    log = json.dumps([{"text": each, "level": "info", "data": {"transaction_id": each}} for each in ids])
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE jobs SET checkpoint = ? WHERE id = 'job'", (str(number),))
    connection.executemany(
        "UPDATE lines SET category = ?, state = ?, source = ?, confidence = ?, reason = ? WHERE id = ?",
        decided,
    )
    entries = [(each, each, "2024-01-01", "USD", "proposed") for each in ids]
    connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", entries)
    connection.executemany("INSERT INTO sides VALUES (?, ?, ?, ?, ?)", sides)
    connection.execute("INSERT INTO logs VALUES ('job', ?, ?)", (number, log))
    connection.execute("COMMIT")
