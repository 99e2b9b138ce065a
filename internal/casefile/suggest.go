package casefile

import (
	"fmt"

	"wsprobe/internal/spell"
)

// suggestion is `, did you mean "x"?` with the known word nearest to what was
// written, or nothing when none is near. It is worked out only where it is shown.
type suggestion struct {
	written string
	known   []string
	as      string
}

func suggest(written string, known []string) suggestion {
	return suggestion{written, known, `, did you mean "%s"?`}
}

// String works the suggestion out.
func (s suggestion) String() string {
	if near := spell.Nearest(s.written, s.known); near != "" {
		return fmt.Sprintf(s.as, near)
	}
	return ""
}
