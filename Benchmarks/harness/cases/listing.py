"""A store of many objects: listed, and found to be unchanged."""

import harness.places as places
from harness.clients import rclone_list, rclone_sync, s5cmd_list, s5cmd_sync
from harness.measure import run
from harness.model import SLUICE, Case, Contender, Target
from harness.servers import S3, Filled, ServerFailed

_NAME = "tree/"
_PEERS = ["s5cmd", "rclone", "rclone, fast list"]
_LIMIT_SECONDS = 1800.0


def make(data, sluice):
    """Every object with its size and time."""
    return _case("list", "objects of S3 listed, SeaweedFS", data, sluice, [
        Contender(SLUICE, lambda store: [[sluice.list(store)]]),
        Contender("s5cmd", lambda store: [[s5cmd_list(store)]]),
        Contender("rclone", lambda store: [[rclone_list(store)]]),
        Contender("rclone, fast list", lambda store: [[rclone_list(store, "--fast-list")]]),
    ], [
        Target("wall not above the best", "wall", 1.0, _PEERS),
        Target("CPU not above the best", "cpu", 1.0, _PEERS),
    ])


def make_sync(data, sluice):
    """A tree that the store has already: nothing is to be sent."""
    tree = data.tiny_files()
    return _case("sync", "unchanged files synchronised with S3, SeaweedFS", data, sluice, [
        Contender(SLUICE, lambda store: [[sluice.synchronise(tree, store)]]),
        Contender("s5cmd", lambda store: [[s5cmd_sync(tree, store)]]),
        Contender("rclone", lambda store: [[rclone_sync(tree, store)]]),
        Contender("rclone, fast list", lambda store: [[rclone_sync(tree, store, "--fast-list")]]),
    ], [Target("wall at most \u00bd of the best's", "wall", 1 / 2, _PEERS)])


def _case(name, title, data, sluice, contenders, targets):
    """The store gets the tree from Sluice, in another folder's time than any contender's."""
    tree, count = data.tiny_files(), data.scale.tiny_files

    def fill(store):
        done = run([[sluice.copy(f"{tree}/", store, _NAME)]], None, _LIMIT_SECONDS)
        if done.error:
            raise ServerFailed(done.error)

    return Case(
        name=name,
        title=f"{count} {title}",
        amount=count,
        unit="files",
        contenders=contenders,
        stage=Filled(S3(places.FIXTURES / "s3-seaweedfs"), _NAME, fill),
        targets=targets,
    )
