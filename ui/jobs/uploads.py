"""Bytes of uploads on the disk, from before they are acknowledged until they are taken in."""

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

from rag.errors import StorageError
from rag.jobs import JobFile
from ui.jobs.incoming import IncomingFile


class UploadFolder:
    """A folder with a folder for each job; whoever calls it knows which jobs there are.

    Args:
        path: It is made when the first upload comes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()

    def new(self, job_id: str) -> Path:
        """An empty folder for the files of a job.

        Raises:
            StorageError: It can't be made.
        """
        folder = self._path / job_id
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            message = f"上传的文件存不进 {self._path}（{error.strerror}）：请检查权限和磁盘空间"
            raise StorageError(message) from error
        return folder

    def incoming(self, job_id: str, file: JobFile) -> IncomingFile:
        """A file of a job, to be taken in; whether its bytes are there is not checked."""
        path = self._path / job_id / file.stored_name
        return IncomingFile(path=path, source=file.source, file_name=file.file_name)

    def described(self, job_id: str, files: Sequence[IncomingFile]) -> list[JobFile]:
        """Files that were saved in the folder of a job, as the catalog keeps them."""
        return [
            JobFile(
                stored_name=file.path.relative_to(self._path / job_id).as_posix(),
                source=file.source,
                file_name=file.file_name,
                size=file.path.stat().st_size,
            )
            for file in files
        ]

    def make_durable(self, job_id: str) -> None:
        """Wait until the disk has all files of a job, and their names."""
        folder = self._path / job_id
        for path in (*folder.rglob("*"), folder, self._path):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def drop(self, job_id: str) -> None:
        """The files of a job are not needed any more; what can't be deleted goes at a start."""
        shutil.rmtree(self._path / job_id, ignore_errors=True)

    def keep_only(self, job_ids: Collection[str]) -> None:
        """Delete whatever belongs to no job of these: a killed process left it."""
        if self._path.is_dir():
            for folder in self._path.iterdir():
                if folder.name not in job_ids:
                    self.drop(folder.name)


def fingerprint(collection: str, files: Sequence[IncomingFile]) -> str:
    """The same for the same files, by content, under the same names in the same collection."""
    described = list[list[str]]()
    for file in files:
        with file.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        described.append([file.source, file.file_name, digest])
    return hashlib.sha256(json.dumps([collection, described]).encode()).hexdigest()
