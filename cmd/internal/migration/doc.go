// Package migration is the proof that what ran behind nginx, Tomcat or an integration server's port runs on Culvert. It
// has tests only.
//
// testdata holds the configurations by which people set up wss today, one folder for each way: a reporting platform, a
// chat system, a site on https whose socket fails, the port of an integration server, a proxy from ws to wss, and a tour
// of what else nginx configurations are made of. A test fills in ports and folders, runs the real nginx on the result,
// carries the same file over with culvert import, runs the real culvert on what that wrote, and sends the same requests
// and WebSocket sessions through both to the same backends. The answers agree, or the test names the difference line by
// line on both sides, and why Culvert's is right.
package migration
