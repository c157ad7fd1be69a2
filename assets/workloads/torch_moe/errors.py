# SPDX-License-Identifier: Apache-2.0
"""Failures with a code, a sentence and an exit status."""


class WorkloadError(Exception):
    """Ends the run with `status`: 2 where something impossible was asked for, 1 where a run failed."""

    def __init__(self, code: str, message: str, status: int = 2) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def bad_option(option: str, problem: str, remedy: str) -> WorkloadError:
    """Options that cannot be used, in the same words everywhere."""
    return WorkloadError("options.inconsistent", f"{option}: {problem}. {remedy}.")


def write_failed(what: str, path: object, reason: OSError) -> WorkloadError:
    """A file that could not be written."""
    text = f"Could not write {what} to {path}: {reason.strerror}. Check the folder, its permissions and free space."
    return WorkloadError("output.write_failed", text, 1)
