"""All that the counter does with a case, as one value for the routes."""

from __future__ import annotations

from dataclasses import dataclass

from .acceptance import Acceptances
from .acceptance_sheet import Sheets
from .custody import Custody
from .fulfilment import Fulfilments
from .halls import Halls
from .notices import Notices
from .photos import Photos
from .places import Places
from .referrals import Referrals


@dataclass(frozen=True, slots=True)
class Intake:
    acceptances: Acceptances
    sheets: Sheets
    notices: Notices
    photos: Photos
    fulfilments: Fulfilments
    referrals: Referrals
    places: Places
    custody: Custody

    @staticmethod
    def over(halls: Halls) -> Intake:
        return Intake(
            acceptances=Acceptances(halls),
            sheets=Sheets(halls),
            notices=Notices(halls),
            photos=Photos(halls),
            fulfilments=Fulfilments(halls),
            referrals=Referrals(halls),
            places=Places(halls),
            custody=Custody(halls),
        )
