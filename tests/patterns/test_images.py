"""Files that are no images, or not whole: one line that names the file, on every runtime that reads some."""

from __future__ import annotations

import pytest
from PIL import Image

from gopatterns_cli.app import main


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (100, 80), (5, 6, 7)).save("good.jpg")
    whole = (tmp_path / "good.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.jpg").write_text("hello", encoding="utf-8")
    Image.new("1", (20_000, 20_000)).save("bomb.png")
    (tmp_path / "empty").mkdir()


@pytest.mark.parametrize("runtime", ["asyncio", "threads"])
@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("empty/*.jpg", 2, "--input: no file is called 'empty/*.jpg'"),
        ("text.jpg", 1, "text.jpg: is no image"),
        ("cut.jpg", 1, "cut.jpg: cannot be read: "),
        ("bomb.png", 1, "bomb.png: has more than 178,956,970 pixels, which is refused"),
    ],
)
def test_what_is_no_image_is_one_line_that_names_it(files, capsys, runtime, name, code, message):
    assert main(["run", "image-batch", "--input", name, "--runtime", runtime]) == code
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert errors[0].startswith(f"error: {message}")


def test_an_image_is_made_smaller_and_written(files, capsys, tmp_path):
    assert main(["run", "image-batch", "--input", "good.jpg", "--output", str(tmp_path / "empty")]) == 0
    with Image.open(tmp_path / "empty" / "good.jpg") as small:
        assert small.size == (25, 20)
