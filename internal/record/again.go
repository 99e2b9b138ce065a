package record

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/report"
)

// How the script keeps time.
const (
	shortestSleep = 10 * time.Millisecond  // what is shorter, starting a program takes anyway
	answerTime    = 100 * time.Millisecond // more than it took then, for an answer that was waited for
	lastWait      = time.Second            // more than it took then, for what comes last
	manyWrites    = 1000                   // from here on, writes that follow at once are one
)

// script makes a shell script that sends again what the clients sent.
type script struct {
	strings.Builder
	all    []*Conversation
	last   time.Duration // when the latest write was
	heard  bool          // something came since
	merges bool

	in, out, size int // the write that is not in the script yet; a size of 0: there is none
}

// again returns the script of a case: bash, cat, dd, kill and sleep, and for TLS openssl.
func again(c *report.Case, all []*Conversation) []byte {
	s := &script{all: all, merges: writes(all) > manyWrites}
	s.head(c)
	end := time.Duration(0)
	for _, m := range timeline(all) {
		s.moment(m)
		end = m.at
	}
	s.flush()
	s.line("\nsleep %s", seconds(end-s.last+lastWait))
	s.line(`kill "${readers[@]}" 2>/dev/null`)
	return []byte(s.String())
}

func (s *script) line(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

func writes(all []*Conversation) int {
	n := 0
	for _, c := range all {
		n += c.pieces[lint.Client]
	}
	return n
}

// head says what the script does and cannot do.
func (s *script) head(c *report.Case) {
	s.line("#!/usr/bin/env bash")
	s.line("# usage: %s [HOST [PORT]]", againFile)
	s.line("#")
	s.line("# Sends again what wsprobe sent in %s, and shows as cat -v what comes back.", report.Clean(c.ID))
	s.line("# The bytes, writes and pauses are those of then, though the system may join small writes.")
	s.line("# They do not follow from what comes back: an answer is waited for as long as it took then,")
	s.line("# a ping is answered only if it was, and an id that the server made up is not a new one.")
	s.line("# No FIN and no reset is sent before the end, and nothing is judged.")
	if s.merges {
		s.line("# Of the writes, %d, those that followed at once are one here.", writes(s.all))
	}
	for i, c := range s.all {
		if lost := c.Lost[lint.Client]; lost > 0 {
			s.line("# %s ends early: %d more bytes were sent and not kept.", streamFile(lint.Client, c, i), lost)
		}
	}
	server := s.all[0].Server
	host := server.Addr().String()
	if s.all[0].Secure && server.Addr().Is6() {
		host = "[" + host + "]" // as openssl wants it
	}
	s.line("")
	s.line(`host=${1:-'%s'} port=${2:-%d}`, host, server.Port())
	s.line(`cd -- "$(dirname -- "$0")" || exit 1`)
	s.line("readers=()")
	s.line("\n# transmit SIZE FROM TO: one write of so many bytes")
	s.line(`transmit() { dd bs="$1" count=1 <&"$2" >&"$3" 2>/dev/null; }`)
}

// moment writes what one moment asks for.
func (s *script) moment(m moment) {
	in, out := 20+2*m.of, 21+2*m.of // file descriptors; below 20, bash has some of its own
	switch {
	case m.piece == nil:
		s.flush()
		s.open(m.of, in, out)
		s.last, s.heard = m.at, false
	case m.piece.Side == lint.Server:
		s.heard = true
	case m.piece.Ended:
		s.flush()
		s.line("# here our side of %s was %s", s.name(m.of), m.piece.How)
	default:
		s.write(m, in, out)
	}
}

func (s *script) name(i int) string {
	if name := s.all[i].Name; name != "" {
		return fmt.Sprintf("connection %d (%s)", i+1, name)
	}
	return fmt.Sprintf("connection %d", i+1)
}

// open connects, and has what comes back shown.
func (s *script) open(i, in, out int) {
	s.line("\n# %s", s.name(i))
	s.line("exec %d<%s || exit 1", in, streamFile(lint.Client, s.all[i], i))
	if s.all[i].Secure {
		s.line(`exec %d> >(exec openssl s_client -quiet -connect "$host:$port"%s > >(cat -v))`, out, s.servername(i))
		s.line("readers+=($!)")
		s.line("sleep 1 # until TLS stands")
		return
	}
	s.line(`exec %d<>"/dev/tcp/$host/$port" || exit 1`, out)
	s.line(`cat -v <&%d &`, out)
	s.line("readers+=($!)")
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// servername is the name that the TLS handshake asked for; an address is none.
func (s *script) servername(i int) string {
	if name := s.all[i].ServerName; hostName.MatchString(name) {
		return " -servername " + name
	}
	return ""
}

// write sends a piece, after the time that passed before it.
func (s *script) write(m moment, in, out int) {
	pause := m.at - s.last
	if s.heard {
		pause += answerTime
	}
	if s.merges && in == s.in && pause < shortestSleep {
		s.size += len(m.piece.Bytes)
		s.last = m.at
		return
	}
	s.flush()
	if pause >= shortestSleep {
		s.line("sleep %s", seconds(pause))
	}
	s.in, s.out, s.size = in, out, len(m.piece.Bytes)
	s.last, s.heard = m.at, false
}

// flush writes down the write that may have grown.
func (s *script) flush() {
	if s.size > 0 {
		s.line("transmit %d %d %d", s.size, s.in, s.out)
		s.size = 0
	}
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }
