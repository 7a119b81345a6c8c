"""A bureau that delivers a feed file: answers are looked up in it, nothing is sent anywhere."""

from dataclasses import dataclass
from pathlib import Path

from dunwell.formats.bureau_answers import (
    BureauAnswer,
    BureauError,
    BureauRequest,
    BureauUnreachableError,
    read_bureau_answer,
    read_bureau_feed,
    row_of,
)

LARGEST_FEED = 100 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class FileBureau:
    """A feed file (CSV or JSON, see `read_bureau_feed`) of a bureau."""

    bureau: str
    path: Path

    def ask(self, request: BureauRequest) -> BureauAnswer | None:
        """Return the newest row of the customer as an answer, None when it has none.

        Raises BureauUnreachableError for a file that is not there (yet), BureauError for one
        that is too large or cannot be read.
        """
        try:
            if self.path.stat().st_size > LARGEST_FEED:
                raise BureauError(
                    f"{self.bureau}: {self.path.name} is larger than "
                    f"{LARGEST_FEED // 1024 // 1024} MB; split the feed."
                )
            data = self.path.read_bytes()
        except OSError as error:
            raise BureauUnreachableError(
                f"{self.bureau}: the feed file {self.path.name} cannot be opened "
                f"({error.strerror or error}). Put it into the folder of bureau feeds."
            ) from error
        row = row_of(read_bureau_feed(data, name=self.path.name), request, name=self.path.name)
        return None if row is None else read_bureau_answer(row, bureau=self.bureau)
