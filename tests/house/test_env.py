from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from caracol import env

ROOT = Path(__file__).resolve().parents[2]
OWN = ("SECRET_KEY", "CONTACT_KEY", "LEDGER_KEY", "DATABASE_URL", "KEYS_DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS")


def start(**settings: str) -> subprocess.CompletedProcess[str]:
    """Start Caracol in a process of its own, with no setting but these."""
    inherited = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in {*OWN, "DEMO"}}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**inherited, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    made = env.secret("LEDGER_KEY_OF_A_TEST", kept_in=folder)
    assert env.secret("LEDGER_KEY_OF_A_TEST", kept_in=folder) == made
    assert len(made) == 64
    assert stat.S_IMODE((folder / "ledger_key_of_a_test").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_setting_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("from a file\n", encoding="utf-8")
    monkeypatch.setenv("A_SETTING", "from the variable")
    monkeypatch.setenv("A_SETTING_FILE", str(tmp_path / "secret"))
    assert env.read("A_SETTING") == "from a file"


@pytest.mark.parametrize(("said", "on"), [("1", True), ("True", True), ("on", True), ("0", False), ("", False)])
def test_a_flag_is_on_when_it_says_so(monkeypatch: pytest.MonkeyPatch, said: str, on: bool) -> None:  # noqa: FBT001 -- a table
    monkeypatch.setenv("A_FLAG", said)
    assert env.flag("A_FLAG") is on


@pytest.mark.parametrize("weak", ["", "short", "a" * 64, "changed" * 10])
def test_elsewhere_a_missing_or_weak_secret_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, weak: str) -> None:
    monkeypatch.setenv("A_SECRET", weak)
    with pytest.raises(ImproperlyConfigured, match=r"^Set A_SECRET \(or A_SECRET_FILE\) to a random secret"):
        env.secret("A_SECRET", kept_in=None)


def test_in_production_a_missing_secret_stops_the_start(tmp_path: Path) -> None:
    started = start(VAR_DIR=str(tmp_path / "var"), DATABASE_URL="postgres://caracol:x@localhost/caracol")
    assert started.returncode == 1
    assert "Set SECRET_KEY (or SECRET_KEY_FILE)" in started.stderr
    assert not (tmp_path / "var").exists()


def test_the_demo_does_not_start_for_the_world(tmp_path: Path) -> None:
    started = start(VAR_DIR=str(tmp_path), DEMO="1", ALLOWED_HOSTS="localhost,concerns.example.org")
    assert started.returncode == 1
    assert "ALLOWED_HOSTS names concerns.example.org." in started.stderr


def test_a_bucket_is_named_by_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_BUCKET", "s3://a%2Fkey:a%3Asecret@s3.example.org:8443/concerns?region=eu-central-1")
    assert env.bucket("A_BUCKET") == {
        "access_key": "a/key",
        "secret_key": "a:secret",
        "bucket_name": "concerns",
        "region_name": "eu-central-1",
        "endpoint_url": "https://s3.example.org:8443",
    }
    monkeypatch.setenv("A_BUCKET", "s3+http://key:secret@minio/concerns")
    assert (env.bucket("A_BUCKET") or {})["endpoint_url"] == "http://minio"
    monkeypatch.delenv("A_BUCKET")
    assert env.bucket("A_BUCKET") is None


@pytest.mark.parametrize(
    "wrong",
    [
        "https://key:hidden@s3.example.org/concerns",
        "s3://s3.example.org/concerns",
        "s3://key:hidden@s3.example.org/",
        "s3://key:hidden@s3.example.org/concerns/files",
        "s3://key:hidden/more@s3.example.org/concerns",
        "hidden",
    ],
)
def test_an_address_of_no_bucket_is_refused_without_being_said(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("A_BUCKET", wrong)
    with pytest.raises(
        ImproperlyConfigured, match=r"^Set A_BUCKET \(or A_BUCKET_FILE\) to s3://KEY:SECRET@"
    ) as refused:
        env.bucket("A_BUCKET")
    assert "hidden" not in str(refused.value)


def test_where_files_stand_may_be_said_by_a_file_alone(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("s3://key:secret@s3.example.org/", encoding="utf-8")
    started = start(VAR_DIR=str(tmp_path), DEMO="1", FILES_URL_FILE=str(tmp_path / "url"))
    assert started.returncode == 1
    assert "Set FILES_URL (or FILES_URL_FILE) to s3://KEY:SECRET@HOST/BUCKET?region=NAME" in started.stderr
