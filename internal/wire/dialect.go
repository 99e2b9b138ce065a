package wire

// Dialect is one of the WebSocket protocols that were deployed over the years.
type Dialect uint8

// The dialects, oldest first. DialectUnknown is what a stream is before its
// opening handshake was seen.
const (
	DialectUnknown Dialect = iota
	Hixie75                // draft-hixie-thewebsocketprotocol-75
	Hixie76                // draft-hixie-thewebsocketprotocol-76, hybi-00
	Hybi07                 // Sec-WebSocket-Version: 7
	Hybi08                 // Sec-WebSocket-Version: 8, drafts 08 to 12
	RFC6455                // Sec-WebSocket-Version: 13
)

// Traits says how a dialect differs from the others.
type Traits struct {
	Name        string // as users write it: "hixie-76"
	Version     int    // value of Sec-WebSocket-Version; 0 where there is none
	Hixie       bool   // hixie framing: no mask, ping, RSV, fragment or close code
	Challenge   bool   // the key1/key2/key3 challenge of hixie-76
	OriginField string // the field in which a client names its origin
	// ProtocolField, and the answer's LocationField and OriginEcho, are the
	// names of the handshake's other dialect-bound fields; "" where there is none.
	ProtocolField string
	LocationField string
	OriginEcho    string
	Document      string // "RFC 6455", "draft-hixie-thewebsocketprotocol-76"
}

var traits = [...]Traits{
	DialectUnknown: {Name: "unknown"},
	Hixie75: {Name: "hixie-75", Hixie: true, OriginField: "Origin", ProtocolField: "WebSocket-Protocol",
		LocationField: "WebSocket-Location", OriginEcho: "WebSocket-Origin", Document: "draft-hixie-thewebsocketprotocol-75"},
	Hixie76: {Name: "hixie-76", Hixie: true, Challenge: true, OriginField: "Origin", ProtocolField: "Sec-WebSocket-Protocol",
		LocationField: "Sec-WebSocket-Location", OriginEcho: "Sec-WebSocket-Origin", Document: "draft-hixie-thewebsocketprotocol-76"},
	Hybi07:  {Name: "hybi-07", Version: 7, OriginField: "Sec-WebSocket-Origin", ProtocolField: "Sec-WebSocket-Protocol", Document: "draft-ietf-hybi-thewebsocketprotocol-07"},
	Hybi08:  {Name: "hybi-08", Version: 8, OriginField: "Sec-WebSocket-Origin", ProtocolField: "Sec-WebSocket-Protocol", Document: "draft-ietf-hybi-thewebsocketprotocol-08"},
	RFC6455: {Name: "rfc6455", Version: 13, OriginField: "Origin", ProtocolField: "Sec-WebSocket-Protocol", Document: "RFC 6455"},
}

// Traits returns the row of the table that describes d.
func (d Dialect) Traits() Traits { return traits[d] }

// String returns the name that users write, such as "hixie-76".
func (d Dialect) String() string { return traits[d].Name }

// Dialects lists the dialects that have a name, oldest first.
func Dialects() []Dialect { return []Dialect{Hixie75, Hixie76, Hybi07, Hybi08, RFC6455} }

// ParseDialect finds a dialect by its name.
func ParseDialect(name string) (Dialect, bool) {
	for _, d := range Dialects() {
		if traits[d].Name == name {
			return d, true
		}
	}
	return DialectUnknown, false
}
