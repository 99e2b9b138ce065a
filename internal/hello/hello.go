// Package hello reads what TLS shows of a connection in clear: the ClientHello, and
// the ServerHello that answers it (RFC 8446 §4.1, RFC 5246 §7.4.1).
package hello

import (
	"crypto/tls"
	"errors"

	"golang.org/x/crypto/cryptobyte"
)

// MaxSize is how large a hello may be, all that frames it counted in, to be read.
const MaxSize = 16 << 10

// Errors of Read.
var (
	ErrNeedMore = errors.New("the hello has not come whole")
	ErrNotHello = errors.New("that is no hello of TLS")
)

// The content type and the types of messages that are read here (RFC 8446 §4, §5.1).
const (
	recordAlert     = 21
	recordHandshake = 22
	clientHello     = 1
	serverHello     = 2
)

// alertSize is what an alert takes, its record counted in (RFC 8446 §6).
const alertSize = 7

// The extensions that are read (RFC 6066 §3, RFC 7301 §3.1, RFC 8446 §4.2.1 and
// §4.2.10).
const (
	extServerName = 0
	extALPN       = 16
	extEarlyData  = 42
	extVersions   = 43
)

// Client is what a ClientHello shows.
type Client struct {
	Random     [32]byte
	ServerName string   // the server_name; empty: there is none
	Protocols  []string // offered by ALPN
	Versions   []uint16 // of TLS, offered
	EarlyData  bool     // data comes before the answer of the server
}

// Server is what a ServerHello shows. TLS 1.3 has the protocol that was chosen
// behind it, in cipher.
type Server struct {
	Random    [32]byte
	Version   uint16
	Cipher    uint16
	Protocol  string // chosen by ALPN
	EarlyData bool   // the server takes that of the client
}

// Begins reports whether a stream that begins so may be TLS.
func Begins(p []byte) bool {
	return len(p) > 0 && p[0] == recordHandshake && (len(p) == 1 || p[1] == 3)
}

// ReadClient reads the ClientHello at the beginning of a stream.
func ReadClient(stream []byte) (*Client, error) {
	body, err := message(stream, clientHello)
	if err != nil {
		return nil, err
	}
	return ParseClient(body)
}

// ParseClient reads the body of a ClientHello.
func ParseClient(message []byte) (*Client, error) {
	c, body := &Client{}, cryptobyte.String(message)
	var version uint16
	var ciphers, compressions, extensions cryptobyte.String
	if !body.ReadUint16(&version) || !readRandom(&body, &c.Random) ||
		!body.ReadUint16LengthPrefixed(&ciphers) || !body.ReadUint8LengthPrefixed(&compressions) {
		return nil, ErrNotHello
	}
	if !body.Empty() && !body.ReadUint16LengthPrefixed(&extensions) {
		return nil, ErrNotHello
	}
	if !eachExtension(extensions, c.extension) {
		return nil, ErrNotHello
	}
	if c.Versions == nil { // before TLS 1.3, the highest stands here
		c.Versions = []uint16{version}
	}
	return c, nil
}

// extension reads an extension of a ClientHello.
func (c *Client) extension(kind uint16, data cryptobyte.String) bool {
	var list cryptobyte.String
	switch kind {
	case extEarlyData:
		c.EarlyData = true
	case extServerName:
		var nameType uint8
		var name cryptobyte.String
		if !data.ReadUint16LengthPrefixed(&list) || !list.ReadUint8(&nameType) || !list.ReadUint16LengthPrefixed(&name) {
			return false
		}
		c.ServerName = string(name)
	case extALPN:
		names, ok := protocols(data)
		c.Protocols = names
		return ok
	case extVersions:
		if !data.ReadUint8LengthPrefixed(&list) {
			return false
		}
		c.Versions = []uint16{}
		for !list.Empty() {
			var v uint16
			if !list.ReadUint16(&v) {
				return false
			}
			if !grease(v) {
				c.Versions = append(c.Versions, v)
			}
		}
	}
	return true
}

