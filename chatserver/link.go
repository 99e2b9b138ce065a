package chatserver

import "fmt"

// The status codes of RFC 6455 §7.4.1 that the server sends of its own accord,
// and one that IANA registered later.
const (
	codeGoingAway   = 1001
	codeProtocol    = 1002
	codeUnsupported = 1003
	codeInvalidData = 1007
	codePolicy      = 1008
	codeTooBig      = 1009
	codeBadGateway  = 1014
)

// message is a data message of any dialect.
type message struct {
	binary  bool
	payload []byte
}

// link is one WebSocket connection, of whatever dialect. Read belongs to one
// goroutine and Write to one; Close and Abort may come from anywhere.
type link interface {
	// Read returns the next data message. An error is the end of the
	// connection; Finish wants to have it.
	Read() (message, error)
	// Write sends a message. Once Close was called it does nothing.
	Write(message) error
	// Close starts the closing handshake. From then on Read discards what
	// still comes, and ends when the client answers or its time is up.
	Close(code int, reason string)
	// Abort cuts the connection off.
	Abort()
	// Finish tells the client why Read ended, if it is still to be told, closes
	// TCP, and waits for what the link itself has running.
	Finish(why error)
}

// failure ends a connection because of what the client sent: it is told code
// and reason (_Fail the WebSocket Connection_, RFC 6455 §7.1.7).
type failure struct {
	code   int
	reason string
}

func (f *failure) Error() string { return fmt.Sprintf("%s (close code %d)", f.reason, f.code) }

func fail(code int, format string, args ...any) error {
	return &failure{code, fmt.Sprintf(format, args...)}
}
