"""Work without a net, for the tests of the page: deblur takes until it is cancelled, the rest is done by Pillow."""

import time

from PIL import Image


def work(task, progress):
    scale = int(task["asked"].get("scale", 1))
    if task["asked"]["task"] == "deblur":
        for second in range(1200):
            progress(min(50, 1 + second), 100)
            time.sleep(0.05)
    progress(1, 2)
    with Image.open(task["source"]) as image:
        made = image.resize((image.width * scale, image.height * scale))
        made.save(task["target"], task["format"], exif=image.getexif())
    return ("the picture was enlarged without a net.",)
