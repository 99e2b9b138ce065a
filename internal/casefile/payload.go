package casefile

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxPayload is how many bytes the payloads of one step may come to.
const maxPayload = 64 << 20

// payloadValue is bytes: a text, a mapping that makes some, or a list of these.
var payloadValue = value[Payload]{
	schema: anyOf(textSchema, ref("payload"), schema{"type": "array", "minItems": 1, "items": anyOf(textSchema, ref("payload"))}),
	read: func(r *reader, n *yaml.Node) Payload {
		var p Payload
		if n.Kind != yaml.SequenceNode {
			p = r.payloadPart(n)
		} else {
			for _, item := range r.items(n, "payloads") {
				p.Parts = append(p.Parts, r.payloadPart(item).Parts...)
			}
		}
		if p.Size() > maxPayload {
			r.problem(n, "a payload of %d bytes; at most 64 MiB can be sent or expected", p.Size())
			return Payload{}
		}
		return p
	},
}

func (r *reader) payloadPart(n *yaml.Node) Payload {
	if n.Kind == yaml.MappingNode {
		var part PayloadPart
		payloadTable.read(r, n, &part)
		return Payload{Parts: []PayloadPart{part}}
	}
	text, _ := r.parts(n, "a payload")
	return textPayload(text)
}

// textPayload makes a payload of a text. An empty one has a part too: what was
// left out has none.
func textPayload(t Text) Payload { return Payload{Parts: []PayloadPart{{Text: &t}}} }

var payloadTable = table[PayloadPart]{
	name: "payload", like: `{hex: ce ba} or a text`,
	about: "Bytes that are made, not written out.",
	one:   "a payload has one source",
	keys: []key[PayloadPart]{
		field("text", "The text's bytes in UTF-8.", textValue("a text"), func(p *PayloadPart, t Text) { p.Text = &t }).alt(),
		field("hex", "Bytes in hexadecimal; spaces may stand between them.", hexValue, putBytes).alt(),
		field("base64", "Bytes in base64.", base64Value, putBytes).alt(),
		field("repeat", "What is repeated, and cut to size bytes.", repeatValue,
			func(p *PayloadPart, b []byte) { p.Repeat = b }).alt().and("size"),
		field("sample", "Data of a kind that is met in practice, made up and the same in every run: "+strings.Join(sampleNames(), ", ")+".",
			sampleValue, func(p *PayloadPart, s string) { p.Sample = s }).alt().and("size"),
		field("size", "How many bytes repeat or sample makes.", number(aNumber, 0, maxPayload),
			func(p *PayloadPart, n uint64) { p.Size = int(n) }).only("repeat", "sample"),
		field("random", "How many random bytes, the same in every run.", number(aNumber, 0, maxPayload),
			func(p *PayloadPart, n uint64) { p.Random, p.Size = true, int(n) }).alt(),
		field("seed", "Which random bytes; 0 if left out.", number(aNumber, 0, 1<<62),
			func(p *PayloadPart, n uint64) { p.Seed = int64(n) }).only("random"),
		field("file", "The bytes of a file in the folder of the case file, or below it.", fileValue, putBytes).alt(),
		field("json", "The value as JSON text.", jsonValue, func(p *PayloadPart, v any) { p.setJSON(v) }).alt(),
		field("head", "Lines, each ended by CRLF, and the blank line behind them.", textValue("the lines of a head"),
			func(p *PayloadPart, t Text) { p.Text = lines(t, "\r\n") }).alt(),
		field("lines", "Lines, each ended by CRLF.", textValue("lines"), func(p *PayloadPart, t Text) { p.Text = lines(t, "") }).alt(),
	},
}

func putBytes(p *PayloadPart, b []byte) { p.Bytes = b }

// lines ends each line of a block of text with CRLF.
func lines(t Text, end string) *Text {
	var out Text
	for i, part := range t.Parts {
		if i == len(t.Parts)-1 {
			part.Literal = strings.TrimSuffix(part.Literal, "\n")
		}
		if part.Capture != "" {
			out.Parts = append(out.Parts, part)
			continue
		}
		out.add(strings.ReplaceAll(part.Literal, "\n", "\r\n"))
	}
	out.add("\r\n" + end)
	return &out
}

var hexValue = value[[]byte]{
	schema: schema{"type": []string{"string", "number"}},
	read: func(r *reader, n *yaml.Node) []byte {
		s, ok := r.scalar(n, "hexadecimal")
		if !ok {
			return nil
		}
		b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
		switch {
		case errors.Is(err, hex.ErrLength):
			r.problem(n, "%q is an odd number of hexadecimal digits", cut(s))
		case err != nil:
			r.problem(n, "%q is not hexadecimal such as ce ba", cut(s))
		}
		return b
	},
}

var base64Value = value[[]byte]{
	schema: schema{"type": []string{"string", "number"}},
	read: func(r *reader, n *yaml.Node) []byte {
		s, ok := r.scalar(n, "base64")
		if !ok {
			return nil
		}
		b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
		if err != nil {
			r.problem(n, "%q is not base64", cut(s))
		}
		return b
	},
}

// repeatValue is what a payload repeats: a text, or bytes.
var repeatValue = value[[]byte]{
	schema: anyOf(textSchema, ref("repeated")),
	read: func(r *reader, n *yaml.Node) []byte {
		var b []byte
		if n.Kind == yaml.MappingNode {
			repeatedTable.read(r, n, &b)
		} else {
			s, _ := r.scalar(n, "a text or bytes")
			b = []byte(s)
		}
		if len(b) == 0 {
			r.problem(n, "nothing cannot be repeated")
		}
		return b
	},
}

var repeatedTable = table[[]byte]{
	name: "repeated", like: "{hex: 00 fe}", about: "Bytes to repeat.", one: "what is repeated has one source",
	keys: []key[[]byte]{
		field("hex", "Bytes in hexadecimal.", hexValue, func(into *[]byte, b []byte) { *into = b }).alt(),
		field("base64", "Bytes in base64.", base64Value, func(into *[]byte, b []byte) { *into = b }).alt(),
	},
}

var fileValue = value[[]byte]{
	schema: textSchema,
	read: func(r *reader, n *yaml.Node) []byte {
		name, ok := r.scalar(n, "the name of a file")
		if !ok {
			return nil
		}
		if !fs.ValidPath(name) {
			r.problem(n, "%q is no file in the folder of the case file; write it as data/x.bin", cut(name))
			return nil
		}
		b, err := r.payloadFile(name)
		if err != nil {
			r.problem(n, "%v", err)
		}
		return b
	},
}

// payloadFile reads a file once, however many cases use it.
func (f *file) payloadFile(name string) ([]byte, error) {
	if b, ok := f.read[name]; ok {
		return b, nil
	}
	if f.dir == nil {
		return nil, fmt.Errorf("there is no folder to find %q in", name)
	}
	b, err := readAtMost(f.dir, name, maxPayload)
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, cause(err))
	}
	f.read[name] = b
	return b, nil
}

// cause drops the path that the file system puts before an error.
func cause(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// readAtMost reads a file that may have limit bytes, and one more where it is larger.
func readAtMost(dir fs.FS, name string, limit int64) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}
