"""What channels are called by the text that makes them."""

from __future__ import annotations

import pytest

from gopatterns_cli.live.names import named, place
from patterns import Channel


class Owner:
    """Has a channel of its own."""

    def __init__(self):
        self._jobs: Channel[int] = Channel(2)
        self.made = Channel[int](), self._jobs


def names(*channels):
    return list(named((place(channel), number) for number, channel in enumerate(channels, 1)))


def test_a_channel_is_called_as_the_line_that_makes_it_calls_it():
    merged = Channel()
    results: Channel[int] = Channel(3)
    assert names(merged, results, Owner()._jobs) == [("merged", False), ("results", False), ("jobs", False)]


def test_those_made_at_one_place_are_told_apart():
    answers = []
    for _ in range(3):
        answer = Channel()
        answers.append(answer)
    assert names(*answers) == [("answer", False), ("answer 2", False), ("answer 3", False)]


def test_one_of_a_list_goes_by_its_number_because_nobody_knows_which_it_is():
    hops = [Channel() for _ in range(2)]
    assert names(*reversed(hops)) == [("hop (channel 1)", True), ("hop (channel 2)", True)]


@pytest.mark.parametrize("make", [lambda: (0, Channel())[1], lambda: eval("Channel()")])  # noqa: S307 - ours
def test_where_the_line_has_no_name_there_is_none(make):
    channel = make()
    assert names(channel) == [("", False)]


def test_channel_is_no_name():
    channel = Channel()
    channels = [Channel() for _ in range(1)]
    assert names(channel, *channels) == [("", False), ("", False)]
