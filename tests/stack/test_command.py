"""The command line of the local stack: honest, clean at the end, plain about what is wrong."""

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.stack


def up(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "infra.local", "up", *arguments]


def clean() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/tmp"), "LANG": "C.UTF-8"}


@pytest.mark.req("O1")
def test_ready_is_honest_and_the_end_leaves_no_process() -> None:
    process = subprocess.Popen(
        up("--port", "0", "--no-demo"),
        cwd=ROOT,
        env=clean(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    ready = next(line for line in process.stdout if line.startswith("ready "))
    url = ready.split()[1]
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{url}/webhooks/notion", data=b"{}", timeout=10)
    assert caught.value.code == 401
    caught.value.close()
    said = "".join(itertools.takewhile(lambda line: not line.startswith("serving"), process.stdout))
    assert f"look at the dashboard: {url}/dashboard\n" in said
    (link,) = re.findall(rf"{url}/dashboard/\S+", said)
    assert requests.get(link, timeout=20).url == f"{url}/dashboard"
    folder = ROOT / ".local" / f"run-{url.rsplit(':', 1)[1]}"
    pids = json.loads((folder / "state.json").read_text())["pids"]
    assert len(pids) == 5  # AWS, Notion, the partner's Notion, Slack, PostgreSQL

    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    process.stdout.close()

    assert [p for p in pids if Path(f"/proc/{p}").exists()] == []
    left = [p for p in Path("/proc").glob("[0-9]*/environ") if str(folder).encode() in _bytes(p)]
    assert left == []


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            up("--port", port), cwd=ROOT, env=clean(), capture_output=True, text=True, check=False
        )

    assert done.returncode == 2
    assert f"port {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "said"), [(None, "can't be read"), ("[slak]", "did you mean 'slack'"), ("[", "not TOML")]
)
def test_a_rules_file_that_is_wrong_is_refused_before_anything_starts(
    tmp_path: Path, text: str | None, said: str
) -> None:
    rules = tmp_path / "rules.toml"
    if text is not None:
        rules.write_text(text)
    done = subprocess.run(
        up("--port", "0", "--rules", str(rules)),
        cwd=ROOT,
        env=clean(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
