import io

import numpy as np
import pytest
from PIL import Image

import ganvas
from ganvas.web.client import Client, ClientError

pytest.importorskip("fastapi", reason="the extra web is not installed")
pytest.importorskip("httpx", reason="httpx is not installed")

from ganvas.web.settings import digest
from ganvas.web.worker import enhance

KEY = "0123456789abcdef-one"


def test_a_photo_goes_there_and_back_with_its_exif(serving, tmp_path):
    """The whole way, with a bundled model."""
    photo = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "a gradient", 6
    across = np.linspace(30, 220, 40)[None, :, None] * np.ones((24, 1, 3))
    Image.fromarray(across.astype(np.uint8)).save(photo, exif=exif, quality=95)
    with serving(enhance) as running:
        client = Client(running.url)
        made = client.enhance(photo, scale=2)
        with Image.open(io.BytesIO(made)) as image:
            assert (image.format, image.size) == ("JPEG", (48, 80))  # upright
            assert image.getexif()[0x010E] == "a gradient"
            assert image.getexif().get(0x0112, 1) == 1
            levels = np.asarray(image.convert("L"), np.float64)[:, 24]
        assert np.abs(levels - np.linspace(30, 220, 80)).max() < 8
        seen = []
        assert client.enhance(photo.read_bytes(), scale=2, format="png", progress=seen.append).startswith(b"\x89PNG")
        assert seen == sorted(seen)
        assert seen[-1] == 1
        picture = ganvas.Picture(np.full((9, 7, 3), 0.5, np.float32))
        assert client.enhance(picture, task="dehaze").pixels.shape == (9, 7, 3)
        damaged = photo.read_bytes()[:-20]
        with pytest.raises(ClientError, match="damaged or cut off") as caught:
            client.enhance(damaged)
        assert caught.value.status == 422
        assert str(tmp_path) not in str(caught.value)


def test_jobs_are_found_again_by_their_id_and_cancelled(serving, png, fake, until):
    with serving() as running:
        client = ganvas.Client(running.url)
        job = client.submit(png, quality=fake.SLOW)
        until(lambda: client.job(job.id).state()["state"] == "running")
        job.cancel()
        running.over(job.id)
        with pytest.raises(ClientError, match="cancelled") as caught:
            job.wait()
        assert caught.value.status == 409
        job.cancel()  # of what is over there is nothing to cancel
        assert job.state()["state"] == "cancelled"
        job.delete()
        with pytest.raises(ClientError, match="no such job"):
            job.state()


def test_a_full_queue_is_waited_for(serving, png, fake, until, monkeypatch):
    with serving(max_queue=1, job_seconds=1.5) as running:
        running.service.pool.seconds = 0.1
        job = running.send("/v1/jobs", png, quality=fake.SLOW).json()["id"]
        until(lambda: running.http.get(f"/v1/jobs/{job}").json()["state"] == "running")
        running.send("/v1/jobs", png)
        with pytest.raises(ClientError, match="queue is full") as caught:
            Client(running.url, patience=0).enhance(png)
        assert (caught.value.status, caught.value.retry_after) == (429, 1)
        assert Client(running.url, patience=20).enhance(png) == png


def test_a_key_is_sent_and_nothing_else_is_hidden(serving, png, tmp_path):
    with serving(keys=frozenset([digest(KEY)]), key=KEY) as running:
        assert Client(running.url, KEY).enhance(png) == png
        assert "fidelity-x4" in {model["name"] for model in Client(running.url, KEY).models()}
        with pytest.raises(ClientError, match="needs a key"):
            Client(running.url).enhance(png)
        with pytest.raises(ClientError, match="did you mean scale"):
            Client(running.url, KEY).enhance(png, scael=2)
        with pytest.raises(ClientError, match=r"none\.png cannot be read"):
            Client(running.url, KEY).enhance(tmp_path / "none.png")
        url = running.url
    with pytest.raises(ClientError, match="does not answer"):
        Client(url).models()
    for wrong in ("file:///etc/passwd", "127.0.0.1:8000", "http://"):
        with pytest.raises(ClientError, match="no address"):
            Client(wrong)
