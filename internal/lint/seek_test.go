package lint

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// traffic is what both sides of a long connection send behind the handshake.
func traffic(seed uint64) (fromClient, fromServer []byte) {
	r := rand.New(rand.NewPCG(seed, 0))
	keys = rand.New(rand.NewPCG(seed, 1))
	payload := func() string {
		return strings.Repeat(string([]byte{byte('a' + r.IntN(26)), byte('0' + r.IntN(10))}), r.IntN(90))
	}
	for range 60 {
		fromClient = append(fromClient, own(text, payload())...)
		switch r.IntN(4) {
		case 0:
			fromServer = slices.Concat(fromServer, sent(text, payload(), notFin), sent(wire.OpPing, "p"), sent(more, payload()))
		case 1:
			fromServer = append(fromServer, sent(bin, payload())...)
		default:
			fromServer = append(fromServer, sent(text, payload())...)
		}
	}
	return fromClient, fromServer
}

// TestJoined begins at every byte of the first part of a connection: nothing is
// found, and all but the first frames are read right.
func TestJoined(t *testing.T) {
	fromClient, fromServer := traffic(1)
	all := messages(play(Options{Keep: 1 << 10}, opened(client(fromClient), server(fromServer)), 0))
	for skip := range 400 {
		turns := []turn{client(fromClient[skip:]), server(fromServer[skip:]), ends(Client), ends(Server)}
		events := play(Options{Keep: 1 << 10, Joined: true}, turns, 0)
		checkTiling(t, events)
		if got := rulesIn(events); got != nil {
			t.Fatalf("from byte %d on found %q\n%s", skip, got, tell(events))
		}
		for side, got := range messages(events) {
			got = got[min(1, len(got)):] // a ping inside a message whose start was missed
			if n := len(got); n < len(all[side])-20 || !slices.Equal(got, all[side][len(all[side])-n:]) {
				t.Fatalf("from byte %d on: %d of %d messages of the %v\n%s", skip, n, len(all[side]), Side(side), tell(events))
			}
		}
	}
	watch(t, Options{Joined: true}, []turn{client(fromClient[5:]), server(fromServer[77:]), ends(Client), ends(Server)})
}

// messages lists the payloads of both sides' messages.
func messages(events []Event) (list [2][]string) {
	for _, e := range events {
		if e.Kind == KindMessage {
			list[e.Side] = append(list[e.Side], string(e.Message.Payload))
		}
	}
	return list
}

// TestJoinedOdd joins what is not quite a stream of right frames.
func TestJoinedOdd(t *testing.T) {
	_, long := traffic(2)
	random := make([]byte, 5000)
	r := rand.New(rand.NewPCG(3, 3))
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	big := strings.Repeat("x", 70000)
	tests := []struct {
		name  string
		turns []turn
		find  string // the payload of a message that must be among them; "" for no message
		rules []string
	}{
		{"a handshake", opened(server(sent(text, "Hello", masked))), "Hello", []string{"server mask.server"}},
		{"an answer alone", []turn{server(accept(), sent(text, "Hello"))}, "Hello", nil},
		{"one frame", []turn{server(sent(text, "Hello")), ends(Server)}, "Hello", nil},
		{"one large frame", []turn{server(sent(text, big))}, big[:100], nil},
		{"a large frame after noise", []turn{server(random[:999], sent(bin, big))}, big[:100], nil},
		{"noise", []turn{server(random), ends(Server)}, "", nil},
		{"nothing", []turn{ends(Server)}, "", nil},
		{"text", []turn{server(strings.Repeat("The quick brown fox\n", 500)), ends(Server)}, "", nil},
		{"zeros", []turn{server(make([]byte, 9000)), ends(Server)}, "", nil},
		{"frames, a loss, frames", []turn{server(long[:800], long[1001:], sent(text, "the end")), ends(Server)}, "the end", nil},
		{"frames, noise, frames", []turn{server(long, "\xff\xff", random, long, sent(text, "the end")), ends(Server)}, "the end", nil},
		{"the end of a message", []turn{server(sent(more, "\xff", notFin), sent(more, "\x80"), sent(text, "Hello"), sent(text, "on"))}, "Hello", nil},
		{"RSV1", []turn{server(sent(text, "\xff\xfe", rsv(4)), sent(text, "\xff", rsv(4), notFin), sent(more, "\xff"))}, "\xff\xfe", nil},
		{"a bad text later", []turn{server(sent(text, "a"), sent(text, "b"), sent(text, "\xff"), sent(more, "c"))}, "\xff", []string{"server utf8.sent"}},
		{"hixie", []turn{server(hixieText("one"), hixieText("two"), "\xff\x00")}, "one", nil},
		{"hixie, from the middle", []turn{server("ne\xff", hixieText("two"), hixieText("three"))}, "two", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events := watch(t, Options{Keep: 100, Joined: true}, tt.turns)
			sameRules(t, events, tt.rules)
			got := messages(events)[Server]
			if tt.find == "" && len(got) > 0 || tt.find != "" && !slices.Contains(got, tt.find) {
				t.Errorf("%d messages\n%s", len(got), tell(events[max(0, len(events)-10):]))
			}
		})
	}
}

// TestJoinedState asks a joined session what it takes for granted.
func TestJoinedState(t *testing.T) {
	s := New(Options{Joined: true})
	s.Feed(Client, 0, slices.Concat(own(text, "Hello"), own(text, "Hello"), own(text, "Hello")))
	if s.Dialect() != wire.RFC6455 || !s.Open() || s.Deflate() != nil {
		t.Errorf("dialect %v, open %v, deflate %v", s.Dialect(), s.Open(), s.Deflate())
	}
}

// Of what was made up so that a frame may begin at each place, and prove nothing, no more
// is read than is allowed for. The frames behind it are found.
func TestSeekIsBounded(t *testing.T) {
	for _, run := range []string{"\x81\xfe", "\x82\xfe", "\x81\xfe\x00\x80", "\x01\xfe\x80\xfe"} {
		s := New(Options{Joined: true})
		noise := bytes.Repeat([]byte(run), 1<<20/len(run))
		frames := bytes.Repeat([]byte("\x82\x85\x01\x02\x03\x04hello\x82\x83\x05\x01\x09\x07you"), 50)
		n := 0
		for p := range slices.Chunk(slices.Concat(noise, bytes.Repeat([]byte{0xAA}, 512<<10), frames), 1400) {
			for _, e := range s.Feed(Client, 0, p) {
				if e.Kind == KindFrame {
					n++
				}
			}
			if sought := s.sides[Client].seek.sought; sought < -maxSought-maxSeek {
				t.Fatalf("%x: %d bytes were read", run, -sought)
			}
		}
		if n < 90 {
			t.Errorf("%x: %d frames behind it", run, n)
		}
	}
}