// grease reports whether a value is there to be ignored (RFC 8701 §2).
func grease(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

// protocols reads the list of ALPN.
func protocols(data cryptobyte.String) (names []string, ok bool) {
	var list cryptobyte.String
	if !data.ReadUint16LengthPrefixed(&list) {
		return nil, false
	}
	for !list.Empty() {
		var name cryptobyte.String
		if !list.ReadUint8LengthPrefixed(&name) {
			return nil, false
		}
		if len(name) != 2 || !grease(uint16(name[0])<<8|uint16(name[1])) {
			names = append(names, string(name))
		}
	}
	return names, true
}

// ReadServer reads the ServerHello at the beginning of a stream.
func ReadServer(stream []byte) (*Server, error) {
	body, err := message(stream, serverHello)
	if err != nil {
		return nil, err
	}
	return ParseServer(body)
}

// ParseServer reads the body of a ServerHello.
func ParseServer(message []byte) (*Server, error) {
	s, body := &Server{}, cryptobyte.String(message)
	var compression uint8
	var extensions cryptobyte.String
	if !body.ReadUint16(&s.Version) || !readRandom(&body, &s.Random) || !body.ReadUint16(&s.Cipher) || !body.ReadUint8(&compression) {
		return nil, ErrNotHello
	}
	if !body.Empty() && !body.ReadUint16LengthPrefixed(&extensions) {
		return nil, ErrNotHello
	}
	if !eachExtension(extensions, s.extension) {
		return nil, ErrNotHello
	}
	return s, nil
}

// extension reads an extension of a ServerHello.
func (s *Server) extension(kind uint16, data cryptobyte.String) bool {
	switch kind {
	case extVersions:
		return data.ReadUint16(&s.Version)
	case extEarlyData:
		s.EarlyData = true
	case extALPN:
		names, ok := protocols(data)
		if len(names) > 0 {
			s.Protocol = names[0]
		}
		return ok
	}
	return true
}

// ParseEncrypted reads the body of EncryptedExtensions into what the server chose.
func (s *Server) ParseEncrypted(message []byte) error {
	body, extensions := cryptobyte.String(message), cryptobyte.String(nil)
	if !body.ReadUint16LengthPrefixed(&extensions) || !eachExtension(extensions, s.extension) {
		return ErrNotHello
	}
	return nil
}

// readRandom reads the random, and skips the session id.
func readRandom(body *cryptobyte.String, random *[32]byte) bool {
	var session cryptobyte.String
	return body.CopyBytes(random[:]) && body.ReadUint8LengthPrefixed(&session)
}

// eachExtension calls read with each extension, while it returns true.
func eachExtension(all cryptobyte.String, read func(kind uint16, data cryptobyte.String) bool) bool {
	for !all.Empty() {
		var kind uint16
		var data cryptobyte.String
		if !all.ReadUint16(&kind) || !all.ReadUint16LengthPrefixed(&data) || !read(kind, data) {
			return false
		}
	}
	return true
}

// message returns the first message of a stream, which may lie in several records.
func message(stream []byte, kind uint8) (cryptobyte.String, error) {
	var all []byte
	for s := cryptobyte.String(stream); ; {
		if len(all) >= 4 {
			whole := cryptobyte.String(all)
			var typ uint8
			var body cryptobyte.String
			if whole.ReadUint8(&typ); typ != kind {
				return nil, ErrNotHello
			}
			if whole.ReadUint24LengthPrefixed(&body) {
				return body, nil
			}
		}
		record, err := nextRecord(&s)
		if err != nil {
			return nil, err
		}
		all = append(all, record...)
	}
}

// nextRecord takes what has come of a record of the handshake.
func nextRecord(s *cryptobyte.String) ([]byte, error) {
	if !s.Empty() && !Begins(*s) {
		return nil, ErrNotHello
	}
	rest := *s
	var version uint16
	var fragment cryptobyte.String
	if !rest.Skip(1) || !rest.ReadUint16(&version) || !rest.ReadUint16LengthPrefixed(&fragment) {
		return nil, ErrNeedMore
	}
	if len(fragment) == 0 { // RFC 8446 §5.1 forbids those, which could go on for ever
		return nil, ErrNotHello
	}
	*s = rest
	return fragment, nil
}

// VersionNames returns versions of TLS in words, such as "TLS 1.3".
func VersionNames(versions []uint16) []string {
	names := make([]string, len(versions))
	for i, v := range versions {
		names[i] = tls.VersionName(v)
	}
	return names
}

// CipherName returns the name of a cipher suite.
func CipherName(id uint16) string { return tls.CipherSuiteName(id) }
