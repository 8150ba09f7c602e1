import json
import os

import pytest

pytest.importorskip("fastapi", reason="the extra web is not installed")
pytest.importorskip("httpx", reason="httpx is not installed")

from ganvas.web.reports import runs_in
from ganvas.web.settings import digest

KEY, OTHER = "0123456789abcdef-one", "0123456789abcdef-two"


@pytest.fixture
def folder(tmp_path):
    """Four runs, one without a report and one without a readable recipe, and what is none."""
    made = tmp_path / "runs"
    for age, name in enumerate(["srgan & co", "damaged", "begun", "ümlaut"]):
        (made / name).mkdir(parents=True)
        (made / name / "recipe.json").write_text("{" if name == "damaged" else json.dumps({"recipe": "srgan"}))
        if name != "begun":
            (made / name / "report.html").write_text(f"<h1>{name}</h1>", "utf-8")
        for file in (made / name).iterdir():
            os.utime(file, (1e9 - age, 1e9 - age))
    for name in (".hidden", "a folder"):
        (made / name).mkdir()
    (made / ".hidden" / "recipe.json").write_text("{}")
    (tmp_path / "secret").mkdir()
    for name in ("recipe.json", "report.html"):
        (tmp_path / "secret" / name).write_text("{}")
    return made


def test_runs_are_listed_the_latest_first(folder):
    found = [(run.name, run.recipe, run.report is not None) for run in runs_in(folder)]
    assert found == [
        ("srgan & co", "srgan", True), ("damaged", None, True), ("begun", "srgan", False), ("ümlaut", "srgan", True),
    ]  # fmt: skip


def test_reports_are_those_of_the_list_and_no_other_file(serving, folder):
    with serving(runs=folder) as running:
        runs = running.http.get("/v1/runs").json()["runs"]
        assert [run["name"] for run in runs] == ["srgan & co", "damaged", "begun", "ümlaut"]
        assert runs[0]["changed"].startswith("2001-09-09T")
        for run in runs:
            if run["name"] == "begun":
                assert run["report"] is None
                continue
            answer = running.http.get(run["report"])
            assert answer.text == f"<h1>{run['name']}</h1>"
            assert "sandbox allow-scripts;" in answer.headers["content-security-policy"]
            assert "allow-same-origin" not in answer.headers["content-security-policy"]
        for name in (
            "..%2fsecret",
            "%2e%2e",
            "%2e%2e%2fsecret",
            ".hidden",
            "begun",
            "a%20folder",
            "secret",
            "%00",
            "%ff",
        ):
            answer = running.http.get(f"/v1/runs/{name}/report")
            assert (answer.status_code, set(answer.json())) == (404, {"error"})
        folder.rename(folder.with_name("elsewhere"))
        assert running.http.get("/v1/runs").status_code == 503


def test_with_keys_a_report_is_opened_by_a_key_or_by_its_own_pass(serving, folder):
    with serving(runs=folder, keys=frozenset([digest(KEY)]), key=KEY) as running:
        first, second = [run["report"] for run in running.http.get("/v1/runs").json()["runs"]][:2]
        assert KEY not in first
        plain = first.partition("?")[0]
        assert running.http.get(plain).status_code == 200
        del running.http.headers["Authorization"]
        assert running.http.get("/v1/runs").status_code == 401
        assert running.http.get(first).status_code == 200
        for wrong in ("", "?pass=", "?pass=%ff", "?" + second.partition("?")[2]):
            assert running.http.get(plain + wrong).status_code == 401


def test_a_service_without_runs_has_no_such_page(serving):
    with serving() as running:
        assert running.http.get("/v1/runs").status_code == 404
        assert running.http.get("/v1/models").json()["limits"] == {
            "megabytes": 64, "megapixels": 40, "result_megapixels": 200,
        }  # fmt: skip
        styles = {model["name"]: model["style"] for model in running.http.get("/v1/models").json()["models"]}
        assert (styles["sharp-x2"], styles["dehaze"]) == ("sharp", None)
