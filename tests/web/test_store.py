import os
import stat
import sys
import time

import pytest

from ganvas.web.settings import ServiceError, Settings, digest, read_keys
from ganvas.web.store import MOST_TRIES, Store


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "jobs")
    yield made
    made.close()


def add(store, **more):
    job_id = store.new_id()
    store.source(job_id).write_bytes(b"picture")
    store.add(job_id, {"scale": 2.0}, "png", **more)
    return job_id


def test_jobs_are_claimed_in_their_order_and_once(store):
    ids = [add(store) for _ in range(3)]
    claimed = [store.claim() for _ in range(4)]
    assert [job and job.id for job in claimed] == [*ids, None]
    assert claimed[0].asked == {"scale": 2.0}
    assert (claimed[0].state, claimed[0].tries) == ("running", 1)


def test_the_end_of_a_job_is_told_once_and_takes_its_picture_away(store):
    job_id = add(store)
    assert not store.finish(job_id, "done")  # it was not begun
    store.claim()
    assert store.finish(job_id, "failed", status=413, error="too large")
    assert not store.finish(job_id, "done")
    job = store.get(job_id)
    assert (job.state, job.status, job.error) == ("failed", 413, "too large")
    assert not store.source(job_id).exists()


def test_jobs_outlive_the_store_but_not_those_that_somebody_waited_for(tmp_path):
    store = Store(tmp_path / "jobs")
    waited, first, second = add(store, kept=False), add(store), add(store)
    store.claim()
    assert store.claim().id == first
    (tmp_path / "jobs" / "files" / f".{first}.out-abc.part").write_bytes(b"half")
    (tmp_path / "jobs" / "files" / "stray.in").write_bytes(b"?")
    store.close()
    again = Store(tmp_path / "jobs")
    again.recover()
    assert again.get(waited) is None
    assert [again.claim().id, again.claim().id] == [first, second]
    assert sorted(os.listdir(tmp_path / "jobs" / "files")) == sorted([f"{first}.in", f"{second}.in"])
    again.close()


def test_a_job_that_ends_the_service_again_and_again_is_left(store):
    job_id = add(store)
    for _ in range(MOST_TRIES):
        assert store.claim().id == job_id
        store.recover()
    assert store.get(job_id).state == "failed"
    assert "3 times" in store.get(job_id).error


def test_a_job_that_was_put_back_is_not_counted_as_tried(store):
    job_id = add(store)
    for _ in range(2 * MOST_TRIES):
        assert store.claim().id == job_id
        store.requeue(job_id)
    store.recover()
    assert store.get(job_id).state == "queued"


def test_old_results_go_and_the_oldest_beyond_the_number_kept(store):
    ids = [add(store) for _ in range(4)]
    for job_id in ids[:3]:
        store.claim()
        store.result(job_id).write_bytes(b"made")
        store.finish(job_id, "done")
        time.sleep(0.002)
    store.prune(3600, 2)
    assert [store.get(job_id) is not None for job_id in ids] == [False, True, True, True]
    assert not store.result(ids[0]).exists()
    time.sleep(0.01)
    store.prune(0.005, 10)
    assert [store.get(job_id) is not None for job_id in ids] == [False, False, False, True]


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions or locks there")
def test_the_folder_is_private_and_for_one_service(store, tmp_path):
    assert stat.S_IMODE((tmp_path / "jobs").stat().st_mode) == 0o700
    with pytest.raises(ServiceError, match="another service works in"):
        Store(tmp_path / "jobs")


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ServiceError, match="cannot be used"):
        Store(tmp_path / "file" / "jobs")


def test_keys_open_by_their_digest_only(tmp_path):
    file = tmp_path / "keys"
    file.write_text("# for the scanner\nabcdefgh12345678\n\nABCDEFGH12345678\n")
    settings = Settings(folder=tmp_path, keys=read_keys(file))
    assert settings.owner("abcdefgh12345678") == digest("abcdefgh12345678")
    assert settings.owner("abcdefgh12345679") is settings.owner(None) is settings.owner("") is None
    assert Settings(folder=tmp_path).owner(None) == ""
    assert "abcdefgh" not in repr(settings)


@pytest.mark.parametrize("text", ["", "# nothing\n", "short\n", "with a space inside it\n", "umlaut-äöü-umlaut\n"])
def test_a_file_without_a_good_key_is_refused(tmp_path, text):
    (tmp_path / "keys").write_text(text, "utf-8")
    with pytest.raises(ServiceError, match="key"):
        read_keys(tmp_path / "keys")
    with pytest.raises(ServiceError, match="cannot be read"):
        read_keys(tmp_path / "none")
