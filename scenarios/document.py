"""What the document says and no timed arm of its scenarios decides, and where the answer comes from.

The ids are those of `shared/CLAIMS.md`, as are those in the scenario files.
"""

from dataclasses import dataclass

SWEEPS, ADVICE, LEAKS = "sweeps", "advice", "leaks"
"""A sweep over workers; a matrix of kinds of jobs, patterns and runtimes; a count of tasks left behind."""


@dataclass(frozen=True)
class Statement:
    """One of them.

    Args:
        id: its fixed name.
        says: what the document says.
        source: where its answer comes from.
    """

    id: str
    says: str
    source: str


STATEMENTS = (
    Statement("worker-pool/best-at-cores", "best when the number of workers is near that of cores", SWEEPS),
    Statement("worker-pool/oversubscription", "too many workers cost context switches", SWEEPS),
    Statement("advice/io-bound", "a worker pool of 100 or more is best for I/O-bound jobs", ADVICE),
    Statement("advice/cpu-bound", "fan-out to as many workers as cores is best for CPU-bound jobs", ADVICE),
    Statement("advice/streaming", "a pipeline of 2 to 5 stages is best for streams", ADVICE),
    Statement("advice/mixed", "a combination of patterns is best for mixed jobs", ADVICE),
    Statement(
        "practice/buffered-results",
        "an unbuffered result channel leaks its senders when the consumer leaves early, a buffered one not",
        LEAKS,
    ),
)
