// Runs before the first paint, so that a chosen theme does not flash; everything else is in theme.js.
{
  const theme = localStorage.getItem("ledgerwire.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
}
