"""The one way a command ends badly: one line for the user, one exit code for the shell."""


class Failure(Exception):
    """What the user is told, and the exit code.

    Args:
        message: one line, without `error: ` in front.
        exit_code: as in DESIGN's table.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
