"""The order of a tuning's work: look, search, finals, code; everything inside one budget of time.

What was found so far is kept here, so that an interruption can say it.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.estimating import VALUE_S, WORKER_S
from gopatterns_cli.measuring.machine import cores
from gopatterns_cli.measuring.processes import HungError, Launcher, LostRunError
from gopatterns_cli.statistics.ratio import FEWEST_ROUNDS
from gopatterns_cli.tuning import finals, pasting
from gopatterns_cli.tuning.confirming import confirmed
from gopatterns_cli.tuning.cost import GRACE_S, PATIENCE, Cost
from gopatterns_cli.tuning.finals import PAYS, Finals, Rounds, Standing
from gopatterns_cli.tuning.found import Entrant, Search, Value
from gopatterns_cli.tuning.grid import Bounds, Candidate, cell_of, counterpart, plain_cell, searched, twins
from gopatterns_cli.tuning.look import Look
from gopatterns_cli.tuning.notes import left_out, notes
from gopatterns_cli.tuning.opening import FEWEST
from gopatterns_cli.tuning.pasting import ALONE, OURS
from gopatterns_cli.tuning.result import Code, Tuned, knee_of
from gopatterns_cli.tuning.running import Runner
from gopatterns_cli.tuning.sample import INPUTS
from gopatterns_cli.tuning.searching import FINALISTS, search
from gopatterns_cli.tuning.stages import last_stage
from gopatterns_cli.tuning.target import Target

LOOK, LOOK_AT_MOST, SEARCH, LONGEST = 0.2, 0.5, 0.55, 0.02
"""
Shares of the budget: what the look is asked to take, and may; when the search is to be over; how long the
best's run may be, so that the finals have time for rounds of it.
"""

LEAST_SEARCH = 0.15
"""The share of the budget that the search has at the least, where long jobs let the finals need more."""

PLAIN_S = 0.5
"""A run of the plain loop in the finals takes about so long, or as long as one job."""

SAMPLE_S = 0.1
"""What a process costs more than one of `bench`: it reads the sample."""

CHECK_S = 1.0
"""What checking a text may take beside its start and its run."""

WATCHED_S = 5.0
"""A scenario's plain loop takes no longer: `bench` runs it in every round, and in every process once more."""

TIMED_OUT = 124

Asked = Callable[[str, Mapping[str, Any], float], Mapping[str, Any]]
"""Runs a program of tuning in a fresh process: `asking.asked`."""

Progress = Callable[[str, str, float], None]
"""
Told between two processes, and never while one runs: which part of the work comes, what of it, and how many
seconds of the budget are left.
"""


