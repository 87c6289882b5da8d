"""The tab 核稿: a draft is checked by the API, and shown by the page's own script.

It does not pass through the page's framework: what that handles belongs to a session, which
outlives the check, and its way for files is closed (`ui.page.gate`).
"""

import json
from html import escape

import gradio

from rag.quotations.quotation import Finding, FindingKind, Verdict
from ui.drafts.wording import FINDING_KIND_NAMES, VERDICT_NAMES, verdict_name
from ui.page.matches import CITED_ON
from ui.roles import Backing

_ENTRY = """<section class="draft-entry" aria-label="文稿">
<div class="welcome"><h2>把稿子交出去之前，再核对一遍</h2>
<p>逐处核对引文、提法、列举、人名职务、日期、数字、文件标题和文号，指出与资料库原文不一致的地方，\
给出出处和修改建议。库里查不到的只说“库中未见”，不当作错误。</p></div>
<label class="draft-label" for="draft-text">粘贴文稿，或选择文件</label>
<textarea id="draft-text" autocomplete="off" spellcheck="false" rows="12"
 placeholder="把文稿粘贴到这里，也可以把文件拖进来"></textarea>
<p class="chosen" hidden><span></span><button type="button" class="quiet" data-action="drop-file">\
不用这个文件</button></p>
<div class="draft-actions">
<button type="button" class="go" data-action="check-draft">核稿</button>
<label class="choose"><input type="file" id="draft-file" accept=".txt,.md,.docx">\
<span>选择文件</span></label>
<button type="button" class="quiet" data-action="cancel-check" hidden>取消</button>
<p class="hint">支持 txt、md、docx，不超过 {megabytes} MB。<b>文稿不会保存</b>，\
核对完就丢弃，关闭页面即全部消失。</p></div>
<p class="draft-progress" role="status"></p><p class="failure" role="alert"></p></section>"""
_RESULT = """<section class="draft-result" aria-label="核对结果" hidden>
<div class="draft-head"><h2 class="draft-summary" tabindex="-1"></h2>
<div class="draft-tools">
<button type="button" class="quiet" data-action="edit-draft"></button>
<button type="button" class="quiet copy-draft" data-action="copy" hidden>复制改后的全文</button>
<button type="button" class="quiet" data-action="download" data-form="html">下载网页报告</button>
<button type="button" class="quiet" data-action="download" data-form="docx">\
下载带批注的 Word</button></div>
<p class="failure" role="alert"></p><p class="unseen" role="status"></p></div>
<div class="draft-panes"><section class="draft-paper" aria-label="文稿" tabindex="0"></section>
<section class="draft-findings" aria-label="各处结果">
<div class="draft-filter" role="group" aria-label="只看哪些结果"></div>
<p class="empty" hidden></p><ol></ol></section></div></section>"""


def draft_tab(backing: Backing) -> None:
    """The draft's entry and, once it was checked, the draft with its findings."""
    names = json.dumps(finding_names(), ensure_ascii=False)
    entry = _ENTRY.format(megabytes=backing.max_file_bytes // 2**20)
    gradio.HTML(
        f'<div class="draft-desk" data-names="{escape(names)}" data-hint="{escape(CITED_ON)}"'
        f' data-max-bytes="{backing.max_file_bytes}">{entry}{_RESULT}</div>',
        elem_id="draft-desk",
        apply_default_css=False,
        padding=False,
        container=False,
    )


def finding_names() -> dict[str, dict[str, str]]:
    """What kinds, verdicts, and each verdict on each kind ("figure altered") are called."""
    each = {
        f"{kind.value} {verdict.value}": verdict_name(
            Finding(start=0, end=0, kind=kind, verdict=verdict, message="")
        )
        for kind in FindingKind
        for verdict in Verdict
    }
    return {
        "kinds": {kind.value: name for kind, name in FINDING_KIND_NAMES.items()},
        "verdicts": {verdict.value: name for verdict, name in VERDICT_NAMES.items()},
        "each": each,
    }
