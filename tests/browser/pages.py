"""What every page must be, whoever looks at it: checked on each page a test opens, never asked for one by one."""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (320, 768, 1280)
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}

STRUCTURE = """() => {
  const problems = [];
  const all = selector => [...document.querySelectorAll(selector)];
  if (!document.title.trim()) problems.push('no title');
  if (!['el', 'en'].includes(document.documentElement.lang)) problems.push('no language');
  if (all('h1').length !== 1) problems.push('h1: ' + all('h1').length);
  if (all('main').length !== 1) problems.push('main: ' + all('main').length);
  const ids = all('[id]').map(e => e.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => problems.push('id twice: ' + id));
  all('input:not([type=hidden]):not([type=submit]),select,textarea').forEach(e => {
    if (!e.labels.length && !e.getAttribute('aria-label')) problems.push('no label: ' + e.name);
  });
  all('form[method=post]').forEach(f => {
    if (!f.querySelector('input[name=csrf_token]')) problems.push('no CSRF token: ' + f.action);
  });
  all('*').forEach(e => [...e.attributes].forEach(a => {
    // taking a picture leaves an empty style on fields
    if (a.name.startsWith('on') || (a.name === 'style' && a.value)) problems.push(e.tagName + ' has ' + a.name);
  }));
  all('script:not([src]),style').forEach(e => problems.push('inline ' + e.tagName));
  return problems;
}"""


def check(page: Page) -> None:
    """Structure on every page, with or without script in it (the check itself is not the page's script)."""
    problems = page.evaluate(STRUCTURE)
    assert not problems, f"{page.title()}: {problems}"


def check_with_axe(page: Page) -> None:
    """No automatic violation of WCAG 2.1 AA. Runs only where script is on: axe is script."""
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    told = [f"{violation['id']}: {[node['html'][:160] for node in violation['nodes']][:3]}" for violation in found]
    assert not told, f"{page.title()}: {told}"


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like at three widths, and refuse a page that scrolls sideways."""
    SCREENSHOTS.mkdir(exist_ok=True)
    before = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name} scrolls sideways at {width} px by {overflow} px"
    if before:
        page.set_viewport_size(before)
