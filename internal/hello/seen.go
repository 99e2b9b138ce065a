package hello

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"wsprobe/report"
)

// Seen collects both hellos from the beginnings of both streams. The zero value is
// ready.
type Seen struct {
	Client *Client
	Server *Server

	begun [2][]byte // what came of each stream, while its hello is not read
	over  [2]bool
}

// Feed takes what a side sent, 0 the client, 1 the server, and returns what that
// shows, in words; mostly nothing.
func (s *Seen) Feed(side int, p []byte) string {
	if s.over[side] {
		return ""
	}
	s.begun[side] = append(s.begun[side], p[:min(len(p), MaxSize-len(s.begun[side]))]...)
	text, err := s.read(side)
	if errors.Is(err, ErrNeedMore) && len(s.begun[side]) < MaxSize {
		return ""
	}
	begun := s.begun[side]
	s.over[side], s.begun[side] = true, nil
	switch who := [...]string{"client", "server"}[side]; {
	case err == nil:
		return report.Clean(text)
	case len(begun) >= alertSize && begun[0] == recordAlert:
		return fmt.Sprintf("TLS, the %s refused: %v", who, tls.AlertError(begun[alertSize-1]))
	default:
		return fmt.Sprintf("what the %s sent is no hello of TLS", who)
	}
}

// Over reports whether more of a side is of no interest.
func (s *Seen) Over(side int) bool { return s.over[side] }

func (s *Seen) read(side int) (text string, err error) {
	if begun := s.begun[side]; len(begun) > 0 && begun[0] == recordAlert && len(begun) < alertSize {
		return "", ErrNeedMore
	}
	if side == 0 {
		if s.Client, err = ReadClient(s.begun[side]); err != nil {
			return "", err
		}
		return "TLS, the client offers " + s.Client.String(), nil
	}
	if s.Server, err = ReadServer(s.begun[side]); err != nil {
		return "", err
	}
	return "TLS, the server chose " + s.Server.String(), nil
}

// String says what the client offers.
func (c *Client) String() string {
	text := strings.Join(VersionNames(c.Versions), ", ")
	if c.ServerName != "" {
		text += fmt.Sprintf("; SNI %s", c.ServerName)
	} else {
		text += "; no SNI"
	}
	if len(c.Protocols) > 0 {
		return text + "; ALPN " + strings.Join(c.Protocols, ", ")
	}
	return text + "; no ALPN"
}

// String says what the server chose.
func (s *Server) String() string {
	text := VersionNames([]uint16{s.Version})[0] + "; " + CipherName(s.Cipher)
	switch {
	case s.Protocol != "":
		return text + "; ALPN " + s.Protocol
	case s.Version >= 0x0304:
		return text + "; ALPN not in clear"
	}
	return text + "; no ALPN"
}
