// Package tomcattest runs the real Tomcat in tests, as Debian packages it, with a page and a WebSocket of its own:
// /report says what Tomcat takes the request for, /echo sends each text back.
package tomcattest
