"""Buckets as several hosts share them: moto's server, which speaks S3 over HTTP, in a process of its own."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import boto3
from botocore.config import Config

from tests.services import free_port, listens, until

# The server takes any: what is tried is that we bring them, and that they need not be plain letters.
KEY, SECRET, SECRET_IN_URL = "a-key", "a/secret+of=tests", "a%2Fsecret%2Bof%3Dtests"


@contextmanager
def bucket_server(port: int = 0) -> Iterator[str]:
    """Serve buckets; yields "127.0.0.1:PORT"."""
    port = port or free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process, ExitStack() as stack:
        stack.callback(process.terminate)
        until(lambda: listens(port))
        yield f"127.0.0.1:{port}"


class Bucket:
    """A bucket and what its owner, or whoever stole its key, finds in it."""

    def __init__(self, address: str) -> None:
        self.name = f"b{secrets.token_hex(8)}"
        self.url = f"s3+http://{KEY}:{SECRET_IN_URL}@{address}/{self.name}?region=eu-central-1"
        self._s3: Any = boto3.client(
            "s3",
            endpoint_url=f"http://{address}",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="eu-central-1",
            config=Config(s3={"addressing_style": "path"}),
        )
        self._s3.create_bucket(Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

    def keep_versions(self) -> None:
        """Have it keep what was overwritten and deleted."""
        self._s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": "Enabled"})

    def names(self) -> set[str]:
        return {each["Key"] for each in self._s3.list_objects_v2(Bucket=self.name).get("Contents", [])}

    def versions(self) -> list[dict[str, Any]]:
        """Return every version and every mark of a deletion that it kept."""
        kept = self._s3.list_object_versions(Bucket=self.name)
        return [*kept.get("Versions", []), *kept.get("DeleteMarkers", [])]

    def unfinished(self) -> list[dict[str, Any]]:
        """Return the uploads that were begun and not ended."""
        return list(self._s3.list_multipart_uploads(Bucket=self.name).get("Uploads", []))

    def content(self, name: str) -> bytes:
        return bytes(self._s3.get_object(Bucket=self.name, Key=name)["Body"].read())

    def put(self, name: str, content: bytes) -> None:
        """Write to it, as whoever stole its key could."""
        self._s3.put_object(Bucket=self.name, Key=name, Body=content)

    def said_of(self, name: str) -> dict[str, Any]:
        """Return what it knows of a file beside its bytes."""
        said = self._s3.head_object(Bucket=self.name, Key=name)
        return {"type": said["ContentType"], "words": said["Metadata"], "encoding": said.get("ContentEncoding", "")}
