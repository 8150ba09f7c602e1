"""Models over folders, folders against folders: what is measured, what is paired, what is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ganvas.degrade import reduce
from ganvas.enhancement import Model
from ganvas.errors import GanvasError
from ganvas.images import Picture, resize
from ganvas.metrics import Protocol, Scores, compare
from ganvas.metrics.protocol import Spoil
from ganvas.recipes.deblur import DeblurRecipe
from ganvas.report.evaluation import Evaluation, compare_folders, evaluate
from ganvas.report.page import evaluation_page
from ganvas.report.text import ReportError
from ganvas.weights import Product, describe

Make = Callable[..., Picture]
Folder = Callable[[str, dict[str, Picture]], Path]
X2 = Protocol("y", crop=2, scale=2, reduction="bicubic")


def bicubic(low: Picture) -> Picture:
    return Picture.from_tensor(resize(low.tensor(), scale=2))


def brighter(picture: Picture, by: int) -> Picture:
    return Picture((picture.pixels + np.float32(by / 255)).clip(0, 1))


def test_bicubic_stands_beside_the_model_and_both_are_measured_alike(made: Make, folder: Folder) -> None:
    pictures = {"a.png": made(41, 48), "sub/b.png": made(40, 47, seed=1)}
    evaluation = evaluate(bicubic, "model", [folder("set", pictures)], X2)
    assert list(evaluation.folders) == ["set"]
    assert [each.name for each in evaluation.folders["set"]] == ["a.png", "sub/b.png"]
    for measured, truth in zip(evaluation.folders["set"], pictures.values(), strict=True):
        assert measured.scores["model"].psnr == pytest.approx(measured.scores["bicubic"].psnr, abs=1e-3)
        whole = Picture.from_tensor(truth.tensor()[..., :40, : truth.width // 2 * 2])
        low = reduce(whole.tensor().double(), 2)
        expected = compare(Picture.from_tensor(resize(low, scale=2)), whole, X2)
        assert measured.scores["bicubic"] == expected
    row, other = evaluation.rows()
    scores = [each.scores["bicubic"] for each in evaluation.folders["set"]]
    assert (row.folder, row.method, row.pictures, other.method) == ("set", "bicubic", 2, "model")
    assert row.psnr == pytest.approx(np.mean([each.psnr for each in scores]))
    assert row.psnr_std == pytest.approx(abs(scores[0].psnr - scores[1].psnr) / 2)
    assert row.ssim == pytest.approx(np.mean([each.ssim for each in scores]))
    assert row.ms_ssim is None


def test_the_model_sees_8_bit_rgb_reduced_as_the_protocol_says(made: Make, folder: Folder) -> None:
    seen: list[Picture] = []

    def enlarge(low: Picture) -> Picture:
        seen.append(low)
        return bicubic(low)

    grey = made(24, 32, channels=1)
    evaluate(enlarge, "model", [folder("set", {"grey.png": grey})], Protocol(scale=2, reduction="box"))
    (low,) = seen
    assert low.pixels.shape == (12, 16, 3)
    means = grey.pixels.reshape(12, 2, 16, 2).mean(axis=(1, 3), dtype=np.float64)
    assert np.abs(low.pixels - means[..., None]).max() <= 0.501 / 255
    assert np.abs(low.pixels * 255 - np.rint(low.pixels * 255)).max() < 1e-4


def test_each_folder_has_its_rows_and_progress_counts_all(made: Make, folder: Folder) -> None:
    one, two = (
        folder("one/test", {"a.png": made(24, 24)}),
        folder("two/test", {"a.png": made(24, 24), "a.bmp": made(24, 24)}),
    )
    told: list[tuple[int, int]] = []
    evaluation = evaluate(bicubic, "m", [one, two, one], X2, lambda done, total: told.append((done, total)))
    assert list(evaluation.folders) == [str(one), str(two)]
    assert [(row.method, row.pictures) for row in evaluation.rows()] == [
        ("bicubic", 1),
        ("m", 1),
        ("bicubic", 2),
        ("m", 2),
    ]
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.fixture
def identity() -> Model:
    """A deblurring net that has not been trained changes nothing."""
    recipe = DeblurRecipe(width=4, depth=2)
    net = recipe.generator().eval().requires_grad_(False)
    return Model(Product(net, describe(recipe, net)), precision="fp32", device="cpu")


@pytest.mark.parametrize("spoil", ["motion", "haze"])
def test_a_net_that_changes_nothing_has_the_figures_of_its_input(
    spoil: Spoil, identity: Model, made: Make, folder: Folder, tmp_path: Path
) -> None:
    pictures = {"a.png": made(41, 47), "b.png": made(41, 47, seed=1)}
    evaluation = evaluate(identity, "net", [folder("set", pictures)], Protocol("rgb", spoil=spoil))
    for measured, truth in zip(evaluation.folders["set"], pictures.values(), strict=True):
        assert measured.scores["net"] == measured.scores["input"]
        assert 5 < measured.scores["input"].psnr < 45
        assert measured.detail.truth.tensor().equal(truth.tensor()), "nothing is cut"
    assert [row.method for row in evaluation.rows()] == ["input", "net"]
    content, page = stored(evaluation, tmp_path / "figures.json"), evaluation_page(evaluation)
    assert content["protocol"].items() >= {"spoil": spoil, "scale": None, "reduction": None}.items()
    assert content["protocol"]["description"] in page
    for mean in content["means"]:
        assert f"<th>set</th><td>{mean['method']}</td><td>2</td><td>{mean['psnr']:.2f}</td>" in page


def test_given_pairs_are_measured_as_they_are(made: Make, folder: Folder) -> None:
    truth, input = made(40, 30), made(40, 30, seed=1)
    pairs = folder("set", {"hazy/a.png": input, "clear/a.png": truth})
    seen: list[Picture] = []

    def undo(picture: Picture) -> Picture:
        seen.append(picture)
        return truth

    (measured,) = evaluate(undo, "input", [pairs], Protocol("rgb", spoil="given")).folders["set"]
    assert np.array_equal(seen[0].pixels, input.pixels)
    assert measured.name == "a"
    assert measured.scores == {
        "input": compare(input, truth, Protocol("rgb")),
        "input (given)": compare(truth, truth, Protocol("rgb")),
    }


def test_given_pairs_of_two_sizes_are_refused(made: Make, folder: Folder) -> None:
    pairs = folder("set", {"A/a.png": made(12, 13), "B/a.png": made(12, 12)})
    with pytest.raises(GanvasError, match=r"B/a\.png: pictures of 13 x 12 and 12 x 12 pixels"):
        evaluate(lambda input: input, "net", [pairs], Protocol(spoil="given"))


def test_a_protocol_that_says_nothing_of_inputs_is_a_mistake(made: Make, folder: Folder) -> None:
    with pytest.raises(ValueError, match="how inputs are made"):
        evaluate(lambda input: input, "net", [folder("set", {"a.png": made(12, 12)})], Protocol())


def test_folders_are_paired_by_name_whatever_the_ending(made: Make, folder: Folder) -> None:
    truth = {"a.png": made(30, 30), "deep/b.v1.png": made(20, 30, seed=1)}
    results = {"a.bmp": brighter(made(30, 30), 0), "deep/b.v1.tiff": made(20, 30, seed=1)}
    results["a.bmp"].pixels[:] = 1
    evaluation = compare_folders(folder("results", results), folder("truth", truth), Protocol("rgb"))
    a, b = evaluation.folders["truth"]
    assert (a.name, b.name) == ("a", "deep/b.v1")
    mse = ((255 - 255 * truth["a.png"].pixels.astype(np.float64)) ** 2).mean()
    assert a.scores == {
        "results": Scores(pytest.approx(10 * math.log10(255**2 / mse), abs=1e-4), a.scores["results"].ssim, None)
    }
    assert b.scores["results"].psnr == math.inf


def test_equal_pictures_are_counted_and_left_out_of_the_mean(made: Make, folder: Folder) -> None:
    truth = {"a.png": made(20, 20), "b.png": made(20, 20, seed=1)}
    results = {"a.png": made(20, 20), "b.png": made(20, 20, seed=2)}
    (row,) = compare_folders(folder("results", results), folder("truth", truth), Protocol()).rows()
    assert (row.pictures, row.infinite) == (2, 1)
    assert row.psnr == compare(results["b.png"], truth["b.png"], Protocol()).psnr
    (row,) = compare_folders(folder("truth", {}), folder("truth", {}), Protocol()).rows()
    assert (row.psnr, row.infinite) == (math.inf, 2)


def test_with_a_scale_bicubic_stands_beside_results_too(made: Make, folder: Folder) -> None:
    truth = folder("truth", {"a.png": made(25, 24)})
    results = folder("bicubic", {"a.png": Picture(made(25, 24).pixels[:24].copy())})
    (measured,) = compare_folders(results, truth, X2).folders["truth"]
    assert list(measured.scores) == ["bicubic", "bicubic (given)"]
    assert measured.scores["bicubic (given)"].psnr == math.inf > measured.scores["bicubic"].psnr


def test_a_model_called_bicubic_does_not_replace_it(made: Make, folder: Folder) -> None:
    def black(low: Picture) -> Picture:
        return Picture(np.zeros((2 * low.height, 2 * low.width, 3), np.float32))

    (measured,) = evaluate(black, "bicubic", [folder("set", {"a.png": made(24, 24)})], X2).folders["set"]
    assert list(measured.scores) == ["bicubic", "bicubic (given)"]
    assert measured.scores["bicubic"].psnr > measured.scores["bicubic (given)"].psnr


@pytest.mark.parametrize(
    ("results", "truth", "said"),
    [
        (["a.png"], ["a.png", "b/c.png"], "truth/b/c.png has no partner in .*results: a picture called b/c"),
        (["a.png", "extra.png"], ["a.png"], "results/extra.png has no partner in .*truth: a picture called extra"),
        (["a.png", "a.bmp"], ["a.png"], "a.bmp and .*a.png have one name"),
    ],
)
def test_pictures_without_a_clear_partner_are_refused(
    results: list[str], truth: list[str], said: str, made: Make, folder: Folder
) -> None:
    folders = [
        folder(name, {path: made(12, 12) for path in paths}) for name, paths in (("results", results), ("truth", truth))
    ]
    with pytest.raises(GanvasError, match=said):
        compare_folders(*folders, Protocol())


def test_sizes_that_differ_are_refused_with_the_name_of_the_file(made: Make, folder: Folder) -> None:
    results, truth = folder("results", {"a.png": made(12, 13)}), folder("truth", {"a.png": made(12, 12)})
    with pytest.raises(GanvasError, match=r"results/a\.png: pictures of 13 x 12 and 12 x 12 pixels"):
        compare_folders(results, truth, Protocol())


def test_other_failures_name_file_or_folder(made: Make, folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(GanvasError, match=r"no folder .*nowhere"):
        evaluate(bicubic, "m", [tmp_path / "nowhere"], X2)
    (tmp_path / "empty").mkdir()
    with pytest.raises(GanvasError, match=r"no picture in .*empty"):
        evaluate(bicubic, "m", [tmp_path / "empty"], X2)
    with pytest.raises(GanvasError, match=r"tiny/a\.png has 9 x 1 pixels, too few to be reduced 2 times"):
        evaluate(bicubic, "m", [folder("tiny", {"a.png": made(1, 9)})], X2)
    with pytest.raises(GanvasError, match=r"set/a\.png: pictures of 12 x 12 and 24 x 24"):
        evaluate(lambda low: low, "m", [folder("set", {"a.png": made(24, 24)})], X2)


def stored(evaluation: Evaluation, path: Path) -> dict:
    evaluation.store(path)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def test_the_json_holds_protocol_means_and_every_picture(made: Make, folder: Folder, tmp_path: Path) -> None:
    evaluation = evaluate(bicubic, "model", [folder("set", {"ä.png": made(24, 24)})], X2)
    content = stored(evaluation, tmp_path / "figures.json")
    assert content["protocol"]["description"] == X2.describe()
    assert content["protocol"]["channel"] == "y"
    first, second = content["means"]
    assert (first["folder"], first["method"], second["method"]) == ("set", "bicubic", "model")
    scores = evaluation.folders["set"][0].scores["model"]
    expected = {"psnr": scores.psnr, "ssim": scores.ssim, "ms_ssim": None, "distance": None}
    assert content["pictures"]["set"]["ä.png"]["model"] == expected
    assert not list(tmp_path.glob(".*"))


def test_the_json_of_equal_pictures_is_json(made: Make, folder: Folder, tmp_path: Path) -> None:
    truth = folder("truth", {"a.png": made(12, 12)})
    content = stored(compare_folders(truth, truth, Protocol()), tmp_path / "figures.json")
    assert content["means"][0]["psnr"] == content["pictures"]["truth"]["a"]["truth"]["psnr"] == "inf"


def test_a_place_that_cannot_be_written_is_one_sentence(made: Make, folder: Folder, tmp_path: Path) -> None:
    truth = folder("truth", {"a.png": made(12, 12)})
    evaluation = compare_folders(truth, truth, Protocol())
    with pytest.raises(ReportError, match=r"there is no folder .*nowhere"):
        evaluation.store(tmp_path / "nowhere" / "figures.json")
    with pytest.raises(ReportError, match="is a folder"):
        evaluation.store(truth)


@pytest.mark.parametrize(("scale", "published"), [(2, 33.66), (4, 28.42)])
def test_bicubic_on_set5_is_as_published(scale: int, published: float, shared_data: Path) -> None:
    protocol = Protocol("y", crop=scale, scale=scale, reduction="bicubic")

    def enlarge(low: Picture) -> Picture:
        return Picture.from_tensor(resize(low.tensor(), scale=scale))

    row, again = evaluate(enlarge, "again", [shared_data / "eval" / "Set5"], protocol).rows()
    # The published figures are of luma rounded to 8 bits and reduced without rounding, some 0.02 dB less.
    assert row.psnr == pytest.approx(published, abs=0.03)
    assert again.psnr == pytest.approx(row.psnr, abs=1e-3)
