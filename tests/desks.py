"""A desk that listens on a port of this machine, with a queue that only remembers, and hands to finish jobs with."""

import asyncio
import contextlib
import threading
import time
from datetime import UTC, datetime

import httpx2
import uvicorn
from shop import RememberingQueue

from vitascope.orders import Limits
from vitascope.programme import keys
from vitascope.programme.roles import seats
from vitascope.rights.logbook import open_log
from vitascope.sealed import Seal
from vitascope.server.app import build
from vitascope.server.run import bound, configured
from vitascope.settings import DeskSettings
from vitascope.store.blobs import open_blobs
from vitascope.store.database import open_database
from vitascope.store.secrets import Secrets
from vitascope.traces import Traces
from vitascope.videos import book, workers
from vitascope.videos.job import Made
from vitascope.videos.workers import Capability

SECRETS = Secrets(pepper=b"p" * 32, vault=b"v" * 32)
FILM = bytes(range(256)) * 40
MOST = Limits(requests_per_minute=10**6, jobs_in_flight=10**6, seconds_per_day=10**9)
PLAIN = DeskSettings(
    default_model="", fetch_images=False, plain_webhooks=False, content_links=False, cors_origins=(), queue_limit=1000,
)  # fmt: skip


class Desk:
    """A running desk and what stands behind it."""

    def __init__(self, folder, url=None, settings=PLAIN, traces=None):
        self.database = open_database(url or f"sqlite:///{folder / 'desk.db'}")
        self.blobs, self.queue = open_blobs(str(folder / "files")), RememberingQueue()
        self.app = build(
            database=self.database,
            blobs=self.blobs,
            queue=self.queue,
            secrets=SECRETS,
            log=open_log(folder),
            settings=settings,
            traces=traces or Traces(),
        )
        self.worker = "worker-1"

    @contextlib.contextmanager
    def listening(self):
        """The desk on a free port, in a thread of this process."""
        socket = bound("127.0.0.1", 0)
        server, loops = uvicorn.Server(configured(self.app)), []

        async def serve():
            loops.append(asyncio.get_running_loop())
            await server.serve(sockets=[socket])

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{socket.getsockname()[1]}"
        while not server.started:
            time.sleep(0.01)
        try:
            yield self
        finally:
            self.app.state.desk.news.end()
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive(), f"the desk does not end; it waits for {asyncio.all_tasks(loops[0])}"
            socket.close()
            self.database.close()

    def key(self, *, scopes=keys.SCOPES, limits=MOST, party=None, expires_in=3600.0, priority="normal"):
        """A key that opens the door; its text."""
        now = time.time()
        with self.database.transaction() as tx:
            return keys.create(
                tx, self.app.state.desk.log, by=keys.OPERATOR, name="test",
                scopes=scopes, expires_at=now + expires_in, limits=limits, party=party,
                priority=priority, secrets=SECRETS, now=now,
            )  # fmt: skip

    def client(self, credential=None, **headers):
        """An HTTP client with a key."""
        if credential is None:
            credential = self.key().credential
        return httpx2.Client(
            base_url=self.url, headers={"authorization": f"Bearer {credential}", **headers}, timeout=60
        )

    def carry(self, model="twin", **facts):
        """A worker that beats and carries a model."""
        can = Capability(
            **{
                "model": model, "size": (64, 64), "fps": 8, "longest_seconds": 60.0, "sides": (16, 4096),
                "verbs": ("create", "remix"), "steps": 10, "most_steps": 100, "has_guidance": False,
                "weights_sha256": "0" * 64, "words": ("parrot",), "licence": "CC0-1.0", **facts,
            }
        )  # fmt: skip
        with self.database.transaction() as tx:
            workers.publish(tx, self.worker, [can], time.time())

    def begin(self, video):
        """Take a job as a worker would."""
        with self.database.transaction() as tx:
            return book.claim(tx, video, self.worker, time.time())

    def finish(self, video, *, content=FILM, keep_seconds=None):
        """Make a job as a worker would: its files are there, then it is completed; ``content`` of all, or of each."""
        held = self.begin(video)
        kinds = {"video": "video/mp4", "thumbnail": "image/webp", "spritesheet": "image/jpeg"}
        files = {
            variant: self.blobs.put(
                f"videos/{video}/{held.token}/{variant}",
                content if isinstance(content, bytes) else content[variant],
                media_type=kind,
            )
            for variant, kind in kinds.items()
        }
        made = Made(
            files=files, frames=32, fps=8, size=(64, 64), seed=7, weights_sha256="0" * 64, frames_sha256="0" * 64,
            seal=Seal(manifest_sha256="0" * 64, mark_id=0),
        )  # fmt: skip
        with self.database.transaction() as tx:
            assert book.finish(tx, held, made, time.time(), keep_seconds=keep_seconds)


def error_of(answer):
    """What is in the envelope, once it is sure that it is one."""
    body = answer.json()
    assert ["error"] == list(body)
    assert {"message", "type", "param", "code"} == set(body["error"])
    assert answer.headers["x-request-id"].startswith("req_")
    return body["error"]


def steward(desk):
    """A client of a new steward, who knows its own ``party`` and ``key``."""
    made = desk.key(scopes=(*keys.MEMBER_SCOPES, seats.SCOPE))
    with desk.database.transaction() as tx:
        seats.seat_steward(tx, desk.app.state.desk.log, made.key.party, by="operator", now=datetime.now(UTC))
    client = desk.client(made.credential)
    client.party, client.key = made.key.party, made.key.id
    return client
