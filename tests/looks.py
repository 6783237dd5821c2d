"""A look at one job, as tests of tuning make one up."""

from __future__ import annotations

from dataclasses import replace

from gopatterns_cli.tuning.look import Look


def a_look(**changes):
    look = Look(
        function="work:fetch",
        form="plain",
        inputs="work:INPUTS",
        read=1_000,
        more=False,
        sized=True,
        called=False,
        count=1_000,
        import_s=0.0,
        looked_at=100,
        job_s=0.020,
        cpu_share=0.01,
        gil_share=0.0,
        pair=None,
        memory_bytes=0,
        leak_bytes=0,
        stays="",
        same_again=True,
        one_loop=False,
        known=100,
    )
    return replace(look, **changes)
