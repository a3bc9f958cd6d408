"""What the lab's people are told: credentials, equipment, options, why nothing can be begun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from server.domain.acceptance import SiteKind
from server.domain.equipment import EquipmentState
from server.domain.lab import CredentialKind
from server.domain.negotiation import Option


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


CREDENTIALS: Final[Mapping[CredentialKind, str]] = {
    "verifier": _("检定员"),
    "reviewer": _("核验员"),
    "approver": _("批准人"),
    "training": _("培训"),
}
SITES: Final[Mapping[SiteKind, str]] = {
    "fixed": "固定场所",
    "temporary": "临时场所",
    "mobile": "流动场所",
}
"""Kinds of sites as they stand on a record, which is Chinese."""
EQUIPMENT: Final[Mapping[EquipmentState, str]] = {
    "in_use": _("合格"),
    "limited": _("准用"),
    "out_of_service": _("停用"),
}
EXPIRED: Final = _("停用（过期）")
OPTIONS: Final[Mapping[Option, str]] = {
    "repair_and_retest": _("维修后再检"),
    "conclude_unqualified": _("直接判为不合格"),
    "return_untested": _("不检了，退回"),
    "reschedule": _("改期再检"),
    "other_institution": _("转送其他机构"),
}
DECLINED: Final = _("都不同意")
