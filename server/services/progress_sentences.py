"""What the customer of a case is told of its way: stages, the clock of the promise, why not yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from server.domain.negotiation import Option
from server.domain.progress import Stage


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


STAGES: Final[Mapping[Stage, str]] = {
    "booked": _("已预约"),
    "registered": _("已登记"),
    "supplement_required": _("材料待补正"),
    "rejected": _("不予受理"),
    "accepted": _("已受理"),
    "in_progress": _("检定中"),
    "ready": _("可取件"),
    "partly_released": _("已取走一部分"),
    "released": _("已取走"),
    "posted": _("已寄出"),
    "closed": _("已办结"),
}

# The promise
NOT_BEGUN: Final = _("受理后开始计时，限{limit}个工作日")
SAME_DAY: Final = _("今天完成，请在大厅稍候")
BY: Final = _("预计{day}前完成，还剩{left}个工作日")
TODAY: Final = _("预计今天完成")
TOMORROW: Final = _("预计{day}前完成，还剩1个工作日")
PAUSED: Final = _("等待您的答复，计时已暂停；答复后还有{left}个工作日")
OVERDUE: Final = _("应在{day}前完成，已超{over}个工作日。很抱歉，我们会尽快办理")
KEPT: Final = _("{net}个工作日完成，承诺{limit}个工作日")
KEPT_TODAY: Final = _("当天完成")
WAITED: Final = _("已办{gross}个工作日，其中等待客户{waited}个")
PROVISIONAL: Final = _("（日期暂估：明年的放假安排还没有公布）")

PICKUP_NOT_YET: Final[Mapping[str, str]] = {
    "due": _("还没有可取的样品，预计{day}前完成。完成后会通知您。"),
    "open": _("还没有可取的样品。完成后会通知您。"),
}
OPTIONS: Final[Mapping[Option, str]] = {
    "repair_and_retest": _("修好后再检"),
    "conclude_unqualified": _("不修了，按不合格出通知书"),
    "return_untested": _("不检了，退回给我"),
    "reschedule": _("改天再检"),
    "other_institution": _("转到其他机构检"),
}
