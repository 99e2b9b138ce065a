package casefile

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"gopkg.in/yaml.v3"
)

// samples are kinds of data that differ in how well they compress. Each maker
// appends one piece; pieces are made until there are bytes enough.
var samples = map[string]func(dst []byte, r *rand.Rand) []byte{
	"json":   jsonRecord,
	"html":   htmlRow,
	"prose":  sentence,
	"bitmap": bitmapRow,
	"dense":  denseObject,
}

func sampleNames() []string {
	var names []string
	for name := range samples {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var sampleValue = value[string]{
	schema: orName(enum(sampleNames())),
	read: func(r *reader, n *yaml.Node) string {
		s, ok := r.scalar(n, "a kind of data")
		if ok && samples[s] == nil {
			r.problem(n, "there is no sample %q%s", cut(s), suggest(s, sampleNames()))
		}
		return s
	},
}

// appendSample appends size bytes of a kind of data, the same everywhere and
// for ever. Text is ASCII, so that it can be cut anywhere.
func appendSample(dst []byte, kind string, size int) []byte {
	make, r := samples[kind], rand.New(rand.NewPCG(uint64(len(kind)), 6455))
	if make == nil {
		return dst
	}
	end := len(dst) + size
	for len(dst) < end {
		dst = make(dst, r)
	}
	return dst[:end]
}

// words are what the texts are made of.
var words = []string{
	"the", "of", "and", "a", "to", "frame", "server", "client", "message", "bridge", "winter", "between", "harbour", "letter",
	"open", "quiet", "seven", "garden", "without", "morning", "answer", "wire", "under", "river", "never", "small", "lantern", "again",
}

func word(r *rand.Rand) string { return words[r.IntN(len(words))] }

func jsonRecord(dst []byte, r *rand.Rand) []byte {
	return fmt.Appendf(dst, `{"id":%d,"name":"%s %s","open":%t,"score":%.3f,"tags":["%s","%s"],"at":"2011-12-%02dT%02d:%02d:00Z"},`+"\n",
		r.IntN(1e6), word(r), word(r), r.IntN(2) == 0, r.Float64()*100, word(r), word(r), 1+r.IntN(28), r.IntN(24), r.IntN(60))
}

func htmlRow(dst []byte, r *rand.Rand) []byte {
	return fmt.Appendf(dst, "  <tr class=\"%s\"><td><a href=\"/%s/%d\">%s %s</a></td><td>%d</td></tr>\n",
		word(r), word(r), r.IntN(1000), word(r), word(r), r.IntN(100000))
}

func sentence(dst []byte, r *rand.Rand) []byte {
	for range 5 + r.IntN(12) {
		dst = append(append(dst, word(r)...), ' ')
	}
	return append(dst[:len(dst)-1], ". "...)
}

// bitmapRow appends a row of 512 grey pixels: a slope with a little noise.
func bitmapRow(dst []byte, r *rand.Rand) []byte {
	base := r.IntN(200)
	for x := range 512 {
		dst = append(dst, byte(base+x/16+r.IntN(4)))
	}
	return dst
}

// denseObject appends a small head and data that hardly compresses, as a file
// of compressed parts has.
func denseObject(dst []byte, r *rand.Rand) []byte {
	size := 500 + r.IntN(3000)
	dst = fmt.Appendf(dst, "%d 0 obj << /Length %d >> stream\n", r.IntN(1000), size)
	for range size {
		dst = append(dst, byte(r.Uint32()))
	}
	return append(dst, "\nendstream endobj\n"...)
}
