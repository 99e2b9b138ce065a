package chatserver

import (
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Config sets a server up. The zero value of each field stands for what its
// comment names as the default; a negative limit or duration is no default but none.
type Config struct {
	// AllowedOrigins lists the origins whose pages may connect, such as
	// "https://example.com"; "*" is any. The default is any origin, or with
	// RequireCookie the server's own only: it is cookies that a foreign page
	// could abuse (RFC 6455 §10.2).
	AllowedOrigins []string
	// RequireCookie is a cookie, "name" or "name=value", without which no
	// handshake is accepted. The default is none.
	RequireCookie string
	// NoCompression declines permessage-deflate (RFC 7692).
	NoCompression bool

	// EchoLimit is the size of the largest message that /echo takes, in bytes,
	// after inflation; the default is 64 MiB.
	EchoLimit int64
	// ChatLimit is the same for /chat; the default is 32 KiB.
	ChatLimit int64
	// TextLimit is how many characters one may say at once; the default is 2000.
	TextLimit int
	// RoomLimit is how many people a room takes; the default is 1000.
	RoomLimit int
	// MaxConnections is how many connections are open at a time; the default is 10000.
	MaxConnections int
	// QueueLimit is how much may wait for a slow reader before it is
	// disconnected, in bytes; the default is 1 MiB.
	QueueLimit int

	// HandshakeTimeout bounds the reading of a request head, and of what comes
	// behind it in hixie-76; the default is 10 s.
	HandshakeTimeout time.Duration
	// PingInterval is the time between two pings; the default is 30 s.
	PingInterval time.Duration
	// IdleTimeout is how long a connection that is pinged may send nothing; the
	// default is 60 s.
	IdleTimeout time.Duration
	// WriteTimeout bounds one write; the default is 10 s.
	WriteTimeout time.Duration
	// CloseTimeout bounds each half of a close: the wait for the answer to our
	// Close, and the wait for the client's end of TCP after ours; the default is 2 s.
	CloseTimeout time.Duration

	// Log hears why connections fail (RFC 6455 §7.1.7); the default is nobody.
	Log *slog.Logger
}

// never stands for no timeout where a time.Duration is wanted. Some are multiplied.
const never = 50 * 365 * 24 * time.Hour

// withDefaults returns c with its zero fields filled in.
func (c Config) withDefaults() Config {
	c.EchoLimit = limit(c.EchoLimit, 64<<20)
	c.ChatLimit = limit(c.ChatLimit, 32<<10)
	c.TextLimit = limit(c.TextLimit, 2000)
	c.RoomLimit = limit(c.RoomLimit, 1000)
	c.MaxConnections = limit(c.MaxConnections, 10000)
	c.QueueLimit = limit(c.QueueLimit, 1<<20)
	c.HandshakeTimeout = duration(c.HandshakeTimeout, 10*time.Second)
	c.PingInterval = duration(c.PingInterval, 30*time.Second)
	c.IdleTimeout = duration(c.IdleTimeout, 60*time.Second)
	c.WriteTimeout = duration(c.WriteTimeout, 10*time.Second)
	c.CloseTimeout = duration(c.CloseTimeout, 2*time.Second)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// limit returns n, or usual for 0, or as good as none for a negative n.
func limit[N int | int64](n, usual N) N {
	switch {
	case n < 0:
		return 1<<31 - 1 // an int everywhere, and what one buffer may grow to
	case n == 0:
		return usual
	}
	return n
}

func duration(d, usual time.Duration) time.Duration {
	switch {
	case d < 0:
		return never
	case d == 0:
		return usual
	}
	return d
}

// originAllowed reports whether a page of that origin may connect. secure and
// host are those of the server as the request names it.
func (c *Config) originAllowed(origin, host string, secure bool) bool {
	if origin == "" {
		return true // no browser (RFC 6455 §4.2.1); the hixie dialects refuse it earlier
	}
	for _, allowed := range c.AllowedOrigins {
		if allowed == "*" || strings.EqualFold(allowed, origin) {
			return true
		}
	}
	if len(c.AllowedOrigins) > 0 {
		return false
	}
	scheme := "http://"
	if secure {
		scheme = "https://"
	}
	return c.RequireCookie == "" || strings.EqualFold(origin, scheme+host)
}

// cookieGiven reports whether r carries the required cookie, if one is.
func (c *Config) cookieGiven(r *http.Request) bool {
	if c.RequireCookie == "" {
		return true
	}
	name, value, exact := strings.Cut(c.RequireCookie, "=")
	for _, cookie := range r.CookiesNamed(name) {
		if !exact || cookie.Value == value {
			return true
		}
	}
	return false
}
