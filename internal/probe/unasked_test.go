package probe

import (
	"testing"

	"wsprobe/internal/wire"
	"wsprobe/report"
)

// A target that says something of its own accord, at a time when it was not listened for,
// is not blamed where what was wanted comes behind it. What may be a wrong answer is one.
func TestSpeaksNowAndThen(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		says    []string // to "Hello" in fragments
		verdict report.Verdict
	}{
		"the time, and the echo":       {[]string{"it is 12:00", "Hello"}, report.Pass},
		"only the time":                {[]string{"it is 12:00"}, report.Fail},
		"a fragment, and the whole":    {[]string{"lo", "Hello"}, report.Fail},
		"two fragments, and the whole": {[]string{"ello", "Hello"}, report.Fail},
		"more than was said":           {[]string{"Hello, Hello", "Hello"}, report.Fail},
		"nothing, and the whole":       {[]string{"", "Hello"}, report.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := serve(t, func(p *peer) {
				for {
					h, payload := p.next()
					switch {
					case h.Opcode == wire.OpContinuation && h.Fin:
						for _, text := range tt.says {
							p.send(wire.OpText, text)
						}
					case h.Opcode == wire.OpText && h.Fin: // as it is asked whether it echoes
						p.send(wire.OpText, string(payload))
					case p.right(h, payload):
						return
					}
				}
			})
			r := runAgainst(t, target, oneCase("fragment.assembled\n    needs: [echo]", `
      - send:   [{text: Hel, fin: false}, {continuation: lo}]
      - expect: {text: Hello}
`))
			if c := r.Cases[0]; c.Verdict != tt.verdict {
				t.Errorf("%s %q (%s), want %s", c.Verdict, rulesOf(c), c.Reason, tt.verdict)
			}
		})
	}
}
