from . import parsing


class Importer:
    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self.contacts = 0

    def run(self, text: str) -> tuple[int, str | None]:
        try:
            contacts = parsing.parse(text)
        except parsing.BadRow as error:
            self.failures.append(error)
            return 0, str(error)
        self.contacts += len(contacts)
        return len(contacts), None


importer = Importer()
