"""Examples of what to ask on the page: suggestions, which the library really answers."""

import gradio

from ui.roles import Backing

EXAMPLES = 3


def example_buttons(backing: Backing) -> list[gradio.Button]:
    """Buttons that hold questions, hidden where there are none; to be made inside a page.

    They follow the library: each opening of the page asks for the suggestions anew.
    """
    hint = gradio.HTML(
        '<p class="try">可以这样问：</p>',
        elem_classes=["try-hint"],
        apply_default_css=False,
        padding=False,
        container=False,
        visible=False,
    )
    buttons = [gradio.Button("", elem_classes=["example"], visible=False) for _ in range(EXAMPLES)]

    def current() -> list[object]:
        found = backing.suggesting.suggestions(limit=EXAMPLES)
        questions = [one.question for one in found]
        rest = [gradio.update(visible=False)] * (EXAMPLES - len(questions))
        return [
            gradio.update(visible=bool(questions)),
            *(gradio.update(value=question, visible=True) for question in questions),
            *rest,
        ]

    gradio.on(  # without triggers and inputs: when the page is opened
        None, current, None, [hint, *buttons], api_visibility="private", show_progress="hidden"
    )
    return buttons
