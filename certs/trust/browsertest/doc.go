// Package browsertest starts the real Chromium and Firefox in tests, without a window and in a home folder of the
// test's own, and drives pages in them as a user does: it opens addresses, clicks, and types.
//
// Nothing about certificates is set: a page opens only where the stores of that home folder, and the browser's own,
// trust its server. Chromium is driven by the DevTools protocol, Firefox by WebDriver BiDi.
package browsertest
