"""The environment at the door: what is taken, and what one line says of what is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workers.settings import SettingError, Tempo, async_url, export, read_settings


def test_an_empty_environment_works_on_a_laptop() -> None:
    settings = read_settings({})
    assert settings.data_dir == Path(".data").resolve()
    assert settings.database_url == f"sqlite+aiosqlite:///{settings.data_dir}/ledgerwire.db"
    assert (settings.redis_url, settings.openai_api_key, settings.tesseract_cmd) == (None, None, None)
    assert (settings.worker_threads, settings.company_concurrency) == (4, 2)
    assert (settings.job_timeout, settings.job_ttl, settings.job_history_days) == (600.0, 86_400, 90)
    assert settings.tempo == Tempo()
    assert settings.files_dir == settings.data_dir / "files"


def test_an_empty_variable_is_none() -> None:
    names = ("DATA_DIR", "DATABASE_URL", "REDIS_URL", "PORT", "JOB_TIMEOUT", "LOG_LEVEL", "ALLOWED_ORIGINS")
    assert read_settings(dict.fromkeys(names, "")) == read_settings({})


@pytest.mark.parametrize(("threads", "share"), [("1", 1), ("3", 1), ("8", 4)])
def test_a_company_gets_half_the_slots_of_a_worker_and_at_least_one(threads: str, share: int) -> None:
    assert read_settings({"WORKER_THREADS": threads}).company_concurrency == share
    assert read_settings({"WORKER_THREADS": threads, "COMPANY_CONCURRENCY": "7"}).company_concurrency == 7


def test_sizes_are_said_in_megabytes_and_kept_in_bytes() -> None:
    settings = read_settings({"MAX_UPLOAD_MB": "3", "MAX_REQUEST_MB": "30"})
    assert (settings.max_upload_bytes, settings.max_request_bytes) == (3 * 2**20, 30 * 2**20)


def test_tempo_scales_every_time() -> None:
    whole, tenth = Tempo(), read_settings({"TEMPO": "0.1"}).tempo
    for name in Tempo.__struct_fields__:
        assert getattr(tenth, name) == pytest.approx(getattr(whole, name) / 10)


def test_origins_are_those_allowed_and_our_own() -> None:
    settings = read_settings({"PORT": "80", "ALLOWED_ORIGINS": " https://books.example , ,https://b.example"})
    assert settings.origins == {
        "https://books.example",
        "https://b.example",
        "http://127.0.0.1:80",
        "http://localhost:80",
        "http://[::1]:80",
    }


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("sqlite:////var/lib/lw.db", "sqlite+aiosqlite:////var/lib/lw.db"),
        ("postgres://me:a%40b@db/books", "postgresql+psycopg://me:a%40b@db/books"),
        ("postgresql://me@db/books?sslmode=require", "postgresql+psycopg://me@db/books?sslmode=require"),
        ("postgresql+asyncpg://me@db/books", "postgresql+psycopg://me@db/books"),
    ],
)
def test_a_database_is_reached_by_the_drivers_that_we_carry(url: str, ours: str) -> None:
    assert async_url(url) == ours


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "http", "PORT should be a whole number"),
        ("PORT", "65536", "PORT should lie between 0 and 65535"),
        ("WORKER_THREADS", "0", "WORKER_THREADS should lie between 1"),
        ("JOB_TTL", "1.5", "JOB_TTL should be a whole number"),
        ("JOB_TIMEOUT", "soon", "JOB_TIMEOUT should be a number of seconds"),
        ("JOB_TIMEOUT", "0", "above zero"),
        ("JOB_TIMEOUT", "inf", "above zero"),
        ("TEMPO", "nan", "above zero"),
        ("TEMPO", "-1", "above zero"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL should be one of INFO, DEBUG, WARNING, ERROR, but is 'loud'"),
        ("QBO_ENVIRONMENT", "test", "QBO_ENVIRONMENT should be one of sandbox, production"),
        ("DATABASE_URL", "books.db", "DATABASE_URL should read sqlite:///path"),
        ("OPENAI_BASE_URL", "api.openai.com/v1", "OPENAI_BASE_URL should read https://host/"),
        ("OPENAI_BASE_URL", "http://host:port/v1", "OPENAI_BASE_URL should read https://host/"),
        ("OPENAI_BASE_URL", "https:///v1", "OPENAI_BASE_URL should read https://host/"),
        ("OPENAI_BASE_URL", "https://a host/v1", "OPENAI_BASE_URL should read https://host/"),
        ("OPENAI_BASE_URL", "http://[::1/v1", "OPENAI_BASE_URL should read https://host/"),
        ("OPENAI_MODEL", "m" * 201, "OPENAI_MODEL should be one line of at most 200"),
        ("OPENAI_CONCURRENCY", "0", "OPENAI_CONCURRENCY should lie between 1 and 64"),
        ("OPENAI_DAILY_TOKENS", "-1", "OPENAI_DAILY_TOKENS should lie between 0"),
        ("OPENAI_TIMEOUT", "never", "OPENAI_TIMEOUT should be a number of seconds"),
        ("OPENAI_DEADLINE", "0", "above zero"),
        ("DATABASE_URL", "mysql://me@db/books", "speaks sqlite and postgresql"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line_that_names_it(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_settings({name: value})
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_words_are_taken_in_any_case() -> None:
    settings = read_settings({"LOG_LEVEL": "debug", "QBO_ENVIRONMENT": "Production", "SECURE_COOKIES": "Yes"})
    assert (settings.log_level, settings.qbo_environment) == ("DEBUG", "production")
    assert settings.secure_cookies


def test_a_language_model_is_on_with_a_key_and_a_name() -> None:
    assert not read_settings({}).has_language_model
    assert not read_settings(
        {"OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}
    ).has_language_model
    assert not read_settings({"OPENAI_MODEL": "m"}).has_language_model
    # As a file of secrets hands it over.
    on = read_settings({"OPENAI_API_KEY": "sk-1\n", "OPENAI_MODEL": " m ", "OPENAI_DAILY_TOKENS": "0"})
    assert on.has_language_model
    assert (on.openai_api_key, on.openai_model, on.openai_daily_tokens) == ("sk-1", "m", 0)


@pytest.mark.parametrize("key", ["sk-geheimnisvoll-ü", "sk-two\nlines", "sk-" + "9" * 5_000])
def test_a_key_that_no_header_can_carry_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(SettingError, match="OPENAI_API_KEY should be one line") as refused:
        read_settings({"OPENAI_API_KEY": key})
    assert "sk-" not in str(refused.value)


def test_children_inherit_what_is_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {})
    export(REDIS_URL="redis://broker")
    assert read_settings().redis_url == "redis://broker"
