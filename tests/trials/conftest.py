"""Scenario files are read once for all trials of the tests, which takes longer than the rest of one."""

from __future__ import annotations

from functools import cache

import pytest

import scenarios

find = cache(scenarios.find)


@pytest.fixture(autouse=True)
def read_once(monkeypatch):
    monkeypatch.setattr("scenarios.find", find)
