// Package probe plays cases against a target and judges what comes back.
//
// A run asks the target what it has, then plays the cases in parallel, each on
// connections of its own. Everything that the target sends goes through lint;
// what a case expects beside that is judged here. A canary conversation first,
// last and after each failure tells a target that a case has killed.
package probe

import (
	"crypto/tls"
	"net/http"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/record"
	"wsprobe/report"
)

// Options says what to play, against what, and how.
type Options struct {
	// URL of the target, ws:// or wss://. With Start it may hold {port}, and
	// left out it is ws://127.0.0.1:{port}/.
	URL       string
	Name      string      // of the target; "" is its URL
	Start     string      // command that starts the target; {port} is filled in
	Dir       string      // where Start runs; "" is here
	Have      []string    // what the target has; nil: found out by asking it
	Header    http.Header // sent in every opening handshake
	Origin    string      // "": none, or in the hixie dialects the target's own
	Protocols []string    // offered in every opening handshake that does not say otherwise
	TLS       *tls.Config // for wss; nil: the system's trust

	Cases        []*casefile.Case
	Unplayed     []string      // ids of cases that exist but were left out by a filter
	Jobs         int           // cases at a time; 0: DefaultJobs
	TimeoutScale float64       // every wait times this; 0: 1
	Repeat       int           // times each case is played; 0: 1
	EchoTimes    int           // messages that an echo step plays at the most; 0: DefaultEchoTimes
	Known        *Known        // known failures; nil: none
	Strict       bool          // a missed SHOULD counts as a failure in the baseline
	Again        string        // how a failure is played again, up to "--only": "wsprobe run --url …"
	Tool         string        // name and version, for the results
	Deadline     time.Duration // of the whole run; 0: none

	// Progress, when set, is called after each case, never concurrently.
	Progress func(done, total int, c *report.Case)
	// Capture, when set, is called after each case played, never concurrently,
	// with what its connections carried; again where its verdict has changed.
	// Without it no bytes are kept.
	Capture func(c *report.Case, conns []*record.Conversation)
	// Found, when set, is called once, with what was found out about the target.
	Found func(t report.Target)
}

// DefaultJobs is how many cases are played at a time where nothing else is
// said. Cases wait more than they work, so it does not follow the cores.
const DefaultJobs = 8

// DefaultEchoTimes is how many messages an echo step plays where nothing else is
// said: enough for a context to pass from message to message, and quick.
const DefaultEchoTimes = 20

// How long things may take, each times Options.TimeoutScale. A right server
// never needs them; they are long so that a busy machine is not blamed. Timers of
// 5 and of 10 s are common in servers (libwebsockets, Qt), often some percent off:
// what is waited for keeps away from both, or verdicts would be a matter of luck.
const (
	dialTimeout     = 5 * time.Second
	responseTimeout = 8 * time.Second // from request to response head
	expectTimeout   = 8 * time.Second // for an expected event
	// A connection that has not failed after askAfter is asked with a ping
	// whether it still works, so that a miss is known without waiting it out.
	askAfter = 300 * time.Millisecond
	// A ping may be answered while a thread that is not done with the message
	// before it would fail the connection: for so long that is waited for.
	doubt = 1500 * time.Millisecond
	// After both Close frames the server closes TCP "immediately" (RFC 6455
	// §7.1.1): later than promptClose is said, later than closeTimeout is judged.
	promptClose  = 3 * time.Second
	closeTimeout = 7 * time.Second
	startTimeout = 60 * time.Second // until a started target listens
	caseTimeout  = 2 * time.Minute  // where a case names none
)

// What a connection may cost. A target that sends more without end is cut off.
const (
	maxReceived = 192 << 20 // bytes taken from one connection
	maxQueued   = 100000    // events of one connection that no step has looked at
	maxPings    = 1000      // pings of the target to answer; of more, the latest (RFC 6455 §5.5.3)
	keepPayload = 64 << 20  // bytes of one message that can be compared
	maxPayloads = 16 << 20  // bytes of payload that the cases played at one time may have
	showPayload = 256       // bytes of a payload that go into a transcript
	maxLines    = 2000      // lines of a case's transcript
)

// wait scales a duration as the options say.
func (o *Options) wait(d time.Duration) time.Duration {
	if o.TimeoutScale > 0 {
		return time.Duration(float64(d) * o.TimeoutScale)
	}
	return d
}
