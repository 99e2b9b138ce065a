package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Ignore is what may differ.
type Ignore struct {
	members [][]string // of JSON
	texts   []*regexp.Regexp
}

// ParseIgnore reads what to ignore: "json.id,json.user.time" are members of JSON
// messages, anything else a regular expression for texts.
func ParseIgnore(all []string) (*Ignore, error) {
	ig := &Ignore{}
	for _, one := range all {
		var err error
		if strings.HasPrefix(one, "json.") {
			err = ig.addMembers(one)
		} else {
			err = ig.addText(one)
		}
		if err != nil {
			return nil, err
		}
	}
	return ig, nil
}

func (ig *Ignore) addMembers(list string) error {
	for path := range strings.SplitSeq(list, ",") {
		path, ok := strings.CutPrefix(strings.TrimSpace(path), "json.")
		if !ok || path == "" {
			return fmt.Errorf("%q: members are written json.NAME, with commas between them", list)
		}
		ig.members = append(ig.members, strings.Split(path, "."))
	}
	return nil
}

func (ig *Ignore) addText(pattern string) error {
	text, err := regexp.Compile(pattern)
	if err == nil {
		ig.texts = append(ig.texts, text)
	}
	return err
}

// key returns what of a text is compared.
func (ig *Ignore) key(p []byte) string {
	if v, ok := parsed(p); ok && len(ig.members) > 0 {
		for _, path := range ig.members {
			remove(v, path)
		}
		p, _ = json.Marshal(v)
	}
	for _, text := range ig.texts {
		p = text.ReplaceAll(p, nil)
	}
	return string(p)
}

// parsed reads an object or a list.
func parsed(p []byte) (v any, ok bool) {
	if p = bytes.TrimSpace(p); len(p) == 0 || p[0] != '{' && p[0] != '[' {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(p))
	d.UseNumber()
	if d.Decode(&v) != nil || d.More() {
		return nil, false
	}
	return v, true
}

// remove removes a member, in each element where there is a list on the way.
func remove(v any, path []string) {
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			remove(element, path)
		}
	case map[string]any:
		if len(path) == 1 {
			delete(v, path[0])
		} else {
			remove(v[path[0]], path[1:])
		}
	}
}
