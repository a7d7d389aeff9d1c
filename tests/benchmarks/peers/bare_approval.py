"""The floor: the rows that an approval writes, written by bare sqlite3 with nothing around them.

One transaction per hundred lines, as durable as ours: the state of each line, the state of its entry, an audit row and
an outcome each, the log lines as JSON and the job's checkpoint.
"""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

BATCH = 100
TABLES = """
CREATE TABLE lines (id TEXT PRIMARY KEY, state TEXT, revision INTEGER, at TEXT, who TEXT, job TEXT);
CREATE TABLE entries (id TEXT PRIMARY KEY, line TEXT UNIQUE, state TEXT);
CREATE TABLE audit (id INTEGER PRIMARY KEY, line TEXT, at TEXT, who TEXT, job TEXT, action TEXT, was TEXT, reason TEXT);
CREATE TABLE outcomes (job TEXT, line TEXT, outcome TEXT, PRIMARY KEY (job, line));
CREATE TABLE logs (job TEXT, number INTEGER, lines TEXT, PRIMARY KEY (job, number));
CREATE TABLE jobs (id TEXT PRIMARY KEY, checkpoint TEXT);
"""
MOMENT = "2026-06-30T12:00:00.000000+00:00"
REASON = "rule: contains OFFICE"


def lines_a_second(path: Path, count: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.executescript(TABLES)
    ids = [f"{number:036d}" for number in range(count)]
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO lines VALUES (?, 'proposed', 2, NULL, NULL, NULL)", [(each,) for each in ids]
    )
    connection.executemany("INSERT INTO entries VALUES (?, ?, 'proposed')", [(each, each) for each in ids])
    connection.execute("INSERT INTO jobs VALUES ('job', '')")
    connection.execute("COMMIT")
    began = time.perf_counter()
    for start in range(0, count, BATCH):
        _write(connection, start // BATCH, ids[start : start + BATCH])
    seconds = time.perf_counter() - began
    connection.close()
    return count / seconds


def _write(connection: sqlite3.Connection, number: int, ids: list[str]) -> None:
    approved = [(MOMENT, "Ann", each) for each in ids]
    trail = [(each, MOMENT, "Ann", "job", "approved", "proposed", REASON) for each in ids]
    log = json.dumps([{"text": each, "level": "info", "data": {"transaction_id": each}} for each in ids])
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE jobs SET checkpoint = ? WHERE id = 'job'", (str(number),))
    connection.executemany(
        "UPDATE lines SET state = 'approved', revision = revision + 1, at = ?, who = ?, job = 'job' WHERE id = ?",
        approved,
    )
    connection.executemany("UPDATE entries SET state = 'posted' WHERE line = ?", [(each,) for each in ids])
    connection.executemany(
        "INSERT INTO audit (line, at, who, job, action, was, reason) VALUES (?, ?, ?, ?, ?, ?, ?)", trail
    )
    connection.executemany("INSERT INTO outcomes VALUES ('job', ?, 'approved')", [(each,) for each in ids])
    connection.execute("INSERT INTO logs VALUES ('job', ?, ?)", (number, log))
    connection.execute("COMMIT")
