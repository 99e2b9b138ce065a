package wire

import "testing"

func TestParseDeflate(t *testing.T) {
	all15 := DeflateParams{ServerMaxWindowBits: 15, ClientMaxWindowBits: 15}
	for _, c := range []struct {
		value              string
		offer, answer      bool
		clientBits         bool
		changed            func(*DeflateParams)
		serverBits, client int
	}{
		{value: "", offer: true, answer: true},
		{value: "; client_max_window_bits", offer: true, clientBits: true},
		{value: "; client_max_window_bits=10", offer: true, answer: true, clientBits: true, client: 10},
		{value: "; client_max_window_bits=\"9\"", offer: true, answer: true, clientBits: true, client: 9},
		{value: "; server_max_window_bits=8", offer: true, answer: true, serverBits: 8},
		{value: "; server_max_window_bits=15; client_max_window_bits=15", offer: true, answer: true, clientBits: true},
		{value: "; server_no_context_takeover; client_no_context_takeover", offer: true, answer: true,
			changed: func(p *DeflateParams) { p.ServerNoContextTakeover, p.ClientNoContextTakeover = true, true }},
		{value: "; server_max_window_bits"},
		{value: "; server_max_window_bits=7"},
		{value: "; server_max_window_bits=16"},
		{value: "; server_max_window_bits=08"},
		{value: "; server_max_window_bits=+9"},
		{value: "; server_max_window_bits=0x9"},
		{value: "; client_max_window_bits=7"},
		{value: "; client_max_window_bits=010"},
		{value: "; client_max_window_bits=99999999999999999999"},
		{value: "; server_no_context_takeover=1"},
		{value: "; client_no_context_takeover=true"},
		{value: "; server_no_context_takeover; server_no_context_takeover"},
		{value: "; client_max_window_bits; client_max_window_bits=9"},
		{value: "; Server_no_context_takeover"},
		{value: "; max_window_bits=9"},
	} {
		list, ok := ParseExtensions(DeflateName + c.value)
		if !ok {
			t.Fatalf("%q is no extension", c.value)
		}
		want := all15
		if c.changed != nil {
			c.changed(&want)
		}
		if c.serverBits != 0 {
			want.ServerMaxWindowBits = c.serverBits
		}
		if c.client != 0 {
			want.ClientMaxWindowBits = c.client
		}
		p, clientBits, ok := ParseDeflateOffer(list[0])
		if ok != c.offer || ok && (p != want || clientBits != c.clientBits) {
			t.Errorf("offer %q: %+v, client bits %v, ok %v", c.value, p, clientBits, ok)
		}
		if p, ok := ParseDeflateAnswer(list[0]); ok != c.answer || ok && p != want {
			t.Errorf("answer %q: %+v, ok %v", c.value, p, ok)
		}
	}
}