@dataclass(slots=True)
class Course:
    """A tuning under way.

    Args:
        target: what is tuned.
        bounds: what the user allows.
        budget_s: what it all may take, in seconds.
        folder: where the sample and the texts lie.
        seed: draws the sample's order and those of the rounds.
        launcher: runs a worker.
        asked: runs a program of tuning.
        progress: is told how far it is.
        clock: seconds, always rising.
        rest: sleeps so many of them.
        watched: a scenario is wanted, whose runs are short.
    """

    target: Target
    bounds: Bounds
    budget_s: float
    folder: Path
    seed: int
    launcher: Launcher
    asked: Asked
    progress: Progress
    clock: Callable[[], float] = time.monotonic
    rest: Callable[[float], None] = time.sleep
    watched: bool = False
    began_s: float = 0.0
    look: Look | None = None
    runner: Runner | None = None

    def carry_out(self) -> Tuned:
        """Do it all.

        Raises:
            Failure: there is nothing to tune, or nothing could be measured; exit code 124 when one job
                takes too long for the budget.
        """
        self.began_s = self.clock()
        look = self.look = self._look()
        pause_s = 1 / self.bounds.rate if self.bounds.rate else 0.0
        cost = Cost(look, cores(), WORKER_S + SAMPLE_S + look.import_s + pause_s, self.bounds.rate)
        runner = self.runner = Runner(
            self.launcher, self.bounds, self.left_s, cost, look.one_loop, self.clock, self.rest
        )
        found = self._search(cost, runner)
        final = self._finals(cost, runner, found)
        look = cost.look = look.also_failing(runner.learned)
        codes = self._codes(cost, runner, final)
        figure = self._figure(cost, runner, final) if self.watched else None
        winner = final.standings[0].candidate if final.standings else None
        curve = {} if winner is None else found.curve(winner)
        return Tuned(
            look=look,
            bounds=self.bounds,
            search=found,
            finals=final,
            knee=knee_of(curve),
            curve=curve,
            codes=codes,
            seconds=self.clock() - self.began_s,
            budget_s=self.budget_s,
            seed=self.seed,
            left_out=left_out(look, found, final),
            notes=notes(look, final, self.bounds),
            figure=figure,
        )

    def left_s(self, share: float = 1.0) -> float:
        """How many seconds are left until a share of the budget is used up."""
        return self.began_s + share * self.budget_s - self.clock()

    def _look(self) -> Look:
        self.progress("looking at one job", self.target.function, self.left_s())
        request = {
            "function": self.target.function,
            "inputs": self.target.inputs,
            "files": self.target.files,
            "folder": str(self.folder),
            "seed": self.seed,
            "seconds": LOOK * self.budget_s,
            "rate": self.bounds.rate,
        }
        most_s = LOOK_AT_MOST * self.budget_s
        try:
            look = Look.from_json(self.asked("gopatterns_cli.tuning.looking", request, most_s))
        except HungError:
            doing = last_stage(self.folder)
            raise Failure(f"{doing} took longer than {most_s:g} s, half of --budget", TIMED_OUT) from None
        except LostRunError as error:
            raise Failure(f"{last_stage(self.folder)}: {error}") from None
        if look.count < 2:
            others = f" and left the others, because {look.cut};" if look.more else ","
            raise Failure(
                f"{INPUTS}: found 1 input in {look.inputs}{others} "
                "allowed 2 or more: one has nothing to run beside",
                2,
            )
        return look

    def _search(self, cost: Cost, runner: Runner) -> Search:
        look = cost.look

        def measure(candidate: Candidate, count: int, most_s: float) -> Value:
            self.progress(f"searching on {count:,} inputs", candidate.words, self.left_s())
            cell = cell_of(candidate, look, self.bounds, self.folder, count)
            before = [value.each_s for value in runner.values if value.candidate == candidate]
            expected_s = before[-1] * count if before else cost.first_s(candidate, count)
            return runner.measure(candidate, cell, expected_s, most_s)

        candidates = searched(look, self.bounds, cost.cores)
        left_s = partial(self.left_s, self._search_ends(cost))
        found = search(candidates, cost, left_s(), LONGEST * self.budget_s, left_s, measure)
        if not found.ranking:
            why = (
                f"{found.dropped[0].candidate.words}: {found.dropped[0].why}" if found.dropped else "no time"
            )
            raise Failure(f"nothing could be measured: {why}")
        others = [twin for best in found.favourites for twin in twins(best, look, self.bounds)]
        return confirmed(found, others, cost, left_s, measure)

    def _search_ends(self, cost: Cost) -> float:
        """
        Return the share of the budget after which the search is over: earlier where jobs are so long that
        the finals would have too few rounds for an interval.
        """
        count = cost.look.count
        run_s = max(cost.least_s(min(FEWEST, count)), LONGEST * self.budget_s)
        plain_s = run_s if cost.paced else cost.plain_s(_plain_count(cost, count))
        rounds_s = FEWEST_ROUNDS * finals.MARGIN * (2 * cost.start_s + plain_s + run_s)
        finals_s = rounds_s + _checks_s(cost, run_s)
        spent = 1 - self.left_s() / self.budget_s
        return min(SEARCH, max(1 - finals_s / self.budget_s, spent + LEAST_SEARCH))

    def _finals(self, cost: Cost, runner: Runner, found: Search) -> Finals:
        look, count = cost.look, found.count
        plain_count = _plain_count(cost, count)
        entrants = list(found.ranking[:FINALISTS])
        other = counterpart(entrants[0], look)
        if other in found.ranking and other not in entrants:  # so that both kinds of code have a figure
            entrants.append(other)

        def run_s(entrant: Entrant) -> float:
            return cost.plain_s(plain_count) if entrant is None else found.each_s(entrant) * count

        def expected_s(entrant: Entrant) -> float:
            return cost.start_s + max(run_s(entrant), 2 * VALUE_S)

        def run(entrant: Entrant, number: int, hash_seed: int) -> Value:
            self.progress("finals", f"round {number + 1} of {plan.rounds}", self.left_s())
            if entrant is None:  # on other inputs in every round
                cell = plain_cell(look, self.bounds, self.folder, plain_count, number * plain_count)
            else:
                cell = cell_of(entrant, look, self.bounds, self.folder, count)
            return runner.measure(entrant, cell, run_s(entrant), cost.most_s(cell.count), hash_seed)

        checks_s = _checks_s(cost, run_s(entrants[0]))
        before_checks = 1 - checks_s / self.budget_s
        left_s = self.left_s(before_checks)
        plan = finals.planned(entrants, expected_s, left_s, (count, plain_count), self.seed)
        rounds = Rounds()
        finals.carry_out(plan, rounds, run, partial(self.left_s, before_checks), checks_s)
        return finals.decided(plan, rounds)

    def _codes(self, cost: Cost, runner: Runner, final: Finals) -> tuple[Code, ...]:
        if final.verdict != PAYS:
            return ()
        winner = final.standings[0]
        return tuple(self._code(kind, winner, final.plan.count, cost, runner) for kind in (OURS, ALONE))

    def _code(self, kind: str, standing: Standing, count: int, cost: Cost, runner: Runner) -> Code:
        """Write a text, run it in a fresh process, and keep what came of it."""
        winner = standing.candidate
        self.progress("checking the code", f"with {kind}", self.left_s())
        text = pasting.pasted(kind, winner, cost.look, self.bounds)
        module = "pasted_ours" if kind == OURS else "pasted_alone"
        self.folder.joinpath(f"{module}.py").write_text(text, encoding="utf-8")
        request = {
            "folder": str(self.folder),
            "module": module,
            "count": count,
            "ordered": pasting.keeps_order(kind, self.bounds),
        }
        expected_s = cost.start_s + standing.each_s * count
        if self.left_s() < expected_s:
            return Code(kind, text, None, count, 0, "there was no time for it")
        runner.keep_pace()
        most_s = CHECK_S + cost.start_s + PATIENCE * standing.each_s * count
        try:
            told = self.asked(
                "gopatterns_cli.tuning.checking", request, min(most_s, max(self.left_s(), GRACE_S))
            )
        except (Failure, LostRunError) as error:
            return Code(kind, text, None, count, 0, str(error))
        finally:
            runner.pace_begins()
        return Code(kind, text, told["seconds"] / count, count, told["known"], told["wrong"])

    def _figure(self, cost: Cost, runner: Runner, final: Finals) -> tuple[int, float] | None:
        """
        Return over how many inputs a scenario is to be measured, so that the plain loop does not take long,
        and the speed-up of our pool there: measured three times where that is not the finals' count.
        """
        ours, plain_s = final.ours, final.plain_each_s
        if final.verdict != PAYS or ours is None or ours.speedup is None or plain_s is None:
            return None
        wanted = max(round(WATCHED_S / plain_s), 2 * ours.candidate.workers)
        if wanted >= final.plan.count:
            return final.plan.count, ours.speedup.estimate
        cell = cell_of(ours.candidate, cost.look, self.bounds, self.folder, wanted)
        expected_s = ours.each_s * wanted
        try:
            values = [runner.measure(ours.candidate, cell, expected_s, cost.most_s(wanted)) for _ in range(3)]
        except LostRunError:
            return None
        return wanted, plain_s / median(value.each_s for value in values)


def _plain_count(cost: Cost, count: int) -> int:
    """
    Over how many inputs the plain loop runs in the finals, where the others run over `count`: as many where
    it waits for the rate. The first job of a run does not, so of a few that would show.
    """
    if cost.paced:
        return count
    return max(min(round(PLAIN_S / cost.plain_s(1)), count), 1)


def _checks_s(cost: Cost, run_s: float) -> float:
    """What checking both texts takes, where a run takes so long."""
    return 2 * (CHECK_S + cost.start_s + run_s)
