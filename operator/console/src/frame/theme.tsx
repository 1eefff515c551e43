// Light, dark, or as the system has it. In: a choice. Out: an attribute on the document, kept in this browser. The only thing that the
// console stores.
import { useState } from 'react';

const KEY = 'assayer.theme';
const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

function stored(): Theme {
  const given = document.documentElement.dataset.theme;
  return given === 'light' || given === 'dark' ? given : 'system';
}

function choose(theme: Theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Where storage is refused, the choice holds until the page is left.
  }
}

/** A choice of themes. */
export function ThemeChoice() {
  const [theme, setTheme] = useState(stored);
  return (
    <label className="theme-choice">
      <span>Theme</span>
      <select
        value={theme}
        onChange={(event) => {
          const next = THEMES.find((one) => one === event.target.value) ?? 'system';
          choose(next);
          setTheme(next);
        }}
      >
        <option value="system">As the system</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}
