// Package desktop is what the app asks of the user's desktop besides windows: whether there is a display, whether
// anything shows tray icons, and that Culvert starts at login.
package desktop
