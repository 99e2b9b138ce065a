// Package report is what a run came to, as data, and the formats that it is
// told in. The JSON of Results is the results file; every other format is made
// from it, at once or years later.
package report

import "time"

// Version is the version of the results file. It changes when a reader of the
// last version would misread the new one.
const Version = 1

// Verdict is what a case came to.
type Verdict string

// The verdicts, mildest first.
const (
	Pass      Verdict = "pass"
	Info      Verdict = "info"       // a MAY was not taken
	NonStrict Verdict = "non-strict" // a SHOULD was missed
	Fail      Verdict = "fail"       // a MUST was broken
	Skip      Verdict = "skip"       // the target lacks what the case needs
	Error     Verdict = "error"      // we could not look: never the target's fault
)

// Results is a whole run against one target.
type Results struct {
	Version     int           `json:"version"`
	Tool        string        `json:"tool"` // "wsprobe 0.1.0"
	Target      Target        `json:"target"`
	Started     time.Time     `json:"started"`
	Duration    time.Duration `json:"duration_ns"`
	Strict      bool          `json:"strict,omitempty"`      // --strict was given
	Interrupted bool          `json:"interrupted,omitempty"` // the run was stopped before its end
	// Trouble is why the run as a whole could not be made or finished; it is
	// empty for a run that could. Hint says what to do about it.
	Trouble string   `json:"trouble,omitempty"`
	Hint    string   `json:"hint,omitempty"`
	Notes   []string `json:"notes,omitempty"` // what was noticed and is no finding
	Cases   []Case   `json:"cases"`           // in the order of their files
	Stale   []Stale  `json:"stale,omitempty"`
	// Rules are copies of the rules that the cases are about or broke, by id.
	Rules map[string]Rule `json:"rules,omitempty"`
	// Sources are the cases as their files have them, by place: "utf8.yaml:12".
	// Those of one matrix share a place.
	Sources map[string]string `json:"sources,omitempty"`
}

// Rule is a copy of a rule of the catalogue, so that a results file can quote it.
type Rule struct {
	Level    string `json:"level"`
	Document string `json:"document"`
	Section  string `json:"section"`
	Quote    string `json:"quote"`
	About    string `json:"about,omitempty"` // what a conforming endpoint does
	Room     string `json:"room,omitempty"`  // what the text leaves open
}

// Target is the implementation under test.
type Target struct {
	Name   string   `json:"name"` // what it calls itself, or its URL
	URL    string   `json:"url"`
	Start  string   `json:"start,omitempty"` // the command that started it
	Have   []string `json:"have"`            // what it has: "echo", "hixie-76"
	Server string   `json:"server,omitempty"`
	// Via is set when an intermediary showed itself in the opening handshake.
	Via string `json:"via,omitempty"`
}

// Case is one case played.
type Case struct {
	ID      string   `json:"id"`
	Suite   string   `json:"suite"`
	About   string   `json:"about"`
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Rule    string   `json:"rule"`
	Dialect string   `json:"dialect"`
	Aliases []string `json:"aliases,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	Needs   []string `json:"needs,omitempty"` // what a target must have for it to be played
	Verdict Verdict  `json:"verdict"`
	// Rounds are what a case that was played several times came to, each in its
	// turn; the verdict is the worst of them, and all else is of that round.
	Rounds   []Verdict     `json:"rounds,omitempty"`
	Duration time.Duration `json:"duration_ns"`
	Findings []Finding     `json:"findings,omitempty"`
	Reason   string        `json:"reason,omitempty"` // of a skip or an error
	// Known is set when a line of the known-failures file covers the case; the
	// line itself stands in it.
	Known      string `json:"known,omitempty"`
	KnownWhy   string `json:"known_why,omitempty"` // the comment above that line
	Transcript []Line `json:"transcript,omitempty"`
	Again      string `json:"again,omitempty"` // the command that plays it again
}

// Finding is a rule that was broken, and where. It carries a copy of the rule
// so that a results file explains itself.
type Finding struct {
	Rule     string        `json:"rule"`
	Level    string        `json:"level"`
	Document string        `json:"document"`
	Section  string        `json:"section"`
	Quote    string        `json:"quote"`
	Verdict  Verdict       `json:"verdict"`          // what the finding alone comes to
	Detail   string        `json:"detail,omitempty"` // what was seen: "frame of 5 bytes has a 16-bit length"
	Wanted   string        `json:"wanted,omitempty"` // what the step expected
	File     string        `json:"file,omitempty"`   // the step's place
	Line     int           `json:"line,omitempty"`
	Client   string        `json:"client,omitempty"` // the named connection
	At       time.Duration `json:"at_ns"`            // since the case began
	After    int           `json:"after"`            // how many transcript lines came before it
}

// Stale is a line of the known-failures file that says something untrue.
type Stale struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Text   string `json:"text"`
	Reason string `json:"reason"` // what is wrong with the line, and what to do: "it matches no case: delete the line"
}

// Line is one line of a transcript: one event.
type Line struct {
	At     time.Duration `json:"at_ns"`
	Client string        `json:"client,omitempty"` // the named connection
	// Sent is true for what went from client to server.
	Sent bool   `json:"sent"`
	Kind string `json:"kind"` // "request", "response", "text", "cont", "ping", "op3", "bytes", "tcp", "note"
	// Frame is set for frames of RFC 6455 and the hybi drafts.
	Frame *FrameBits `json:"frame,omitempty"`
	Size  uint64     `json:"size"` // payload bytes
	// Payload is the start of the payload, unmasked and as it was on the wire
	// otherwise; Cut says that there was more.
	Payload []byte `json:"payload,omitempty"`
	Cut     bool   `json:"cut,omitempty"`
	Note    string `json:"note,omitempty"` // "closed with FIN", "1002 protocol error"
	// Name says what the payload is to a subprotocol, "MQTT PINGREQ", and Body is
	// what else there is to read in it: text. With a name they are shown in the
	// payload's place.
	Name string `json:"-"`
	Body []byte `json:"-"`
	// Aside is true for what neither of the two did: it has no arrow.
	Aside bool `json:"-"`
}

// FrameBits is what a frame's header says beside its opcode.
type FrameBits struct {
	Fin    bool   `json:"fin"`
	Rsv    byte   `json:"rsv,omitempty"`
	Masked bool   `json:"masked,omitempty"`
	Bits   uint8  `json:"bits,omitempty"` // the length's form where it is longer than needed
	Type   *uint8 `json:"type,omitempty"` // a hixie frame's type byte
}
