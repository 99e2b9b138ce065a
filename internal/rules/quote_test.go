package rules

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// specs is where the documents lie beside the repository, in CI. They are not
// part of it.
const specs = "../../../shared/specs"

// document is how to find a document, and a section in it.
type document struct {
	path    string
	heading *regexp.Regexp // its first group is what Rule.Section says
	drop    *regexp.Regexp // lines that are no text: page footers and headers
}

var documents = map[string]document{
	rfc6455:      {specs + "/rfc6455.txt", numbered, regexp.MustCompile(`^Fette & Melnikov .*\[Page \d+\]$|^RFC 6455 .* \d{4}$`)},
	rfc7692:      {specs + "/rfc7692.txt", numbered, regexp.MustCompile(`^Yoshino .*\[Page \d+\]$|^RFC 7692 .* \d{4}$`)},
	rfc8441:      {specs + "/rfc8441.txt", regexp.MustCompile(`^(\d+(?:\.\d+)*)\.\x{00A0}\pL`), nil},
	hixie76:      {specs + "/draft-hixie-76-whatwg-20100430.txt", titled, nil},
	hixie75:      {specs + "/draft-hixie-75-whatwg-20100205.txt", titled, nil},
	chatProtocol: {"../../chatserver/PROTOCOL.md", paragraphs, nil},
}

var (
	numbered   = regexp.MustCompile(`^(\d+(?:\.\d+)*)\.  \S`)
	titled     = regexp.MustCompile(`^#+ (.*)$`)
	paragraphs = regexp.MustCompile(`^(?:## )?(\d+(?:\.\d+)*)\. `)
)

// sections cuts the document into sections, each folded. A heading that comes
// twice, such as "Data framing" of the client and of the server, is one section.
func (d document) sections() (map[string]string, error) {
	data, err := os.ReadFile(d.path)
	if err != nil {
		return nil, err
	}
	text := map[string][]string{}
	section := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, " \f\r\n")
		if d.drop != nil && d.drop.MatchString(line) {
			continue
		}
		if m := d.heading.FindStringSubmatch(line); m != nil {
			section = m[1]
		}
		text[section] = append(text[section], line)
	}
	folded := map[string]string{}
	for name, lines := range text {
		folded[name] = fold(strings.Join(lines, "\n"))
	}
	return folded, nil
}

// fold makes every run of white space one space. A hyphen at the end of a line
// is part of the word that it cuts: "Sec-WebSocket-\nKey".
func fold(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "- ", "-")
}

// contains reports whether the pieces of quote, cut where words are left out,
// stand in text in that order.
func contains(text, quote string) bool {
	for piece := range strings.SplitSeq(fold(quote), " ... ") {
		_, rest, ok := strings.Cut(text, piece)
		if !ok {
			return false
		}
		text = rest
	}
	return true
}

func TestQuotes(t *testing.T) {
	if _, err := os.Stat(specs); errors.Is(err, fs.ErrNotExist) {
		t.Log("the documents are not here: quotes of RFCs and drafts were not looked up in " + specs)
	}
	for name, d := range documents {
		sections, err := d.sections()
		if errors.Is(err, fs.ErrNotExist) && filepath.Dir(d.path) == specs {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range All() {
			if r.Document != name {
				continue
			}
			if text, ok := sections[r.Section]; !ok {
				t.Errorf("%s: %s has no section %q", r.ID, name, r.Section)
			} else if !contains(text, r.Quote) {
				t.Errorf("%s: %s §%s does not say %q", r.ID, name, r.Section, r.Quote)
			}
		}
	}
}

func TestContains(t *testing.T) {
	text := fold("The |Sec-\n   WebSocket-Key|  header\n\n field MUST NOT appear more than once.")
	for quote, want := range map[string]bool{
		"The |Sec-WebSocket-Key| header field MUST NOT appear": true,
		"The ... MUST NOT ... once.":                           true,
		"MUST NOT ... header field":                            false,
		"the |Sec-WebSocket-Key|":                              false,
	} {
		if got := contains(text, quote); got != want {
			t.Errorf("contains(%q) = %v", quote, got)
		}
	}
}
