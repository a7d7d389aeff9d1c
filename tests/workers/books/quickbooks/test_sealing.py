"""Secrets at rest."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest
from cryptography.fernet import Fernet

from workers.books.quickbooks.sealing import FILE, Seal, Unsealable
from workers.settings import Settings

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def settings(tmp_path: Path, *keys: str) -> Settings:
    return Settings(data_dir=tmp_path, database_url="sqlite+aiosqlite:///x", token_keys=keys)


def test_a_machine_makes_one_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    first, second = (Seal.open(settings(tmp_path)) for _ in range(2))
    assert second.unseal(first.seal("secret")) == "secret"
    assert b"secret" not in first.seal("secret")
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_keys_are_rotated_without_losing_what_an_old_one_sealed(tmp_path: Path) -> None:
    before = Seal.open(settings(tmp_path, OLD)).seal("secret")
    both = Seal.open(settings(tmp_path, NEW, OLD))
    assert both.unseal(before) == "secret"
    anew = both.seal("secret")
    assert Seal.open(settings(tmp_path, NEW)).unseal(anew) == "secret"
    with pytest.raises(Unsealable):
        Seal.open(settings(tmp_path, NEW)).unseal(before)


def test_what_was_tampered_with_is_not_opened(tmp_path: Path) -> None:
    seal = Seal.open(settings(tmp_path, NEW))
    sealed = bytearray(seal.seal("secret"))
    sealed[20] ^= 1
    with pytest.raises(Unsealable):
        seal.unseal(bytes(sealed))


def test_no_key_is_shown(tmp_path: Path) -> None:
    assert OLD not in repr(Seal.open(settings(tmp_path, OLD)))
    assert msgspec.structs.asdict(settings(tmp_path, OLD))["token_keys"] == (OLD,)
