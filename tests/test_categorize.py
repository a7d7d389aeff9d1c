"""The command learns from one file and answers for every line of another, as a job would."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec
import pytest

from tests.categorize import Answer, main
from tests.workers.books.learning.lessons import history
from workers.books.learning.examples import Example

COLUMNS = ("company", "date", "description", "amount", "category")


def write(path: Path, examples: list[Example], columns: tuple[str, ...] = COLUMNS) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(msgspec.structs.astuple(each)[: len(columns)] for each in examples)
    return path


def run(tmp_path: Path, train: Path, test: Path) -> list[Answer]:
    assert main([str(train), str(test), str(tmp_path / "out.jsonl")]) == 0
    return msgspec.json.Decoder(Answer).decode_lines((tmp_path / "out.jsonl").read_bytes())


def test_every_line_is_answered_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = history(460)
    later = lines[400:]
    train = write(tmp_path / "train.csv", lines[:400])
    answers = run(tmp_path, train, write(tmp_path / "test.csv", later, COLUMNS[:4]))
    assert [each.row for each in answers] == list(range(60))
    assert sum(each.category == line.category for each, line in zip(answers, later, strict=True)) > 50
    auto = [(each, line) for each, line in zip(answers, later, strict=True) if each.auto]
    assert len(auto) > 40
    assert {each.source for each, _ in auto} >= {"memory"}
    assert sum(each.category == line.category for each, line in auto) >= 0.95 * len(auto)
    told = capsys.readouterr().err
    assert "lines a second in batches of 100" in told
    assert '"threshold": 0.' in told


def test_with_too_little_to_learn_from_memory_answers_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = history(120)
    answers = run(
        tmp_path, write(tmp_path / "train.csv", lines[:100]), write(tmp_path / "test.csv", lines[100:])
    )
    assert {each.source for each in answers} == {"memory", None}
    assert "No model: 100 approved lines" in capsys.readouterr().err
