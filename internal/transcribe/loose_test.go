package transcribe

import (
	"regexp"
	"testing"

	"wsprobe/internal/record"
)

// What is said around JSON is no reason to expect the ids in it again.
func TestAround(t *testing.T) {
	for text, again := range map[string]string{
		`0{"sid":"AfW44a95uVCd7CK8AAAB","upgrades":[],"pingInterval":1000}`: `0{"sid":"another\"one","upgrades":[],"pingInterval":1000}`,
		`42/chat,7["hello",{"id":"x1","t":1795969675483}]`:                  `42/chat,7["hello",{"id":"y22","t":1795969743847}]`,
		`[null,"room",{"at": 1795969675.5}]`:                                `[null,"room",{"at": 1795969743}]`,
	} {
		loose := &teller{telling: &telling{o: Options{Loose: true}}}
		pattern := regexp.MustCompile(loose.around(text))
		if !pattern.MatchString(text) || !pattern.MatchString(again) || pattern.MatchString(text+" ") || pattern.MatchString("1"+text) {
			t.Errorf("%s: %s", text, pattern)
		}
	}
	for _, text := range []string{`42["msg",{"n":1}]`, `hello {"id":1}`, `2`, ``} {
		loose := &teller{telling: &telling{o: Options{Loose: true}}}
		if pattern := loose.around(text); pattern != "" {
			t.Errorf("%s: %s", text, pattern)
		}
	}
}

// Without --loose, who reads the warnings learns of it.
func TestAroundWarns(t *testing.T) {
	c := &telling{warnings: &[]string{}}
	strict := newTeller(c, talkOf(9))
	if pattern := strict.around(`42["hello",{"sent":1795969675483}]`); pattern != "" || len(*c.warnings) != 1 {
		t.Error(pattern, *c.warnings)
	}
}

func talkOf(id uint64) *record.Talk { return &record.Talk{Conn: record.Conn{ID: id}} }
