"""What is said of a sheet: what is wrong in it, and what to write instead; English by catalogue."""

from __future__ import annotations

from server.protocol.language import both
from server.protocol.sheets import Fault


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


SAVE_AS = _("请在 Excel 或 WPS 里另存为“CSV UTF-8”或“Excel 工作簿（.xlsx）”再导入。")
START_OVER = _("请先导出现有目录，在导出的表格里修改。")

EMPTY = _("文件是空的")
NO_TABLE = _("这不是表格文件")
OLD_XLS = _("这是旧版 .xls 文件")
LOCKED = _("文件加了密码")
UNLOCK = _("请去掉密码再保存。")
ARCHIVE = _("这是压缩包，不是 .xlsx 表格")
BROKEN = _("文件损坏，打不开")
BROKEN_CSV = _("引号没有配对，后面的内容读不出来")
CLOSE_QUOTES = _("请检查这一行的英文双引号。")
ENCODING = _("文字编码读不出来")
TOO_LARGE = _("文件太大")
SMALLER = _("最多{most}，请拆成几次导入。")
TOO_MANY_ROWS = _("行数太多")
ROWS_LIMIT = _("最多{most}行，请拆成几次导入。")
TOO_MANY_COLUMNS = _("列数太多")
NO_ROWS = _("只有表头，没有内容")
ONE_ROW_AN_ITEM = _("每种器具写一行。")

MISSING_COLUMN = _("缺少这一列")
ADD_COLUMN = _("请加上这一列：{form}")
UNKNOWN_COLUMN = _("没有这一列")
PERHAPS = _("是不是“{close}”？不需要的列请删掉。")
DELETE_COLUMN = _("请删掉这一列。")
TWICE_COLUMN = _("这一列出现了两次")
NO_HEADING = _("这一列没有标题")

NEEDED = _("没有填写")
TOO_LONG = _("内容太长")
AT_MOST = _("最多{most}个字。")
DUPLICATE = _("编号重复")
DUPLICATE_OF = _("与第{row}行相同，每种器具只写一行。")
BAD_NUMBER = _("“{told}”不是数字")
BAD_RANGE = _("“{told}”不在范围内")
BAD_DATE = _("没有“{told}”这一天")
BAD_ENTRY = _("“{told}”看不懂")
SAME_DAY = _("有两条从同一天开始")
BAD_CHOICE = _("没有“{told}”这个选项")
NOT_THIS = _("“{told}”不能这样写")
SLOT_OVER_DAY = _("每时段上限大于每天上限")
TOO_MANY_ITEMS = _("目录项太多")
ITEMS_LIMIT = _("最多{most}种。")

FORM_ID = _("小写字母、数字和连字符，例如 lensmeter。")
FORM_NAME = _("器具名称，最多32个字。")
FORM_ENGLISH = _("英文名称，可以不填。")
FORM_SECTION = _("承检科室，例如 光学室。")
FORM_CHOICE = _("请填：{choices}")
FORM_REGULATIONS = _("写明日期，例如 2026-01-01 JJG 580-2005；几条之间用分号隔开。")
FORM_CYCLE = _("1到240的整数（月）；只做首次检定的填“首次”。")
FORM_MINUTES = _("0到2880的数字（分钟）。")
FORM_UNIT = _("大于0、不超过2880的数字（分钟）。")
FORM_REST = _("0到10080的整数（分钟）。")
FORM_PIECES = _("1到9999的整数（件）。")
FORM_WHO = _("填“全部”，或用顿号隔开：{choices}")
FORM_ACCESSORIES = _("用分号隔开；英文写在竖线后，例如 电源线 | Power cord。")
FORM_NOTICE = _("最多200个字。")
FORM_FEES = _("例如 2026-07-01 160.00元 50% 减半收费；几条之间用分号隔开。")
FORM_DAYS = _("例如 2026-03-01 5；几条之间用分号隔开。")
FORM_PHONE = _("电话号码，最多32位。")
YES_NO = _("是、否")


def fault(row: int, column: str, wrong: str, write: str, /, **places: object) -> Fault:
    """A fault in both languages; ``places`` fill both sentences."""
    return Fault(
        row=row, column=column, wrong=both("server", wrong, **places), write=both("server", write, **places)
    )
