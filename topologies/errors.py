"""The one exception for what a user got wrong."""


class InputError(ValueError):
    """The user's input is wrong.

    `message` says what was found, what was expected and the remedy; `path` says in which field, as keys and list
    positions from the outermost (`("faults", 1, "at")`), empty where there is no such place.
    """

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return self.message
