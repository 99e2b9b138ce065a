package report

import (
	"fmt"
	"time"
)

// verdictText is a verdict and what is said of it.
type verdictText struct {
	Verdict Verdict
	Text    string
}

// chip is a button that leaves cases of its key: a verdict, or "known" for what
// the baseline expects. On says that the page begins with it pressed.
type chip struct {
	Key, Text string
	On        bool
}

// knownKey is the key of the cases that fail as the baseline says.
const knownKey = "known"

// verdictCounts lists the verdicts that some case came to: "215 fail (12 known)".
func verdictCounts(t Tally) []verdictText {
	var list []verdictText
	for _, v := range Verdicts() {
		if n := t.By[v]; n > 0 {
			list = append(list, verdictText{v, fmt.Sprintf("%d %s%s", n, v, t.known(v))})
		}
	}
	return list
}

// bar is a bar with a part for each verdict, in the units of its own width.
type bar struct {
	Width int
	Parts []barPart
}

type barPart struct {
	Key      string
	X, Width int
}

func barOf(t Tally) bar {
	b := bar{Width: t.Cases}
	x := 0
	add := func(key string, n int) {
		if n > 0 {
			b.Parts = append(b.Parts, barPart{key, x, n})
			x += n
		}
	}
	for _, v := range Verdicts() {
		add(string(v), t.By[v]-t.Known[v])
		add(knownKey, t.Known[v])
	}
	return b
}

// took says how long a case took: "704 ms", "1.2 s".
func took(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return seconds(d)
}
