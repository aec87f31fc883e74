"""
The shelf in a bucket: sealed files in any storage that speaks S3, for a site of several hosts.

Only what is sealed goes there, under its random name, without a word beside it. FILES_URL says where it is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3File, S3Storage

from caracol.files.faults import Away
from caracol.files.shelf import Shelf

# By the path, since few names of a bucket stand in a certificate; sums only where S3 asks for them, which others lack.
CLIENT: dict[str, Any] = {
    "signature_version": "s3v4",
    "s3": {"addressing_style": "path"},
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
    "connect_timeout": 5,
    "read_timeout": 20,
    "retries": {"mode": "standard", "total_max_attempts": 3},
}


@contextmanager
def _as_of_a_disk() -> Iterator[None]:
    """Raise what goes wrong with the bucket as a disk would: FileNotFoundError, or Away."""
    try:
        yield
    except ClientError as error:
        gone = error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND
        raise FileNotFoundError if gone else Away("The bucket refused.") from error
    except BotoCoreError as error:
        raise Away("The bucket did not answer.") from error


class _Going(S3File):  # type: ignore[misc]  # django-storages has no types
    """A file on its way into the bucket: 5 MB of it in memory at most, and there once it is closed."""

    def write(self, content: bytes) -> int:
        with _as_of_a_disk():
            return int(super().write(content))

    def close(self) -> None:
        buffer = self._file
        try:
            with _as_of_a_disk():
                super().close()
        finally:
            if buffer is not None:
                buffer.close()


class _Coming:
    """A file on its way from the bucket, read as it comes and kept nowhere."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int) -> bytes:
        with _as_of_a_disk():
            return bytes(self._body.read(size))

    def close(self) -> None:
        self._body.close()

    @property
    def closed(self) -> bool:
        return bool(self._body.closed)


class Bucket(S3Storage, Shelf):  # type: ignore[misc]  # django-storages has no types
    """A bucket of files that nobody but this site reads. What goes wrong there is raised as OSError."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(client_config=Config(**CLIENT), **settings)
        # One for all threads, made once: a client may be shared, and each takes some megabytes.
        self._connections = SimpleNamespace()
        self._making = threading.Lock()

    @property
    def connection(self) -> Any:
        with self._making:
            return super().connection

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _as_of_a_disk():
            if mode == "wb":
                return _Going(name, mode, self)
            return File(_Coming(self.bucket.Object(name).get()["Body"]), name)  # type: ignore[arg-type]  # reads alone

    def exists(self, name: str) -> bool:
        with _as_of_a_disk():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        """Delete a file, and where the bucket kept an older version of it, every version."""
        with _as_of_a_disk():
            if "VersionId" in self.bucket.Object(name).delete():
                for version in self.bucket.object_versions.filter(Prefix=name):
                    version.delete()

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _as_of_a_disk():
            folders, files = super().listdir(name)
            return folders, files

    def put_before(self, moment: datetime) -> set[str]:
        """Return the names of the files put there before a moment; what broke off on its way before it is let go."""
        with _as_of_a_disk():
            for upload in self.bucket.multipart_uploads.all():
                if upload.initiated < moment:
                    upload.abort()
            return {each.key for each in self.bucket.objects.all() if each.last_modified < moment}
