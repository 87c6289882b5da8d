"""Write the OpenAPI document that `test_api.py` compares with; run it after a change meant."""

import json
from pathlib import Path

from conftest import make_desk

from ui.api.app import create_app

if __name__ == "__main__":
    document = json.dumps(create_app(make_desk().backing()).openapi(), ensure_ascii=False, indent=1)
    Path(__file__).with_name("openapi.json").write_text(document + "\n", encoding="utf-8")
