package tlsread

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/binary"
	"hash"

	"golang.org/x/crypto/chacha20poly1305"
)

// suite is what a cipher suite means for its records.
type suite struct {
	key    int // bytes
	hash   func() hash.Hash
	chacha bool
}

var (
	aes128 = suite{16, sha256.New, false}
	aes256 = suite{32, sha512.New384, false}
	chacha = suite{32, sha256.New, true}
)

// The suites of TLS 1.2 with ephemeral Diffie-Hellman over fields, which crypto/tls
// does not name (RFC 5288 §3, RFC 7905 §2).
const (
	dheAES128    = 0x009E
	dheAES256    = 0x009F
	dheDSSAES128 = 0x00A2
	dheDSSAES256 = 0x00A3
	dheChaCha    = 0xCCAA
)

// suites are those that are looked into: the AEADs.
var suites = map[uint16]*suite{
	tls.TLS_AES_128_GCM_SHA256:                        &aes128,
	tls.TLS_AES_256_GCM_SHA384:                        &aes256,
	tls.TLS_CHACHA20_POLY1305_SHA256:                  &chacha,
	tls.TLS_RSA_WITH_AES_128_GCM_SHA256:               &aes128,
	tls.TLS_RSA_WITH_AES_256_GCM_SHA384:               &aes256,
	tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256:         &aes128,
	tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:         &aes256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:       &aes128,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:       &aes256,
	tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256:   &chacha,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: &chacha,
	dheAES128:    &aes128,
	dheAES256:    &aes256,
	dheDSSAES128: &aes128,
	dheDSSAES256: &aes256,
	dheChaCha:    &chacha,
}

// aead makes the cipher of a key of the right size.
func (s *suite) aead(key []byte) (cipher.AEAD, error) {
	if s.chacha {
		return chacha20poly1305.New(key)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// expand is HKDF-Expand-Label without a context (RFC 8446 §7.1); nil where a secret
// is of another hash.
func (s *suite) expand(secret []byte, label string, n int) []byte {
	if len(secret) != s.hash().Size() {
		return nil
	}
	label = "tls13 " + label
	info := binary.BigEndian.AppendUint16(nil, uint16(n))
	info = append(append(info, byte(len(label))), label...)
	out, err := hkdf.Expand(s.hash, secret, string(append(info, 0)), n)
	if err != nil {
		return nil
	}
	return out
}

// update returns the secret that follows one (RFC 8446 §7.2).
func (s *suite) update(secret []byte) []byte { return s.expand(secret, "traffic upd", len(secret)) }

// modern makes the opener of a traffic secret of TLS 1.3 (RFC 8446 §7.3).
func (s *suite) modern(secret []byte) *opener {
	key, iv := s.expand(secret, "key", s.key), s.expand(secret, "iv", nonceSize)
	aead, err := s.aead(key)
	if err != nil || iv == nil {
		return nil
	}
	return &opener{aead: aead, iv: [nonceSize]byte(iv), modern: true}
}

// saltSize is the part of a nonce that the handshake gives to GCM in TLS 1.2, and
// explicitSize that which comes with each record (RFC 5288 §3).
const (
	saltSize     = 4
	explicitSize = 8
)

// classic makes the openers of both sides from the master secret of TLS 1.2 (RFC 5246
// §6.3).
func (s *suite) classic(master []byte, client, server random) (both [2]*opener) {
	iv := saltSize
	if s.chacha {
		iv = nonceSize
	}
	seed := append(append([]byte("key expansion"), server[:]...), client[:]...)
	block := prf(s.hash, master, seed, 2*(s.key+iv))
	for side := range both {
		aead, err := s.aead(block[side*s.key:][:s.key])
		if err != nil {
			return both
		}
		o := &opener{aead: aead, explicit: !s.chacha}
		copy(o.iv[:], block[2*s.key+side*iv:][:iv])
		both[side] = o
	}
	return both
}

// prf is P_hash, which is all that the PRF of TLS 1.2 is (RFC 5246 §5).
func prf(h func() hash.Hash, secret, seed []byte, n int) (out []byte) {
	sum := func(parts ...[]byte) []byte {
		m := hmac.New(h, secret)
		for _, p := range parts {
			m.Write(p)
		}
		return m.Sum(nil)
	}
	for a := seed; len(out) < n; {
		a = sum(a)
		out = append(out, sum(a, seed)...)
	}
	return out[:n]
}
