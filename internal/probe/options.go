// Package probe plays cases against a target and judges what comes back.
package probe

import (
	"context"
	"crypto/tls"
	"net/http"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/report"
)

// Options says what to play, against what, and how.
type Options struct {
	URL       string      // ws://, wss://
	Name      string      // of the target; "" is its URL
	Start     string      // command that starts the target; {port} is filled in
	Have      []string    // what the target has; nil: found out by asking it
	Header    http.Header // sent in every opening handshake
	Origin    string
	Protocols []string    // offered in every opening handshake that does not say otherwise
	TLS       *tls.Config // for wss; nil: the system's trust

	Cases        []*casefile.Case
	Jobs         int           // cases at a time; 0: a default for the machine
	TimeoutScale float64       // every wait times this; 0: 1
	Repeat       int           // times each case is played; 0: 1
	Known        *Known        // known failures; nil: none
	Strict       bool          // only noted in the results
	AgainFlags   []string      // flags that the "again:" line of a failure repeats
	Deadline     time.Duration // of the whole run; 0: none

	// Progress, when set, is called after each case, never concurrently.
	Progress func(done, total int, c *report.Case)
	// Found, when set, is called once, with what was found out about the target.
	Found func(t report.Target)
}

// Run plays the cases. It always returns results: a target that cannot be
// reached, or that dies, is told in Results.Trouble; when ctx ends, Interrupted
// is set and what was done is there. The error is for options that make no sense.
func Run(ctx context.Context, o Options) (*report.Results, error) { panic("unwritten") }

// Known is a list of known failures: patterns, each with its line.
type Known struct{}

// ReadKnown reads a known-failures file. Every bad line is in the error.
func ReadKnown(path string) (*Known, error) { panic("unwritten") }
