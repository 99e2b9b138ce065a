package record

import (
	"crypto/tls"
	"strings"

	"wsprobe/report"
)

// TLS is what a connection over TLS agreed on, that of the client or that of the
// server.
type TLS struct {
	Version    string   `json:"version"`
	Cipher     string   `json:"cipher"`
	ServerName string   `json:"sni,omitempty"`          // empty: none was sent
	Offered    []string `json:"alpn_offered,omitempty"` // by ALPN
	Protocol   string   `json:"alpn,omitempty"`         // of them, the one that was chosen; empty: none
}

// String says it in a line: "TLS 1.3, SNI example.com, ALPN http/1.1".
func (t *TLS) String() string {
	text := t.Version
	if t.ServerName != "" {
		text += ", SNI " + t.ServerName
	}
	switch {
	case t.Protocol != "":
		text += ", ALPN " + t.Protocol
	case len(t.Offered) > 0:
		text += ", ALPN none of " + strings.Join(t.Offered, " ")
	}
	return report.Clean(text)
}

// over says how one of a connection's ends is reached.
func over(t *TLS) string {
	if t == nil {
		return ""
	}
	return " over " + t.String()
}

// Agreed sets what was agreed on.
func (t *TLS) Agreed(s tls.ConnectionState) {
	t.Version, t.Cipher, t.Protocol = tls.VersionName(s.Version), tls.CipherSuiteName(s.CipherSuite), s.NegotiatedProtocol
}
