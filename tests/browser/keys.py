"""Somebody who has no mouse: Tab and Shift-Tab lead where they go, and what has the focus can always be seen."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.browser.people import Visit

# The longest page has fewer stops than this.
FAR = 150
# Whether `wanted` has the focus, whether it lies behind it, what is wrong with what has it, and what that is called.
STOP = """wanted => {
  const at = document.activeElement;
  if (!at || at === document.body) return {there: false, behind: false, wrong: '', called: ''};
  const box = at.getClientRects()[0], look = getComputedStyle(at);
  const found = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
  const labels = [...(at.labels || [])];
  const seen = at === found || at.contains(found) || labels.some(label => label.contains(found));
  // An outline that cannot be seen is there for where colours are forced.
  const outlined = look.outlineStyle !== 'none' && look.outlineColor !== 'rgba(0, 0, 0, 0)';
  const marked = look.boxShadow !== 'none' || outlined;
  return {
    there: at === wanted,
    behind: Boolean(at.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_PRECEDING),
    wrong: seen ? (marked ? '' : 'has the focus and shows no mark of it') : 'has the focus and can not be seen',
    called: ((labels[0] || at).textContent || at.value || at.name || '').trim().slice(0, 60),
  };
}"""


class Keys(Visit):
    """Somebody's browser, used with the keyboard alone."""

    def _hit(self, locator: Locator) -> None:
        self._reach(locator)
        self.page.keyboard.press("Enter")

    def _write(self, field: Locator, said: str) -> None:
        self._reach(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(said)

    def _tick(self, box: Locator) -> None:
        """Tick a box with Space; within a group of choices, arrows lead from one to the next, as they do everywhere."""
        if box.get_attribute("type") == "checkbox":
            self._reach(box)
            self.page.keyboard.press("Space")
        else:
            group = self.page.locator(f'main [name="{box.get_attribute("name")}"]')
            entry = group.and_(self.page.locator(":checked"))
            self._reach(entry if entry.count() else group.first)
            for _choice in range(group.count()):
                if box.evaluate("box => box === document.activeElement"):
                    break
                self.page.keyboard.press("ArrowDown")
            self.page.keyboard.press("Space")
        assert box.is_checked()

    def _choose(self, select: Locator, value: str) -> None:
        self._reach(select)
        self.page.keyboard.press("Home")
        for _option in range(FAR):
            if select.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {value}: {self.path}")

    def _reach(self, locator: Locator) -> None:
        """Go from stop to stop until this one has the focus; each stop on the way must show that it has it."""
        wanted = locator.element_handle()
        stops: list[str] = []
        stop = self.page.evaluate(STOP, wanted)
        while not stop["there"]:
            self.page.keyboard.press("Shift+Tab" if stop["behind"] else "Tab")
            stop = self.page.evaluate(STOP, wanted)
            stops.append(stop["called"])
            assert not stop["wrong"], f"{stop['called']} {stop['wrong']}: {self.path}"
            assert len(stops) < FAR, f"no Tab leads there: {self.path}, {stops}"
