package chatserver

import (
	"strings"
	"testing"
)

func TestDeflateOffers(t *testing.T) {
	const agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	addr := start(t, Config{})
	for offer, want := range map[string]string{
		"permessage-deflate":                                                 agreed,
		"permessage-deflate; client_max_window_bits":                         agreed,
		"permessage-deflate; client_max_window_bits=9":                       agreed,
		`permessage-deflate; client_max_window_bits="9"`:                     agreed,
		"permessage-deflate; server_no_context_takeover":                     agreed,
		"permessage-deflate; client_no_context_takeover":                     agreed,
		"foo, permessage-deflate":                                            agreed,
		"permessage-deflate; server_max_window_bits=10, permessage-deflate":  agreed,
		"permessage-deflate; no_such_parameter, permessage-deflate":          agreed,
		"permessage-deflate\nSec-WebSocket-Extensions: foo":                  agreed,
		"foo\nSec-WebSocket-Extensions: permessage-deflate":                  agreed,
		"permessage-deflate; server_max_window_bits=10":                      "",
		"permessage-deflate; server_max_window_bits=15":                      "",
		"permessage-deflate; server_max_window_bits=16":                      "",
		"permessage-deflate; server_max_window_bits":                         "",
		"permessage-deflate; client_max_window_bits=7":                       "",
		"permessage-deflate; client_max_window_bits=08":                      "",
		"permessage-deflate; client_max_window_bits; client_max_window_bits": "",
		"permessage-deflate; client_no_context_takeover=1":                   "",
		"permessage-deflate; server_no_context_takeover=true":                "",
		"permessage-deflate; foo=1":                                          "",
		"Permessage-Deflate":                                                 "",
		"x-webkit-deflate-frame":                                             "",
	} {
		r := ask(t, addr, edit("", "Sec-WebSocket-Extensions: "+offer))
		if got := strings.Join(r.Values("Sec-WebSocket-Extensions"), "|"); r.Status != 101 || got != want {
			t.Errorf("%q: got %d %q, want %q", offer, r.Status, got, want)
		}
	}
	addr = start(t, Config{NoCompression: true})
	wantAbsent(t, ask(t, addr, edit("", "Sec-WebSocket-Extensions: permessage-deflate")), "Sec-WebSocket-Extensions")
}
