"""What a job is called, and what it is found by."""

from __future__ import annotations

from ledgerwire.errors import Problem
from ledgerwire.submissions import Categorize, Ocr, Upload, UploadAndCategorize
from workers.jobs.naming import LONGEST_TITLE, MOST_WORDS, error_words, folded, title, words


def file(name: str) -> Upload:
    return Upload(name, "0" * 64, 1)


def test_a_job_is_called_by_its_file() -> None:
    assert title(UploadAndCategorize(company_id="acme", file=file("june.csv"))) == "june.csv"
    assert title(Categorize(company_id="acme")) is None


def test_a_pile_is_called_by_its_first_file_and_how_many_more() -> None:
    assert title(Ocr(company_id="acme", files=[file("a.jpg")])) == "a.jpg"
    assert title(Ocr(company_id="acme", files=[file(f"{n}.jpg") for n in range(3)])) == "0.jpg and 2 more"


def test_a_long_name_is_cut_so_that_the_rest_can_be_read() -> None:
    called = title(Ocr(company_id="acme", files=[file("x" * 500), file("b.jpg")])) or ""
    assert len(called) == LONGEST_TITLE
    assert called.endswith("xxx and 1 more")


def test_every_file_is_among_the_words_and_none_runs_into_the_next() -> None:
    said = words(Ocr(company_id="acme", files=[file("A.jpg"), file("B.jpg")], tenant_id="T1"), "Ann")
    assert said.split("\n") == ["ann", "t1", "a.jpg", "b.jpg"]
    assert len(words(Ocr(company_id="acme", files=[file("x" * 200)] * 100), None)) == MOST_WORDS


def test_an_error_is_found_by_what_it_says_and_not_by_how_it_is_kept() -> None:
    said = error_words(Problem(title='Found "ÜBERTRAG"', detail="Line 3", status=422))
    assert said == 'found "übertrag"\nline 3'
    assert error_words(None) is None


def test_one_form_of_every_letter() -> None:
    assert folded("  Mu\u0308LLER ﬁle ") == "müller file"
