package mutant

import (
	"strings"
	"time"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// From where a lawful mutant answers. To answer only the latest of several pings
// is a mutant that breaks a MAY, and as lawful as these.
var (
	pongsFromAnotherThread = odd("pongs-from-another-thread", "answers a ping 60 ms later, whatever else goes out meanwhile")
	echoesFromAnother      = odd("echoes-from-another-thread", "echoes a message 60 ms later, and pings and Closes at once")
)

const pongDelay = 60 * time.Millisecond

// task is what a session sends later.
type task struct {
	due     time.Time
	op      wire.Opcode
	payload []byte
}

// later sends a frame when so much time has passed, behind what was to be sent
// before it.
func (s *session) later(d time.Duration, op wire.Opcode, payload []byte) {
	if s.behind == nil {
		s.behind = make(chan task, 1<<14)
		s.meanwhile(s.sendLater)
	}
	select {
	case s.behind <- task{time.Now().Add(d), op, append([]byte{}, payload...)}:
	default: // nobody waits for so many
	}
}

func (s *session) sendLater() {
	for {
		select {
		case t := <-s.behind:
			s.wait(time.Until(t.due))
			s.send(t.op, t.payload)
		case <-s.done:
			return
		case <-s.stopping:
			return
		}
	}
}

// How a lawful mutant answers a Close, and how it ends TCP (RFC 6455 §5.5.1, §7.1.1).
var (
	answersCloseEmpty      = odd("answers-close-empty", "answers every Close with an empty one")
	answersCloseAtLength   = odd("answers-close-at-length", "answers a Close with a reason of 123 bytes")
	answersCloseWithItsOwn = odd("answers-close-with-its-own", "answers a Close with a code and a reason of its own")
	waitsForFIN            = odd("waits-for-fin", "waits half a second for the client to end TCP first")
	closesTCPAtOnce        = odd("closes-tcp-at-once", "closes TCP behind its Close, whatever it has not read")
	closesWhenIdle         = odd("closes-when-idle", "closes a connection that is silent for three seconds with 1001")
)

// closeOwn is a code that an application makes up (RFC 6455 §7.4.2).
const closeOwn = 4321

// How long a lawful mutant waits: more than a client needs that is busy, and less
// than one may notice.
const (
	idleTime = 3 * time.Second
	finTime  = 500 * time.Millisecond
)

// Idles reports whether a conversation with the mutant is mostly waiting, so that many at
// a time cost nothing.
func (m *Mutant) Idles() bool { return m.is(waitsForFIN) }

// longReason is as long as a reason can be, with characters of several bytes.
var longReason = strings.Repeat("κόσμε ", 11) + "--"

// How a lawful mutant fails a connection (RFC 6455 §7.1.7). Which code fits is a SHOULD.
var (
	failsWithPolicyCode = odd("fails-with-1008", "says 1008 on every violation", rules.FailCloseCode)
	failsWithItsOwnCode = odd("fails-with-its-own-code", "says a code of its own on every violation",
		rules.FailCloseCode, rules.CloseReserved, rules.CloseUnused)
	failsWith1002Only = odd("fails-with-1002", "says 1002 on every violation", rules.FailCloseCode)
	failsWithoutCode  = odd("fails-without-code", "sends an empty Close on every violation",
		rules.FailCloseCode, rules.CloseReserved, rules.CloseUnused)
	failsWithoutReason       = odd("fails-without-reason", "says the code of a violation, and no reason")
	failsAtLength            = odd("fails-at-length", "says a reason of 123 bytes for every violation")
	failsWithReset           = odd("fails-with-reset", "ends TCP with RST on a violation, with no Close", rules.FailCloseFrame)
	resetsBehindFailing      = odd("resets-behind-failing", "ends TCP with RST behind the Close of a violation")
	waitsForCloseWhenFailing = odd("waits-for-close-when-failing", "waits a second for the answer to the Close of a violation")
)
