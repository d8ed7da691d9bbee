// Package compose is a WebSocket client of Culvert's own, for messages that the user writes.
//
// A session goes to a project's own address, as a browser would, so what it sends and receives is carried and recorded
// like everything else: its frames are rows beside the others.
package compose
