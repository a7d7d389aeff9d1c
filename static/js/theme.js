/** Light, dark or as the system says; remembered in this browser. */

const KEY = "ledgerwire.theme";

export function readTheme() {
  return document.documentElement.dataset["theme"] ?? "system";
}

/** @param {string} theme */
export function chooseTheme(theme) {
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset["theme"] = theme;
    localStorage.setItem(KEY, theme);
  } else {
    delete document.documentElement.dataset["theme"];
    localStorage.removeItem(KEY);
  }
}
