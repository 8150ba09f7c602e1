import os
import signal
from contextlib import contextmanager

import pytest

from ganvas.web.pool import Pool
from ganvas.web.settings import Settings
from ganvas.web.store import Store


@pytest.fixture
def pooled(tmp_path, fake):
    """A pool of fake workers: ``with pooled(limit=…) as (pool, add)``."""

    @contextmanager
    def run(**limits):
        settings = Settings(**{"folder": tmp_path / "jobs", **limits})
        store = Store(settings.folder)
        told = []
        pool = Pool(store, settings, fake.work, lambda what, seconds: told.append(what))

        def add(quality=None):
            job_id = store.new_id()
            store.source(job_id).write_bytes(b"picture")
            future = pool.submitted(job_id)
            store.add(job_id, {"quality": quality} if quality else {}, "png")
            pool.wake()
            return job_id, future

        pool.told_names = told
        pool.start()
        try:
            yield pool, add
        finally:
            pool.close()
            store.close()

    return run


def test_a_job_is_done_and_its_remarks_name_no_place(pooled):
    with pooled() as (pool, add):
        job_id, over = add()
        over.result(60)
        assert pool.store.get(job_id).state == "done"
        assert pool.store.result(job_id).read_bytes() == b"picture"
        assert pool.store.get(job_id).remarks == ("the picture was copied.",)
        assert pool.told_names == ["done"]


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("BROKEN", 500, "this picture could not be done"),
        ("GREEDY", 413, "not enough memory"),
        ("REFUSED", 422, "the picture is not liked: leave out style"),
    ],
)
def test_a_failure_is_a_status_and_a_sentence_without_places(pooled, fake, tmp_path, kind, status, words):
    with pooled() as (pool, add):
        job_id, over = add(getattr(fake, kind))
        over.result(60)
        job = pool.store.get(job_id)
        assert (job.state, job.status) == ("failed", status)
        assert words in job.error
        assert str(tmp_path) not in job.error
        assert "secret" not in job.error
        (pid,) = pool.pids
        _, over = add()
        over.result(60)
        assert pool.pids == [pid]  # the worker itself is well


def test_a_worker_that_takes_too_much_memory_is_stopped_by_its_limit(pooled, fake):
    with pooled(worker_gigabytes=0.25) as (pool, add):
        job_id, over = add(fake.HUNGRY)
        over.result(60)
        assert pool.store.get(job_id).status == 413
    with pooled(worker_gigabytes=2) as (pool, add):
        job_id, over = add(fake.HUNGRY)
        over.result(60)
        assert pool.store.get(job_id).status == 500  # there it got what it wanted


def test_a_worker_that_is_killed_fails_its_job_only_and_is_replaced(pooled, fake, until):
    with pooled(workers=2) as (pool, add):
        first, over = add(fake.SLOW)
        until(lambda: pool.progress.get(first, 0) > 0)
        added = [add(quality) for quality in (None, fake.KILLED, None, None)]
        for _, each in added:
            each.result(60)
        jobs = [pool.store.get(job_id) for job_id, _ in added]
        assert [job.state for job in jobs] == ["done", "failed", "done", "done"]
        assert jobs[1].status == 503
        assert "died" in jobs[1].error
        assert pool.store.get(first).state == "running"
        assert pool.told_names.count("died") == 1
        until(lambda: len(pool.pids) == 2)
        assert not over.done()


def test_a_worker_that_dies_while_it_waits_is_replaced(pooled, until):
    with pooled() as (pool, add):
        (pid,) = until(lambda: pool.pids)
        os.kill(pid, signal.SIGKILL)
        job_id, over = add()
        over.result(60)
        assert pool.store.get(job_id).state == "done"
        assert pool.pids != [pid]


def test_a_worker_that_dies_before_it_begins_costs_no_job(pooled, until):
    with pooled() as (pool, add):
        (pid,) = until(lambda: pool.pids)
        os.kill(pid, signal.SIGSTOP)  # it is there, and cannot hear
        job_id, over = add()
        until(lambda: pool.store.get(job_id).state == "running")
        os.kill(pid, signal.SIGKILL)
        over.result(60)
        assert pool.store.get(job_id).state == "done"


def test_progress_rises_and_cancelling_ends_the_process(pooled, fake, until):
    with pooled() as (pool, add):
        running, over = add(fake.SLOW)
        waiting, never = add()
        seen = until(lambda: pool.progress.get(running))
        until(lambda: pool.progress[running] > seen)
        (pid,) = pool.pids
        pool.cancel(waiting)
        never.result(60)
        pool.cancel(running)
        over.result(60)
        assert [pool.store.get(job_id).state for job_id in (running, waiting)] == ["cancelled"] * 2
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        assert os.listdir(pool.settings.folder / "files") == []  # also not what was half made
        last, over = add()
        over.result(60)
        assert pool.store.get(last).state == "done"


def test_a_job_beyond_its_time_is_ended(pooled, fake):
    with pooled(job_seconds=0.3) as (pool, add):
        job_id, over = add(fake.SLOW)
        over.result(60)
        assert pool.store.get(job_id).status == 504
        assert "longer than 0.3 seconds" in pool.store.get(job_id).error


def test_a_restart_goes_on_with_what_waited_and_what_ran(pooled, fake, until):
    with pooled() as (pool, add):
        ran, over = add(fake.SLOW)
        waited, _ = add()
        until(lambda: pool.progress.get(ran, 0) > 0)
    assert over.done()  # whoever waited was told
    with pooled(job_seconds=0.5) as (pool, _):
        until(lambda: pool.store.get(waited).state == "done")
        assert pool.store.get(ran).state == "failed"  # by its time, since it was begun again
        assert pool.store.get(ran).status == 504
