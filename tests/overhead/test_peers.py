"""What the peers' modules say of themselves, and that one which is not here says how to get it."""

import re
import tomllib
from pathlib import Path

import pytest

from gopatterns_cli.overhead import peers
from gopatterns_cli.overhead.operations import OPERATIONS

ROOT = Path(__file__).parents[2]

each_peer = pytest.mark.parametrize("name", peers.names())


def loaded(name):
    if reason := peers.missing(name):
        pytest.skip(reason)
    return peers.load(name)


def test_peers_are_found_by_listing_the_folder():
    files = {path.stem for path in peers.FOLDER.iterdir() if path.suffix == ".py"} - {"__init__"}
    assert {name.replace("-", "_") for name in peers.names()} == files
    assert {"asyncio-queue", "trio", "gevent"} <= set(peers.names())


def test_a_peer_of_the_standard_library_is_always_here():
    standard = [name for name in peers.names() if peers.about(name).package is None]
    assert {"asyncio-queue", "plain-loop", "queue-queue", "simple-queue", "thread-pool"} == set(standard)
    assert [peers.missing(name) for name in standard] == [None] * 5


@each_peer
def test_what_is_told_without_importing_a_peer_is_what_its_module_says(name):
    module = loaded(name)
    peer = peers.about(name)
    assert (peer.name, peer.package, peer.family) == (name, module.PACKAGE, module.FAMILY)
    assert (module.NAME, peer.lacks) == (name, module.LACKS)


@each_peer
def test_a_peer_lacks_something_only_in_operations_that_it_does(name):
    module = loaded(name)
    done = {operation for operation, facts in OPERATIONS.items() if hasattr(module, facts.function)}
    assert done
    assert set(module.LACKS) <= done


@each_peer
def test_what_a_peer_lacks_is_told_of_operations_that_there_are(name):
    assert set(peers.about(name).lacks) <= set(OPERATIONS)


@each_peer
def test_a_peer_whose_package_is_not_here_says_how_to_get_it(name, monkeypatch):
    def absent(module):
        raise ModuleNotFoundError(f"No module named {module!r}")

    monkeypatch.setattr(peers, "import_module", absent)
    assert peers.missing(name).startswith(f"peer {name} is not available: pip install ")
    with pytest.raises(ValueError, match="pip install"):
        peers.load(name)


def test_a_peer_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="allowed aiochan"):
        peers.load("abacus")


def test_the_extra_has_every_peer_that_pip_alone_can_install():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = {re.match(r"[\w.-]+", line)[0] for line in project["optional-dependencies"]["peers"]}
    packages = {peers.about(name).package for name in peers.names()} - {None}
    assert packages - extra == {"pygolang"}
    assert extra - packages == {"setuptools"}
