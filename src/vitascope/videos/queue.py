"""The queue of jobs: DBOS behind one small interface, so that it stays replaceable.

The truth about a video is its row; the queue only brings it to a worker. A job is put in within the transaction that
enters the row, so there is never one without the other.
"""

import logging
from contextlib import suppress
from typing import Protocol

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowSerializationFormat
from dbos import error as dbos_error

from vitascope import traces
from vitascope.store.database import Database, Transaction
from vitascope.videos.job import Job

APPLICATION = "vitascope"
WORKFLOW = "make_video"

VERSION = "1"
"""Of the order of steps in ``worker.jobs``. DBOS resumes a job by that version alone: bump it when the order changes
and keep one worker of the old version until its jobs are done."""


class Queue(Protocol):
    """What the book needs of a queue."""

    def enqueue(self, tx: Transaction, job: Job, urgency: int) -> None:
        """Put a job in, if and when ``tx`` commits; the lowest urgency leaves first. The running span goes with it."""
        ...

    def withdraw(self, video: str) -> None:
        """Take a job out whose row has ended; where that fails the worker finds out by itself."""
        ...


class DurableQueue:
    """The queue on DBOS, in the same database as the rows."""

    def __init__(self, database: Database) -> None:
        self._client = DBOSClient(
            system_database_url=database.url,
            application_name=APPLICATION,
            serializer=DBOSPortableJSONSerializer(),
            lazy=True,
            retry_connection_errors=False,
        )

    def enqueue(self, tx: Transaction, job: Job, urgency: int) -> None:
        """See Queue. Arguments are JSON, the job's id and its trace: who can write the database must not run code."""
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": queue_name(job.order.model),
            "workflow_id": job.id,
            "priority": urgency,
            "app_version": VERSION,
            "application_name": APPLICATION,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        }
        trace = [traces.here()] if traces.here() else []
        self._client.enqueue_in_transaction(tx, options, job.id, *trace)

    def withdraw(self, video: str) -> None:
        """See Queue."""
        with suppress(dbos_error.DBOSException):
            self._client.cancel_workflow(video)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.destroy()


def open_queue(database: Database) -> DurableQueue:
    """The queue in ``database``; makes its tables where they are missing."""
    logging.getLogger("dbos").setLevel(logging.WARNING)
    with database.reading():  # an outage is told in our words
        DBOS.migrate(database.url)
    return DurableQueue(database)


def queue_name(model: str) -> str:
    """Each model has a queue of its own: a worker listens for those it carries."""
    return f"model-{model}"
