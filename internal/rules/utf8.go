package rules

// Text, RFC 6455 §5.6 and §8.1.
const (
	// UTF8Accepted asks that every valid text is taken.
	UTF8Accepted ID = "utf8.accepted"
	// UTF8Split asks that a code point may be split over fragments.
	UTF8Split ID = "utf8.split"
	// UTF8TextValid asks that text that is not UTF-8 fails the connection.
	UTF8TextValid ID = "utf8.text-valid"
	// UTF8Complete asks that a text that ends inside a code point fails the connection.
	UTF8Complete ID = "utf8.complete"
	// UTF8FailFast hopes that it fails before the message ends.
	UTF8FailFast ID = "utf8.fail-fast"
	// UTF8Binary asks that binary data is not looked at.
	UTF8Binary ID = "utf8.binary"
	// UTF8Sent forbids to send text that is not UTF-8.
	UTF8Sent ID = "utf8.sent"
)
