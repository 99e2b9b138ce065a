package chatserver

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestComplaints(t *testing.T) {
	p := enter(t, start(t, Config{}), "gorilla")
	long := strings.Repeat("é", 65)
	for message, want := range map[string]string{
		``:                                       `{"code":"bad-json"}`,
		`null`:                                   `{"code":"bad-json"}`,
		`[]`:                                     `{"code":"bad-json"}`,
		`"join"`:                                 `{"code":"bad-json"}`,
		`{"type":"who"} {}`:                      `{"code":"bad-json"}`,
		`{"type":"who"`:                          `{"code":"bad-json"}`,
		strings.Repeat("[", 20000):               `{"code":"bad-json"}`,
		`{}`:                                     `{"code":"bad-message"}`,
		`{"type":5,"ref":"r"}`:                   `{"code":"bad-message","ref":"r"}`,
		`{"TYPE":"who"}`:                         `{"code":"bad-message"}`,
		`{"type":"who","ref":1}`:                 `{"code":"bad-message"}`,
		`{"type":"who","ref":"` + long + `"}`:    `{"code":"bad-message"}`,
		`{"type":"` + long + `","ref":"r"}`:      `{"code":"unknown-type","ref":"r"}`,
		`{"type":"join","room":"a"}`:             `{"code":"bad-message"}`,
		`{"type":"join","room":"a","nick":null}`: `{"code":"bad-message"}`,
		`{"type":"join","room":"","nick":"a"}`:   `{"code":"bad-room"}`,
		`{"type":"join","room":"` + long + `","nick":"a"}`:        `{"code":"bad-room"}`,
		`{"type":"join","room":"a","nick":""}`:                    `{"code":"bad-nick"}`,
		`{"type":"join","room":"a","nick":" a"}`:                  `{"code":"bad-nick"}`,
		`{"type":"join","room":"a","nick":"a  b"}`:                `{"code":"bad-nick"}`,
		`{"type":"join","room":"a","nick":"a\nb"}`:                `{"code":"bad-nick"}`,
		`{"type":"join","room":"a","nick":"a\u202eb"}`:            `{"code":"bad-nick"}`,
		`{"type":"join","room":"a","nick":"\ud800"}`:              `{"code":"bad-nick"}`,
		`{"type":"join","room":"a","nick":"` + long[:2*33] + `"}`: `{"code":"bad-nick"}`,
		`{"type":"say"}`:   `{"code":"bad-message"}`,
		`{"type":"leave"}`: `{"code":"not-joined"}`,
	} {
		p.says(message)
		got := p.hears(want)
		if got["type"] != "error" || got["text"] == "" {
			t.Errorf("%.80s was answered with %v", message, got)
		}
	}
	p.says(`{"type":"join","room":"a b","nick":"` + long[:2*32] + `"}`)
	p.hears(`{"type":"joined"}`)
	p.says(`{"type":"say","text":""}`)
	p.hears(`{"code":"bad-text"}`)
	p.says(`{"type":"say","text":"\ud800"}`)
	p.hears(`{"type":"said","text":"\ufffd"}`)
}

// TestErrorCodes holds the table of PROTOCOL.md against the code.
func TestErrorCodes(t *testing.T) {
	files, err := filepath.Glob("*.go")
	must(t, err)
	var told []string
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			told = append(told, found(t, f, `complain\("([a-z-]+)"`)...)
		}
	}
	slices.Sort(told)
	told = slices.Compact(told)
	_, table, _ := strings.Cut(read(t, "PROTOCOL.md"), "## 7. Errors")
	table, _, _ = strings.Cut(table, "\n## ")
	var listed []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)`").FindAllStringSubmatch(table, -1) {
		listed = append(listed, m[1])
	}
	slices.Sort(listed)
	if !slices.Equal(told, listed) {
		t.Errorf("the code knows %q, PROTOCOL.md %q", told, listed)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	p, err := os.ReadFile(path)
	must(t, err)
	return string(p)
}

// found returns the first group of every match in a file.
func found(t *testing.T, path, pattern string) (list []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(read(t, path), -1) {
		list = append(list, m[1])
	}
	return list
}
